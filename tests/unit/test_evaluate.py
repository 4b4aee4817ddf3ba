"""Scoring the profile's questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fieldkit import resources
from fieldkit.core.citation import REFUSAL
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.quote import Quote
from fieldkit.errors import InvalidInput
from fieldkit.library import documents, index
from fieldkit.library.answering import Answering
from fieldkit.library.search import Library
from fieldkit.packager import score_report
from fieldkit.packager.evaluate import (
    Question,
    contains,
    evaluate,
    has_value,
    loops,
    read_questions,
)
from tests.fakes import ASSISTANT, ScriptedEngine, script

QUESTIONS = resources.folder("profiles") / "demo" / "questions.toml"


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("Tighten them to 320 Nm [1].", "320 Nm", True),
        ("320 nm", "320 Nm", True),
        ("It is 1320 Nm.", "320 Nm", False),
        ("It is 5.320 Nm.", "320 Nm", False),
        ("It is 320 Nmm.", "320 Nm", False),
        ("At 12 bar.", "12", True),
        ("At 12.", "12", True),
        ("At 12.5 bar.", "12", False),
        ("At 2.12 bar.", "12", False),
        ("E 17", "E 1", False),
        ("The code E 17 means low oil.", "E 17", True),
        ("(ISO VG 220)", "ISO VG 220", True),
        ("4.5 mm", "4.5 mm", True),
        ("4x5 mm", "4.5 mm", False),
        ("", "320 Nm", False),
    ],
)
def test_an_answer_holds_the_expected_text_and_not_a_part_of_another_number(
    answer: str, expected: str, right: bool
) -> None:
    assert contains(answer, (expected,)) is right


def test_any_of_the_expected_texts_will_do() -> None:
    assert contains("A quarter of an hour.", ("15 minutes", "quarter of an hour"))
    assert not contains("An hour.", ("15 minutes", "quarter of an hour"))


def test_the_demo_s_questions_are_forty_with_a_page_and_ten_without() -> None:
    questions = read_questions(QUESTIONS)
    answerable = [question for question in questions if question.answer]
    assert (len(answerable), len(questions)) == (40, 50)
    assert all(question.document and question.page > 0 for question in answerable)
    assert len({question.text for question in questions}) == 50


@pytest.mark.parametrize(
    "content",
    [
        "question = 3",
        "[[question]]\nanswerable = true",
        "[[question]]\ntext = 'Why?'\ndocument = 'X'\npage = 1.5\nanswer = ['a']",
        "[[question]]\ntext = 'Why?'\ndocument = 'X'\npage = 1",
        "[[question]]\ntext = 'Why?'\ndocument = 'X'\npage = 1\nanswer = 'a b'",
        "question = [3]",
        "nothing = 1",
        "[[question",
        b"\xff\xfe",
        "",
    ],
)
def test_what_is_no_question_set_is_refused_with_an_example(
    content: str | bytes, tmp_path: Path
) -> None:
    path = tmp_path / "questions.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput, match=r"questions\.toml") as caught:
        read_questions(path)
    assert "profiles/demo/questions.toml" in caught.value.hint


def test_a_missing_question_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.toml"):
        read_questions(tmp_path / "none.toml")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    manuals = documents.read_folders([resources.folder("profiles") / "demo" / "manuals"])
    index.build(tmp_path / "library.sqlite", manuals.documents)
    return tmp_path / "library.sqlite"


def test_answers_refusals_and_sources_are_scored(library: Path) -> None:
    torque = Question(
        text="What torque do the fluid end studs need?",
        document="PX-204",
        page=7,
        answer=("320 Nm",),
    )
    wrong = Question(
        text="Torque for the clamps on the suction hose?",
        document="PX-204",
        page=7,
        answer=("18 Nm",),
    )
    unanswerable = Question(text="Zebra quicksilver paragliding?")
    engine = ScriptedEngine(script("Tighten the studs to 320 Nm [1]."))
    steps: list[tuple[int, int]] = []
    with Library.open(library) as opened:
        scores = evaluate(
            (torque, wrong, unanswerable),
            assistant=ASSISTANT,
            library=opened,
            engine=engine,
            progress=lambda *step: steps.append(step),
        )
    assert steps == [(1, 3), (2, 3), (3, 3)]
    first, second, third = scores["answers"]
    assert first["right"]
    assert first["retrieved"]
    assert first["cited"]
    assert second["answer"] == "Tighten the studs to 320 Nm [1]."
    assert second["right"] is second["replaced"]  # the quote is right
    assert third["right"]
    assert third["refused"]
    assert third["answer"] == REFUSAL
    assert scores["score"] == pytest.approx((2 + second["replaced"]) / 3, abs=1e-3)
    assert (scores["answered"], scores["refused"]) == ((1 + second["replaced"]) / 2, 1.0)
    assert (scores["retrieved"], scores["falsely_refused"]) == (1.0, 0.0)


def test_no_questions_score_nothing(library: Path) -> None:
    with Library.open(library) as opened:
        scores = evaluate((), assistant=ASSISTANT, library=opened, engine=ScriptedEngine())
    assert scores["score"] == 0.0
    assert scores["answers"] == []


def ask(library: Path, *questions: Question, said: str) -> dict[str, Any]:
    with Library.open(library) as opened:
        engine = ScriptedEngine(script(said))
        return evaluate(questions, assistant=ASSISTANT, library=opened, engine=engine)


TORQUE = Question(
    text="What torque do the fluid end studs need?",
    document="PX-204",
    page=7,
    answer=("320 Nm",),
)


@pytest.mark.parametrize(
    ("question", "said", "cause"),
    [
        (TORQUE, "320 Nm [1].", ""),
        (TORQUE, "The studs need a torque [1].", "model"),
        (TORQUE, "45 Nm [1].", ""),  # withdrawn: the quote is shown, which is right
        (replace(TORQUE, document="GX-30", page=2), "The studs need a torque [1].", "page"),
        (replace(TORQUE, text="Zebra paragliding?"), "The studs need a torque [1].", "page"),
        (
            replace(TORQUE, text="zebra mayor paraglides unicorn marmalade trombone studs?"),
            "45 Nm.",
            "evidence",
        ),
        (Question(text="What torque do the fluid end studs need?"), "320 Nm [1].", "not refused"),
        (Question(text="Zebra paragliding quicksilver?"), "45 Nm.", ""),
    ],
)
def test_a_wrong_answer_has_a_cause(
    library: Path, question: Question, said: str, cause: str
) -> None:
    scores = ask(library, question, said=said)
    (answer,) = scores["answers"]
    assert answer["cause"] == cause
    assert sum(scores["causes"].values()) == (1 if cause else 0)


def test_search_and_model_are_scored_apart(library: Path) -> None:
    misled = Question(text="What torque do the fluid end studs need today?")
    stranger = Question(text="Zebra paragliding quicksilver?")
    scores = ask(library, TORQUE, misled, stranger, said="The studs need a torque [1].")
    found = scores["retrieval"]
    assert (found["found_first"], found["mrr"], found["refused"]) == (1.0, 1.0, 0.5)
    assert 0 < found["perhaps"] < found["answered"] < 1
    assert (found["sure"], found["falsely_sure"]) == (1.0, 0.5)
    assert scores["answering"] == {
        "with_the_page": 1,
        "right_with_the_page": 0.0,
        "misled": 1,
        "refused_when_misled": 0.0,
    }
    told = "\n".join(score_report.lines(scores))
    assert "the model had the page and said otherwise (1):" in told
    assert "no page answers it, but an answer was given without a mark (1):" in told
    assert TORQUE.text in told
    assert "search: the page among three for 100%" in told


def test_a_number_of_the_question_needs_no_page(library: Path) -> None:
    question = replace(TORQUE, text="Is the torque of the fluid end studs 777 Nm?")
    quoting = ask(library, question, said="You asked for 777 Nm [1].")
    assert quoting["answers"][0]["unsupported"] == []
    inventing = ask(library, question, said="They need 778 Nm [1].")
    assert inventing["answers"][0]["unsupported"] == ["778 Nm"]


STUDS = "Fluid end studs: 320 Nm"
UNMARKED = Claim(start=0, end=5, text="45 Nm.", passage=1)
MARKED = replace(UNMARKED, remarks=(Remark(kind=Kind.VALUE, said="45 Nm"),))
RIGHT = replace(UNMARKED, text="320 Nm.")


@pytest.mark.parametrize(
    ("said", "claim", "replaced", "expected"),
    [
        ("320 Nm.", RIGHT, False, {"right": True, "cited_right": True}),
        ("320 Nm.", replace(RIGHT, passage=0), False, {"right": True, "cited_right": False}),
        ("320 Nm [1].", replace(RIGHT, passage=0), False, {"right": True, "cited_right": True}),
        ("45 Nm.", UNMARKED, False, {"wrong_unmarked": True, "flagged": False}),
        ("45 Nm.", MARKED, False, {"flagged": True}),
        ("45 Nm.", MARKED, True, {"flagged": True, "replaced": True, "right": True}),
        (REFUSAL, UNMARKED, False, {"refused": True}),
        ("", UNMARKED, False, {}),
    ],
)
def test_what_a_technician_is_shown_is_scored(
    library: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    claim: Claim,
    replaced: bool,
    expected: dict[str, bool],
) -> None:
    class Checks:
        def check(self, text: str, *, complete: bool = True) -> Checked:
            assert complete
            return Checked(text=text, claims=(claim,), replaced=replaced)

    monkeypatch.setattr(Answering, "checks", lambda *_: Checks())
    monkeypatch.setattr(
        "fieldkit.library.answering.quotes_of", lambda *_: (Quote(text=STUDS, passage=1),)
    )
    scores = ask(library, TORQUE, said=said)
    (answer,) = scores["answers"]
    names = ("right", "refused", "flagged", "replaced", "wrong_unmarked")
    assert {name: answer[name] for name in names} == dict.fromkeys(names, False) | {
        name: value for name, value in expected.items() if name != "cited_right"
    }
    if "cited_right" in expected:
        assert answer["cited_right"] is expected["cited_right"]
    shown = scores["shown"]
    assert shown["wrong_unmarked"] == answer["wrong_unmarked"]
    assert shown["quote_right"] == 1.0
    told = "\n".join(score_report.lines(scores))
    assert ("wrong, and shown without a mark (1):" in told) is answer["wrong_unmarked"]
    assert "the quote holds 100% of the answers" in score_report.in_words(scores)["What is shown"]


def test_a_loop_is_stopped_as_in_the_assistant_and_counted(library: Path) -> None:
    loop = "The studs of the fluid end are tightened to 320 Nm. "
    scores = ask(library, TORQUE, said=loop * 20)
    (answer,) = scores["answers"]
    assert (answer["answer"], answer["finish"]) == (loop.strip(), "repeated")
    assert (scores["shown"]["stopped"], scores["shown"]["loops"]) == (1, 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The oil is ISO 150. " * 3, True),
        ("one two three four five six seven eight nine ten eleven twelve " * 3, True),
        ("The oil is ISO 150. " * 2, False),
        ("Wait. Wait. Wait. Wait.", False),
        ("Studs take 320 Nm. Bolts take 275 Nm. Clamps take 18 Nm.", False),
        ("", False),
    ],
)
def test_what_counts_as_a_loop(text: str, found: bool) -> None:
    assert loops(text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is 15 km/h.", True),
        ("It is 2.5 bar [1].", True),
        ("Code E 17 is a fault [1, 2].", False),
        ("The H2S sensor has failed.", False),
        ("At the north gate.", False),
    ],
)
def test_what_counts_as_a_value(text: str, found: bool) -> None:
    assert has_value(text, "What does E 17 mean?") is found
