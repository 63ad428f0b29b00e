"""How the page looks: theme variables, our own style sheet, and the few scripts that Gradio has no option for."""

import tomllib
from functools import cache
from pathlib import Path

import gradio as gr

from interviewer.presentation.templating import stylesheet

_ASSETS = Path(__file__).parent / "assets"

# System fonts, among them those for Chinese: nothing is fetched.
_FONTS = (
    "system-ui, -apple-system, Segoe UI, PingFang SC, Hiragino Sans GB, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
)


def theme() -> gr.themes.Base:
    base = gr.themes.Default(
        primary_hue="indigo",
        neutral_hue="slate",
        font=_FONTS.split(", "),
        font_mono=["ui-monospace", "Consolas", "monospace"],
        radius_size="lg",
    )
    return base.set(**tomllib.loads((_ASSETS / "theme.toml").read_text(encoding="utf-8")))


def css() -> str:
    """The style sheets of the page, the editor and the classes, after that of cards and chat."""
    own = [(_ASSETS / f"{name}.css").read_text(encoding="utf-8") for name in ("page", "editor", "classes")]
    return "".join([str(stylesheet("cards")), *own])


def page_script() -> str:
    """What is called once, when the page is there."""
    parts = (f"({script(name)})();" for name in ("page", "clock", "copy", "voice", "editor"))
    return "".join(("() => {", script("shared"), *parts, "}"))


@cache
def script(name: str) -> str:
    """A function of JavaScript for Gradio to call."""
    return (_ASSETS / f"{name}.js").read_text(encoding="utf-8").strip()
