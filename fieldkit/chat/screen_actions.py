"""What keys do on the screens and panes around the conversation; ``actions`` has the rest."""

from __future__ import annotations

from dataclasses import dataclass

from fieldkit.chat.i18n import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenAction:
    """One thing that is done on a screen: ``action`` is that screen's, ``keys`` are Textual's.

    ``id`` names it in a file of keys: the screen, a point, a word. ``title`` is English here.
    """

    id: str
    keys: str
    action: str
    title: str
    priority: bool = False

    @property
    def screen(self) -> str:
        """The screen it belongs to."""
        return self.id.partition(".")[0]


SCREEN_ACTIONS = (
    ScreenAction(id="sources_pane.up", keys="up", action="move(-1)", title=N_("Source before")),
    ScreenAction(id="sources_pane.down", keys="down", action="move(1)", title=N_("Source after")),
    ScreenAction(
        id="sources_pane.scroll_up", keys="pageup", action="scroll_page(-1)", title=N_("Scroll up")
    ),
    ScreenAction(
        id="sources_pane.scroll_down",
        keys="pagedown",
        action="scroll_page(1)",
        title=N_("Scroll down"),
    ),
    ScreenAction(
        id="sources_pane.previous", keys="left", action="turn(-1)", title=N_("Page before")
    ),
    ScreenAction(id="sources_pane.next", keys="right", action="turn(1)", title=N_("Page after")),
    ScreenAction(
        id="sources_pane.open", keys="enter,space", action="open", title=N_("Open the page")
    ),
    ScreenAction(
        id="sources_pane.printed", keys="p", action="printed", title=N_("The page as printed")
    ),
    ScreenAction(
        id="conversations_screen.resume", keys="enter", action="resume", title=N_("Resume it")
    ),
    ScreenAction(
        id="conversations_screen.rename", keys="r", action="rename", title=N_("Rename it")
    ),
    ScreenAction(
        id="conversations_screen.delete", keys="d,delete", action="delete", title=N_("Delete it")
    ),
    ScreenAction(
        id="conversations_screen.find", keys="slash", action="find", title=N_("Find words")
    ),
    ScreenAction(id="conversations_screen.close", keys="escape", action="close", title=N_("Close")),
    ScreenAction(id="documents_screen.add", keys="a", action="close(True)", title=N_("Add one")),
    ScreenAction(
        id="documents_screen.remove", keys="d,delete", action="remove", title=N_("Delete it")
    ),
    ScreenAction(
        id="documents_screen.close", keys="escape,q", action="close(False)", title=N_("Close")
    ),
    ScreenAction(id="people_screen.add", keys="n", action="add", title=N_("New")),
    ScreenAction(id="people_screen.rename", keys="r", action="rename", title=N_("Rename it")),
    ScreenAction(
        id="people_screen.delete", keys="d,delete", action="delete", title=N_("Delete it")
    ),
    ScreenAction(id="people_screen.close", keys="escape", action="close", title=N_("Close")),
    ScreenAction(
        id="wrong_screen.conversation",
        keys="ctrl+t",
        action="add_conversation",
        title=N_("With the conversation"),
        priority=True,
    ),
    ScreenAction(
        id="wrong_screen.scroll_up",
        keys="pageup",
        action="page(-1)",
        title=N_("Scroll up"),
        priority=True,
    ),
    ScreenAction(
        id="wrong_screen.scroll_down",
        keys="pagedown",
        action="page(1)",
        title=N_("Scroll down"),
        priority=True,
    ),
    ScreenAction(id="wrong_screen.close", keys="escape", action="close", title=N_("Close")),
    ScreenAction(
        id="page_screen.previous", keys="left", action="turn(-1)", title=N_("Page before")
    ),
    ScreenAction(id="page_screen.next", keys="right", action="turn(1)", title=N_("Page after")),
    ScreenAction(
        id="page_screen.source_before", keys="b", action="passage(-1)", title=N_("Source before")
    ),
    ScreenAction(
        id="page_screen.source_after", keys="n", action="passage(1)", title=N_("Source after")
    ),
    ScreenAction(
        id="page_screen.printed", keys="p", action="printed", title=N_("The page as printed")
    ),
    ScreenAction(
        id="page_screen.up", keys="up,k", action="scroll(-1)", title=N_("Scroll up"), priority=True
    ),
    ScreenAction(
        id="page_screen.down",
        keys="down,j",
        action="scroll(1)",
        title=N_("Scroll down"),
        priority=True,
    ),
    ScreenAction(
        id="page_screen.close", keys="escape,q,enter,space", action="close", title=N_("Close")
    ),
    ScreenAction(
        id="printed_screen.previous", keys="pageup", action="turn(-1)", title=N_("Page before")
    ),
    ScreenAction(
        id="printed_screen.next", keys="pagedown", action="turn(1)", title=N_("Page after")
    ),
    ScreenAction(
        id="printed_screen.zoom_in",
        keys="plus,equals_sign",
        action="zoom(1)",
        title=N_("Closer"),
    ),
    ScreenAction(
        id="printed_screen.zoom_out", keys="minus", action="zoom(-1)", title=N_("Less close")
    ),
    ScreenAction(id="printed_screen.fit", keys="0", action="zoom(0)", title=N_("The whole width")),
    ScreenAction(
        id="printed_screen.left", keys="left", action="move(-1,0)", title=N_("To the left")
    ),
    ScreenAction(
        id="printed_screen.right", keys="right", action="move(1,0)", title=N_("To the right")
    ),
    ScreenAction(id="printed_screen.up", keys="up", action="move(0,-1)", title=N_("Up")),
    ScreenAction(id="printed_screen.down", keys="down", action="move(0,1)", title=N_("Down")),
    ScreenAction(
        id="printed_screen.original", keys="o", action="original", title=N_("Open the original")
    ),
    ScreenAction(id="printed_screen.close", keys="escape,q,p", action="close", title=N_("Close")),
    ScreenAction(
        id="model_screen.previous",
        keys="left,p",
        action="turn(-1)",
        title=N_("Text before"),
        priority=True,
    ),
    ScreenAction(
        id="model_screen.next",
        keys="right,n",
        action="turn(1)",
        title=N_("Text after"),
        priority=True,
    ),
    ScreenAction(
        id="model_screen.close", keys="escape,q,enter,f12", action="close", title=N_("Close")
    ),
    ScreenAction(
        id="help_screen.close", keys="escape,q,enter,f1", action="close", title=N_("Close")
    ),
    ScreenAction(id="keys_screen.close", keys="escape,q,enter", action="close", title=N_("Close")),
    ScreenAction(id="confirm_screen.yes", keys="y", action="answer(True)", title=N_("Yes")),
    ScreenAction(id="confirm_screen.no", keys="escape,n", action="answer(False)", title=N_("No")),
)
SCREENS = {
    "sources_pane": N_("Sources"),
    "conversations_screen": N_("Earlier conversations"),
    "documents_screen": N_("Your own documents"),
    "people_screen": N_("People"),
    "wrong_screen": N_("A wrong answer"),
    "page_screen": N_("A page"),
    "printed_screen": N_("A printed page"),
    "model_screen": N_("Model and licences"),
    "help_screen": N_("Help"),
    "keys_screen": N_("Keys"),
    "confirm_screen": N_("Please confirm"),
}
