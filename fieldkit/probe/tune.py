"""Finds the fastest settings of the engine for one model on this machine, and keeps them.

It runs on a slice of the model, in workers of its own, so it needs little memory and can be stopped
at any moment; a later run goes on where it was stopped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from fieldkit.core.fit import compute_bytes, kv_cache_bytes, memory_reserve
from fieldkit.core.settings import Settings
from fieldkit.core.trial import Trial
from fieldkit.core.tuning import Cores, Outcome, Search, Space
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.slice import slice_folder
from fieldkit.errors import InvalidInput
from fieldkit.machine.cores import performance_cores
from fieldkit.machine.cpu import cpu
from fieldkit.machine.memory import memory
from fieldkit.machine.power import power_state
from fieldkit.probe.subject import Subject
from fieldkit.probe.tuned import Entry, Key, Store, machine_key, model_key
from fieldkit.probe.workbench import Piece, Stopped, Workbench, make_piece

BUDGET_S = 60.0
_RUNS = 40  # so many should fit into the budget
_LEAST_SHARE = 0.25  # of the budget, for a run that goes on where another one stopped
_HANGING = 2.0  # after so many times the budget (and a minute) a worker is taken to hang

Tell = Callable[[Trial], None]


def space(subject: Subject, defaults: Settings) -> Space:
    """Return what may be tried for ``subject`` on this machine; raises InvalidInput.

    Memory counts the whole model, not the slice.
    """
    shape, weights = subject.shape, subject.weights
    if shape is None or weights is None:
        raise InvalidInput(
            f"{subject.name} cannot be tuned: {subject.note or 'its size is not known'}"
        )
    facts, ram = cpu(), memory()
    available = None
    if ram.available is not None and ram.total is not None:
        available = ram.available - memory_reserve(ram.total)

    def need(settings: Settings) -> int:
        copies = 2 if settings.mapped and settings.repack else 1
        total = copies * weights + kv_cache_bytes(shape, subject.context)
        return total + compute_bytes(
            shape,
            subject.context,
            batch=settings.ubatch,
            flash_attention=settings.flash_attention,
        )

    cores = Cores(
        usable=facts.usable_cores or facts.logical_cores or 1,
        physical=facts.physical_cores,
        performance=performance_cores(),
    )
    return Space(defaults=defaults, cores=cores, memory=need, available=available)


def key_for(subject: Subject) -> Key:
    """Return what results hold for: this machine, this model, its power as it is now."""
    if subject.shape is None:
        raise InvalidInput(f"{subject.name} cannot be tuned: its shape is not known")
    return Key(
        machine=machine_key(),
        model=model_key(subject.shape, subject.quantization),
        power=power_state(),
    )


@dataclass(kw_only=True)
class Tuning:
    """One tuning of ``subject``, whose result ``store`` keeps; to be run once.

    It goes on where an unfinished one was stopped. ``model`` is its file where there is one;
    ``tell`` gets every comparison. ``stop`` may be called from any thread.
    """

    subject: Subject
    store: Store
    model: Path | None = None
    budget_s: float = BUDGET_S
    tell: Tell = lambda _trial: None
    _again: bool = field(default=False, init=False)
    _bench: Workbench | None = field(default=None, init=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)

    def finished(self) -> bool:
        """Whether a result for this machine as it is now is kept already."""
        entry = self.store.find(key_for(self.subject), default_settings())
        return entry is not None and entry.finished

    def run(self) -> Outcome:
        """Search within the budget and keep the result.

        Raises Stopped, what the engine raises for the default settings, DiskFull, and OSError when
        the result cannot be kept.
        """
        defaults, key = default_settings(), key_for(self.subject)
        where = space(self.subject, defaults)
        entry = self.store.find(key, defaults)
        self._again = entry is not None and entry.finished
        if entry is None or entry.finished:
            entry = Entry(key=key, defaults=defaults, settings=defaults)
        self._check()
        with slice_folder() as folder:
            assert self.subject.shape is not None
            piece = make_piece(
                folder, self.subject.shape, self.subject.quantization, model=self.model
            )
            self._check()
            outcome = self._search(piece, where, entry)
        if outcome.trials or not outcome.exhausted:  # else there was no time for any comparison
            self.store.put(
                replace(
                    entry,
                    settings=outcome.settings,
                    gain=outcome.gain,
                    seconds=outcome.seconds,
                    finished=True,
                    trials=(),
                )
            )
        return outcome

    def _search(self, piece: Piece, where: Space, entry: Entry) -> Outcome:
        bench = Workbench(
            piece,
            defaults=where.defaults,
            context=self.subject.context,
            run_s=self.budget_s / _RUNS,
        )
        trials = list(entry.trials)
        spent = sum(trial.seconds for trial in trials)

        def record(trial: Trial) -> None:
            trials.append(trial)
            if not self._again:  # an earlier result holds until this one is finished
                self.store.put(replace(entry, trials=tuple(trials)))
            self.tell(trial)

        search = Search(
            space=where,
            measure=bench,
            budget_s=max(self.budget_s - spent, _LEAST_SHARE * self.budget_s),
            clock=time.monotonic,
            known=entry.trials,
            record=record,
        )
        watchdog = threading.Timer(_HANGING * self.budget_s + 60, bench.stop)
        watchdog.daemon = True
        watchdog.start()
        self._bench = bench
        try:
            self._check()
            return search.run()
        finally:
            watchdog.cancel()
            self._bench = None
            bench.close()

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def stop(self) -> None:
        """End the worker processes at once; ``run`` then raises Stopped. From any thread."""
        self._stopping.set()
        if bench := self._bench:
            bench.stop()
