"""The questions tab: all questions of all banks, found by words and by how well they are known."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.sessions.question_mastery import QuestionState
from interviewer.sessions.question_search import NoteFilter
from interviewer.text.messages import say
from interviewer.web.page_input import Visit
from interviewer.web.page_output import Updates, worded
from interviewer.web.practice import PracticeHandlers

ANY = "any"


class QuestionsTab:
    """The controls; buttons within the list are pressed through the page's script."""

    def __init__(self) -> None:
        with gr.Tab("·····", id="questions") as self.tab:
            with gr.Row():
                self.words = gr.Textbox(max_lines=1, elem_id="question-words", scale=3)
                self.state = gr.Dropdown([ANY], value=ANY, elem_id="question-state", scale=1, min_width=160)
            self.listing = gr.HTML(elem_id="question-list", apply_default_css=False)

    def connect(self, bind: Callable[..., Any], practice: PracticeHandlers) -> None:
        """`bind` binds a handler to a trigger the way all events of the page are bound."""

        def search(visit: Visit, words: str, state: str) -> str:
            return practice.questions(visit.owner, words, state, visit.zone, visit.language)

        # Not when the box is left: the list would be drawn anew, without its ticks.
        for trigger in (self.tab.select, self.words.submit, self.words.input, self.state.input):
            bind(trigger, search, [self.words, self.state], [self.listing], trigger_mode="always_last")


def questions_labels(tab: QuestionsTab, language: Language) -> Updates:
    states = [(say("questions.any", language), ANY)]
    states += [(say(f"state.{state}", language), str(state)) for state in QuestionState]
    states += [(say(f"notes.has_{kept}", language), str(kept)) for kept in NoteFilter]
    keys = {tab.tab: "tab.questions", tab.words: "questions.words", tab.state: "questions.state"}
    words = worded(keys, language)
    words[tab.state] |= {"choices": states, "value": ANY}
    return words
