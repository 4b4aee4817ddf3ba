"""Answers that repeat themselves are found while they are written; what manuals repeat is not."""

from __future__ import annotations

import pytest

from fieldkit.core.repetition import Repetition


def kept(text: str, *, known: str = "", step: int = 3, cut: bool = False) -> str | None:
    """What is kept of ``text``, which comes in pieces of ``step`` characters; None: no loop."""
    repetition = Repetition(known)
    for place in range(0, len(text), step):
        if (found := repetition.feed(text[place : place + step])) is not None:
            return found
    return repetition.flush(cut=cut)


LOOPS = {
    "a sentence": ("The oil is ISO 150. " * 10, "The oil is ISO 150."),
    "a sentence with marks": (
        "The oil is ISO 150 [1]. The oil is ISO 150. The oil is ISO 150 [1].",
        "The oil is ISO 150 [1].",
    ),
    "after another beginning": (
        "I think the oil is ISO 150. " + "The oil is ISO 150. " * 9,
        "I think the oil is ISO 150.",
    ),
    "two sentences in turn": (
        "Close valve A first. Then open valve B. " * 4,
        "Close valve A first. Then open valve B.",
    ),
    "with others between": (
        "It is low at ten ppm. It rings. It is low at ten ppm. Leave now. It is low at ten ppm.",
        "It is low at ten ppm. It rings. Leave now.",
    ),
    "a few words": ("Levels: " + "Alarm 3: " * 20, "Levels: Alarm 3"),
    "items with other numbers": (
        "\n".join(f"{number}. Check the oil level." for number in range(1, 20)),
        "1. Check the oil level.",
    ),
    "numbers that go up": ("\n".join(f"- Alarm {n}" for n in range(1, 40)), "- Alarm 1"),
    "levels that go up evenly": (
        "\n".join(f"- Alarm {n} is at {n * 10} ppm" for n in range(1, 30)),
        "- Alarm 1 is at 10 ppm",
    ),
    "after words that lead in": (
        "The panel shows code E 17 on the pump. The right answer is:\n\n"
        + "The panel shows code E 17 on the pump. " * 3,
        "The panel shows code E 17 on the pump.",
    ),
    "one number": (
        " ".join(f"It is due again every {n} days." for n in (4, 10, 12, 16, 24, 64, 128)),
        "It is due again every 4 days.",
    ),
    "a long phrase in other sentences": (
        "Code E 35 is an error that can be detected by the sensor of the gas detector. A code is "
        + "an error that can be detected by the sensor of the gas detector, says [1]. " * 2,
        "Code E 35 is an error that can be detected by the sensor of the gas detector.",
    ),
    "marks": ("[2]. " + " ".join(f"[{number}]" for number in range(3, 43)), "[2]."),
    "a row": (
        "| Part | Torque |\n| --- | --- |\n" + "| Fluid end stud | 320 Nm |\n" * 9,
        "| Part | Torque |\n| --- | --- |\n| Fluid end stud | 320 Nm |",
    ),
    "a script without spaces": ("打开阀门并检查油位。" * 5, "打开阀门并检查油位。"),
    "one word": ("Ja " + "wirklich " * 20, "Ja wirklich"),
    "one letter": ("a" * 400, "a" * 32),
}


@pytest.mark.parametrize("step", [1, 3, 7, 100_000])
@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_cut_after_its_first_copy_however_it_arrives(name: str, step: int) -> None:
    text, expected = LOOPS[name]
    assert kept(text, step=step) == expected


NO_LOOPS = {
    "a table": "\n".join(f"| {n} | Bolt M{8 + n} | {20 + n * n} Nm |" for n in range(1, 20)),
    "equal cells": "\n".join(f"| {n} | Nm | Nm | Nm | Nm | Nm |\n" for n in (3, 1, 4, 1, 5, 9, 2)),
    "units": "M8: 10 Nm, M10: 20 Nm, M12: 30 Nm, M14: 30 Nm, M16: 30 Nm, M18: 40 Nm",
    "sizes": "The plate is 5 mm x 5 mm x 5 mm.",
    "parts": "\n".join(
        f"{n}. {part}"
        for n, part in enumerate(("Bolt M8", "Washer", "Bolt M8", "Nut", "Bolt M8", "Pin"), 1)
    ),
    "steps that wait": "Open valve A. Wait 5 minutes. Open valve B. Wait 5 minutes. Open valve C. "
    "Wait 5 minutes. Close all valves.",
    "cylinders": "Adjust cylinders 1, 2, 3, 4, 5 and 6.",
    "blink code": "It blinks short, short, long, short, short, long, and stops.",
    "values": "Readings: 0 0 0 0 0 0 0 0 0 0 0 0.",
    "levels": "- Alarm 1 is at 10 ppm\n- Alarm 2 is at 25 ppm\n- Alarm 3 is at 100 ppm",
    "bolts": " ".join(f"M{n} bolts are tightened to {n * n} Nm." for n in (6, 8, 10, 12, 16, 20)),
    "parts of a torque list": " ".join(
        f"The torque required for the {part} is {n} Nm."
        for n, part in enumerate(("studs", "cage bolts", "plug", "clamps", "cover", "nuts"), 11)
    ),
    "nothing": "",
    "signs": "--- *** --- *** --- *** --- *** --- *** --- ***",
}


@pytest.mark.parametrize("step", [1, 5, 100_000])
@pytest.mark.parametrize("name", NO_LOOPS)
def test_what_manuals_repeat_is_no_loop(name: str, step: int) -> None:
    assert kept(NO_LOOPS[name], step=step) is None


def test_what_the_prompt_repeats_may_be_quoted() -> None:
    steps = "Turn the valve by one mark. " * 3
    assert kept(steps) == "Turn the valve by one mark."
    assert kept(steps, known=f"[1] PX-204, Valves: {steps}") is None
    assert kept(steps * 2, known=f"[1] PX-204, Valves: {steps}") is not None
    channels = "\n".join(f"- Channel {n} is free" for n in range(1, 17))
    assert kept(channels) == "- Channel 1 is free"
    assert kept(channels, known=channels) is None


def test_at_the_limit_a_second_copy_is_left_out_too() -> None:
    text = "Fill in the gear oil slowly. Fill in the gear oil slowly. Fill in"
    assert kept(text) is None
    assert kept(text, cut=True) == "Fill in the gear oil slowly."


def test_a_copy_is_suspicious_until_something_else_is_said() -> None:
    repetition = Repetition()
    repetition.feed("Fill in the gear oil slowly. ")
    assert not repetition.suspicious
    repetition.feed("Fill in the gear oil slowly. ")
    assert repetition.suspicious
    repetition.feed("Then close it. ")
    assert not repetition.suspicious


@pytest.mark.parametrize(
    "text",
    ["a " * 4000, "[1" * 8000, "1." * 8000, "|" * 16000, "| x " * 4000, "x | " * 4000, "\n" * 16000,
     "-" * 16000, "\ud800" * 4000, "1e9 " * 4000, "\u0130" * 8000],
)  # fmt: skip
def test_hostile_texts_are_read_without_a_fault(text: str) -> None:
    for known in ("", text):
        kept(text, known=known, step=4)


def test_each_word_is_compared_with_a_bounded_number_of_words() -> None:
    repetition = Repetition("a b " * 3000)
    for _ in range(3000):
        repetition.feed("a b ")
    assert len(repetition._exact.live) <= 256
    assert sum(map(len, repetition._exact._places.values())) <= 2 * 257
