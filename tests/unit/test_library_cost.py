"""What a search asks of its index: counted in statements, pages and passages, never in seconds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fieldkit.library import candidates, holding, index, loading, packing
from fieldkit.library.documents import Document, Page
from fieldkit.library.expressions import any_of, texts_of
from fieldkit.library.search import Library
from tests.many_pages import ManyPages, many_pages

_PAGES = 100


@pytest.fixture(scope="module")
def pages() -> ManyPages:
    return many_pages(_PAGES, 60)


@pytest.fixture(scope="module")
def path(pages: ManyPages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cost") / "pages.sqlite"
    index.build(path, pages.documents)
    return path


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library.open(path) as library:
        yield library


class Counted:
    """The statements that a library runs."""

    def __init__(self, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[str, Sequence[object]]] = []
        run = library._rows

        def rows(statement: str, values: Sequence[object] = ()) -> list[Any]:
            self.asked.append((statement, values))
            return run(statement, values)

        self.rows = rows
        monkeypatch.setattr(library, "_rows", rows)


@pytest.fixture
def counted(library: Library, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(library, monkeypatch)


def test_any_number_of_passages_is_loaded_by_two_statements(
    library: Library, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[bytes] = []
    unpack = packing.unpack

    def counting(data: bytes) -> str:
        unpacked.append(data)
        return unpack(data)

    monkeypatch.setattr(loading, "unpack", counting)
    many = library.load_many(list(range(40, 0, -1)))
    assert len(counted.asked) == 2
    assert list(many) == list(range(40, 0, -1))
    places = {(passage.document, passage.page) for passage in many.values()}
    assert len(unpacked) == len(places) < 40
    assert len({passage.text for passage in many.values()}) == 40


def test_statements_of_a_search_do_not_grow_with_what_is_found(
    library: Library, counted: Counted, pages: ManyPages
) -> None:
    wanted = library.plan(pages.questions[0])
    library.ranked(wanted, 5)  # what is asked once and remembered
    counts = []
    for limit in (5, 50):
        counted.asked.clear()
        found = library.ranked(wanted, limit, floor=0.0)
        assert len(found) == limit
        counts.append(len(counted.asked))
    assert counts[0] == counts[1]


def test_what_holds_the_common_words_of_a_question_is_asked_once(
    library: Library, counted: Counted
) -> None:
    common = [text for (text,) in library._rows("SELECT text FROM holding WHERE code = 0 LIMIT 20")]
    assert len(common) == 20
    wanted = library.plan(" ".join(common))
    counted.asked.clear()
    found = candidates.candidates_for(counted.rows, wanted, None)
    assert found
    assert len(counted.asked) == 2


def test_kept_passages_of_a_word_are_those_that_search_finds(library: Library) -> None:
    kept = library._rows("SELECT code, text FROM holding")
    assert len(kept) > 20
    for code, text in kept:
        (bits,) = holding.holding(library._rows, {(bool(code), text)}).values()
        rows = library._rows(
            "SELECT rowid FROM search WHERE search MATCH ?", (any_of([text], code=bool(code)),)
        )
        assert bits == sum(1 << key for (key,) in rows), text


def test_words_without_a_kept_list_are_found_all_the_same(
    library: Library, pages: ManyPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    for question in pages.questions[:20]:
        wanted = library.plan(question)
        found = candidates.candidates_for(library._rows, wanted, None)
        with monkeypatch.context() as without:
            without.setattr(candidates, "holding", lambda *_: {})
            assert candidates.candidates_for(library._rows, wanted, None) == found


def _document(name: str, texts: Sequence[str]) -> Document:
    return Document(
        document=name, title=name, revision="", date="",
        pages=tuple(Page(number=n, text=text) for n, text in enumerate(texts, 1)),
    )  # fmt: skip


@pytest.fixture
def common_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A library with words so common, and limits so low, that no word of a question is rare."""
    monkeypatch.setattr(candidates, "_SOUGHT", 100)
    monkeypatch.setattr(candidates, "_CANDIDATES", 5)
    texts = []
    for number in range(600):
        words = [word for word, each in _COMMON.items() if number % each == 0]
        texts.append(" ".join((f"Text {number}:", *words)) + ".")
    index.build(tmp_path / "common.sqlite", [_document("C-1", texts)])
    with Library.open(tmp_path / "common.sqlite") as library:
        yield library


_COMMON = {"piston": 2, "gasket": 3, "flange": 5}  # each in every so many pages


def test_of_common_words_only_what_holds_the_most_is_scored(
    common_words: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(common_words, monkeypatch)
    found = candidates.candidates_for(counted.rows, common_words.plan(" ".join(_COMMON)), None)
    scored = next(values for statement, values in counted.asked if "bm25" in statement)
    keys = json.loads(str(scored[1]))
    assert keys == [number + 1 for number in range(0, 600, 30)]
    assert [each.holds for each in found] == [(True, True, True)] * 5


def test_a_common_word_alone_is_found(common_words: Library) -> None:
    found = candidates.candidates_for(common_words._rows, common_words.plan("flange"), None)
    assert len(found) == 5
    assert all(each.holds == (True,) for each in found)


@pytest.mark.parametrize("texts", [["a"], ["a b", "c"], ['say "stop"'], ["a", 'b"" OR c', ")"]])
@pytest.mark.parametrize("code", [False, True])
def test_an_expression_tells_its_texts(texts: list[str], code: bool) -> None:
    assert texts_of(any_of(texts, code=code)) == (code, texts)


@pytest.mark.parametrize("expression", ["", '{title heading text} : ("a" *)', 'codes : ("a") OR b'])
def test_other_expressions_tell_none(expression: str) -> None:
    assert texts_of(expression) is None
