"""What of a passage is shown: the quote first, then only what matters around it."""

from __future__ import annotations

import pytest

from fieldkit.library.excerpt import excerpt, wrapped

ROWS = [
    "E 17: Meaning Low oil, Action Fill oil.",
    "E 18: Meaning Hot bearing. See below, Action Stop it.",
    "E 19: Meaning No signal, Action Check the cable.",
]


@pytest.mark.parametrize("row", ROWS)
def test_of_a_table_only_the_row_is_shown(row: str) -> None:
    quote = row.partition(". ")[0] + ("." if ". " in row else "")
    assert excerpt(" ".join(ROWS), quote) == [row]


def test_around_a_sentence_the_rest_of_a_short_passage_is_shown() -> None:
    text = "Stop the pump.\nDrain the oil.\nClose the valve."
    assert excerpt(text, "Drain the oil.") == [
        "Drain the oil.", "Stop the pump. [...] Close the valve.",
    ]  # fmt: skip
    assert excerpt(text, "Stop the pump.") == [
        "Stop the pump.", "Drain the oil. Close the valve.",
    ]  # fmt: skip
    assert excerpt("Drain the oil.", "Drain the oil.") == ["Drain the oil."]


def test_of_a_long_passage_the_nearest_is_shown_and_no_word_is_cut() -> None:
    text = f"{'Far away. ' * 60}Just before. Drain the oil. {'Much behind it. ' * 60}".strip()
    quote, around = excerpt(text, "Drain the oil.")
    assert quote == "Drain the oil."
    assert around.startswith("... Just before. [...] Much behind it. ")
    assert around.endswith(" ...")
    assert len(around) < 330
    words = {*text.split(), "...", "[...]"}
    assert words.issuperset(around.split())


def test_a_passage_without_a_quote_is_shown_from_its_beginning() -> None:
    assert excerpt("Short  text.", "") == ["Short text."]
    assert excerpt("Short text.", "not in it") == ["Short text."]
    (shown,) = excerpt("word " * 200, "")
    assert shown.endswith("word ...")
    assert len(shown) < 410


def test_lines_are_broken_between_words_and_never_in_one() -> None:
    assert wrapped("Fluid-end studs take 320 Nm", 12) == "Fluid-end\nstuds take\n320 Nm"
    assert wrapped("unbreakableword a", 5) == "unbreakableword\na"
    assert wrapped("Fluid end studs", 0) == "Fluid end studs"
