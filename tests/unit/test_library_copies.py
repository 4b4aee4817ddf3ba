"""One manual that was saved twice does not fill the results twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.search import Library

PUMP = Document(
    document="PX-204",
    title="PX-204",
    revision="",
    date="",
    pages=(
        Page(number=1, text="Fill 12 liters of gear oil."),
        Page(number=2, text="The studs take 320 Nm."),
    ),
)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (replace(PUMP, document="PX-304"), [("PX-204", 1)]),
        (
            replace(PUMP, document="PX-300", pages=(PUMP.pages[0], Page(number=2, text="Other."))),
            [("PX-204", 1), ("PX-300", 1)],
        ),
        (
            replace(PUMP, document="short", pages=PUMP.pages[:1]),
            [("PX-204", 1), ("short", 1)],
        ),
    ],
)
def test_only_what_an_equal_document_says_is_left_out(
    tmp_path: Path, other: Document, found: list[tuple[str, int]]
) -> None:
    build(tmp_path / "library.sqlite", [PUMP, other])
    with Library.open(tmp_path / "library.sqlite") as library:
        passages = library.find("How much gear oil?", 5).passages
    assert sorted((p.document, p.page) for p in passages if "oil" in p.text) == found


def test_an_older_revision_that_says_the_same_stays(tmp_path: Path) -> None:
    both = [replace(PUMP, revision=revision) for revision in "BC"]
    build(tmp_path / "library.sqlite", both)
    with Library.open(tmp_path / "library.sqlite") as library:
        passages = library.find("How much gear oil?", 5).passages
    assert [p.revision for p in passages if "oil" in p.text] == ["C", "B"]
