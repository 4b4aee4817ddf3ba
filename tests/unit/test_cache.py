"""The cache of build steps: an entry is whole or it is not there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fieldkit.packager import cache as module
from fieldkit.packager.cache import Cache, Hashes, file_sha256, key_of

INPUTS = {"model": "abc", "type": "Q4_K_M"}


@pytest.fixture
def steps(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "steps")


def test_an_entry_is_found_by_all_its_inputs_and_in_no_order_of_them(steps: Cache) -> None:
    with steps.make("quantize", INPUTS) as folder:
        (folder / "model.gguf").write_text("int4")
    entry = steps.find("quantize", dict(reversed(INPUTS.items())))
    assert entry is not None
    assert (entry / "model.gguf").read_text() == "int4"
    assert steps.find("measure", INPUTS) is None
    assert steps.find("quantize", INPUTS | {"type": "Q4_0"}) is None
    assert steps.find("quantize", INPUTS | {"engine": "1"}) is None


def test_an_entry_says_what_it_was_made_from(steps: Cache) -> None:
    with steps.make("quantize", INPUTS):
        pass
    entry = steps.find("quantize", INPUTS)
    assert entry is not None
    assert json.loads((entry / ".inputs.json").read_text()) == INPUTS


def test_nothing_is_found_before_the_entry_is_whole(steps: Cache) -> None:
    with steps.make("quantize", INPUTS) as folder:
        (folder / "model.gguf").write_text("half")
        assert steps.find("quantize", INPUTS) is None
    assert steps.find("quantize", INPUTS) is not None


@pytest.mark.parametrize("failure", [RuntimeError("no"), KeyboardInterrupt(), SystemExit(1)])
def test_a_failure_leaves_nothing(steps: Cache, failure: BaseException) -> None:
    def half() -> None:
        with steps.make("quantize", INPUTS) as folder:
            (folder / "model.gguf").write_text("half")
            raise failure

    with pytest.raises(type(failure)):
        half()
    assert steps.find("quantize", INPUTS) is None
    assert list((steps.root / "quantize").iterdir()) == []


def test_ctrl_c_while_the_folder_is_made_leaves_nothing(
    steps: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.mkdir

    def interrupted(path: Path, *arguments: Any, **options: Any) -> None:
        real(path, *arguments, **options)
        if path.name.startswith(".making"):
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt), steps.make("quantize", INPUTS):
        pass
    assert list((steps.root / "quantize").iterdir()) == []


def test_an_entry_that_cannot_be_flushed_is_no_entry(
    steps: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "sync_tree", fail)
    with pytest.raises(OSError, match="No space left"), steps.make("quantize", INPUTS):
        pass
    assert list((steps.root / "quantize").iterdir()) == []


def test_what_was_made_first_stays(steps: Cache) -> None:
    for text in ("first", "second"):
        with steps.make("quantize", INPUTS) as folder:
            (folder / "model.gguf").write_text(text)
    entry = steps.find("quantize", INPUTS)
    assert entry is not None
    assert (entry / "model.gguf").read_text() == "first"


MAKE_FOREVER = """
import sys, time
from pathlib import Path
from fieldkit.packager.cache import Cache
with Cache(Path(sys.argv[1])).make("quantize", {"model": "abc", "type": "Q4_K_M"}) as folder:
    (folder / "model.gguf").write_text("half")
    print("making", flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_after_a_kill_nothing_is_found_and_the_next_run_cleans_up(steps: Cache) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", MAKE_FOREVER, str(steps.root)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == "making\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert steps.find("quantize", INPUTS) is None
    with steps.make("quantize", INPUTS) as folder:
        (folder / "model.gguf").write_text("whole")
    assert [path.name for path in (steps.root / "quantize").iterdir()] == [key_of(INPUTS)]


def test_a_file_is_hashed_again_when_it_changed(tmp_path: Path) -> None:
    known = tmp_path / "hashes.json"
    file = tmp_path / "model.gguf"
    file.write_text("one")
    assert Hashes(known).sha256(file) == file_sha256(file)
    file.write_text("two, longer")
    assert Hashes(known).sha256(file) == file_sha256(file)


def test_a_file_that_did_not_change_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, file = tmp_path / "hashes.json", tmp_path / "model.gguf"
    file.write_text("one")
    expected = Hashes(known).sha256(file)
    monkeypatch.setattr(module, "file_sha256", lambda _path: pytest.fail("was read again"))
    assert Hashes(known).sha256(file) == expected


def test_a_rewrite_of_the_same_size_is_noticed(tmp_path: Path) -> None:
    hashes, file = Hashes(tmp_path / "hashes.json"), tmp_path / "model.gguf"
    file.write_text("one")
    before, stamp = hashes.sha256(file), file.stat().st_mtime_ns
    while file.stat().st_mtime_ns == stamp:  # the file system's clock is coarse
        file.write_text("two")
        time.sleep(0.001)
    assert hashes.sha256(file) != before


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", '{"FILE": 3}', '{"FILE": []}'])
def test_a_damaged_list_of_hashes_is_begun_anew(tmp_path: Path, content: str) -> None:
    known, file = tmp_path / "hashes.json", tmp_path / "model.gguf"
    known.write_text(content.replace("FILE", str(file)))
    file.write_text("one")
    assert Hashes(known).sha256(file) == file_sha256(file)
    assert Hashes(known).sha256(file) == file_sha256(file)


def test_a_tree_is_known_by_its_files_and_their_places(tmp_path: Path) -> None:
    folder = tmp_path / "manuals"
    (folder / "pumps").mkdir(parents=True)
    (folder / "a.md").write_text("a")
    (folder / "pumps" / "b.md").write_text("b")
    tree = Hashes(tmp_path / "hashes.json").tree(folder)
    assert tree == {
        "a.md": file_sha256(folder / "a.md"),
        "pumps/b.md": file_sha256(folder / "pumps" / "b.md"),
    }
