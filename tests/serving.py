"""A service over a scripted engine and a small library, and clients that misbehave."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldkit.core.generation import Engine
from fieldkit.core.release import Assistant
from fieldkit.library.answering import Answering
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.search import Library
from fieldkit.serve.api import Service
from fieldkit.serve.desk import Desk
from fieldkit.serve.limits import Limits
from fieldkit.serve.server import Server, hosts, listen
from tests import network
from tests.fakes import ASSISTANT

TOKEN = "fk-a-token-that-only-these-tests-know"
STUDS = "What torque do the fluid end studs need?"
MANUAL = """\
---
document: PX-204
title: PX-204 mud pump, field manual
revision: C
date: 2026-03-01
---
<!-- page 7 -->
# Torque table

Fluid end studs: 320 Nm. Liner cage bolts: 275 Nm. Tighten crosswise in two rounds.
"""
WAIT_S = 60.0


def make_library(folder: Path) -> Path:
    """An index of one manual with one page."""
    (folder / "manuals").mkdir(parents=True)
    (folder / "manuals" / "px-204.md").write_text(MANUAL, encoding="utf-8")
    path = folder / "library.sqlite"
    build(path, read_folders([folder / "manuals"]).documents)
    return path


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A service that answers, and what it told."""

    port: int
    desk: Desk
    told: list[str]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def connect(self, *, buffer: int = 0) -> socket.socket:
        """A bare connection; ``buffer`` bytes are taken without being read."""
        channel = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if buffer:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        channel.settimeout(WAIT_S)
        channel.connect(("127.0.0.1", self.port))
        return channel

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        """A request as it goes over the line; ``headers`` replace the usual ones ("": none)."""
        usual = {
            "host": f"127.0.0.1:{self.port}",
            "authorization": f"Bearer {TOKEN}",
            "content-length": str(len(body)),
        }
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in {**usual, **given}.items() if value]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body

    def ask(self, **fields: Any) -> bytes:
        """A request for an answer."""
        data = {"messages": [{"role": "user", "content": STUDS}], **fields}
        return self.request("POST", "/v1/chat/completions", json.dumps(data).encode())

    def exchange(self, request: bytes) -> tuple[int, dict[str, str], Any]:
        """Send ``request`` and read the one answer: status, headers, JSON."""
        with self.connect() as channel:
            channel.sendall(request)
            return read_reply(channel)


def read_reply(channel: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Read one whole answer that has a length."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = channel.recv(65536)
        assert data, f"hung up after {received!r}"
        received += data
    head, _, content = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(content) < int(headers.get("content-length", "0")):
        data = channel.recv(65536)
        assert data, "hung up in the middle"
        content += data
    return int(first.split()[1]), headers, json.loads(content) if content else None


@contextmanager
def serving(
    folder: Path,
    engine: Engine,
    *,
    limits: Limits | None = None,
    assistant: Assistant | None = None,
    library: Path | None = None,
) -> Iterator[Running]:
    """Run a service in this process for the block."""
    limits = limits or Limits()
    assistant = assistant or replace(ASSISTANT, passages=2)
    told: list[str] = []
    with (
        network.loopback(),
        listen(0) as channel,
        Library.open(library or make_library(folder)) as opened,
    ):
        port = channel.getsockname()[1]
        desk = Desk(engine, waiting=limits.waiting)
        desk.open()
        service = Service(
            assistant=assistant,
            library=opened,
            engine=engine,
            answering=Answering(assistant, opened, engine),
            desk=desk,
            token=TOKEN,
            hosts=hosts(port),
            limits=limits,
        )
        server = Server(channel, service, tell=told.append)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield Running(port=port, desk=desk, told=told)
        finally:
            server.close()
            thread.join(WAIT_S)
            desk.close()
