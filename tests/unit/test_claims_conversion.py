"""A manual's value in the unit that is asked for, rounded as it was written, and labelled."""

from __future__ import annotations

import pytest

from fieldkit.library.claims.conversion import asked_units, converted


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("torque of the studs in lb-ft", "Tighten the studs to 320 Nm.",
         "320 Nm = 236 lb-ft, converted"),
        ("how many feet away must I stay?", "Stay within 6 m of the pump.",
         "6 m = 19.7 ft, converted"),
        ("highest pressure in psi", "It is 345 bar.", "345 bar = 5,000 psi, converted"),
        ("Wie weit in Fuß?", "Halten Sie 2,5 m Abstand.", "2,5 m = 8,2 ft, converted"),
        ("oil temperature in °F?", "at most 82 degrees C", "82 degrees C = 180 °F, converted"),
        ("flow in gpm", "1410 liters per minute at 345 bar",
         "1410 liters per minute = 372.5 gal/min, converted"),
        ("torque in lb-ft", "10–15 Nm", "10–15 Nm = 7.4–11.1 lb-ft, converted"),
        ("gap in inches", "25 ± 2 mm", "25 ± 2 mm = 0.98 ± 0.08 in, converted"),
        ("range in Fahrenheit", "-20 to -5 °C", "-20 to -5 °C = −4 to 23 °F, converted"),
        ("by how much do I lower it in °F?", "Lower it by 10 °C.", "10 °C = 18 °F, converted"),
        ("size in mm", '1 1/2" pipe', '1 1/2" = 38 mm, converted'),
        ("size in feet", "4.3 m long and 1.95 m wide",
         "4.3 m = 14.1 ft; 1.95 m = 6.4 ft, converted"),
        ("torque in lb-ft", "Torque (Nm): 320", "320 Nm = 236 lb-ft, converted"),
        ("delay in minutes", "| Delay | 30 | S |", "30 s = 0.5 minutes, converted"),
        ("presión en psi", "La presión es de 2,1 bar.", "2,1 bar = 30,5 psi, converted"),
        ("wait time in seconds", "Wait 3 minutes.", "3 minutes = 180 seconds, converted"),
        ("pressure in psi", "at least 1 bar", "1 bar = 14.5 psi, converted"),
    ],
)  # fmt: skip
def test_a_value_is_given_in_the_unit_that_is_asked_for(
    question: str, text: str, expected: str
) -> None:
    assert converted(question, text) == expected


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("torque of the studs?", "Tighten the studs to 320 Nm."),
        ("torque in lb-ft", "Tighten the studs to 320 Nm (236 lb-ft)."),
        ("torque in psi", "Tighten the studs to 320 Nm."),
        ("how many hours between the changes", "Change it every 1500 hours."),
        ("how do I get in", "Stay within 6 m of the pump."),
        ("leak in foot valve", "The foot valve is 6 m below."),
        ("in psi", "no value here"),
        ("", ""),
    ],
)
def test_nothing_is_converted_without_need(question: str, text: str) -> None:
    assert converted(question, text) == ""


def test_the_language_of_the_text_says_what_a_full_stop_is() -> None:
    assert converted("in Tagen?", "alle 1.200 Stunden", "de") == (
        "1.200 Stunden = 50 Tagen, converted"
    )
    assert converted("Umgerechnet in Tagen?", "Wechseln Sie das Öl alle 1.200 Stunden.") == (
        "1.200 Stunden = 50 Tagen, converted"
    )
    assert converted("in feet?", "1.200 m", "en") == "1.200 m = 3.937 ft, converted"


@pytest.mark.parametrize("number", ["0", "0.000000001", "9" * 30, "1" + "0" * 29, "0." + "1" * 29])
def test_odd_numbers_are_converted_without_errors(number: str) -> None:
    assert converted("length in feet", f"{number} m").endswith("ft, converted")


def test_units_of_a_question() -> None:
    assert [(unit.sign, text) for unit, text in asked_units("pressure in psi or in bar?")] == [
        ("psi", "psi"), ("bar", "bar")
    ]  # fmt: skip
    assert asked_units("x" * 100_000) == []
