"""Which page a reader is at, for who watches it, and which pages it shall not touch.

A page may hang or crash a library of C, which nothing but the end of the process stops. The parent
of a reader process (``reader_process``) sees the number of that page and asks again without it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from contextvars import ContextVar
from dataclasses import dataclass


def _unwatched(_number: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What to leave out, and whom to inform.

    ``skip``: numbers of pages to leave out; ``begin`` is called with each page's number, and 0 when
    all are read.
    """

    skip: Collection[int] = ()
    begin: Callable[[int], None] = _unwatched


_watch: ContextVar[Watch] = ContextVar("watch", default=Watch())  # noqa: B039 (frozen)


def watch() -> Watch:
    """The watch that this reader works under."""
    return _watch.get()


@contextlib.contextmanager
def watched(skip: Collection[int], begin: Callable[[int], None]) -> Iterator[None]:
    """Read under a watch within the block."""
    token = _watch.set(Watch(skip=frozenset(skip), begin=begin))
    try:
        yield
    finally:
        _watch.reset(token)
