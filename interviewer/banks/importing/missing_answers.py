"""Reference answers that a model drafts for the questions of a list that have none; people review them before they count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from interviewer.banks.importing.document import Source, clean
from interviewer.banks.importing.identifiers import comparison_key
from interviewer.banks.importing.import_report import Note
from interviewer.banks.importing.rubric_from_llm.drafting import ask_for_each
from interviewer.banks.marked_request import request_list
from interviewer.banks.reference_checks import is_only_a_link, is_placeholder, says_too_little
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.errors import LLMError
from interviewer.llm import LLM
from interviewer.text.messages import localized

_LONGEST = 2_000


def known_answers(bank: Bank, imported: Mapping[str, Question]) -> dict[str, str]:
    """What a model once drafted for questions of a bank, by the question's words; `imported` has them as they came, by id."""
    return {
        comparison_key(text): imported.get(question.id, question).reference.both[0]
        for question in bank.questions
        if question.drafted_by
        for text in question.text.both
    }


def fill_answers(
    source: Source,
    known: Mapping[str, str],
    llm: LLM | None,
    language: Language,
    most: int,
    threads: int = 1,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Source, Mapping[str, str], Sequence[Note]]:
    """The list with what is `known`, and of the other questions without an answer the first `most` with drafted ones.

    Beside it, the models of what was drafted just now, by item digest, and what is to be said about it.
    """
    items = [
        item if item.answer.strip() else replace(item, answer=known.get(comparison_key(item.question), ""))
        for item in source.items
    ]
    lacking = [place for place, item in enumerate(items) if item.question.strip() and not item.answer.strip()]
    if llm is None or not most or not lacking:
        return replace(source, items=tuple(items)), {}, ()
    drafted: dict[str, str] = {}
    notes: list[Note] = []

    def ask(place: int) -> str | LLMError:
        question = items[place].question
        said = request_list(llm, "draft-reference", {"question": question}, "references", ("reference",), language)
        return checked_reference(said[0].get("reference") if said else None, question)

    chosen = lacking[:most]
    for place, found in zip(chosen, ask_for_each(ask, lambda _, error: error, chosen, threads, told), strict=True):
        question = items[place].question
        if isinstance(found, str) and found:
            items[place] = replace(items[place], answer=found)
            drafted[items[place].digest] = llm.name
            continue
        why: Localized = localized("draft.no_answer", model=llm.name)
        if isinstance(found, LLMError):
            why = Localized(found.into(Language.ZH), found.into(Language.EN))
        notes.append(Note("draft.no_reference", {"question": " ".join(question.split()), "why": why}))
    if len(lacking) > len(chosen):
        notes.append(Note("draft.references_left", {"count": len(lacking) - len(chosen)}))
    return replace(source, items=tuple(items)), drafted, notes


def checked_reference(said: object, question: str) -> str:
    """A reference that a model wrote, as a bank may hold it; "" for one that says nothing, or far too much."""
    text = clean(said) if isinstance(said, str) else ""
    is_none = is_placeholder(text) or is_only_a_link(text) or says_too_little(text, question) or len(text) > _LONGEST
    return "" if is_none else text
