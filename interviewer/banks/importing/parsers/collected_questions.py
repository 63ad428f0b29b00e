"""What has been found in a Markdown file so far, and what becomes of it at the end."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from interviewer.banks.importing.document import Item, LineUse, Role, Source, source, to_blocks
from interviewer.banks.importing.identifiers import comparison_key
from interviewer.banks.importing.parsers.decoding import MOST_QUESTIONS
from interviewer.banks.importing.parsers.elements import Element, Reason, render
from interviewer.banks.importing.parsers.question_candidates import Candidate
from interviewer.banks.loader import at_line
from interviewer.errors import BankError
from interviewer.text.messages import localized

_NAVIGATION = frozenset({Reason.NAVIGATION, Reason.RULE, Reason.LINK_TARGET, Reason.NO_TEXT, Reason.EMPTY_HEADING})


class CollectedQuestions:
    """What has been found so far, in the order of the file."""

    def __init__(self) -> None:
        self.candidates: list[Candidate] = []
        self.left: list[tuple[Element, Role, Reason | None]] = []
        self.title = ""

    def skip(self, elements: Sequence[Element], reason: Reason) -> None:
        """Elements that are no part of a question, each with what it is, or else this reason."""
        for element in elements:
            role = Role.NAVIGATION if element.reason in _NAVIGATION else Role.LEFT_OUT
            own = element.reason or (Reason.IMAGE if element.image_only else reason)
            self.left.append((element, role, own))

    def topic(self, element: Element, reason: Reason | None = None) -> None:
        self.left.append((element, Role.TOPIC, reason))


def to_source(name: str, text: str, collected: CollectedQuestions, unmarked: Reason = Reason.NO_TEXT) -> Source:
    """What has been found, as items and blocks. Raises BankError if there are too many items."""
    items: list[Item] = []
    uses: dict[int, LineUse] = {}

    def note(elements: Iterable[Element], role: Role, item: int | None = None, reason: str | None = "") -> None:
        for line in (line for element in elements for line in range(element.first, element.last + 1)):
            uses.setdefault(line, (role, item, reason or ""))

    for made, question, answer, reason in _kept(collected.candidates):
        first = made.question[0].first
        if reason in (Reason.REPEATED, Reason.LISTED):
            note([*made.question, *made.answer, *(one for one, _ in made.unread)], Role.LEFT_OUT, None, reason)
        else:
            place = len(items)
            if place == MOST_QUESTIONS:
                raise BankError(name, at_line(first), localized("file.too_many_questions", most=f"{MOST_QUESTIONS:,}"))
            items.append(Item(question, answer, first, made.topic, made.number, made.difficulty))
            note(made.question, Role.QUESTION, place, reason)
            note(made.answer, Role.ANSWER, place)
            for element, why in made.unread:
                note([element], Role.LEFT_OUT, place, why)
        collected.skip(made.asides, Reason.NO_TEXT)
    # Questions and answers first: where a line has an anchor beside its text, the text counts.
    for element, role, reason in collected.left:
        if reason is not Reason.NO_TEXT:
            note([element], role, None, reason)
    front = "\n".join(element.text for element, _, reason in collected.left if reason is Reason.FRONT_MATTER)
    titles = [line[6:].strip().strip("\"'") for line in front.split("\n") if line.lower().startswith("title:")]
    title = collected.title or next(iter(titles), "") or PurePath(name).stem
    return source(name, title, tuple(items), to_blocks(text, uses, unmarked))


def _kept(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, str, str, Reason | None]]:
    """Each candidate with its texts, and why it is not kept, or what is to be said about it."""
    texts = [(made, render(made.question), render(made.answer)) for made in candidates]
    answered = {comparison_key(question) for _, question, answer in texts if answer}
    seen: dict[str, set[str]] = {}
    for made, question, answer in texts:
        key, said = comparison_key(question), comparison_key(answer)
        reason = made.reason
        if not answer and not made.unread and key in answered:
            reason = Reason.LISTED
        elif said in seen.get(key, ()):
            reason = Reason.REPEATED
        elif key in seen:
            reason = Reason.ASKED_BEFORE
        if reason not in (Reason.LISTED, Reason.REPEATED):
            seen.setdefault(key, set()).add(said)
        yield made, question, answer, reason
