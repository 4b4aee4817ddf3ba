"""Raised and lowered marks: powers, notes, fractions, formulas."""

from __future__ import annotations

import pytest

from fieldkit.library.readers.scripts import LEVEL, LOWERED, RAISED, lowered, raised, resolved

UP, DOWN = raised, lowered


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # A note's mark goes behind the measure, and never joins the figure.
        (f"85{UP('1')} Nm", "85 Nm \u00b9"),
        (f"12{UP('2)')} Nm", "12 Nm \u00b2\u207e"),
        (f"85{UP('*')} Nm", "85 Nm *"),
        (f"320{UP('a')} bar", "320 bar \u1d43"),
        (f"5{UP('1,2')} bar", "5 bar \u00b9,\u00b2"),
        (f"85{UP('1')}", "85 \u00b9"),
        (f"85{UP('1')} when warm", "85 \u00b9 when warm"),
        (f"85{UP('1')} l/min", "85 l/min \u00b9"),
        (f"12{UP('2')} lb-ft", "12 lb-ft \u00b2"),
        (f"500{UP('3)')} hours", "500 hours \u00b3\u207e"),
        (f"40{UP('1')} \u00b0C", "40 \u00b0C \u00b9"),
        (f"85{UP('1')}, see below", "85 \u00b9, see below"),
        (f"M12{UP('1')}", "M12 \u00b9"),
        (f"torque{UP('1')} of the stud", "torque\u00b9 of the stud"),
        # A raised letter or zero is the sign for degrees.
        (f"85 {UP('o')}C", "85 \u00b0C"),
        (f"85{UP('0')} F", "85\u00b0 F"),
        (f"turn it by 90{UP('o')} left", "turn it by 90\u00b0 left"),
        (f"N{UP('o')} 7", "No 7"),
        (f"10{UP('0')} = 1", "10\u2070 = 1"),
        # Powers stay where they are.
        (f"10{UP('-3')} mbar l/s", "10\u207b\u00b3 mbar l/s"),
        (f"2 x 10{UP('5')} Pa", "2 x 10\u2075 Pa"),
        (f"5 m{UP('3')}/h", "5 m\u00b3/h"),
        (f"12 mm{UP('2')} wire", "12 mm\u00b2 wire"),
        (f"1450 min{UP('-1')}", "1450 min\u207b\u00b9"),
        (f"10{UP('1')}{UP('2')} Hz", "10\u00b9\u00b2 Hz"),
        # Fractions keep their whole number apart.
        (f"1{UP('1')}/{DOWN('2')} inch", "1 1/2 inch"),
        (f"{UP('3')}/{DOWN('8')} inch", "3/8 inch"),
        (f"1{UP('1')}\u2044{DOWN('2')} inch", "1 1/2 inch"),
        # Formulas and indexes.
        (f"H{DOWN('2')}S", "H\u2082S"),
        (f"T{DOWN('max')} 80 \u00b0C", "Tmax 80 \u00b0C"),
        (f"1{UP('st')} gear", "1st gear"),
        ("no marks", "no marks"),
    ],
)
def test_marks_are_resolved(text: str, shown: str) -> None:
    assert resolved(text) == shown


def test_no_raised_digit_joins_a_figure() -> None:
    for figure in ("85", "1.8", "320", "0,25", "10000"):
        for mark in ("1", "2)", "12", "*", "3"):
            for behind in (" Nm", " bar.", "", ", then", ")", "/min"):
                shown = resolved(f"{figure}{UP(mark)}{behind}")
                assert shown.startswith(figure)
                assert not shown[len(figure) : len(figure) + 1].isdecimal()
                assert not any(mark_ in shown for mark_ in (RAISED, LOWERED, LEVEL))


def test_a_mark_without_an_end_and_a_mark_in_a_mark_join_no_figure() -> None:
    assert resolved(f"85{RAISED}1") == "85 \u00b9"
    nested = UP("1" + UP("2"))
    assert resolved(f"85{nested} Nm") == "85 Nm \u00b9\u00b2"
    assert resolved(f"85{LEVEL} Nm{LEVEL}") == "85 Nm"


def test_many_marks_take_linear_time_and_lose_nothing() -> None:
    text = f"85{UP('1')} Nm, " * 20_000
    assert resolved(text).count("85 Nm \u00b9") == 20_000
