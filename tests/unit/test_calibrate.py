"""Choosing the floor of evidence on a profile's questions, without believing few of them."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.cli import main
from fieldkit.errors import IntegrityProblem
from fieldkit.library import documents, index
from fieldkit.library.calibrated import CURVE, FLOOR
from fieldkit.library.search import Library
from fieldkit.packager import calibrate
from fieldkit.packager.calibrate import Scored, best_floor, choose, curve, shares
from fieldkit.packager.evaluate import read_questions

DEMO = resources.folder("profiles") / "demo"


def scored(answerable: list[float], unanswerable: list[float]) -> list[Scored]:
    return [Scored(e, True) for e in answerable] + [Scored(e, False) for e in unanswerable]


def test_a_few_questions_move_the_default_hardly_or_not() -> None:
    lucky = choose(scored([0.95, 0.9], [0.2, 0.88]))
    assert abs(lucky.floor - FLOOR) < 0.05
    assert (lucky.answerable, lucky.unanswerable) == (2, 2)


def test_no_questions_keep_the_default() -> None:
    chosen = choose([])
    assert (chosen.floor, chosen.refused, chosen.falsely_refused) == (FLOOR, 0.0, 0.0)


def test_many_questions_that_tell_another_floor_move_it_and_say_what_they_gain() -> None:
    drawn = random.Random(3)
    answerable = [drawn.uniform(0.45, 1.0) for _ in range(400)]
    unanswerable = [drawn.uniform(0.0, 0.42) for _ in range(400)]
    chosen = choose(scored(answerable, unanswerable))
    assert 0.42 <= chosen.floor <= 0.47
    assert chosen.falsely_refused < chosen.by_default[1]
    assert chosen.refused >= 0.95


def test_questions_that_part_nothing_keep_the_default() -> None:
    drawn = random.Random(5)
    values = [drawn.random() for _ in range(60)]
    chosen = choose(scored(values, list(reversed(values))))
    assert chosen.floor == FLOOR or chosen.refused - 3 * chosen.falsely_refused > (
        chosen.by_default[0] - 3 * chosen.by_default[1]
    )


def test_without_questions_the_curve_is_the_default_s() -> None:
    assert curve([]) == [tuple(point) for point in CURVE]
    assert best_floor(curve([])) == FLOOR


def test_shares_count_each_kind_by_itself() -> None:
    found = scored([0.9, 0.5, 0.8, 0.7], [0.1, 0.9])
    assert shares(found, 0.6) == (0.5, 0.25)
    assert shares([], 0.6) == (0.0, 0.0)


def test_a_curve_only_rises() -> None:
    points = curve(scored([0.9, 0.5, 0.8, 0.7], [0.1, 0.9]))
    for before, after in pairwise(points):
        assert before[1] <= after[1] + 1e-9
        assert before[2] <= after[2] + 1e-9


def test_the_index_keeps_its_floor_and_the_figures_it_was_chosen_by(tmp_path: Path) -> None:
    manuals = documents.read_folders([DEMO / "manuals"]).documents
    questions = read_questions(DEMO / "questions.toml")
    path = tmp_path / "library.sqlite"
    index.build(path, manuals, calibrate=calibrate.by(questions))
    figures = calibrate.noted(path)
    assert figures is not None
    assert (figures["answerable"], figures["unanswerable"]) == (40, 10)
    assert figures["refused"] >= 0.9
    assert figures["falsely_refused"] <= 0.05
    assert figures["default"] == FLOOR
    with Library.open(path) as library:
        assert library.floor == figures["floor"]
    assert f"{figures['floor']:.2f}" in calibrate.told(figures)
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
        assert library.floor == FLOOR


@pytest.mark.parametrize("floor", ["high", "", "nan", "-1", "7"])
def test_a_floor_that_is_none_is_damage(floor: str, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    manuals = documents.read_folders([DEMO / "manuals"]).documents
    index.build(path, manuals, calibrate=lambda _path: {"floor": floor})
    with pytest.raises(IntegrityProblem, match="damaged"):
        Library.open(path)


def test_the_floor_of_the_index_is_what_search_is_held_against(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    manuals = documents.read_folders([DEMO / "manuals"]).documents
    question = "Who leads the crew of the mud pump?"
    for floor, found in (("0.05", True), ("1.0", False)):
        facts = {"floor": floor, "calibration": json.dumps({})}
        index.build(path, manuals, calibrate=lambda _path, facts=facts: facts)
        with Library.open(path) as library:
            assert bool(library.search(question)) is found


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
