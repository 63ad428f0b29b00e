import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.llm.json_reply import json_object

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), children, max_size=3)
    ),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=5), VALUES, min_size=1, max_size=4)


@given(OBJECTS, st.booleans())
def test_any_object_is_found_in_prose_and_fences(value: dict[str, object], ascii_only: bool) -> None:
    # \b and \f before two letters are taken for LaTeX, as are some tabs and line ends: see below.
    written = json.dumps(value, ensure_ascii=ascii_only)
    assume_plain = not any(escape in written for escape in ("\\b", "\\f", "\\t", "\\r", "\\n"))
    for text in (
        written,
        f"Sure, here it is:\n{written}\nDone.",
        f"```json\n{written}\n```" if "```" not in written else written,
    ):
        found = json.loads(json_object(text))
        assert not assume_plain or found == value


@given(st.text())
def test_any_text_gives_an_object_or_a_value_error(text: str) -> None:
    try:
        found = json_object(text)
    except ValueError:
        return
    assert isinstance(json.loads(found), dict)


@given(OBJECTS, st.data())
def test_a_cut_text_never_gives_an_object(value: dict[str, object], data: st.DataObject) -> None:
    written = json.dumps(value)
    cut = written[: data.draw(st.integers(0, len(written) - 1))]
    with pytest.raises(ValueError, match=r"\w"):
        json_object(cut, complete=False)
    with pytest.raises(ValueError, match=r"\w"):
        json_object(cut)


@pytest.mark.parametrize(
    "text, reason",
    [
        ('{"a": NaN}', "JSON cannot carry"),
        ('{"a": -Infinity}', "JSON cannot carry"),
        ('{"a": 1e999}', "JSON cannot carry"),
        ('{"a": 1, "a": 2}', "same key twice"),
        ('{"a": "\\ud800"}', "JSON cannot carry"),
        ("[1]", "JSON list"),
        ('"{}"', "JSON str"),
        ('Here: [{"a": 1}]', "JSON list"),
        ('{"a": 1} {"b": 2}', "more than one"),
        ('{"a": 1}\n```json\n{"b": 2}\n```\n```json\n{"c": 2}\n```', "more than one"),
        ("no json here", "no JSON object"),
        ("", "empty"),
        ("\ufeff \n", "empty"),
        ('{"a": {"b": 1}', "no JSON from character 15"),
        ("[" * 100_000, "no JSON object"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "nested too deeply"),
    ],
)
def test_what_is_no_object_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        json_object(text)


@pytest.mark.parametrize(
    "written, meant",
    [
        (r"\frac{1}{2}", r"\frac{1}{2}"),
        (r"\beta and \\beta", r"\beta and \beta"),
        (r"\theta \times \nabla", r"\theta \times \nabla"),
        (r"\alpha \sigma", r"\alpha \sigma"),
        (r"\underline{x}", r"\underline{x}"),
        (r"one\ntwo\tthree", "one\ntwo\tthree"),
        (r"\n1. next", "\n1. next"),
        (r"caf\u00e9 \"x\" \/", 'café "x" /'),
    ],
)
def test_latex_is_read_as_it_was_meant(written: str, meant: str) -> None:
    assert json.loads(json_object(f'{{"a": "{written}"}}')) == {"a": meant}


def test_fractions_are_kept() -> None:
    assert json.loads(json_object('{"score": 0.5}')) == {"score": 0.5}


def test_braces_in_prose_are_passed_over() -> None:
    assert json_object('In the set {x, y} we find {"a": "}"}.') == '{"a": "}"}'


def test_a_fence_inside_a_string_is_part_of_the_string() -> None:
    text = '{"a": "```json\\n{}\\n```"}'
    assert json_object(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"verdicts": [{"id": "a"}],}',
        "{'verdicts': [{'id': 'a'}]}",
        '[{"id": "a"}]',
        "```json\n[{'id': 'a'},]\n```",
    ],
)
def test_what_is_nearly_json_is_read_without_another_call(text: str) -> None:
    assert json.loads(json_object(text, list_key="verdicts")) == {"verdicts": [{"id": "a"}]}


@pytest.mark.parametrize(
    "text", ["{'a': 1, 'a': 2}", "{'a': {'b': 1, 'b': 2}}", "{'a': 1} {'a': 2}", "{'a': 1}, {'a': 2}", "{1: 2}"]
)
def test_double_objects_stay_refused_in_the_manner_of_python_too(text: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|key|Expecting"):
        json_object(text, list_key="verdicts")
