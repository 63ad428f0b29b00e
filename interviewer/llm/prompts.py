"""Prompts: the files in `prompts/`, each a text with `$placeholders`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Template

from interviewer.errors import PromptError
from interviewer.settings import shipped


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as its author wrote it; `$$` stands for a dollar sign."""

    name: str
    text: str

    def __post_init__(self) -> None:
        if not Template(self.text).is_valid():
            raise PromptError(f"prompt {self.name}: a '$' stands alone (write '$$' for a dollar sign)")

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(Template(self.text).get_identifiers())

    @property
    def digest(self) -> str:
        """The first 16 hex digits of the SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with every placeholder replaced. Raises PromptError unless the values are exactly the agreed ones."""
        missing, unused = self.placeholders - set(values), set(values) - self.placeholders
        if missing or unused:
            parts = [f"has no value for ${name}" for name in sorted(missing)]
            parts += [f"does not use ${name}" for name in sorted(unused)]
            raise PromptError(f"prompt {self.name} {', '.join(parts)}")
        return Template(self.text).substitute(values)


@cache
def prompt(name: str) -> Prompt:
    """The prompt `prompts/NAME.md`. Raises PromptError if it is not there."""
    path = shipped("prompts") / f"{name}.md"
    try:
        return Prompt(name, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PromptError(f"prompt {name} cannot be read: {error.strerror}") from error


def between_markers(data: object) -> dict[str, str]:
    """Values of `$data`, the JSON of what somebody else wrote, and of the `$marker` that it stands between.

    The marker depends on the data, so no text can know the marker it will stand between.
    """
    text = json.dumps(data, ensure_ascii=False)
    return {"marker": hashlib.sha256(text.encode()).hexdigest()[:12], "data": text}
