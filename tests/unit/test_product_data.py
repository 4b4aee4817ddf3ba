"""The data of each assistant of an account, what earlier versions shared, and what is removed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import product_data, purging
from fieldkit.chat import preferences
from fieldkit.chat.paths import HISTORY
from fieldkit.chat.store import Store
from fieldkit.console import Console
from fieldkit.core.release import Assistant
from fieldkit.errors import UsageProblem
from fieldkit.install.layout import Layout
from tests.fakes import ASSISTANT

PUMP = replace(ASSISTANT, name="Pump Helper", product="Ridge/pump")
BOILER = replace(ASSISTANT, name="Boiler Helper", product="Ridge/boiler")
CRANE = replace(ASSISTANT, name="Crane Helper", product="Other/pump")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def shared(root: Path) -> Path:
    """What an earlier version left: a history that is open, documents, a person, a token."""
    store = Store(root / HISTORY)
    store.append(store.create("What torque?"), "What torque?")
    for name in ("documents/files/notes.md", "serve/token", "preferences.json", "people/x/y.json"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"language": "es"}')
    (root / "experience.json").write_text("a machine's")
    return root


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")  # SQLite's locks
    }


def questions(folder: Path) -> list[str]:
    with sqlite3.connect(folder / HISTORY) as database:
        return [question for (question,) in database.execute("SELECT question FROM turns")]


def use(assistant: Assistant, question: str) -> Path:
    folder = product_data.prepare(assistant)
    store = Store(folder / HISTORY)
    store.append(store.create(question), question)
    store.close()
    return folder


def layout_of(assistant: Assistant, prefix: Path) -> Layout:
    layout = Layout(prefix)
    layout.current.mkdir(parents=True)
    (layout.current / "assistant.json").write_text(assistant.to_json())
    return layout


def test_each_assistant_has_a_folder_of_its_own_for_all_its_versions(root: Path) -> None:
    keys = [product_data.key_of(each) for each in (PUMP, BOILER, CRANE)]
    assert len(set(keys)) == 3
    assert keys[0].startswith("pump-")
    assert keys[2].startswith("pump-")
    renamed = replace(PUMP, name="Pump Helper 2", context=2048)
    assert product_data.key_of(renamed) == keys[0]
    odd = replace(PUMP, product="", name="../../etc/\u6cf5 \x1b[2J")
    assert product_data.folder_of(odd).parent == root / "assistants"


def test_purging_one_leaves_the_others_as_they_were(root: Path, tmp_path: Path) -> None:
    pump, boiler, crane = (use(each, f"{each.name}?") for each in (PUMP, BOILER, CRANE))
    before = content(boiler), content(crane)
    layout = layout_of(PUMP, tmp_path / "prefix")
    data = purging.data_of(layout)
    assert data is not None
    data.remove()
    assert not pump.exists()
    assert (content(boiler), content(crane)) == before
    assert purging.data_of(layout) is None, "there is nothing left to purge"


def test_it_says_what_it_removes_and_asks(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(PUMP, "studs?")
    use(BOILER, "drum?")
    data = purging.data_of(layout_of(PUMP, tmp_path / "prefix"))
    assert data is not None
    with pytest.raises(UsageProblem, match="nobody can answer"):
        purging.confirmed(data, Console(), yes=False)
    said = capsys.readouterr().err
    assert "what Pump Helper keeps of you" in said
    assert "conversations: 1 file" in said
    assert "Other assistants keep theirs: boiler-" in said
    assert purging.confirmed(data, Console(), yes=True)

    class Person:
        def __init__(self, answer: str) -> None:
            self.answer = answer

        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return self.answer

    for answer, meant in (("yes\n", True), ("y\n", False), ("", False), ("no\n", False)):
        monkeypatch.setattr("sys.stdin", Person(answer))
        assert purging.confirmed(data, Console(), yes=False) is meant


def test_what_was_shared_is_copied_to_each_and_stays(shared: Path) -> None:
    before = content(shared)
    pump, boiler = product_data.prepare(PUMP), product_data.prepare(BOILER)
    for folder in (pump, boiler):
        assert questions(folder) == ["What torque?"]
        assert (folder / "documents/files/notes.md").is_file()
        assert preferences.load(folder / "preferences.json").language == "es"
        assert not (folder / "experience.json").exists(), "the machine's, not an assistant's"
        if os.name == "posix":
            modes = {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*") if p.is_file()}
            assert modes == {0o600}
    assert {name: before[name] for name in before} == {
        name: text for name, text in content(shared).items() if name in before
    }
    use(PUMP, "only here")
    product_data.prepare(PUMP)
    assert questions(pump) == ["What torque?", "only here"], "it is copied once"
    assert questions(boiler) == ["What torque?"]


class Killed(BaseException):
    """The process ended here."""


def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Prepare the data; the process ends at its ``number``-th change of the disk, if it comes."""
    left = number

    def ending(real: Callable[..., object]) -> Callable[..., object]:
        def call(*words: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return real(*words, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", ending(shutil.copyfile))
        for name in ("fsync", "mkdir", "open", "rename"):
            patch.setattr(os, name, ending(getattr(os, name)))
        patch.setattr(shutil, "rmtree", lambda *_words, **_options: None)
        try:
            product_data.prepare(PUMP)
        except Killed:
            return True
        return False


def test_a_copy_that_is_killed_anywhere_loses_nothing(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = product_data.folder_of(PUMP)
    number = 1
    while killed_at(number, monkeypatch):
        if folder.exists():
            assert questions(folder) == ["What torque?"], "it appears whole or not at all"
            shutil.rmtree(folder)
        number += 1
    assert number > 10
    assert questions(product_data.prepare(PUMP)) == ["What torque?"]
    assert questions(shared) == ["What torque?"]


def test_a_folder_that_cannot_be_written_ends_nothing(root: Path) -> None:
    root.write_text("a file where the folder should be")
    assert product_data.prepare(PUMP) == product_data.folder_of(PUMP)


def test_nothing_is_written_before_there_is_something_to_keep(root: Path) -> None:
    product_data.prepare(PUMP)
    assert not root.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("odd", ["pipe", "nested", "huge"])
def test_an_odd_preferences_file_stops_no_start(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "preferences.json"
    if odd == "pipe":
        os.mkfifo(path)
    else:
        path.write_text("[" * 100_000 if odd == "nested" else " " * (1 << 20))
    assert preferences.load(path) == preferences.Preferences()
