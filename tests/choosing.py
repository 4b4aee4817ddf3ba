"""Made-up machines for choosing candidates: what they hold, and how fast they would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from fieldkit.core.candidate import Candidate
from fieldkit.core.fit import GIB
from fieldkit.core.gguf_types import Shape
from fieldkit.core.measurement import EnergyUse
from fieldkit.core.prediction import Figure, Speed
from fieldkit.core.selection import Constraints
from fieldkit.core.tensors import parameters
from fieldkit.machine.cpu import Cpu
from fieldkit.machine.disk import Disk
from fieldkit.machine.facts import Machine
from fieldkit.machine.memory import Ram
from fieldkit.machine.power import Power
from fieldkit.machine.system import System
from fieldkit.machine.terminal import Terminal
from fieldkit.packager import choose
from fieldkit.packager.choice_asked import Asked
from fieldkit.packager.choose import Choice
from fieldkit.probe.subject import Prediction, Subject

TODAY = date(2026, 11, 21)

Predict = Callable[[Sequence[Subject]], Sequence[Prediction]]


def machine(available_gib: float | None = 14, total_gib: float = 16) -> Machine:
    """A machine with that much memory; all else is of no account here."""
    return Machine(
        system=System(os="linux", distribution="", kernel="", glibc="", python=""),
        cpu=Cpu(
            name="Some Processor",
            architecture="x86_64",
            physical_cores=4,
            logical_cores=8,
            usable_cores=8,
            features=(),
        ),
        memory=Ram(
            total=round(total_gib * GIB),
            available=None if available_gib is None else round(available_gib * GIB),
            swap_total=0,
            container_limit=None,
        ),
        disk=Disk(path="/", total=100 * GIB, free=50 * GIB),
        power=Power(on_mains=True, battery_percent=None, energy_counter=None),
        terminal=Terminal(interactive=False, columns=None, lines=None, colours=0, unicode=True),
    )


def active_share(shape: Shape) -> float:
    """The share of the parameters that one token uses: all of them, but in a mixture."""
    if not shape.experts:
        return 1.0
    expert = 3 * shape.embedding * shape.feed_forward * shape.layers
    return 1 - expert * (shape.experts - shape.experts_used) / parameters(shape)


def speeds(
    *, gb_per_s: float, tflops: float = 0.5, watts: float | None = None, band: float = 0.06
) -> Predict:
    """A machine bound by its memory when it writes and by its arithmetic when it reads."""

    def predict(subjects: Sequence[Subject]) -> Sequence[Prediction]:
        found = []
        for subject in subjects:
            assert subject.shape is not None
            assert subject.weights is not None
            active = active_share(subject.shape)
            decode = gb_per_s * 1e9 / (subject.weights * active)
            prefill = tflops * 1e12 / (2 * parameters(subject.shape) * active)
            speed = Speed(
                decode_tps=Figure(value=decode, band=band),
                deep_decode_tps=None,
                prefill_tps=Figure(value=prefill, band=band),
                ttft_s=Figure(value=subject.question / prefill, band=band),
            )
            energy = EnergyUse()
            if watts is not None:
                energy = EnergyUse(
                    decode_j_per_token=watts / decode, prefill_j_per_token=watts / prefill
                )
            found.append(Prediction(speed=speed, energy=energy))
        return found

    return predict


def chosen(
    asked: Constraints,
    *,
    among: Sequence[str] | None = None,
    predict: Predict | None = None,
    on: Machine | None = None,
    candidates: Mapping[str, Candidate] | None = None,
) -> Choice:
    """Choose from the catalog, or from ``among`` it, on a laptop of 16 GiB."""
    known = choose.catalog() if candidates is None else candidates
    return choose.choose(
        {name: known[name] for name in known if among is None or name in among},
        Asked(constraints=asked),
        facts=on or machine(),
        today=TODAY,
        predict=predict or speeds(gb_per_s=40),
    )


def names(choice: Choice) -> list[str]:
    """What stands, the best first."""
    return [one.option.name for one in choice.ranking.ranked]
