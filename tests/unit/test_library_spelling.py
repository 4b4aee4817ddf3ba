"""Misspelt words find what was meant; codes are never guessed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.search import Library
from fieldkit.library.spelling import distance

PAGES = (
    "## Torque\nThe pulsation damper bolts are tightened to 45 Nm. Part P-204.",
    "## Alarm\nE 17 shows a clogged strainer.",
    "## Power\nThe generator needs a lubricant without zinc.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("spelling") / "library.sqlite"
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(PAGES, 1))
    manual = Document(document="X-1", title="X-1", revision="", date="", markdown=True, pages=pages)
    build(path, [manual])
    with Library.open(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("torqe", 1),  # a letter less
        ("toorque", 1),  # one more
        ("torqeu", 1),  # two swapped
        ("toqrue", 1),  # swapped in the middle
        ("tarque", 1),  # another
        ("pullsation dampr", 1),
        ("pulsatino", 1),
        ("cloged strayner", 2),
        ("genirater", 3),  # two slips in a long word
        ("lubrikant", 3),
    ],
)
def test_a_misspelt_word_finds_what_was_meant(library: Library, question: str, page: int) -> None:
    assert library.search(question)[0].page == page


@pytest.mark.parametrize("question", ["P-205", "p214", "E 18", "zic", "tarqeu", "4711", "football"])
def test_codes_short_words_and_strangers_are_not_guessed(library: Library, question: str) -> None:
    assert library.search(question, floor=0) == ()


def test_a_guess_counts_less_than_the_word_itself(library: Library) -> None:
    (right,) = library.search("strainer")
    (guessed,) = library.search("strianer")
    assert 0 < guessed.score < right.score


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("bolt", "bolt", 0),
        ("bolt", "bold", 1),
        ("bolt", "bolts", 1),
        ("bolt", "blot", 1),
        ("bolt", "belts", 2),
        ("bolt", "valve", 3),
        ("", "ab", 2),
        ("a", "abcdef", 3),
    ],
)
def test_distance(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 2) == slips
    assert distance(other, one, 2) == slips
