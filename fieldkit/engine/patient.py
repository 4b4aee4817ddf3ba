"""The embedder as a search uses it: in time, or not at all.

It loads in the background, and a question waits for its vector only so long: words find pages, too.
Whoever searches gets None then, and one reason is kept for whoever shows things.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from fieldkit.errors import EngineFailure, FieldkitError

PATIENCE_S = 0.3  # a question's vector takes a tenth of that on a slow laptop
_SLOW = 5  # questions in a row that were not embedded in time: it is left out from then on
_LOOKING_S = 0.5  # how often whoever waits for passages looks whether it ended
_REMEMBERED = 64  # vectors: a question is searched for several times

Vector = Sequence[float]
_Texts = tuple[Sequence[str], "Future[list[Vector]]"]


class Embedder(Protocol):
    """What ``fieldkit.engine.embedder.EmbedderClient`` does."""

    def start(self) -> int:
        """Load it; raises FieldkitError."""
        ...

    def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """A vector for each text; raises FieldkitError."""
        ...

    def close(self) -> None:
        """End it, also while it answers."""
        ...


class PatientEmbedder:
    """Makes vectors on a thread of its own; a call returns in ``patience_s``, with None if need be.

    Calls made before it is loaded wait for that ``loading_s`` at most. ``problem`` says why it was
    left out, once that is so; ``tell`` is called with that once, from any thread.
    """

    def __init__(
        self,
        embedder: Embedder,
        *,
        patience_s: float = PATIENCE_S,
        loading_s: float = 0.0,
        tell: Callable[[FieldkitError], None] | None = None,
    ) -> None:
        self._embedder = embedder
        self._patience_s = patience_s
        self._loading_s = loading_s
        self._wanted: queue.SimpleQueue[None] = queue.SimpleQueue()  # one for each of both below
        self._questions: deque[tuple[str, Future[Vector]]] = deque()
        self._passages: deque[_Texts] = deque()
        self._settled = threading.Event()  # loaded, or given up
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._late = 0
        self._closed = False
        self._tell = tell
        self._problem: FieldkitError | None = None
        # A daemon: quitting never waits for a file that is being read from a slow disk.
        self._thread = threading.Thread(target=self._run, name="embedder", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> FieldkitError | None:
        """Why it was left out."""
        return self._problem

    @property
    def _ended(self) -> bool:
        return self._closed or self._problem is not None

    def __call__(self, text: str) -> Vector | None:
        """The vector of ``text``; None where there is none in time. Any thread may ask."""
        if self._ended or not self._settled.wait(self._loading_s):
            return None
        with self._lock:
            if (known := self._known.get(text)) is not None:
                self._known.move_to_end(text)
                return known
        answer: Future[Vector] = Future()
        self._questions.append((text, answer))
        self._wanted.put(None)
        try:
            found = answer.result(self._patience_s)
        except TimeoutError:
            self._late += 1
            if self._late >= _SLOW:
                self._give_up(_too_slow(self._patience_s))
            return None
        except FieldkitError as error:
            self._give_up(error)
            return None
        self._late = 0
        return found

    def passages(self, texts: Sequence[str]) -> list[Vector] | None:
        """Vectors of ``texts``, made while no question waits; None where it cannot, or has ended.

        Takes as long as it takes. A question that comes meanwhile waits for all of ``texts``, so
        there should be few.
        """
        while not self._settled.wait(_LOOKING_S):
            pass
        answer: Future[list[Vector]] = Future()
        self._passages.append((texts, answer))
        self._wanted.put(None)
        while not self._ended:
            with contextlib.suppress(TimeoutError):
                try:
                    return answer.result(_LOOKING_S)
                except FieldkitError:  # questions tell what is wrong, if it stays so
                    return None
        return None

    def close(self) -> None:
        """End the embedder; later calls return None. Safe to call twice."""
        self._closed = True
        self._end()
        self._thread.join(self._patience_s)

    def _run(self) -> None:
        try:
            self._embedder.start()
        except FieldkitError as error:
            self._give_up(error)
            return
        self._settled.set()
        while True:
            self._wanted.get()
            if self._ended:
                return
            if self._questions:
                self._answer(*self._questions.popleft())
            elif self._passages:
                self._answer_passages(*self._passages.popleft())

    def _answer_passages(self, texts: Sequence[str], answer: Future[list[Vector]]) -> None:
        try:
            answer.set_result(list(self._embedder.embed(texts)))
        except FieldkitError as error:
            answer.set_exception(error)

    def _answer(self, text: str, answer: Future[Vector]) -> None:
        try:
            (found,) = self._embedder.embed([text])
        except FieldkitError as error:
            answer.set_exception(error)
            return
        with self._lock:  # also what came too late: the same question is asked again
            self._known[text] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        answer.set_result(found)

    def _give_up(self, problem: FieldkitError) -> None:
        with self._lock:
            if self._ended:
                return
            self._problem = problem
        self._end()
        if self._tell is not None:
            self._tell(problem)

    def _end(self) -> None:
        self._settled.set()
        self._wanted.put(None)
        with contextlib.suppress(FieldkitError):
            self._embedder.close()


def _too_slow(patience_s: float) -> EngineFailure:
    return EngineFailure(
        f"the embedder did not answer within {patience_s:g} s, {_SLOW} times in a row",
        hint="Close other programs; the embedder is tried again at the next start.",
    )
