"""One conversation without a user interface: retrieve, ask the engine, keep what was said.

The full-screen assistant, the line mode and ``fieldkit ask`` all stand on this. Nothing here knows
about terminals; events come out of an iterator and whoever reads it shows them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from fieldkit.chat.store import HistoryUnusable, Store, StoredTurn, short_title
from fieldkit.core.citation import Passage, cited, refused
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Done, Engine, Prefill, Request, Stats, Token
from fieldkit.errors import EngineFailure, FieldkitError
from fieldkit.library.answering import Answer as Grounded

SAVE_EVERY_S = 0.2


class Evidence(Protocol):
    """What fieldkit.library.answering.Answering does: from a question to evidence to an answer."""

    def passages(self, question: str, history: Sequence[Turn] = ()) -> tuple[Passage, ...]:
        """The passages that may hold the answer, best first; raises EngineFailure."""
        ...

    def answerable(self, passages: Sequence[Passage]) -> bool:
        """Whether to ask the model; if not, ``refusal`` is the answer."""
        ...

    def request(self, turns: Sequence[Turn]) -> Request:
        """The generation that answers the last of ``turns``."""
        ...

    def finish(self, text: str, passages: Sequence[Passage]) -> Grounded:
        """The model's answer with what it cites."""
        ...

    def refusal(self, question: str, history: Sequence[Turn] = ()) -> Grounded:
        """The answer where there is no evidence, with the nearest pages; needs no engine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The passages the answer will rest on; comes first."""

    turn: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of an answer; ``cited`` are the passages its text points at."""

    kept: StoredTurn
    cited: tuple[Passage, ...]
    refused: bool

    @classmethod
    def of(cls, kept: StoredTurn) -> Ended:
        """What a kept turn says, read from its own text."""
        return cls(kept=kept, cited=cited(kept.answer, kept.passages), refused=refused(kept.answer))


Step = Found | Prefill | Token | Ended


class Session:
    """A conversation that can be continued, put aside and taken up again.

    Not thread-safe except for ``stop``: one thread asks. ``store`` may be None, and a store that
    fails is given up with its reason in ``history_problem``; the conversation goes on in memory.
    """

    def __init__(
        self,
        *,
        evidence: Evidence,
        engine: Engine,
        store: Store | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._evidence = evidence
        self._engine = engine
        self._store = store
        self._clock = clock
        self._stopping = threading.Event()
        self._unstored = 0
        self._saved_at = 0.0
        self.history_problem: HistoryUnusable | None = None
        self.conversation: int | None = None
        self.title = ""
        self.turns: list[StoredTurn] = []

    def new(self) -> None:
        """Start an empty conversation; it is stored when its first question comes."""
        self.conversation, self.title, self.turns = None, "", []

    def resume(self, conversation: int) -> None:
        """Take up a stored conversation; raises KeyError when it is gone."""
        if self._store is None:
            raise KeyError(conversation)
        self.turns = list(self._store.load(conversation))
        self.conversation = conversation
        titles = {entry.id: entry.title for entry in self._store.conversations()}
        self.title = titles.get(conversation, "")

    def stop(self) -> None:
        """End the answer that is being given; from any thread, at any time."""
        self._stopping.set()
        self._engine.abort()

    def ask(self, question: str) -> Iterator[Step]:
        """Answer ``question``: Found, then Prefill and Token, then exactly one Ended.

        When the engine dies, what was said is kept with finish ``failed`` and EngineFailure is
        raised after it was stored. Leaving the iterator early keeps what was said, too.
        """
        self._stopping.clear()
        history = self._history()
        try:
            passages = self._evidence.passages(question, history)
        except EngineFailure:
            yield self.search(question, finish="failed")
            raise
        if not self._evidence.answerable(passages):
            yield from self._refuse(question, history)
            return
        yield from self._answer(question, passages)

    def search(self, question: str, *, finish: str = "search") -> Ended:
        """What the manuals hold about ``question``; needs no engine."""
        passages = self._evidence.refusal(question, self._history()).nearest
        turn = self._begin(question, passages)
        return Ended.of(self._end(turn, "", finish, None))

    def _refuse(self, question: str, history: Sequence[Turn]) -> Iterator[Step]:
        refusal = self._evidence.refusal(question, history)
        turn = self._begin(question, refusal.nearest)
        yield Found(turn=turn.id, passages=refusal.nearest)
        yield Ended.of(self._end(turn, refusal.text, "stop", None))

    def _answer(self, question: str, passages: tuple[Passage, ...]) -> Iterator[Step]:
        turn = self._begin(question, passages)
        yield Found(turn=turn.id, passages=passages)
        answer, finish, stats = "", "failed", None
        try:
            for event in self._generate(question, passages):
                if isinstance(event, Done):
                    finish, stats = event.finish, event.stats
                    continue
                if isinstance(event, Token):
                    answer += event.text
                    self._save_sometimes(turn, answer)
                yield event
            answer = self._evidence.finish(answer, passages).text
        except (GeneratorExit, KeyboardInterrupt):
            finish = "aborted"
            raise
        finally:
            kept = self._end(turn, answer, finish, stats)
        yield Ended.of(kept)

    def _history(self) -> list[Turn]:
        """The answered turns, as the prompt needs them."""
        return [kept.turn for kept in self.turns if kept.answer]

    def _generate(
        self, question: str, passages: tuple[Passage, ...]
    ) -> Iterator[Prefill | Token | Done]:
        turns = [*self._history(), Turn(question=question, passages=passages)]
        request = self._evidence.request(turns)
        if self._stopping.is_set():  # stopped while the manuals were searched
            yield Done(finish="aborted", stats=_NOTHING)
            return
        yield from self._engine.generate(request)

    def _begin(self, question: str, passages: tuple[Passage, ...]) -> StoredTurn:
        self._saved_at = self._clock()
        self._unstored -= 1
        turn_id = self._unstored
        if self._store is not None:
            try:
                if self.conversation is None:
                    self.conversation = self._store.create(question)
                turn_id = self._store.append(self.conversation, question, passages)
            except (HistoryUnusable, KeyError) as error:
                self._give_up(error)
        self.title = self.title or short_title(question)
        return StoredTurn(
            id=turn_id,
            question=question,
            answer="",
            passages=passages,
            stats=None,
            finish="",
            created=datetime.now(UTC),
        )

    def _save_sometimes(self, turn: StoredTurn, answer: str) -> None:
        now = self._clock()
        if now - self._saved_at >= SAVE_EVERY_S:
            self._saved_at = now
            self._update(turn.id, answer, "", None)

    def _end(self, turn: StoredTurn, answer: str, finish: str, stats: Stats | None) -> StoredTurn:
        self._update(turn.id, answer, finish, stats)
        kept = StoredTurn(
            id=turn.id,
            question=turn.question,
            answer=answer,
            passages=turn.passages,
            stats=stats,
            finish=finish,
            created=turn.created,
        )
        self.turns.append(kept)
        return kept

    def _update(self, turn: int, answer: str, finish: str, stats: Stats | None) -> None:
        if self._store is None:
            return
        try:
            self._store.update(turn, answer, finish=finish, stats=stats)
        except (HistoryUnusable, KeyError) as error:
            self._give_up(error)

    def _give_up(self, error: FieldkitError | KeyError) -> None:
        """Go on without a history; a KeyError says that another window deleted it."""
        if isinstance(error, HistoryUnusable):
            self.history_problem = error
        else:
            self.history_problem = HistoryUnusable(
                "this conversation was deleted in another window; it is kept only on this screen",
                hint="Start a new conversation to keep what is said from now on.",
            )
        self._store = None


_NOTHING = Stats(
    ttft_s=0.0,
    prefill_tokens=0,
    reused_tokens=0,
    prefill_tps=0.0,
    decode_tps=0.0,
    completion_tokens=0,
    context_used=0,
)
