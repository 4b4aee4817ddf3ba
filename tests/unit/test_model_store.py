"""The store of models: one copy of each file, whole, under its hash."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from fieldkit.core.lock import LockedFile, Pinned
from fieldkit.packager import sharing
from fieldkit.packager.cache import Hashes
from fieldkit.packager.store import Store

LARGE = b"weights " * (1 << 18)  # 2 MiB: worth a link


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(Hashes(tmp_path / "hashes.json"), tmp_path / "models")
    made.prepare()
    return made


def ignore(_count: int) -> None:
    """Count nothing."""


def locked(path: str, content: bytes) -> LockedFile:
    return LockedFile(path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def pinned(**files: bytes) -> Pinned:
    entries = tuple(locked(name, content) for name, content in files.items())
    return Pinned(repository="ridge/tiny", files=entries)


def put(store: Store, tmp_path: Path, content: bytes) -> LockedFile:
    source = tmp_path / "source"
    source.unlink(missing_ok=True)
    source.write_bytes(content)
    digest = store.adopt(source, None, ignore)
    entry = locked("file", content)
    assert digest == entry.sha256
    return entry


@pytest.mark.parametrize("content", [b"", b"small", LARGE])
def test_a_file_is_held_under_its_hash(store: Store, tmp_path: Path, content: bytes) -> None:
    entry = locked("file", content)
    assert not store.holds(entry)
    put(store, tmp_path, content)
    assert store.holds(entry)
    assert store.blob(entry.sha256).read_bytes() == content
    assert list((store.root / "incoming").iterdir()) == []


def test_a_large_file_of_this_disk_is_not_copied(store: Store, tmp_path: Path) -> None:
    entry = put(store, tmp_path, LARGE)
    blob, source = store.blob(entry.sha256), tmp_path / "source"
    assert blob.samefile(source) or sharing.reflink(source, tmp_path / "probe")


def test_a_small_file_of_this_disk_may_change_where_it_came_from(
    store: Store, tmp_path: Path
) -> None:
    entry = put(store, tmp_path, b"licence")
    (tmp_path / "source").write_bytes(b"LICENCE")
    assert store.holds(entry)


def test_where_nothing_can_be_linked_a_file_is_copied(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(sharing, "reflink", lambda *_: False)
    entry = put(store, tmp_path, LARGE)
    view = store.view(pinned(weights=LARGE))
    assert (view / "weights").read_bytes() == LARGE
    assert not (view / "weights").samefile(store.blob(entry.sha256))


def test_a_file_with_another_hash_is_not_kept(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(LARGE)
    digest = store.adopt(source, "0" * 64, ignore)
    assert digest == locked("file", LARGE).sha256
    assert list((store.root / "blobs").iterdir()) == []
    assert source.read_bytes() == LARGE


@pytest.mark.parametrize("damage", [b"X" * len(LARGE), b"cut"])
def test_a_damaged_file_is_not_held_and_makes_way(
    store: Store, tmp_path: Path, damage: bytes
) -> None:
    entry = put(store, tmp_path, LARGE)
    blob = store.blob(entry.sha256)
    blob.unlink()
    blob.write_bytes(damage)
    assert not store.holds(entry)
    assert not blob.exists()


def test_a_view_has_the_files_by_name_and_takes_no_room(store: Store, tmp_path: Path) -> None:
    for content in (LARGE, b"{}"):
        put(store, tmp_path, content)
    files = Pinned(
        repository="ridge/tiny",
        files=(locked("model.safetensors", LARGE), locked("sub/config.json", b"{}")),
    )
    view = store.view(files)
    assert (view / "sub" / "config.json").read_bytes() == b"{}"
    assert (view / "model.safetensors").samefile(store.blob(files.files[0].sha256))
    assert store.view(files) == view


def test_two_names_of_one_content_are_one_file(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, LARGE)
    both = pinned(one=LARGE, two=LARGE)
    assert store.missing(both) == ()
    view = store.view(both)
    assert (view / "one").samefile(view / "two")


def test_a_view_that_was_changed_is_made_again(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, LARGE)
    view = store.view(pinned(weights=LARGE))
    (view / "weights").unlink()
    (view / "weights").write_bytes(b"something else")
    assert (store.view(pinned(weights=LARGE)) / "weights").read_bytes() == LARGE
    (view / "weights").unlink()
    assert (store.view(pinned(weights=LARGE)) / "weights").read_bytes() == LARGE


def test_what_a_killed_run_left_half_made_is_swept(store: Store) -> None:
    for name in ("views/.making-1", "incoming/.adopt-1"):
        (store.root / name).mkdir()
    (store.root / "blobs" / ".abc.part").write_bytes(b"kept, to go on with")
    store.sweep()
    left = {path.relative_to(store.root).as_posix() for path in store.root.rglob("*")}
    assert left == {"blobs", "views", "incoming", "blobs/.abc.part"}


def test_the_room_of_a_begun_file_is_known(store: Store) -> None:
    entry = locked("file", LARGE)
    assert store.begun(entry) == 0
    part = store.root / "blobs" / f".{entry.sha256}.part"
    with part.open("wb") as stream:
        stream.truncate(len(LARGE))
        stream.write(b"x" * 65536)
        stream.flush()
        os.fsync(stream.fileno())
    assert 0 < store.begun(entry) < len(LARGE)
