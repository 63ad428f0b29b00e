"""What the script of the bank editor sends: checked here, carried out by `editor`."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.web.background_task import WindowTask
from interviewer.web.page_actions import Sent


class _Action(Sent):
    """Drafts of questions come as they are in the form, and are checked one by one: each has faults of its own."""

    language: Language


class ListBanks(_Action):
    do: Literal["banks"]


class OpenImport(_Action):
    """What was made of a file that was read; `draft` is the name under which it is kept."""

    do: Literal["open_import"]
    draft: str


class OpenBank(_Action):
    do: Literal["open_bank"]
    bank: str


class OfText(_Action):
    """A bank as somebody typed it is opened, or the check says what it finds in every question of it."""

    do: Literal["open_text", "check"]
    text: str


class Edits(Sent):
    """What has become of a bank's text in the form: its title and policy, the ids of its questions in order, those that changed."""

    title: dict[str, str]
    policy: dict[str, str] | None = None
    order: list[str]
    changed: list[dict[str, Any]]


class WriteText(_Action):
    """The text of the bank file with what was edited in the form."""

    do: Literal["write"]
    text: str
    edits: Edits


class Save(_Action):
    """The bank is written for this audience ('': the one it has), if it is still the version that `base` names."""

    do: Literal["save"]
    text: str
    base: str
    edits: Edits | None
    audience: str = Field("", max_length=80)


class BankSketch(Sent):
    """What has to be known of a bank to show one of its questions; `is_bilingual` if any stands in both languages."""

    id: str
    language: Language
    is_bilingual: bool
    topics: dict[str, str]
    policy: Localized | None


class _OnQuestions(_Action):
    bank: BankSketch
    questions: list[dict[str, Any]] = Field(min_length=1, max_length=2)


class Change(_OnQuestions):
    """An operation on one question, or on it and the next one; `place` is that of a criterion, `at` that of the cursor."""

    do: Literal["change"]
    what: Literal[
        "show", "add_criterion", "remove_criterion", "move_criterion", "split_criterion", "merge_criteria",
        "suggest_criteria", "add_question", "split_question", "merge_questions",
    ]  # fmt: skip
    place: int = Field(0, ge=0)
    at: int = 0
    by: int = 0
    taken: list[str] = Field([])


class Look(_OnQuestions):
    """What is to be said about a question as it stands."""

    do: Literal["look"]


class Try(_OnQuestions):
    """An answer is graded by the question as it stands, by the model that was chosen or by the estimate."""

    do: Literal["try"]
    answer: str = Field(max_length=20_000)
    by_model: bool


class Stop(_Action):
    do: Literal["stop"]
    window: str
    task: WindowTask


EditorAction = ListBanks | OpenImport | OpenBank | OfText | WriteText | Save | Change | Look | Try | Stop

EDITOR_ACTION: TypeAdapter[EditorAction] = TypeAdapter(Annotated[EditorAction, Field(discriminator="do")])
