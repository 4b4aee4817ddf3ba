"""The settings that tuning finds for this machine and model, as the product would find them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fieldkit.core.settings import Settings
from fieldkit.core.trial import Trial
from fieldkit.engine.header import read_header
from fieldkit.probe.subject import from_header
from fieldkit.probe.tune import Tuning
from fieldkit.probe.tuned import Store
from tests.bench.bench import Bench


def tuned_settings(bench: Bench) -> tuple[Settings, dict[str, Any]]:
    """Tune afresh within the product's own budget; the settings, and what was compared."""
    trials: list[dict[str, Any]] = []

    def tell(trial: Trial) -> None:
        trials.append(
            {"challenger": trial.challenger.to_dict(), "gain": trial.gain(), "won": trial.wins()}
        )

    subject = from_header(read_header(bench.model), name=bench.model.stem)
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name) / "tuned.json")
        outcome = Tuning(subject=subject, store=store, model=bench.model, tell=tell).run()
    facts = {"gain": outcome.gain, "seconds": outcome.seconds, "trials": trials}
    bench.say(f"  tuned in {outcome.seconds:.0f} s: {outcome.settings}, gain {outcome.gain:.1%}")
    return outcome.settings, facts
