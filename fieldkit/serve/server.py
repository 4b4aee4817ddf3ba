"""Listens on the loopback, a thread for each connection."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable

from fieldkit.errors import Busy, FieldkitError, UsageProblem
from fieldkit.serve.api import ADDRESSES, Service, address, handle, problem_of
from fieldkit.serve.connection import Connection, Gone, Head
from fieldkit.serve.problem import ApiProblem, too_many

HOST = "127.0.0.1"
_LOOK_S = 0.2
_UNREAD = 64 << 10  # bytes of an answer that the system keeps for a client that does not read
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})


def listen(port: int) -> socket.socket:
    """A socket on the loopback; ``port`` 0 takes a free one. Raises Busy or UsageProblem."""
    channel = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        channel.bind((HOST, port))
        channel.listen(64)
    except OSError as error:
        channel.close()
        if error.errno == errno.EADDRINUSE:
            raise Busy(
                f"port {port} is taken by another program",
                hint="Is fieldkit serve running already? Name another one: --port N",
            ) from error
        raise UsageProblem(
            f"port {port} cannot be listened on: {error.strerror or error}",
            hint="Name another one: --port N",
        ) from error
    return channel


def hosts(port: int) -> frozenset[str]:
    """The names by which a client may call this service."""
    return frozenset({f"{HOST}:{port}", f"localhost:{port}"})


class Server:
    """Accepts connections until it is closed; ``tell`` gets a line for each request."""

    def __init__(
        self,
        channel: socket.socket,
        service: Service,
        *,
        tell: Callable[[str], None],
    ) -> None:
        self._channel = channel
        self._service = service
        self._limits = service.limits
        self._tell = tell
        self._lock = threading.Lock()
        self._open: set[Connection] = set()
        self._refusing = threading.BoundedSemaphore(service.limits.refusals)
        self._closed = threading.Event()

    def run(self) -> None:
        """Accept connections on this thread; returns after ``close``."""
        self._channel.settimeout(_LOOK_S)
        while not self._closed.is_set():
            try:
                client, _ = self._channel.accept()
            except TimeoutError:
                continue
            except OSError:
                if self._closed.wait(_LOOK_S):  # too many open files: some will be closed
                    return
                continue
            self._take(client)

    def close(self) -> None:
        """Accept nobody any more; from any thread."""
        self._closed.set()
        with contextlib.suppress(OSError):  # wakes who accepts, where the system does that
            self._channel.shutdown(socket.SHUT_RDWR)
        self._channel.close()

    def _take(self, client: socket.socket) -> None:
        connection = Connection(client, self._limits)
        with self._lock:
            full = len(self._open) >= self._limits.connections and not self._make_room()
            if not full:
                self._open.add(connection)
        if full and not self._refusing.acquire(blocking=False):
            client.close()
            return
        work = self._send_away if full else self._serve
        thread = threading.Thread(target=work, args=(client, connection), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads
            self._release(connection, refused=full)
            client.close()

    def _make_room(self) -> bool:
        """Close the oldest connection that has not shown the token, or else one that is idle.

        So a program without the token cannot keep others out; returns whether there was one.
        """
        begun = time.monotonic() - self._limits.silent_s
        idle = [
            each
            for each in self._open
            if each.opened <= begun and not (each.busy and each.admitted)
        ]
        if not idle:
            return False
        oldest = min(idle, key=lambda each: (each.admitted, each.opened))
        self._open.discard(oldest)
        oldest.abandon()
        return True

    def _release(self, connection: Connection, *, refused: bool) -> None:
        if refused:
            self._refusing.release()
            return
        with self._lock:
            self._open.discard(connection)

    def _send_away(self, client: socket.socket, connection: Connection) -> None:
        """Answer one request of a client for which there is no room."""
        try:
            if connection.head() is not None:
                self._refuse(connection, too_many(self._limits.connections))
        except (OSError, ApiProblem):
            client.close()
        finally:
            connection.close()
            self._release(connection, refused=True)

    def _serve(self, client: socket.socket, connection: Connection) -> None:
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
            while self._exchange(connection) and not self._closed.is_set():
                pass
        except OSError:
            pass  # the client is gone, and whatever it asked went with it
        except Exception as error:  # noqa: BLE001 - a client must not end the service
            self._defect(error)
        finally:
            connection.close()
            self._release(connection, refused=False)

    def _exchange(self, connection: Connection) -> bool:
        """Answer one request; whether another may follow."""
        head: Head | None = None
        begun = time.monotonic()
        try:
            if (head := connection.head()) is None:
                return False
            begun = time.monotonic()
            handle(self._service, connection, head)
        except Gone:
            self._told(head, "client left", begun)
            return False
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a client must not end the service
            if not isinstance(error, (ApiProblem, FieldkitError)):
                self._defect(error)
            self._refuse(connection, error)
        self._told(head, str(connection.status), begun)
        return connection.again()

    def _refuse(self, connection: Connection, error: Exception) -> None:
        problem = problem_of(error)
        if connection.answering:  # the status is told: an event is all that is left
            connection.event(problem.to_json())
            connection.end()
            return
        closing = {"connection": "close"} if problem.close else {}
        connection.reply(problem.status, problem.to_json(), {**problem.headers, **closing})

    def _defect(self, error: Exception) -> None:
        """Say where it happened; the message itself may hold what a client wrote."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        with contextlib.suppress(Exception):
            self._tell(f"an error of ours: {type(error).__name__} in {frame.name}:{frame.lineno}")

    def _told(self, head: Head | None, outcome: str, begun: float) -> None:
        """One line for a request: nothing in it was written by the client."""
        path = address(head.target) if head else ""
        method = head.method if head and head.method in _METHODS else "?"
        known = path if path in ADDRESSES else "(another address)"
        with contextlib.suppress(Exception):  # nobody reads stderr any more
            self._tell(f"{method} {known} {outcome} {time.monotonic() - begun:.1f} s")
