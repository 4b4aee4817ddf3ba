"""Values are read from sentences and rows as a person reads them, in the languages of manuals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.library.claims.comparing_values import compare
from fieldkit.library.claims.number_words import LANGUAGES, number_words
from fieldkit.library.claims.values import LONGEST, Value, ValueKind, read_values


def shown(value: Value) -> str:
    """A value in short: its first readings, its unit or its code."""
    if value.code:
        return value.code
    text = f"{value.low[0].normalize():f}"
    if value.is_range:
        text += f"..{value.high[0].normalize():f}"
    if value.tolerance:
        text += f"±{value.tolerance[0].normalize():f}"
    return f"{text} {value.unit.sign}" if value.unit else text


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("Tighten the nut to 1,150 Nm.", "en", ["1150 Nm"]),
        ("0,5 bar und 1.200 U/min", "de", ["0.5 bar", "1200 rpm"]),
        ("1.234,5 mm, 1,234.5 mm, 10 000 h", "", ["1234.5 mm", "1234.5 mm", "10000 h"]),
        ("10–15 Nm, 10 to 15 Nm, 10…15 Nm", "en", ["10..15 Nm"] * 3),
        ("between 2 and 3 bar", "en", ["2..3 bar"]),
        ("zwischen 2 und 3 bar", "de", ["2..3 bar"]),
        ("entre 2 et 3 bars", "fr", ["2..3 bar"]),
        ("10 mm and 15 mm", "en", ["10 mm", "15 mm"]),
        ("25 ± 2 mm, 25 mm +/- 2 mm", "en", ["25±2 mm"] * 2),
        ("-29 °C, −20 °C, minus 20 degrees C", "en", ["-29 °C", "-20 °C", "-20 °C"]),
        ("20 Grad Celsius unter null", "de", ["-20 °C"]),
        ("-20 to -5 °C", "en", ["-20..-5 °C"]),
        ('1 1/2" and 3/8 in and 1½ inch', "en", ["1.5 in", "0.375 in", "1.5 in"]),
        ("2 hours 30 minutes", "en", ["150 min"]),
        ("6 ft 2 in", "en", ["74 in"]),
        ("1410 liters per minute, 2.3 kg/l", "en", ["1410 L/min", "2.3 kg/L"]),
        ("120 strokes per minute, 120 spm", "en", ["120 spm"] * 2),
        ("120 strokes per second", "en", ["120 stroke/s"]),
        ("55 percent, 55 %, 55 Prozent", "", ["55 %"] * 3),
        ("Torque (Nm): 320", "en", ["320 Nm"]),
        ("Torque Nm 320, Pressure bar: 30", "en", ["320 Nm", "30 bar"]),
        ("12 bar 30 bolts, see bar 5", "en", ["12 bar", "30", "5 bar"]),
        ("between 23 and 20 percent", "en", ["23..20 %"]),
        ("45Nm, 12V, 24V-DC, 4x", "en", ["45 Nm", "12 V", "24 V", "4"]),
        ("three hours, every three years, a dozen bolts", "en", ["3 h", "3 year", "12"]),
        ("half an hour, a quarter of an hour", "en", ["0.5 h", "0.25 h"]),
        ("three quarters of a turn, 3/4 turn, ¾ of a turn", "en", ["0.75 rev"] * 3),
        ("twice a year, twice a day", "en", ["0.5 year", "0.5 day"]),
        ("one minute, one foot", "en", ["1 min", "1 ft"]),
        ("fifteen hundred hours, 6 am", "en", ["1500 h", "6:00"]),
        ("every third month", "en", ["3 month"]),
        ("jeden dritten Tag", "de", ["3 day"]),
        ("hver tredje måned", "no", ["3 month"]),
        ("0.25 mm, plus or minus 0.05 mm", "en", ["0.25±0.05 mm"]),
        ("±0.05 mm", "en", ["0±0.05 mm"]),
        ("daily, every week, every other month", "en", ["1 day", "1 week", "2 month"]),
        ("two hundred and fifty hours", "en", ["250 h"]),
        ("one thousand two hundred and fifty hours", "en", ["1250 h"]),
        ("zweihundertfünfzig Stunden, hundertzwanzig bar", "de", ["250 h", "120 bar"]),
        ("deux cent cinquante heures, mille deux cents h", "fr", ["250 h", "1200 h"]),
        ("doscientos cincuenta", "es", ["250"]),
        ("to hundre og femti timer", "no", ["250 h"]),
        ("alle drei Jahre, täglich, eine halbe Stunde", "de", ["3 year", "1 day", "0.5 h"]),
        ("toutes les vingt-quatre heures", "fr", ["24 h"]),
        ("treinta y cinco horas", "es", ["35 h"]),
        ("hver tredje, tjuefem timer, fem tommer", "no", ["25 h", "5 in"]),
        ("Au moins 0,2 mm², moins 5 °C", "fr", ["0.2 mm²", "-5 °C"]),
        ("al menos 2 bar, pelo menos 3 bar", "es", ["2 bar", "3 bar"]),
        ("12 mil horas, 3 mil", "es", ["12000 h", "3000"]),
        ("85 dB(A), 2 années", "fr", ["85 dB", "2 year"]),
        ("tre og en halv timer", "nb", ["3.5 h"]),
        ("trinta e cinco horas", "pt-BR", ["35 h"]),
        ("one of the valves", "en", []),
        ("Put 3 in the box", "en", ["3"]),
        ("E 17, e17, fault e 17, P-218, V-14, Q4", "en",
         ["e17", "e17", "e17", "p218", "v14", "q4"]),
        ("0xA07F, M36x3, M12 x 1.75, IP65", "en", ["0xa07f", "m36x3", "m12x175", "ip65"]),
        ("ISO 150, ISO VG 220, SAE 10W-40", "en", ["iso150", "iso220", "10w40"]),
        ("A 45 Nm bolt, USE 3 BOLTS, TO 320 NM", "en", ["45 Nm", "3", "320 Nm"]),
        ("part 4711-0815", "en", ["47110815"]),
        ("v2.3.1 of 2024-05-01 at 14:30", "en", ["2.3.1", "1-5-2024", "14:30"]),
        ("12 March 2024, 2:30 pm", "en", ["3-12-2024", "14:30"]),
        ("P-204/P-205, approx.20 mm", "en", ["p204", "p205", "20 mm"]),
        ("register 0x10, 3 x 400 V, 4 x 1,5 mm²", "", ["0x10", "3", "400 V", "4", "1.5 mm²"]),
        ("300 x 400 mm, 50/60 Hz", "en", ["300 mm", "400 mm", "50 Hz", "60 Hz"]),
        ("G 1/2, 7/8-14 UNF", "en", ["g12", "7814unf"]),
        ("12h30, 14.30 Uhr", "", ["12:30", "14:30"]),
        ("-5%..+10 %, -10...+50 °C, 5'-6\"", "en", ["-5..10 %", "-10..50 °C", "66 in"]),
        ("die O2-Sonde und P-455-Pumpe", "de", ["o2", "p455"]),
    ],
)  # fmt: skip
def test_values_are_read(text: str, language: str, values: list[str]) -> None:
    assert [shown(value) for value in read_values(text, language)] == values


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Stop the pump [1, 2].", "en"),
        ("Stop the pump 【1】 [Source 2] [1-3].", "en"),
        ("2. Open the breaker. 3. Wait.", "en"),
        ("Step 2: stop the pump; see page 3, Fig. 4 and section 2.1", "en"),
        ("## 2.2 Rotor", "en"),
        ("see Figures 1,2,3 and 4", "en"),
        ("the 1st, 2nd and 3rd piston", "en"),
        ("Siehe Seite 5, Abbildung 2; im 2. Gang", "de"),
        ("Voir page 4 et figure 2, la 1re vitesse", "fr"),
        ("Ver página 12, tabla 3", "es"),
        ("Se side 4, trinn 2, figur 3", "no"),
        ("", "en"),
    ],
)
def test_what_numbers_something_is_no_value(text: str, language: str) -> None:
    assert read_values(text, language) == []


def test_places_are_those_of_the_text_as_written() -> None:
    text = "½ bar – then tighten to 1\u202f150 Nm (M39×3)."
    assert [text[v.start : v.end] for v in read_values(text)] == ["½ bar", "1\u202f150 Nm", "M39×3"]
    assert [v.text for v in read_values(text)] == ["½ bar", "1\u202f150 Nm", "M39×3"]


def test_places_to_skip_hold_no_values() -> None:
    text = "As manual P-218 says, 45 Nm."
    assert [v.text for v in read_values(text, skip=[(10, 15)])] == ["45 Nm"]


def test_both_readings_of_a_notation_are_kept() -> None:
    (value,) = read_values("1.200 mm")
    assert set(value.low) == {Decimal("1.200"), Decimal(1200)}
    assert [v.low[0] for v in read_values("1.200 h, 1,200 h", "de")] == [1200, Decimal("1.2")]
    assert [v.low[0] for v in read_values("1.200 h, 1,200 h", "en")] == [Decimal("1.2"), 1200]
    assert set(read_values("0.500 mm")[0].low) == {Decimal("0.500")}


@pytest.mark.parametrize(
    ("text", "language", "difference"),
    [
        ("Não use abaixo de -5 °C", "pt", False),
        ("Ne dépassez pas de 5 °C", "fr", False),
        ("Baissez de 5 °C", "fr", True),
        ("um 5 °C senken", "de", True),
        ("raise by 5 °C", "en", True),
        ("au-dessus de 5 °C", "fr", False),
    ],
)
def test_changes_are_known_by_their_words(text: str, language: str, difference: bool) -> None:
    assert [v.difference for v in read_values(text, language)] == [difference]


def test_what_is_about_or_a_difference_is_noted() -> None:
    about, difference = read_values("about 5,000 psi; lower it by 10 °C", "en")
    assert about.about
    assert not about.difference
    assert difference.difference


@pytest.mark.parametrize(
    ("text", "language", "weak"),
    [("wait a minute", "en", True), ("wait one minute", "en", False),
     ("eine Minute warten", "de", False), ("un pie", "es", True)],
)  # fmt: skip
def test_articles_may_be_no_numbers(text: str, language: str, weak: bool) -> None:
    (value,) = read_values(text, language)
    assert value.weak is weak


def test_kinds() -> None:
    kinds = [v.kind for v in read_values("45 Nm, 5 %, 3 bolts, P-218, 2024-05-01, 14:30, v2.1")]
    assert kinds == list(ValueKind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_counts_to_a_hundred(language: str) -> None:
    assert set(range(101)) <= set(number_words(language).values())


@given(st.text(alphabet="0123456789.,-/ x°\"'±[]()E VNmbarto\n½²–％٣", max_size=200))
@settings(max_examples=150, deadline=None)
def test_odd_text_is_read_without_errors(text: str) -> None:
    for value in read_values(text, "en"):
        assert text[value.start : value.end] == value.text


@pytest.mark.parametrize("piece", ["", "Torque (ft):", "-", "1,111", "from"])
def test_long_numbers_are_compared_without_errors(piece: str) -> None:
    digits = "1" * 6000
    values = read_values(f"{piece} {digits} 1 000.{digits} m, 1/2 {digits}.{digits} ft, -{digits}")
    for said in values:
        for other in values:
            compare(said, other)


@pytest.mark.parametrize(
    "piece",
    ["1", "1,", "1 000 ", "1/2 ", "- ", "1-", "A 1 ", "±1", "[1", "a.", "x1", "ein und ", "E-1/"],
)
def test_long_text_is_read_to_a_limit(piece: str) -> None:
    text = piece * (3 * LONGEST // len(piece))
    assert len(read_values(text)) <= 400
