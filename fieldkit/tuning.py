"""Tuned settings for whoever runs the engine: found by ``fieldkit probe --tune`` or while idle.

``FIELDKIT_NO_TUNE=1`` turns both off: nothing is tuned, and the engine runs with its defaults.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from fieldkit import product_data
from fieldkit.core.settings import Settings
from fieldkit.core.trial import Trial
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.header import read_header
from fieldkit.errors import FieldkitError
from fieldkit.machine.load import busy_share
from fieldkit.machine.power import power_state
from fieldkit.probe.background import BackgroundTuner
from fieldkit.probe.subject import Subject, from_header
from fieldkit.probe.tune import BUDGET_S, Tuning, key_for, space
from fieldkit.probe.tuned import Store
from fieldkit.probe.workbench import Stopped

OFF_VARIABLE = "FIELDKIT_NO_TUNE"
STORE = "tuning.json"
_BUSY = 0.25  # the share of the processor that others may use


def enabled() -> bool:
    """Whether tuning is on."""
    return os.environ.get(OFF_VARIABLE, "") in {"", "0"}


def store(kept: Path | None = None) -> Store:
    """The results on this machine, in the folder ``kept``: by default that of this assistant."""
    return Store((kept or product_data.current()) / STORE)


def settings_for(model: Path, *, context: int, kept: Path | None = None) -> Settings | None:
    """The tuned settings for the GGUF file ``model`` on this machine as it is powered now.

    None when there are none (the engine then uses its defaults): never tuned, turned off, or not
    enough memory for them now. Raises nothing, whatever is wrong with the model or the file.
    """
    try:
        kept = kept or product_data.current()
        if not (kept / STORE).exists():
            return None
        subject = from_header(read_header(model), name=model.name, context=context)
        return settings_of(subject, kept=kept)
    except (FieldkitError, OSError):
        return None


def settings_of(subject: Subject, *, kept: Path | None = None) -> Settings | None:
    """As ``settings_for``, for a model that need not be here; raises nothing either."""
    if not enabled() or subject.shape is None:
        return None
    try:
        defaults = default_settings()
        settings = store(kept).settings(key_for(subject), defaults)
        fits = settings is not None and space(subject, defaults).fits(settings)
    except (FieldkitError, OSError):
        return None
    return settings if fits else None


def foreground(
    subject: Subject, model: Path | None, budget_s: float, tell: Callable[[Trial], None]
) -> Tuning:
    """The tuning of ``fieldkit probe --tune``, also of what was tuned before."""
    return Tuning(subject=subject, store=store(), model=model, budget_s=budget_s, tell=tell)


def background(model: Path, *, context: int, kept: Path | None = None) -> BackgroundTuner | None:
    """What tunes the engine for ``model`` while the chat is idle; None when tuning is off."""
    if not enabled():
        return None
    return BackgroundTuner(lambda: _pending(model, context, kept))


def _pending(model: Path, context: int, kept: Path | None = None) -> Tuning | None:
    """What is still to be tuned; nothing while the machine saves its battery.

    Raises Stopped while something else uses the processor: there is another time to tune.
    """
    if power_state() == "saver":
        return None
    subject = from_header(read_header(model), name=model.name, context=context)
    tuning = Tuning(subject=subject, store=store(kept), model=model, budget_s=BUDGET_S)
    if tuning.finished():
        return None
    if busy():
        raise Stopped
    return tuning


def busy() -> bool:
    """Whether something else uses so much of the processor that figures would tell little."""
    share = busy_share()
    return share is not None and share > _BUSY
