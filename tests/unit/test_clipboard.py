"""The system's clipboard: in a child, sanitized, in order, and never believed without a look."""

from __future__ import annotations

import io
import sys
import threading
from types import SimpleNamespace

import pyperclip
import pytest

from fieldkit.chat.clipboard import Clips, pasted
from fieldkit.machine import clipboard
from fieldkit.machine.clipboard import SystemClipboard, main

DEADLINE_S = 30.0


class Held:
    """A clipboard that pyperclip might have found; ``shows`` makes something else of a text."""

    def __init__(self, shows: str | None = None) -> None:
        self.text = ""
        self._shows = shows

    def copy(self, text: str) -> None:
        self.text = text

    def paste(self) -> str:
        return self.text if self._shows is None else self._shows


def child(
    monkeypatch: pytest.MonkeyPatch, direction: str, held: Held, given: bytes = b""
) -> tuple[int, bytes]:
    """What the child would say about ``held``: its exit code and its output."""
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    monkeypatch.setattr(pyperclip, "copy", held.copy)
    monkeypatch.setattr(pyperclip, "paste", held.paste)
    monkeypatch.setattr(clipboard, "_AGAIN_S", 0)
    return main(direction), out.getvalue()  # type: ignore[arg-type]  # as the parser gives it


def test_only_what_can_be_read_back_counts_as_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Ø 320 Nm\nleft"
    held = Held()
    assert child(monkeypatch, "copy", held, text.encode()) == (0, b"")
    assert held.text == text
    assert child(monkeypatch, "copy", Held("Ø 320 Nm\r\nleft\n"), text.encode())[0] == 0
    assert child(monkeypatch, "copy", Held("before"), text.encode())[0] != 0
    assert child(monkeypatch, "paste", held) == (0, text.encode())


def test_a_machine_without_a_clipboard_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held()

    def nothing(*_text: str) -> str:
        raise pyperclip.PyperclipException("no mechanism")

    held.copy = held.paste = nothing  # type: ignore[method-assign,assignment]
    assert child(monkeypatch, "copy", held, b"x")[0] != 0
    assert child(monkeypatch, "paste", held)[0] != 0


def test_no_child_no_clipboard() -> None:
    system = SystemClipboard(["/nonexistent/program"])
    assert system.copy("x") is False
    assert system.paste() is None


def test_programs_of_the_system_get_their_own_libraries_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for before, after in (("/usr/local/lib", "/usr/local/lib"), (None, None)):
        monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/app/_internal")
        monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
        if before:
            monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
        clipboard._as_before_freezing()
        assert clipboard.os.environ.get("LD_LIBRARY_PATH") == after


class Slow:
    """A clipboard that answers when it is let to."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.copied: list[str] = []

    def copy(self, text: str) -> bool:
        assert self.go.wait(DEADLINE_S)
        self.copied.append(text)
        return True

    def paste(self) -> str | None:
        return "a\x1b]52;c;x\x07b\r\nc\x9b"


def test_copies_keep_nobody_waiting_and_their_order() -> None:
    slow, told, ended = Slow(), [], threading.Event()
    clips = Clips(slow)
    clips.copy("one\x1b[31m", told.append)
    clips.copy("two", told.append)
    clips.paste(lambda text: (told.append(text), ended.set()))
    assert told == [], "the caller went on"
    slow.go.set()
    assert ended.wait(DEADLINE_S)
    assert slow.copied == ["one[31m", "two"]
    assert told == [True, True, "a]52;c;xb\nc"]


def test_without_a_clipboard_nothing_is_claimed() -> None:
    told: list[object] = []
    clips = Clips(None)
    clips.copy("one", told.append)
    clips.paste(told.append)
    assert told == [False, ""]
    assert pasted("a\rb\r\nc") == "a\nb\nc"
