"""A page of a manual as it is printed, drawn from the original that the release carries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import _
from fieldkit.chat.printed import PrintedPages
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.wording import problem
from fieldkit.chat.zooming import STEP, View
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual_image.widget._base import Image as ImageWidget

_NAMES = (
    "close", "previous", "next", "zoom_in", "zoom_out", "left", "right", "up", "down", "original",
)  # fmt: skip
_IDS = {name: f"printed_screen.{name}" for name in _NAMES}


class PrintedScreen(Dialog[None]):
    """Shows ``pages``: the whole width first, closer by a key."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("printed_screen")

    class Drawn(Message):
        """A page was drawn, or why it was not; crosses from the thread that drew it."""

        def __init__(self, number: int, image: Image | None, trouble: str = "") -> None:
            super().__init__()
            self.number = number
            self.image = image
            self.trouble = trouble

    class Noted(Message):
        """Something to tell; crosses from another thread."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, pages: PrintedPages) -> None:
        super().__init__()
        self._pages = pages
        self._view = View()
        self._image: Image | None = None
        self._widget: ImageWidget | None = None
        self._cell = (10, 20)
        self._noted = ""

    def compose(self) -> ComposeResult:
        """Lay out a frame around the page."""
        with Vertical(id="printed-dialog"):
            yield Static("", id="printed-note", markup=False)
            yield Container(id="printed")
            yield Static("", id="printed-keys", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Draw the page."""
        keys = _(
            "{close} closes  {zoom_in}/{zoom_out} zoom  {left} {right} {up} {down} move"
            "  {previous}/{next} page  {original} original"
        )
        self.query_one("#printed-keys", Static).update(Content(keys_of(self).fill(keys, **_IDS)))
        self._draw()

    @property
    def drawn(self) -> bool:
        """Whether a page is shown."""
        return self._image is not None

    @property
    def note(self) -> str:
        """What is shown instead of a page, or beside it."""
        return self._noted

    @property
    def zoom(self) -> float:
        """How much closer than the whole width."""
        return self._view.zoom

    def action_close(self) -> None:
        """Go back to where this was opened."""
        self.dismiss()

    def action_turn(self, step: int) -> None:
        """Show the page before or after."""
        if self._pages.turn(step):
            self._draw()

    def action_zoom(self, direction: int) -> None:
        """Look closer (1), less close (-1), or at the whole width (0)."""
        if self._image is not None:
            by = STEP**direction if direction else 0.0
            self._view = self._view.zoomed(by, self._image.size, self._room, self._cell)
            self._show()

    def action_move(self, right: int, down: int) -> None:
        """Look at what is beside, above or below."""
        if self._image is not None:
            self._view = self._view.moved(right, down, self._image.size, self._room, self._cell)
            self._show()

    def action_original(self) -> None:
        """Open the manual itself in the system's program for it."""
        self._say(_("Opening the original"))
        self.run_worker(self._open, thread=True, group="original", exit_on_error=False)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the page to another terminal."""
        del event
        self.call_after_refresh(self._show)

    def on_unmount(self) -> None:
        """Let the terminal forget the picture."""
        if self._widget is not None:
            self._widget.image = None

    async def on_printed_screen_drawn(self, message: Drawn) -> None:
        """Show what was drawn, unless another page is wanted by now."""
        if message.number != self._pages.number:
            return
        self._say(message.trouble)
        self._image = message.image
        if self._image is not None and self._widget is None:
            await self._mount()
        self._show()

    def on_printed_screen_noted(self, message: Noted) -> None:
        """Tell it."""
        self._say(message.text)

    def _draw(self) -> None:
        self.query_one("#printed-dialog").border_title = Content(self._pages.title)
        self._image, self._view = None, View(self._view.zoom)
        self._say(_("Drawing the page"))
        self._show()
        self.run_worker(self._drawing, thread=True, group="draw", exit_on_error=False)

    def _drawing(self) -> None:
        """Draw the page; on another thread."""
        number = self._pages.number
        try:
            picture = self._pages.draw(number)
            from fieldkit.chat.widgets.drawn import image

            made = image(picture.width, picture.height, picture.pixels)
        except FieldkitError as error:
            self.post_message(self.Drawn(number, None, problem(error)))
        except (ImportError, MemoryError, OSError, ValueError) as error:
            reason = _("The page cannot be drawn: {error}").format(error=clean_line(str(error)))
            self.post_message(self.Drawn(number, None, reason))
        else:
            self.post_message(self.Drawn(number, made))

    def _open(self) -> None:
        """Open the original; on another thread."""
        try:
            self._pages.open()
        except FieldkitError as error:
            self.post_message(self.Noted(problem(error)))
        except OSError as error:
            self.post_message(self.Noted(clean_line(error.strerror or str(error))))
        else:
            self.post_message(self.Noted(_("The original opens in another window.")))

    async def _mount(self) -> None:
        from fieldkit.chat.widgets import drawn

        self._cell = drawn.cell_size()
        kind = drawn.kind_of(os.environ, colours=not self.app.no_color)
        self._widget = drawn.widget(kind, self._write)
        await self.query_one("#printed").mount(self._widget)

    def _write(self, text: str) -> None:
        """Send to the terminal, in turn with what is drawn on the screen."""
        driver = self.app._driver  # noqa: SLF001 - Textual has no other way to it
        if driver is not None:
            driver.write(text)

    @property
    def _room(self) -> tuple[int, int]:
        size = self.query_one("#printed", Container).content_size
        return size.width, size.height

    def _show(self) -> None:
        """Show the part of the page that is looked at."""
        widget, image = self._widget, self._image
        if widget is None:
            return
        widget.display = image is not None
        if image is None or not self._room[0]:
            return
        window = self._view.window(image.size, self._room, self._cell)
        widget.styles.width, widget.styles.height = window.columns, window.rows
        widget.image = image.crop(window.box)

    def _say(self, text: str) -> None:
        self._noted = text
        note = self.query_one("#printed-note", Static)
        note.update(Content(text))
        note.display = bool(text)
