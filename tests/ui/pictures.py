"""Takes the pictures of the documentation from an installed release: real engine, model, manuals.

    python -m tests.ui.pictures RELEASE_FOLDER [OUTPUT_FOLDER [NAME ...]]

RELEASE_FOLDER holds ``assistant.json`` (``PREFIX/lib/fieldkit/current``); the pictures go to
``docs/images``. They are SVG files; ``rsvg-convert X.svg -o X.png`` makes a PNG to be looked at.

The model of the demonstration cannot be made to say what is wrong. In the pictures of wrong answers
a scripted engine says the words of ``Picture.said``; manuals, search, quote and check are the real
ones. ``NAME``: only these pictures.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from html import escape, unescape
from pathlib import Path
from typing import Any

from fpdf import FPDF
from rich.cells import cell_len
from textual.pilot import Pilot

from fieldkit import assistant
from fieldkit.chat import preferences
from fieldkit.chat.app import AssistantApp
from fieldkit.chat.context import ChatContext
from fieldkit.chat.opening import opened
from fieldkit.chat.preferences import Preferences
from fieldkit.chat.screens.page import PageScreen
from fieldkit.chat.screens.printed import PrintedScreen
from fieldkit.chat.theme import HIGH_CONTRAST
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.statusline import StatusLine
from fieldkit.console import console
from fieldkit.core.battery import Battery
from tests.fakes import ScriptedEngine, script
from tests.ui.conftest import ask, marked, shown, status, until

IMAGES = Path("docs/images")
TORQUE = "What torque do the fluid end studs need?"
FAULT = "The driller panel shows E 17 on the mud pump, what is wrong?"
ALARM = "At what level does the H2S low alarm go off?"
EARTH = "How deep must the earth rod go into the ground?"
WINCH = "What pressure does the parking brake of the KX-9 winch need?"
COVER = "What torque do the valve cover bolts need?"
UNSURE = "How often should I look at the filter?"
UNKNOWN = "How do I reset the wifi password in the camp?"
# What Rich puts into every picture: a font from a web server, which no reader is to be sent to.
_CLIP = re.compile(r'(-clip-terminal">\s*<rect [^>]*height=")([\d.]+)')
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)
_TEXT = re.compile(
    r'<text(?P<before>[^>]*?) x="(?P<x>[\d.]+)"(?P<between>[^>]*?) textLength="(?P<length>[\d.]+)"'
    r"(?P<after>[^>]*)>(?P<said>[^<]*)</text>"
)
_BELOW = 5  # units: what hangs below the last line, underscores in the name of a model
_FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"

_USUAL = Preferences()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One screen: how large the terminal is, what is done until it is taken, what was chosen."""

    name: str
    steps: Callable[[Pilot[Any]], Awaitable[None]]
    size: tuple[int, int] = (80, 24)
    chosen: Preferences = _USUAL
    battery: Battery | None = None
    said: str = ""  # by a scripted engine in the model's place


async def _answered(pilot: Pilot[Any], question: str) -> None:
    line = pilot.app.screen_stack[0].query_one(StatusLine)
    await until(pilot, lambda: line.status.tone == "ready", "the engine")
    await ask(pilot, question)
    await until(pilot, lambda: line.status.tone == "ready", "the figures")


async def _sources(pilot: Pilot[Any]) -> None:
    await _answered(pilot, TORQUE)
    await until(pilot, lambda: marked(pilot.app), "the passage")


async def _refusal(pilot: Pilot[Any]) -> None:
    await _answered(pilot, UNKNOWN)


async def _page(pilot: Pilot[Any]) -> None:
    await _answered(pilot, FAULT)
    await pilot.press("shift+tab", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, PageScreen), "the page")
    await until(pilot, lambda: marked(pilot.app), "the passage")


async def _found(pilot: Pilot[Any]) -> None:
    await _answered(pilot, "What torque for the engine mount bolts on the generator?")
    for question in (EARTH, "How tight do I make the liner cage bolts?"):
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not pilot.app.screen_stack[0].turns, "an empty conversation")
        await _answered(pilot, question)
    await pilot.press("ctrl+o")
    await until(pilot, lambda: "earth rod" in shown(pilot.app), "the list")
    await pilot.press("slash", *"bolts nm")
    await until(pilot, lambda: "earth rod" not in shown(pilot.app), "what was found")


async def _quote(pilot: Pilot[Any]) -> None:
    await _answered(pilot, FAULT)


async def _marked(pilot: Pilot[Any]) -> None:
    await _answered(pilot, COVER)
    await pilot.press("f2")
    await until(pilot, lambda: "! The manual" in shown(pilot.app), "the check")


async def _withdrawn(pilot: Pilot[Any]) -> None:
    await _answered(pilot, COVER)
    await until(pilot, lambda: "withdrawn" in shown(pilot.app), "the check")


async def _perhaps(pilot: Pilot[Any]) -> None:
    await _answered(pilot, UNSURE)
    await until(pilot, lambda: "may answer" in shown(pilot.app), "the pages")


async def _help(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "ready" in status(pilot.app), "the engine")
    await pilot.press("f1")
    await until(pilot, lambda: "Esc closes" in shown(pilot.app), "the help")


async def _contrast(pilot: Pilot[Any]) -> None:
    await _answered(pilot, ALARM)


async def _spanish(pilot: Pilot[Any]) -> None:
    await _answered(pilot, EARTH)


async def _battery(pilot: Pilot[Any]) -> None:
    await _answered(pilot, "How often do I have to clean the suction strainer?")
    await until(pilot, lambda: "saving battery" in status(pilot.app), "the battery")


async def _printed(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "ready" in status(pilot.app), "the engine")
    with tempfile.TemporaryDirectory() as folder:
        path = _winch(Path(folder) / "KX-9 winch.pdf")
        composer = pilot.app.screen_stack[0].query_one(Composer)
        composer.put(f'/add "{path}"')
        await pilot.press("enter")
        await until(pilot, lambda: "dded" in shown(pilot.app), "the document")
    await _answered(pilot, WINCH)
    await pilot.press("shift+tab", "p")
    await until(pilot, lambda: isinstance(pilot.app.screen, PrintedScreen), "the printed page")
    await until(pilot, lambda: "\u2580" in shown(pilot.app), "the picture")


def _winch(path: Path) -> Path:
    """A manual of one page with a table and a drawing of the brake's circuit."""
    pdf = FPDF(unit="mm", format=(150, 110))
    pdf.add_page()
    pdf.set_font("helvetica", "B", 20)
    pdf.text(12, 18, "KX-9 winch: brake")
    pdf.set_font("helvetica", "", 13)
    rows = (("Spring", "Pressure"), ("Holding brake", "28 bar"), ("Parking brake", "34 bar"))
    for number, (name, value) in enumerate(rows):
        pdf.text(14, 32 + 9 * number, name)
        pdf.text(70, 32 + 9 * number, value)
        pdf.line(12, 35 + 9 * number, 110, 35 + 9 * number)
    pdf.set_line_width(1.2)
    pdf.set_fill_color(200, 60, 40)
    pdf.rect(20, 68, 26, 20, style="DF")
    pdf.set_fill_color(40, 110, 190)
    pdf.ellipse(92, 66, 24, 24, style="DF")
    pdf.line(46, 78, 92, 78)
    pdf.line(69, 78, 69, 62)
    pdf.set_font("helvetica", "", 11)
    pdf.text(22, 96, "Valve V-9")
    pdf.text(93, 97, "Brake B-2")
    pdf.text(12, 106, "Figure 1: the circuit of the brake")
    pdf.output(str(path))
    return path


PICTURES = (
    Picture(name="answer", steps=_sources, size=(120, 36)),
    Picture(name="refusal", steps=_refusal),
    Picture(name="page", steps=_page),
    Picture(name="help", steps=_help),
    Picture(
        name="contrast",
        steps=_contrast,
        size=(60, 20),
        chosen=Preferences(theme=HIGH_CONTRAST.name),
    ),
    Picture(name="spanish", steps=_spanish, chosen=Preferences(language="es")),
    Picture(name="battery", steps=_battery, battery=Battery(percent=18.0, on_mains=False)),
    Picture(name="printed", steps=_printed, size=(110, 44)),
    Picture(
        name="quote",
        steps=_quote,
        said="E 17 means low lube oil pressure. Check the oil level and the oil filter.",
    ),
    Picture(
        name="marked",
        steps=_marked,
        said="The valve cover bolts are tightened to 510 Nm. The liner cage bolts are tightened to"
        " 320 Nm. Paint the bolts green when you are done.",
    ),
    Picture(
        name="withdrawn",
        steps=_withdrawn,
        said="The valve cover bolts are tightened to 320 Nm.",
    ),
    Picture(name="perhaps", steps=_perhaps, said="Replace the oil filter every 300 hours."),
    Picture(name="found", steps=_found),  # the last: in what was asked for the others, too
)


def _unpadded(text: re.Match[str]) -> str:
    """A text of the picture without spaces around it, which some viewers would draw otherwise."""
    said = unescape(text["said"])
    bare = said.strip("\N{NO-BREAK SPACE}")
    if not bare or bare == said:
        return text[0] if bare else ""
    cell = float(text["length"]) / cell_len(said)
    x = float(text["x"]) + cell * (len(said) - len(said.lstrip("\N{NO-BREAK SPACE}")))
    length = cell * cell_len(bare)
    return (
        f'<text{text["before"]} x="{x:.1f}"{text["between"]} textLength="{length:.1f}"'
        f"{text['after']}>{escape(bare)}</text>"
    )


async def take(context: ChatContext, picture: Picture, output: Path) -> None:
    """Do the steps of ``picture`` in the assistant and save its screen."""
    preferences.save(context.preferences_path, picture.chosen)
    context = replace(context, battery=lambda: picture.battery)
    if picture.said:
        words = script(picture.said)
        context = replace(context, engine_factory=lambda: ScriptedEngine(words))
    with opened(context) as parts:
        app = AssistantApp(
            assistant=context.assistant,
            library=parts.library,
            evidence=parts.evidence,
            engine=parts.engine,
            store=parts.store,
            background=replace(
                context.background, shelving=parts.shelving, pictures=parts.pictures
            ),
        )
        try:
            async with app.run_test(size=picture.size) as pilot:
                await picture.steps(pilot)
                await pilot.pause(0.2)
                svg = app.export_screenshot()
        finally:
            app.close()
    svg = _FONT_FACE.sub("", svg).replace("Fira Code, monospace", _FONTS)
    svg = _TEXT.sub(_unpadded, svg.replace("&#160;", "\N{NO-BREAK SPACE}"))
    svg = _CLIP.sub(lambda clip: f"{clip[1]}{float(clip[2]) + _BELOW}", svg)
    text = "\n".join(line.rstrip() for line in svg.strip().split("\n"))
    (output / f"{picture.name}.svg").write_text(f"{text}\n", encoding="utf-8")


def main() -> int:
    """Take the pictures."""
    release, output = Path(sys.argv[1]).resolve(), Path(*sys.argv[2:3] or [IMAGES])
    wanted = set(sys.argv[3:])
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        os.environ["FIELDKIT_DATA_DIR"] = data
        context = replace(assistant.context(release, console()), tuner=None)
        for picture in PICTURES:
            if not wanted or picture.name in wanted:
                asyncio.run(take(context, picture, output))
    return 0


if __name__ == "__main__":
    sys.exit(main())
