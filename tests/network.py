"""The tests' guard over sockets: none at all, but for a test that runs a loopback hub."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_LOCAL = {getattr(socket, "AF_UNIX", -1), -1}  # -1: a socket that exists already, by descriptor
_touched: list[str] = []
_open_hubs = 0


class NetworkTouched(RuntimeError):
    """A test opened a socket that could reach another machine."""


def install() -> None:
    """Guard this process from now on; an audit hook cannot be taken away again."""
    sys.addaudithook(_guard)


def forget() -> None:
    """Begin a test: nothing was touched."""
    _touched.clear()


def touched() -> list[str]:
    """What was refused since ``forget``, also where the code under test swallowed it."""
    return list(_touched)


@contextmanager
def loopback() -> Iterator[None]:
    """Within this block sockets may be opened, and reach this machine's loopback alone."""
    global _open_hubs  # noqa: PLW0603  # an audit hook has no object to keep it in
    _open_hubs += 1
    try:
        yield
    finally:
        _open_hubs -= 1


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse every socket but those between processes of this machine, however it is made."""
    if event == "socket.__new__" and arguments[1] not in _LOCAL and not _open_hubs:
        _refuse(f"socket of family {arguments[1]}")
    elif event in {"socket.connect", "socket.bind", "socket.sendto"}:
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            _refuse(f"{event} to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_loopback(arguments[0]):
        _refuse(f"the address of {arguments[0]!r}")


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    return name is None or name in {"localhost", "::1"} or str(name).startswith("127.")


def _refuse(what: str) -> None:
    _touched.append(what)
    raise NetworkTouched(what)
