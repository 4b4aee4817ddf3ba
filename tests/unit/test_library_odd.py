"""Questions and libraries that are odd: long, empty, mixed, tiny, old."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fieldkit import cli
from fieldkit.core.citation import State
from fieldkit.errors import ExitCode, IntegrityProblem
from fieldkit.library.documents import Document, Page
from fieldkit.library.finding import Finder
from fieldkit.library.index import build
from fieldkit.library.schema import SCHEMA_VERSION
from fieldkit.library.search import Library

PAGES = (
    "# Torque table\nThe fluid end studs of the mud pump are tightened to 320 Nm.",
    "# Fault codes\nE 17: low lube oil pressure. Check the oil level of the mud pump.",
    "# Lube oil\nThe power end holds 190 liters of gear oil. Change it every 1500 hours.",
    "# Safety\nLock the breaker before any work. Report every accident to the toolpusher.",
    *(
        f"# Check {n}\nLook at sensor {n} of the panel each week and note its value."
        for n in range(9)
    ),
)
LONG = 10_000  # words


def manual(*texts: str) -> Document:
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1))
    return Document(document="X", title="X", revision="", date="", markdown=True, pages=pages)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("odd") / "library.sqlite"
    build(path, [manual(*PAGES)])
    return path


@pytest.fixture(scope="module")
def finder(path: Path) -> Iterator[Finder]:
    with Library.open(path) as library:
        yield Finder(library)


def headings(finder: Finder, question: str) -> list[str]:
    return [passage.heading for passage in finder.find(question, limit=3).passages]


@pytest.mark.parametrize("divided", [" ", "\n", ". "])
def test_of_ten_thousand_words_the_question_at_the_end_is_answered(
    finder: Finder, divided: str
) -> None:
    chosen = random.Random(5)
    words = ("".join(chosen.choices("abcdefghij", k=7)) for _ in range(LONG))
    question = f"{divided.join(words)}. What is the torque of the fluid end studs?"
    found = finder.find(question, limit=3)
    assert found.passages[0].heading == "Torque table"
    assert found.state is not State.NONE
    assert len(found.passages) <= 3


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("torque", "Torque table"),
        ("E 17", "Fault codes"),
        ("e17", "Fault codes"),
        ("\U0001f525\U0001f525 mud pump \U0001f937 E 17?", "Fault codes"),
        ("Hola, cuál es el torque der fluid end studs bitte", "Torque table"),
        ("泥浆泵 E 17 什么意思", "Fault codes"),
        ("2026-11-30T04:12:09Z WARN plc[1123]: FAULT code=E17 src=LUBE state=TRIP", "Fault codes"),
        ('"E 17" OR pump* NEAR(a b) ^x {text}: -5', "Fault codes"),
        ("fluid\x00end studs", "Torque table"),
    ],
)
def test_what_is_in_a_question_is_found_whatever_stands_around_it(
    finder: Finder, question: str, heading: str
) -> None:
    assert headings(finder, question)[0] == heading


def test_an_email_is_read_by_its_sentences(finder: Finder) -> None:
    mail = (
        "From: Jim <jim@ridge.example>\nSubject: pump down again!!\n\nHi all,\n\nsince this morning"
        " the driller calls me every hour about it and I have no idea what else we could try now."
        " We had it running fine yesterday when the other crew was here and nobody touched anything"
        " that I know of, at least nobody says so.\nThe display shows E 17. What is the oil"
        " pressure problem?\n\nBest regards\nJim, Toolpusher, Phone +47 99 88 77 66\n"
    )
    assert "Fault codes" in headings(finder, mail)


@pytest.mark.parametrize(
    "question",
    [
        "what is the of and",
        "?!... --- ///",
        "\U0001f525\U0001f937",
        "a",
        "x" * 20_000,
        "1" * 20_000,
    ],
)
def test_where_nothing_is_asked_nothing_is_found(finder: Finder, question: str) -> None:
    found = finder.find(question, limit=3)
    assert found.state is State.NONE
    assert found.passages == ()


@pytest.mark.parametrize(
    "texts",
    [
        ("# Reel\nThe hose reel holds 30 m of hose.\n\n# Brake\nThe brake is tightened to 45 Nm.",),
        ("The hose reel holds 30 m of hose. The brake is tightened to 45 Nm.",),
    ],
)
def test_a_library_of_one_page_answers_and_refuses(tmp_path: Path, texts: tuple[str, ...]) -> None:
    path = tmp_path / "one.sqlite"
    build(path, [manual(*texts)])
    with Library.open(path) as library:
        finder = Finder(library)
        for question in ("how much hose does the reel hold?", "torque of the brake in ft-lb"):
            assert finder.find(question, limit=3).state is not State.NONE
        assert finder.find("oil of the gearbox", limit=3).state is State.NONE
        assert finder.find("how is the weather", limit=3).passages == ()


def test_in_a_library_of_one_page_a_word_it_lacks_does_not_outweigh_all_it_holds(
    tmp_path: Path,
) -> None:
    path = tmp_path / "one.sqlite"
    build(path, [manual("# Reel\nThe hose reel holds 30 m of hose.")])
    with Library.open(path) as library:
        held, strange = library.plan("hose spring")
        assert held.weight > strange.weight / 2


def test_a_library_of_nothing_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    build(path, [])
    with Library.open(path) as library:
        found = Finder(library).find("torque of the studs", limit=3)
        assert (found.state, found.passages) == (State.NONE, ())


@pytest.mark.parametrize(
    ("version", "advice"),
    [(SCHEMA_VERSION - 1, "older"), (SCHEMA_VERSION + 1, "newer")],
)
def test_an_index_of_another_version_is_told_with_what_to_do(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], version: int, advice: str
) -> None:
    other = tmp_path / "other.sqlite"
    other.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(other)) as database:
        database.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(IntegrityProblem, match=f"index version {version}") as raised:
        Library.open(other)
    assert advice in str(raised.value.hint)
    code = cli.main(["search", "--library", str(other), "studs"])
    assert code == ExitCode.INTEGRITY == 14
    assert "fieldkit" in capsys.readouterr().err
