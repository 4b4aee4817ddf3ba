"""Codes and fault numbers that were asked for and that no manual of the library holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fieldkit.library.documents import Document, Page
from fieldkit.library.finding import Finder
from fieldkit.library.index import build
from fieldkit.library.search import Library

TEXT = """# Alarms
| Alarm | Meaning |
|---|---|
| 1 | Low oil of the SmartLogger |
| 2 | Hot bearing |

# Faults of the generator
E 17: The generator is overloaded. Its part number is AB-1234.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("library") / "library.sqlite"
    page = Page(number=1, text=TEXT)
    manual = Document(
        document="GX-3", title="GX-3", revision="", date="", markdown=True, pages=(page,)
    )
    build(path, [manual])
    with Library.open(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("E10", ("E10",)),
        ("0x1103", ("0x1103",)),
        ("What does E 18 mean on the GX-3?", ("E 18",)),
        ("e17 and E 99", ("E 99",)),
        ("fault code E 44", ("E 44",)),
        ("E17", ()),
        ("part AB 1234", ()),
        ("alarm 2", ()),
        ("alarm no. 21", ("alarm no. 21",)),
        ("Fehler 9999 SmartLogger", ("Fehler 9999",)),
        ("the generator runs for 30 minutes", ()),
        ("Where is the bearing?", ()),
    ],
)
def test_only_what_no_manual_holds_is_lacking(
    library: Library, question: str, lacking: tuple[str, ...]
) -> None:
    assert library.find(question, 3).lacking == lacking


def test_the_sentences_of_a_long_question_are_looked_at_each(library: Library) -> None:
    question = f"{'We looked at the bearing of it again and again. ' * 10}What is E 99?"
    assert Finder(library).find(question, limit=3).lacking == ("E 99",)
