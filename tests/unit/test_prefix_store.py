"""System prompts on disk: where they are kept, for how long, and what is not trusted."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from fieldkit.engine import prefix_store
from fieldkit.engine.prefix_store import LEAST_TOKENS, PrefixStore
from fieldkit.errors import EngineFailure

OWNER = ("model", "engine", "haswell")
PROMPT = list(range(100, 140))
SIZE = 1000


class Cache:
    """Keeps its tokens in the file as text; a file that says anything else is not sound."""

    def __init__(self, tokens: Sequence[int] = ()) -> None:
        self.tokens = list(tokens)
        self.restored: list[Path] = []

    def save(self, path: Path, count: int) -> None:
        path.write_text(repr(self.tokens[:count]).ljust(SIZE))

    def restore(self, path: Path, tokens: Sequence[int]) -> bool:
        self.restored.append(path)
        if path.read_text().strip() != repr(list(tokens)):
            return False
        self.tokens = list(tokens)
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "prompts"


@pytest.fixture
def store(folder: Path) -> PrefixStore:
    return PrefixStore(folder, OWNER)


def keep(store: PrefixStore, tokens: Sequence[int] = PROMPT) -> bool:
    return store.keep(Cache([*tokens, 1, 2, 3]), len(tokens), token_bytes=SIZE // len(tokens))


def entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_what_was_kept_is_restored(store: PrefixStore, folder: Path) -> None:
    assert not store.restore(Cache(), PROMPT)
    assert keep(store)
    cache = Cache()
    assert store.restore(cache, PROMPT)
    assert cache.tokens == PROMPT
    assert len(entries(folder)) == 1
    assert not keep(store)
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("owner", [("model 2", *OWNER[1:]), (*OWNER, "f16"), OWNER[:2]])
def test_another_model_engine_or_setting_has_entries_of_its_own(
    owner: tuple[str, ...], store: PrefixStore, folder: Path
) -> None:
    keep(store)
    cache = Cache()
    assert not PrefixStore(folder, owner).restore(cache, PROMPT)
    assert not cache.restored
    assert keep(PrefixStore(folder, owner))
    assert len(entries(folder)) == 2


def test_another_prompt_has_an_entry_of_its_own(store: PrefixStore) -> None:
    keep(store)
    cache = Cache()
    assert not store.restore(cache, PROMPT[:-1])
    assert not store.restore(cache, [*PROMPT, 1])
    assert not cache.restored


def test_what_is_not_sound_is_removed_and_can_be_kept_again(
    store: PrefixStore, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    keep(store)
    entries(folder)[0].write_text("damaged")
    cache = Cache()
    assert not store.restore(cache, PROMPT)
    assert cache.tokens == []
    assert entries(folder) == []
    assert "removed" in capfd.readouterr().err
    assert keep(store)
    assert store.restore(cache, PROMPT)


def test_a_few_tokens_are_not_worth_a_file(store: PrefixStore, folder: Path) -> None:
    assert not keep(store, PROMPT[: LEAST_TOKENS - 1])
    assert not store.restore(Cache(), [])
    assert not folder.exists()


def test_what_was_used_longest_ago_goes_first(
    store: PrefixStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix_store, "LIMIT_BYTES", 3 * SIZE)
    prompts = [[*PROMPT, number] for number in range(4)]
    for age, prompt in enumerate(prompts[:3]):
        before = set(folder.iterdir()) if folder.exists() else set()
        assert keep(store, prompt)
        (new,) = set(folder.iterdir()) - before
        long_ago = time.time() - 1000 + age
        os.utime(new, (long_ago, long_ago))
    assert store.restore(Cache(), prompts[0])  # used just now
    assert keep(store, prompts[3])
    kept = [store.restore(Cache(), prompt) for prompt in prompts]
    assert kept == [True, False, True, True]


def test_the_store_leaves_most_of_the_disk(
    store: PrefixStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage(NamedTuple):
        total: int
        used: int
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, 4 * SIZE - 40))
    assert not keep(store)
    assert entries(folder) == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, 4 * SIZE))
    assert keep(store)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, 3 * SIZE))
    assert keep(store, [*PROMPT, 1])
    assert len(entries(folder)) == 1


def test_what_a_killed_run_left_is_removed_in_time(store: PrefixStore, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    old, new = folder / "abc.17.partial", folder / "def.18"
    for path in (old, new):
        path.write_text("half")
    grown = folder / "context-x1"  # a cache that was growing
    grown.mkdir()
    (grown / "state").write_text("half")
    for path in (old, grown):
        os.utime(path, (0, 0))
    assert not store.restore(Cache(), PROMPT)  # every start asks, also where a prompt is stored
    assert not old.exists()
    assert not grown.exists()
    assert new.exists()


def test_a_disk_that_cannot_be_written_costs_a_cold_read_only(
    store: PrefixStore, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken(Cache):
        def save(self, path: Path, count: int) -> None:
            raise EngineFailure("could not write")

    assert not store.keep(Broken(PROMPT), len(PROMPT), token_bytes=1)
    assert "not stored: could not write" in capfd.readouterr().err
    assert entries(folder) == []


def test_a_folder_that_cannot_be_made_is_ignored_and_said_once(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    store = PrefixStore(tmp_path / "file" / "prompts", OWNER)
    assert not keep(store)
    assert not store.restore(Cache(), PROMPT)
    assert capfd.readouterr().err.count("no prompt is kept here") == 1


posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes of POSIX")


@posix
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_folder_others_can_write_to_is_neither_read_nor_written(
    mode: int, store: PrefixStore, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    keep(store)
    folder.chmod(mode)
    cache = Cache()
    assert not store.restore(cache, PROMPT)
    assert not cache.restored
    assert not keep(store, [*PROMPT, 1])
    assert "other users may write" in capfd.readouterr().err
    folder.chmod(0o700)
    assert store.restore(cache, PROMPT)


@posix
def test_a_folder_that_is_a_link_is_not_used(
    store: PrefixStore, folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    keep(store)
    link = tmp_path / "link"
    link.symlink_to(folder)
    cache = Cache()
    assert not PrefixStore(link, OWNER).restore(cache, PROMPT)
    assert not cache.restored
    assert "a link" in capfd.readouterr().err


@posix
def test_a_folder_of_somebody_else_is_not_used(
    store: PrefixStore,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    keep(store)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert not store.restore(Cache(), PROMPT)
    assert "another user" in capfd.readouterr().err


@posix
def test_an_entry_that_is_a_link_is_not_followed(
    store: PrefixStore, folder: Path, tmp_path: Path
) -> None:
    keep(store)
    (entry,) = entries(folder)
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    cache = Cache()
    assert not store.restore(cache, PROMPT)
    assert not cache.restored
