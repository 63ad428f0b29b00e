"""Bytes become text, whatever program wrote them, within what can be read of one file."""

import codecs

from charset_normalizer import from_bytes

from interviewer.banks.loader import at_byte, at_line
from interviewer.errors import BankError
from interviewer.text.messages import localized

LARGEST = 5_000_000  # bytes
MOST_LINES = 100_000
MOST_QUESTIONS = 2_000

# A line takes the processor about as long as eight signs of markup, and so many signs some four seconds.
_MOST_WORK = 300_000
_WORK_OF_A_LINE = 8
_MARKUP = "!#$%&*+-:<=>@[\\]^_`{|}~"

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNMARKED = ["gb18030", "cp1252", "utf_16_le", "utf_16_be"]
_LOOKED_AT = 200_000  # bytes, to tell these apart
_FEW = 20  # of as many characters one that is broken makes a damaged file of UTF-8, not a file of another code


def text_of(name: str, data: bytes) -> str:
    """The text, its lines ended as on Unix. UTF-8, UTF-16, GB18030 or Windows-1252. Raises BankError."""
    if len(data) > LARGEST:
        raise BankError(name, "", localized("file.too_large", most=LARGEST // 1_000_000))
    text = _decoded(name, data)
    if not text.strip():
        raise BankError(name, "", localized("file.empty"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MOST_LINES:
        raise BankError(name, at_line(MOST_LINES + 1), localized("file.too_many_lines", most=f"{MOST_LINES:,}"))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BankError(name, at_line(line), localized("file.null"))
    return text


def _decoded(name: str, data: bytes) -> str:
    encoding, fault = ("utf-16", "file.not_utf16") if data.startswith(_UTF16) else ("utf-8-sig", "file.damaged_utf8")
    try:
        text = data.decode(encoding)
        if encoding == "utf-16" or "\0" not in text:
            return text
    except UnicodeDecodeError as error:
        broken = data.decode("utf-8", "replace").count("\ufffd")
        if encoding == "utf-16" or broken * _FEW < sum(byte >= 0xC0 for byte in data):
            raise BankError(name, at_byte(error.start), localized(fault)) from error
    found = from_bytes(data[:_LOOKED_AT], cp_isolation=_UNMARKED).best()
    try:
        return data.decode(found.encoding if found else "gb18030")
    except UnicodeDecodeError as error:
        raise BankError(name, at_byte(error.start), localized("file.unknown_code")) from error


def files_needed(text: str) -> int:
    """In how many files a text of Markdown would have to be split, to be read in a few seconds each."""
    markup = sum(text.count(sign) for sign in _MARKUP)
    return 1 + (markup + _WORK_OF_A_LINE * text.count("\n")) // _MOST_WORK
