"""Files of questions and answers from anywhere become a `Source`."""

from collections.abc import Callable
from pathlib import PurePath

from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers.csv_files import is_anki, read_anki, read_table
from interviewer.banks.importing.parsers.decoding import files_needed, text_of
from interviewer.banks.importing.parsers.html_pages import markdown_of
from interviewer.banks.importing.parsers.json_files import read_objects
from interviewer.banks.importing.parsers.markdown import read_markdown
from interviewer.banks.importing.parsers.note_cards import read_cards
from interviewer.errors import BankError
from interviewer.text.messages import localized

__all__ = ["ENDINGS", "read"]


def _read_notes(name: str, text: str) -> Source:
    return read_cards(name, text) or read_markdown(name, text)


def _read_text(name: str, text: str) -> Source:
    return read_anki(name, text) if is_anki(text) else _read_notes(name, text)


_READERS: dict[str, Callable[[str, str], Source]] = {
    ".md": _read_notes,
    ".markdown": _read_notes,
    ".txt": _read_text,
    ".html": read_markdown,
    ".htm": read_markdown,
    ".csv": read_table,
    ".tsv": read_table,
    ".json": read_objects,
    ".jsonl": read_objects,
}

ENDINGS = tuple(_READERS)


def read(name: str, data: bytes) -> Source:
    """What a file holds; the ending of its name says how it is written. Nothing but `data` is ever opened.

    Raises BankError with the place and the cause for a file that cannot be read as what its name says, that is too
    large or has too many questions.
    """
    file = PurePath(name.replace("\\", "/")).name
    reader = _READERS.get(PurePath(file).suffix.lower())
    if reader is None:
        raise BankError(file or "?", "", localized("file.ending", known=", ".join(ENDINGS)))
    text = text_of(file, data)
    if reader is not read_objects and (parts := files_needed(text)) > 1:
        raise BankError(file, "", localized("file.too_much_markup", lines=f"{text.count(chr(10)):,}", parts=parts))
    return reader(file, markdown_of(text) if file.lower().endswith((".html", ".htm")) else text)
