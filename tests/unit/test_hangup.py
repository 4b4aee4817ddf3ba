"""The assistant does not outlive its terminal."""

from __future__ import annotations

import os
import threading

import pytest

from fieldkit.chat.hangup import watched

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@pytest.fixture
def happened() -> list[str]:
    return []


def test_a_terminal_that_goes_ends_the_assistant_after_closing_it(happened: list[str]) -> None:
    master, slave = os.openpty()
    left = threading.Event()

    def leave() -> None:
        happened.append("left")
        left.set()

    with watched(slave, lambda: happened.append("closed"), leave=leave, every_s=0.01):
        os.close(master)
        assert left.wait(30)
    os.close(slave)
    assert happened == ["closed", "left"]


def test_a_terminal_that_stays_ends_nothing(happened: list[str]) -> None:
    master, slave = os.openpty()
    with watched(slave, lambda: happened.append("closed"), every_s=0.001):
        for _ in range(3):
            os.write(slave, b"x")
            os.read(master, 1)
    os.close(slave)
    os.close(master)
    assert not happened


def test_what_is_no_terminal_is_not_watched(happened: list[str]) -> None:
    reading, writing = os.pipe()
    before = threading.active_count()
    with watched(reading, lambda: happened.append("closed"), every_s=0.001):
        assert threading.active_count() == before
    os.close(reading)
    os.close(writing)
    assert not happened
