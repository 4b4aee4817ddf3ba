"""The row of a table that answers, below the answer and among its sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from fieldkit.chat.widgets.sources import SourcesPane
from tests.fakes import CLAMPS, TORQUE, ScriptedEngine, script
from tests.ui.conftest import Compare, FakeLibrary, MakeApp, Size, ask, ready, shown, status, until

ANSWER = "Tighten the studs to **320 Nm**, the valve cage M12*1.75*30 at - 40 °C to 85 Nm [1]."
PAGE = """\
# Torque table

| Part | Thread | Torque |
|---|---|---:|
| **Fluid end** |  |  |
| Fluid end studs | M30x3.5 | 320 Nm |
| Valve cage at - 40 °C | M12*1.75*30 | 85 Nm |
| **Power end** |  |  |
| Liner nuts | M24 | 210 Nm |
"""
PASSAGE = replace(
    TORQUE,
    text=(
        "Fluid end, Fluid end studs: Thread M30x3.5, Torque 320 Nm. "
        "Fluid end, Valve cage at - 40 °C: Thread M12*1.75*30, Torque 85 Nm. "
        "Power end, Liner nuts: Thread M24, Torque 210 Nm."
    ),
)


QUESTION = "What torque do the fluid end studs need?"


async def answered(pilot: Pilot[Any], question: str = QUESTION) -> None:
    await ready(pilot)
    await ask(pilot, question)
    await until(pilot, lambda: "tok/s" in status(pilot.app), "the figures")


async def test_the_row_is_below_the_answer_and_the_sources_have_both(make_app: MakeApp) -> None:
    answer = "The clamps of the suction hose need 18 Nm [1]. The fluid end studs: 320 Nm [2]."
    app = make_app(
        ScriptedEngine(script(answer)), passages=[CLAMPS, PASSAGE], library=FakeLibrary(page=PAGE)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, "How tight are the clamps of the suction hose?")
        (table,) = app.screen.query("TurnView RowTable")
        text = table.render().plain
        assert text.startswith("[2] Fluid end\n")
        assert "Fluid end studs │ M30x3.5 │ 320 Nm" in text
        assert "210" not in text, "the other row of the passage does not answer"
        pane = app.screen.query_one(SourcesPane)
        (both,) = pane.query("RowTable")
        text = both.render().plain
        assert "Power end" in text
        assert "Liner nuts" in text
        assert "Torque 320 Nm" not in pane.items[1].render().plain, "the rows say it all"


async def test_a_row_that_is_quoted_is_not_shown_again(make_app: MakeApp) -> None:
    app = make_app(
        ScriptedEngine(script(ANSWER)), passages=[PASSAGE], library=FakeLibrary(page=PAGE)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot)
        assert "the valve cage M12*1.75*30 at - 40 °C to 85 Nm [1]." in " ".join(shown(app).split())
        assert "Fluid end, Fluid end studs │ M30x3.5 │ 320 Nm" in shown(app)
        assert not app.screen.query("TurnView RowTable")


def test_table_row(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    app = make_app(
        ScriptedEngine(script(ANSWER)), passages=[PASSAGE], library=FakeLibrary(page=PAGE)
    )
    assert snap_compare(app, terminal_size=size, run_before=answered)
