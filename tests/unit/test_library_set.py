"""Search on a second library: what it has to find, and what it must not take for evidence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fieldkit.core.citation import Passage, State
from fieldkit.library.index import build
from fieldkit.library.search import Library
from tests.library_set import Asked, Yard
from tests.question_sets import sets

YARD = Yard()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[] if name == "markdown" else pytest.mark.slow)
        for name in sets.FORMATS
    ],
    ids=["markdown", "pdf-docx-html"],
)
def library(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("yard")
    path = folder / "library.sqlite"
    build(path, sets.yard(folder, request.param).documents)
    with Library.open(path) as opened:
        yield opened


def is_at(passage: Passage, asked: Asked) -> bool:
    """Whether ``passage`` stands where the answer does; a web page has no pages but headings."""
    where = (passage.page or asked.page, passage.heading if not passage.page else asked.heading)
    return passage.document == asked.document and where == (asked.page, asked.heading)


def rank(library: Library, asked: Asked) -> int:
    """The place of the right page among the first three, 0 where it is not."""
    found = library.search(asked.text, 3)
    return next((n for n, passage in enumerate(found, 1) if is_at(passage, asked)), 0)


def test_the_right_page_is_found_first(library: Library) -> None:
    ranks = [rank(library, asked) for asked in YARD.asked]
    assert len(ranks) >= 150
    assert sum(rank > 0 for rank in ranks) >= 0.95 * len(ranks)  # recall@3
    assert ranks.count(1) >= 0.9 * len(ranks)
    assert sum(1 / rank for rank in ranks if rank) >= 0.93 * len(ranks)  # mean reciprocal rank


def test_the_first_passages_hold_the_answer(library: Library) -> None:
    held = [
        any(asked.answer.lower() in p.text.lower() for p in library.search(asked.text, 3))
        for asked in YARD.asked
    ]
    assert sum(held) >= 0.95 * len(held)


def test_what_no_page_answers_is_not_answered_and_little_else(library: Library) -> None:
    wrong = [library.find(asked.text).state for asked in YARD.unanswerable]
    right = [library.find(asked.text).state for asked in YARD.asked]
    assert len(wrong) >= 40
    assert wrong.count(State.ANSWERED) <= 0.05 * len(wrong)
    assert wrong.count(State.NONE) >= 0.35 * len(wrong)
    assert right.count(State.ANSWERED) >= 0.9 * len(right)
    assert right.count(State.NONE) <= 0.01 * len(right)
