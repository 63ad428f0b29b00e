"""Questions for what no bank tests are drafted, checked, kept as a bank of one's own, and asked once they are reviewed."""

import json
from pathlib import Path

import pytest

from interviewer.banks.job_description.gap_questions import BANK_ID, draft_for_gap, keep_questions
from interviewer.banks.job_description.requirements import Requirement
from interviewer.banks.loader import BankLibrary, parse_bank
from interviewer.banks.rewriting import rewritten
from interviewer.domain.language import Language
from interviewer.errors import BankError
from interviewer.llm.scripted import Line, Request, ScriptedLLM

GAP = Requirement("Keep our streaming service up with Kafka.", "Kafka")
REFERENCE = (
    "A consumer group shares the partitions of a topic among its members. Each partition is read by one member only."
)
QUESTION = "How does a consumer group of Kafka divide the work?"


def point(quote: str, en: str, alias: str) -> dict[str, object]:
    return {
        "quote": quote, "id": alias, "zh": f"要点：{alias} 说得对", "en": en, "kind": "core", "importance": 2,
        "why_zh": "", "why_en": "", "group": "", "aliases": [[alias]],
    }  # fmt: skip


def script(questions: list[dict[str, object]]) -> ScriptedLLM:
    """Drafts these questions, and of each reference one point that it bears out and one that it does not."""

    def answer(request: Request) -> Line:
        if "points that answers" in request.messages[0].content:
            good = point(
                "Each partition is read by one member only", "Each partition is read by one member only", "partition"
            )
            return json.dumps({"points": [good, point("secret-password", "Says secret-password", "secret")], "groups": [], "dispute": ""})  # fmt: skip
        return json.dumps({"questions": questions})

    return ScriptedLLM(answer, name="small-model")


@pytest.fixture
def library(tmp_path: Path) -> BankLibrary:
    return BankLibrary(None, tmp_path)


def drafted(library: BankLibrary, folder: Path, text: str = QUESTION) -> None:
    llm = script([{"question": text, "reference": REFERENCE}])
    made = draft_for_gap(llm, GAP, library.banks(), Language.EN)
    assert keep_questions(made, library, folder, Language.EN)


def test_a_drafted_question_is_marked_and_has_only_criteria_that_its_reference_bears_out(library: BankLibrary) -> None:
    llm = script([{"question": QUESTION, "reference": REFERENCE, "criteria": [{"id": "extra"}]}])
    (question,) = draft_for_gap(llm, GAP, library.banks(), Language.EN).questions
    assert question.drafted_by == "small-model"
    assert question.awaits_review
    assert question.reference.en == REFERENCE
    assert [criterion.id for criterion in question.criteria] == ["partition"]


def test_what_says_nothing_or_is_asked_already_is_not_taken(library: BankLibrary) -> None:
    known = library.bank("deep-learning").questions[0].text.en
    llm = script([{"question": "Why Kafka?", "reference": "TODO"}, {"question": known, "reference": REFERENCE}])
    made = draft_for_gap(llm, GAP, library.banks(), Language.EN)
    assert not made.questions
    assert made.refused == 2
    assert draft_for_gap(script([{"question": 3, "reference": []}]), GAP, [], Language.EN).questions == ()


def test_they_are_kept_in_one_bank_and_not_asked_before_they_are_accepted(library: BankLibrary, tmp_path: Path) -> None:
    drafted(library, tmp_path)
    assert BANK_ID not in [bank.id for bank in library.banks()]
    with pytest.raises(BankError, match="await your review"):
        library.bank(BANK_ID)
    drafted(library, tmp_path, "What is read by one member of a consumer group alone?")
    (own,) = library.own_banks()
    assert len(own.questions) == 2
    assert {question.drafted_by for question in own.questions} == {"small-model"}

    path = tmp_path / f"{BANK_ID}.yaml"
    path.write_text(path.read_text().replace("    awaits_review: true\n", "", 1))
    assert [question.id for question in library.bank(BANK_ID).questions] == [own.questions[0].id]
    assert library.bank(BANK_ID, with_unreviewed=True).questions[1].awaits_review
    text = path.read_text()
    assert parse_bank(rewritten(text, path.name, library.bank(BANK_ID)), path.name).questions[0].drafted_by
