"""Pages found by what they mean, with a small embedder that knows the demo's manuals.

``tests/embedders.py`` runs it in numpy here; ``tests/pipeline/test_embedder.py`` holds the engine
against that.
"""

from __future__ import annotations

import functools
import math
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.core.citation import State
from fieldkit.errors import FieldkitError, IntegrityProblem
from fieldkit.library.blending import Candidate, Question, blended, is_evidence
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.language import language
from fieldkit.library.meaning import Meant, outstanding
from fieldkit.library.query import Wanted
from fieldkit.library.search import Library
from fieldkit.library.terms import terms
from fieldkit.packager.evaluate import read_questions
from tests.embedders import demo_embedder
from tests.library_set import Yard, markdown
from tests.paraphrases import ASKED

Asked = tuple[str, str, int]

DEMO = resources.folder("profiles") / "demo"
PARAPHRASED: list[Asked] = [(text, document, page) for text, document, page, _ in ASKED]
KNOWN: list[Asked] = [
    (question.text, question.document, question.page)
    for question in read_questions(DEMO / "questions.toml")
    if question.answer
]


class Embed:
    """What turns a text into a vector, once."""

    problem: FieldkitError | None = None

    def __init__(self, make: Callable[[str], Sequence[float] | None]) -> None:
        self._make = functools.cache(make)

    def __call__(self, text: str) -> Sequence[float] | None:
        return self._make(text)


@pytest.fixture(scope="module")
def embed() -> Embed:
    model = demo_embedder()
    return Embed(lambda text: model.embed(text).tolist())


def meant(embed: Embed) -> Meant:
    def vectors(texts: Sequence[str]) -> Iterable[Sequence[float]]:
        return [embed(text) or () for text in texts]

    return Meant(embedder="0" * 64, vectors=vectors)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, embed: Embed) -> Path:
    """The index of the demo's manuals, with their meanings."""
    path = tmp_path_factory.mktemp("meaning") / "library.sqlite"
    build(path, read_folders([DEMO / "manuals"]).documents, meant=meant(embed))
    return path


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory, embed: Embed) -> Iterator[Library]:
    """A library of which the embedder was taught nothing."""
    folder = tmp_path_factory.mktemp("yard")
    for manual in Yard().manuals:
        (folder / f"{manual.document}.md").write_text(markdown(manual), encoding="utf-8")
    build(folder / "library.sqlite", read_folders([folder]).documents, meant=meant(embed))
    with Library.open(folder / "library.sqlite") as opened:
        yield opened


def found(library: Library, questions: Sequence[Asked]) -> int:
    """How many ``questions`` have their page among the first three: recall@3, as a count."""
    return sum(
        (document, page) in {(p.document, p.page) for p in library.search(text, 3, floor=0.0)}
        for text, document, page in questions
    )


def test_the_paraphrases_share_no_word_with_their_page() -> None:
    english = language("en")
    manuals = {m.document: m for m in read_folders([DEMO / "manuals"]).documents}
    for text, document, number, heading in ASKED:
        page = next(page for page in manuals[document].pages if page.number == number)
        assert heading in page.text
        stems = english.stems(f"{manuals[document].title} {page.text}")
        assert not {english.stem(term.text) for term in terms(text)} & set(stems), text


@pytest.mark.slow
def test_what_is_asked_in_other_words_is_found_by_meaning(library: Library, embed: Embed) -> None:
    words_alone = found(library, PARAPHRASED)
    assert library.find_by_meaning(embed)
    assert words_alone <= 0.25 * len(PARAPHRASED)
    assert found(library, PARAPHRASED) >= 0.6 * len(PARAPHRASED)


@pytest.mark.slow
def test_what_words_find_is_still_found(library: Library, yard: Library, embed: Embed) -> None:
    asked = [(asked.text, asked.document, asked.page) for asked in Yard().asked]
    before = found(library, KNOWN), found(yard, asked)
    library.find_by_meaning(embed)
    yard.find_by_meaning(embed)
    assert found(library, KNOWN) >= before[0]
    assert found(yard, asked) >= before[1]


@pytest.mark.slow
def test_an_embedder_that_knows_nothing_does_little_harm(yard: Library) -> None:
    def noise(text: str) -> list[float]:
        draw = random.Random(text)
        return [draw.gauss(0, 1) for _ in range(64)]

    asked = [(asked.text, asked.document, asked.page) for asked in Yard().asked]
    yard.find_by_meaning(Embed(noise))
    assert found(yard, asked) >= 0.95 * len(asked)


@pytest.mark.slow
def test_what_stands_out_by_its_meaning_is_perhaps_the_answer(
    library: Library, embed: Embed
) -> None:
    question = "Where do we gather or assemble?"
    assert library.find(question).state is State.NONE
    library.find_by_meaning(embed)
    found = library.find(question)
    assert found.state is State.PERHAPS
    assert ("SH-1", 2) in {(passage.document, passage.page) for passage in found.passages}
    # Not what is said of another part, however alike it is.
    assert library.find(f"{question[:-1]} for E 94?").state is State.NONE


def test_a_few_passages_are_no_background(tmp_path: Path, embed: Embed) -> None:
    assert outstanding(29) == math.inf
    assert outstanding(100) == pytest.approx(math.sqrt(2 * math.log(100)) - 1)
    assert outstanding(100_000) > outstanding(1_000)
    (tmp_path / "note.md").write_text("# Muster\nMuster at the gate.", encoding="utf-8")
    build(tmp_path / "one.sqlite", read_folders([tmp_path]).documents, meant=meant(embed))
    with Library.open(tmp_path / "one.sqlite") as library:
        library.find_by_meaning(embed)
        assert library.find("Where do we gather or assemble?").state is State.NONE


def test_meaning_is_evidence_from_the_limit_on(path: Path, tmp_path: Path, embed: Embed) -> None:
    copy = tmp_path / "library.sqlite"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("INSERT INTO about VALUES ('meaning_floor', '0.25')")
    with Library.open(copy) as library:
        library.find_by_meaning(embed)
        places = {(p.document, p.page) for p in library.search("Where do we gather or assemble?")}
        assert ("SH-1", 2) in places
        # What no manual has a code for is not answered by what is said of another part.
        assert library.search("Where do we gather or assemble for E 94?") == ()


@pytest.mark.parametrize("vector", [None, [1.0, 2.0]], ids=["nothing", "another size"])
def test_without_a_vector_words_decide(library: Library, vector: list[float] | None) -> None:
    before = [library.search(text, 3) for text, _, _ in KNOWN]
    assert library.find_by_meaning(Embed(lambda _text: vector))
    assert library.words_only is None
    assert [library.search(text, 3) for text, _, _ in KNOWN] == before


def test_an_index_without_vectors_is_searched_by_words(tmp_path: Path, embed: Embed) -> None:
    plain = tmp_path / "library.sqlite"
    build(plain, read_folders([DEMO / "manuals"]).documents)
    with Library.open(plain) as library:
        assert not library.find_by_meaning(embed)
        assert library.search("What torque do the fluid end studs need?")


def test_equal_manuals_and_vectors_give_equal_bytes(
    path: Path, tmp_path: Path, embed: Embed
) -> None:
    again = tmp_path / "library.sqlite"
    build(again, read_folders([DEMO / "manuals"]).documents, meant=meant(embed))
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM meaning WHERE name = 'centre'",
        "UPDATE meaning SET value = x'00' WHERE name = 'sketches'",
        "UPDATE meaning SET value = x'0000' WHERE name = 'centre'",
        "UPDATE meaning SET value = 'many' WHERE name = 'dimensions'",
        "UPDATE vector SET value = x'0102'",
    ],
)
def test_damaged_vectors_are_told(path: Path, tmp_path: Path, embed: Embed, damage: str) -> None:
    copy = tmp_path / "library.sqlite"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute(damage)
    with Library.open(copy) as library, pytest.raises(IntegrityProblem, match="damaged"):
        _ = library.find_by_meaning(embed) and library.search("Where do we gather?", floor=0.0)


def test_an_embedder_that_changes_its_size_is_refused(tmp_path: Path) -> None:
    sizes = iter([3, 4] * 200)
    changing = Meant(embedder="x", vectors=lambda texts: [[1.0] * next(sizes) for _ in texts])
    with pytest.raises(ValueError, match="different sizes"):
        build(tmp_path / "x", read_folders([DEMO / "manuals"]).documents, meant=changing)
    assert not (tmp_path / "x").exists()


CODE = Wanted("codes : e17", 1, 3.0, stress=3.0, code=True)
STRANGE = Wanted("", 0, 3.0, stress=6.0, code=True)
OIL, WATER = Wanted("oil", 5, 2.0), Wanted("water", 5, 2.0)


def found_for(
    wanted: Sequence[Wanted],
    key: int,
    *holds: Wanted,
    bm25: float = 1.0,
    superseded: bool = False,
) -> Candidate:
    held = tuple(term in holds for term in wanted)
    return Question(wanted).candidate(key, bm25, superseded, held)


def order(candidates: Sequence[Candidate], cosines: dict[int, float]) -> list[int]:
    return [entry.key for _, entry in blended(candidates, cosines)]


def test_the_code_asked_for_never_loses_to_meaning() -> None:
    wanted = (CODE, OIL)
    exact = found_for(wanted, 1, CODE, bm25=0.1)
    alike = found_for(wanted, 2, OIL, bm25=5.0)
    assert order([alike, exact], {1: 0.1, 2: 0.99}) == [1, 2]


def test_what_is_superseded_stays_behind() -> None:
    old = found_for((OIL,), 1, OIL, superseded=True)
    new = found_for((OIL,), 2, OIL, bm25=0.1)
    assert order([old, new], {1: 0.9, 2: 0.1}) == [2, 1]


def test_the_less_the_words_cover_the_more_meaning_counts() -> None:
    cosines = {1: 0.2, 2: 0.9}
    both = [found_for((OIL,), 1, OIL), found_for((OIL,), 2, OIL, bm25=0.7)]
    assert order(both, cosines) == [1, 2]
    half = (OIL, WATER)
    some = [found_for(half, 1, OIL), found_for(half, 2, OIL, bm25=0.7)]
    assert order(some, cosines) == [2, 1]
    assert blended([], {}) == []


def test_a_limit_makes_meaning_evidence_but_not_for_another_part() -> None:
    weak = found_for((OIL,), 1)
    assert is_evidence(weak, 0.7, 0.6)
    assert not is_evidence(weak, 0.5, 0.6)
    assert not is_evidence(weak, 0.7, math.inf)
    assert not is_evidence(found_for((STRANGE, OIL), 1, OIL), 0.7, 0.6)
