"""Pages and passages in few bytes, and what damage does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.library import loading, packing
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.packing import pack, pack_passages, unpack, unpack_passages
from fieldkit.library.search import Library

TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=200)
PAGE = "Fluid end studs: 320 Nm. " * 20 + "The liner cage bolts are tightened crosswise. " * 10


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=5))
def test_what_is_packed_comes_back(page: str, passages: list[str]) -> None:
    assert unpack(pack(page)) == page
    assert unpack_passages(pack_passages(passages, page), page) == passages


def test_passages_cost_little_beside_their_page() -> None:
    page = "".join(f"Bolt {n * 7919 % 1000} of row {n} needs {n * 31 % 97} Nm. " for n in range(60))
    passages = [page[start : start + 600] for start in range(0, len(page), 600)]
    assert len(pack_passages(passages, page)) < len(pack(page)) / 5


def test_damage_is_a_value_error() -> None:
    packed, with_page = pack(PAGE), pack_passages([PAGE], PAGE)
    for damaged in (b"", packed[:-3], b"\0" + packed[1:]):
        with pytest.raises(ValueError, match=r"."):
            unpack(damaged)
    for damaged in (b"", with_page[:-3], b"\0" + with_page[1:]):
        with pytest.raises(ValueError, match=r"."):
            unpack_passages(damaged, PAGE)
    with pytest.raises(ValueError, match=r"."):
        unpack_passages(with_page, f"{PAGE} changed")


def test_a_sheet_of_many_rows_is_unpacked_only_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n\n".join(f"## Part {n}\n\nSeal number {n} is on shelf {n % 7}." for n in range(300))
    sheet = Document(
        document="S",
        title="S",
        revision="",
        date="",
        pages=(Page(number=0, text=text),),
        markdown=True,
    )
    build(tmp_path / "library.sqlite3", [sheet])
    unpacked: list[int] = []
    unpack = packing.unpack_passages

    def counting(data: bytes, page: str) -> list[str]:
        texts = unpack(data, page)
        unpacked.append(len(texts))
        return texts

    monkeypatch.setattr(loading, "unpack_passages", counting)
    with Library.open(tmp_path / "library.sqlite3") as library:
        found = library.load_many([300, 1, 2, 65])
    shown = [passage.text for passage in found.values()]
    assert shown == [f"Seal number {n} is on shelf {n % 7}." for n in (299, 0, 1, 64)]
    assert len(unpacked) == 3
    assert sum(unpacked) < 200
