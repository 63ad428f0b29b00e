"""Reasoning: a model's thinking, told apart from what it says."""

import re
from dataclasses import dataclass

_TAGS = ("<think>", "<thinking>", "<thought>")
_OPEN = re.compile(r"\s*<(think|thinking|thought)>", re.IGNORECASE)
_OPEN_ANYWHERE = re.compile(r"<(think|thinking|thought)>", re.IGNORECASE)
_CLOSE = re.compile(r"</(?:think|thinking|thought)>", re.IGNORECASE)


def split_thinking(content: str) -> tuple[str, str]:
    """What is said, and what was thought at the beginning: a candidate may write about <think> tags, and be quoted."""
    thought: list[str] = []
    while opening := _OPEN.match(content):
        closing = _CLOSE.search(content, opening.end())
        if closing is None:
            return "", "\n".join([*thought, content[opening.end() :].strip()])
        thought.append(content[opening.end() : closing.start()].strip())
        content = content[closing.end() :]
    # Some chat templates write the opening tag themselves, and only the closing one comes back.
    closing = None if thought or content.lstrip().startswith(("{", "```")) else _CLOSE.search(content)
    if closing is not None and not _OPEN_ANYWHERE.search(content, 0, closing.start()):
        thought.append(content[: closing.start()].strip())
        content = content[closing.end() :]
    return content.strip() if thought else content, "\n".join(thought)


@dataclass(slots=True)
class ThinkingFilter:
    """Holds leading thinking back while text arrives in pieces."""

    _held: str = ""
    _open: bool = False

    def show(self, delta: str) -> str:
        """The part of what has arrived that may now be seen."""
        if self._open:
            return delta
        self._held += delta
        if not self._held.strip():
            return ""
        if (opening := _OPEN.match(self._held)) is None:
            start = self._held.lstrip().lower()
            if any(tag.startswith(start) for tag in _TAGS):
                return ""
            return self._release(self._held)
        closing = _CLOSE.search(self._held, opening.end())
        if closing is None:
            return ""
        self._held = self._held[closing.end() :].lstrip()
        return self.show("")

    def rest(self) -> str:
        """What is still held back at the end because it might have become thinking."""
        return "" if self._open or _OPEN.match(self._held) else self._release(self._held)

    def _release(self, text: str) -> str:
        self._open, self._held = True, ""
        return text
