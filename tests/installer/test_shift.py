"""A technician's whole shift with the installed assistant, in a terminal, without network."""

from __future__ import annotations

import base64
import os
import re
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.installer.demo_release import OFFLINE, Installed, works
from tests.terminal import Terminal

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("release"),
]

SIZES = [(80, 24), (60, 20)]
LONG = "How do I isolate the mud pump?"  # the demo model says a lot about it
TORQUE = "What torque do the fluid end studs need?"
LAST = "How tight is the piston nut?"
STRACE = ["strace", "-f", "-qq", "-e", "trace=socket,execve", "-o"]

ENTER, ESC, TAB = "\r", "\x1b", "\t"
CTRL_O, CTRL_Q, CTRL_U, CTRL_Y = "\x0f", "\x11", "\x15", "\x19"
F4, F8, F9 = "\x1bOS", "\x1b[19~", "\x1b[20~"
SOURCE_2 = "\x1b2"  # Alt+2


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def open_chat(
    request: pytest.FixtureRequest, installed: Installed, home: Path
) -> Callable[..., Terminal]:
    columns, rows = request.param

    def start(*wrapper: str) -> Terminal:
        command = [*(wrapper or OFFLINE), installed.program]
        env = {**installed.env, "HOME": str(home)}
        return Terminal(command, env=env, columns=columns, rows=rows)

    return start


def flat(text: str) -> str:
    """What is on the screen as one line, without frames."""
    return " ".join(re.sub(r"[│╭╮╰╯─█▌▏▎▇▆▅▄▃▂▁]", " ", text).split())


def wait_for(terminal: Terminal, *words: str) -> str:
    """Wait until all of ``words`` are on the screen, however they are wrapped."""
    return flat(terminal.wait_for(lambda text: all(word in flat(text) for word in words)))


def without_marks(text: str) -> str:
    """``text`` without the numbers of sources, which the check adds as sentences end."""
    return re.sub(r" \[\d\]", "", text)


def say(terminal: Terminal, text: str) -> None:
    terminal.type(text + ENTER)


def ask(terminal: Terminal, question: str, *words: str) -> str:
    """Ask, and wait for ``words`` and the end of the answer."""
    say(terminal, question)
    return wait_for(terminal, *words, "first word after")


class History:
    """The history on disk, as another program sees it."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        found = list(self._home.rglob("conversations.sqlite3"))
        if not found:
            return []
        database = sqlite3.connect(f"{found[0].as_uri()}?mode=ro", uri=True)
        try:
            return database.execute(statement).fetchall()
        finally:
            database.close()

    def turns(self) -> list[tuple[object, ...]]:
        return self.rows("SELECT conversation, question, answer, finish FROM turns ORDER BY id")


def processes(terminal: Terminal) -> tuple[psutil.Process, psutil.Process]:
    """The assistant and its engine, whatever wraps them."""
    assistant = psutil.Process(terminal.process.pid)
    while assistant.name() != "fieldkit":
        (assistant,) = assistant.children()
    (engine, *_others) = assistant.children()
    return assistant, engine


@contextmanager
def slowed(engine: psutil.Process) -> Iterator[None]:
    """A laptop on which an answer takes seconds: the engine runs a tenth of the time."""
    done = threading.Event()

    def hold_back() -> None:
        while not done.wait(0.004):
            engine.suspend()
            done.wait(0.04)
            engine.resume()

    thread = threading.Thread(target=hold_back)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if engine.is_running():
            engine.resume()


def copied(terminal: Terminal) -> list[str]:
    """What the terminal was told to put on its clipboard."""
    found = re.findall(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", terminal.output)
    return [base64.b64decode(text).decode() for text in found]


def named(home: Path, pattern: str) -> list[Path]:
    return sorted(home.rglob(pattern))


def test_a_whole_shift(open_chat: Callable[..., Terminal], home: Path, tmp_path: Path) -> None:
    history = History(home)
    trace = tmp_path / "trace"
    wrapper = [*STRACE, str(trace)] if works([*STRACE, "/dev/null"]) else []

    with open_chat(*wrapper) as terminal:
        wait_for(terminal, "Ridge Assistant", "ready")

        # Ask, watch the answer being written, stop it.
        with slowed(processes(terminal)[1]):
            say(terminal, LONG)
            wait_for(terminal, "answering", "Isolate the mud pump")
            terminal.type(ESC)
            wait_for(terminal, "stopped")
        ((conversation, question, begun, finish),) = history.turns()
        assert (question, finish) == (LONG, "aborted")
        assert str(begun).startswith("Isolate")

        # Change the question; the new answer is in its place.
        terminal.type(F4)
        wait_for(terminal, "Changing the last question")
        terminal.type(CTRL_U)
        ask(terminal, TORQUE, "320 Nm [2]")
        assert [turn[:2] for turn in history.turns()] == [(conversation, TORQUE)]
        answer = str(history.turns()[0][2])

        # Read the source: the page, with the passage told apart; the next page; back.
        terminal.type(SOURCE_2)
        row = re.compile("\u258c Fluid end studs +M30x3[.]5 +320 Nm")  # marked, and still a row
        terminal.wait_for(lambda text: "page 7 of" in text and bool(row.search(text)))
        terminal.type("\x1b[C")
        wait_for(terminal, "page 8 of")
        terminal.type(ESC)
        wait_for(terminal, "Ask the manuals")

        # Copy the answer: the terminal gets it, and nothing else.
        terminal.type(CTRL_Y)
        terminal.wait_for(lambda _text: bool(copied(terminal)))
        (clip,) = copied(terminal)
        assert clip.startswith("The manual says (PX-204 rev C, p. 7")
        assert without_marks(answer) in without_marks(clip)
        assert "[2] PX-204 rev C, p. 7, Torque table" in clip

        # Search without an answer, give the conversation a name, find it again.
        say(terminal, "/search gas detector calibration")
        wait_for(terminal, "This is what the manuals hold", "SD-7")
        say(terminal, "/rename Night shift")
        terminal.wait_for(
            lambda _text: history.rows("SELECT title FROM conversations") == [("Night shift",)]
        )
        say(terminal, "/find fluid end")
        wait_for(terminal, "Night shift", "Enter resumes")
        terminal.type(ESC)
        terminal.wait_for(lambda text: "Enter resumes" not in flat(text))
        terminal.type(ESC)
        wait_for(terminal, "Ask the manuals")

        # Files for those who come next.
        say(terminal, "/export night")
        terminal.wait_for(lambda _text: bool(named(home, "night.md")))
        terminal.type(F9)
        terminal.wait_for(lambda _text: len(named(home, "*.md")) == 2)
        terminal.type(CTRL_Q)
        assert terminal.wait() == 0
    exported, handover = (
        path.read_text()
        for path in sorted(named(home, "*.md"), key=lambda path: path.name != "night.md")
    )
    for text in (exported, handover):
        assert "320 Nm" in text
        assert "PX-204 rev C, p. 7" in text

    # The next day: the same conversation goes on.
    with open_chat() as terminal:
        wait_for(terminal, "Ridge Assistant", "ready")
        terminal.type(CTRL_O)
        wait_for(terminal, "Night shift", "Enter resumes")
        terminal.type(ENTER)
        terminal.wait_for(lambda text: "Enter resumes" not in flat(text))
        wait_for(terminal, "SD-7 rev D, p. 4")
        say(terminal, LAST)
        terminal.wait_for(lambda _text: history.turns()[-1][1::2] == (LAST, "stop"))
        terminal.type(CTRL_Q)
        assert terminal.wait() == 0
    assert {turn[0] for turn in history.turns()} == {conversation}
    assert [history.turns()[at][1] for at in (0, -1)] == [TORQUE, LAST]
    if wrapper:
        assert re.findall(r"AF_INET6?|AF_NETLINK|AF_PACKET", trace.read_text()) == []


def test_what_was_said_before_a_kill_is_there_again(
    open_chat: Callable[..., Terminal], home: Path
) -> None:
    history = History(home)
    with open_chat() as terminal:
        wait_for(terminal, "Ridge Assistant", "ready")
        assistant, engine = processes(terminal)
        with slowed(engine):
            say(terminal, LONG)
            said = "Isolate the mud pump. Put"
            terminal.wait_for(
                lambda text: "answering" in text and said in without_marks(flat(text))
            )
            # What a person has read is on disk a moment later.
            terminal.wait_for(lambda _text: str(history.turns()[0][2]).startswith(said))
            os.kill(assistant.pid, signal.SIGKILL)
            terminal.wait()
        psutil.wait_procs([engine], timeout=30)
        assert not engine.is_running(), "the engine goes with its assistant"
    ((_, _, kept, finish),) = history.turns()
    assert finish != "stop"

    with open_chat() as terminal:
        wait_for(terminal, "Ridge Assistant", "ready")
        terminal.type(CTRL_O)
        wait_for(terminal, "isolate the mud pump", "Enter resumes")
        terminal.type(ENTER)
        words = without_marks(" ".join(str(kept).split()))
        terminal.wait_for(lambda text: words in without_marks(flat(text)) and "interrupted" in text)
        terminal.type(CTRL_Q)
        assert terminal.wait() == 0
