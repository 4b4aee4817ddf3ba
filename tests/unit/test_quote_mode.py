"""Quote mode: what a model that only chooses is asked, and what of it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldkit.core import choosing
from fieldkit.core.conversation import Turn
from fieldkit.core.message import Message
from fieldkit.errors import UsageProblem
from fieldkit.library import quote_mode
from tests.fakes import ASSISTANT, CLAMPS, TORQUE

ASKED = Turn(question="What torque?", passages=(TORQUE, CLAMPS))


def size(message: Message) -> int:
    return len(message.content.split())


def test_every_statement_is_offered_with_the_mark_of_its_passage() -> None:
    request = quote_mode.request(ASSISTANT, ASKED, size)
    assert request.choices == (
        "Fluid end studs: 320 Nm. [1]",
        "Liner cage bolts: 275 Nm. [1]",
        "Tighten crosswise in two rounds. [1]",
        "The clamps of the suction hose are tightened to 18 Nm. [2]",
    )
    system, asked = request.messages
    assert system.content == ASSISTANT.system_prompt
    assert "2. Liner cage bolts: 275 Nm.\n" in asked.content
    assert asked.content.index("18 Nm") < asked.content.index("Question: What torque?")


def test_rows_of_tables_are_offered_whole_and_their_rule_is_not() -> None:
    table = "| Part | Torque |\n| --- | --- |\n| Studs. M20 | 320 Nm |"
    assert list(quote_mode.statements(table)) == ["| Part | Torque |", "| Studs. M20 | 320 Nm |"]


def test_what_does_not_fit_is_left_out_last_first() -> None:
    long = replace(TORQUE, text="\n".join(f"Part {n} takes {n} Nm." for n in range(1, 200)))
    request = quote_mode.request(ASSISTANT, Turn(question="Which?", passages=(long,)), size)
    assert len(request.choices) == choosing.MOST_CHOICES
    small = replace(ASSISTANT, context=400)
    request = quote_mode.request(small, Turn(question="Which?", passages=(long,)), size)
    assert 0 < len(request.choices) < 40
    assert request.choices[0] == "Part 1 takes 1 Nm. [1]"
    with pytest.raises(UsageProblem, match="too long"):
        quote_mode.request(small, Turn(question="Which? " * 400, passages=(long,)), size)


def test_numbers_are_read_once_and_in_range() -> None:
    assert choosing.chosen("3,1,3", 4) == (3, 1)
    assert choosing.chosen("9,0,2", 4) == (2,)
    assert choosing.chosen("", 4) == ()
    assert choosing.grammar(2) == (
        'root ::= "0" | number ("," number){0,2}\nnumber ::= "1" | "2"\n'
    )
