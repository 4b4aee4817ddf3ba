"""Choosing the limits of evidence on a profile's questions, without believing few of them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.cli import main
from fieldkit.core.citation import State
from fieldkit.errors import IntegrityProblem
from fieldkit.library import documents, index
from fieldkit.library.calibrated import CURVE, LIMITS
from fieldkit.library.judging import Certainty, Limits
from fieldkit.library.search import ANSWERED, PERHAPS, Library
from fieldkit.packager import calibrate
from fieldkit.packager.calibrate import Scored, best_limits, choose, curve
from fieldkit.packager.evaluate import read_questions

DEMO = resources.folder("profiles") / "demo"


def scored(answerable: Sequence[float], unanswerable: Sequence[float]) -> list[Scored]:
    return [
        Scored(Certainty(value, State.NONE, State.ANSWERED), kind)
        for kind, values in ((True, answerable), (False, unanswerable))
        for value in values
    ]


def test_a_few_questions_move_the_default_hardly_or_not() -> None:
    lucky = choose(scored([0.95, 0.9], [0.02, 0.88]))
    assert abs(lucky.limits.perhaps - LIMITS.perhaps) < 0.05
    assert abs(lucky.limits.answered - LIMITS.answered) < 0.1
    assert (lucky.answerable, lucky.unanswerable) == (2, 2)


def test_no_questions_keep_the_default() -> None:
    chosen = choose([])
    assert (chosen.limits, chosen.refused, chosen.falsely_refused) == (LIMITS, 0.0, 0.0)


def test_many_questions_that_tell_other_limits_move_them_and_say_what_they_gain() -> None:
    drawn = random.Random(3)
    answerable = [drawn.uniform(0.3, 0.9) for _ in range(4000)]
    unanswerable = [drawn.uniform(0.0, 0.28) for _ in range(4000)]
    chosen = choose(scored(answerable, unanswerable))
    assert 0.2 <= chosen.limits.perhaps <= 0.34
    assert 0.2 <= chosen.limits.answered <= 0.34
    assert chosen.refused > chosen.by_default[0]
    assert chosen.sure > chosen.by_default[2]
    assert chosen.falsely_refused <= 0.03
    assert chosen.falsely_sure <= 0.15


def test_questions_that_part_nothing_are_mostly_answered_with_a_mark() -> None:
    drawn = random.Random(5)
    values = [drawn.random() for _ in range(60)]
    chosen = choose(scored(values, list(reversed(values))))
    assert chosen.limits.perhaps < chosen.limits.answered
    assert chosen.falsely_sure <= max(0.2, chosen.by_default[3])


def test_what_its_codes_decide_is_no_matter_of_the_limits() -> None:
    held = Certainty(0.01, State.PERHAPS, State.ANSWERED)
    strange = Certainty(0.99, State.NONE, State.PERHAPS)
    for perhaps, answered in ((0.0, 0.0), (0.5, 0.6), (1.0, 1.0)):
        limits = Limits(perhaps=perhaps, answered=answered)
        assert held.state(limits) is not State.NONE
        assert strange.state(limits) is not State.ANSWERED


def test_without_questions_the_curve_is_the_default_s() -> None:
    for point, was in zip(curve([]), CURVE, strict=True):
        assert point == pytest.approx(was)
    assert best_limits(curve([])) == LIMITS


def test_a_curve_only_rises() -> None:
    points = curve(scored([0.9, 0.5, 0.8, 0.7], [0.1, 0.9]))
    for before, after in pairwise(points):
        assert all(now >= was - 1e-9 for was, now in zip(before, after, strict=True))


def test_the_index_keeps_its_limits_and_the_figures_it_was_chosen_by(tmp_path: Path) -> None:
    manuals = documents.read_folders([DEMO / "manuals"]).documents
    questions = read_questions(DEMO / "questions.toml")
    path = tmp_path / "library.sqlite"
    index.build(path, manuals, calibrate=calibrate.by(questions))
    figures = calibrate.noted(path)
    assert figures is not None
    assert (figures["answerable"], figures["unanswerable"]) == (40, 10)
    assert figures["falsely_refused"] <= 0.03
    assert figures["falsely_sure"] <= 0.15
    assert figures["sure"] >= 0.9
    assert figures["default"] == asdict(LIMITS)
    with Library.open(path) as library:
        assert asdict(library.limits) == figures["limits"]
    assert f"{figures['limits']['answered']:.2f}" in calibrate.told(figures)
    assert [p.name for p in tmp_path.iterdir()] == ["library.sqlite"]


def test_equal_manuals_and_questions_give_equal_bytes(tmp_path: Path) -> None:
    manuals = documents.read_folders([DEMO / "manuals"]).documents
    questions = read_questions(DEMO / "questions.toml")
    for name in ("a", "b"):
        index.build(tmp_path / name, manuals, calibrate=calibrate.by(questions))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_index_without_questions_has_the_default_and_no_figures(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    index.build(path, documents.read_folders([DEMO / "manuals"]).documents)
    assert calibrate.by(()) is None
    assert calibrate.noted(path) is None
    with Library.open(path) as library:
        assert library.limits == LIMITS


@pytest.mark.parametrize("name", [PERHAPS, ANSWERED])
@pytest.mark.parametrize("limit", ["high", "", "nan", "-1", "7"])
def test_a_limit_that_is_none_is_damage(name: str, limit: str, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    manuals = documents.read_folders([DEMO / "manuals"]).documents
    index.build(path, manuals, calibrate=lambda _path: {name: limit})
    with pytest.raises(IntegrityProblem, match="damaged"):
        Library.open(path)


def test_the_limits_of_the_index_are_what_search_is_held_against(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    manuals = documents.read_folders([DEMO / "manuals"]).documents
    question = "How is the suction strainer of the mud pump cleaned?"
    for perhaps, answered, state in (
        ("0.01", "0.02", State.ANSWERED),
        ("0.01", "0.99", State.PERHAPS),
        ("0.98", "0.99", State.NONE),
    ):
        facts = {PERHAPS: perhaps, ANSWERED: answered, "calibration": json.dumps({})}
        index.build(path, manuals, calibrate=lambda _path, facts=facts: facts)
        with Library.open(path) as library:
            assert library.find(question).state is state
            assert bool(library.search(question)) is (state is not State.NONE)


def test_an_index_without_a_profile_is_calibrated_on_a_named_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "library.sqlite"
    manuals, questions = str(DEMO / "manuals"), str(DEMO / "questions.toml")
    words = ["index", manuals, "--output", str(path), "--questions", questions]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "of 10 unanswerable" in said.err
    assert str(path) in said.out
    assert calibrate.noted(path) is not None
