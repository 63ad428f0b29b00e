"""What was chosen on the start form, made into a plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Begun, InterviewerStyle, Mode, Order
from interviewer.domain.language import Language
from interviewer.errors import BankError
from interviewer.sessions.interview_plan import make_plan
from interviewer.text.messages import localized

# The limits for an answer that may be chosen; 0 stands for none.
ANSWER_SECONDS = (0, 60, 120, 180, 300)


@dataclass(frozen=True, slots=True)
class StartChoices:
    """What the start form sends; every value comes from a browser, so every value is checked."""

    bank: str
    topics: Sequence[str]
    count: float | None
    order: str
    language: str
    mode: str
    probes: bool
    hints: bool
    manner: str
    answer_seconds: int = 0
    """The limit for an answer; 0 for none, as in coach mode, which has none."""

    def plan(self, library: BankLibrary) -> Begun:
        """The first event of the interview. Raises BankError or ValueError if it cannot be played."""
        bank = library.bank(self.bank)
        most = sum(not self.topics or question.topic in self.topics for question in bank.questions)
        if self.count is None or not 1 <= self.count <= most or self.count != int(self.count):
            raise BankError("", "", localized("start.bad_count", most=most))
        mode = Mode(self.mode)
        limit = ANSWER_SECONDS.index(self.answer_seconds) if mode is Mode.INTERVIEW else 0
        return make_plan(
            bank,
            topics=[str(topic) for topic in self.topics],
            count=int(self.count),
            order=Order(self.order),
            language=Language(self.language),
            mode=mode,
            probes=bool(self.probes),
            hints=bool(self.hints),
            answer_seconds=ANSWER_SECONDS[limit] or None,
            manner=InterviewerStyle(self.manner),
        )
