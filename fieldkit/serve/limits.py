"""How much of this machine a client may take, and for how long it is waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, times in seconds.

    ``request_s`` is for a whole request however it trickles in, ``idle_s`` for the next one on an
    open connection, ``write_s`` for one piece of an answer. A stream whose first word takes longer
    than ``keep_alive_s`` sends a comment that often, so that no client takes it for dead.
    ``waiting`` requests may wait for the engine beside the one it answers; ``depth`` is how deeply
    JSON may be nested. Where all ``connections`` are in use, one that has
    not shown the token for ``silent_s``, or else one that is idle, gives way to a new one.
    ``refusals`` connections beyond ``connections`` are answered that there are
    too many; all others are closed.
    """

    header_bytes: int = 16 << 10
    body_bytes: int = 1 << 20
    request_s: float = 10.0
    idle_s: float = 60.0
    write_s: float = 10.0
    keep_alive_s: float = 2.0
    connections: int = 32
    silent_s: float = 0.25
    refusals: int = 8
    waiting: int = 8
    depth: int = 32
