"""Two values are the same however they are written; the same number in another unit is a fault."""

from __future__ import annotations

import pytest

from fieldkit.library.claims.comparing_values import Likeness, compare
from fieldkit.library.claims.unit_factors import FACTORS
from fieldkit.library.claims.values import read_values


def alike(said: str, given: str, language: str = "en") -> Likeness | None:
    (one,), (other,) = read_values(said, language), read_values(given, "en")
    match = compare(one, other)
    return match.alike if match else None


@pytest.mark.parametrize(
    ("said", "given", "language"),
    [
        ("1,200 h", "1200 hours", "en"),
        ("1.200 Stunden", "1200 hours", "de"),
        ("1200 heures", "1,200 hours", "fr"),
        ("1200 horas", "1,200 hours", "es"),
        ("1200 timer", "1,200 hours", "no"),
        ("2 Zoll", "2 in", "de"),
        ("2 pouces", "2 inches", "fr"),
        ("2 pulgadas", "2 in", "es"),
        ("2 tommer", "2 in", "no"),
        ("two pistons", "2 pistons", "en"),
        ("e17", "E 17", "en"),
        ("P218", "P-218", "en"),
        ("M12x1,75", "M12 x 1.75", "de"),
        ("120 spm", "120 strokes per minute", "en"),
        ("120 Hübe pro Minute", "120 strokes per minute", "de"),
        ("850 U/min", "850 rpm", "de"),
        ("345 bar(g)", "345 bar", "en"),
        ("20 mL", "20 cm³", "en"),
        ("from 10 to 15 Nm", "10–15 Nm", "en"),
        ("0.5 mm", ".5 mm", "en"),
        ("half a liter", "0.5 L", "en"),
        ("minus 29 °C", "-29 degrees C", "en"),
        ("VG 220", "ISO VG 220", "en"),
        ("5 May 2024", "2024-05-05", "en"),
        ("320 N·m", "320 Nm", "en"),
        ("320 newton metres", "320 Nm", "en"),
    ],
)
def test_equal_values(said: str, given: str, language: str) -> None:
    assert alike(said, given, language) is Likeness.SAME


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("5,004 psi", "345 bar"),
        ("5,000 psi", "345 bar"),
        ("about 180 °F", "82 °C"),
        ("180 °F", "82 °C"),
        ("236 lb-ft", "320 Nm"),
        ("236 foot-pounds", "320 Nm"),
        ("19.7 ft", "6 m"),
        ("20 feet", "6 m"),
        ("5/16 in", "8 mm"),
        ("12 months", "1 year"),
        ("3 weeks", "21 days"),
        ("90 minutes", "1.5 hours"),
        ("1.5 hours", "90 minutes"),
        ("372 gal/min", "1410 liters per minute"),
        ("7.4–11.1 lb-ft", "10–15 Nm"),
        ("104 to 149 °F", "40 to 65 °C"),
        ("lower it by 18 °F", "lower it by 10 °C"),
        ("0.98 ± 0.08 in", "25 ± 2 mm"),
        ("7400 kg", "7.4 t"),
        ("about 486 US gallons", "1840 liters per minute"),
        ("a little over half a mile", "900 m"),
        ("3.6 km/h", "60 m/min"),
        ("twice a year", "every 6 months"),
        ("abaixo de 23 °F", "below -5 °C"),
        ("a fortnight", "14 days"),
        ("2 strokes per second", "120 strokes per minute"),
    ],
)
def test_conversions_are_labelled(said: str, given: str) -> None:
    (one,), (other,) = read_values(said, "en"), read_values(given, "en")
    match = compare(one, other)
    assert match is not None
    assert match.alike is Likeness.CONVERTED
    assert match.label == f"{other.text} = {one.text}"


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("320 lb-ft", "320 Nm"),
        ("6 ft", "6 m"),
        ("6 yards", "6 m"),
        ("3 hours", "3 minutes"),
        ("82 °F", "82 °C"),
        ("345 psi", "345 bar"),
        ("345 bar absolute", "345 barg"),
        ("120 rpm", "120 strokes per minute"),
        ("95 strokes per hour", "95 strokes per minute"),
        ("every 72 shifts", "every 72 hours"),
        ("10–15 lb-ft", "10–15 Nm"),
        ("320 bar", "320 Nm"),
        ("3 ms", "3usec"),
        ("1840 liters", "1840 liters per minute"),
        ("1410 liters per hour", "1410 liters per minute"),
    ],
)
def test_the_same_number_in_another_unit_is_a_fault(said: str, given: str) -> None:
    (one, *_), (other, *_) = read_values(said, "en"), read_values(given, "en")
    match = compare(one, other)
    assert match is not None
    assert match.alike is Likeness.UNIT
    assert not match.supports


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("354 bar", "345 bar"),
        ("5,040 psi", "345 bar"),
        ("4,900 psi", "345 bar"),
        ("190 °F", "82 °C"),
        ("E 71", "E 17"),
        ("P-281", "P-218"),
        ("M36x3", "M39x3"),
        ("18 Nm", "10–15 Nm"),
        ("10–20 Nm", "10–15 Nm"),
        ("25 ± 3 mm", "25 ± 2 mm"),
        ("29 °C", "-29 °C"),
        ("20 mm", "190 bar"),
        ("14:35", "14:30"),
        ("1 minute", "45 s"),
        ("2024-05-06", "2024-05-05"),
        ("two pistons", "3 pistons"),
    ],
)
def test_other_values(said: str, given: str) -> None:
    assert alike(said, given) is None


@pytest.mark.parametrize(
    ("said", "given", "expected"),
    [
        ("15 Nm", "10–15 Nm", Likeness.PART),
        ("25 mm", "25 ± 2 mm", Likeness.PART),
        ("27 mm", "25 ± 2 mm", Likeness.PART),
        ("M39", "M39x3", Likeness.PART),
        ("320", "320 Nm", Likeness.BARE),
        ("320 Nm", "320", Likeness.BARE),
        ("code 17", "E 17", Likeness.BARE),
        ("82 degrees", "82 °C", Likeness.BARE),
        ("about 2000 kg", "1984 kg", Likeness.ROUNDED),
    ],
)
def test_values_that_are_alike_in_part(said: str, given: str, expected: Likeness) -> None:
    assert alike(said, given) is expected


@pytest.mark.parametrize("row", ["| Delay | 30 | S |", "Delay 30, Unit S"])
def test_the_unit_of_a_row_is_that_of_its_numbers(row: str) -> None:
    def by(said: str) -> Likeness | None:
        (value,), (number,) = read_values(said), read_values(row)
        match = compare(value, number)
        return match.alike if match else None

    assert by("30 seconds") is Likeness.SAME
    assert by("0.5 minutes") is Likeness.CONVERTED
    assert by("30 minutes") is Likeness.UNIT
    assert by("30") is Likeness.SAME


def test_factors_are_those_of_pint() -> None:
    pint = pytest.importorskip("pint")
    from tests import unit_factors

    assert pint.__version__
    assert unit_factors.FILE.read_text(encoding="utf-8") == unit_factors.written()


def test_every_unit_with_a_name_can_be_converted_or_is_known_not_to_be() -> None:
    from fieldkit.library.claims.unit_words import unit
    from fieldkit.library.unit_names import NAMES_OF_UNITS

    signs = {sign for units in NAMES_OF_UNITS.values() for sign in units}
    assert all(unit(sign) is not None for sign in signs)
    assert all(unit(sign) is not None for units in FACTORS.values() for sign in units)
