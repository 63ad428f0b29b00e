"""Endpoints: one model on one server, its address read as it was meant and kept from leading anywhere else."""

import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from interviewer.errors import SettingsError
from interviewer.llm.server_profiles import PROFILES, Profile, profile_of
from interviewer.text.messages import localized

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?!\d|$)")
_PASTED = re.compile(r"/(?:chat/completions|completions|responses|embeddings|models)$", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", re.IGNORECASE)

# Where clouds tell a machine its own secrets.
_METADATA_NAMES = frozenset(
    "metadata metadata.google.internal metadata.goog metadata.azure.com instance-data instance-data.ec2.internal".split()
)
_METADATA_ADDRESSES = frozenset(
    map(ipaddress.ip_address, ("100.100.100.200", "fd00:ec2::254", "168.63.129.16", "192.0.0.192"))
)
_PRIVATE_SUFFIXES = (".local", ".lan", ".internal", ".home.arpa", ".localhost")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds. None limits how long a reply may be: that is the token limit's part."""

    connect: float
    silence: float
    """Without any text; a local model may have others to answer first, and then reads the whole prompt."""
    loading: float
    """For a model that is being loaded."""
    busy: float
    """For a server that asks to come back later, all waits together."""


LOCAL = Timeouts(connect=5, silence=1800, loading=300, busy=30)
HOSTED = Timeouts(connect=10, silence=300, loading=120, busy=60)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model on one server. Raises SettingsError if the address or the key cannot be used."""

    base_url: str
    model: str = ""
    key: str = field(default="", repr=False)
    kind: str = ""
    """The kind of server, where it is known better than from its host's name; see `server_profiles.toml`."""
    temperature: float | None = 0.0
    max_tokens: int | None = 4096
    thinking: bool | None = False
    """False switches thinking off where the way to do so is known; None and True leave it as the server has it."""
    timeouts: Timeouts | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", normalize_base_url(self.base_url))
        object.__setattr__(self, "model", self.model.strip())
        object.__setattr__(self, "key", self.key.strip())
        if not (self.key.isascii() and self.key.isprintable() and " " not in self.key):
            raise SettingsError(localized("endpoint.bad_key"))
        if self.kind and self.kind not in PROFILES:
            raise SettingsError(localized("endpoint.unknown_kind", kind=repr(self.kind)))

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def root(self) -> str:
        """Where the server's own API begins, beside that of OpenAI."""
        return self.base_url.removesuffix("/v1")

    @property
    def profile(self) -> Profile:
        return profile_of(urlsplit(self.base_url).hostname or "", self.kind)

    @property
    def is_private(self) -> bool:
        return is_private(self.base_url)

    @property
    def time_limits(self) -> Timeouts:
        return self.timeouts or (LOCAL if self.is_private else HOSTED)


def normalize_base_url(text: str) -> str:
    """The base URL that was meant. Raises SettingsError if it is none, or leads where no model is."""
    pasted = unicodedata.normalize("NFKC", text).replace("。", ".").strip().strip("\"'<>“”‘’「」")
    if not pasted or any(character.isspace() or not character.isprintable() for character in pasted):
        raise SettingsError(localized("endpoint.no_address", text=repr(text)))
    parts = _split(pasted)
    if "@" in parts.netloc:
        raise SettingsError(localized("endpoint.credentials"))
    host = _usable_host(parts)
    if parts.query:
        raise SettingsError(localized("endpoint.query", address=pasted.split("?")[0]))
    try:
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError as error:
        raise SettingsError(localized("endpoint.port")) from error
    path = _PASTED.sub("", re.sub("/{2,}", "/", parts.path).rstrip("/")).rstrip("/")
    return f"{parts.scheme.lower()}://{host}{port}{path or '/v1'}"


def is_loopback(url: str) -> bool:
    """Whether the address is this machine, judged by its looks."""
    host = _hostname(url)
    address = _address(host)
    if address is None:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def is_private(url: str) -> bool:
    """Whether the address is this machine or its own network, judged by its looks: no name is looked up."""
    host = _hostname(url)
    address = _address(host)
    if address is None:
        return (host != "" and "." not in host) or host.endswith(_PRIVATE_SUFFIXES)
    return address.is_private or address.is_loopback or address.is_unspecified


def _split(pasted: str) -> SplitResult:
    scheme = _SCHEME.match(pasted)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise SettingsError(localized("endpoint.scheme", scheme=scheme[1]))
    try:
        if scheme:
            return urlsplit(pasted)
        return urlsplit(("http://" if is_loopback("//" + pasted) else "https://") + pasted)
    except ValueError as error:
        raise SettingsError(localized("endpoint.no_address", text=repr(pasted))) from error


def _usable_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    address = _address(host)
    if address is None:
        if not _is_name(host):
            raise SettingsError(localized("endpoint.no_host", host=repr(host or parts.netloc)))
        if host.lower() in _METADATA_NAMES:
            raise SettingsError(localized("endpoint.metadata", host=host))
        return host.lower()
    if address.is_link_local or address in _METADATA_ADDRESSES:
        raise SettingsError(localized("endpoint.link_local", host=host))
    if address.is_multicast or str(address) == "255.255.255.255":
        raise SettingsError(localized("endpoint.many_machines", host=host))
    if address.is_unspecified:  # where a server listens; nobody can be called there
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return f"[{address}]" if address.version == 6 else str(address)


def _is_name(host: str) -> bool:
    try:
        encoded = host.encode("idna").decode()
    except UnicodeError:
        return False
    return _HOST.fullmatch(encoded) is not None and all(letter.isalnum() or letter in "-._" for letter in host)


def _hostname(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _address(host: str) -> _Address | None:
    """The address that the host is, in any spelling a socket would take, unwrapped if it is an IPv4 address inside IPv6."""
    try:
        address: _Address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if not re.fullmatch(r"[0-9a-fx.]+", host, re.IGNORECASE):
            return None
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))  # 2852039166, 0xa9fea9fe, 0251.0376.0251.0376, 127.1
        except (OSError, ValueError):
            return None
    if isinstance(address, ipaddress.IPv6Address):
        nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        return address.ipv4_mapped or address.sixtofour or nat64 or address
    return address
