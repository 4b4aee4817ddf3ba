"""The search for the fastest settings of the engine: what to try, and when to believe it.

One setting is changed at a time, cheap changes first, and each challenger is compared with the
champion so far in turns (A B B A), so that a machine that warms up or is disturbed treats both
alike. What won is compared with the defaults once more at the end; unless it is clearly better
there, the defaults stay. Nothing here touches a machine: the caller measures, and tells the time.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fieldkit.core.settings import Settings
from fieldkit.core.trial import PROMPT_TOKENS, TURNS, Run, Trial

_LIGHTER = 0.01  # a share of memory that decides between equally fast settings
_UBATCHES = (512, 256, 128, 64)
# A generation stops between two nodes of a graph. The largest one is of the feed-forward and takes
# about this share of a batch; an answer that is stopped should end within so many seconds.
_LARGEST_NODE, _STOPS_WITHIN_S = 0.014, 0.05
_RESERVE = 6  # runs that stay possible for the comparison at the end
_PASSES = 2  # a change may make another one pay that did not pay before

Measure = Callable[[Settings], Run]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cores:
    """Cores the engine may run on; ``performance`` is how many are fast ones, None: not known."""

    usable: int
    physical: int | None = None
    performance: int | None = None

    def thread_counts(self) -> tuple[int, ...]:
        """Numbers of threads worth trying, the likeliest first.

        Efficiency cores and second threads of a core often slow down those they wait for.
        """
        physical = min(self.physical or self.usable, self.usable)
        wanted = [physical, physical - 1, self.usable, -(-self.usable // 2)]
        if self.performance is not None:
            wanted.insert(0, self.performance)
        return tuple(dict.fromkeys(count for count in wanted if 1 <= count <= self.usable))


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Where to search. ``memory`` gives the bytes settings need, against ``available`` ones.

    ``available`` None is unknown: then nothing is tried that needs more than the defaults.
    """

    defaults: Settings
    cores: Cores
    memory: Callable[[Settings], int]
    available: int | None

    def fits(self, settings: Settings) -> bool:
        """Whether there is memory for ``settings``; the defaults are taken to fit."""
        need = self.memory(settings)
        if need <= self.memory(self.defaults):
            return True
        return self.available is not None and need <= self.available

    def lighter(self, settings: Settings, other: Settings) -> bool:
        """Whether ``settings`` need noticeably less memory than ``other``."""
        return self.memory(settings) < self.memory(other) * (1 - _LIGHTER)

    def changes(self) -> Iterator[dict[str, Any]]:
        """What to change: what matters most, then cheap changes, then a new context or load."""
        for repack in (False, True):
            yield {"repack": repack}
        for count in self.cores.thread_counts():
            yield {"decode_threads": count, "prefill_threads": count}
        for flash in (True, False):
            yield {"flash_attention": flash}
        for ubatch in _UBATCHES:
            yield {"ubatch": ubatch}
        for mapped in (True, False):
            yield {"mapped": mapped}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the search found. ``settings`` are the defaults unless ``final`` was won.

    ``final`` compares the winner with the defaults; None when nothing beat them, or no time was
    left. ``exhausted`` tells that the time ran out before everything was tried.
    """

    settings: Settings
    defaults: Settings
    trials: tuple[Trial, ...]
    final: Trial | None
    exhausted: bool
    seconds: float

    @property
    def gain(self) -> float:
        """The share of the waiting time saved; 0 with the defaults."""
        return self.final.gain() if self.final and self.settings != self.defaults else 0.0


class _OutOfTimeError(Exception):
    """No time is left for another run."""


@dataclass(kw_only=True)
class Search:
    """One search in ``space`` of at most ``budget_s`` seconds by ``clock``.

    ``measure`` may raise to end the search; what ``record`` was given until then can be handed to
    another search as ``known``, which then goes on where this one was.
    """

    space: Space
    measure: Measure
    budget_s: float
    clock: Callable[[], float]
    known: Sequence[Trial] = ()
    record: Callable[[Trial], None] = lambda _trial: None
    _trials: list[Trial] = field(default_factory=list, init=False)
    _began: float = field(default=0.0, init=False)
    _run_s: float = field(default=0.0, init=False)  # what a run takes, with all that it needs

    def run(self) -> Outcome:
        """Search and return what was found; raises what ``measure`` raises."""
        self._began = self.clock()
        defaults = self.space.defaults
        champion, final, exhausted = defaults, None, False
        try:
            self._warm_up(defaults)
            for champion in self._champions(defaults):  # noqa: B007 - the last one counts
                pass
        except _OutOfTimeError:
            exhausted = True
        if champion != defaults:
            try:
                final = self._confirm(champion)
            except _OutOfTimeError:
                exhausted = True
        return Outcome(
            settings=champion if final is not None and final.wins() else defaults,
            defaults=defaults,
            trials=tuple(self._trials),
            final=final,
            exhausted=exhausted,
            seconds=self.clock() - self._began,
        )

    def _warm_up(self, settings: Settings) -> None:
        """Two runs that do not count: the first one loads the model, the second one is timed."""
        seconds = [trial.seconds / trial.runs for trial in self.known if trial.runs]
        self.measure(settings)
        began = self.clock()
        if began - self._began < self.budget_s:
            self.measure(settings)
            seconds.append(self.clock() - began)
        self._run_s = max(seconds, default=self.budget_s)

    def _champions(self, champion: Settings) -> Iterator[Settings]:
        """Every champion, from the first on; the last one stays undefeated."""
        for _ in range(_PASSES):
            first = champion
            for change in self.space.changes():
                challenger = replace(champion, **change)
                if challenger == champion or not self.space.fits(challenger):
                    continue
                if self._stops_late(challenger, champion):
                    continue
                champion = self._better(self._compare(champion, challenger))
                yield champion
            if champion == first:
                return

    def _stops_late(self, challenger: Settings, champion: Settings) -> bool:
        """Whether larger batches than the defaults' would make stopping an answer noticeable."""
        if challenger.ubatch <= self.space.defaults.ubatch:
            return False
        seconds = [
            run.prefill_s
            for trial in (*self._trials, *self.known)
            for run in (*trial.champion_runs, *trial.challenger_runs)
            if champion in {trial.champion, trial.challenger}
        ]
        token_s = min(seconds, default=math.inf) / PROMPT_TOKENS
        return challenger.ubatch * token_s * _LARGEST_NODE > _STOPS_WITHIN_S

    def _better(self, trial: Trial) -> Settings:
        """The champion after ``trial``; thread counts are judged for each kind of work."""
        old, new = trial.champion, trial.challenger
        if trial.threads_only:
            decode = new if trial.wins("decode_s") else old
            prefill = new if trial.wins("prefill_s") else old
            return replace(
                old,
                decode_threads=decode.decode_threads,
                prefill_threads=prefill.prefill_threads,
            )
        tie = len(trial.challenger_runs) > 1 and trial.gain() >= 0
        return new if trial.wins() or (tie and self.space.lighter(new, old)) else old

    def _compare(self, champion: Settings, challenger: Settings) -> Trial:
        """The trial of both, with a second round when the first one leaves it open.

        A comparison that was made before is not repeated.
        """
        for trial in (*self._trials, *self.known):
            if (trial.champion, trial.challenger) == (champion, challenger):
                break
        else:
            trial = self._round(Trial(champion=champion, challenger=challenger), reserve=_RESERVE)
            if trial.undecided:
                with contextlib.suppress(_OutOfTimeError):
                    trial = self._round(trial, reserve=_RESERVE)
            self.record(trial)
        if trial not in self._trials:
            self._trials.append(trial)
        return trial

    def _confirm(self, champion: Settings) -> Trial:
        """The winner against the defaults: two rounds, or what time allows."""
        trial = self._round(Trial(champion=self.space.defaults, challenger=champion), reserve=0)
        with contextlib.suppress(_OutOfTimeError):
            trial = self._round(trial, reserve=0)
        return trial

    def _round(self, trial: Trial, *, reserve: int) -> Trial:
        """``trial`` with one more round of turns, cut short when it is hopeless.

        Raises _OutOfTimeError when there is no time for it and ``reserve`` more runs.
        """
        spent = self.clock() - self._began
        if spent + (len(TURNS) + reserve) * self._run_s > self.budget_s:
            raise _OutOfTimeError
        for turn in TURNS:
            began = self.clock()
            if began - self._began > self.budget_s:
                raise _OutOfTimeError
            run = self.measure(trial.challenger if turn == "B" else trial.champion)
            seconds = self.clock() - began
            self._run_s = (self._run_s + seconds) / 2
            trial = trial.plus(run, challenger=turn == "B", seconds=seconds)
            if trial.hopeless:
                break
        return trial
