"""A search waits for its question's vector only so long, and goes on without it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from fieldkit.engine.patient import PatientEmbedder
from fieldkit.errors import EngineFailure, InvalidInput

WAIT_S = 20.0


class Scripted:
    """An embedder whose vectors are lengths of texts; it loads and answers when it may."""

    def __init__(self) -> None:
        self.may_load = threading.Event()
        self.may_answer = threading.Event()
        self.may_load.set()
        self.may_answer.set()
        self.refuses: Exception | None = None
        self.asked: list[str] = []
        self.closed = threading.Event()

    def start(self) -> int:
        self.may_load.wait(WAIT_S)
        if self.refuses is not None:
            raise self.refuses
        return 1

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += texts
        self.may_answer.wait(WAIT_S)
        if self.refuses is not None:
            raise self.refuses
        return [[float(len(text))] for text in texts]

    def close(self) -> None:
        self.may_load.set()
        self.may_answer.set()
        self.closed.set()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made = Scripted()
    yield made
    made.close()


def until(true: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError("it never came true")


def test_questions_get_their_vectors_and_the_same_one_only_once(scripted: Scripted) -> None:
    embed = PatientEmbedder(scripted, patience_s=WAIT_S, loading_s=WAIT_S)
    assert embed("torque") == [6.0]
    assert embed("torque") == [6.0]
    assert embed("oil") == [3.0]
    assert scripted.asked == ["torque", "oil"]
    assert embed.problem is None
    embed.close()
    assert scripted.closed.is_set()
    assert embed("oil") is None


def test_nobody_waits_for_an_embedder_that_loads(scripted: Scripted) -> None:
    scripted.may_load.clear()
    embed = PatientEmbedder(scripted, patience_s=WAIT_S)
    assert embed("torque") is None
    scripted.may_load.set()
    until(lambda: embed("torque") == [6.0])
    embed.close()


def test_an_embedder_that_cannot_load_is_left_out_with_its_reason(scripted: Scripted) -> None:
    scripted.refuses = InvalidInput("this is no embedder")
    embed = PatientEmbedder(scripted, loading_s=WAIT_S)
    assert embed("torque") is None
    assert embed.problem is scripted.refuses
    assert scripted.asked == []


def test_an_embedder_that_fails_is_left_out(scripted: Scripted) -> None:
    embed = PatientEmbedder(scripted, patience_s=WAIT_S, loading_s=WAIT_S)
    assert embed("oil") == [3.0]
    scripted.refuses = EngineFailure("the engine ended unexpectedly")
    assert embed("torque") is None
    assert embed.problem is scripted.refuses
    assert scripted.closed.is_set()
    assert embed("oil") is None


def test_a_vector_that_comes_late_is_there_for_the_next_search(scripted: Scripted) -> None:
    embed = PatientEmbedder(scripted, patience_s=0.01, loading_s=WAIT_S)
    scripted.may_answer.clear()
    assert embed("torque") is None
    scripted.may_answer.set()
    until(lambda: embed("torque") == [6.0])
    assert embed.problem is None
    embed.close()


def test_an_embedder_that_is_slow_again_and_again_is_left_out(scripted: Scripted) -> None:
    embed = PatientEmbedder(scripted, patience_s=0.01, loading_s=WAIT_S)
    scripted.may_answer.clear()
    assert [embed(text) for text in ("one", "two", "three", "four", "five")] == [None] * 5
    assert embed.problem is not None
    assert "did not answer within 0.01 s" in embed.problem.message
    assert scripted.closed.is_set()


def test_passages_wait_behind_questions_and_have_no_hurry(scripted: Scripted) -> None:
    embed = PatientEmbedder(scripted, patience_s=WAIT_S, loading_s=WAIT_S)
    made: list[object] = []
    scripted.may_answer.clear()
    asking = threading.Thread(target=lambda: embed("first"))
    asking.start()
    until(lambda: scripted.asked == ["first"])
    reading = threading.Thread(target=lambda: made.append(embed.passages(["page", "sheet"])))
    reading.start()
    until(lambda: len(embed._passages) == 1)
    second = threading.Thread(target=lambda: embed("second"))
    second.start()
    until(lambda: len(embed._questions) == 1)
    scripted.may_answer.set()
    for thread in (asking, reading, second):
        thread.join(WAIT_S)
    assert scripted.asked == ["first", "second", "page", "sheet"]
    assert made == [[[4.0], [5.0]]]
    embed.close()
    assert embed.passages(["page"]) is None


def test_passages_that_fail_leave_the_questions_alone(scripted: Scripted) -> None:
    embed = PatientEmbedder(scripted, patience_s=WAIT_S, loading_s=WAIT_S)
    assert embed("oil") == [3.0]
    scripted.refuses = EngineFailure("the engine failed to embed 3 tokens")
    assert embed.passages(["page"]) is None
    scripted.refuses = None
    assert embed.problem is None
    assert embed("torque") == [6.0]
    embed.close()
