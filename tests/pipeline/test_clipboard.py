"""The child that reaches the clipboard, with programs that answer, fail or hang."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import pytest

from fieldkit.engine.child import own_command
from fieldkit.machine.clipboard import SystemClipboard

pytestmark = pytest.mark.skipif(os.name != "posix", reason="xclip is a program of X11")

# Like the real one: takes text over into a process that lives on, with the pipes it was given.
WORKS = """#!/bin/sh
case "$*" in
*-o*) cat "$HELD" ;;
*) cat > "$HELD"; sleep 30 & echo $! > "$HELD.pid" ;;
esac
"""
FAILS = '#!/bin/sh\necho "Error: Can\'t open display: :9" >&2\nexit 1\n'
HANGS = '#!/bin/sh\necho $$ > "$HELD.pid"\nsleep 100\n'


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "held"
    monkeypatch.setenv("HELD", str(path))
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return path


def system(held: Path, script: str, timeout_s: float = 30.0) -> SystemClipboard:
    program = held.parent / "xclip"
    program.write_text(script)
    program.chmod(0o755)
    return SystemClipboard(own_command("clipboard"), timeout_s=timeout_s)


def left(held: Path) -> int:
    """The process a script told of."""
    return int(held.with_name("held.pid").read_text())


def running(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_text_goes_there_and_back(held: Path) -> None:
    clipboard = system(held, WORKS)
    began = time.monotonic()
    assert clipboard.copy("Ø 320 Nm; $(rm -rf /)\nleft")
    assert time.monotonic() - began < 25, "who holds the clipboard lives on and is not waited for"
    assert held.read_text() == "Ø 320 Nm; $(rm -rf /)\nleft"
    assert clipboard.paste() == "Ø 320 Nm; $(rm -rf /)\nleft"
    psutil.Process(left(held)).kill()


def test_a_program_that_fails_has_copied_nothing(
    held: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clipboard = system(held, FAILS)
    assert clipboard.copy("x") is False
    assert not clipboard.paste()
    assert capfd.readouterr() == ("", ""), "nothing reaches the terminal"


def test_a_display_that_does_not_answer_is_left(held: Path) -> None:
    for timeout_s in (3.0, 12.0, 40.0):  # a busy machine may need as long to start the program
        clipboard = system(held, HANGS, timeout_s=timeout_s)
        assert clipboard.copy("x") is False
        if held.with_name("held.pid").exists():
            break
    deadline = time.monotonic() + 60  # it was killed, and ends when its turn comes
    while running(left(held)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_display_no_clipboard(held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    clipboard = system(held, WORKS)
    assert clipboard.copy("x") is False
    assert clipboard.paste() is None
