"""Who may use a bank where people have accounts: what can be chosen when it is saved, and how that is said."""

from typing import NamedTuple

from interviewer.banks.loader import BankLibrary
from interviewer.banks.places import PersonalShelf
from interviewer.domain.language import Language
from interviewer.sessions.stored_banks import EVERYBODY, PRIVATE
from interviewer.text.messages import say


class AudienceChoice(NamedTuple):
    """Audiences with what they are called, and the one that the bank is for now."""

    options: list[tuple[str, str]]
    chosen: str


def audience_choice(library: BankLibrary, bank: str, language: Language) -> AudienceChoice | None:
    """What there is to choose for a bank of this id, old or new; None where banks go into a folder."""
    shelf = library.shelf
    if shelf is None:
        return None
    chosen = next((place.audience for place in shelf.places() if place.id == bank and not place.locked), PRIVATE)
    audiences = dict.fromkeys([chosen, *(audience for audience, _ in shelf.audiences())])
    return AudienceChoice([(one, audience_label(shelf, one, language)) for one in audiences], chosen)


def audience_label(shelf: PersonalShelf, audience: str, language: Language) -> str:
    """“only you”, “everybody”, or the name of a class."""
    if audience in (PRIVATE, EVERYBODY):
        return say(f"audience.{audience}", language)
    return say("audience.class", language, name=dict(shelf.audiences()).get(audience, "…"))
