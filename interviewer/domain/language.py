"""The languages of banks, interviews and pages. By itself, so that the command line can name them without the rest."""

from enum import StrEnum


class Language(StrEnum):
    """A language that a bank, an interview or a page can be in."""

    ZH = "zh"
    EN = "en"
