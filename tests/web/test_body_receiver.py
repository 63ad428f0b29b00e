"""Requests that are sent slowly, or many at a time, do not fill the server."""

import asyncio
import socket
from pathlib import Path

import pytest
from fakes import run_async
from starlette.types import Message

from interviewer.web import body_receiver
from interviewer.web.body_receiver import BodyReceiver, TimelyProtocol


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def read(receive: object) -> bytes:
    whole = b""
    while True:
        message = await receive()  # type: ignore[operator]
        whole += message["body"]
        if not message["more_body"]:
            return whole


async def never() -> Message:
    await asyncio.sleep(60)
    raise AssertionError


def test_a_body_comes_out_as_it_was_sent() -> None:
    async def play() -> bytes:
        parts = [part(b"a", more=True), part(b"b", more=False)]

        async def receive() -> Message:
            return parts.pop(0)

        return await read(await BodyReceiver().whole(receive))

    assert run_async(play()) == b"ab"


def test_half_a_body_is_given_up_in_time() -> None:
    with pytest.raises(TimeoutError):
        run_async(BodyReceiver(seconds=0.05).whole(never))


def test_of_many_unfinished_bodies_the_oldest_is_given_up() -> None:
    async def play() -> list[object]:
        receiver = BodyReceiver(seconds=1.0, most=250)
        finish = asyncio.Event()

        async def one() -> bytes:
            parts = [part(b"x" * 100, more=True), part(b"", more=False)]

            async def receive() -> Message:
                if len(parts) == 1:
                    await finish.wait()
                return parts.pop(0)

            return await read(await receiver.whole(receive))

        tasks = [asyncio.create_task(one()) for _ in range(4)]
        await asyncio.sleep(0.1)
        finish.set()
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    ends = run_async(play())
    assert [isinstance(end, TimeoutError) for end in ends] == [True, True, False, False]


def test_half_of_the_headers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import threading

    import uvicorn

    monkeypatch.setattr(body_receiver, "HEADER_SECONDS", 0.3)

    async def app(scope: object, receive: object, send: object) -> None:
        await asyncio.sleep(0.6)  # an answer that takes longer than headers may
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=TimelyProtocol, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    whole = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
    try:
        with socket.create_connection(listener.getsockname(), timeout=5) as client:
            client.sendall(whole)
            assert client.recv(100).startswith(b"HTTP/1.1 204")
            client.sendall(whole[:-2])
            assert client.recv(100) == b""
    finally:
        server.should_exit = True
