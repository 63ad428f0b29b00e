"""Profiles: what is known about kinds of servers before they are asked, read from `server_profiles.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from interviewer.llm.protocol import OutputMode


class Preset(BaseModel, frozen=True, extra="forbid"):
    """A service or a program to offer for choice, and where it is found unless it was moved."""

    title: str
    base_url: str


class Profile(BaseModel, frozen=True, extra="forbid"):
    """What one kind of server takes; `server_profiles.toml` says what each field means."""

    modes: tuple[OutputMode, ...] = (OutputMode.SCHEMA, OutputMode.OBJECT, OutputMode.PROMPTED)
    limit: str = "max_tokens"
    thinking_off: Mapping[str, Any] | None = None
    temperature: bool = True
    stream_usage: bool = True
    object_takes_schema: bool = False
    one_at_a_time: bool = False
    extra: Mapping[str, Any] = {}
    hosts: tuple[str, ...] = ()
    preset: Preset | None = None


UNKNOWN = Profile()

PROFILES: Mapping[str, Profile] = {
    kind: Profile.model_validate(fields)
    for kind, fields in tomllib.loads(
        Path(__file__).with_name("server_profiles.toml").read_text(encoding="utf-8")
    ).items()
}

PRESETS = tuple(profile.preset for profile in PROFILES.values() if profile.preset)

_BY_HOST = {host: profile for profile in PROFILES.values() for host in profile.hosts}


def profile_of(host: str, kind: str = "") -> Profile:
    """The profile of the kind, else of the host. A host that nobody has described is taken to know everything."""
    if kind:
        return PROFILES[kind]
    parts = host.lower().rstrip(".").split(".")
    names = (".".join(parts[start:]) for start in range(len(parts)))
    return next((_BY_HOST[name] for name in names if name in _BY_HOST), UNKNOWN)
