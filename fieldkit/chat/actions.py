"""Every action of the assistant, once: its keys, its help line and its entry in the palette."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a technician can do.

    ``keys`` are Textual's key names, ``shown`` how a person reads them; ``name`` is the action of
    the chat screen, or empty where a widget handles the key itself. ``priority`` actions work
    wherever the focus is.
    """

    keys: str
    shown: str
    name: str
    title: str
    help: str
    priority: bool = True


ASKING = (
    Action(
        keys="enter",
        shown="Enter",
        name="send",
        title="Send the question",
        help="Send the question",
        priority=False,
    ),
    Action(
        keys="ctrl+j",
        shown="Ctrl+J",
        name="newline",
        title="New line",
        help="New line in the question",
        priority=False,
    ),
    Action(
        keys="escape",
        shown="Esc",
        name="stop",
        title="Stop the answer",
        help="Stop the answer, keep what was said",
    ),
    Action(
        keys="up",
        shown="Up",
        name="recall",
        title="Recall the last question",
        help="In an empty input: the last question again",
        priority=False,
    ),
    Action(
        keys="f4,ctrl+t",
        shown="F4, Ctrl+T",
        name="edit",
        title="Edit the last question",
        help="Change the last question; replaces its answer",
    ),
    Action(
        keys="f5,ctrl+g",
        shown="F5, Ctrl+G",
        name="regenerate",
        title="Answer again",
        help="Another answer to the last question",
    ),
)
READING = (
    Action(
        keys="f2,ctrl+s",
        shown="F2, Ctrl+S",
        name="toggle_sources",
        title="Show or hide the sources",
        help="Show or hide the sources",
    ),
    Action(
        keys="tab",
        shown="Tab",
        name="focus_sources",
        title="Go to the sources",
        help="Go to the sources; Enter opens a page",
        priority=False,
    ),
    Action(
        keys="alt+up,ctrl+up",
        shown="Alt+Up",
        name="select_answer(-1)",
        title="Previous answer",
        help="Sources of the answer before",
    ),
    Action(
        keys="alt+down,ctrl+down",
        shown="Alt+Down",
        name="select_answer(1)",
        title="Next answer",
        help="Sources of the answer after",
    ),
    Action(
        keys="pageup",
        shown="PageUp",
        name="page(-1)",
        title="Scroll up",
        help="Scroll the conversation up",
        priority=False,
    ),
    Action(
        keys="pagedown",
        shown="PageDown",
        name="page(1)",
        title="Scroll down",
        help="Scroll the conversation down",
        priority=False,
    ),
    Action(
        keys="ctrl+y",
        shown="Ctrl+Y",
        name="copy_answer",
        title="Copy the answer",
        help="Copy the answer, with its sources",
    ),
)
CONVERSATIONS = (
    Action(
        keys="ctrl+n",
        shown="Ctrl+N",
        name="new",
        title="New conversation",
        help="New conversation",
    ),
    Action(
        keys="f7",
        shown="F7",
        name="branch",
        title="Branch off here",
        help="New conversation that goes on from this answer",
    ),
    Action(
        keys="ctrl+o",
        shown="Ctrl+O",
        name="conversations",
        title="Earlier conversations",
        help="Earlier conversations: resume, rename, delete",
    ),
)
ASSISTANT = (
    Action(
        keys="ctrl+r",
        shown="Ctrl+R",
        name="restart",
        title="Restart the engine",
        help="Restart the engine after a failure",
    ),
    Action(
        keys="f6",
        shown="F6",
        name="toggle_read_ahead",
        title="Read ahead: on or off",
        help="Read while a question is typed: on or off",
    ),
    Action(
        keys="f3",
        shown="F3",
        name="toggle_light",
        title="Light or dark",
        help="Light or dark: other colours",
    ),
    Action(
        keys="ctrl+p",
        shown="Ctrl+P",
        name="palette",
        title="All actions",
        help="All actions, by name",
        priority=False,
    ),
    Action(keys="f1", shown="F1", name="help", title="Help", help="This help"),
    Action(keys="ctrl+q", shown="Ctrl+Q", name="leave", title="Quit", help="Quit"),
)
GROUPS: tuple[tuple[str, tuple[Action, ...]], ...] = (
    ("Asking", ASKING),
    ("Reading", READING),
    ("Conversations", CONVERSATIONS),
    ("Assistant", ASSISTANT),
)
ACTIONS: tuple[Action, ...] = tuple(action for _, group in GROUPS for action in group)


def described(action: Action) -> str:
    """What the palette says below the title: what the title does not say, and the keys."""
    title, rest = action.title.casefold(), action.help
    if rest.casefold().startswith(title):
        rest = rest[len(title) :].lstrip(":;, ")
    elif title in rest.casefold():
        rest = ""
    return f"{rest[:1].upper()}{rest[1:]} ({action.shown})" if rest else action.shown


_WIDGET_KEYS = {"enter", "ctrl+j", "up", "tab"}  # the focused widget decides what these mean


def screen_bindings() -> list[BindingType]:
    """The bindings of the chat screen."""
    return [
        Binding(action.keys, action.name, action.title, show=False, priority=action.priority)
        for action in ACTIONS
        if action.keys not in _WIDGET_KEYS and action.name != "palette"
    ]
