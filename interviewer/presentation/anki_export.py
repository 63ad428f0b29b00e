"""Questions as a text file that Anki imports; importing it again changes the notes that are there instead of adding others."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator

from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind
from interviewer.presentation.export_formats import AnkiNotes
from interviewer.presentation.templating import inline, render
from interviewer.sessions.question_mastery import QuestionMastery
from interviewer.text.messages import say

# What Anki reads before the rows; the columns that are not named here are the fields of a note, front and back.
_HEADER = ("#separator:tab", "#html:true", "#notetype:Basic", "#guid column:1", "#deck column:2", "#tags column:5")


def to_anki(known: Iterable[QuestionMastery], per: AnkiNotes, language: Language) -> str:
    """The text file. Each row: guid, deck, front, back, tags; the guid depends on ids alone, so it stays when texts change."""
    file = io.StringIO()
    file.writelines(f"{line}\n" for line in _HEADER)
    rows = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    for one in known:
        rows.writerows(_of_question(one, language) if per is AnkiNotes.QUESTION else _of_criteria(one, language))
    return file.getvalue()


def _of_question(one: QuestionMastery, language: Language) -> Iterator[tuple[str, ...]]:
    core = [criterion for criterion in one.question.criteria if criterion.kind is Kind.CORE]
    yield _row(one, "", _text(one.question.text.into(language)), core, language)


def _of_criteria(one: QuestionMastery, language: Language) -> Iterator[tuple[str, ...]]:
    core = [criterion for criterion in one.question.criteria if criterion.kind is Kind.CORE]
    for number, criterion in enumerate(core, start=1):
        asked = criterion.probe or say("anki.point", language, number=number, total=len(core))
        front = inline("{{ question }}<br><i>{{ asked }}</i>", language, question=one.question.text, asked=asked)
        yield _row(one, criterion.id, _joined(front), [criterion], language)


def _row(
    one: QuestionMastery, criterion: str, front: str, claims: list[Criterion], language: Language
) -> tuple[str, ...]:
    mistakes = [] if criterion else [known.text for known in one.question.criteria if known.kind is Kind.MISTAKE]
    texts = {"claims": [known.text for known in claims], "reference": one.question.reference, "mistakes": mistakes}
    deck = f"{say('anki.deck', language)}::{one.bank.title.into(language).replace('::', ':')}"
    tags = (one.bank.id, one.question.topic, f"difficulty-{one.question.difficulty}", one.state.value)
    back = _joined(render("anki_back.html", language, **texts))
    return (_guid(one, criterion), deck, front, back, " ".join("-".join(tag.split()) for tag in tags))


def _guid(one: QuestionMastery, criterion: str) -> str:
    return hashlib.sha256("\0".join((*one.name, criterion)).encode()).hexdigest()[:20]


def _text(text: str) -> str:
    return _joined(inline("{{ text }}", Language.EN, text=text))


def _joined(html: str) -> str:
    """HTML on one line, as Anki counts lines."""
    return "<br>".join(html.strip().splitlines())
