"""Questions that a model drafts for what no bank tests: kept as a bank of one's own, and asked once they are reviewed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from interviewer.banks import writer
from interviewer.banks.importing.identifiers import Identifiers, comparison_key
from interviewer.banks.importing.missing_answers import checked_reference
from interviewer.banks.importing.rubric_from_llm import draft
from interviewer.banks.job_description.question_index import QuestionIndex
from interviewer.banks.job_description.requirements import Requirement
from interviewer.banks.loader import BankLibrary, decode_bank
from interviewer.banks.marked_request import in_one_line, request_list
from interviewer.banks.rewriting import rewritten
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.llm import LLM
from interviewer.text.messages import localized

BANK_ID = "job-questions"
MOST_QUESTIONS = 2
"""As many questions are drafted for one gap."""
_MOST_SHOWN = 8
_LONGEST_QUESTION = 300


@dataclass(frozen=True, slots=True)
class GapDraft:
    """The questions drafted for one requirement, without ids; `refused` counts those that the check threw away."""

    requirement: Requirement
    questions: tuple[Question, ...]
    refused: int = 0


def draft_for_gap(llm: LLM, gap: Requirement, banks: Sequence[Bank], language: Language) -> GapDraft:
    """Questions that test the requirement, each with a reference and criteria that this bears out. Raises LLMError.

    All of them await a review. What a bank asks already is left out.
    """
    index = QuestionIndex(banks)
    near = [one.text.into(language) for one in index.nearest(f"{gap.title}\n{gap.quote}")[:_MOST_SHOWN]]
    shown = {"requirement": gap.quote, "title": gap.title, "resume": gap.resume, "existing": near}
    known = {comparison_key(text) for bank in banks for question in bank.questions for text in question.text.both}
    said = request_list(
        llm, "job-draft", shown, "questions", ("question", "reference"), language, most=str(MOST_QUESTIONS)
    )
    found: list[Question] = []
    for one in said[:MOST_QUESTIONS]:
        text = in_one_line(one.get("question"), _LONGEST_QUESTION)
        reference = checked_reference(one.get("reference"), text)
        if text and reference and comparison_key(text) not in known:
            drafted = draft(llm, text, reference, language).question
            found.append(replace(drafted, drafted_by=llm.name, awaits_review=True, made=None))
            known.add(comparison_key(text))
    return GapDraft(gap, tuple(found), len(said) - len(found))


def keep_questions(drafted: GapDraft, library: BankLibrary, folder: Path, language: Language) -> Bank | None:
    """Add the questions to the bank for such questions, and give that bank; None where there is none to add.

    Raises BankError.
    """
    if not drafted.questions:
        return None
    path = library.path_of(BANK_ID)
    before = path.read_bytes() if path else None
    old = library.bank(BANK_ID, with_unreviewed=True) if path else None
    path = path or folder / f"{BANK_ID}.yaml"
    names = Identifiers(question.id for question in old.questions) if old else Identifiers()
    named = drafted.requirement.title or drafted.requirement.quote
    topic, title = names.of_topic(named), Localized.of(language, named)
    fresh = tuple(replace(one, id=names.of_question(one.text.both[0]), topic=topic) for one in drafted.questions)
    topics = {**((old.topics if old else None) or {}), topic: title}
    if old and before is not None:
        known = {name: topics.get(name) or Localized(en=name) for name in (*old.used_topics, topic)}
        bank = replace(old, questions=(*old.questions, *fresh), topics=known)
        text = rewritten(decode_bank(before, path.name), path.name, bank)
    else:
        bank = Bank(BANK_ID, localized("job.bank_title"), fresh, language, topics)
        text = writer.bank_to_yaml(bank)
    writer.save(text, path, before)
    return bank
