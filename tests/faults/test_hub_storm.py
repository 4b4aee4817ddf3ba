"""Faults of a hub at random, many at a time and over several runs: never a wrong file."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from fieldkit.errors import FetchFailed, IntegrityProblem
from tests.fetching import FILE, MIB, NAME, content, get, sha256, wanted
from tests.hub_faults import (
    Fault,
    corrupt,
    cut,
    ignore_ranges,
    reset,
    status,
    too_many,
    unsized,
    wrong_length,
    wrong_range,
)
from tests.loopback_hub import LoopbackHub

DATA = content(11 * MIB + 3, seed=6)


def some_fault(chance: random.Random) -> Fault:
    """A fault for one or two requests."""
    times = chance.randint(1, 2)
    after = chance.randrange(len(DATA))
    makers = [
        lambda: cut(FILE, after=after % (4 * MIB), times=times),
        lambda: reset(FILE, after=after % (4 * MIB), times=times),
        lambda: status(FILE, chance.choice([408, 416, 429, 500, 503, 404]), times=times),
        lambda: too_many(FILE, retry_after="0", times=times),
        lambda: ignore_ranges(FILE, cut_after=chance.choice([0, after]), times=times),
        lambda: unsized(FILE, by=chance.choice([-1, 0, 1]), times=times),
        lambda: wrong_range(FILE, by=1 + after % 1000, times=times),
        lambda: wrong_length(FILE, by=chance.choice([-7, 7]), times=times),
        lambda: corrupt(FILE, at=after, times=1),
    ]
    return chance.choice(makers)()


@pytest.mark.parametrize("seed", range(6))
def test_a_storm_of_faults(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    target = tmp_path / FILE
    with LoopbackHub() as hub:
        hub.add_repository(NAME, {FILE: DATA})
        one = wanted(hub, target, DATA)
        for _ in range(chance.randint(1, 4)):
            hub.faults = [some_fault(chance) for _ in range(chance.randint(1, 8))]
            with contextlib.suppress(FetchFailed, IntegrityProblem):
                get(one, connections=chance.randint(1, 5))
            if target.exists():
                assert target.read_bytes() == DATA
                target.unlink()
        hub.faults = []
        assert get(one) == sha256(DATA)
    assert target.read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
