"""A converted value in parentheses does not divide a clause."""

from __future__ import annotations

import pytest

from fieldkit.core.citation import Passage
from fieldkit.library.claims.asides import without_asides
from fieldkit.library.claims.check import check
from fieldkit.library.claims.values import read_values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Within 15 m (about 49 ft) of it.", f"Within 15 m {chr(32) * 13} of it."),
        ("Within 15 m (if it runs at 3 bar) of it.", "Within 15 m (if it runs at 3 bar) of it."),
        ("The fan (the big one) turns.", "The fan (the big one) turns."),
        ("(" * 5000 + "15 m", "(" * 5000 + "15 m"),
    ],
)
def test_only_asides_of_values_are_left_out(text: str, expected: str) -> None:
    assert without_asides(text, read_values(text, "en")) == expected


def test_an_aside_changes_no_meaning() -> None:
    passage = Passage(
        document="SH-1",
        title="SH-1",
        revision="",
        page=1,
        heading="Radios",
        text="Do not use any radio within 15 m of open explosives.",
    )
    said = "Do not use any radio within 15 m (49 ft) of open explosives."
    assert not check(said, [passage]).flagged
