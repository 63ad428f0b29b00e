import re
from pathlib import Path
from string import Formatter

import interviewer
from interviewer.domain.grade import Flag, Level
from interviewer.domain.interview import Mode, Order
from interviewer.domain.language import Language
from interviewer.presentation.highlighting import Mark
from interviewer.text import messages

PACKAGE = Path(interviewer.__file__).parent


def test_every_phrase_is_in_both_languages_with_the_same_placeholders() -> None:
    for key in messages.ALL:
        texts = [messages.template(key, language) for language in Language]
        assert all(text.strip() for text in texts), key
        zh, en = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in texts)
        assert zh == en, key


def test_both_files_have_the_same_keys() -> None:
    assert messages.keys(Language.ZH) == messages.keys(Language.EN)


def test_every_phrase_that_is_said_exists_and_every_phrase_is_said() -> None:
    templates = PACKAGE / "presentation" / "templates"
    paths = [*PACKAGE.rglob("*.py"), *(path for path in templates.iterdir() if path.suffix != ".css")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    literal = set(re.findall(r"[\"']([a-z_]+\.[a-z0-9_]+)[\"']", source))
    made = set(re.findall(r"f[\"']([a-z_]+\.[a-z0-9_]*)\{", source))
    made |= {f"{kind}." for kind in re.findall(r"choices\(\"([a-z_]+)\"", source)}
    made |= set(re.findall(r"[\"']([a-z_]+\.)[\"'] ~", source))
    said = {key for key in messages.ALL if key in literal or key.startswith(tuple(made))}
    assert messages.ALL - said == set()
    for kinds, prefix in (
        (Flag, "flag"),
        (Mark, "mark"),
        (Level, "level"),
        (Mode, "mode"),
        (Order, "order"),
        (Language, "language"),
    ):
        assert {f"{prefix}.{kind}" for kind in kinds} <= messages.ALL


def test_a_phrase_is_filled() -> None:
    assert messages.say("play.too_long", Language.EN, length=3, most=2).startswith(
        "The answer is too long (3 characters"
    )
