"""What is shown of an answer, whatever the tokens cut and wherever a stop string begins."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.core.text import clean
from fieldkit.engine.detokenizer import Detokenizer


def shown(pieces: list[bytes], *stop: str) -> tuple[list[str], bool]:
    """What is shown after every piece and at the end, and whether a stop string was met."""
    text = Detokenizer(pieces.__getitem__, stop)
    parts = []
    for token in range(len(pieces)):
        parts.append(text.feed(token))
        if text.stopped:
            break
    return [*parts, text.flush()], text.stopped


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in itertools.pairwise(places)]


def test_a_character_is_never_cut() -> None:
    pieces = [b" T", "ö".encode()[:1], "ö".encode()[1:], "漢".encode()[:2], "漢".encode()[2:]]
    assert shown(pieces)[0] == ["T", "", "ö", "", "漢", ""]


def test_what_is_left_of_a_character_is_replaced_at_the_end() -> None:
    assert shown([b"a", b"\xe6\xbc"])[0] == ["a", "", "�"]


def test_space_before_the_first_word_is_left_out_and_kept_after_it() -> None:
    assert shown([b" ", b"\n", b" a", b" ", b"b"])[0] == ["", "", "a", " ", "b", ""]


def test_nothing_steers_a_terminal() -> None:
    assert "".join(shown([b"a\x1b", b"[31m", b"\x07", b"b"])[0]) == "a[31mb"


def test_an_answer_ends_before_its_stop_string() -> None:
    parts, stopped = shown([b"one ", b"Ques", b"tion: two"], "Question:")
    assert stopped
    assert parts == ["one ", "", "", ""]


def test_what_only_looked_like_a_stop_string_is_shown_as_soon_as_that_is_clear() -> None:
    parts, stopped = shown([b"a <", b"|e", b"x", b" <|"], "<|end|>")
    assert not stopped
    assert parts == ["a ", "", "<|ex", " ", "<|"]


def test_the_stop_string_that_is_complete_first_counts() -> None:
    assert shown([b"ab STOP cd END"], "END", "STOP") == (["ab ", ""], True)
    for pieces in ([b"a<b>c"], [b"a<", b"b>c"], [b"a", b"<b", b">", b"c"]):
        assert "".join(shown(pieces, "<b>c", "b>", "<b>")[0]) == "a"


def test_an_empty_stop_string_stops_nothing() -> None:
    assert shown([b"ab"], "") == (["ab", ""], False)


@pytest.mark.parametrize("stop", ["aab", "aaab", "abab"])
def test_stop_strings_that_overlap_themselves(stop: str) -> None:
    for before in ("", "a", "aa", "aba", "ab"):
        text = (before + stop + "rest").encode()
        parts, stopped = shown([text[i : i + 1] for i in range(len(text))], stop)
        assert stopped
        whole = text.decode()
        assert "".join(parts) == whole[: whole.index(stop)]


@given(
    st.text(alphabet="ab<|>é漢\n ", max_size=40),
    st.lists(st.integers(0, 60), max_size=12),
    st.lists(st.text(alphabet="ab<|>é", min_size=1, max_size=4), max_size=3),
)
def test_however_it_is_cut_the_text_is_the_same_and_holds_no_stop_string(
    text: str, cuts: list[int], stop: list[str]
) -> None:
    pieces = split(text.encode(), cuts)
    parts, stopped = shown(pieces, *stop)
    whole = clean(text.lstrip())
    ends = [(at + len(string), at) for string in stop if (at := whole.find(string)) >= 0]
    expected = whole[: min(ends)[1]] if ends else whole
    assert "".join(parts) == expected
    assert stopped == bool(ends)
