"""Pictures on a terminal, by textual-image; imported only when a picture is to be shown.

textual-image asks the terminal what it can do, and reads the answer from the keyboard's input. In a
running application that could take away a key or write into a screen, so it is never let: what a
terminal can do is known by its name, and the size of a cell from the system.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, NoReturn

from PIL import Image
from textual_image import _terminal

if TYPE_CHECKING:
    from textual_image.widget._base import Image as ImageWidget

Kind = Literal["kitty", "sixel", "blocks", "signs"]
_USUAL = _terminal.CellSize(10, 20)  # pixels, where the system does not know
_MOST = 200
# https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders, https://arewesixelyet.com
_KITTY_TERMS = {"xterm-kitty", "xterm-ghostty"}
_SIXEL_TERMS = {"contour", "foot", "foot-extra", "mlterm", "yaft-256color"}
_SIXEL_PROGRAMS = {"WezTerm", "iTerm.app", "mintty"}
_KONSOLE = 220400  # the first version with sixels


def kind_of(environment: Mapping[str, str], *, colours: bool = True) -> Kind:
    """How the terminal with this ``environment`` is shown a picture.

    ``blocks`` are half blocks in colours, ``signs`` characters without any. What stands between
    (tmux, screen) may not pass a picture on.
    """
    if not colours:
        return "signs"
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if "TMUX" in environment or "STY" in environment or term.startswith(("screen", "tmux")):
        return "blocks"
    if "KITTY_WINDOW_ID" in environment or term in _KITTY_TERMS or program == "ghostty":
        return "kitty"
    konsole = environment.get("KONSOLE_VERSION", "")
    if term in _SIXEL_TERMS or program in _SIXEL_PROGRAMS:
        return "sixel"
    return "sixel" if konsole.isdecimal() and int(konsole) >= _KONSOLE else "blocks"


def cell_size() -> tuple[int, int]:
    """The width and height of a cell in pixels, as the system knows it."""
    size = _USUAL
    try:
        rows, columns, height, width = _lines_and_pixels()
        if rows and columns and width // columns and height // rows:
            size = _terminal.CellSize(min(width // columns, _MOST), min(height // rows, _MOST))
    except OSError:
        pass
    return size.width, size.height


def _lines_and_pixels() -> tuple[int, int, int, int]:
    if os.name != "posix":
        return 0, 0, 0, 0
    import array
    import fcntl
    import termios

    answer = array.array("H", [0, 0, 0, 0])
    fcntl.ioctl(1, termios.TIOCGWINSZ, answer)
    rows, columns, width, height = answer
    return rows, columns, height, width


def widget(kind: Kind, write: Callable[[str], object]) -> ImageWidget:
    """An empty widget for pictures; ``write`` sends to the terminal, in turn with the screen."""
    _ask_nothing()
    from textual_image import widget as widgets
    from textual_image.renderable import tgp

    def send(*, payload: str | None = None, **keys: int | str | None) -> None:
        """As textual-image's own, but through the application, and without an answer."""
        control = ",".join(f"{key}={value}" for key, value in {**keys, "q": 2}.items())
        write(f"\x1b_G{control}{f';{payload}' if payload else ''}\x1b\\")

    tgp._send_tgp_message = send  # noqa: SLF001 - it has no other door
    made: dict[Kind, type[ImageWidget]] = {
        "kitty": widgets.TGPImage,
        "sixel": widgets.SixelImage,
        "blocks": widgets.HalfcellImage,
        "signs": widgets.UnicodeImage,
    }
    return made[kind]()


def _ask_nothing() -> None:
    """Let textual-image, which asks when it is imported, ask nothing and know the cell's size."""

    def refuse(*_words: object, **_options: object) -> NoReturn:
        raise _terminal.TerminalError("the terminal is not asked")

    # Each is looked up by the modules that are imported after this one.
    _terminal.capture_terminal_response = refuse
    known = _terminal.CellSize(*cell_size())
    # It keeps its answer as an attribute of the function.
    _terminal.get_cell_size._result = known  # type: ignore[attr-defined] # noqa: SLF001


def image(width: int, height: int, pixels: bytes) -> Image.Image:
    """A picture of three bytes a pixel."""
    return Image.frombytes("RGB", (width, height), pixels)
