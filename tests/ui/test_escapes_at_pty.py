"""What reaches a real terminal is what the assistant says, whoever else would speak to it."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path

import pytest
from textual.widget import Widget

import fieldkit.chat.screens
import fieldkit.chat.widgets
from fieldkit.errors import ExitCode
from tests.hostile import ALL, CORPUS, MARK, Told
from tests.terminal import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("escapes"),  # what was sent is told once for all of them
]

ENTER, ESC, TAB, UP, DOWN, RIGHT = "\r", "\x1b", "\t", "\x1b[A", "\x1b[B", "\x1b[C"
CTRL_O, CTRL_P, CTRL_Q, CTRL_U, CTRL_Y = "\x0f", "\x10", "\x11", "\x15", "\x19"
F1, F8, F12 = "\x1bOP", "\x1b[19~", "\x1b[24~"
LINES = (
    "Question", "/sources", "/page 1", "/model", "/model 1", "/find earlier", "/conversations",
    "/documents", "/who", "/export x", "/export x", "no", "/rename Other", "/search words",
    "again?", "/quit",
)  # fmt: skip
BASES = {"ListeningScreen", "ToolsScreen", "SharingScreen", "ShelvingScreen", "Dialog"}


def start(folder: Path, what: str, *options: str, size: tuple[int, int] = (80, 24)) -> Terminal:
    folder.mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-m", "tests.ui.hostile_app", folder, what, *options]
    return Terminal(command, env=env, columns=size[0], rows=size[1])


def ours() -> set[str]:
    """Every class of screens and widgets of the chat."""
    found = set()
    for package in (fieldkit.chat.screens, fieldkit.chat.widgets):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in vars(importlib.import_module(module.name)).values():
                is_widget = isinstance(value, type) and issubclass(value, Widget)
                if is_widget and value.__module__ == module.name:
                    found.add(value.__name__)
    return found - BASES


def pasted(text: str) -> str:
    """As a terminal passes it on: all of them take the C0 controls out, none the others."""
    let_through = "".join(char for char in text if char >= " ")
    return f"\x1b[200~{let_through}\x1b[201~"


def wait_for(terminal: Terminal, *words: str, gone: str = "") -> None:
    def shown(text: str) -> bool:
        flat = " ".join(text.split())
        return all(word in flat for word in words) and not (gone and gone in flat)

    terminal.wait_for(shown)


def press(terminal: Terminal, *keys: str) -> None:
    """One key after the other, as a person presses them."""
    for key in keys:
        terminal.type(key)
        terminal.settle()


def visit(terminal: Terminal, harm: str) -> None:
    """Go through every screen; ``harm`` is what the technician pastes from elsewhere."""
    wait_for(terminal, "Assistant", "ready")

    # A question from the clipboard of another program, and an answer of one character at a time.
    terminal.type(pasted(f"Pasted {harm}"))
    wait_for(terminal, "Pasted")
    terminal.type(ENTER)
    wait_for(terminal, "first word after")
    terminal.type(CTRL_Y)
    terminal.wait_for(lambda _text: b"\x1b]52" in terminal.received)

    # The sources, the page, the pages around it.
    while "Esc closes" not in terminal.screen.text:
        press(terminal, TAB, DOWN, ENTER)
    wait_for(terminal, "Torque 320 Nm")
    terminal.type(RIGHT)
    wait_for(terminal, "Page eight")
    terminal.type("p")
    wait_for(terminal, "zoom")
    terminal.type(ESC)
    wait_for(terminal, gone="zoom")
    terminal.type(ESC)
    wait_for(terminal, gone="Esc closes")

    for key, word in ((F1, "Esc closes"), (F12, "Esc closes"), (CTRL_P, "Search for an action")):
        terminal.type(key)
        wait_for(terminal, word)
        terminal.type(ESC)
        wait_for(terminal, "first word after", gone=word)

    press(terminal, ESC)  # back to the input

    # Titles, the list of conversations, finding, renaming, deleting.
    terminal.type(pasted(f"/rename Renamed {harm}") + ENTER)
    terminal.settle()
    terminal.type(CTRL_O)
    wait_for(terminal, "Renamed", "Earlier")
    press(terminal, "/", pasted(f"earlier {harm}"))
    wait_for(terminal, "earlier")
    press(terminal, ESC, ESC)
    wait_for(terminal, "first word after")
    for command, word in (
        ("/delete", "for good?"),
        ("/who", "People"),
        ("/documents", "Your own documents"),
        ("/wrong", "What is wrong"),
        ("/keys", "Keys"),
    ):
        terminal.type(command + ENTER)
        wait_for(terminal, word)
        terminal.type(ESC)
        wait_for(terminal, gone=word)

    # Files: a hostile name, a name that is taken, one that cannot be.
    press(terminal, pasted(f"/export name {harm[:40].replace('/', '')}"), ENTER)
    press(terminal, "/export again", ENTER, "/export again", ENTER)
    wait_for(terminal, "Y: yes")  # the question may be broken anywhere
    terminal.type(ESC)
    wait_for(terminal, gone="Y: yes")
    press(terminal, pasted(f"/export /dev/null/{harm[:20]}"), ENTER, CTRL_U)

    # A question asked before, and a conversation of before.
    press(terminal, UP, CTRL_U)
    terminal.type(CTRL_O)
    wait_for(terminal, "Earlier")
    press(terminal, DOWN, ENTER)
    wait_for(terminal, gone="Enter resumes")
    terminal.type(CTRL_Q)
    assert terminal.wait() == 0


@pytest.fixture(scope="module", params=[(80, 24), (120, 40)], ids=lambda s: f"{s[0]}x{s[1]}")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Told]:
    """What reached the terminal from the harmless and from the hostile ones, by name."""
    folder = tmp_path_factory.mktemp("escapes")
    found = {}
    for what, harm in (("harmless", "harm"), ("hostile", ALL)):
        with start(folder / what, what, size=request.param) as terminal:
            visit(terminal, harm)
        found[what] = Told(terminal.received)
        assert ours() <= set(json.loads((folder / what / "seen").read_text()))
    return found


def test_no_sequence_of_the_corpus_reaches_the_terminal(told: dict[str, Told]) -> None:
    assert told["hostile"].marked == []
    assert told["hostile"].stray == []


def test_what_is_sent_is_of_the_kinds_that_harmless_text_sends(told: dict[str, Told]) -> None:
    assert told["harmless"].commands.total() > 100
    assert set(told["hostile"].commands) <= set(told["harmless"].commands)


def test_what_is_copied_is_clean(told: dict[str, Told]) -> None:
    (copied,) = told["hostile"].copied
    assert "Said" in copied
    assert MARK in copied
    assert all(char.isprintable() or char in "\n\t" for char in copied)


def test_in_lines_nothing_but_text_is_sent(tmp_path: Path) -> None:
    with start(tmp_path / "lines", "hostile", "--plain") as terminal:
        terminal.wait_for(lambda _text: b"/help" in terminal.received)
        for line in LINES:
            terminal.type(line + ENTER)
        assert terminal.wait() == ExitCode.DEFECT, "the engine's end"
    told = Told(terminal.received)
    assert told.commands.total() == 0
    assert told.stray == []
    for word in ("Said", "Page seven", "Earlier", "Licence", "Own"):
        assert word.encode() in terminal.received, word


@pytest.mark.parametrize("name", CORPUS)
def test_the_check_finds_each_of_the_corpus(name: str) -> None:
    """It would be seen, were it sent."""
    raw = CORPUS[name].encode("utf-8", "surrogateescape")
    try:
        found = Told(raw)
    except UnicodeDecodeError:
        return
    assert found.marked or found.stray or found.copied
