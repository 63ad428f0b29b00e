"""Questions as a form holds them: drafts that may still lack something, and what is wrong with them where.

draft = draft_of(question)
question = finished(draft)           raises DraftError, which says what is wrong and where
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from interviewer.banks.importing.identifiers import numbered_until_free
from interviewer.banks.lint import Fault, lint
from interviewer.banks.validation_errors import explained
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, ImportOrigin, InvalidBank, Kind, Localized, Question
from interviewer.errors import BankError, InterviewerError
from interviewer.text.messages import localized

# What a form sends as the group of a criterion that is to begin a new one.
NEW_GROUP = "+"

_QUESTION = TypeAdapter(Question)


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftText(_Draft):
    """A text that may still be empty."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh.strip() or self.en.strip())

    @property
    def languages(self) -> list[Language]:
        return [side for side in Language if self.into(side).strip()]

    def into(self, side: Language) -> str:
        """What it says in one language, and nothing of the other."""
        return self.zh if side is Language.ZH else self.en

    def both(self) -> str:
        return f"{self.zh}\n{self.en}"


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


Text = Annotated[DraftText, BeforeValidator(_nothing_is_empty)]
_Weight = Annotated[float, BeforeValidator(lambda value: 0 if value == "" else value)]


class DraftCriterion(_Draft):
    id: str
    text: Text = DraftText()
    kind: Kind = Kind.CORE
    weight: float = 1.0
    aliases: list[list[str]] = []
    probe: Text = DraftText()
    hints: list[Text] = []
    made: str = ""
    group: str = ""
    why: Text = DraftText()


class DraftGroup(_Draft):
    """A choice in a form; without a weight of its own it weighs as much as it asks for."""

    id: str
    choose: int = 1
    weight: _Weight = 0.0
    text: Text = DraftText()


class DraftQuestion(_Draft):
    """A question in a form. What the form does not show goes through it unchanged."""

    id: str
    text: Text = DraftText()
    reference: Text = DraftText()
    criteria: list[DraftCriterion] = []
    topic: str = "general"
    difficulty: int = 1
    correction: Text = DraftText()
    source: str = ""
    dispute: Text = DraftText()
    made: ImportOrigin | None = None
    groups: list[DraftGroup] = []
    policy: Text = DraftText()
    drafted_by: str = ""
    awaits_review: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be said at a place of a form: `criteria.2.weight`, or nothing for the question as a whole."""

    at: str
    what: str | Localized

    def into(self, language: Language) -> str:
        return self.what if isinstance(self.what, str) else self.what.into(language)


class DraftError(InterviewerError):
    """A draft is no question yet; `remarks` say what is missing or wrong, and where in the question of this id."""

    def __init__(self, question: str, error: ValidationError) -> None:
        found = error.errors(include_url=False)
        self.question = question
        self.remarks = [Remark(".".join(map(str, one["loc"])), explained(one)) for one in found]
        super().__init__(self.remarks[0].what)


def read_draft(sent: dict[str, Any]) -> DraftQuestion:
    """A draft as a form sends it. Raises DraftError for what is no number, no kind and the like."""
    try:
        return DraftQuestion.model_validate(sent)
    except ValidationError as error:
        raise DraftError(str(sent.get("id", "")), error) from error


def draft_of(question: Question) -> DraftQuestion:
    """A question as a form shows it."""
    draft = DraftQuestion.model_validate(_QUESTION.dump_python(question))
    groups = [one.model_copy(update={"weight": 0.0}) if one.weight == one.choose else one for one in draft.groups]
    return draft.model_copy(update={"groups": groups})


def finished(draft: DraftQuestion) -> Question:
    """The question that a draft has become; fields that were left empty are absent. Raises DraftError."""
    draft = with_new_groups(draft)
    used = {criterion.group for criterion in draft.criteria}
    plain = draft.model_dump()
    plain["topic"] = draft.topic.strip() or DraftQuestion(id=draft.id).topic
    plain["groups"] = [_without_blanks(group) for group in plain["groups"] if group["id"] in used]
    plain["criteria"] = [_without_blanks(criterion) for criterion in plain["criteria"]]
    try:
        return _QUESTION.validate_python(_without_blanks(plain))
    except ValidationError as error:
        raise DraftError(draft.id, error) from error


def edited(
    bank: Bank, title: DraftText, policy: DraftText | None, order: Sequence[str], changed: Sequence[Question]
) -> Bank:
    """The bank with these of its questions, in this order; an empty policy is dropped, None stays. Raises BankError."""
    questions = {question.id: question for question in (*bank.questions, *changed)}
    try:
        named = Localized(title.zh, title.en) if title else bank.title
        said = bank.policy if policy is None else Localized(policy.zh, policy.en) if policy else None
        return replace(bank, title=named, policy=said, questions=tuple(questions[name] for name in order))
    except InvalidBank as error:
        raise BankError("", "", localized(error.key, **error.values)) from error


def _without_blanks(plain: dict[str, object]) -> dict[str, object]:
    """Optional texts, hints and terms that are empty left out; `text` and `reference` must be there."""
    kept = {key: value for key, value in plain.items() if key in ("text", "reference") or not _is_blank(value)}
    if isinstance(aliases := plain.get("aliases"), list):
        groups = [[term.strip() for term in group if term.strip()] for group in aliases]
        kept["aliases"] = [group for group in groups if group]
    if isinstance(hints := plain.get("hints"), list):
        kept["hints"] = [hint for hint in hints if not _is_blank(hint)]
    if "choose" in plain and _is_blank(plain["text"]):
        del kept["text"]
    return kept


def _is_blank(value: object) -> bool:
    return (
        isinstance(value, dict) and set(value) == {"zh", "en"} and not any(str(one).strip() for one in value.values())
    )


def remarks_on(question: Question, bank: Bank) -> list[Remark]:
    alone = Bank(bank.id, bank.title, (question,), bank.language, policy=bank.policy)
    return placed(question, lint(alone))


def placed(question: Question, faults: Iterable[Fault]) -> list[Remark]:
    """The faults of a question at their places in its form."""
    places = {criterion.id: f"criteria.{place}" for place, criterion in enumerate(question.criteria)}
    return [Remark(places.get(fault.criterion or fault.near, ""), fault.what) for fault in faults]


def with_new_groups(question: DraftQuestion) -> DraftQuestion:
    """Each criterion that asks for a new group in a group of its own."""
    groups, criteria = list(question.groups), list(question.criteria)
    for place, criterion in enumerate(criteria):
        if criterion.group == NEW_GROUP:
            groups.append(DraftGroup(id=numbered_until_free("any", [group.id for group in groups])))
            criteria[place] = criterion.model_copy(update={"group": groups[-1].id})
    return question.model_copy(update={"groups": groups, "criteria": criteria})
