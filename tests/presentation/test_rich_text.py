import pytest
from html_seen import seen

from interviewer.domain.language import Language
from interviewer.presentation.highlighting import Mark
from interviewer.presentation.rich_text import rich_line, rich_text

CODE = "It uses `dropout` here.\n\n- point one is good\n- two\n\n```python\nx = 1\n```"


def shown(text: str, *, is_typed: bool = False) -> str:
    return str(rich_text(text, Language.EN, is_typed=is_typed))


def marked(words: str) -> str:
    start = CODE.index(words)
    return str(rich_text(CODE, Language.EN, [(start, start + len(words), Mark.RIGHT)], is_typed=True))


@pytest.mark.parametrize("formula", ["$x^2$", "$$x^2$$", "\\(x^2\\)", "\\[x^2\\]", "$$\nx^2\n$$", "\\[\nx^2\n\\]"])
@pytest.mark.parametrize("is_typed", [True, False])
def test_formulas_become_mathml(formula: str, is_typed: bool) -> None:
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in shown(formula, is_typed=is_typed)


def test_prices_are_no_formulas() -> None:
    assert seen(shown("it costs $5 and $6")).text == "it costs $5 and $6"


@pytest.mark.parametrize("formula", ["$" + "{" * 300 + "$", "$" + "x^" * 900 + "$", "$\\begin{nothing}$"])
def test_a_formula_that_cannot_be_read_is_shown_as_written(formula: str) -> None:
    assert formula.strip("$")[:8] in seen(shown(formula)).text


def test_code_is_coloured_by_classes_and_its_signs_are_no_template() -> None:
    html = shown("```python\ndef f(x):\n    return {x: `1`, '$y': '\\\\'}\n```")
    assert '<span class="k">def</span>' in html
    assert not any(sign in html for sign in "{}$`\\")
    assert "style=" not in html
    assert "no such language" in seen(shown("```nothing\nno such language\n```")).text


def test_tables_are_tables() -> None:
    assert "<td>1</td>" in shown("| a | b |\n|---|---|\n| 1 | 2 |", is_typed=True)


@pytest.mark.parametrize(
    "text", ["__init__ and *a* x", "# of layers", "1 < 2 & 3", "[x](https://e.com)", "a\n---\nb", "&lt;"]
)
def test_what_is_typed_keeps_signs_that_no_one_means_as_markup(text: str) -> None:
    assert seen(shown(text, is_typed=True)).text == text


def test_links_are_http_only_and_not_followed() -> None:
    html = shown(
        "[a](https://e.com/x) [b](javascript:alert(1)) [c](data:text/html,x) ![d](https://e.com/d.png) [e](/f)"
    )
    links = [attributes for tag, attributes in seen(html).tags if tag == "a"]
    assert {attributes.get("href") for attributes in links} <= {"https://e.com/x", "https://e.com/d.png", None}
    assert all(attributes["rel"] == "nofollow noopener" for attributes in links)
    assert "<img" not in html


def test_marks_stand_inside_lists_and_code_spans() -> None:
    html = marked("dropout")
    assert '<code><mark class="right" title="this earned credit">dropout</mark></code>' in html
    assert "<li>point <mark" in marked("one is")
    across = marked("good\n- two")
    assert across.count("<mark") == 2
    assert "<li>" in across


@pytest.mark.parametrize("words", ["= 1", "```python", "here.\n\n- point"])
def test_where_a_mark_would_break_the_markup_the_text_is_shown_as_written(words: str) -> None:
    html = marked(words)
    assert "<mark" in html
    assert seen(html).text == CODE or "<li>" in html


def test_a_mark_inside_a_formula_leaves_code_and_tables_as_they_are_shown() -> None:
    text = "So:\n\n```python\nx = 1\n```\n\n$$a + b$$\n\n| a | b |\n|---|---|\n| one | two |\n\nThe end."
    marks = [(text.index(words), text.index(words) + len(words), Mark.RIGHT) for words in ("+ b", "two", "end")]
    html = str(rich_text(text, Language.EN, marks, is_typed=True))
    assert '<td><mark class="right" title="this earned credit">two</mark></td>' in html
    assert '<span class="n">x</span>' in html
    assert "$$a <mark" in html.replace("&#36;", "$")
    assert html.count("<mark") == 3
    assert "".join(seen(html).text.split()) == "So:x=1$$a+b$$abonetwoTheend."


@pytest.mark.parametrize("text", ["one\r\n\n$$a + b$$\n\ntwo", "$$a + b$$ and `c`"])
def test_what_cannot_be_told_apart_block_by_block_is_shown_as_written(text: str) -> None:
    start = text.index("+ b")
    html = str(rich_text(text, Language.EN, [(start, start + 3, Mark.RIGHT)], is_typed=True))
    assert "<mark" in html
    assert seen(html).text == text


def test_text_without_markup_stays_as_it_is() -> None:
    assert shown("one\n  two", is_typed=True) == "one\n  two"


def test_a_heading_holds_one_line() -> None:
    html = str(rich_line("What does `x` give?\n\n- a", Language.EN))
    assert "<code>x</code>" in html
    assert "<p>" not in html
