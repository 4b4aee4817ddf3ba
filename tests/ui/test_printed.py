"""A page as it is printed: drawn from the original, closer by keys, and opened elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fpdf import FPDF
from textual.pilot import Pilot

from fieldkit.chat.app import AssistantApp
from fieldkit.chat.context import Background
from fieldkit.chat.screens.page import PageScreen
from fieldkit.chat.screens.printed import PrintedScreen
from fieldkit.engine.child import own_command
from fieldkit.library.pictures import Pictures
from fieldkit.library.search import Manual
from tests.fakes import ScriptedEngine, script
from tests.ui.conftest import Compare, FakeLibrary, MakeApp, Size, ask, ready, shown, until

ANSWER = "Tighten the studs to 320 Nm [1]."
SIZES = pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=str)


def original(path: Path) -> bytes:
    """A PDF of twelve pages; the seventh has two areas of colour and no text."""
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_font("helvetica", size=24)
    for number in range(1, 13):
        pdf.add_page()
        if number != 7:
            pdf.text(20, 30, f"Page {number}")
    pdf.page = 7
    pdf.set_fill_color(200, 0, 0)
    pdf.rect(20, 60, 170, 60, style="F")
    pdf.set_fill_color(0, 0, 200)
    pdf.rect(20, 160, 80, 100, style="F")
    pdf.output(str(path))
    return path.read_bytes()


class Filed(FakeLibrary):
    """The pump's manual knows its file."""

    def __init__(self, sha256: str, file: str = "pumps/PX-204.pdf") -> None:
        super().__init__()
        self.manual = Manual(
            document="PX-204",
            title="PX-204 mud pump, field manual",
            revision="C",
            date="2026-03-01",
            pages=tuple(range(1, 13)),
            file=file,
            sha256=sha256,
            labels={7: "2-3"},
        )

    def documents(self) -> tuple[Manual, ...]:
        return (self.manual,)


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[Pictures]:
    drawing = Pictures(tmp_path, tmp_path / "own", own_command("reader"))
    yield drawing
    drawing.close()


@pytest.fixture
def library(tmp_path: Path) -> Filed:
    content = original(tmp_path / "made.pdf")
    sha256 = hashlib.sha256(content).hexdigest()
    (tmp_path / "manuals").mkdir()
    (tmp_path / "made.pdf").rename(tmp_path / "manuals" / f"{sha256}.pdf")
    return Filed(sha256)


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KITTY_WINDOW_ID", "TERM_PROGRAM", "KONSOLE_VERSION", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def made(make_app: MakeApp, library: FakeLibrary, pictures: Pictures | None, **changes: object):
    background = Background(pictures=pictures, **changes)  # type: ignore[arg-type] # test convenience
    return make_app(ScriptedEngine(script(ANSWER)), library=library, background=background)


def screen(app: AssistantApp) -> PrintedScreen:
    assert isinstance(app.screen, PrintedScreen)
    return app.screen


async def printed(pilot: Pilot[int]) -> PrintedScreen:
    """Ask, go to the sources, and show the page as it is printed."""
    await ready(pilot)
    await ask(pilot, "What torque do the fluid end studs need?")
    await pilot.press("tab", "p")
    await until(pilot, lambda: isinstance(pilot.app.screen, PrintedScreen), "the screen")
    return screen(pilot.app)


@SIZES
async def test_the_page_is_drawn_with_its_figures(
    make_app: MakeApp, library: Filed, pictures: Pictures, size: Size
) -> None:
    app = made(make_app, library, pictures)
    async with app.run_test(size=size) as pilot:
        page = await printed(pilot)
        await until(pilot, lambda: page.drawn, "the page")
        text = shown(app)
        assert "PX-204 rev C, p. 2-3 (PDF 7)" in text
        assert "▀" in text
        assert "Esc closes" in text
        colours = {
            segment.style.color.get_truecolor()
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if "▀" in segment.text and segment.style and segment.style.color
        }
        assert any(c.red > 150 > 100 > c.blue for c in colours), "the red part of the figure"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PrintedScreen), "back")


async def test_keys_zoom_move_and_turn(
    make_app: MakeApp, library: Filed, pictures: Pictures
) -> None:
    app = made(make_app, library, pictures)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await printed(pilot)
        await until(pilot, lambda: page.drawn, "the page")
        whole = shown(app)
        await pilot.press("plus", "plus", "right", "down")
        await until(pilot, lambda: page.zoom == 2.25, "closer")
        await pilot.press("minus", "0")
        await until(pilot, lambda: page.zoom == 1.0, "the whole width again")
        await pilot.press("pagedown")
        await until(pilot, lambda: "p. 8" in shown(app) and page.drawn, "the page after")
        assert shown(app) != whole
        await pilot.press("pageup", "pageup")
        await until(pilot, lambda: "p. 6" in shown(app) and page.drawn, "the page before")


async def test_from_the_page_screen_and_by_a_command(
    make_app: MakeApp, library: Filed, pictures: Pictures
) -> None:
    app = made(make_app, library, pictures)
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot)
        await ask(pilot, "What torque do the fluid end studs need?")
        await pilot.press("alt+1")
        await until(pilot, lambda: isinstance(app.screen, PageScreen), "the text")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PrintedScreen), "the printed page")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PageScreen), "the text again")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the conversation")
        await pilot.press("alt+p")
        await until(pilot, lambda: isinstance(app.screen, PrintedScreen), "by its key")


async def test_what_cannot_be_drawn_is_told(make_app: MakeApp, pictures: Pictures) -> None:
    app = made(make_app, Filed("0" * 64), pictures)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await printed(pilot)
        await until(pilot, lambda: "There is no original of PX-204" in page.note, "the reason")
        assert not page.drawn


async def test_a_word_file_has_no_printed_pages_and_opens_elsewhere(
    make_app: MakeApp, pictures: Pictures, tmp_path: Path
) -> None:
    (tmp_path / "manuals").mkdir()
    (tmp_path / "manuals" / f"{'1' * 64}.docx").write_bytes(b"words")
    opened: list[Path] = []
    app = made(make_app, Filed("1" * 64, "px.docx"), pictures, viewer=opened.append)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await printed(pilot)
        await until(pilot, lambda: "is a DOCX file, which has no printed" in page.note, "why")
        await pilot.press("o")
        await until(pilot, lambda: "opens in another window" in page.note, "that it opens")
        (copy,) = opened
        assert (copy.name, copy.read_bytes()) == ("PX-204.docx", b"words")
        assert copy.parent.stat().st_mode & 0o077 == 0, "for this user alone"
        pictures.close()
        assert not copy.exists()


async def test_without_a_program_for_originals_that_is_told(
    make_app: MakeApp, library: Filed, pictures: Pictures
) -> None:
    app = made(make_app, library, pictures)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await printed(pilot)
        await until(pilot, lambda: page.drawn, "the page")
        await pilot.press("o")
        await until(pilot, lambda: "No program can be opened from here" in page.note, "the reason")


def test_printed(
    snap_compare: Compare, make_app: MakeApp, library: Filed, pictures: Pictures, size: Size
) -> None:
    async def drawn(pilot: Pilot[int]) -> None:
        page = await printed(pilot)
        await until(pilot, lambda: page.drawn, "the page")
        await pilot.pause()

    app = made(make_app, library, pictures)
    assert snap_compare(app, terminal_size=size, run_before=drawn)
