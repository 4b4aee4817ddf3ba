"""The search for settings, with machines made up of a cost function, noise and a clock."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from fieldkit.core.settings import Settings
from fieldkit.core.trial import Run, Trial
from fieldkit.core.tuning import Cores, Outcome, Search, Space
from fieldkit.errors import InvalidInput

DEFAULTS = Settings(decode_threads=4, prefill_threads=4, ubatch=512, repack=True)
EIGHT = Cores(usable=8, physical=4, performance=2)
GIB = 1 << 30


class Machine:
    """Runs cost what ``cost`` says, off by at most ``noise``; a run takes ``run_s`` of its time."""

    def __init__(
        self,
        cost: Callable[[Settings], Run],
        *,
        noise: float = 0.0,
        run_s: float = 1.0,
        seed: int = 1,
    ) -> None:
        self.cost, self.noise, self.run_s = cost, noise, run_s
        self.random = random.Random(seed)
        self.now = 1000.0
        self.measured: list[Settings] = []

    def __call__(self, settings: Settings) -> Run:
        self.measured.append(settings)
        self.now += self.run_s
        run = self.cost(settings)
        return Run(run.prefill_s * self._factor(), run.decode_s * self._factor())

    def _factor(self) -> float:
        return 1 + self.random.uniform(-self.noise, self.noise)


def memory(settings: Settings) -> int:
    doubled = 2 * GIB if settings.mapped and settings.repack else 0
    return 4 * GIB + doubled + settings.ubatch * 150_000


def space(cores: Cores = EIGHT, available: int | None = 16 * GIB) -> Space:
    return Space(defaults=DEFAULTS, cores=cores, memory=memory, available=available)


def search(machine: Machine, *, budget_s: float = 1e6, **more: object) -> Outcome:
    where = more.pop("where", space())
    return Search(
        space=where, measure=machine, budget_s=budget_s, clock=lambda: machine.now, **more
    ).run()


def flat(_settings: Settings) -> Run:
    return Run(10.0, 5.0)


def unrepacked_is_faster(settings: Settings) -> Run:
    """As seen on a processor where the engine's own kernels for K-quants beat repacked weights."""
    prefill = 10.0 if settings.repack else 5.0
    prefill *= 1.0 if settings.flash_attention else 1.2
    prefill *= {64: 1.1, 128: 1.0, 512: 1.05}.get(settings.ubatch, 1.0)
    return Run(prefill * 4 / settings.prefill_threads**0.5, 5.0 + abs(settings.decode_threads - 3))


def test_nothing_to_gain_keeps_the_defaults() -> None:
    outcome = search(Machine(flat), where=replace(space(), memory=lambda _settings: GIB))
    assert outcome.settings == outcome.defaults == DEFAULTS
    assert outcome.final is None
    assert outcome.gain == 0
    assert outcome.trials
    assert not outcome.exhausted


def test_every_setting_is_found_and_threads_are_chosen_for_each_kind_of_work() -> None:
    outcome = search(Machine(unrepacked_is_faster, noise=0.005))
    cores = Cores(usable=8, physical=4)
    assert outcome.settings == Settings(
        decode_threads=4 - 1, prefill_threads=8, ubatch=128, repack=False, flash_attention=True
    )
    assert cores.thread_counts() == (4, 3, 8)
    assert outcome.final is not None
    assert outcome.final.champion == DEFAULTS
    assert outcome.final.challenger == outcome.settings
    assert outcome.gain == outcome.final.gain() > 0.3


def test_settings_that_only_pay_together_are_found_in_the_second_pass() -> None:
    def cost(settings: Settings) -> Run:
        large = settings.ubatch == 128 and not settings.repack
        return Run(4.0 if large else 9.0 if not settings.repack else 10.0, 5.0)

    outcome = search(Machine(cost), where=replace(space(), memory=lambda _settings: GIB))
    assert (outcome.settings.ubatch, outcome.settings.repack) == (128, False)


@pytest.mark.parametrize("seed", range(60))
def test_the_result_is_never_worse_than_the_defaults(seed: int) -> None:
    """Any cost of any setting, and noise up to 1.4 %, half of what a challenger must gain."""
    source = random.Random(seed)
    factors: dict[object, float] = {}

    def factor(*key: object) -> float:
        return factors.setdefault(key, source.uniform(0.8, 1.25))

    def cost(settings: Settings) -> Run:
        shared = (settings.ubatch, settings.repack, settings.mapped, settings.flash_attention)
        return Run(
            10 * factor("prefill", settings.prefill_threads, *shared),
            5 * factor("decode", settings.decode_threads, *shared),
        )

    outcome = search(Machine(cost, noise=0.014, seed=seed))
    assert cost(outcome.settings).wait_s <= cost(DEFAULTS).wait_s
    if outcome.settings != DEFAULTS:
        assert outcome.final is not None
        assert outcome.final.wins()


def test_noise_of_thirty_percent_is_seen_through_most_of_the_time() -> None:
    lucky = [
        seed
        for seed in range(200)
        if search(Machine(flat, noise=0.3, seed=seed)).settings != DEFAULTS
    ]
    assert len(lucky) < 20


def test_single_disturbed_runs_do_not_hide_a_winner() -> None:
    def cost(settings: Settings) -> Run:
        return Run(10.0 if settings.repack else 7.0, 5.0)

    machine = Machine(cost)
    calm = machine.__call__

    def disturbed(settings: Settings) -> Run:
        run = calm(settings)
        return (
            Run(run.prefill_s * 1.6, run.decode_s * 1.6) if len(machine.measured) % 13 == 7 else run
        )

    outcome = Search(
        space=space(), measure=disturbed, budget_s=1e6, clock=lambda: machine.now
    ).run()
    assert not outcome.settings.repack


@pytest.mark.parametrize("budget_s", [0, 3, 9, 20, 40, 60, 100])
@pytest.mark.parametrize("cost", [flat, unrepacked_is_faster])
def test_the_budget_is_kept(cost: Callable[[Settings], Run], budget_s: float) -> None:
    machine = Machine(cost, run_s=0.7)
    outcome = search(machine, budget_s=budget_s)
    assert outcome.seconds == machine.now - 1000.0
    assert (
        outcome.seconds <= max(budget_s, machine.run_s) + 1e-6
    )  # the first run tells what one takes
    assert cost(outcome.settings).wait_s <= cost(DEFAULTS).wait_s


def test_too_little_time_says_so_and_keeps_the_defaults() -> None:
    outcome = search(Machine(unrepacked_is_faster), budget_s=5)
    assert outcome.exhausted
    assert outcome.settings == DEFAULTS


def test_runs_that_become_far_slower_end_the_search() -> None:
    machine = Machine(unrepacked_is_faster)

    def slowing(settings: Settings) -> Run:
        machine.run_s *= 1.5
        return machine(settings)

    outcome = Search(space=space(), measure=slowing, budget_s=30, clock=lambda: machine.now).run()
    assert outcome.exhausted
    assert outcome.seconds < 30 + 2 * machine.run_s


def test_what_needs_more_memory_than_there_is_is_not_even_tried() -> None:
    def cost(settings: Settings) -> Run:
        return Run(5.0 if settings.mapped and settings.repack else 10.0, 5.0)

    for available, chosen in ((16 * GIB, True), (5 * GIB, False), (None, False)):
        machine = Machine(cost)
        outcome = search(machine, where=space(available=available))
        assert outcome.settings.mapped is chosen
        assert any(entry.mapped and entry.repack for entry in machine.measured) is chosen


def test_of_equally_fast_settings_the_lighter_one_wins_together_with_a_gain() -> None:
    def cost(settings: Settings) -> Run:
        return Run(10.0 if settings.repack else 7.0, 5.0)

    outcome = search(Machine(cost))
    assert not outcome.settings.repack
    assert outcome.settings.ubatch == 128
    assert search(Machine(flat)).settings == DEFAULTS  # lighter alone is no reason to change


def test_a_hopeless_challenger_gets_one_turn() -> None:
    def cost(settings: Settings) -> Run:
        return Run(10.0, 5.0) if settings.flash_attention else Run(20.0, 5.0)

    outcome = search(Machine(cost))
    trials = [trial for trial in outcome.trials if trial.changed == {"flash_attention": False}]
    assert trials
    assert {trial.runs for trial in trials} == {2}
    assert not any(trial.wins() for trial in trials)


def test_a_search_goes_on_where_another_one_was_stopped() -> None:
    class Stopped(Exception):
        pass

    whole = search(Machine(unrepacked_is_faster))
    kept: list[Trial] = []
    machine = Machine(unrepacked_is_faster)

    def stopping(settings: Settings) -> Run:
        if len(machine.measured) == 30:
            raise Stopped
        return machine(settings)

    with pytest.raises(Stopped):
        Search(
            space=space(), measure=stopping, budget_s=1e6, clock=lambda: machine.now,
            record=kept.append,
        ).run()  # fmt: skip
    assert kept
    resumed = Machine(unrepacked_is_faster)
    known = [Trial.from_dict(json.loads(json.dumps(trial.to_dict()))) for trial in kept]
    outcome = search(resumed, known=known)
    assert outcome.settings == whole.settings
    assert outcome.trials[: len(known)] == tuple(known)
    assert len(resumed.measured) < whole.seconds - 20  # runs of a second each


def test_cores_name_the_thread_counts_worth_trying() -> None:
    assert Cores(usable=8, physical=4, performance=2).thread_counts() == (2, 4, 3, 8)
    assert Cores(usable=4, physical=4).thread_counts() == (4, 3, 2)
    assert Cores(usable=1, physical=8).thread_counts() == (1,)
    assert Cores(usable=2, physical=None, performance=16).thread_counts() == (2, 1)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"champion": 1},
        {"champion_runs": [[1.0]]},
        {"champion_runs": []},
        {"challenger_runs": [[0.0, 1.0]]},
        {"challenger_runs": [[float("nan"), 1.0]]},
        {"seconds": "soon"},
    ],
)
def test_a_damaged_trial_is_not_read(broken: dict[str, object]) -> None:
    run = Run(1.0, 2.0)
    trial = Trial(
        champion=DEFAULTS, challenger=replace(DEFAULTS, repack=False),
        champion_runs=(run,), challenger_runs=(run,), seconds=2.0,
    )  # fmt: skip
    data = trial.to_dict()
    assert Trial.from_dict(data) == trial
    with pytest.raises(InvalidInput):
        Trial.from_dict(data | broken if broken else {})


@pytest.mark.parametrize(("prefill_s", "ubatch"), [(2.0, 512), (10.0, 256), (100.0, 128)])
def test_batches_grow_only_as_far_as_an_answer_still_stops_at_once(
    prefill_s: float, ubatch: int
) -> None:
    def larger_is_faster(settings: Settings) -> Run:
        return Run(prefill_s * (1.0 - settings.ubatch / 2048), prefill_s / 10)

    where = replace(space(), defaults=replace(DEFAULTS, ubatch=128))
    assert search(Machine(larger_is_faster), where=where).settings.ubatch == ubatch
