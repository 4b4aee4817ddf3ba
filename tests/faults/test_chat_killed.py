"""The assistant in a terminal: killed, two on one history, and on a full disk."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from fieldkit.chat.paths import HISTORY
from fieldkit.chat.session import SAVE_EVERY_S
from fieldkit.chat.store import Store
from tests.bench.deployment import deploy
from tests.faults.test_full_disk import can_mount
from tests.paced import number_of
from tests.terminal import Terminal

RATE = 20  # tokens a second
SMALL_DISK = (
    *("unshare", "-rm", "sh", "-c"),
    'mount -t tmpfs -o size=160k small "$1" && shift && exec "$@"',
    "sh",
)
LOST = int(SAVE_EVERY_S * RATE) + 1  # tokens that come between two saves, and one on its way

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A release; the scripted engine looks at no model."""
    (tmp_path / "release").mkdir()
    return deploy(tmp_path / "release", tmp_path / "no-model.gguf").folder


def chat(release: Path, data: Path, *, tokens: int, within: Sequence[str] = ()) -> Terminal:
    command = [
        *within,
        *([str(data)] if within else []),
        *(sys.executable, "-m", "tests.paced", release, f"--rate={RATE}", f"--tokens={tokens}"),
    ]
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "HOME": str(data),
        "FIELDKIT_DATA_DIR": str(data),
        "FIELDKIT_LANGUAGE": "en",
        "LANG": "C.UTF-8",
    }
    return Terminal(command, env=env)


def history(data: Path) -> Path:
    """The one history below the user's data."""
    (found,) = data.rglob(Path(HISTORY).name)
    return found


def test_kill_9_in_the_middle_of_an_answer_keeps_all_but_the_last_moment(
    release: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with chat(release, data, tokens=2000) as terminal:
        terminal.wait_for("ready")
        terminal.type("what torque?\r")
        shown = terminal.wait_for(lambda text: number_of(text) >= 40)
        terminal.process.kill()
        terminal.process.wait()
    with closing(Store(history(data))) as store:
        (turn,) = store.load(store.conversations()[0].id)
        assert turn.finish == ""
        assert number_of(turn.answer) >= number_of(shown) - LOST
        assert [hit.turn for hit in store.search("crosswise")] == [turn.id], "and it is found"


def test_two_chats_on_one_history_keep_both_conversations_whole(
    release: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with ExitStack() as stack:
        both = [stack.enter_context(chat(release, data, tokens=60)) for _ in range(2)]
        for terminal in both:
            terminal.wait_for("ready")
        for number, terminal in enumerate(both):
            terminal.type(f"question {number}?\r")
        for terminal in both:
            terminal.wait_for(lambda text: number_of(text) == 60)
            terminal.wait_for("ready")
            terminal.type("\x11")
            assert terminal.wait() == 0
    with closing(Store(history(data))) as store:
        kept = [store.load(entry.id) for entry in store.conversations()]
    assert sorted(turn.question for (turn,) in kept) == ["question 0?", "question 1?"]
    assert {turn.finish for (turn,) in kept} == {"stop"}
    assert kept[0][0].answer == kept[1][0].answer
    with closing(sqlite3.connect(history(data))) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(not can_mount(), reason="cannot mount a small file system here")
def test_a_full_disk_is_told_and_the_conversation_stays_on_the_screen(
    release: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "data"
    disk.mkdir()
    with chat(release, disk, tokens=200, within=SMALL_DISK) as terminal:
        terminal.wait_for("ready")
        terminal.type("what torque?\r")
        terminal.wait_for(lambda text: "cannot be used" in text or "disk is full" in text)
        terminal.wait_for("first word after")
        terminal.type("\x1b[H")
        terminal.wait_for("Tighten=b")
        terminal.type("\x11")
        assert terminal.wait() == 0
