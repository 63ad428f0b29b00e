"""How the page looks: theme variables, our own style sheet, and the few scripts that Gradio has no option for."""

from functools import cache
from pathlib import Path

import gradio as gr

from interviewer.presentation.templating import stylesheet

_ASSETS = Path(__file__).parent / "assets"

_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)


def theme() -> gr.themes.Base:
    """One accent colour with enough contrast in light and dark, system fonts, nothing fetched."""
    return gr.themes.Default(
        primary_hue="indigo",
        neutral_hue="slate",
        font=list(_FONTS),
        font_mono=["ui-monospace", "Consolas", "monospace"],
        radius_size="lg",
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_100",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_700",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
    )


def css() -> str:
    """The style sheets of the page, the editor and the classes, after that of cards and chat."""
    own = [(_ASSETS / f"{name}.css").read_text(encoding="utf-8") for name in ("page", "editor", "classes")]
    return "".join([str(stylesheet("cards")), *own])


def page_script() -> str:
    """What is called once, when the page is there."""
    return "() => {" + "".join(f"({script(name)})();" for name in ("page", "clock", "copy", "voice", "editor")) + "}"


@cache
def script(name: str) -> str:
    """A function of JavaScript for Gradio to call."""
    return (_ASSETS / f"{name}.js").read_text(encoding="utf-8").strip()
