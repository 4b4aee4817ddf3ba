"""The code that carries a verdict over a radio: what it tells, and every way to get it wrong."""

from __future__ import annotations

import math
import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.core.checkdigits import ALPHABET
from fieldkit.core.fit import GIB
from fieldkit.core.verdict_code import (
    POWER_STATES,
    SCALES,
    VARIANTS,
    VERDICTS,
    Scale,
    Summary,
    decode,
    encode,
    model_hash,
    spell,
)
from fieldkit.engine.location import variants
from fieldkit.errors import ExitCode, UsageProblem
from fieldkit.packager import deployments

PHI3 = Summary(
    verdict="fits",
    measured=True,
    power="battery",
    model=model_hash("Phi-3-mini-4k-instruct", "Q4_K_M"),
    decode_tps=21.4,
    prefill_tps=84.2,
    ttft_s=9.5,
    memory_bytes=3.88 * GIB,
    memory_available=11.2 * GIB,
    memory_total=15.5 * GIB,
    cores=8,
    variant="haswell",
)
NOTHING = Summary(verdict="unfit", measured=False, power="unknown", model=0)

positive = st.none() | st.floats(min_value=0, allow_nan=False, allow_infinity=True)
summaries = st.builds(
    Summary,
    verdict=st.sampled_from(VERDICTS),
    measured=st.booleans(),
    power=st.sampled_from(POWER_STATES),
    model=st.integers(0, (1 << 18) - 1),
    cores=st.none() | st.integers(1, 10_000),
    variant=st.none() | st.sampled_from(VARIANTS),
    **dict.fromkeys(SCALES, positive),
)


def plain(code: str) -> str:
    return code.replace("-", "")


def is_refused(text: str) -> bool:
    try:
        decode(text)
    except UsageProblem:
        return True
    return False


def test_a_code_is_twenty_characters_in_five_groups() -> None:
    code = encode(PHI3)
    assert [len(group) for group in code.split("-")] == [4] * 5
    assert set(plain(code)) <= set(ALPHABET)


def test_the_format_is_for_ever() -> None:
    """Codes are written on paper: one made by an older fieldkit must tell the same later."""
    assert encode(PHI3) == "4QEP-WRMW-MYF6-CA28-6QW5"
    assert encode(NOTHING) == "6C00-0000-0000-0000-0VEZ"


@given(summaries)
def test_what_a_code_tells_is_what_was_said(summary: Summary) -> None:
    told = decode(encode(summary))
    for name in ("verdict", "measured", "power", "model", "variant"):
        assert getattr(told, name) == getattr(summary, name)
    assert told.cores == (None if summary.cores is None else min(summary.cores, 63))
    for name, scale in SCALES.items():
        said, heard = getattr(summary, name), getattr(told, name)
        if said is None:
            assert heard is None
        elif scale.lowest <= said <= scale.highest:
            assert abs(math.log(heard / said)) <= math.log(scale.step) / 2 + 1e-9
        else:
            assert heard == pytest.approx(min(max(said, scale.lowest), scale.highest))
            assert scale.bound(heard) == ("at most " if said < scale.lowest else "at least ")


@given(summaries)
def test_reading_a_code_and_saying_it_again_changes_nothing(summary: Summary) -> None:
    code = encode(summary)
    assert encode(decode(code)) == code


@given(summaries, st.randoms(use_true_random=False))
def test_a_code_may_be_typed_carelessly(summary: Summary, chance: random.Random) -> None:
    code = encode(summary)
    typed = ""
    for char in code:
        if char == "-":
            typed += chance.choice(["-", "", " ", " - ", "\u2013", ".", "_"])
        else:
            alike = {"0": "0Oo", "1": "1IiLl"}.get(char, char + char.lower())
            typed += chance.choice(alike)
    assert decode(f" {typed}\n") == decode(code)


@pytest.mark.parametrize("summary", [PHI3, NOTHING])
def test_every_single_wrong_character_is_found_and_named(summary: Summary) -> None:
    right = plain(encode(summary))
    for index, char in enumerate(right):
        for wrong in ALPHABET.replace(char, ""):
            with pytest.raises(UsageProblem) as caught:
                decode(right[:index] + wrong + right[index + 1 :])
            place = f"group {index // 4 + 1} is wrong, most likely in character {index % 4 + 1}, "
            assert f"{place}which would be {char}" in caught.value.message


@given(summaries)
def test_every_swap_of_two_characters_is_noticed(summary: Summary) -> None:
    right = plain(encode(summary))
    for one in range(len(right)):
        for other in range(one + 1, len(right)):
            if right[one] != right[other]:
                swapped = list(right)
                swapped[one], swapped[other] = swapped[other], swapped[one]
                assert is_refused("".join(swapped))


@given(summaries)
def test_every_swap_of_two_groups_is_noticed_for_groups_that_differ_in_one_character(
    summary: Summary,
) -> None:
    groups = encode(summary).split("-")
    for index in range(4):
        one, other = groups[index : index + 2]
        if one != other and sum(a != b for a, b in zip(one, other, strict=True)) == 1:
            swapped = [*groups[:index], other, one, *groups[index + 2 :]]
            assert is_refused("-".join(swapped))


@given(summaries, st.sets(st.integers(0, 19), min_size=2, max_size=3), st.data())
def test_two_or_three_wrong_characters_are_noticed_wherever_they_are(
    summary: Summary, places: set[int], data: st.DataObject
) -> None:
    code = list(plain(encode(summary)))
    for place in places:
        code[place] = data.draw(st.sampled_from(ALPHABET.replace(code[place], "")))
    assert is_refused("".join(code))


def test_two_wrong_characters_are_never_taken_for_one() -> None:
    right = plain(encode(PHI3))
    for first in range(20):
        for second in range(first + 1, 20):
            code = list(right)
            for place in (first, second):
                code[place] = ALPHABET[(ALPHABET.index(code[place]) + 7 + second) % 32]
            if all(code[place] != right[place] for place in (first, second)):
                with pytest.raises(UsageProblem, match="more than one character is wrong"):
                    decode("".join(code))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the code has 0 characters and not 20"),
        ("4QEP-WRMW-MYF-CA28-6QW5", "19 characters and not 20: group 3 has 3"),
        ("4QEP-WRMW-MYF6-CA28-6QW5-0", "21 characters and not 20: group 6 has 1"),
        ("4QEPWRMWMYF6CA286QW", "the code has 19 characters and not 20"),
        ("4QEP-WRMW-MYF6-CA28-6QWU", "no code has these characters in it: U"),
        ("4QEP-WRMW-MYF6-CA28-6QW\x1b", "no code has these characters|19 characters"),
        ("0000-0000-0000-0000-0000", "not a code of this version"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(text: str, problem: str) -> None:
    with pytest.raises(UsageProblem, match=problem) as caught:
        decode(text)
    assert caught.value.exit_code == ExitCode.USAGE
    assert "\x1b" not in caught.value.message
    assert "--spell" in caught.value.hint or "version" in caught.value.hint


@given(st.text(alphabet=string.printable + "\u00df\u0131\U0001d7d8\u202e", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert is_refused(text) or decode(text) is not None


def test_a_code_is_spelled_group_by_group() -> None:
    assert spell(encode(PHI3).lower())[0] == "4QEP  Four Quebec Echo Papa"
    assert len(spell(encode(PHI3))) == 5


def test_a_scale_says_when_a_figure_is_only_a_bound() -> None:
    scale = SCALES["decode_tps"]
    assert scale.bound(21.4) == ""
    assert scale.bound(scale.lowest) == "at most "
    assert scale.bound(scale.highest) == "at least "
    assert Scale(1.0, 1.04).pack(math.nan) == 0


def test_steps_are_at_most_four_per_cent() -> None:
    assert max(scale.step for scale in SCALES.values()) <= 1.04


def test_the_candidates_have_different_hashes() -> None:
    names = [deployments.load_candidate(name).name for name in deployments.candidate_names()]
    kinds = ("Q4_K_M", "Q4_K_S", "Q4_0", "IQ4_XS", "Q8_0", "F16")
    models = {(name, kind) for name in names for kind in kinds}
    assert len({model_hash(*model) for model in models}) == len(models)


@pytest.mark.engine
def test_the_engines_variants_are_all_in_the_table(engine: Path) -> None:
    assert set(variants(engine)) <= set(VARIANTS)
    assert len(set(VARIANTS)) == len(VARIANTS) < 32


def test_a_models_hash_ignores_case_and_spaces() -> None:
    assert model_hash(" Phi-3  Mini", "q4_k_m") == model_hash("phi-3 mini", "Q4_K_M")
    assert model_hash("Phi-3 mini", "Q4_0") != model_hash("Phi-3 mini", "Q4_K_M")
