"""Pages and passages in few bytes, and what damage does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.library.packing import pack, pack_passages, unpack, unpack_passages

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
