"""Who is a coach or an administrator by the settings, or by a claim of the provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interviewer.sessions.accounts import Role


@dataclass(frozen=True, slots=True)
class RoleLists:
    """The names or e-mail addresses on the lists, in small letters."""

    admins: frozenset[str]
    coaches: frozenset[str]

    def of(self, name: str) -> Role | None:
        """The role of this name or address; None if it is on no list."""
        found = name.strip().casefold()
        return Role.ADMIN if found in self.admins else Role.COACH if found in self.coaches else None


def read_role_lists(admins: str, coaches: str) -> RoleLists:
    return RoleLists(
        *(frozenset(one.strip().casefold() for one in text.split(",") if one.strip()) for text in (admins, coaches))
    )


def claimed_role(claims: Mapping[str, Any], name: str) -> Role | None:
    """The highest role in a claim, a word or a list, or None; `name` may be a path, such as `realm_access.roles`."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    words = found if isinstance(found, list) else [found]
    return highest(*(role for role in Role if role in words))


def highest(*roles: Role | None) -> Role | None:
    return max((role for role in roles if role), key=list(Role).index, default=None)
