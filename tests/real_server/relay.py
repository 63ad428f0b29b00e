"""A relay before a real model server: it can be stopped and started again, and tells whether a request is still held open."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Relay:
    """Passes every connection to a port of this machine on to the server at `base_url`, until it is stopped."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._target = parts.hostname or "127.0.0.1", parts.port or 80
        self._path = parts.path
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{self._path}"

    @property
    def held(self) -> int:
        """Connections whose asker has not hung up."""
        with self._lock:
            return len(self._open)

    def start(self) -> None:
        """Listen, where it listened before."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Drop all connections, as a server does that is killed."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            lost = list(self._open)
        for one in lost:
            _end(one)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                asker, _ = listener.accept()
                server = socket.create_connection(self._target, timeout=10)
                server.settimeout(None)
            except OSError:
                return
            with self._lock:
                self._open.add(asker)
            threading.Thread(target=self._pass, args=(asker, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, asker, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_asker: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        if is_asker:
            with self._lock:
                self._open.discard(source)
        _end(source)
        _end(target)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
