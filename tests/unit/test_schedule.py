"""Who is answered next, who is stopped, and that nobody else is: every step one after another."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

import pytest

from fieldkit.engine.schedule import Job, Schedule

A, B, C = list(range(100)), [*range(40), *range(500, 560)], [*range(120)]


class Engine:
    """Says whether what runs now was told to stop."""

    def __init__(self) -> None:
        self.stopped = False

    def arm(self) -> None:
        self.stopped = False

    def abort(self) -> None:
        self.stopped = True


@pytest.fixture
def stop() -> Engine:
    return Engine()


@pytest.fixture
def schedule(stop: Engine) -> Schedule:
    schedule = Schedule()
    schedule.attach(stop)
    return schedule


def job(number: int, tokens: Sequence[int] | None = None, op: str = "generate") -> Job:
    return Job({"id": number, "op": op}, tokens)


def ahead(number: int, tokens: Sequence[int]) -> Job:
    return job(number, tokens, "prepare")


def begun(schedule: Schedule, tokens: Sequence[int], *, held: int) -> Job:
    """Reading ahead of ``tokens`` runs; ``held`` of them are in the cache, the next 16 follow."""
    schedule.add_ahead(ahead(1, tokens))
    running = schedule.next()
    assert running is not None
    step = schedule.take(running, tokens[:held], limit=1000, size=16)
    assert step == (held, tokens[held : held + 16])
    return running


def more(schedule: Schedule, running: Job, held: Sequence[int]) -> object:
    return schedule.take(running, held, limit=1000, size=16)


def test_requests_are_answered_in_their_order(schedule: Schedule) -> None:
    jobs = [job(number) for number in (1, 2, 3)]
    for each in jobs:
        schedule.add(each)
    assert [schedule.next() for _ in jobs] == jobs


def test_reading_ahead_takes_what_the_cache_does_not_hold(schedule: Schedule) -> None:
    running = begun(schedule, A, held=0)
    assert more(schedule, running, [*A[:20], 7, 7]) == (20, A[20:36])
    assert more(schedule, running, A[:90]) == (90, A[90:])
    assert not running.finished
    assert more(schedule, running, A) is None
    assert running.finished


def test_reading_ahead_leaves_alone_a_cache_that_holds_more(schedule: Schedule) -> None:
    schedule.add_ahead(ahead(1, A))
    running = schedule.next()
    assert running is not None
    assert more(schedule, running, [*A, 7, 8, 9]) is None
    assert running.finished


def test_reading_ahead_stays_within_the_context(schedule: Schedule) -> None:
    schedule.add_ahead(ahead(1, A))
    running = schedule.next()
    assert running is not None
    assert schedule.take(running, A[:40], limit=45, size=16) == (40, A[40:45])
    assert schedule.take(running, A[:45], limit=45, size=16) is None


def test_a_request_that_needs_what_is_read_waits_for_the_chunk_only(
    schedule: Schedule, stop: Engine
) -> None:
    running = begun(schedule, A, held=0)
    schedule.add(job(2, C))
    assert not stop.stopped
    assert more(schedule, running, A[:16]) is None
    assert not running.finished


@pytest.mark.parametrize("tokens", [B, A[:10], None], ids=["other", "shorter", "unknown"])
def test_a_request_that_does_not_need_it_stops_it_at_once(
    tokens: list[int] | None, schedule: Schedule, stop: Engine
) -> None:
    running = begun(schedule, A, held=32)
    schedule.add(job(2, tokens))
    assert stop.stopped
    assert more(schedule, running, A[:32]) is None
    following = schedule.next()
    assert following is not None
    assert following.number == 2
    assert not stop.stopped


def test_a_longer_text_goes_on_where_the_shorter_one_is(schedule: Schedule, stop: Engine) -> None:
    running = begun(schedule, A, held=16)
    schedule.add_ahead(ahead(2, C))
    assert not stop.stopped
    assert running.number == 2
    assert more(schedule, running, A[:96]) == (96, C[96:112])
    assert more(schedule, running, C) is None
    assert running.finished


def test_another_text_stops_the_reading_and_is_read_next(schedule: Schedule, stop: Engine) -> None:
    running = begun(schedule, A, held=32)
    schedule.add_ahead(ahead(2, A))
    schedule.add_ahead(ahead(3, B))
    assert stop.stopped
    schedule.add_ahead(ahead(4, C))
    assert more(schedule, running, A[:32]) is None
    following = schedule.next()
    assert following is not None
    assert following.number == 4
    assert not stop.stopped


def test_what_was_read_to_its_end_is_not_exchanged_any_more(schedule: Schedule) -> None:
    running = begun(schedule, A, held=0)
    assert more(schedule, running, A) is None
    schedule.add_ahead(ahead(2, C))
    following = schedule.next()
    assert following is not None
    assert following.number == 2


def test_a_request_goes_before_what_was_to_be_read_ahead(schedule: Schedule) -> None:
    schedule.add_ahead(ahead(1, A))
    schedule.add(job(2))
    schedule.add_ahead(ahead(3, A))
    schedule.add(job(4))
    numbers = [following.number for _ in range(2) if (following := schedule.next())]
    assert numbers == [2, 4]


def test_an_abort_ends_reading_ahead_and_what_was_to_be_read(
    schedule: Schedule, stop: Engine
) -> None:
    running = begun(schedule, A, held=0)
    schedule.add_ahead(ahead(2, B[40:]))
    schedule.abort(0)
    assert stop.stopped
    assert more(schedule, running, A[:0]) is None
    assert not schedule.end()
    assert schedule.next() is None


def test_an_abort_does_not_wait_for_the_chunk_that_an_aborted_request_needed(
    schedule: Schedule, stop: Engine
) -> None:
    begun(schedule, A, held=0)
    schedule.add(job(2, C))
    assert not stop.stopped
    schedule.abort(2)
    assert stop.stopped
    assert schedule.next() is not None
    assert stop.stopped  # this time for the request itself


def test_an_abort_hits_the_request_that_it_names_and_no_other(
    schedule: Schedule, stop: Engine
) -> None:
    for number in (1, 2, 3):
        schedule.add(job(number))
    schedule.abort(2)
    schedule.next()
    assert not stop.stopped
    schedule.abort(7)
    schedule.abort(2)
    assert not stop.stopped
    schedule.next()
    assert stop.stopped
    schedule.next()
    assert not stop.stopped
    schedule.abort(2)
    assert not stop.stopped
    schedule.answered()
    schedule.abort(3)
    assert not stop.stopped


def test_an_engine_that_comes_while_its_request_is_aborted_is_stopped(stop: Engine) -> None:
    schedule = Schedule()
    schedule.add(job(1))
    schedule.next()
    schedule.abort(1)
    schedule.attach(stop)
    assert stop.stopped


def test_the_end_says_whether_somebody_still_waits(schedule: Schedule) -> None:
    assert not schedule.end()
    assert schedule.next() is None


def test_the_end_of_input_ends_reading_ahead(schedule: Schedule, stop: Engine) -> None:
    begun(schedule, A, held=0)
    assert not schedule.end()
    assert stop.stopped
    assert schedule.next() is None


def test_the_end_finds_a_request_that_runs_and_one_that_waits(schedule: Schedule) -> None:
    schedule.add(job(1))
    assert schedule.end()
    assert schedule.next() is not None
    assert schedule.end()
    schedule.answered()
    assert not schedule.end()


def test_no_interleaving_stops_the_wrong_one_or_reads_what_is_wrong() -> None:
    """Two threads at random; whatever was stopped was meant, and every request was answered."""
    dice = random.Random(5)
    stop, schedule = Engine(), Schedule()
    schedule.attach(stop)
    aborted: set[int] = set()
    answered: list[int] = []
    wrong: list[int] = []

    def answer() -> None:
        held: list[int] = []
        while (running := schedule.next()) is not None:
            if running.ahead:
                while step := schedule.take(running, held, limit=1000, size=16):
                    keep, chunk = step
                    held = [*held[:keep], *chunk]
                    if held not in (A[: len(held)], B[: len(held)], C[: len(held)]):
                        wrong.append(running.number)
                continue
            if stop.stopped and running.number not in aborted:
                wrong.append(running.number)
            answered.append(running.number)

    main = threading.Thread(target=answer)
    main.start()
    asked = []
    for number in range(1, 2001):
        tokens = dice.choice([A, B, C])[: dice.randrange(1, 120)]
        match dice.randrange(4):
            case 0 | 1:
                schedule.add_ahead(ahead(number, tokens))
            case 2:
                schedule.add(job(number, tokens))
                asked.append(number)
            case _:
                other = dice.choice([number - 1, number - 2, 0, number + 1000])
                aborted.add(other)
                schedule.abort(other)
    schedule.end()
    main.join()
    assert answered == asked
    assert wrong == []
