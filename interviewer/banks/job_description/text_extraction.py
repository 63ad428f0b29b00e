"""The text of a job description or a résumé: plain text, Markdown, PDF or DOCX, within bounds."""

import io
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import PurePath

from interviewer.banks.importing.parsers.decoding import LARGEST, text_of
from interviewer.errors import BankError, DocumentError
from interviewer.text.messages import localized

LONGEST_TEXT = 40_000
"""As many characters as some twenty pages have; no description and no résumé needs more."""
_MOST_PAGES = 40
# What a DOCX may become when it is unpacked; a file of 5 MB could hold gigabytes.
_MOST_UNPACKED = 30_000_000
_MOST_PARTS = 2_000


def extract_text(name: str, data: bytes) -> str:
    """What a document says; the ending of its name says what it is. Raises DocumentError."""
    ending = PurePath(name).suffix.casefold()
    if len(data) > LARGEST:
        raise DocumentError(localized("file.too_large", most=LARGEST // 1_000_000))
    try:
        if ending in _READERS:
            module, read = _READERS[ending]
            if find_spec(module) is None:
                raise DocumentError(localized("job.reader_missing", name=name))
            text = _bounded(read(data))
        elif ending in (".txt", ".md", ".markdown", ""):
            text = text_of(name, data)
        else:
            raise DocumentError(localized("job.ending", name=name))
    except BankError as error:
        raise DocumentError(error.what) from error
    return checked_text(text, name)


def checked_text(text: str, name: str = "") -> str:
    """A text that somebody typed, or that stood in a document. Raises DocumentError if it is empty or too long."""
    text = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip()
    if not text:
        raise DocumentError(localized("job.empty", name=name))
    if len(text) > LONGEST_TEXT:
        raise DocumentError(localized("job.too_long", most=f"{LONGEST_TEXT:,}"))
    return text


def _bounded(pieces: Iterator[str]) -> str:
    """The pieces in lines of their own; reading ends where the text is too long."""
    found: list[str] = []
    size = 0
    try:
        for piece in pieces:
            found.append(piece)
            size += len(piece)
            if size > LONGEST_TEXT:
                break
    except DocumentError:
        raise
    except Exception as error:  # whatever a reader raises, the file is one that it cannot read
        raise DocumentError(localized("job.damaged", reason=type(error).__name__)) from error
    return "\n".join(found)


def _read_pdf(data: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(localized("job.encrypted"))
    if len(reader.pages) > _MOST_PAGES:
        raise DocumentError(localized("job.too_many_pages", most=_MOST_PAGES))
    is_blank = True
    for page in reader.pages:
        text = page.extract_text()
        is_blank = is_blank and not text.strip()
        yield text
    if is_blank:
        raise DocumentError(localized("job.scanned"))


def _read_docx(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
        if len(listed) > _MOST_PARTS or sum(part.file_size for part in listed) > _MOST_UNPACKED:
            raise DocumentError(localized("job.bomb", most=_MOST_UNPACKED // 1_000_000))
    from docx import Document
    from docx.table import Table, _Cell

    for block in Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Table):
            # Not `row.cells`, which gives a cell once for each of the columns that it says it spans.
            for row in block._tbl.tr_lst:  # noqa: SLF001 - there is no other way to the cells as they are written
                yield " ".join(_Cell(cell, block).text for cell in row.tc_lst if cell.vMerge != "continue")
        else:
            yield block.text


# The module that reads each kind of file.
_READERS: dict[str, tuple[str, Callable[[bytes], Iterator[str]]]] = {
    ".pdf": ("pypdf", _read_pdf),
    ".docx": ("docx", _read_docx),
}
