"""Everything that is raised on purpose.

They are split by what the catcher does next. Anything else is a bug and should look like one.
"""

from enum import StrEnum
from typing import Any, Protocol


class _Localized(Protocol):
    def into(self, language: Any, /) -> str: ...


def _text_in(text: "str | _Localized", language: str) -> str:
    return text if isinstance(text, str) else text.into(language)


class InterviewerError(Exception):
    """Base of all; its text is meant for the person at the keyboard.

    The text is a string, or a `Localized` where a person at the page may read it. `str(error)` is the English one.
    """

    def __init__(self, text: "str | _Localized") -> None:
        super().__init__(_text_in(text, "en"))
        self._text = text

    def into(self, language: StrEnum) -> str:
        """The text for a reader of this language."""
        return _text_in(self._text, language)


class BankError(InterviewerError):
    """A bank file does not say what it must. `where` and `what` may be in both languages, as any error's text may."""

    def __init__(self, file: str, where: "str | _Localized", what: "str | _Localized") -> None:
        self.file = file
        self.where = where
        self.what = what
        super().__init__(self._joined("en"))

    def into(self, language: StrEnum) -> str:
        return self._joined(language)

    def _joined(self, language: str) -> str:
        parts = (self.file, _text_in(self.where, language), _text_in(self.what, language))
        return ("：" if language == "zh" else ": ").join(part for part in parts if part)


class DocumentError(InterviewerError):
    """A job description or a résumé cannot be read."""


class PromptError(InterviewerError):
    """A prompt is missing, or its placeholders are not the agreed ones."""


class SettingsError(InterviewerError):
    """An environment variable cannot be used as it stands."""


class TranscriptError(InterviewerError):
    """A transcript file cannot be read back."""


class NotAllowed(InterviewerError):
    """The person may not do this: they have not signed in, or have another role."""


class OutOfTurn(InterviewerError):
    """An event arrived in a phase that has no use for it."""


class OverLimit(InterviewerError):
    """More than one owner may use for now; the text says when it is possible again."""


class StoreError(InterviewerError):
    """The database cannot be used: it is newer than this program, or cannot be reached."""


class StoreDamaged(StoreError):
    """What was asked for cannot be read from the database any more; waiting is no use."""


class NoSuchInterview(StoreError):
    """No interview with this id belongs to the one who asks."""


class MovedOnElsewhere(StoreError):
    """Another window played on since this one was drawn; what was typed here is still here."""


class LLMError(InterviewerError):
    """The model could not be used. `status` is the HTTP status that the server refused with, if it did."""

    def __init__(self, text: "str | _Localized", status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class LLMUnreachable(LLMError):
    """No usable answer came from the server, though it was asked again."""


class LLMRefused(LLMError):
    """The server said no, to the key, the model's name, the content or the length, and would say it again."""


class LLMMalformed(LLMError):
    """The model answered, but not in the form asked for."""


class LLMRepeats(LLMMalformed):
    """The model came to the same words over and over, and was stopped. `written` is its reply up to there."""

    def __init__(self, text: "str | _Localized", written: str) -> None:
        super().__init__(text)
        self.written = written
