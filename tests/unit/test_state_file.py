"""Which state files may be read back, and which may not."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from fieldkit.engine.state_file import identity, is_sound, seal

TOKENS = [1, 5, -1, 32000]
OWNER = identity("weights", True)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A file as llama.cpp writes it, with the seal."""
    path = tmp_path / "prefix.state"
    header = struct.pack(f"<III{len(TOKENS)}i", 0x67677371, 3, len(TOKENS), *TOKENS)
    path.write_bytes(header + bytes(range(256)) * 20)
    seal(path, OWNER)
    return path


def test_what_was_sealed_is_sound(saved: Path) -> None:
    assert is_sound(saved, OWNER, TOKENS)


@pytest.mark.parametrize("tokens", [[], TOKENS[:-1], [*TOKENS, 7], [2, *TOKENS[1:]]])
def test_other_tokens_are_refused(saved: Path, tokens: list[int]) -> None:
    assert not is_sound(saved, OWNER, tokens)


def test_another_owner_is_refused(saved: Path) -> None:
    assert not is_sound(saved, identity("weights", False), TOKENS)


def test_any_byte_that_changed_is_noticed(saved: Path) -> None:
    data = saved.read_bytes()
    for place in [*range(40), *range(40, len(data), 97), *range(len(data) - 44, len(data))]:
        saved.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        assert not is_sound(saved, OWNER, TOKENS), place


@pytest.mark.parametrize("keep", [0, 3, 12, 40, 5000, -1])
def test_what_is_cut_short_or_goes_on_is_refused(saved: Path, keep: int) -> None:
    saved.write_bytes(saved.read_bytes()[:keep])
    assert not is_sound(saved, OWNER, TOKENS)


def test_bytes_after_the_seal_are_refused(saved: Path) -> None:
    with saved.open("ab") as file:
        file.write(b"\0")
    assert not is_sound(saved, OWNER, TOKENS)


def test_no_file_is_not_sound(tmp_path: Path) -> None:
    assert not is_sound(tmp_path / "none", OWNER, TOKENS)
    assert not is_sound(tmp_path, OWNER, TOKENS)
