"""What an author does to the questions of a bank in a form: split, merge, move, add; each gives a new draft."""

from collections.abc import Sequence

from interviewer.banks.drafts import DraftCriterion, DraftQuestion, DraftText, draft_of
from interviewer.banks.importing.identifiers import numbered_until_free
from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.banks.lint import halves
from interviewer.domain.language import Language
from interviewer.domain.rubric import MOST_HINTS
from interviewer.text import tokenizer

_HEAVIEST = 100.0


def add_criterion(question: DraftQuestion) -> DraftQuestion:
    return _with(question, [*question.criteria, DraftCriterion(id=numbered_until_free("point", _ids(question)))])


def remove_criterion(question: DraftQuestion, place: int) -> DraftQuestion:
    return _with(question, [*question.criteria[:place], *question.criteria[place + 1 :]])


def move_criterion(question: DraftQuestion, place: int, by: int) -> DraftQuestion:
    """The criterion so many places further down, at most to either end."""
    others = [*question.criteria[:place], *question.criteria[place + 1 :]]
    others.insert(max(0, place + by), question.criteria[place])
    return _with(question, others)


def split_criterion(question: DraftQuestion, place: int, language: Language, at: int = 0) -> DraftQuestion:
    """Two criteria for one, the weight shared between them.

    The text is cut at the sign `at` of the bank's language, or where it joins two claims; where it does neither, the
    second one is empty. A group of aliases goes with the half that has one of its terms.
    """
    whole = question.criteria[place]
    first, second = _split_text(whole.text, language, at)
    later = [group for group in whole.aliases if _says_any(second, group) and not _says_any(first, group)]
    half = {"weight": whole.weight / 2, "made": ""}
    one = whole.model_copy(
        update={**half, "text": first, "aliases": [group for group in whole.aliases if group not in later]}
    )
    name = numbered_until_free(whole.id, _ids(question))
    other = DraftCriterion(id=name, text=second, kind=whole.kind, aliases=later, group=whole.group, **half)
    return _with(question, [*question.criteria[:place], one, other, *question.criteria[place + 1 :]])


def merge_criteria(question: DraftQuestion, place: int) -> DraftQuestion:
    """A criterion and the next one as one that says both; nothing changes where there is no next one."""
    if place + 1 >= len(question.criteria):
        return question
    one, other = question.criteria[place : place + 2]
    merged = one.model_copy(
        update={
            "text": _joined(one.text, other.text, "；", "; "),
            "weight": min(one.weight + other.weight, _HEAVIEST),
            "aliases": [*one.aliases, *other.aliases],
            "probe": one.probe or other.probe,
            "hints": [*one.hints, *other.hints][:MOST_HINTS],
            "why": _joined(one.why, other.why, "", " "),
            "made": "",
        }
    )
    return _with(question, [*question.criteria[:place], merged, *question.criteria[place + 2 :]])


def suggest_criteria(question: DraftQuestion, language: Language) -> DraftQuestion:
    """The criteria that importing the reference would make, in place of those there are. Raises BankError without one."""
    text, reference = (text.into(language) or text.both().strip() for text in (question.text, question.reference))
    made = draft_of(compile_question(text, reference))
    return question.model_copy(update={"criteria": made.criteria, "groups": made.groups})


def new_question(after: DraftQuestion | None, taken: Sequence[str]) -> DraftQuestion:
    """An empty question of the same topic, with an id of its own."""
    topic = after.topic if after else "general"
    return DraftQuestion(id=numbered_until_free("question", taken), topic=topic, criteria=[DraftCriterion(id="point")])


def split_question(
    question: DraftQuestion, language: Language, at: int, taken: Sequence[str]
) -> tuple[DraftQuestion, DraftQuestion]:
    """Two questions for one: the reference is cut at the sign `at` of the bank's language.

    A criterion goes with the half of the reference that it has more in common with. Both keep the question's text, for
    the author to change.
    """
    first, second = _split_text(question.reference, language, at)
    later = [one for one in question.criteria if _common(one.text, second) > _common(one.text, first)]
    name = numbered_until_free(question.id, taken)
    parts = ((question.id, first, [one for one in question.criteria if one not in later]), (name, second, later))
    one, other = (
        question.model_copy(
            update={"id": own, "reference": reference, "criteria": criteria or [DraftCriterion(id="point")]}
        )
        for own, reference, criteria in parts
    )
    # Only one of them is still what was imported.
    return one, other.model_copy(update={"made": None})


def merge_questions(one: DraftQuestion, other: DraftQuestion) -> DraftQuestion:
    """One question that asks what two have asked; ids that both use get a number."""
    taken = _ids(one)
    criteria, groups = list(one.criteria), list(one.groups)
    renamed = {"": ""}
    for choice in other.groups:
        renamed[choice.id] = numbered_until_free(choice.id, [known.id for known in groups])
        groups.append(choice.model_copy(update={"id": renamed[choice.id]}))
    for criterion in other.criteria:
        name = numbered_until_free(criterion.id, taken)
        taken.append(name)
        group = renamed.get(criterion.group, criterion.group)
        criteria.append(criterion.model_copy(update={"id": name, "group": group}))
    return one.model_copy(
        update={
            "text": _joined(one.text, other.text, "", " "),
            "reference": _joined(one.reference, other.reference, "\n\n", "\n\n"),
            "criteria": criteria,
            "groups": groups,
            "difficulty": max(one.difficulty, other.difficulty),
            "drafted_by": one.drafted_by or other.drafted_by,
            "awaits_review": one.awaits_review or other.awaits_review,
        }
    )


def _with(question: DraftQuestion, criteria: list[DraftCriterion]) -> DraftQuestion:
    return question.model_copy(update={"criteria": criteria})


def _ids(question: DraftQuestion) -> list[str]:
    return [criterion.id for criterion in question.criteria]


def _split_text(text: DraftText, language: Language, at: int) -> tuple[DraftText, DraftText]:
    """A text cut at a sign of one language; the other one is cut where it joins two claims, or stays with the first."""
    parts: dict[str, tuple[str, str]] = {}
    for side in Language:
        whole = text.into(side)
        cut = (whole[:at], whole[at:]) if side is language and 0 < at < len(whole) else halves(whole) or (whole, "")
        parts[side.value] = (cut[0].strip(" ;；,，、\n"), cut[1].strip(" ;；,，、\n"))
    return tuple(DraftText(**{side: both[number] for side, both in parts.items()}) for number in (0, 1))  # type: ignore[return-value]


def _joined(one: DraftText, other: DraftText, zh: str, en: str) -> DraftText:
    """Both texts, in the languages that both have; where they share none, all that there is."""
    if not one or not other:
        return one or other
    shared = [side for side in one.languages if side in other.languages]
    between = {Language.ZH: zh, Language.EN: en}
    return DraftText(
        **{
            side.value: between[side].join(part for part in (one.into(side), other.into(side)) if part.strip())
            for side in shared or Language
        }
    )


def _says_any(text: DraftText, terms: Sequence[str]) -> bool:
    said = tokenizer.fold(text.both())
    return any(tokenizer.fold(term) in said for term in terms)


def _common(text: DraftText, reference: DraftText) -> int:
    own, others = (tokenizer.shingles(tokenizer.clauses(one.both())) for one in (text, reference))
    return len(own & others)
