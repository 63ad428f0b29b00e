"""The client of any server that speaks OpenAI's chat completions, hosted or local."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import httpx2

from interviewer.errors import LLMMalformed, LLMRefused, LLMRepeats, LLMUnreachable
from interviewer.llm.completion import Completion, CompletionBuilder, decode_json, read_completion, read_events
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import error_in_success, to_llm_error
from interviewer.llm.model_call import CallPhase, current_call
from interviewer.llm.protocol import Finish, Message, Reply, ReplyChunk
from interviewer.llm.reply_validation import validated_reply
from interviewer.llm.request_options import LEARNED, LearnedOptions
from interviewer.llm.retry import Clock, RequestFailed, RetryState, logging_failures
from interviewer.llm.thinking_tags import ThinkingFilter
from interviewer.llm.transport import BoundedStream, Transport
from interviewer.text.messages import localized

MAX_BYTES = 8 * 1024 * 1024


class OpenAICompatible:
    """A model behind an OpenAI-compatible server; any number of threads may ask it.

    `recall` gives the endpoint with the kind of its server, as far as it is known when a reply is asked for.
    Raises LLMUnreachable if the environment names a proxy that cannot be used.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        recall: Callable[[Endpoint], Endpoint] | None = None,
        learned: LearnedOptions = LEARNED,
        clock: Clock | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._endpoint = endpoint
        self._given_kind = endpoint.kind
        self._recall = recall
        self._learned = learned
        self._clock = clock or Clock()
        self._transport = Transport(endpoint, self._clock.now, max_bytes)

    @property
    def name(self) -> str:
        return self._endpoint.model

    @property
    def host(self) -> str:
        return self._endpoint.host

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        with logging_failures(self._endpoint, self._clock.now):
            state = self._new_state(messages, schema)
            while True:
                *_, completion = self._answer(state, is_shown=False)
                assert isinstance(completion, Completion)
                try:
                    return self._checked(completion, state)
                except LLMMalformed as flaw:
                    if not state.correct(completion, flaw):
                        if schema is not None and state.flaws:
                            self._learned.count_failure(self._endpoint)
                        raise

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        with logging_failures(self._endpoint, self._clock.now):
            state = self._new_state(messages, schema)
            completion = Completion("")
            for _ in range(2):  # a blank reply is asked for once more
                shown = False
                for part in self._answer(state, is_shown=True):
                    if isinstance(part, Completion):
                        completion = part
                    else:
                        shown = True
                        yield ReplyChunk(part)
                if shown or completion.text.strip():
                    break
                if completion.finish is Finish.LENGTH and not state.make_room(completion):
                    break
            yield ReplyChunk("", self._checked(completion, state))

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _new_state(self, messages: Sequence[Message], schema: dict[str, Any] | None) -> RetryState:
        if self._recall is not None:
            self._endpoint = self._recall(replace(self._endpoint, kind=self._given_kind))
        options = self._learned.recall(self._endpoint)
        sleep = self._clock.sleep or self._transport.sleep
        failures = 0 if schema is None else self._learned.failures(self._endpoint)
        return RetryState(self._endpoint, self._clock.now, sleep, tuple(messages), schema, options, failures)

    def _checked(self, completion: Completion, state: RetryState) -> Reply:
        """The reply that the completion is; what made it possible is learned. Raises LLMMalformed."""
        reply = validated_reply(completion, state.schema, state.options.mode, state.token_limit)
        if state.schema is not None:
            self._learned.forget_failures(self._endpoint)
        if state.has_adapted:
            self._learned.learn(self._endpoint, state.options)
        return reply

    def _answer(self, state: RetryState, *, is_shown: bool) -> Generator[str | Completion]:
        """The text as it comes, and at last the whole completion, after as many requests as it takes.

        Text that `is_shown` to someone as it comes cannot be taken back, so a failure after it is final.
        """
        shown = False
        while True:
            try:
                with closing(self._exchange(state)) as parts:
                    for part in parts:
                        shown = shown or is_shown
                        yield part
            except RequestFailed as failure:
                if shown:
                    raise failure.error from failure
                state.overcome(failure)
            else:
                return

    def _exchange(self, state: RetryState) -> Generator[str | Completion]:
        """One request and its answer: the text as it comes, and at last the whole completion.

        A stream is asked for even where nobody looks on: only so a model at work can be told from one that is gone.
        """
        current_call().enter(CallPhase.READING)
        with self._transport.post(state.next_request()) as response:
            content_type = response.headers.get("content-type", "")
            if "html" in content_type:
                raise self._web_page()
            if "json" not in content_type:
                yield from self._streamed(response, state)
                return
            content = response.read()
            if content.lstrip()[:1] == b"<":
                raise self._web_page()
            answer = decode_json(content)
            self._check_for_error(answer)
            completion = read_completion(answer)
            if completion.text:
                yield completion.text
            yield completion

    def _streamed(self, response: httpx2.Response, state: RetryState) -> Iterator[str | Completion]:
        builder, thinking, bounded = CompletionBuilder(), ThinkingFilter(), response.stream
        call, has_text = current_call(), False
        assert isinstance(bounded, BoundedStream)
        for event in read_events(response.iter_bytes()):
            self._check_for_error(event)
            if event is None:
                builder.is_done = True
                continue
            before = builder.length
            text = thinking.show(builder.add(event))
            has_text = has_text or bool(text)
            if builder.length > before:
                bounded.heard()
                call.enter(CallPhase.WRITING if has_text else CallPhase.THINKING)
            if text:
                yield text
            # Words that the prompt repeats, too, are only copied from it.
            if (loop := builder.repeated()) and not any(loop in message.content for message in state.messages):
                raise RequestFailed(LLMRepeats(localized("llm.repeats"), builder.text), tries=1)
        if not builder.is_done:
            if not builder.has_events and "event-stream" not in response.headers.get("content-type", ""):
                raise LLMMalformed(localized("llm.not_json"))
            error = LLMUnreachable(localized("llm.stream_cut", host=self.host))
            raise RequestFailed(error, is_silent=not builder.has_events)
        if (rest := thinking.rest()).strip():
            yield rest
        yield builder.completion()

    def _check_for_error(self, answer: object) -> None:
        if (error := error_in_success(answer)) is not None:
            raise RequestFailed(to_llm_error(error, self._endpoint), server_error=error)

    def _web_page(self) -> LLMRefused:
        return LLMRefused(localized("llm.web_page", url=self._endpoint.base_url))
