"""Documents become text within bounds, and what has none says so."""

import io
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from interviewer.banks.job_description import text_extraction
from interviewer.banks.job_description.text_extraction import LONGEST_TEXT, checked_text, extract_text
from interviewer.domain.language import Language
from interviewer.errors import DocumentError


def pdf(*pages: str, password: str = "") -> bytes:
    """A PDF with these pages; a page without words is one that a scanner made."""
    writer = pypdf.PdfWriter()
    for words in pages:
        page = writer.add_blank_page(300, 300)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F 12 Tf 20 200 Td ({words}) Tj ET".encode() if words else b"0 0 300 300 re f")
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("任职要求", 1)
    document.add_paragraph("熟悉批归一化", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Must", "know Adam"
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        extract_text(name, data)
    assert caught.value.into(Language.ZH) != str(caught.value)
    return str(caught.value)


def test_a_text_layer_is_read_and_a_scanned_page_says_so() -> None:
    assert extract_text("job.PDF", pdf("You know Adam", "and dropout")) == "You know Adam\nand dropout"
    assert "OCR" in refusal("job.pdf", pdf("", ""))


def test_a_docx_is_read_with_its_tables() -> None:
    assert extract_text("job.docx", word_file()) == "任职要求\n熟悉批归一化\nMust know Adam"


def test_a_cell_that_says_it_spans_millions_of_columns_is_read_once() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text, cell._tc.grid_span = "Must know Adam", 300_000_000
    written = io.BytesIO()
    document.save(written)
    assert extract_text("job.docx", written.getvalue()) == "Must know Adam"


def test_text_is_read_in_whatever_code_it_is() -> None:
    text = (Path(__file__).parent / "descriptions" / "zh.md").read_text()
    assert extract_text("job.txt", text.encode("gb18030")) == text.strip()
    assert "DOCX" in refusal("job.exe", b"MZ")
    assert "empty" in refusal("job.md", b"\n \n")


def test_what_is_too_large_locked_or_broken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MB" in refusal("job.txt", b"a" * 5_000_001)
    assert "40,000" in refusal("job.txt", b"a" * (LONGEST_TEXT + 1))
    assert "40 pages" in refusal("job.pdf", pdf(*["x"] * 41))
    assert "password" in refusal("job.pdf", pdf("secret", password="s"))
    assert "damaged" in refusal("job.pdf", b"%PDF-1.7 nothing")
    assert "damaged" in refusal("job.docx", b"PK nothing")
    monkeypatch.setattr(text_extraction, "find_spec", lambda _: None)
    assert "pip install pypdf python-docx" in refusal("job.pdf", pdf("x"))


def test_a_docx_that_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file())) as good, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in good.namelist():
            bomb.writestr(part, good.read(part) if part != "word/document.xml" else b" " * 40_000_000)
    monkeypatch.setattr(docx, "Document", lambda _: pytest.fail("it was opened"))
    assert len(written.getvalue()) < 5_000_000
    assert "Unpacked" in refusal("job.docx", written.getvalue())


def test_no_entity_of_a_docx_opens_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("swordfish")
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file())) as good, zipfile.ZipFile(written, "w") as evil:
        for part in good.namelist():
            data = good.read(part)
            if part == "word/document.xml":
                head, body = data.split(b"?>", 1)
                entity = f'?><!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
                data = head + entity + body.replace("熟悉批归一化".encode(), b"&e;")
            evil.writestr(part, data)
    assert "swordfish" not in extract_text("job.docx", written.getvalue())


def test_what_would_speak_to_a_terminal_is_gone() -> None:
    assert checked_text("know\x1b[31m Adam\u202e") == "know[31m Adam"
