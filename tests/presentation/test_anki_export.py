import csv
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes import BANK, both

from interviewer.domain.language import Language
from interviewer.presentation.anki_export import to_anki
from interviewer.presentation.export_formats import AnkiNotes
from interviewer.sessions.question_mastery import QuestionMastery, question_masteries


def known(text: str = 'a\t<b>\n{c} "d"') -> list[QuestionMastery]:
    first = replace(BANK.questions[0], text=both("问\n题", text))
    return question_masteries(
        [replace(BANK, questions=(first, *BANK.questions[1:]))], [], datetime(2026, 1, 1, tzinfo=UTC)
    )


def parsed(text: str) -> tuple[dict[str, str], list[list[str]]]:
    """The header and the rows, read as Anki's manual says."""
    lines = iter(text.splitlines(keepends=True))
    header: dict[str, str] = {}
    rest: list[str] = []
    for line in lines:
        if line.startswith("#") and not rest:
            name, _, value = line[1:].strip().partition(":")
            header[name] = value
        else:
            rest.append(line)
    assert header["separator"] == "tab"
    return header, list(csv.reader(rest, delimiter="\t"))


def rows(per: AnkiNotes, language: Language = Language.EN, **text: str) -> list[list[str]]:
    return parsed(to_anki(known(**text), per, language))[1]


@pytest.fixture(params=list(AnkiNotes))
def per(request: pytest.FixtureRequest) -> AnkiNotes:
    found: AnkiNotes = request.param
    return found


def test_the_header_names_the_columns() -> None:
    header, found = parsed(to_anki(known(), AnkiNotes.QUESTION, Language.EN))
    assert header == {
        "separator": "tab",
        "html": "true",
        "notetype": "Basic",
        "guid column": "1",
        "deck column": "2",
        "tags column": "5",
    }
    assert {len(row) for row in found} == {5}


def test_a_question_is_one_note_or_one_for_each_core_criterion() -> None:
    assert len(rows(AnkiNotes.QUESTION)) == 2
    by_criterion = rows(AnkiNotes.CRITERION)
    assert len(by_criterion) == 3
    assert "What state is it in during inference?" in by_criterion[0][2]
    assert "<b>It is off at test time</b>" in by_criterion[0][3]
    assert "Predictions would be random" not in by_criterion[0][3].split("<hr>")[0]


def test_what_stands_in_a_text_is_shown_and_breaks_no_row(per: AnkiNotes) -> None:
    front = rows(per)[0][2]
    assert front.startswith("a\t&lt;b&gt;<br>&#123;c&#125; &quot;d&quot;")
    assert all("\n" not in cell for row in rows(per) for cell in row)


def test_the_guid_stays_when_a_text_or_the_language_changes(per: AnkiNotes) -> None:
    first = [row[0] for row in rows(per)]
    assert len(set(first)) == len(first)
    assert first == [row[0] for row in rows(per, text="another wording")]
    assert first == [row[0] for row in rows(per, Language.ZH)]


def test_decks_and_tags_say_where_a_note_comes_from(per: AnkiNotes) -> None:
    row = rows(per)[0]
    assert row[1] == "Mock interviewer::Small bank"
    assert row[4] == "small regularization difficulty-2 new"
