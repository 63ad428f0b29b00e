"""Which model grades for whom. Keys are in memory here, or in the database too, encrypted, if the operator set a key."""

import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from interviewer.domain.grade import Provenance
from interviewer.errors import InterviewerError, SettingsError
from interviewer.grading import CallShape, LLMGrader
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader
from interviewer.llm import LLM
from interviewer.llm.concurrency_limit import ConcurrencyLimit
from interviewer.llm.discovery import KNOWN, context_size
from interviewer.llm.endpoints import Endpoint, normalize_base_url
from interviewer.llm.model_call import ModelCall
from interviewer.llm.request_options import LEARNED
from interviewer.llm.wrapped import WrappedLLM
from interviewer.sessions.grader_choice import NOBODY, OFFLINE, GraderChoice, GraderOptions, GraderRequest
from interviewer.sessions.kept_choices import KeptChoices
from interviewer.sessions.usage_limits import UsageLimits
from interviewer.text.messages import localized

# How many of the choices in the database a process has clients for.
_MOST_READ = 256

# What a grader check was of: base URL, model and call shape.
CheckKey = tuple[str, str, CallShape]


class GraderRegistry:
    """The choices of all owners, and the graders made from them. Safe to share between threads."""

    def __init__(
        self,
        options: GraderOptions,
        connect: Callable[[Endpoint], LLM],
        concurrency: int,
        checks: MutableMapping[CheckKey, Any] | None = None,
    ) -> None:
        """`connect` makes the model of an endpoint, which gets `concurrency` requests at a time, at most.

        `checks` keeps the outcomes of grader checks; without it they last as long as the program runs.
        """
        self.options = options
        self._connect = connect
        self.concurrency = concurrency
        self._lock = threading.Lock()
        self._chosen: dict[str, GraderChoice] = {}
        self._models: dict[Endpoint, WrappedLLM] = {}
        self._limits: dict[str, ConcurrencyLimit] = {}
        self._contexts: dict[Endpoint, int | None] = {}
        self._tests: dict[str, ModelCall] = {}
        self._checks: MutableMapping[CheckKey, Any] = {} if checks is None else checks
        self._kept: KeptChoices | None = None
        self.limits: UsageLimits | None = None
        """On what the visitors of a server may use; None where there are none."""

    def open_to_strangers(self) -> None:
        """From now on the page is reached by others too: no address may be entered that was not offered."""
        self.options = replace(self.options, is_private=False)

    def keep(self, kept: KeptChoices) -> None:
        """From now on choices are those in the database, which all processes share."""
        self._kept = kept
        self.options = replace(self.options, keeps_choices=True)

    def choice(self, owner: str) -> GraderChoice:
        """Raises StoreError where choices are in the database, and that is away."""
        if self._kept and owner != NOBODY:
            return self._read(owner, self._kept)
        return self._chosen.get(owner, self.options.default)

    def choose(self, owner: str, wanted: GraderRequest) -> GraderChoice:
        """Let a model grade for this owner from now on. Raises SettingsError if it may not or cannot be used."""
        choice = self.choice_for(owner, wanted)
        if self._kept and choice.endpoint:
            key = wanted.key or ("" if self._has_operators_key(choice.endpoint) else choice.endpoint.key)
            made = replace(wanted, base_url=choice.endpoint.base_url, key=key, second_model=choice.second_model)
            self._kept.save(owner, made)
        with self._lock:
            self._chosen[owner] = choice
            self._drop_unused()
            if choice.endpoint:
                # The server may have been set up anew, or be another one.
                self._contexts.pop(choice.endpoint, None)
                KNOWN.forget(choice.endpoint.base_url)
                LEARNED.forget(choice.endpoint)
        return choice

    def choice_for(self, owner: str, wanted: GraderRequest) -> GraderChoice:
        """The choice that `choose` would make, without making it."""
        return self._checked(wanted, self.choice(owner).endpoint)

    def _checked(self, wanted: GraderRequest, previous: Endpoint | None) -> GraderChoice:
        """What is asked for, if it may be used; without a key it has that of `previous` or of the operator."""
        url, key = normalize_base_url(wanted.base_url), wanted.key.strip()
        if not self._may_use(url):
            raise SettingsError(localized("fault.not_allowed", url=url))
        if not wanted.model.strip():
            raise SettingsError(localized("fault.no_model"))
        default = self.options.default.endpoint
        known = [previous, default]
        kept = next((e.key for e in known if e and e.key and origin(e.base_url) == origin(url)), "")
        second = wanted.second_model
        if second is None:
            is_operators = default is not None and origin(default.base_url) == origin(url)
            second = self.options.default.second_model if is_operators else ""
        temperature = default.temperature if default else 0.0
        endpoint = Endpoint(url, wanted.model, key or kept, temperature=temperature, max_tokens=self.options.max_tokens)
        choice = GraderChoice(endpoint, wanted.shape, wanted.votes, second.strip())
        if not key and self._spends_operators_key(choice):
            raise SettingsError(localized("fault.operators_model", model=self.options.default.title))
        return choice

    def forget(self, owner: str) -> None:
        """Back to the offline grader; the key is dropped."""
        if self._kept and self.options.default.endpoint:
            self._kept.save(owner, GraderRequest("", ""))
        elif self._kept:
            self._kept.remove(owner)
        with self._lock:
            self._chosen[owner] = GraderChoice()
            self._drop_unused()

    def remember(self, choice: GraderChoice, check: Any) -> None:
        """Keep the outcome of a grader check, for this address, model and shape, unless the server was away."""
        with self._lock:
            if check.was_reached:
                self._checks[_measured(choice)] = check

    def begin_check(self, owner: str) -> ModelCall:
        """The call of a grader check that this owner begins now; one that is under way is stopped."""
        self.stop_check(owner)
        call = self._tests[owner] = ModelCall()
        return call

    def take_call(self, owner: str) -> None:
        """Count a grading of a grader check. Raises OverLimit if the owner may have no more for now."""
        if self.limits:
            self.limits.take_call(owner)

    def stop_check(self, owner: str) -> None:
        if (call := self._tests.pop(owner, None)) is not None:
            call.stop()

    def check_of(self, choice: GraderChoice) -> Any:
        return self._checks.get(_measured(choice))

    def check_by(self, by: Provenance) -> Any:
        """The outcome of the last grader check of the model that gave a grade, or None."""
        for (_, model, shape), check in list(self._checks.items()):
            if (model, str(shape)) == (by.model, by.shape) and check.host == by.host:
                return check
        return None

    def address(self, owner: str) -> str:
        """The base URL that works for an owner, or OFFLINE. Asks no server."""
        endpoint = self.choice(owner).endpoint
        return endpoint.base_url if endpoint else OFFLINE

    def is_shared(self, owner: str) -> bool:
        """Whether every process of these settings has this owner's grader; a choice may be known only where it was made."""
        if self._kept:
            return True
        choice, default = self.choice(owner), self.options.default
        return choice == default or (choice.endpoint is None and default.endpoint is None)

    def width(self, owner: str) -> int:
        """How many requests at a time the server of this owner takes."""
        endpoint = self.choice(owner).endpoint
        return self._width(replace(endpoint, key="")) if endpoint else 1

    def grader(self, owner: str) -> Grader:
        """The grader of an owner; to make it, a server on this machine may be asked how much its model can read."""
        return self.grader_of(self.choice(owner))

    def second_grader(self, owner: str) -> Grader:
        choice = self.choice(owner)
        if choice.endpoint and choice.second_model:
            choice = replace(choice, endpoint=replace(choice.endpoint, model=choice.second_model))
        return self.grader_of(choice)

    def grader_of(self, choice: GraderChoice, *, remarks: bool | None = None) -> Grader:
        """The grader that a choice means; `remarks` overrides the options and what a grader check found."""
        if choice.problem:
            raise choice.problem.with_traceback(None)
        if choice.endpoint is None:
            return LexicalGrader()
        if remarks is None:
            remarks = self.options.remarks
        if remarks is None:
            check = self.check_of(choice)
            remarks = check is None or not check.is_slow
        return LLMGrader(self.llm(choice.endpoint), choice.shape, choice.votes, self.context(choice.endpoint), remarks)

    def llm_for(self, owner: str) -> LLM | None:
        endpoint = self.choice(owner).endpoint
        return self.llm(endpoint) if endpoint else None

    def llm(self, endpoint: Endpoint) -> LLM:
        """The model of an endpoint, behind the limit that all users of the same address share."""
        with self._lock:
            if endpoint in self._models:
                return self._models[endpoint]
            model = WrappedLLM(self._connect(endpoint), partial(self.turn, endpoint))
            # What is only tried out, by a grader check, is not kept: its key would be.
            if endpoint in {choice.endpoint for choice in (self.options.default, *self._chosen.values())}:
                self._models[endpoint] = model
            return model

    def identify(self, endpoint: Endpoint) -> None:
        """Find out what a server is by now; one that would break off a reply for that is asked before the next request."""
        if not _is_one_at_a_time(endpoint):
            KNOWN.identify(endpoint)

    @contextmanager
    def turn(self, endpoint: Endpoint, *, for_reply: bool = True) -> Iterator[None]:
        """Inside the block the server may be asked, for a reply or only about itself.

        What it is decides how many may go in, so that is found out before. A server that breaks off a reply for any other
        request is asked about itself only when it has none under way.
        """
        keyless = replace(endpoint, key="")  # the gate outlives a choice and its key
        if not KNOWN.recall(endpoint).kind:
            KNOWN.identify(endpoint)
        with self._lock:
            limit = self._limits.setdefault(endpoint.base_url, ConcurrencyLimit(lambda: self._width(keyless)))
        with limit.slot() if for_reply or _is_one_at_a_time(keyless) else nullcontext():
            KNOWN.identify(endpoint)
            yield

    def _width(self, endpoint: Endpoint) -> int:
        """How many requests at a time this server takes, as far as it is known what it is."""
        return 1 if _is_one_at_a_time(endpoint) else self.concurrency

    def close(self) -> None:
        """End the requests under way, so that nobody waits for them."""
        with self._lock:
            for model in self._models.values():
                model.close()

    def _spends_operators_key(self, choice: GraderChoice) -> bool:
        """Whether a visitor wants more for the operator's key than the operator has chosen."""
        default = self.options.default
        if self.options.is_private or not (default.endpoint and choice.endpoint):
            return False
        if not self._has_operators_key(choice.endpoint):
            return False
        is_dearer = choice.second_model not in ("", default.endpoint.model, default.second_model)
        asked, paid = choice.endpoint.model, default.endpoint.model
        return is_dearer or (asked, choice.shape, choice.votes) != (paid, default.shape, default.votes)

    def _has_operators_key(self, endpoint: Endpoint) -> bool:
        operators = self.options.default.endpoint
        return operators is not None and bool(endpoint.key) and endpoint.key == operators.key

    def _read(self, owner: str, kept: KeptChoices) -> GraderChoice:
        """Learn what an owner chose by now, in whatever process; what is not offered any more cannot be used."""
        try:
            wanted = kept.find(owner)
            choice = None if wanted is None else GraderChoice()
            if wanted and wanted.base_url:
                choice = self._checked(wanted, None)
        except SettingsError as error:
            choice = GraderChoice(problem=error)
        with self._lock:
            if choice != self._chosen.pop(owner, None):
                self._drop_unused()
            if choice is not None:
                self._chosen[owner] = choice
            while len(self._chosen) > _MOST_READ:
                del self._chosen[next(iter(self._chosen))]
        return self.options.default if choice is None else choice

    def _drop_unused(self) -> None:
        """Forget the clients of endpoints that nobody has chosen any more, and with them the keys; a call under way ends."""
        used = {choice.endpoint for choice in (self.options.default, *self._chosen.values())}
        for endpoint in [one for one in self._models if one not in used]:
            del self._models[endpoint]
        for endpoint in [one for one in self._contexts if one not in used]:
            del self._contexts[endpoint]

    def _may_use(self, url: str) -> bool:
        if self.options.allowed:
            return url in self.options.allowed
        default = self.options.default.endpoint
        return self.options.is_private or (default is not None and url == default.base_url)

    def context(self, endpoint: Endpoint) -> int | None:
        """Tokens that the model can read at once; None where its server does not tell."""
        with self._lock:
            if endpoint in self._contexts:
                return self._contexts[endpoint]
        try:
            with self.turn(endpoint, for_reply=False):
                size = context_size(endpoint) if endpoint.is_private else None
        except InterviewerError:  # stopped before it was asked
            return None
        with self._lock:
            self._contexts[endpoint] = size
            self._drop_unused()
        return size


def _measured(choice: GraderChoice) -> CheckKey:
    endpoint = choice.endpoint
    return (endpoint.base_url, endpoint.model, choice.shape) if endpoint else ("", "", choice.shape)


def _is_one_at_a_time(endpoint: Endpoint) -> bool:
    return KNOWN.recall(endpoint).profile.one_at_a_time


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a key belongs to."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port
