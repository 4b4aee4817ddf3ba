"""Search: codes as people write them, hostile queries, weak matches, threads, and recall."""

import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.core.citation import State
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.search import Library
from fieldkit.library.terms import Term, codes, points_back, terms

DEMO = Path(__file__).parents[2] / "profiles" / "demo"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("library") / "library.sqlite3"
    build(path, read_folders([DEMO / "manuals"]).documents)
    with Library.open(path) as opened:
        yield opened


def questions(*, answerable: bool) -> list[dict]:
    data = tomllib.loads((DEMO / "questions.toml").read_text(encoding="utf-8"))
    return [q for q in data["question"] if q.get("answerable", True) is answerable]


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("E 17", "Fault codes"),
        ("e17", "Fault codes"),
        ("the panel says E-17!", "Fault codes"),
        ("e 17 on the pump", "Fault codes"),
        ("what is P-250", "Pulsation damper"),
        ("part p250", "Pulsation damper"),
        ("torque M12x1.75", "Generator torque table"),
        ("m12 x 1.75 bolt", "Generator torque table"),
        ("M12 bolts", "Generator torque table"),
        ("oil 15W-40", "Engine oil"),
    ],
)
def test_a_code_is_found_however_it_is_written(library: Library, query: str, heading: str) -> None:
    assert library.search(query)[0].heading == heading


def test_a_passage_comes_with_everything_a_citation_needs(library: Library) -> None:
    best = library.search("What torque do the valve cover bolts need?")[0]
    assert best.label == "PX-204 rev C, p. 7, Torque table"
    assert best.title == "PX-204 mud pump, field manual"
    assert "Valve cover bolts: Thread M24x3, Torque 510 Nm." in best.text
    assert best.score > 0
    assert "| Valve cover bolts | M24x3 | 510 Nm |" in library.page(best.document, best.page)


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'; DROP TABLE passage; --",
        "torque AND NOT (bolts OR",
        "text:torque NEAR(a b) ^start *",
        "codes : e17 {title}",
        "\x00\x1b[31m",
        "🙂 ñandú 中文",
        "word " * 2000,
    ],
)
def test_no_query_is_search_syntax(library: Library, query: str) -> None:
    library.search(query)
    assert library.search("fluid end studs torque")[0].page == 7


@pytest.mark.parametrize("query", ["", "   ", "the of and", "???"])
def test_a_query_without_content_finds_nothing(library: Library, query: str) -> None:
    assert library.search(query, floor=0) == ()


def test_limit_and_order(library: Library) -> None:
    found = library.search("mud pump", 5)
    assert len(found) == 5
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert library.search("mud pump", 2) == found[:2]


@pytest.mark.parametrize(
    "query",
    [
        "What does fault code E 44 mean on the mud pump?",
        "Where do I order part P-999 for the generator?",
        "How do I reset the wifi password in the camp?",
        "Who won the football match last night?",
    ],
)
def test_what_covers_too_little_is_no_evidence(library: Library, query: str) -> None:
    found = library.find(query)
    assert found.state is not State.ANSWERED
    assert found.passages


def test_search_from_several_threads(library: Library) -> None:
    expected = library.search("fluid end studs torque")
    wrong: list[object] = []

    def work() -> None:
        for _ in range(20):
            if library.search("fluid end studs torque") != expected:
                wrong.append("other result")
            library.page("PX-204", 7)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    build(path, read_folders([DEMO / "manuals"]).documents)
    library = Library.open(path)
    library.close()
    library.close()


def test_recall_on_the_demo_questions(library: Library) -> None:
    """Measured: 38 of 40 pages first, all 40 among the first two."""
    asked = questions(answerable=True)
    ranks = []
    for question in asked:
        found = library.search(question["text"], 3)
        places = [(passage.document, passage.page) for passage in found]
        place = (question["document"], question["page"])
        ranks.append(places.index(place) if place in places else None)
    assert len(asked) == 40
    assert ranks.count(0) >= 36
    assert sum(rank in (0, 1) for rank in ranks) >= 39
    assert sum(rank is not None for rank in ranks) >= 39


def test_the_answer_is_in_the_passages_of_the_demo_prompt(library: Library) -> None:
    """The demo's prompt carries two passages; measured: 40 of 40 hold the answer."""
    held = [
        any(answer in p.text for p in library.search(q["text"], 2) for answer in q["answer"])
        for q in questions(answerable=True)
    ]
    assert sum(held) >= 39


def test_a_laptop_that_searches_loads_nothing_that_reads_manuals() -> None:
    program = "import fieldkit.library.answering, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "fieldkit.library.search" in loaded
    left_out = {"pypdf", "pydantic", "textual", "llama_cpp", "fieldkit.library.documents"}
    assert left_out.isdisjoint(loaded)


def test_codes_of_a_manual() -> None:
    assert codes("Fit P-204 (M12x1.75) when E 17 shows; ISO VG 220, 15W-40, 345 bar") == (
        "e17",
        "vg220",
        "p204",
        "m12x175",
        "m12",
        "15w40",
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How tight is P-204?", [Term("p204", code=True, identity=True),
                                 Term("tight", also=("tightened", "torque"))]),
        ("E 17", [Term("e17", code=True, identity=True)]),
        ("is it 12V?", [Term("12v", code=True)]),
        ("clean every 72 hours", [Term(w) for w in ("clean", "every", "72", "hours")]),
        ("the error e 17", [Term("e17", code=True), Term("error", also=("fault",)), Term("17")]),
    ],
)  # fmt: skip
def test_terms_of_a_question(question: str, expected: list[Term]) -> None:
    assert list(terms(question)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And the drain plug?", True),
        ("What about the valve cover bolts on top?", True),
        ("How is it charged?", True),
        ("Which thread do they have?", True),
        ("What torque do the fluid end studs need?", False),
        ("medic phone", False),
    ],
)
def test_questions_that_point_back(question: str, expected: bool) -> None:
    assert points_back(question) is expected
