"""A screen as text that can be read, compared and merged: what stands on it, and in which styles.

The text is there once; styles are there for each theme, by rows: ``a30 b50`` are 30 cells in the
style that ``a`` stands for below, and 50 in ``b``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from textual.pilot import Pilot

from fieldkit.chat.theme import HIGH_CONTRAST, THEMES

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+*=%&@$!?<>~^:;-_"
_EFFECTS = ("bold", "dim", "italic", "underline", "strike", "reverse")

# Contrast of text by WCAG 2.2: 3 is its least for what is short or large, 4.5 for all else. Hints
# may be fainter than what is read, but not where colours were chosen for who sees badly.
LEAST = {theme.name: 3.0 for theme in THEMES} | {HIGH_CONTRAST.name: 4.5}


async def dump(pilot: Pilot[Any]) -> str:
    """The screen of a running application in every theme; the theme it had stays."""
    app = pilot.app
    chosen = app.theme
    app.theme = THEMES[-1].name  # so that everything is drawn anew, scroll bars too
    await pilot.pause()
    parts: list[str] = []
    for theme in THEMES:
        app.theme = theme.name
        await pilot.pause()
        rows = _rows(pilot)
        text = "\n".join("|" + "".join(text for text, _ in row) + "|" for row in rows)
        if not parts:
            parts.append(f"{app.size.width}x{app.size.height}\n{text}")
        assert parts[0].endswith(text), f"{theme.name} says something else:\n{text}\n{parts[0]}"
        parts.append(f"{theme.name}\n" + "\n".join(_styles(rows)))
        assert not (faint := _faint(pilot, LEAST[theme.name])), f"{theme.name}: {faint}"
    app.theme = chosen
    await pilot.pause()
    return "\n\n".join(parts) + "\n"


def _rows(pilot: Pilot[Any]) -> list[list[tuple[str, str]]]:
    """The screen's rows: runs of text, each with its style in words."""
    app = pilot.app
    console = Console(
        width=app.size.width,
        height=app.size.height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
    )
    stack = app._background_screens
    console.print(app.screen._compositor.render_update(full=True, screen_stack=stack))
    rows: list[list[tuple[str, str]]] = [[]]
    for text, style, control in console._record_buffer:
        if control:
            continue
        for number, piece in enumerate(text.split("\n")):
            if number:
                rows.append([])
            if piece:
                rows[-1].append((piece, _named(style)))
    return [row for row in rows if row]


def _named(style: Style | None) -> str:
    if style is None:
        return "plain"
    words = [word for word in _EFFECTS if getattr(style, word)]
    if style.color:
        words.append(style.color.name)
    if style.bgcolor:
        words += ["on", style.bgcolor.name]
    return " ".join(words) or "plain"


def _styles(rows: Sequence[Iterable[tuple[str, str]]]) -> Iterator[str]:
    known: dict[str, str] = {}
    for row in rows:
        runs = []
        for style, pieces in groupby(row, key=lambda run: run[1]):
            letter = known.setdefault(style, _LETTERS[len(known)])
            runs.append(f"{letter}{sum(cell_len(text) for text, _ in pieces)}")
        yield " ".join(runs)
    for style, letter in known.items():
        yield f"{letter}: {style}"


def contrast(ink: str, paper: str) -> float:
    """The contrast ratio of two colours like ``#14181c``, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _faint(pilot: Pilot[Any], least: float) -> list[str]:
    """The texts that can hardly be read, with their styles; not what lies behind a dialog."""
    screen = pilot.app.screen
    found = []
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for text, segment_style, _ in strip:
            style = _named(segment_style)
            colours = re.findall(r"#\w{6}", style)
            read = any(map(str.isalnum, text)) and len(colours) == 2
            behind = screen.is_modal and screen.get_widget_at(x, y)[0] is screen
            if read and not behind and contrast(*colours) < least:
                found.append(f"{text.strip()!r} {style}: {contrast(*colours):.1f}")
            x += cell_len(text)
    return found
