"""Every action of the assistant, once: its keys, its help line and its entry in the palette."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a technician can do.

    ``keys`` are Textual's key names, ``shown`` how a person reads them; ``name`` is the action of
    the chat screen, or empty where a widget handles the key itself. ``priority`` actions work
    wherever the focus is. ``command`` is what is typed for it in the input (``/again``), with its
    ``argument`` after it: in brackets where it may be left out. ``in_lines`` is the help of the
    line mode where that does it in another way.
    """

    keys: str = ""
    shown: str = ""
    name: str
    title: str
    help: str
    priority: bool = True
    command: str = ""
    argument: str = ""
    in_lines: str = ""

    @property
    def usage(self) -> str:
        """How the command is typed."""
        return f"{self.command} {self.argument}".strip()


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
        command="/stop",
        in_lines="Ctrl-C stops an answer; what was said is kept",
    ),
    Action(
        keys="up",
        shown="Up",
        name="recall",
        title="Recall an earlier question",
        help="In an empty input: earlier questions; Down: later",
        priority=False,
    ),
    Action(
        keys="f4,ctrl+t",
        shown="F4, Ctrl+T",
        name="edit",
        title="Edit the last question",
        help="Change the last question; replaces its answer",
        command="/edit",
        argument="[QUESTION]",
    ),
    Action(
        keys="f5,ctrl+g",
        shown="F5, Ctrl+G",
        name="regenerate",
        title="Answer again",
        help="Another answer to the last question",
        command="/again",
    ),
    Action(
        name="search_manuals",
        title="Search the manuals",
        help="Pages of the manuals with these words, no answer",
        command="/search",
        argument="WORDS",
    ),
)
READING = (
    Action(
        keys="f2,ctrl+s",
        shown="F2, Ctrl+S",
        name="toggle_sources",
        title="Show or hide the sources",
        help="Show or hide the sources",
        command="/sources",
        in_lines="The passages of the last answer",
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
        command="/copy",
    ),
    Action(
        keys="alt+c",
        shown="Alt+C",
        name="copy_code",
        title="Copy the code block",
        help="Copy the last code block or table of the answer",
        command="/code",
    ),
    Action(
        keys="ctrl+c",
        shown="Ctrl+C",
        name="copy_selection",
        title="Copy what is marked",
        help="Copy what is marked with the mouse",
        priority=False,
    ),
)
CONVERSATIONS = (
    Action(
        keys="ctrl+n",
        shown="Ctrl+N",
        name="new",
        title="New conversation",
        help="New conversation",
        command="/new",
    ),
    Action(
        keys="f7",
        shown="F7",
        name="branch",
        title="Branch off here",
        help="New conversation that goes on from this answer",
        command="/branch",
        argument="[NUMBER]",
        in_lines="New conversation that goes on from this answer, or the last",
    ),
    Action(
        keys="ctrl+o",
        shown="Ctrl+O",
        name="conversations",
        title="Earlier conversations",
        help="Earlier conversations: resume, rename, delete",
        command="/conversations",
        in_lines="Earlier conversations, numbered",
    ),
    Action(
        name="find",
        title="Find in all conversations",
        help="Conversations in which these words were said",
        command="/find",
        argument="WORDS",
    ),
    Action(
        name="rename",
        title="Rename this conversation",
        help="Another title for this conversation",
        command="/rename",
        argument="TITLE",
    ),
    Action(
        name="delete",
        title="Delete this conversation",
        help="Delete this conversation for good; asks first",
        command="/delete",
    ),
    Action(
        keys="f8",
        shown="F8",
        name="export",
        title="Export to Markdown",
        help="This conversation with its sources, as Markdown",
        command="/export",
        argument="[FILE]",
    ),
    Action(
        keys="f9",
        shown="F9",
        name="handover",
        title="Shift handover sheet",
        help="What was asked in the last 12 hours, and what is open",
        command="/handover",
        argument="[FILE]",
    ),
)
ASSISTANT = (
    Action(
        keys="ctrl+r",
        shown="Ctrl+R",
        name="restart",
        title="Restart the engine",
        help="Restart the engine after a failure",
        command="/restart",
    ),
    Action(
        keys="f6",
        shown="F6",
        name="toggle_read_ahead",
        title="Read ahead: on or off",
        help="Read while a question is typed: on or off",
        command="/ahead",
    ),
    Action(
        keys="f3",
        shown="F3",
        name="next_theme",
        title="Other colours",
        help="Dark, light, high contrast, monochrome",
        command="/theme",
    ),
    Action(
        keys="f12",
        shown="F12",
        name="model",
        title="Model and licences",
        help="The model, its speed here, and the licence texts",
        command="/model",
        argument="[NUMBER]",
        in_lines="The model, its speed here, the list of licence texts, or one",
    ),
    Action(
        keys="ctrl+p",
        shown="Ctrl+P",
        name="palette",
        title="All actions",
        help="All actions, by name",
        priority=False,
    ),
    Action(keys="f1", shown="F1", name="help", title="Help", help="This help", command="/help"),
    Action(keys="ctrl+q", shown="Ctrl+Q", name="leave", title="Quit", help="Quit", command="/quit"),
)
GROUPS: tuple[tuple[str, tuple[Action, ...]], ...] = (
    ("Asking", ASKING),
    ("Reading", READING),
    ("Conversations", CONVERSATIONS),
    ("Assistant", ASSISTANT),
)
ACTIONS: tuple[Action, ...] = tuple(action for _, group in GROUPS for action in group)
# What a screen does by pointing; the line mode has no other way to say it.
LINE_ACTIONS = (
    Action(
        name="page",
        title="Show a page",
        help="The page of a source of the last answer",
        command="/page",
        argument="NUMBER",
    ),
    Action(
        name="resume",
        title="Resume a conversation",
        help="Go on with a conversation of the last list",
        command="/resume",
        argument="NUMBER",
    ),
)


def described(action: Action) -> str:
    """What the palette says below the title: what the title does not say, and the keys."""
    title, rest = action.title.casefold(), action.help
    if rest.casefold().startswith(title):
        rest = rest[len(title) :].lstrip(":;, ")
    elif title in rest.casefold():
        rest = ""
    how = action.shown or action.usage
    return f"{rest[:1].upper()}{rest[1:]} ({how})" if rest else how
