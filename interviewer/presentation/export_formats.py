"""The forms in which interviews and questions are written out; quick to import, for the help of the command line."""

from enum import StrEnum


class ExportFormat(StrEnum):
    """How an interview is written out: the ending of the file."""

    MD = "md"
    HTML = "html"
    JSON = "json"

    @property
    def label(self) -> str:
        return "Markdown" if self is ExportFormat.MD else self.upper()

    @property
    def media_type(self) -> str:
        return {"md": "text/markdown", "html": "text/html", "json": "application/json"}[self]


class AnkiNotes(StrEnum):
    """What becomes a note of Anki: a question with all its points, or each core criterion by itself."""

    QUESTION = "question"
    CRITERION = "criterion"
