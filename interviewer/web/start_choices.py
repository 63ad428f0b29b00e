"""What was chosen on the start form, made into a plan."""

from collections.abc import Sequence

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Begun, InterviewerStyle, Mode, Order
from interviewer.domain.language import Language
from interviewer.errors import BankError
from interviewer.sessions.interview_plan import make_plan
from interviewer.text.messages import localized

# The limits for an answer that may be chosen; 0 stands for none, as in coach mode, which has none.
ANSWER_SECONDS = (0, 60, 120, 180, 300)


def chosen_plan(
    library: BankLibrary,
    name: str,
    topics: Sequence[str],
    count: float | None,
    order: str,
    language: str,
    mode: str,
    probes: bool,
    hints: bool,
    manner: str,
    answer_seconds: int = 0,
) -> Begun:
    """The first event of the interview, from values of a browser, each checked. Raises BankError or ValueError."""
    bank = library.bank(name)
    most = sum(not topics or question.topic in topics for question in bank.questions)
    if count is None or not 1 <= count <= most or count != int(count):
        raise BankError("", "", localized("start.bad_count", most=most))
    limit = ANSWER_SECONDS.index(answer_seconds) if mode == Mode.INTERVIEW else 0
    return make_plan(
        bank,
        topics=[str(topic) for topic in topics],
        count=int(count),
        order=Order(order),
        language=Language(language),
        mode=Mode(mode),
        probes=bool(probes),
        hints=bool(hints),
        answer_seconds=ANSWER_SECONDS[limit] or None,
        manner=InterviewerStyle(manner),
    )
