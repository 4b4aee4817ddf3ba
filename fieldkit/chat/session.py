"""One conversation without a user interface: retrieve, ask the engine, keep what was said.

The full-screen assistant, the line mode and ``fieldkit ask`` all stand on this. Nothing here knows
about terminals; events come out of an iterator and whoever reads it shows them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from fieldkit.chat.i18n import _
from fieldkit.chat.store import SAVING, HistoryUnusable, Store, StoredTurn, short_title
from fieldkit.chat.writing import Checks, Writing
from fieldkit.core.citation import Finding, Passage, State, refused
from fieldkit.core.claims import Checked
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import WHOLE, Done, Engine, Prefill, Request, Rewritten, Stats, Token
from fieldkit.core.quote import Quote
from fieldkit.core.written import written
from fieldkit.errors import EngineFailure, FieldkitError
from fieldkit.library.answering import Answer as Grounded

SAVE_EVERY_S = 0.2
LEAST_TOKENS = 64  # of an answer that is kept short
# An answer that was complete and is wanted again is drawn a little more freely.
AGAIN_TEMPERATURE = 0.7


class Evidence(Protocol):
    """What fieldkit.library.answering.Answering does: from a question to evidence to an answer."""

    @property
    def words_only(self) -> FieldkitError | None:
        """Why pages are found by their words alone although their meanings are known."""
        ...

    def find(self, question: str, history: Sequence[Turn] = ()) -> Finding:
        """The passages that the model would be given, best first; raises EngineFailure."""
        ...

    def look(self, question: str, history: Sequence[Turn] = ()) -> Finding:
        """The passages that may hold the answer, best first; needs no engine."""
        ...

    def quote(self, found: Finding, question: str) -> Quote | None:
        """What of them is shown before the model writes; needs no engine."""
        ...

    def fitting(self, passages: Sequence[Passage]) -> int:
        """How many of them, from the first, the model is given; raises EngineFailure."""
        ...

    def checks(self, passages: Sequence[Passage], question: str) -> Checks:
        """What checks the answer while it is written."""
        ...

    def answerable(self, found: Finding) -> bool:
        """Whether to ask the model; if not, ``refusal`` is the answer."""
        ...

    def request(self, turns: Sequence[Turn]) -> Request:
        """The generation that answers the last of ``turns``."""
        ...

    def finish(
        self,
        text: str,
        passages: Sequence[Passage],
        question: str = "",
        *,
        complete: bool = True,
        checks: Checks | None = None,
    ) -> Grounded:
        """The model's answer with its check and what it cites."""
        ...

    def refusal(
        self, question: str, history: Sequence[Turn] = (), found: Finding | None = None
    ) -> Grounded:
        """The answer where the model is not asked, with the nearest pages; needs no engine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The passages the answer will rest on, and whether they hold it; comes first.

    ``quote`` is what the manuals say, shown before the model writes; None where nothing fits.
    """

    turn: int
    passages: tuple[Passage, ...]
    state: State | None = None
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The check of what was written up to the last sentence that ended; a later one replaces it."""

    checked: Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of an answer; ``cited`` are the passages it rests on."""

    kept: StoredTurn
    cited: tuple[Passage, ...]
    refused: bool

    @classmethod
    def of(cls, kept: StoredTurn) -> Ended:
        """What a kept turn says."""
        return cls(kept=kept, cited=kept.cited, refused=refused(kept.answer))


@dataclass(frozen=True, slots=True)
class Shortened:
    """The first ``turns`` questions of the conversation do not fit any more and are not read."""

    turns: int


Step = Found | Shortened | Prefill | Token | Rewritten | Judged | Ended


def _at_once() -> None:
    """The engine is loaded."""


class Session:
    """A conversation that can be continued, put aside and taken up again.

    Not thread-safe except for ``stop``: one thread asks. ``store`` may be None, and a store that
    fails is given up with its reason in ``history_problem``; the conversation goes on in memory.
    ``shorter``: answers end at half of their limit, to save the battery, with finish ``saving``;
    asked for again, such an answer is written to its end.
    """

    def __init__(
        self,
        *,
        evidence: Evidence,
        engine: Engine,
        store: Store | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.evidence = evidence
        self._engine = engine
        self._store = store
        self._clock = clock
        self._stopping = threading.Event()
        self._unstored = 0
        self._saved_at = 0.0
        self._left_out = 0
        self._repeats = 0
        self._limited = False
        self.shorter = False
        self._replaced: StoredTurn | None = None
        self.history_problem: HistoryUnusable | None = None
        self.conversation: int | None = None
        self.title = ""
        self.turns: list[StoredTurn] = []

    def new(self) -> None:
        """Start an empty conversation; it is stored when its first question comes."""
        self.conversation, self.title, self.turns = None, "", []
        self._left_out = 0

    def resume(self, conversation: int) -> None:
        """Take up a stored conversation; raises KeyError when it is gone."""
        if self._store is None:
            raise KeyError(conversation)
        self.turns = list(self._store.load(conversation))
        self.conversation = conversation
        self._left_out = 0
        titles = {entry.id: entry.title for entry in self._store.conversations(limit=-1)}
        self.title = titles.get(conversation, "")

    def branch(self, turn: int) -> None:
        """Go on in a copy of the conversation that ends with ``turn``; raises KeyError if gone."""
        if self._store is not None:
            self.resume(self._store.branch(turn))
            return
        known = [kept.id for kept in self.turns]
        if turn not in known:
            raise KeyError(turn)
        self.turns = self.turns[: known.index(turn) + 1]

    def delete(self) -> None:
        """Remove the conversation from the history and start an empty one."""
        if self._store is not None and self.conversation is not None:
            with suppress(KeyError):  # another window did
                self._store.delete(self.conversation)
        self.new()

    def rename(self, title: str) -> None:
        """Give the conversation another title; from any thread."""
        self.title = short_title(title)
        if self._store is not None and self.conversation is not None:
            with suppress(KeyError):
                self._store.rename(self.conversation, title)

    def since(self, moment: datetime) -> tuple[StoredTurn, ...]:
        """What was asked from ``moment`` on, in all conversations that are kept, oldest first."""
        if self._store is not None:
            return self._store.since(moment)
        return tuple(turn for turn in self.turns if turn.created >= moment)

    def stop(self) -> None:
        """End the answer that is being given; from any thread, at any time."""
        self._stopping.set()
        self._engine.abort()

    def ask(
        self, question: str, *, again: bool = False, ready: Callable[[], None] = _at_once
    ) -> Iterator[Step]:
        """Answer ``question``: Found, then Prefill, Token and Judged, then exactly one Ended.

        Rewritten says what of the tokens before it still holds (``core.written``).
        The quote is in Found, before anything is asked of the engine; ``ready`` then returns when
        the engine is loaded, or when ``stop`` was called, or raises EngineFailure: the pages
        that were found are then kept with finish ``search``.
        ``again`` replaces the last question and its answer, once there is something to replace it
        with: if nothing is said before a stop or a failure, the last turn comes back as it was.
        When the engine dies, what was said is kept with finish ``failed`` and EngineFailure is
        raised after Ended. Leaving the iterator early keeps what was said, too.
        """
        self._stopping.clear()
        self._replaced = self.turns.pop() if again and self.turns else None
        history = self.history()
        try:
            found = self.evidence.look(question, history)
        except FieldkitError:
            if before := self._unanswered():
                yield before
            raise
        if not self.evidence.answerable(found):
            yield from self._refuse(question, history, found)
            return
        yield from self._answer(question, found, ready)

    def search(self, question: str) -> Iterator[Found | Ended]:
        """What the manuals hold about ``question``; needs no engine."""
        history = self.history()
        found = self.evidence.look(question, history)
        nearest = self.evidence.refusal(question, history, found)
        turn = self._begin(question, found, nearest.quote)
        yield Found(turn=turn.id, passages=turn.passages, state=turn.state, quote=turn.quote)
        yield Ended.of(self._end(replace(turn, finish="search")))

    def history(self, *, again: bool = False) -> list[Turn]:
        """The answered turns, as the prompt needs them; ``again`` leaves out the last question."""
        turns = self.turns[:-1] if again else self.turns
        return [kept.turn for kept in turns if kept.answer]

    def _refuse(self, question: str, history: Sequence[Turn], found: Finding) -> Iterator[Step]:
        refusal = self.evidence.refusal(question, history, found)
        turn = self._begin(question, found, refusal.quote)
        yield Found(turn=turn.id, passages=turn.passages, state=turn.state, quote=turn.quote)
        yield Ended.of(self._end(replace(turn, answer=refusal.text, finish="stop")))

    def _answer(self, question: str, found: Finding, ready: Callable[[], None]) -> Iterator[Step]:
        if found.state is State.NONE:  # what is only near is no evidence for the model
            found = replace(found, passages=())
        turn = self._begin(question, found, self.evidence.quote(found, question))
        yield Found(turn=turn.id, passages=turn.passages, state=turn.state, quote=turn.quote)
        writing = Writing(turn)
        failure: FieldkitError | None = None
        try:
            yield from self._written(writing, ready)
        except (GeneratorExit, KeyboardInterrupt):
            writing.finish = "aborted"
            raise
        except FieldkitError as error:
            failure = error
            self._judge(writing)
        finally:
            kept = self._settle(writing)
        if failure is None or isinstance(failure, EngineFailure) or kept.id != turn.id:
            yield Ended.of(kept)
        if failure is not None:
            raise failure

    def _written(self, writing: Writing, ready: Callable[[], None]) -> Iterator[Step]:
        writing.finish = "search"
        ready()
        writing.finish = "failed"
        for event in self._generate(writing):
            if isinstance(event, Done):
                writing.finish, writing.stats = self._finish(event), event.stats
                continue
            yield event
            if isinstance(event, Rewritten):
                writing.text = ""
            if isinstance(event, Token | Rewritten):
                if (checked := writing.add(event.text)) is not None:
                    yield Judged(checked)
                self._save_sometimes(writing)
        self._judge(writing)

    def _judge(self, writing: Writing) -> None:
        """Check the answer once more, as a whole; what comes of it is kept."""
        if not writing.text:
            return
        turn = writing.turn
        grounded = self.evidence.finish(
            writing.text,
            turn.passages,
            turn.question,
            complete=writing.finish in WHOLE,
            checks=writing.checks,
        )
        writing.text, writing.checked = grounded.text, grounded.checked

    def _settle(self, writing: Writing) -> StoredTurn:
        """Keep the answer, or the one it should have replaced when nothing was said."""
        turn = writing.turn
        if not writing.text and writing.finish in {"aborted", "failed", "search"}:
            before = self._unanswered()
            if before is not None:
                self._remove(turn.id)
                return before.kept
        return self._end(writing.kept)

    def _unanswered(self) -> Ended | None:
        """Take back the turn that should have been replaced, if there is one."""
        before, self._replaced = self._replaced, None
        if before is None:
            return None
        self.turns.append(before)
        return Ended.of(before)

    def _generate(
        self, writing: Writing
    ) -> Iterator[Shortened | Prefill | Token | Rewritten | Done]:
        if self._stopping.is_set():  # stopped while the model loaded
            yield Done(finish="aborted", stats=_NOTHING)
            return
        question, passages = writing.turn.question, writing.turn.passages
        given = self.evidence.fitting(passages)
        writing.begin(self.evidence.checks(passages, question), given)
        turns = [*self.history(), Turn(question=question, passages=passages[:given])]
        request = self._shortened(self._varied(self.evidence.request(turns), question), question)
        left_out = len(turns) - sum(message.role == "user" for message in request.messages)
        if left_out > self._left_out:
            yield Shortened(left_out)
        self._left_out = left_out
        if self._stopping.is_set():  # stopped while the manuals were searched
            yield Done(finish="aborted", stats=_NOTHING)
            return
        yield from written(self._engine, request)

    def _varied(self, request: Request, question: str) -> Request:
        """``request``, drawn anew where it would only give the same complete answer again."""
        before = self._replaced
        if before is None or before.question != question or before.finish not in WHOLE:
            return request
        self._repeats += 1
        return replace(
            request, temperature=request.temperature or AGAIN_TEMPERATURE, seed=self._repeats
        )

    def _shortened(self, request: Request, question: str) -> Request:
        """``request`` with half the room for its answer, unless this is about its other half."""
        before = self._replaced
        rest = before is not None and before.question == question and before.finish == SAVING
        most = request.max_tokens if rest else max(request.max_tokens // 2, LEAST_TOKENS)
        self._limited = self.shorter and most < request.max_tokens
        return replace(request, max_tokens=most) if self._limited else request

    def _finish(self, done: Done) -> str:
        """How an answer ended; at a limit that is not the usual one it was kept short."""
        return SAVING if done.finish == "length" and self._limited else done.finish

    def _begin(self, question: str, found: Finding, quote: Quote | None) -> StoredTurn:
        self._saved_at = self._clock()
        self._unstored -= 1
        turn_id = self._unstored
        if self._store is not None:
            try:
                if self.conversation is None:
                    self.conversation = self._store.create(question)
                turn_id = self._store.append(
                    self.conversation, question, found.passages, found.state, found.languages, quote
                )
            except (HistoryUnusable, KeyError) as error:
                self._give_up(error)
        self.title = self.title or short_title(question)
        return StoredTurn(
            id=turn_id,
            question=question,
            answer="",
            passages=found.passages,
            stats=None,
            finish="",
            created=datetime.now(UTC),
            state=found.state,
            languages=found.languages,
            quote=quote,
        )

    def _save_sometimes(self, writing: Writing) -> None:
        now = self._clock()
        if now - self._saved_at >= SAVE_EVERY_S:
            self._saved_at = now
            self._update(replace(writing.turn, answer=writing.text, given=writing.given))

    def _end(self, kept: StoredTurn) -> StoredTurn:
        self._update(kept)
        self.turns.append(kept)
        if self._replaced is not None:
            self._remove(self._replaced.id)
            self._replaced = None
        return kept

    def _remove(self, turn: int) -> None:
        if self._store is None:
            return
        try:
            self._store.remove(turn)
        except HistoryUnusable as error:
            self._give_up(error)
        except KeyError:
            pass  # it was never stored, or was deleted in another window

    def _update(self, turn: StoredTurn) -> None:
        if self._store is None:
            return
        try:
            self._store.update(
                turn.id,
                turn.answer,
                finish=turn.finish,
                stats=turn.stats,
                checked=turn.checked,
                given=turn.given,
            )
        except (HistoryUnusable, KeyError) as error:
            self._give_up(error)

    def _give_up(self, error: FieldkitError | KeyError) -> None:
        """Go on without a history; a KeyError says that another window deleted it."""
        if isinstance(error, HistoryUnusable):
            self.history_problem = error
        else:
            self.history_problem = HistoryUnusable(
                _(
                    "this conversation was deleted in another window;"
                    " it is kept only on this screen"
                ),
                hint=_("Start a new conversation to keep what is said from now on."),
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
