"""Text made safe to stand in HTML, whole or in pieces that are marked."""

import html
from collections.abc import Iterable, Iterator, Sequence

# Gradio's HTML component reads these as template code, so they never reach it as they are.
_TEMPLATE_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "{}$`\\"}


# Characters that turn the direction of what follows them, or hide it, are shown as a mark instead of obeyed.
_UNSEEN = dict.fromkeys(
    (*range(8203, 8208), *range(8234, 8239), *range(8288, 8293), *range(8294, 8298), 65279, 173),
    "<span class='unseen'>·</span>",
)


def escaped(text: str) -> str:
    """Text as HTML that shows it and nothing else, also inside a template of Gradio."""
    return html.escape(text, quote=True).translate(_TEMPLATE_SIGNS).translate(_UNSEEN)


def marked(text: str, quotes: Iterable[str]) -> str:
    """The text, escaped, with every quote in a `<mark>`; overlapping quotes are marked as one stretch."""
    return "".join(
        f"<mark>{escaped(piece)}</mark>" if is_quoted else escaped(piece)
        for piece, is_quoted in stretches(text, quotes)
    )


def stretches(text: str, quotes: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is quoted."""
    places = [(text.find(quote), len(quote)) for quote in quotes if quote]
    at = 0
    for start, end in _merged([(start, start + length) for start, length in places if start >= 0]):
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def _merged(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
