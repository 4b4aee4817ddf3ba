"""Looks through the history on a thread of its own, so that nobody who types waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldkit.chat.store import HistoryUnusable, Hit, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was found for ``words``; ``problem`` says why nothing could be looked for."""

    words: str
    hits: tuple[Hit, ...]
    problem: HistoryUnusable | None = None


class Finder:
    """Finds conversations in the history at ``path``, over a connection of its own.

    ``tell`` gets what was found for the words that were asked for last, on the finder's thread: a
    search that is overtaken by the next is broken off and never told.
    """

    def __init__(self, path: Path, tell: Callable[[Result], object]) -> None:
        self._path = path
        self._tell = tell
        self._asked = threading.Condition()
        self._words: str | None = None  # what to look for next
        self._number = 0
        self._closed = False
        self._store: Store | None = None
        self._thread = threading.Thread(target=self._run, name="history-finder", daemon=True)
        self._thread.start()

    def find(self, words: str) -> None:
        """Look for conversations in which all ``words`` were said; blank: the last ones."""
        with self._asked:
            self._words = words
            self._number += 1
            if self._store is not None:
                self._store.interrupt()
            self._asked.notify()

    def close(self) -> None:
        """End the thread soon; safe to call twice."""
        with self._asked:
            self._closed = True
            if self._store is not None:
                self._store.interrupt()
            self._asked.notify()

    def _run(self) -> None:
        while (asked := self._next()) is not None:
            words, number = asked
            result = self._look(words)
            with self._asked:
                stale = number != self._number or self._closed
                if not stale and _was_interrupted(result):  # meant for the search before
                    self._words, stale = words, True
            if not stale:
                self._tell(result)
        if self._store is not None:
            self._store.close()

    def _next(self) -> tuple[str, int] | None:
        with self._asked:
            self._asked.wait_for(lambda: self._closed or self._words is not None)
            if self._closed or self._words is None:
                return None
            words, self._words = self._words, None
            return words, self._number

    def _look(self, words: str) -> Result:
        try:
            if self._store is None:
                store = Store(self._path, reading=True)
                with self._asked:
                    self._store = store
            if words.strip():
                hits = self._store.search(words)
            else:
                hits = tuple(
                    Hit(conversation=entry, excerpt="") for entry in self._store.conversations()
                )
        except HistoryUnusable as problem:
            return Result(words=words, hits=(), problem=problem)
        return Result(words=words, hits=hits)


def _was_interrupted(result: Result) -> bool:
    return result.problem is not None and str(result.problem.__cause__) == "interrupted"
