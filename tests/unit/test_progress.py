"""How a build narrates: plain lines where nobody watches, a bar on a terminal."""

from __future__ import annotations

import io

import pytest

from fieldkit.console import Console
from fieldkit.packager import progress as module
from fieldkit.packager.progress import Progress, duration, size


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def narrate(stream: io.StringIO, clock: Clock) -> Progress:
    """A step of 20 s that reports each second, 50 MB a second."""
    progress = Progress(Console(io.StringIO(), stream))
    with progress.step("media", "to the stick"):
        for second in range(1, 21):
            clock.now += 1
            progress.advance(second * 50e6, 1000e6, "bytes")
        progress.detail("one blob")
    return progress


def test_where_nobody_watches_there_are_few_plain_lines(clock: Clock) -> None:
    stream = io.StringIO()
    narrate(stream, clock)
    lines = stream.getvalue().splitlines()
    assert "\x1b" not in stream.getvalue()
    assert "\r" not in stream.getvalue()
    assert lines == [
        "media      to the stick",
        "media       50%  500/1,000 MB  50.0 MB/s  10 s left",
        "media      100%  1,000/1,000 MB  50.0 MB/s  0 s left",
        "           one blob",
    ]


def test_on_a_terminal_one_line_is_redrawn_and_then_removed(clock: Clock) -> None:
    stream = Terminal()
    narrate(stream, clock)
    text = stream.getvalue()
    assert text.startswith("media      to the stick\n\r\x1b[K")
    assert "[########--------]  50%  500/1,000 MB  50.0 MB/s  10 s left" in text
    assert text.count("\r\x1b[Kmedia") == 20
    assert text.endswith("\r\x1b[K           one blob\n")
    assert text.count("\n") == 2


def test_a_bar_is_redrawn_at_most_ten_times_a_second(clock: Clock) -> None:
    stream = Terminal()
    progress = Progress(Console(io.StringIO(), stream))
    with progress.step("quantize", "to Q4_K_M"):
        for done in range(1000):
            clock.now += 0.001
            progress.advance(done, 1000, "tensors")
    assert 8 <= stream.getvalue().count("tensors/s") <= 10


def test_the_bar_does_not_survive_a_failure(clock: Clock) -> None:
    stream = Terminal()
    progress = Progress(Console(io.StringIO(), stream))

    def interrupted() -> None:
        with progress.step("quantize", "to Q4_K_M"):
            clock.now += 1
            progress.advance(1, 2, "tensors")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_an_unknown_total_is_not_shown_as_a_share(clock: Clock) -> None:
    stream = Terminal()
    progress = Progress(Console(io.StringIO(), stream))
    with progress.step("engine", "portable engine"):
        clock.now += 20
        progress.advance(0, 0, "files")
    assert stream.getvalue() == "engine     portable engine\n"


def test_the_seconds_of_each_step_are_kept(clock: Clock) -> None:
    progress = narrate(io.StringIO(), clock)
    with progress.step("record", "what was decided"):
        clock.now += 0.25
    assert progress.seconds == {"media": 20.0, "record": 0.25}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (125, "2 min 05 s"), (3780, "1 h 03 min")],
)
def test_durations_read_naturally(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_340_000_000, "2.3 GB"), (5e12, "5000.0 GB")],
)
def test_sizes_are_decimal(count: float, text: str) -> None:
    assert size(count) == text


def test_a_bar_says_at_what_it_is_within_the_width_of_the_terminal(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    stream = Terminal()
    progress = Progress(Console(io.StringIO(), stream))
    with progress.step("read", "2 manuals"):
        progress.advance(0, 2, "manuals", "a.md")
        clock.now += 4
        progress.advance(1, 2, "manuals", "b" * 80)
    first, second = stream.getvalue().split("\x1b[K")[1:3]
    assert first == "read       [----------------]   0%  0/2 manuals  a.md\r"
    assert second.startswith("read       [########--------]  50%  1/2 manuals  4 s left  bbb")
    assert len(second.rstrip("\r")) == 69
    assert second.rstrip("\r").endswith("...")
