"""What a control says follows the language of the page, and what it shows follows the view."""

import gradio as gr

from interviewer.domain.interview import Order
from interviewer.domain.language import Language
from interviewer.text.messages import say
from interviewer.web.components import button, choices, html, showing, shown_by, worded, words_of
from interviewer.web.view_model import Screen, View


def test_a_button_says_its_words_and_any_other_control_is_labelled_with_them() -> None:
    with gr.Blocks():
        send, silent = button("send", "play.send"), html("chat")
        order = worded(gr.Radio(list(Order)), "start.order", choices=choices("order", Order))
    for language in Language:
        said = words_of([send, silent, order], language)
        assert said.keys() == {send, order}
        assert said[send] == say("play.send", language)
        assert said[order]["label"] == say("start.order", language)
        assert said[order]["choices"] == [(say(f"order.{one}", language), str(one)) for one in Order]


def test_a_control_shows_its_part_of_a_view_and_others_stay_as_they_are() -> None:
    with gr.Blocks():
        chat, other = showing(html("chat"), value="chat"), html("other")
        group = showing(gr.Column(), visible=lambda view: view.screen is Screen.PLAY)
    shown = shown_by([chat, other, group], View(Screen.PLAY, Language.EN, chat="<p>Why?</p>"))
    assert shown.keys() == {chat, group}
    assert shown[chat] == "<p>Why?</p>"
    assert shown[group]["visible"] is True
