"""The questions tab: all questions of all banks, found by words and by how well they are known."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.sessions.question_mastery import QuestionState
from interviewer.sessions.question_search import NoteFilter
from interviewer.text.messages import say
from interviewer.web.components import choices, html, worded
from interviewer.web.practice import PracticeHandlers

ANY = "any"


class QuestionsTab:
    """The controls; buttons within the list are pressed through the page's script."""

    def __init__(self) -> None:
        with worded(gr.Tab("·····", id="questions"), "tab.questions") as self.tab:
            with gr.Row():
                words = gr.Textbox(max_lines=1, elem_id="question-words", scale=3)
                self.words = worded(words, "questions.words")
                state = gr.Dropdown([ANY], value=ANY, elem_id="question-state", scale=1, min_width=160)
                self.state = worded(state, "questions.state", choices=_states, value=lambda _: ANY)
            self.listing = html("question-list")

    def connect(self, on: Callable[..., Any], practice: PracticeHandlers) -> None:
        # Not when the box is left: the list would be drawn anew, without its ticks.
        for trigger in (self.tab.select, self.words.submit, self.words.input, self.state.input):
            on(trigger, practice.questions, [self.words, self.state], [self.listing], trigger_mode="always_last")


def _states(language: Language) -> list[tuple[str, str]]:
    kept = [(say(f"notes.has_{one}", language), str(one)) for one in NoteFilter]
    return [(say("questions.any", language), ANY), *choices("state", QuestionState)(language), *kept]
