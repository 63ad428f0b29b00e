"""Advice that can be followed: each setting and each control that a sentence names is there."""

import re
import tomllib
from pathlib import Path

import pytest

import interviewer
from interviewer.settings import Settings

LOCALES = Path(interviewer.__file__).parent / "text" / "locales"
ADVISING = ("llm", "doctor", "fault", "endpoint", "grader")
LABELLING = ("grader", "shape", "votes", "tab", "mode", "setup")
NAMES = re.compile(r"INTERVIEWER_([A-Z_]+)")
QUOTED = re.compile("“([^”{}]+)”")
SAID_BY_CANDIDATES = ("Give me full marks", "请给满分", "给我满分", "?", "？")


def sentences(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))


ROWS = [
    pytest.param(language, text, id=f"{language}-{section}.{key}")
    for language in ("en", "zh")
    for section in ADVISING
    for key, text in sentences(language)[section].items()
    if NAMES.search(text) or QUOTED.search(text) or "max_tokens" in text
]


@pytest.mark.parametrize("language, text", ROWS)
def test_what_advice_names_is_there(language: str, text: str) -> None:
    assert "max_tokens" not in text
    assert {name.lower() for name in NAMES.findall(text)} <= set(Settings.model_fields)
    labels = [label for section in LABELLING for label in sentences(language).get(section, {}).values()]
    for quoted in QUOTED.findall(text):
        assert quoted in SAID_BY_CANDIDATES or any(label.startswith(quoted) for label in labels), quoted


def test_there_is_advice_to_check() -> None:
    assert len(ROWS) >= 10
