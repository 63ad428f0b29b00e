"""A model drafts answers for a list that has none; people review them before anything is asked."""

import json
from pathlib import Path

import pytest

from interviewer.banks.importing import pipeline
from interviewer.banks.importing.import_report import lines
from interviewer.banks.importing.pipeline import Preview
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.errors import BankError, LLMUnreachable
from interviewer.llm.scripted import Line, Request, ScriptedLLM

LIST = b"""# Queues

- What is a dead letter queue?
- What is backpressure?
- Why are messages acknowledged?
"""


def answer_of(request: Request) -> Line:
    """Answers every question but one, and has no points for any answer, so that criteria are made offline."""
    asked = request.messages[-1].content
    if "references" not in asked:
        return json.dumps({"points": [], "groups": [], "dispute": ""})
    if "backpressure" in asked:
        return json.dumps({"references": [{"reference": ""}]})
    word = "Rejected messages" if "dead letter" in asked else "Lost messages"
    said = f"{word} are stored by the broker. An operator can inspect them later and send them again."
    return json.dumps({"references": [{"reference": said, "criteria": ["extra"]}]})


def look(folder: Path, llm: ScriptedLLM | None, most: int = 10, data: bytes = LIST) -> Preview:
    return pipeline.preview(
        "queues.md", data, library=BankLibrary(None, folder), folder=folder, llm=llm, references=most
    )


def test_drafted_answers_await_a_review_and_the_rest_is_told(tmp_path: Path) -> None:
    llm = ScriptedLLM(answer_of, name="small-model")
    shown = look(tmp_path, llm)
    assert [question.text.en for question in shown.bank.questions] == [
        "What is a dead letter queue?",
        "Why are messages acknowledged?",
    ]
    assert all(question.awaits_review and question.drafted_by == "small-model" for question in shown.bank.questions)
    told = "\n".join(lines(shown.report(Language.EN), whole=False))
    assert "await your review: 2" in told
    assert "What is backpressure?: the model gave no answer" in told
    pipeline.save(shown)
    assert BankLibrary(None, tmp_path).banks()[1:] == []
    with pytest.raises(BankError, match="--draft-references"):
        look(tmp_path / "other", None)


def test_so_many_at_a_time_and_the_next_import_goes_on(tmp_path: Path) -> None:
    first = look(tmp_path, ScriptedLLM(answer_of, name="small-model"), most=1)
    assert "still have no answer: 2" in "\n".join(lines(first.report(Language.EN), whole=False))
    pipeline.save(first)
    path = tmp_path / "queues.yaml"
    path.write_text(path.read_text().replace("    awaits_review: true\n", ""))
    accepted = BankLibrary(None, tmp_path).bank("queues").questions

    llm = ScriptedLLM(answer_of, name="small-model")
    again = look(tmp_path, llm)
    assert not any("dead letter" in request.messages[-1].content for request in llm.requests), "asked once"
    assert again.bank.questions[0] == accepted[0], "what was accepted stays so"
    assert again.bank.questions[1].awaits_review

    without = look(tmp_path, None)
    assert without.bank.questions == accepted, "an import without a model loses no drafted answer"


def test_a_draft_that_takes_the_place_of_a_lost_answer_awaits_a_review(tmp_path: Path) -> None:
    own = "It holds messages that could not be delivered. Somebody can read them there and send them again."
    answered = f"# Queues\n\n## What is a dead letter queue?\n\n{own}\n".encode()
    pipeline.save(look(tmp_path, None, data=answered))
    unanswered = b"# Queues\n\n## What is a dead letter queue?\n"
    (question,) = look(tmp_path, ScriptedLLM(answer_of, name="small-model"), data=unanswered).bank.questions
    assert own not in question.reference.en
    assert (question.awaits_review, question.drafted_by) == (True, "small-model")


def test_an_answer_of_the_list_itself_takes_the_place_of_a_draft_and_is_asked(tmp_path: Path) -> None:
    pipeline.save(look(tmp_path, ScriptedLLM(answer_of, name="small-model"), most=1))
    own = "It holds messages that could not be delivered. Somebody can read them there and send them again."
    answered = f"# Queues\n\n## What is a dead letter queue?\n\n{own}\n".encode()
    question = look(tmp_path, None, data=answered).bank.questions[0]
    assert question.reference.en == own
    assert (question.awaits_review, question.drafted_by) == (False, "")


def test_an_edited_draft_stays_as_it_was_edited(tmp_path: Path) -> None:
    pipeline.save(look(tmp_path, ScriptedLLM(answer_of, name="small-model"), most=1))
    path = tmp_path / "queues.yaml"
    path.write_text(path.read_text().replace("are stored by the broker", "are parked by the broker"))
    again = look(tmp_path, None)
    assert "parked by the broker" in again.bank.questions[0].reference.en
    assert again.bank.questions[0].awaits_review


def test_a_model_that_is_gone_is_not_asked_for_every_question(tmp_path: Path) -> None:
    many = "# Queues\n\n" + "".join(f"- What is a queue of the kind {n}?\n" for n in range(20))
    llm = ScriptedLLM(lambda _: LLMUnreachable("gone"))
    with pytest.raises(BankError):
        look(tmp_path, llm, data=many.encode(), most=20)
    assert len(llm.requests) == 3


def test_a_drafted_answer_is_not_given_to_a_question_that_differs_in_signs_of_code(tmp_path: Path) -> None:
    pipeline.save(
        look(tmp_path, ScriptedLLM(answer_of, name="m"), data=b"- What is a queue in C?\n- What is a pipe?\n")
    )
    llm = ScriptedLLM(answer_of, name="m")
    look(tmp_path, llm, data=b"- What is a queue in C#?\n- What is a pipe?\n")
    asked = [request.messages[-1].content for request in llm.requests]
    assert [one for one in asked if "references" in one and "C#" in one]
    assert not [one for one in asked if "references" in one and "pipe" in one]
