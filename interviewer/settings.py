"""What the environment says: the only reader of INTERVIEWER_* variables and of `.env`."""

import json
import logging
import os
import secrets
import sys
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from interviewer.errors import SettingsError

APPLICATION = "mock-interviewer"

REQUEST_ID: ContextVar[str] = ContextVar("REQUEST_ID", default="")
"""The id of the HTTP request that is being answered, for the log; empty where none is."""


def shipped(folder: str) -> Path:
    """`rubrics` or `prompts`: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parent
    inside = package / "data" / folder
    return inside if inside.is_dir() else package.parent / folder


def cache_folder() -> Path:
    """Where what can be made again is kept: the user's, whatever the data folder is. It need not be there yet."""
    return user_cache_path(APPLICATION, appauthor=False)


class Settings(BaseSettings):
    """Every setting, with its default; each is the variable INTERVIEWER_ and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="INTERVIEWER_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    database_url: str = ""  # where interviews are kept, as an SQLAlchemy URL; SQLite in DATA_DIR if empty
    # Folder for the database and the signing key.
    data_dir: Path = Field(default_factory=lambda: user_data_path(APPLICATION))
    banks_dir: Path | None = None  # a folder with more banks (*.yaml)
    # A file of terms that mean the same, added to those that are shipped (zh, zh | en, en).
    glossary: Path | None = None
    # Language of the terminal; if left out, that of LC_ALL, LC_MESSAGES or LANG, else zh.
    language: Literal["zh", "en"] | None = None
    host: str = "127.0.0.1"  # address to listen on
    port: int = Field(7860, ge=0, le=65535)  # port to listen on; 0 for any free one
    root_path: str = ""  # absolute URL of the page when it is behind a proxy, e.g. https://host/interview
    allowed_hosts: str = ""  # comma-separated host names the page may be asked for, besides this machine's own
    secret: str = Field("", repr=False)  # key that signs the owner cookie; made and kept in DATA_DIR if empty
    # Encrypts the models and keys that visitors choose in the database, so that every process has them and a restart
    # loses none: a Fernet key, or several with commas, of which the first encrypts. If empty, memory alone has them.
    secrets_key: str = Field("", repr=False)
    oidc_issuer: str = ""  # address of the OpenID Connect provider that people sign in with; nobody signs in if empty
    oidc_client_id: str = ""  # what the provider calls this site
    oidc_client_secret: str = Field("", repr=False)  # the secret that the provider gave for it
    oidc_role_claim: str = ""  # the claim that holds candidate, coach or admin, such as roles or realm_access.roles
    proxy_user_header: str = ""  # instead of OpenID Connect: the header in which a proxy says who signed in with it
    trusted_proxies: str = ""  # comma-separated addresses or networks that header is taken from
    admins: str = ""  # comma-separated e-mail addresses of administrators
    coaches: str = ""  # comma-separated e-mail addresses of coaches
    session_days: int = Field(30, ge=1, le=400)  # days after which one has to sign in anew
    base_url: str = ""  # a model's server, such as http://127.0.0.1:11434/v1; empty for the offline grader
    model: str = ""  # the model's name on that server
    api_key: str = Field("", repr=False)  # the key for that server, if it wants one
    # One call for all points, or one a point for small models.
    call_shape: Literal["one_call", "per_criterion"] = "one_call"
    votes: Literal[1, 3] = 1  # 3 asks twice more about points that are not firm
    second_model: str = ""  # a model on the same server for second opinions; the same model once more if empty
    temperature: float | None = Field(0.0, ge=0, le=2)  # sent where the model accepts one
    max_tokens: int = Field(4096, ge=256)  # most tokens of one reply; a form that needs fewer asks for fewer
    # Whether the model also writes what was good and missing; if left out, unless the grader test finds it too slow.
    remarks: bool | None = None
    endpoints: str = ""  # comma-separated base URLs; if set, the page offers these and no others
    model_concurrency: int = Field(2, ge=1, le=64)  # requests at a time to one endpoint
    grading_threads: int = Field(8, ge=1, le=64)  # gradings that run at the same time, for each server
    run_jobs: bool = True  # whether a server of the page also does jobs of the queue, which only PostgreSQL has
    # Most connections of a process to a database server; the queue's four come on top.
    database_connections: int = Field(15, ge=3, le=500)
    # How long a model may take to word a follow-up before a plain one is asked.
    follow_up_seconds: float = Field(20.0, gt=0, le=600)
    speech_base_url: str = ""  # a server with OpenAI's audio API, hosted or local; without one, answers are typed
    speech_api_key: str = Field("", repr=False)  # the key for that server, if it wants one
    speech_model: str = ""  # its model that writes spoken answers down; none if empty
    speech_voice_model: str = ""  # its model that reads questions aloud; the browser's own voice if empty
    speech_voice: str = "alloy"  # the voice it reads with, or two, for Chinese and for English: zf_xiaobei, af_heart
    # The least severe events to report on the error stream.
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    log_format: Literal["text", "json"] = "text"  # lines for people, or one JSON object a line
    metrics_port: int | None = Field(None, ge=1, le=65535)  # port on which Prometheus finds metrics; none if left out
    metrics_host: str = "127.0.0.1"  # address on which it finds them
    # Most answers of one visitor, where others than this machine reach the page; 0 for any number.
    answers_per_minute: int = Field(60, ge=0)
    # Most gradings and follow-ups by a model for one visitor there; 0 for any number.
    model_calls_per_hour: int = Field(600, ge=0)
    # Most tokens that gradings of one visitor may cost in 24 hours; 0 for any number.
    daily_tokens: int = Field(0, ge=0)
    # After so many days without a change interviews are deleted for good; 0 for never.
    retention_days: int = Field(0, ge=0)

    @field_validator("votes", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isdigit() else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("root_path")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).netloc):
            raise ValueError("must be an absolute http(s) URL, such as https://host/interview")
        return value.rstrip("/")

    @cached_property
    def database(self) -> str:
        """The URL of the database; makes the data folder if the database is to be in it."""
        return self.database_url or f"sqlite:///{self.data_folder / 'interviews.sqlite3'}"

    @cached_property
    def data_folder(self) -> Path:
        """The data folder, made private to its user if it is new."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SettingsError(
                f"the data folder cannot be made ({error.strerror}): set INTERVIEWER_DATA_DIR"
            ) from error
        return self.data_dir

    @property
    def import_folder(self) -> Path:
        """Where imported banks go: BANKS_DIR, or a folder in DATA_DIR, which need not be there yet."""
        return self.banks_dir or self.data_dir / "banks"

    @property
    def is_for_this_machine(self) -> bool:
        """Whether nobody but the people at this machine can reach the page."""
        named = {name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip()}
        return self.host in _LOOPBACK and not self.root_path and named <= _LOOPBACK and not self.has_accounts

    @property
    def has_accounts(self) -> bool:
        """Whether people sign in, so that nobody without an account sees anything.

        Raises SettingsError where the rest of a sign-in is set without what begins it: the page would be open to all.
        """
        rest = {"oidc_client_id", "oidc_client_secret", "oidc_role_claim", "trusted_proxies", "admins", "coaches"}
        alone = sorted(name for name in rest if getattr(self, name))
        if alone and not (self.oidc_issuer or self.proxy_user_header):
            raise SettingsError(
                f"INTERVIEWER_{alone[0].upper()} is set, and nobody signs in: set INTERVIEWER_OIDC_ISSUER"
                " or INTERVIEWER_PROXY_USER_HEADER, too"
            )
        return bool(self.oidc_issuer or self.proxy_user_header)

    @property
    def terminal_language(self) -> Literal["zh", "en"]:
        """What the terminal speaks: a locale of any other language than Chinese makes it English."""
        if self.language:
            return self.language
        said = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
        return "zh" if said.partition(".")[0] in {"", "C", "POSIX"} or said.startswith("zh") else "en"

    @property
    def makes_a_new_key(self) -> bool:
        """Whether there is no key yet that signed cookies before."""
        return not self.secret and not (self.data_folder / "secret").exists()

    @cached_property
    def signing_key(self) -> str:
        """The key that signs cookies: the same after a restart."""
        if self.secret:
            if len(self.secret) < _SHORTEST_SECRET:
                raise SettingsError(f"INTERVIEWER_SECRET needs at least {_SHORTEST_SECRET} characters")
            return self.secret
        path = self.data_folder / "secret"
        try:
            # Made whole under another name first: two processes that start together end with the same key.
            draft = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
            if not path.exists():
                draft.touch(mode=0o600, exist_ok=False)
                draft.write_text(secrets.token_urlsafe(32))
                try:
                    path.hardlink_to(draft)
                except FileExistsError:
                    pass
                finally:
                    draft.unlink()
            key = path.read_text().strip()
        except OSError as error:
            raise SettingsError(f"the signing key cannot be kept ({error.strerror}): set INTERVIEWER_SECRET") from error
        if len(key) < _SHORTEST_SECRET:
            raise SettingsError("the file 'secret' in the data folder is damaged: delete it (open pages start afresh)")
        return key


_SHORTEST_SECRET = 16
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# Read by gradio and its parts when they are imported; here because nothing else may touch the environment.
_GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "50",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


def read_settings(**overrides: object) -> Settings:
    """The settings, with what a command line said on top. Raises SettingsError with the variable's name."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except UnicodeDecodeError as error:
        raise SettingsError("the file .env is not UTF-8: save it anew in that encoding") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"INTERVIEWER_{name.upper()}: {first['msg']} (it is {first['input']!r})") from error


def prepare_gradio(settings: Settings) -> None:
    """Set what gradio reads from the environment; must run before gradio is imported."""
    os.environ.update(_GRADIO)
    temporary = settings.data_folder / "gradio"
    temporary.mkdir(mode=0o700, exist_ok=True)
    os.environ["GRADIO_TEMP_DIR"] = str(temporary)
    # Always set: another application's root path in the environment would leave our page without its scripts.
    os.environ["GRADIO_ROOT_PATH"] = settings.root_path


class _StderrHandler(logging.Handler):
    """Writes to whatever the error stream is at the moment, as `print` does."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr)


class _JsonFormatter(logging.Formatter):
    """One JSON object a line: what happened, and the fields it was logged with."""

    _STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": self.formatTime(record), "level": record.levelname, "logger": record.name}
        line["message"] = record.getMessage()
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        fields = {name: value for name, value in vars(record).items() if name not in self._STANDARD}
        return json.dumps({**line, **fields}, ensure_ascii=False, default=str)


def configure_logging(settings: Settings) -> None:
    """Report what this program logs on the error stream. Other packages' logging is left alone; calling again is safe."""
    logger = logging.getLogger("interviewer")
    handler = _StderrHandler()
    as_text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_JsonFormatter() if settings.log_format == "json" else as_text)
    logger.handlers[:] = [handler]
    logger.setLevel(settings.log_level)
