"""Every sentence that the program says, in both languages: `locales/zh.toml` and `locales/en.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import InterviewerError


def localized(key: str, **values: object) -> Localized:
    """The sentence in both languages, its `{placeholders}` filled; a `Localized` or an error, each in its own."""
    return Localized(**{language: say(key, language, **values) for language in Language})


def text_of(error: InterviewerError) -> Localized:
    """What an error says, in both languages."""
    return Localized(**{language: error.into(language) for language in Language})


def say(key: str, language: Language, **values: object) -> str:
    """The sentence in one language, with its `{placeholders}` filled. It is plain text without markup."""
    own = {
        name: value.into(language) if isinstance(value, Localized | InterviewerError) else value
        for name, value in values.items()
    }
    return _SENTENCES[language][key].format(**own)


def template(key: str, language: Language) -> str:
    """The sentence as it stands in the file, its placeholders not filled."""
    return _SENTENCES[language][key]


def keys(language: Language) -> frozenset[str]:
    return frozenset(_SENTENCES[language])


def colon(language: Language) -> str:
    """What stands between a name and what it names."""
    return "：" if language is Language.ZH else ": "


def _read(language: Language) -> Mapping[str, str]:
    """`section.name` → sentence."""
    path = Path(__file__).parent / "locales" / f"{language}.toml"
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, entries in sections.items() for name, text in entries.items()}


_SENTENCES = {language: _read(language) for language in Language}

ALL = keys(Language.EN)
