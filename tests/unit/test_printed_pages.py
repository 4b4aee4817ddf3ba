"""The number that is printed on a page is cited wherever a page is named, beside the file's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fieldkit.chat import export
from fieldkit.chat.flagging import _PLACE
from fieldkit.chat.pages import Reader
from fieldkit.chat.store import Store, StoredTurn
from fieldkit.chat.wording import label
from fieldkit.core.citation import Passage
from fieldkit.core.conversation import question_content
from fieldkit.core.feedback import Given
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.lookup import find, look_up, told
from fieldkit.library.search import Library
from fieldkit.packager.evaluate import is_at
from fieldkit.packager.feedback_record import FeedbackPassage

MANUAL = Document(
    document="HX-2",
    title="HX-2 heater",
    revision="B",
    date="",
    pages=(
        Page(number=1, text="Contents of the heater manual.", label="i"),
        Page(number=2, text="Frame bolts: 140 Nm crosswise.", label="2-3"),
        Page(number=3, text="Burner nozzle: 0.75 gal.", label="1"),
        Page(number=4, text="Index of words."),
    ),
)
BOLTS = Passage(
    document="HX-2",
    title="HX-2 heater",
    revision="B",
    page=2,
    heading="Bolts",
    text="Frame bolts: 140 Nm crosswise.",
    page_label="2-3",
)
NOZZLE = replace(BOLTS, page=3, page_label="1", heading="Burner")
PLAIN = replace(BOLTS, page=4, page_label="")
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    build(tmp_path / "library.sqlite", [MANUAL])
    with Library.open(tmp_path / "library.sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "page", "pdf_page", "place"),
    [
        ("frame bolts", "2-3", 2, "HX-2 rev B, p. 2-3 (PDF 2)"),
        ("burner nozzle", 1, 3, "HX-2 rev B, p. 1 (PDF 3)"),
        ("index of words", 4, 4, "HX-2 rev B, p. 4"),
    ],
)
def test_search_reports_both(
    library: Library, question: str, page: int | str, pdf_page: int, place: str
) -> None:
    report = look_up(library, question)
    (result,) = report["results"]
    assert list(result) == [
        "label", "document", "title", "revision", "page", "pdf_page", "heading", "passage",
        "quote", "score", "superseded_by", "own", "recognised",
    ]  # fmt: skip
    assert (result["page"], result["pdf_page"]) == (page, pdf_page)
    assert told(find(library, question))[0].startswith(f"[1] {place}\n")


def test_a_manual_without_pages_has_none(tmp_path: Path) -> None:
    build(tmp_path / "a", [replace(MANUAL, pages=(Page(number=0, text="Bolts: 140 Nm."),))])
    with Library.open(tmp_path / "a") as library:
        (result,) = look_up(library, "bolts")["results"]
    assert (result["page"], result["pdf_page"]) == (0, None)


@pytest.mark.parametrize(
    ("passage", "shown", "title"),
    [
        (BOLTS, "HX-2 rev B, p. 2-3 (PDF 2), Bolts", "page 2-3 (PDF 2 of 4)"),
        (NOZZLE, "HX-2 rev B, p. 1 (PDF 3), Burner", "page 1 (PDF 3 of 4)"),
        (PLAIN, "HX-2 rev B, p. 4, Bolts", "page 4 of 4"),
    ],
)
def test_the_chat_shows_both(library: Library, passage: Passage, shown: str, title: str) -> None:
    assert label(passage) == shown
    assert Reader(library, [passage]).place == title


def test_pages_around_a_passage_have_their_own_numbers(library: Library) -> None:
    reader = Reader(library, [BOLTS])
    assert reader.turn(-1)
    assert reader.place == "page i (PDF 1 of 4)"
    assert reader.turn(1)
    assert reader.turn(1)
    assert reader.place == "page 1 (PDF 3 of 4)"
    assert reader.turn(1)
    assert reader.place == "page 4 of 4"


def test_the_history_keeps_the_printed_page_and_opens_without_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.sqlite3")
    conversation = store.create("Bolts")
    store.append(conversation, "Bolts?", (BOLTS, PLAIN))
    (turn,) = store.load(conversation)
    store.close()
    assert turn.passages == (BOLTS, PLAIN)
    with closing(sqlite3.connect(store.path)) as history:
        ((kept,),) = history.execute("SELECT passages FROM turns").fetchall()
    assert ["page_label" in passage for passage in json.loads(kept)] == [True, False]


def test_exports_and_the_handover_sheet_name_the_printed_page() -> None:
    turn = StoredTurn(
        id=1,
        question="Bolts?",
        answer="140 Nm [1].",
        passages=(BOLTS,),
        stats=None,
        finish="stop",
        created=NOW,
    )
    sheets = (
        export.conversation([turn], title="Bolts", assistant="A", model="M", now=NOW),
        export.handover([turn], assistant="A", start=NOW, now=NOW),
    )
    for sheet in sheets:
        assert "- [1] HX-2 rev B, p. 2-3 (PDF 2), Bolts" in sheet


@pytest.mark.parametrize(
    ("passage", "page", "pdf_page"), [(BOLTS, "2-3", 2), (NOZZLE, 1, 3), (PLAIN, 4, 4)]
)
def test_feedback_holds_both(passage: Passage, page: int | str, pdf_page: int) -> None:
    given = Given.of(passage, cited=True)
    assert (given.page, given.pdf_page) == (page, pdf_page)
    assert {"page", "pdf_page"} <= set(_PLACE)


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"document": "HX-2", "page": "2-3", "pdf_page": 2}, "HX-2, p. 2-3 (PDF 2)"),
        ({"document": "HX-2", "page": 1, "pdf_page": 3}, "HX-2, p. 1 (PDF 3)"),
        ({"document": "HX-2", "page": 4, "pdf_page": 4}, "HX-2, p. 4"),
        ({"document": "HX-2", "page": 4}, "HX-2, p. 4"),  # of an older release
        ({"document": "HX-2", "page": 0, "pdf_page": None}, "HX-2"),
    ],
)
def test_feedback_is_read_with_and_without_the_file_s_page(
    record: dict[str, object], place: str
) -> None:
    assert FeedbackPassage.model_validate_json(json.dumps(record)).place == place


@pytest.mark.parametrize(
    ("page", "right"), [("2-3", True), (2, True), ("2", True), (3, False), ("3-2", False)]
)
def test_a_question_set_may_name_either_page(page: int | str, right: bool) -> None:
    assert is_at(BOLTS, "HX-2", page) is right
    assert not is_at(BOLTS, "HX-3", page)


def test_the_model_reads_the_printed_page() -> None:
    content = question_content("Bolts?", [BOLTS, NOZZLE, PLAIN, replace(PLAIN, page=0)])
    assert [line.split(",")[0] for line in content.splitlines()[:4]] == [
        "[1] HX-2 p. 2-3", "[2] HX-2 p. 1", "[3] HX-2 p. 4", "[4] HX-2",
    ]  # fmt: skip
