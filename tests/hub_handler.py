"""How the loopback hub answers one request: the hub's API, its files, and the faults."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.hub_content import File, Repository, Request, information, listing
from tests.hub_faults import Fault

if TYPE_CHECKING:
    from tests.loopback_hub import LoopbackHub

_BLOCK = 1 << 18
_TICK_S = 0.02
_API = re.compile(r"^/api/models/(?P<name>[^/]+/[^/]+)(?P<rest>/.*)?$")


@dataclass(frozen=True)
class Answer:
    """A status, headers, and the part of a file that is sent: ``length`` bytes from ``start``."""

    status: int
    headers: dict[str, str]
    file: File
    start: int
    length: int


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests as HTTP/1.1 has it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    @property
    def hub(self) -> LoopbackHub:
        return self.server.hub  # type: ignore[attr-defined, no-any-return]

    def log_message(self, *_: object) -> None:
        """Requests are logged by the hub, for tests to read."""

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def _serve(self) -> None:
        request = self._request()
        fault = self.hub.take_fault(request)
        self._logged = request
        try:
            self._answer(request, fault)
        finally:
            request.done = True

    def _answer(self, request: Request, fault: Fault | None) -> None:
        if fault is not None and fault.kind == "status":
            self._plain(fault.status, fault.headers)
        elif fault is not None and fault.kind == "redirect":
            to = fault.to[:-1] + request.path if fault.to.endswith("*") else fault.to
            self._plain(fault.status, {"Location": to})
        elif match := _API.match(request.path):
            self._api(unquote(match["name"]), (match["rest"] or "").lstrip("/"), request)
        else:
            self._resolve(request, fault)

    def _request(self) -> Request:
        url = urlsplit(self.path)
        found = self.hub.find(url.path)
        return Request(
            method=self.command,
            path=url.path,
            query=url.query,
            file=found[2].path if found and found[2] else None,
            range=self.headers.get("Range"),
            if_range=self.headers.get("If-Range"),
            authorization="Authorization" in self.headers,
            headers={key.lower(): value for key, value in self.headers.items()},
        )

    # --- the API ---------------------------------------------------------------------------

    def _api(self, name: str, rest: str, request: Request) -> None:
        repository = self.hub.repositories.get(name)
        kind, _, where = rest.partition("/")
        revision, _, folder = where.partition("/")
        if repository is None or kind not in {"", "revision", "tree"}:
            self._error(HTTPStatus.NOT_FOUND, "RepoNotFound", "Repository not found")
            return
        commit = repository.commit(unquote(revision) or "main")
        if commit is None:
            self._error(HTTPStatus.NOT_FOUND, "RevisionNotFound", "Invalid rev id")
        elif kind == "tree":
            self._tree(repository, commit, unquote(folder), request)
        else:
            self._json(information(repository, commit))

    def _tree(self, repository: Repository, commit: str, folder: str, request: Request) -> None:
        if repository.gated and not self._has_access():
            self._refuse_gated(repository)
            return
        query = parse_qs(request.query)
        recursive = query.get("recursive", ["false"])[0].lower() in {"true", "1"}
        entries = listing(repository.commits[commit].values(), folder.strip("/"), recursive)
        size = min(int(query.get("limit", [self.hub.page])[0]), self.hub.page)
        first = int(query.get("cursor", ["0"])[0])
        headers = {}
        if first + size < len(entries):
            kept = f"recursive={recursive}&limit={size}&cursor={first + size}"
            headers["Link"] = f'<{self.hub.endpoint}{request.path}?{kept}>; rel="next"'
        self._json(entries[first : first + size], headers)

    # --- files -----------------------------------------------------------------------------

    def _resolve(self, request: Request, fault: Fault | None) -> None:
        found = self.hub.find(request.path)
        if found is None:
            self._error(HTTPStatus.NOT_FOUND, "RepoNotFound", "Repository not found")
            return
        repository, revision, file = found
        if repository.gated and not self._has_access():
            self._refuse_gated(repository)
        elif repository.commit(revision) is None:
            self._error(HTTPStatus.NOT_FOUND, "RevisionNotFound", "Invalid rev id")
        elif file is None:
            self._error(HTTPStatus.NOT_FOUND, "EntryNotFound", "Entry not found")
        else:
            self._file(repository, repository.commit(revision) or "", file, fault)

    def _file(self, repository: Repository, commit: str, file: File, fault: Fault | None) -> None:
        headers = {
            "ETag": f'"{file.etag}"',
            "X-Repo-Commit": commit,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        if file.lfs:
            headers |= {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(file.size)}
            if self.hub.elsewhere:
                to = f"{self.hub.elsewhere}/{repository.name}/resolve/{commit}/{quote(file.path)}"
                self._plain(302, headers | {"Location": to})
                return
        answer = self._ranged(file, headers, fault)
        if answer is not None:
            self._send(answer, fault)

    def _ranged(self, file: File, headers: dict[str, str], fault: Fault | None) -> Answer | None:
        """What is asked of ``file``, RFC 9110 section 14; None when that was refused."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self._logged.range or "")
        whole = Answer(200, headers, file, 0, file.size)
        condition = self._logged.if_range
        if not asked or (fault and fault.kind in {"ignore_ranges", "unsized"}):
            return whole
        if condition is not None and condition != headers["ETag"]:
            return whole
        start = int(asked[1])
        end = min(int(asked[2]) if asked[2] else file.size - 1, file.size - 1)
        if start > end:
            self._plain(416, {"Content-Range": f"bytes */{file.size}"})
            return None
        if fault and fault.kind == "wrong_range":
            start = min(start + fault.by, end)
        total = file.size + (fault.by if fault and fault.kind == "wrong_length" else 0)
        headers = headers | {"Content-Range": f"bytes {start}-{end}/{total}"}
        return Answer(206, headers, file, start, end - start + 1)

    def _send(self, answer: Answer, fault: Fault | None) -> None:
        length = answer.length + (fault.by if fault and fault.kind == "wrong_length" else 0)
        unsized = fault is not None and fault.kind == "unsized"
        told = {"Connection": "close"} if unsized else {"Content-Length": str(length)}
        self._head(answer.status, answer.headers | told)
        if self.command == "HEAD":
            return
        if length != answer.length:
            self.close_connection = True
        plain = {"ignore_ranges", "wrong_range", "wrong_length"}
        if fault is None or (fault.kind in plain and not fault.after):
            self._body(answer.file, answer.start, min(length, answer.length))
        else:
            self._faulty(answer, fault)

    def _faulty(self, answer: Answer, fault: Fault) -> None:
        """Send the body as ``fault`` has it."""
        file, start, length = answer.file, answer.start, answer.length
        if fault.kind == "corrupt":
            self._corrupted(answer, fault.after)
        elif fault.kind == "unsized":
            self._body(file, start, length + min(0, fault.by))
            self._write(b"x" * max(0, fault.by))
        elif fault.kind == "hold":
            self._held(answer, fault)
        elif fault.kind == "slow":
            ahead = min(length, fault.after)
            self._body(file, start, ahead)
            self._slowly(file, start + ahead, length - ahead, fault.rate)
        elif fault.after < length:
            self._body(file, start, fault.after)
            self._hang_up(hard=fault.kind == "reset")
        else:
            fault.used -= 1  # a range too short to be cut there: for one of the next
            self._body(file, start, length)

    def _body(self, file: File, start: int, length: int) -> None:
        """Send bytes of a file; from a path by sendfile, so that they never enter this process."""
        if isinstance(file.content, Path):
            with file.content.open("rb") as stream:
                while length > 0:
                    size = min(length, 4 * _BLOCK)
                    self._logged.sent += size  # before: the client may look as soon as it has it
                    sent = self.connection.sendfile(stream, start, size)
                    if sent < size:
                        self._logged.sent -= size - sent
                        self.close_connection = True
                        return
                    start, length = start + sent, length - sent
            return
        view = memoryview(file.content)[start : start + length]
        for offset in range(0, len(view), _BLOCK):
            self._write(view[offset : offset + _BLOCK])

    def _corrupted(self, answer: Answer, at: int) -> None:
        before = max(0, min(at - answer.start, answer.length))
        self._body(answer.file, answer.start, before)
        if before < answer.length and at >= answer.start:
            self._write(bytes([answer.file.read(at, 1)[0] ^ 0xFF]))
            before += 1
        self._body(answer.file, answer.start + before, answer.length - before)

    def _slowly(self, file: File, start: int, length: int, rate: float) -> None:
        piece = max(1, int(rate * _TICK_S))
        for offset in range(0, length, piece):
            self._body(file, start + offset, min(piece, length - offset))
            if self.hub.closing.wait(piece / rate):
                self._hang_up(hard=True)
                return

    def _held(self, answer: Answer, fault: Fault) -> None:
        start, left = answer.start, answer.length
        while left:
            with self.hub.lock:
                budget = max(0, fault.after - fault.by)
                size = left if fault.release.is_set() else min(left, budget, _BLOCK // 4)
                fault.by += size
            if not size:
                fault.held.set()
                fault.release.wait()
                continue
            self._body(answer.file, start, size)
            start, left = start + size, left - size

    # --- small answers ---------------------------------------------------------------------

    def _has_access(self) -> bool:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and token in self.hub.tokens

    def _refuse_gated(self, repository: Repository) -> None:
        known = "Authorization" in self.headers
        status = HTTPStatus.FORBIDDEN if known else HTTPStatus.UNAUTHORIZED
        self._error(status, "GatedRepo", f"Access to model {repository.name} is restricted.")

    def _error(self, status: int, code: str, message: str) -> None:
        self._plain(status, {"X-Error-Code": code, "X-Error-Message": message})

    def _plain(self, status: int, headers: dict[str, str]) -> None:
        self._small(status, headers, headers.get("X-Error-Message", "").encode())

    def _json(self, data: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(data).encode()
        self._small(200, {"Content-Type": "application/json", **(headers or {})}, body)

    def _small(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._head(status, headers | {"Content-Length": str(len(body))})
        if self.command != "HEAD":
            self._write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self._logged.status = status
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()

    def _write(self, data: bytes | memoryview) -> None:
        self._logged.sent += len(data)  # before: the client may look as soon as it has it
        self.connection.sendall(data)

    def _hang_up(self, *, hard: bool) -> None:
        """End the connection; ``hard`` with a reset, else so that the client reads an end."""
        self.close_connection = True
        if hard:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        else:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)
