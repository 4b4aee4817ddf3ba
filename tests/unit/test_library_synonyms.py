"""A profile's synonyms: what a file says, and that a question finds the other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import ExitCode, InvalidInput
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.language import language
from fieldkit.library.search import Library
from fieldkit.library.synonyms import Groups, read, table

GROUPS: Groups = (("mud pump", "slush pump"), ("BOP", "blowout preventer", "stack"))


def library(folder: Path, groups: Groups) -> Library:
    texts = ("## A\nThe mud pumps stand here.", "## B\nClose the blowout preventer.", "## C\nRest.")
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1))
    manual = Document(document="X-1", title="X-1", revision="", date="", markdown=True, pages=pages)
    build(folder / "library.sqlite", [manual], synonyms=groups)
    return Library.open(folder / "library.sqlite")


def test_a_file_holds_one_group_a_line(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_text(
        "# rig words\n\nmud pump, slush pump  # old\nBOP,blowout preventer , stack,\n",
        encoding="utf-8",
    )
    assert read(path) == GROUPS


def test_every_line_that_is_no_group_is_told(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_text("pump\nok, fine\na b c d e, f\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as raised:
        read(path)
    assert raised.value.exit_code == ExitCode.INVALID
    assert [problem.partition(":")[0] for problem in raised.value.problems] == ["line 1", "line 3"]
    assert raised.value.hint


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "synonyms.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"synonyms\.txt"):
        read(path)


def test_groups_meet_as_stems() -> None:
    found = table((("pumps", "slush-pump"), ("pump", "feeder")), [language("en")])
    assert found["pump"] == ("slush pump", "feeder")
    assert found["feeder"] == ("pump",)


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("slush pump", 1),
        ("where do the slush pumps stand?", 1),
        ("bop", 2),
        ("the stack", 2),
        ("mud pump", 1),
        ("blowout preventers", 2),
    ],
)
def test_a_question_finds_the_other_words(tmp_path: Path, question: str, page: int) -> None:
    with library(tmp_path, GROUPS) as opened:
        assert [passage.page for passage in opened.search(question)] == [page]


def test_a_phrase_that_no_manual_holds_is_looked_for_by_its_words(tmp_path: Path) -> None:
    with library(tmp_path, (("rest house", "dog house"),)) as opened:
        assert [passage.page for passage in opened.search("rest house", floor=0)] == [3]


def test_without_them_it_does_not(tmp_path: Path) -> None:
    with library(tmp_path, ()) as opened:
        assert opened.search("bop", floor=0) == ()
