"""Networks between a page and its database, or a visitor and a page, that fail as real ones do."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

_FORWARD = """
import asyncio, sys

async def forward(reader, writer):
    to_reader, to_writer = await asyncio.open_unix_connection(sys.argv[1])
    async def copy(source, target):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        target.close()
    await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer), return_exceptions=True)

async def main():
    server = await asyncio.start_server(forward, "0.0.0.0", int(sys.argv[2]))
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def _forwarding(socket: Path, port: int, *within: str) -> tuple[subprocess.Popen[bytes], int]:
    """A process that forwards a port to the socket of PostgreSQL, and the port; 0 asks for a free one."""
    command = [*within, sys.executable, "-c", _FORWARD, str(socket), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    return process, int(process.stdout.readline())


class Relay:
    """The database server behind a port of this machine that can be cut, or freeze with all connections open."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._process, self._port = _forwarding(socket, 0)

    def url(self, url: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{sa.make_url(url).database}"

    def cut(self) -> None:
        self._process.kill()
        self._process.wait()

    def join(self) -> None:
        self._process, _ = _forwarding(self._socket, self._port)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


class CuttingProxy:
    """A proxy in front of a page that ends every connection after so many seconds, whatever is under way on it."""

    def __init__(self, port: int, seconds: float) -> None:
        self._to, self._seconds, self.cuts = port, seconds, 0
        self._under_way: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def start(self) -> str:
        """The address of the page behind it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        self._server.close()
        for writer in self._under_way.values():
            writer.transport.abort()
        await asyncio.gather(*filter(None, self._under_way))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._under_way[asyncio.current_task()] = writer
        from_page, to_page = await asyncio.open_connection("127.0.0.1", self._to)

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()

        both = [asyncio.create_task(copy(reader, to_page)), asyncio.create_task(copy(from_page, writer))]
        done, cut = await asyncio.wait(both, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
        self.cuts += not done
        for task in cut:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        for end in (writer, to_page):
            if done:
                end.close()
            else:
                end.transport.abort()


class FarHost:
    """The database server as it is reached over a network of its own, which can swallow all packets. Only for root."""

    HERE, THERE, NAME = "10.199.7.1", "10.199.7.2", "faults-far"

    def __init__(self, socket: Path) -> None:
        for command in (
            f"ip netns add {self.NAME}",
            f"ip link add faults-here type veth peer name faults-there netns {self.NAME}",
            f"ip addr add {self.HERE}/30 dev faults-here",
            "ip link set faults-here up",
            f"ip netns exec {self.NAME} ip addr add {self.THERE}/30 dev faults-there",
            f"ip netns exec {self.NAME} ip link set faults-there up",
        ):
            subprocess.run(command.split(), check=True, capture_output=True)
        self._forwarding, _ = _forwarding(socket, 5432, "ip", "netns", "exec", self.NAME)

    def url(self, url: str) -> str:
        return f"postgresql+psycopg://postgres@{self.THERE}/{sa.make_url(url).database}"

    def fall_silent(self) -> None:
        self._route("add")

    def answer(self) -> None:
        self._route("del")

    def close(self) -> None:
        self._forwarding.kill()
        self._forwarding.wait()
        subprocess.run(["ip", "netns", "del", self.NAME], check=False)

    def _route(self, what: str) -> None:
        """What would go back here goes nowhere: packets arrive, and nothing is ever heard of them."""
        command = f"ip netns exec {self.NAME} ip route {what} blackhole {self.HERE}/32"
        subprocess.run(command.split(), check=True)
