"""The tab with everything that was played: what its controls are wired to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.web.controls import Controls
from interviewer.web.handlers import PageHandlers
from interviewer.web.history import link_told, listing, regraded
from interviewer.web.identity import Owners
from interviewer.web.page_input import Visit


@dataclass(frozen=True)
class RecordsWiring:
    """Connects the tab to what it does."""

    c: Controls
    handlers: PageHandlers
    owners: Owners

    def connect(self, on: Callable[..., Any]) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""
        c = self.c
        for trigger in (c.records.select, c.refresh.click):
            on(trigger, self._list, [c.words], [c.progress, c.listing])
        # Not when the box is left: the list would be drawn anew under whoever is on the way to one of its buttons.
        for found in (c.words.submit, c.words.input):
            on(found, self._find, [c.words], [c.listing], trigger_mode="always_last")
        on(c.regrade.click, self._regrade, [], [c.listing])
        on(c.link.click, self._link, [], [c.link_text])

    def _list(self, visit: Visit, words: str) -> tuple[str, str]:
        progress = self.handlers.practice.progress(visit.owner, visit.zone, visit.language)
        return progress, self._find(visit, words)

    def _find(self, visit: Visit, words: str) -> str:
        return listing(self.handlers.service, visit.owner, visit.language, words=words, zone=visit.zone)

    def _regrade(self, visit: Visit) -> str:
        """Grade whatever of this owner has no grade, and list the interviews anew."""
        told = regraded(*self.handlers.regrade_all(visit.owner, visit.language), visit.language)
        return told + listing(self.handlers.service, visit.owner, visit.language)

    def _link(self, visit: Visit) -> Any:
        """A link for another browser."""
        told = link_told(f"{visit.address}/enter/{self.owners.link(visit.owner)}", visit.language)
        return gr.update(value=told, visible=True)
