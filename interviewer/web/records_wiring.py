"""The tab with everything that was played: what its controls are wired to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.web.controls import Controls
from interviewer.web.handlers import PageHandlers
from interviewer.web.history import link_told, listing, regraded
from interviewer.web.identity import Owners
from interviewer.web.page_input import zone_of


@dataclass(frozen=True)
class RecordsWiring:
    """Connects the tab to what it does; `owner_of` says who asks, or refuses, and `address_of` the address of the page."""

    c: Controls
    handlers: PageHandlers
    owners: Owners
    owner_of: Callable[[gr.Request], str]
    address_of: Callable[[gr.Request], str]

    def connect(self, on: Callable[..., Any], language: gr.Radio) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""
        c = self.c
        for trigger in (c.records.select, c.refresh.click):
            on(trigger, self._list, [language, c.words], [c.progress, c.listing])
        # Not when the box is left: the list would be drawn anew under whoever is on the way to one of its buttons.
        for found in (c.words.submit, c.words.input):
            on(found, self._find, [language, c.words], [c.listing], trigger_mode="always_last")
        on(c.regrade.click, self._regrade, [language], [c.listing])
        on(c.link.click, self._link, [language], [c.link_text])

    def _list(self, language: str, words: str, request: gr.Request) -> tuple[str, str]:
        progress = self.handlers.practice.progress(self.owner_of(request), zone_of(request), Language(language))
        return progress, self._find(language, words, request)

    def _find(self, language: str, words: str, request: gr.Request) -> str:
        owner = self.owner_of(request)
        return listing(self.handlers.service, owner, Language(language), words=words, zone=zone_of(request))

    def _regrade(self, language: str, request: gr.Request) -> str:
        """Grade whatever of this owner has no grade, and list the interviews anew."""
        owner, spoken = self.owner_of(request), Language(language)
        return regraded(*self.handlers.regrade_all(owner, spoken), spoken) + listing(
            self.handlers.service, owner, spoken
        )

    def _link(self, language: str, request: gr.Request) -> Any:
        """A link for another browser."""
        address = f"{self.address_of(request)}/enter/{self.owners.link(self.owner_of(request))}"
        return gr.update(value=link_told(address, Language(language)), visible=True)
