"""Number formats: what Excel shows for a stored value, against known results."""

# ruff: noqa: RUF001 - formats of real workbooks hold such signs

from __future__ import annotations

import pytest

from fieldkit.library.readers.number_format import BUILT_IN, number_shown, text_shown


def shown(value: float, code: str, *, from_1904: bool = False) -> str:
    return " ".join(number_shown(value, code, from_1904=from_1904).text.split())


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        # units and literals
        (25, '0" %"', "25 %"),
        (40, r"0\ \%", "40 %"),
        (85, '0" Nm"', "85 Nm"),
        (1.8, '0.0" bar"', "1.8 bar"),
        (0.25, '"±"0.00" mm"', "±0.25 mm"),
        (7, r"\D\N\ 0", "DN 7"),
        (50, '"DN "General', "DN 50"),
        (12.5, 'General" kg"', "12.5 kg"),
        (-40, '0" °C"', "-40 °C"),
        (24, '+0" V";-0" V"', "+24 V"),
        (-24, '+0" V";-0" V"', "-24 V"),
        (12, "0 mm", "12 mm"),
        (3, "0 h", "3 h"),
        # percent, thousands, scaling
        (0.8, "0%", "80%"),
        (0.125, "0.0%", "12.5%"),
        (-0.05, "0 %", "-5 %"),
        (1234567, "#,##0", "1,234,567"),
        (999, "#,##0", "999"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (0, "#,##0", "0"),
        (12345, "0,", "12"),
        (1500000, '0.0,," M"', "1.5 M"),
        (42, "000,000", "000,042"),
        # leading zeros and digits between literals
        (4711, "0000000", "0004711"),
        (123456789, "000-00-0000", "123-45-6789"),
        (5551234, "(000) 000-0000", "(000) 555-1234"),
        (123456, r"00\.00\.00", "12.34.56"),
        (8005551234, "0000 000 000", "8005 551 234"),
        (1, '"PN-"0000', "PN-0001"),
        # decimals
        (2.5, "0", "3"),
        (-2.5, "0", "-3"),
        (1.005, "0.00", "1.01"),
        (0.1 + 0.2, "0.0", "0.3"),
        (1.5, "0.00", "1.50"),
        (1.5, "0.0#", "1.5"),
        (1.5, "#.##", "1.5"),
        (5, "0.##", "5"),
        (0.5, "#.0", ".5"),
        (1.5, ".00", "1.50"),
        (12.3, "??0.0??", "12.3"),
        (-0.001, "0.0", "0.0"),
        (1e20, "0", "100000000000000000000"),
        # fractions
        (0.375, "# ?/?", "3/8"),
        (1.5, "# ?/?", "1 1/2"),
        (2, "# ?/?", "2"),
        (0, "# ?/?", "0"),
        (0.3125, "# ??/??", "5/16"),
        (0.5, "# ??/16", "8/16"),
        (1.75, '# ?/4"\u2033"', "1 3/4″"),
        (-1.25, "# ?/?", "-1 1/4"),
        (-0.001, "# ??/16", "0"),
        (0.999, "# ?/?", "1"),
        (2.5, "?/?", "5/2"),
        (0.375, "0 ?/?", "0 3/8"),
        (0.0625, "# ?/100", "6/100"),
        (0.5, '"R "?/?', "R 1/2"),
        # scientific
        (12345, "0.00E+00", "1.23E+04"),
        (0.00012, "0.0E+00", "1.2E-04"),
        (12345, "##0.0E+0", "12.3E+3"),
        (0.002, '0E-0" mbar"', "2E-3 mbar"),
        (9999, "0.0E+0", "1.0E+4"),
        (0, "0.00E+00", "0.00E+00"),
        (-1500, "0.0E+00", "-1.5E+03"),
        # General
        (3.14159265358979, "General", "3.141592654"),
        (0.1 + 0.2, "General", "0.3"),
        (85, "General", "85"),
        (-85.5, "General", "-85.5"),
        (4006381333931, "General", "4006381333931"),
        (0.00001234, "General", "1.234E-05"),
        (1e20, "General", "1E+20"),
        (1234.5, "", "1234.5"),
        # sections and conditions
        (5, '0.0;-0.0;"none"', "5.0"),
        (-5, '0.0;-0.0;"none"', "-5.0"),
        (0, '0.0;-0.0;"none"', "none"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (1234.5, "#,##0.00_);(#,##0.00)", "1,234.50"),
        (150, '[>=100]0" high";0" low"', "150 high"),
        (50, '[>=100]0" high";0" low"', "50 low"),
        (-50, '[>=100]0" high";0" low"', "-50 low"),
        (3, '[<1]0.00;[<10]0.0;0', "3.0"),
        (0.5, '[<1]0.00;[<10]0.0;0', "0.50"),
        (30, '[<1]0.00;[<10]0.0;0', "30"),
        (1, '[=1]"on";[=0]"off";General', "on"),
        (0, '[=1]"on";[=0]"off";General', "off"),
        (7, '[=1]"on";[=0]"off";General', "7"),
        (-3, '[<0]"under "0;0', "under 3"),
        (5, "[Blue]0;[Red]-0", "5"),
        (5, "[Color 10]0", "5"),
        (5, "[>=100]0", "5"),
        # signs are never lost
        (-5, "0;[Red]0", "-5"),
        (-5, "0;0", "-5"),
        (-5, "[Black]0.0;[Red]0.0", "-5.0"),
        (-5, '0" above";0" below"', "5 below"),
        (-5, '0.0" m";"\u2212"0.0" m"', "−5.0 m"),
        (-5, '"+"0;0', "-5"),
        # currency and locale
        (1234.5, "#,##0.00 [$€-407]", "1,234.50 €"),
        (12, '[$$-409]#,##0.00', "$12.00"),
        (12, '_("$"* #,##0.00_);_("$"* (#,##0.00)', "$ 12.00"),
        (0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "-"),
        (12, "[$-407]0.0", "12.0"),
    ],
)  # fmt: skip
def test_numbers(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (46082, "yyyy-mm-dd", "2026-03-01"),
        (46082, "dd.mm.yyyy", "01.03.2026"),
        (46082, "d/m/yy", "1/3/26"),
        (46082, "d. mmmm yyyy", "1. March 2026"),
        (46082, "[$-407]d. mmmm yyyy", "1. März 2026"),
        (46082, "[$-de-DE]ddd, dd. mmm yyyy", "So, 01. Mrz 2026"),
        (46082, "[$-40C]d mmmm yyyy", "1 mars 2026"),
        (46082, "[$-409]mmmm d, yyyy;@", "March 1, 2026"),
        (46082, "dddd", "Sunday"),
        (46082, "mmmmm", "M"),
        (46082, "[$-F800]dddd, mmmm dd, yyyy", "2026-03-01"),
        (0.5, "[$-F400]h:mm:ss AM/PM", "12:00:00"),
        (46082.5, "yyyy-mm-dd hh:mm", "2026-03-01 12:00"),
        (0.75, "h:mm AM/PM", "6:00 PM"),
        (0.0, "h:mm AM/PM", "12:00 AM"),
        (0.3125, "hh:mm", "07:30"),
        (1.5, "[h]:mm", "36:00"),
        (0.0625, "[mm]:ss", "90:00"),
        (1 / 86400 * 75, "[s]", "75"),
        (1 / 86400 * 75.5, "mm:ss.0", "01:15.5"),
        (0.5, 'h "hours"', "12 hours"),
        (0.999999999, "hh:mm:ss", "00:00:00"),
        (46081.999999, "yyyy-mm-dd", "2026-02-28"),
        (46081.999999, "hh:mm", "23:59"),
        (0.3124999999, "hh:mm", "07:30"),
        (60, "yyyy-mm-dd", "1900-02-29"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (3000000, "yyyy-mm-dd", "3000000"),
        (0.25, 'h"h "mm"m"', "6h 00m"),
    ],
)  # fmt: skip
def test_dates_and_times(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_dates_from_1904() -> None:
    assert shown(44620, "yyyy-mm-dd", from_1904=True) == "2026-03-01"
    assert shown(0, "yyyy-mm-dd", from_1904=True) == "1904-01-01"


@pytest.mark.parametrize(
    ("number", "value", "text"),
    [
        (1, 2.5, "3"), (3, 1234, "1,234"), (9, 0.25, "25%"), (11, 12345, "1.23E+04"),
        (12, 0.375, "3/8"), (14, 46082, "2026-03-01"), (15, 46082, "1-Mar-26"),
        (17, 46082, "Mar-26"), (20, 0.3125, "7:30"), (22, 46082.5, "2026-03-01 12:00"),
        (37, -1234, "(1,234)"), (38, -1234, "(1,234)"), (40, -1234.5, "(1,234.50)"),
        (45, 0.0625, "30:00"), (46, 1.5, "36:00:00"), (47, 0.5 / 86400, "00:00.5"),
        (48, 12345, "12.3E+3"), (49, 12.5, "12.5"), (31, 46082, "2026-03-01"),
        (7, -3.5, "(3.50)"), (43, 0, "-"),
    ],
)  # fmt: skip
def test_formats_without_a_code(number: int, value: float, text: str) -> None:
    assert shown(value, BUILT_IN[number]) == text


def test_what_a_format_hides_is_known() -> None:
    assert number_shown(12, ";;;").hidden
    assert number_shown(-12, "0;;0").hidden
    assert not number_shown(0, "0;-0;").hidden
    assert not number_shown(12, "0;;").hidden
    assert text_shown("secret", ";;;").hidden


def test_a_sign_that_the_format_leaves_out_is_known() -> None:
    assert number_shown(-5, "0;0").signed
    assert not number_shown(-5, "0;[Red]0").signed
    assert not number_shown(-5, "0;-0").signed


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("General", "M8"),
        ("@", "M8"),
        ('@" bolt"', "M8 bolt"),
        ('0;-0;0;"Size "@', "Size M8"),
        ("0.00", "M8"),
        ("0;-0;0", "M8"),
        ('#,##0_);(#,##0);"-"_);@', "M8"),
    ],
)
def test_text(code: str, text: str) -> None:
    assert text_shown("M8", code).text == text


@pytest.mark.parametrize(
    "code",
    [
        '"',
        "[",
        "\\",
        "_",
        "*",
        "[h",
        '0"',
        "[>=",
        "E+",
        "/",
        "0/",
        "?/0",
        "[$",
        "0.0.0",
        "%%%",
        ",,,",
        "\x00",
        "0" * 5000,
        ";" * 900,
    ],
)
@pytest.mark.parametrize("value", [0, 1.5, -1.5, 1e308, 5e-324, float("inf"), float("nan")])
def test_no_code_fails(code: str, value: float) -> None:
    assert isinstance(number_shown(value, code).text, str)
    assert isinstance(text_shown("x", code).text, str)
