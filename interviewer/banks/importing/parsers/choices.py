"""Multiple choice: the options are part of the question, and the right one with its explanation is the answer."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason
from interviewer.banks.importing.parsers.question_candidates import Candidate
from interviewer.banks.importing.parsers.table_columns import BEFORE_LETTER, FEWEST, LETTER, LETTERS, named

_CORRECT = re.compile(r"\s*(?:[✓✔✅√]\ufe0f?|[(（](?:correct|right|正确|对)(?: answer|答案)?[)）])\s*", re.IGNORECASE)
_LONGEST_OPTION = 80


def settle_choices(candidates: Sequence[Candidate]) -> None:
    """Give each question of multiple choice its right option for an answer; without a marked one it has no answer."""
    found = [candidate for candidate in candidates if _settled(candidate)]
    lists = [one for one in candidates if one not in found and len(one.answer) > 1 and _is_only_options(one.answer)]
    # A plain list below a question is an answer, unless the list is one of options everywhere else in the file.
    if found and len(found) >= len(lists):
        for candidate in lists:
            _unmarked(candidate, candidate.answer)


def _is_only_options(answer: Sequence[Element]) -> bool:
    """Whether an answer is a list and no more, but for a remark in brackets that the right one is missing."""
    rest = answer[_run(answer, _is_item) :]
    is_remark = len(rest) == 1 and len(answer) > FEWEST and markers.is_remark(rest[0].text)
    return not rest or (is_remark and _is_lettered(answer[0]))


def _settled(candidate: Candidate) -> bool:
    """Whether a question is of multiple choice; then its options have been moved and its answer is set."""
    head, *inline = _options_in(candidate.question[0])
    pool = inline + [part for one in (*candidate.question[1:], *candidate.answer) for part in _options_in(one)]
    for is_option in (lambda one: one.checked is not None and bool(one.text), _is_lettered, _is_item):
        start = next((at for at, one in enumerate(pool) if is_option(one)), len(pool))
        count = _run(pool[start:], is_option)
        if is_option is _is_lettered:
            pairs = zip(LETTERS, map(_letter, pool[start:]), strict=False)
            count = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        options, rest = pool[start : start + count], pool[start + count :]
        if count < FEWEST:
            continue
        right, explained = _right(options, [one for one in rest if one.text])
        if not right and (is_option is _is_item or rest):
            continue
        if right:
            shown = [
                replace(one, marker="", depth=0) if _letter(one) and one.marker != "- " else one for one in options
            ]
            candidate.question = [head, *pool[:start], *shown]
            candidate.answer = [*(_bare(one) for one in right), *explained, *(one for one in rest if not one.text)]
        else:
            _unmarked(candidate, options)
        return True
    return False


def _unmarked(candidate: Candidate, options: Sequence[Element]) -> None:
    candidate.unread += [(one, Reason.NO_CHOICE) for one in options]
    candidate.question = [one for one in candidate.question if one not in options]
    candidate.answer = []


def _right(options: Sequence[Element], rest: Sequence[Element]) -> tuple[list[Element], list[Element]]:
    """The options that are marked as right, and what explains them."""
    for marks in (
        [one.checked is True for one in options],
        [bool(_CORRECT.search(one.text)) for one in options],
        [bool(one.bold) and one.bold == one.text for one in options],
    ):
        if 0 < sum(marks) < len(options):
            marked = [one for one, is_marked in zip(options, marks, strict=True) if is_marked]
            again, after = _named_in(rest[0], options) if rest else ([], "")
            return marked, list(rest[bool(again) and not after :])
    if not rest:
        return [], []
    places, after = _named_in(rest[0], options)
    right = [replace(options[place], first=rest[0].first, last=rest[0].last) for place in places]
    return right, [*([replace(rest[0], text=after)] if after else []), *rest[1:]]


def _named_in(line: Element, options: Sequence[Element]) -> tuple[list[int], str]:
    return named(markers.without_label(line.text), [_bare(one).text for one in options])


def _options_in(element: Element) -> list[Element]:
    """A line with all options in it, cut at their letters."""
    parts = [part.strip() for part in BEFORE_LETTER.split(element.text) if part and part.strip()]
    letters = "".join(found[1] for part in parts if (found := LETTER.match(part)))
    if len(letters) < FEWEST or len(parts) > len(letters) + 1 or not LETTERS.startswith(letters):
        return [element]
    return [replace(element, text=part, shape=ElementKind.LINE) for part in parts]


def _run(elements: Sequence[Element], is_option: Callable[[Element], bool]) -> int:
    same = [is_option(one) and one.depth == elements[0].depth for one in elements]
    return same.index(False) if False in same else len(same)


def _is_lettered(element: Element) -> bool:
    return element.shape is ElementKind.LINE and bool(_letter(element))


def _is_item(element: Element) -> bool:
    return (
        element.marker == "- "
        and element.shape is ElementKind.LINE
        and len(element.text) <= _LONGEST_OPTION
        and not element.text.endswith(("。", "；", "?", "？"))
    )


def _letter(element: Element) -> str:
    found = LETTER.match(element.text)
    return found[1] if found else ""


def _bare(option: Element) -> Element:
    """An option as an answer: without its letter and its mark."""
    text = _CORRECT.sub(" ", LETTER.sub("", option.text, count=1)).strip()
    return replace(option, text=text, marker="", depth=0, checked=None)
