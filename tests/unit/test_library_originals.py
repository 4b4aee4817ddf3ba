"""The manuals' own files, found beside the index."""

from pathlib import Path

import pytest

from fieldkit.library.originals import name_of, original

HASH = "0123456789abcdef" * 4


def test_a_file_is_named_by_its_content_and_keeps_its_format(tmp_path: Path) -> None:
    assert name_of(HASH, "pumps/PX-204 rev C.PDF") == f"manuals/{HASH}.pdf"
    path = tmp_path / "manuals" / f"{HASH}.pdf"
    path.parent.mkdir()
    path.write_bytes(b"%PDF-")
    assert original(tmp_path, HASH, "pumps/PX-204 rev C.PDF") == path
    assert original(tmp_path, HASH, "elsewhere/other name.pdf") == path


def test_a_release_may_carry_none(tmp_path: Path) -> None:
    assert original(tmp_path, HASH, "PX-204.pdf") is None


@pytest.mark.parametrize(
    ("sha256", "file"),
    [
        ("", "PX-204.pdf"),
        ("../" * 21 + "x", "PX-204.pdf"),
        (HASH.upper(), "PX-204.pdf"),
        (HASH + "\n", "PX-204.pdf"),
        (HASH, ""),
        (HASH, "no suffix"),
        (HASH, "PX-204.p\x1bf"),
        (HASH, "PX-204.exe-and-more"),
    ],
)
def test_what_is_no_hash_and_suffix_names_no_file(tmp_path: Path, sha256: str, file: str) -> None:
    (tmp_path / "manuals").mkdir()
    assert name_of(sha256, file) == ""
    assert original(tmp_path, sha256, file) is None
