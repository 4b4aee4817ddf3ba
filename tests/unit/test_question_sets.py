"""The sets of questions are sound, and a page is held to be right only where the answer stands."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.core.citation import Passage, State
from fieldkit.library.documents import read_folders
from fieldkit.packager.evaluate import read_questions
from tests import retrieval
from tests.question_sets import lanes, outside, sets
from tests.question_sets.lanes import Asked, Found, Lane, Score
from tests.question_sets.outside import OutsideDocument, OutsideQuestion, OutsideSet

SETS = outside.sets()
LANGUAGES = {
    "da", "de", "en", "es", "fi", "fr", "it", "ja", "nl", "no", "pt", "ru", "sv", "zh",
}  # fmt: skip
CHOSEN_ON = next(each for each in SETS if each.chosen_on)
PAGELESS = {".csv", ".docx", ".htm", ".html", ".md", ".txt", ".xlsx"}


def passage(**changes: object) -> Passage:
    values: dict[str, object] = {
        "document": "PX", "title": "PX", "revision": "", "page": 4, "heading": "", "text": "",
    }  # fmt: skip
    return Passage(**{**values, **changes})  # type: ignore[arg-type]  # test convenience


@pytest.mark.parametrize("asked", SETS, ids=lambda asked: asked.name)
def test_every_question_tells_what_is_needed_to_judge_it(asked: OutsideSet) -> None:
    files = {each.file for each in asked.documents}
    assert all(re.fullmatch("[0-9a-f]{64}", each.sha256) for each in asked.documents)
    assert {each.language for each in (*asked.documents, *asked.questions)} <= LANGUAGES
    for question in asked.questions:
        assert question.text == question.text.strip() != "", question.id
        if not question.places:
            assert (question.kind, question.near in files) == ("unanswerable", True), question.id
            continue
        assert question.kind != "unanswerable", question.id
        assert all(outside.squashed(answer) for answer in question.answers), question.id
        assert question.answers, question.id
        for file, pages in question.places:
            assert file in files, question.id
            assert bool(pages) or Path(file).suffix.lower() in PAGELESS, question.id
            assert all(page > 0 for page in pages), question.id


def test_the_set_that_is_chosen_on_asks_about_every_document_and_in_every_way() -> None:
    answerable = [each for each in CHOSEN_ON.questions if each.places]
    assert len(answerable) >= 100
    assert len(CHOSEN_ON.questions) - len(answerable) >= 35
    asked_about = {file for each in answerable for file, _ in each.places}
    assert asked_about == {each.file for each in CHOSEN_ON.documents}
    language = {each.file: each.language for each in CHOSEN_ON.documents}
    elsewhere = [each for each in answerable if each.language != language[each.places[0][0]]]
    assert len(elsewhere) >= 15
    assert Counter(each.kind for each in answerable).keys() >= {"value", "code", "table", "part"}


def test_no_question_and_no_document_is_both_chosen_on_and_held_out() -> None:
    ids = [question.id for each in SETS for question in each.questions]
    texts = [outside.squashed(q.text) for each in SETS for q in each.questions]
    documents = [document.sha256 for each in SETS for document in each.documents]
    for values in (ids, texts, documents):
        assert [value for value, count in Counter(values).items() if count > 1] == []
    made_here = {
        outside.squashed(q.text) for each in (sets.demo(), *sets.held_out()) for q in each.questions
    }
    assert made_here.isdisjoint(texts)


@pytest.mark.slow
@pytest.mark.parametrize("asked", SETS, ids=lambda asked: asked.name)
def test_the_answer_stands_on_every_page_that_is_given(asked: OutsideSet) -> None:
    folder = asked.manuals()
    if folder is None:
        pytest.skip(asked.where())
    documents = {each.file: each for each in read_folders([folder], skip=True).documents}
    for question in asked.questions:
        for file, pages in question.places:
            numbered = {page.number: page.text for page in documents[file].pages}
            for text in [numbered[n] for n in pages] or ["\n".join(numbered.values())]:
                squashed = outside.squashed(text)
                held = any(outside.squashed(each) in squashed for each in question.answers)
                assert held, (question.id, file, pages)


def test_documents_are_looked_for_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    document = OutsideDocument(file="a.pdf", language="en", sha256=nothing)
    asked = OutsideSet(
        name="x", documents=(document,), questions=(), chosen_on=False, variable="FIELDKIT_X"
    )
    assert asked.manuals() is None
    assert "FIELDKIT_X does not name" in asked.where()
    monkeypatch.setenv("FIELDKIT_X", str(tmp_path))
    assert asked.manuals() == tmp_path
    other = replace(asked, documents=(replace(document, sha256="0" * 64),))
    assert other.manuals() is None
    assert "1 of its 1 documents are not in" in other.where()
    monkeypatch.setenv("FIELDKIT_X", "")
    assert asked.manuals() is None


def test_a_page_is_right_where_it_is_given_or_where_its_document_holds_the_answer() -> None:
    question = OutsideQuestion(
        id="x",
        text="How heavy?",
        language="en",
        kind="weight",
        places=(("PX.pdf", (4,)), ("OLD.pdf", (9,))),
        answers=("around 550 g",),
        beside="Weight",
    )
    assert question.is_at(passage(), "PX.pdf")
    assert question.is_at(passage(), "manuals/PX.pdf")
    assert question.is_at(passage(page=9), "OLD.pdf")
    assert not question.is_at(passage(page=9), "PX.pdf")
    assert question.is_at(passage(page=5, text="Weight: around 550g."), "PX.pdf")
    assert not question.is_at(passage(page=5, text="It takes around 550g."), "PX.pdf")
    assert not question.is_at(passage(text="Weight: around 550g."), "QX.pdf")


def test_a_short_answer_says_nothing_of_another_page_but_all_where_there_are_none() -> None:
    paged = OutsideQuestion(
        id="x", text="?", language="en", kind="code", places=(("PX.pdf", (4,)),), answers=("23",)
    )
    assert not paged.is_at(passage(page=5, text="23"), "PX.pdf")
    table = replace(paged, places=(("PX.csv", ()),))
    assert table.is_at(passage(page=0, text="Object ID 23"), "PX.csv")


def test_questions_are_read_from_json(tmp_path: Path) -> None:
    entry = {"id": "q1", "lang": "en", "file": "a.pdf", "question": "Q?", "answer": "A", "page": 2}
    also = {"also": [["b.pdf", 3], ["a.pdf", 7]], "kind": "value"}
    none = {"id": "n1", "lang": "fr", "question": "N?", "answer": None, "near": "a.pdf"}
    path = tmp_path / "questions.json"
    path.write_text(json.dumps([{**entry, **also}, none]), encoding="utf-8")
    first, second = outside.read_json(path)
    assert first.places == (("a.pdf", (2, 7)), ("b.pdf", (3,)))
    assert first.answers == ("A",)
    assert (second.places, second.near, second.language) == ((), "a.pdf", "fr")


@pytest.mark.parametrize("language", ["es", "no"])
def test_a_translation_asks_for_the_same_pages(language: str) -> None:
    path = Path(sets.__file__).parent / f"demo_{language}.toml"
    original = sets.demo().questions
    asked = read_questions(path)
    assert [(q.document, q.page, q.answer) for q in asked] == [
        (q.document, q.page, q.answer) for q in original
    ]
    assert not {q.text for q in asked} & {q.text for q in original}
    with_code = [each for each in lanes.translated(language).asked if each.code]
    assert len(with_code) == 6


def test_a_lane_is_scored_by_ranks_and_states(tmp_path: Path) -> None:
    demo = lanes.of_set(sets.demo(), chosen_on=True)
    few = replace(demo, asked=(*demo.asked[:4], demo.asked[-1]))
    got = lanes.score(few, tmp_path / "library.sqlite")
    assert (got.answerable, got.unanswerable) == (4, 1)
    assert got.among_three == 1.0
    assert {each.rank for each in got.found} <= {0, 1, 2, 3}
    assert got.found[-1].rank == 0


def found(rank: int, state: State, *, answerable: bool = True, language: str = "en") -> Found:
    asked = Asked(
        text="?",
        answerable=answerable,
        is_at=lambda _: False,
        language=language,
        kind="value" if answerable else "unanswerable",
    )
    return Found(asked=asked, rank=rank, state=state)


SCORE = Score(
    (
        found(1, State.ANSWERED),
        found(2, State.PERHAPS),
        found(0, State.NONE, language="de"),
        found(1, State.ANSWERED, language="de"),
        found(0, State.ANSWERED, answerable=False),
        found(0, State.PERHAPS, answerable=False),
    )
)


def test_shares_are_of_the_answerable_but_for_what_is_not_answered() -> None:
    assert (SCORE.answerable, SCORE.unanswerable) == (4, 2)
    assert (SCORE.among_three, SCORE.first) == (0.75, 0.5)
    assert (SCORE.refused, SCORE.answered, SCORE.not_answered) == (0.25, 0.5, 0.5)
    assert SCORE.reciprocal == (1 + 0.5 + 0 + 1) / 4
    german = SCORE.only(lambda asked: asked.language == "de")
    assert (german.answerable, german.among_three) == (2, 0.5)
    assert math.isnan(german.not_answered)
    assert lanes.together([german, german]).answerable == 4


def test_a_row_that_was_not_measured_keeps_its_documented_figures() -> None:
    page = "Before\n<!-- retrieval: by hand -->\nold\n<!-- end of retrieval -->\nAfter"
    lane = Lane(name="demo", documents=(), asked=(), chosen_on=True)
    demo, real = retrieval.row(lane, SCORE), retrieval.row(replace(lane, name="real"), SCORE)
    assert demo == "| demo | yes | 4 / 2 | 0.750 | 0.500 | 0.250 | 0.500 | 0.500 |"
    page = retrieval.LANES.written(page, retrieval.HEAD, [demo, real])
    documented = retrieval.LANES.rows(page)
    assert list(documented) == ["demo", "real"]
    worse = demo.replace("0.750", "0.250")
    new = retrieval.row(replace(lane, name="new"), SCORE)
    assert retrieval.merged([new, worse], documented) == [worse, real, new]
    assert page.startswith("Before\n")
    assert page.endswith("\nAfter")
    with pytest.raises(ValueError, match="no block retrieval"):
        retrieval.LANES.written("", retrieval.HEAD, [demo])


def test_parts_tell_languages_and_kinds() -> None:
    assert [line.split("|")[1].strip() for line in retrieval.parts(SCORE)] == [
        "in de",
        "in en",
        "kind: value",
    ]
