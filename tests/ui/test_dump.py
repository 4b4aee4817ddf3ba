"""What is kept of a screen."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from fieldkit.chat.theme import THEMES
from tests.ui.dump import contrast, dump


class Two(App[None]):
    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("ab", "bold"), " \u6f22"), markup=False)

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)


async def test_a_screen_is_told_by_text_and_styles() -> None:
    async with Two().run_test(size=(6, 2)) as pilot:
        told = await dump(pilot)
    assert told.startswith("6x2\n|ab \u6f22 |\n|      |\n\nfieldkit-dark\na2 b3 c1\nc6\na: bold #")
    assert [theme.name in told for theme in THEMES] == [True] * len(THEMES)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#ffffff", "#000000") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
