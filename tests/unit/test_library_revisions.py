"""Several revisions of one manual: which holds, and what a question is answered from."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.revisions import Issue, superseding
from fieldkit.library.search import Library


def issue(text: str) -> Issue:
    revision, _, date = text.partition(" ")
    return Issue("PX-204", revision.strip("-"), date)


@pytest.mark.parametrize(
    "ascending",
    [
        ["A", "B", "C"],
        ["Z", "AA"],
        ["9", "10"],
        ["1.9", "1.10", "2.0"],
        ["R03", "R12"],
        ["-", "A"],
        ["- 2024-01-01", "- 2025-01-01"],
        ["A 2026-01-01", "B 2025-01-01"],  # as the publisher counts, whatever the date
        ["C 2024-01-01", "1 2025-01-01"],  # another way of counting: the date tells
    ],
)
def test_the_newest_holds_in_any_order(ascending: list[str]) -> None:
    issues = [issue(text) for text in ascending]
    newest = issues[-1]
    for order in itertools.permutations(issues):
        assert superseding(order) == [None if each == newest else newest for each in order]


def test_manuals_do_not_supersede_each_other() -> None:
    assert superseding([Issue("A-1", "B"), Issue("A-2", "C")]) == [None, None]


@pytest.mark.parametrize(
    ("newer", "name"),
    [("C", "rev C"), ("- 2026-01-01", "the issue of 2026-01-01"), ("-", "a newer issue")],
)
def test_a_warning_names_the_newer_one(newer: str, name: str) -> None:
    assert issue(newer).name == name


def manual(folder: Path, revision: str, torque: int, extra: str = "") -> None:
    (folder / f"pump-{revision}.md").write_text(
        f"---\ndocument: PX-204\ntitle: Mud pump\nrevision: {revision}\n---\n"
        f"<!-- page 1 -->\n## Torque table\nThe studs need {torque} Nm.{extra}\n",
        encoding="utf-8",
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    manual(tmp_path, "B", 300, " The paper gasket is used dry.")
    manual(tmp_path, "C", 320)
    build(tmp_path / "library.sqlite", read_folders([tmp_path]).documents)
    return Library.open(tmp_path / "library.sqlite")


def test_the_older_one_is_marked_and_ranks_behind(library: Library) -> None:
    with library:
        new, old = library.search("What torque do the studs need?")
        assert (new.revision, new.superseded_by, "320 Nm" in new.text) == ("C", "", True)
        assert (old.revision, old.superseded_by) == ("B", "rev C")
        assert [(m.revision, m.superseded_by) for m in library.documents()] == [
            ("B", "rev C"), ("C", ""),
        ]  # fmt: skip


def test_what_only_the_older_one_says_is_still_found(library: Library) -> None:
    with library:
        (only,) = library.search("paper gasket dry")
        assert only.superseded_by == "rev C"


def test_a_page_is_that_of_its_revision_or_of_the_newest(library: Library) -> None:
    with library:
        assert "320 Nm" in library.page("PX-204", 1)
        assert "300 Nm" in library.page("PX-204", 1, "B")
        with pytest.raises(KeyError):
            library.page("PX-204", 1, "A")


def test_the_same_revision_twice_is_still_a_mistake(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.md").write_text(f"---\ndocument: T\nrevision: B\n---\nText {name}.\n")
    with pytest.raises(InvalidInput) as raised:
        read_folders([tmp_path])
    assert "document T is also" in raised.value.problems[0]
    assert "of the same revision" in raised.value.problems[0]
