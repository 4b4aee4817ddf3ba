"""One client's connection: HTTP/1.1 within bounds of size and time.

The protocol is h11's, which opens no socket itself. Python's own ``http.server`` would bring an
HTTP client into every release, and bounds the time of one read but not of a request.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h11

from fieldkit.serve.limits import Limits
from fieldkit.serve.problem import ApiProblem, invalid

_CHUNK = 64 << 10
# So long what a client still sends is thrown away after a refusal: closing at once would take the
# refusal from it.
_LINGER_S = 2.0
_LINGER_BYTES = 256 << 20
_TOO_MUCH = "The header is too large."
_ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of a request; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def size(self) -> int:
        """About how many bytes it took."""
        fields = sum(len(name) + len(value) + 4 for name, value in self.headers.items())
        return len(self.method) + len(self.target) + fields


class Gone(ConnectionError):
    """The client is not there any more."""


class Connection:
    """Requests of one client, one after the other; used by one thread."""

    def __init__(self, channel: socket.socket, limits: Limits) -> None:
        self._channel = channel
        self._limits = limits
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.header_bytes)
        self._deadline = time.monotonic() + limits.request_s
        self._bare = False  # HEAD is answered without a body
        self._abandoned = False
        self.status = 0
        self.opened = time.monotonic()
        self.admitted = False  # it has shown the token
        self.busy = False  # a request is being read or answered

    @property
    def answering(self) -> bool:
        """Whether an answer has begun, so that its status cannot change any more."""
        return self._http.our_state is not h11.SEND_RESPONSE and self.status != 0

    def head(self) -> Head | None:
        """The next request's beginning; None when the client is done or keeps still too long.

        Raises ApiProblem for what is not HTTP or too large, and OSError when the client is gone.
        """
        self.status = 0
        while True:
            event = self._event()
            if isinstance(event, h11.Request):
                self._bare = event.method == b"HEAD"
                self.busy = True
                head = _head(event)
                if head.size > self._limits.header_bytes:
                    raise ApiProblem(431, _TOO_MUCH, close=True)
                return head
            if event is not h11.NEED_DATA:
                return None
            begun = bool(self._http.trailing_data[0])
            self.busy = begun
            try:
                self._receive()
            except TimeoutError as error:
                if not begun:
                    return None
                raise _late() from error
            if not begun:
                self._deadline = time.monotonic() + self._limits.request_s

    def body(self) -> bytes:
        """The request's body; raises ApiProblem when it is too large or takes too long."""
        content = bytearray()
        while True:
            event = self._event()
            if isinstance(event, h11.Data):
                content += event.data
                if len(content) > self._limits.body_bytes:
                    raise self.too_large()
            elif event is not h11.NEED_DATA:
                return bytes(content)
            else:
                self._continue()
                try:
                    self._receive()
                except TimeoutError as error:
                    raise _late() from error

    def too_large(self) -> ApiProblem:
        """The refusal of a body."""
        return ApiProblem(
            413,
            f"The body is larger than {self._limits.body_bytes} bytes.",
            code="request_too_large",
            close=True,
        )

    def gone(self) -> bool:
        """Whether the client hung up; looks without waiting."""
        self._channel.settimeout(0)
        try:
            return self._channel.recv(1, socket.MSG_PEEK) == b""
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    def reply(self, status: int, data: Any, headers: Mapping[str, str] | None = None) -> None:
        """Answer with a JSON object."""
        content = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
        self._begin(
            status,
            {
                "content-type": "application/json",
                "content-length": str(len(content)),
                **(headers or {}),
            },
        )
        if not self._bare:
            self._send(h11.Data(data=content))
        self._send(h11.EndOfMessage())

    def stream(self) -> None:
        """Begin an answer of events."""
        self._begin(200, {"content-type": "text/event-stream; charset=utf-8"})

    def event(self, data: Any) -> None:
        """Send one event of a stream."""
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        self._send(h11.Data(data=f"data: {text}\n\n".encode("utf-8", "replace")))

    def comment(self) -> None:
        """Send what a client of a stream does not look at, to show that the stream lives."""
        self._send(h11.Data(data=b": waiting\n\n"))

    def end(self) -> None:
        """End a stream."""
        self._send(h11.EndOfMessage())

    def again(self) -> bool:
        """Make ready for another request; False when the connection is to be closed."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        self.busy = False
        self._deadline = time.monotonic() + self._limits.idle_s
        return True

    def abandon(self) -> None:
        """Hang up at once, from another thread: the one that uses it finds that the client left."""
        self._abandoned = True
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up, so that what was sent last still arrives."""
        with contextlib.suppress(OSError):
            if self._abandoned:
                self._channel.close()
                return
            self._channel.shutdown(socket.SHUT_WR)
            self._linger()
        self._channel.close()

    def _linger(self) -> None:
        left, deadline = _LINGER_BYTES, time.monotonic() + _LINGER_S
        while left > 0 and (seconds := deadline - time.monotonic()) > 0:
            self._channel.settimeout(seconds)
            if not (data := self._channel.recv(_CHUNK)):
                return
            left -= len(data)

    def _event(self) -> Any:
        try:
            return self._http.next_event()
        except h11.RemoteProtocolError as error:
            status = error.error_status_hint
            raise ApiProblem(
                status if status in {400, 431, 501, 505} else 400,
                _TOO_MUCH if status == 431 else "This is not valid HTTP.",
                close=True,
            ) from error

    def _receive(self) -> None:
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        self._channel.settimeout(seconds)
        self._http.receive_data(self._channel.recv(_CHUNK))

    def _continue(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[]))

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        # A request that is not read to its end cannot be followed by another.
        closing = {} if self._http.their_state is h11.DONE else {"connection": "close"}
        everything = {**_ALWAYS, **headers, **closing}
        self._send(h11.Response(status_code=status, headers=list(everything.items())))

    def _send(self, event: Any) -> None:
        """Send one event; the whole of it has to be taken within the time for one write."""
        self._channel.settimeout(self._limits.write_s)
        try:
            if data := self._http.send(event):
                self._channel.sendall(data)
        except OSError as error:
            raise Gone(str(error)) from error


def _head(event: h11.Request) -> Head:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
    target = event.target.decode("latin-1")
    if not target.startswith("/"):
        raise invalid("The request's target has to be a path.")
    return Head(method=event.method.decode("latin-1"), target=target, headers=headers)


def _late() -> ApiProblem:
    return ApiProblem(408, "The request took too long to arrive.", close=True)
