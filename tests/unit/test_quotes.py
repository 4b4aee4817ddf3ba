"""The quote: the part of the passages that answers best, and what is marked in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldkit.core.citation import Passage
from fieldkit.library import index
from fieldkit.library.quotes import quote_of, quotes_of
from fieldkit.library.search import Library
from tests.question_sets import sets

TORQUES = (
    "Fluid end studs: Thread M30x3.5, Torque 320 Nm."
    " Valve cover bolts: Thread M24x3, Torque 510 Nm."
    " Liner cage bolts: Thread M20x2.5, Torque 275 Nm."
)
FAULTS = (
    "E 16: Meaning High oil temperature, Action Stop the pump."
    " E 17: Meaning Low lube oil pressure, Action Check the oil level. Then change the filter."
    " E 18: Meaning Suction strainer clogged, Action Clean the strainer."
)


def passage(text: str, document: str = "PX-204", **rest: object) -> Passage:
    """A passage that no search has read."""
    made = Passage(document=document, title="Mud pump", revision="", page=7, heading="", text=text)
    return replace(made, **rest)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The manuals of the demonstration profile, indexed."""
    path = tmp_path_factory.mktemp("quotes") / "demo.sqlite"
    index.build(path, sets.demo().documents)
    return Library.open(path)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What torque do the fluid end studs need?", "Torque 320 Nm"),
        ("Welches Drehmoment brauchen die Stehbolzen der Pumpe?", "Torque 320 Nm"),
        ("How tight do I make the liner cage bolts?", "275 Nm"),
        ("Where is muster point B?", "behind the camp"),
        ("How much oil does the generator engine take?", "8.5 liters"),
        ("What gas do I fill the pulsation damper with?", "nitrogen"),
        ("Radio shows E 52, what is the fault?", "Antenna fault"),
        ("¿Dónde está el punto de reunión B?", "behind the camp"),
    ],
)
def test_the_part_that_answers_is_quoted(demo: Library, question: str, expected: str) -> None:
    passages = demo.find(question, 3).passages
    quote = quote_of(passages, question)
    assert quote is not None
    assert expected in quote.text
    assert quote.text in quote.source(passages).text


def test_the_neighbour_row_is_not_quoted() -> None:
    quote = quote_of([passage(TORQUES)], "Which torque for the valve cover bolts?")
    assert quote is not None
    assert quote.text == "Valve cover bolts: Thread M24x3, Torque 510 Nm."
    assert [quote.text[a:b] for a, b in quote.marked] == ["510 Nm"]
    assert quote.row == (("", "Valve cover bolts"), ("Thread", "M24x3"), ("Torque", "510 Nm"))


def test_the_row_of_a_fault_is_quoted_whole_with_its_columns() -> None:
    quote = quote_of([passage(FAULTS)], "Panel shows E17, what is wrong?")
    assert quote is not None
    assert quote.row == (
        ("", "E 17"),
        ("Meaning", "Low lube oil pressure"),
        ("Action", "Check the oil level. Then change the filter."),
    )
    assert [quote.text[a:b] for a, b in quote.marked] == ["E 17"]


def test_a_later_passage_is_quoted_where_it_answers_and_the_first_does_not() -> None:
    first = passage("The pump is painted blue. The pump stands on a skid.")
    second = passage("The pump weighs 960 kg.")
    quote = quote_of([first, second], "How much does the pump weigh?")
    assert quote is not None
    assert (quote.passage, quote.text) == (2, "The pump weighs 960 kg.")


def test_the_sentence_with_the_value_goes_with_the_one_that_names_its_subject() -> None:
    text = "Tighten the drain plug with a torque wrench. It is 45 Nm. Wipe the sump."
    quote = quote_of([passage(text)], "What torque for the drain plug?")
    assert quote is not None
    assert quote.text == "Tighten the drain plug with a torque wrench. It is 45 Nm."


def test_a_row_of_several_words_is_no_sentence_about_steps() -> None:
    text = (
        "Tighten the rod in two steps: 40 Nm, 80 Nm and then fully. Rod of the pump: Torque 120 Nm."
    )
    row = "Supply of the rod sensor: 12 V, 24 V."
    quote = quote_of([passage(text)], "What torque does the rod need?")
    assert quote is not None
    assert quote.text == "Rod of the pump: Torque 120 Nm."
    quote = quote_of([passage(row)], "What is the supply voltage of the rod sensor?")
    assert quote is not None
    assert quote.text == row


def test_a_list_comes_with_what_leads_in_to_it_and_stays_short() -> None:
    steps = " ".join(
        f"{n}. Turn valve {n} until it clicks and then wait for it." for n in range(1, 30)
    )
    quote = quote_of(
        [passage(f"To bleed the brake line: {steps}")], "How do I bleed the brake line?"
    )
    assert quote is not None
    assert quote.text.startswith("To bleed the brake line: 1. Turn valve 1")
    assert "2. Turn valve 2" in quote.text
    assert len(quote.text.split()) <= 70


def test_what_says_what_not_to_do_is_no_answer_to_what_to_do() -> None:
    text = "Never fill the damper with oxygen or air. The damper is filled with nitrogen only."
    quote = quote_of([passage(text)], "What gas do I fill the damper with?")
    assert quote is not None
    assert "nitrogen" in quote.text


def test_manuals_that_contradict_each_other_are_both_quoted() -> None:
    one = passage("The relief valve opens at 345 bar.", "A-1")
    other = passage("The relief valve opens at 310 bar.", "A-2")
    apart = passage("The suction valve opens at 12 bar.", "A-3")
    question = "At what pressure does the relief valve open?"
    found = quotes_of([one, apart, other], question)
    assert [(quote.passage, quote.text) for quote in found] == [
        (1, "The relief valve opens at 345 bar."),
        (3, "The relief valve opens at 310 bar."),
    ]
    assert len(quotes_of([one, replace(one, document="A-4")], question)) == 1


def test_a_value_in_another_unit_is_converted() -> None:
    pytest.importorskip("fieldkit.library.claims.conversion")
    quote = quote_of([passage(TORQUES)], "torque of the fluid end studs in lb-ft?")
    assert quote is not None
    assert "236" in quote.converted


ODD_QUESTIONS = ("", "?", "the of and", "\x00\ud800", "a" * 100_000, "E 17 " * 5_000)
ODD_TEXTS = ("", ".", ": :", "a: b", "1. 2. 3. ", "\x00", "x" * 50_000, "9 " * 20_000)


@pytest.mark.parametrize("question", range(len(ODD_QUESTIONS)))
@pytest.mark.parametrize("text", range(len(ODD_TEXTS)))
def test_odd_text_is_no_error(question: int, text: int) -> None:
    passages = [passage(ODD_TEXTS[text]), passage(ODD_TEXTS[text], "B")]
    for quote in quotes_of(passages, ODD_QUESTIONS[question]):
        assert quote.text


def test_nothing_is_quoted_of_nothing() -> None:
    assert quote_of([], "torque?") is None
