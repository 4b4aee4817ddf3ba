"""One spelling of a text for search, and where its characters stand in the original."""

from __future__ import annotations

from time import perf_counter

import pytest

from fieldkit.library.normal import normal, placed


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("P\u2011204, V\u201017, FX\u2013330, T\u20145, \u221240, A\ufe631, B\uff0d2",
         "P-204, V-17, FX-330, T-5, -40, A-1, B-2"),
        ("SK\u00ad4410", "SK-4410"),
        ("10\u00ad15 Nm", "10-15 Nm"),
        ("self\u00adprim\u00ading", "selfpriming"),
        ("PN\ufffe7711", "PN-7711"),
        ("a\u200bb\u2060c\ufeffd\u200de", "abcde"),
        ("E\u00a017, E\u200917, E\u202f17, E\u300017", "E 17, E 17, E 17, E 17"),
        ("H\u2082S, CO\u2082, SF\u2086, x\u2081\u2082", "H2S, CO2, SF6, x12"),
        ("\ufb01lter \ufb02ow e\ufb03ciency", "filter flow efficiency"),
        ("\uff26\uff38\uff0d\uff13\uff13\uff10", "FX-330"),
        ("a\ue023b\ufffdc", "a b c"),
        ("Loctite\u00ae 243\u2122", "Loctite  243 "),
        ("Stra\u00dfe, pre\u0301sent", "Stra\u00dfe, pr\u00e9sent"),
        ("5 \u00b5m, 20 \u00baC, \u00d825, \u00d8 30", "5 um, 20 \u00b0C,  25,   30"),
        ("\u0e55\u0e50\u0e50 and \u0663\u0662", "500 and 32"),
        ("plain ASCII: P-204, 10^-3", "plain ASCII: P-204, 10^-3"),
    ],
)  # fmt: skip
def test_signs_that_look_alike_become_one(written: str, searched: str) -> None:
    assert normal(written) == searched


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("85\u00b9 Nm", "85  1 Nm"),  # never 851
        ("85 \u00b9 Nm", "85  1 Nm"),
        ("85 Nm\u00b9", "85 Nm  1"),
        ("part 4711\u00b2", "part 4711  2"),
        ("24 V \u00b3", "24 V  3"),
        ("85\u2460", "85  1  "),
        ("pump\u00b2", "pump  2"),
        ("10\u207b\u00b3 Pa", "10-3 Pa"),
        ("2 x 10\u00b3", "2 x 10  3"),
        ("5 m\u00b2, 3 cm\u00b3, 2 min\u207b\u00b9", "5 m2, 3 cm3, 2 min-1"),
        ("3\u02b3\u1d48 gear", "3rd gear"),
    ],
)
def test_a_raised_mark_never_joins_a_number(written: str, searched: str) -> None:
    assert normal(written) == searched


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("1\u00bd inch", "1 1/2 inch"),  # never 11/2
        ("\u00be", "3/4"),
        ("2\u215b\u2033", "2 1/8\u2032\u2032"),
        ("1\u00b9/\u2082", "1 1/2"),
        ("\u00b3\u2044\u2088", "3/8"),
        ("1\u20442", "1/2"),
    ],
)
def test_fractions_stay_apart_from_the_whole_number(written: str, searched: str) -> None:
    assert normal(written) == searched


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("每500小时更换", "每 500 小时更换"),
        ("VG220を使用", "VG220 を使用"),
        ("\uff36\uff27\uff12\uff12\uff10を使用", "VG220 を使用"),
        ("拧紧扭\n矩 为", "拧紧扭矩为"),  # the line ended inside a word
        ("한글 매뉴얼", "한글 매뉴얼"),  # Korean has spaces
        ("\uff75\uff72\uff99", "オイル"),
        ("น้ำมัน 5 ลิตร", "น้ํามัน 5 ลิตร"),
    ],
)
def test_scripts_without_spaces_stand_apart_from_numbers_and_codes(
    written: str, searched: str
) -> None:
    assert normal(written) == searched


@pytest.mark.parametrize(
    ("written", "part", "original"),
    [
        ("The H\u2082S alarm", "H2S", "H\u2082S"),
        ("Valve V\u201117 leaks", "V-17", "V\u201117"),
        ("Cut 1\u00bd inch", "1/2", "\u00bd"),
        ("每500小时", "500", "500"),
        ("每500小时", "小时", "小时"),
        ("e\ufb03cient pump", "pump", "pump"),
        ("self\u00adpriming pump", "selfpriming", "self\u00adpriming"),
    ],
)
def test_what_is_found_can_be_marked_in_the_original(
    written: str, part: str, original: str
) -> None:
    plain, places = placed(written)
    assert plain == normal(written)
    start = plain.index(part)
    assert written[places[start] : places[start + len(part)]] == original
    assert places[-1] == len(written)


def test_notes_can_be_left_out() -> None:
    assert placed("85\u00b9 Nm, 5 m\u00b2, 10\u207b\u00b3 \u2460", notes=False)[0].split() == [
        "85", "Nm,", "5", "m2,", "10-3",
    ]  # fmt: skip


def test_normal_text_is_normal() -> None:
    text = (
        "P\u2011204 85\u00b9 1\u00bd 每500小时 น้ำมัน SK\u00ad4410 H\u2082S 10\u207b\u00b3 5 \u00b5m"
    )
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    "part", ["\u00b9", "\u00ad", "\u4e00", "a\u0301", "\u20821\u00bd", "\u0e19\u0e49"]
)
def test_the_time_grows_with_the_length_alone(part: str) -> None:
    def seconds(times: int) -> float:
        start = perf_counter()
        normal(part * times)
        return perf_counter() - start

    short = min(seconds(20_000) for _ in range(3))
    assert seconds(200_000) < 60 * short + 0.2
