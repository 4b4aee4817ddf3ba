"""A forward proxy on loopback: CONNECT for https, whole URLs for http, with or without a password.

Every host it is asked for is taken to be this machine's loopback, so that a test can tell what was
asked of the proxy from what would have been reached without it.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import socketserver
import threading
from typing import Self
from urllib.parse import urlsplit

from tests import network


class LoopbackProxy:
    """A running proxy; ``asked`` has the first line of every request."""

    def __init__(self, *, password: str | None = None, refuses: int | None = None) -> None:
        self.asked: list[str] = []
        self.refuses = refuses
        self.expected = (
            None if password is None else base64.b64encode(f"it:{password}".encode()).decode()
        )
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._exit.enter_context(network.loopback())
        self._server = self._exit.enter_context(_Server(("127.0.0.1", 0), _Handler))
        self._server.proxy = self
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self._exit.callback(thread.join)
        self._exit.callback(self._server.shutdown)
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self._server.server_address[1]}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    proxy: LoopbackProxy


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        first = self.rfile.readline().decode()
        head = [first]
        while (line := self.rfile.readline().decode()) not in {"\r\n", ""}:
            head.append(line)
        proxy = self.server.proxy
        proxy.asked.append(first.strip())
        sent = next((one for one in head if one.lower().startswith("proxy-authorization:")), "")
        if proxy.expected is not None and sent.strip().rpartition(" ")[2] != proxy.expected:
            self._refuse(407)
        elif proxy.refuses is not None:
            self._refuse(proxy.refuses)
        else:
            self._forward(first.split()[0], first.split()[1], head)

    def _refuse(self, status: int) -> None:
        self.wfile.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())

    def _forward(self, method: str, target: str, head: list[str]) -> None:
        url = urlsplit(target if "://" in target else f"https://{target}")
        with socket.create_connection(("127.0.0.1", url.port or 0)) as there:
            if method == "CONNECT":
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = url.path + (f"?{url.query}" if url.query else "")
                kept = [line for line in head[1:] if not line.lower().startswith("proxy-")]
                there.sendall(f"{method} {path} HTTP/1.1\r\n{''.join(kept)}\r\n".encode())
            back = threading.Thread(target=_pump, args=(there, self.connection), daemon=True)
            back.start()
            _pump(self.connection, there)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
