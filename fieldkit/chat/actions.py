"""Every action of the assistant, once: its keys, its help line and its entry in the palette."""

from __future__ import annotations

from dataclasses import dataclass

from fieldkit.chat.i18n import N_, _


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a technician can do.

    ``keys`` are Textual's key names, ``shown`` how a person reads them; ``name`` is the action of
    the chat screen, or empty where a widget handles the key itself. ``priority`` actions work
    wherever the focus is. ``command`` is what is typed for it in the input (``/again``), with its
    ``argument`` after it: in brackets where it may be left out. ``in_lines`` is the help of the
    line mode where that does it in another way. ``key_id`` names it in a file of keys; it is ``id``
    where the name is a call. Texts are English here and go through ``_`` where
    they are shown; ``usage`` does that itself.
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
    id: str = ""

    @property
    def key_id(self) -> str:
        """What this action is called where keys are given to it; never changes."""
        return self.id or self.name

    @property
    def usage(self) -> str:
        """How the command is typed."""
        return f"{self.command} {_(self.argument)}".strip()


ASKING = (
    Action(
        keys="enter",
        shown="Enter",
        name="send",
        title=N_("Send the question"),
        help=N_("Send the question"),
        priority=False,
    ),
    Action(
        keys="ctrl+j",
        shown="Ctrl+J",
        name="newline",
        title=N_("New line"),
        help=N_("New line in the question"),
        priority=False,
    ),
    Action(
        keys="escape",
        shown="Esc",
        name="stop",
        title=N_("Stop the answer"),
        help=N_("Stop the answer, keep what was said"),
        command="/stop",
        in_lines=N_("Ctrl-C stops an answer; what was said is kept"),
    ),
    Action(
        keys="up",
        shown="Up",
        name="recall",
        title=N_("Recall an earlier question"),
        help=N_("In an empty input: earlier questions; Down: later"),
        priority=False,
    ),
    Action(
        keys="ctrl+v",
        shown="Ctrl+V",
        name="paste",
        title=N_("Paste"),
        help=N_("Paste what the system's clipboard holds"),
        priority=False,
    ),
    Action(
        keys="f4,ctrl+t",
        shown="F4, Ctrl+T",
        name="edit",
        title=N_("Edit the last question"),
        help=N_("Change the last question; replaces its answer"),
        command="/edit",
        argument=N_("[QUESTION]"),
    ),
    Action(
        keys="f5,ctrl+g",
        shown="F5, Ctrl+G",
        name="regenerate",
        title=N_("Answer again"),
        help=N_("Another answer to the last question"),
        command="/again",
    ),
    Action(
        name="search_manuals",
        title=N_("Search the manuals"),
        help=N_("Pages of the manuals with these words, no answer"),
        command="/search",
        argument=N_("WORDS"),
    ),
)
READING = (
    Action(
        keys="f2,ctrl+s",
        shown="F2, Ctrl+S",
        name="toggle_sources",
        title=N_("Show or hide the sources"),
        help=N_("Show or hide the sources"),
        command="/sources",
        in_lines=N_("The passages of the last answer"),
    ),
    Action(
        keys="tab",
        shown="Tab",
        name="focus_sources",
        title=N_("Go to the sources"),
        help=N_("Go to the sources; Enter opens a page"),
        priority=False,
    ),
    Action(
        shown="Alt+1-9",
        name="open_source",
        title=N_("Open a source"),
        help=N_("The page of source [1] to [9]; so does a click on it"),
        command="/page",
        argument=N_("NUMBER"),
        in_lines=N_("The page of a source of the last answer"),
    ),
    Action(
        keys="alt+up,ctrl+up",
        shown="Alt+Up",
        name="select_answer(-1)",
        id="previous_answer",
        title=N_("Previous answer"),
        help=N_("Sources of the answer before"),
    ),
    Action(
        keys="alt+down,ctrl+down",
        shown="Alt+Down",
        name="select_answer(1)",
        id="next_answer",
        title=N_("Next answer"),
        help=N_("Sources of the answer after"),
    ),
    Action(
        keys="pageup",
        shown="PageUp",
        name="page(-1)",
        id="scroll_up",
        title=N_("Scroll up"),
        help=N_("Scroll the conversation up"),
        priority=False,
    ),
    Action(
        keys="pagedown",
        shown="PageDown",
        name="page(1)",
        id="scroll_down",
        title=N_("Scroll down"),
        help=N_("Scroll the conversation down"),
        priority=False,
    ),
    Action(
        keys="ctrl+home",
        shown="Ctrl+Home",
        name="edge(-1)",
        id="scroll_home",
        title=N_("First question"),
        help=N_("The first question; in an empty input also Home"),
    ),
    Action(
        keys="ctrl+end",
        shown="Ctrl+End",
        name="edge(1)",
        id="scroll_end",
        title=N_("Last answer"),
        help=N_("The end of the conversation; in an empty input also End"),
    ),
    Action(
        keys="ctrl+y",
        shown="Ctrl+Y",
        name="copy_answer",
        title=N_("Copy the answer"),
        help=N_("Copy the answer, with its sources"),
        command="/copy",
    ),
    Action(
        keys="alt+c",
        shown="Alt+C",
        name="copy_code",
        title=N_("Copy the code block"),
        help=N_("Copy the last code block or table of the answer"),
        command="/code",
    ),
    Action(
        keys="ctrl+c",
        shown="Ctrl+C",
        name="copy_selection",
        title=N_("Copy what is marked"),
        help=N_("Copy what is marked with the mouse"),
        priority=False,
    ),
)
FEEDBACK = (
    Action(
        keys="alt+w",
        shown="Alt+W",
        name="wrong",
        title=N_("Flag the answer as wrong"),
        help=N_("Report this answer to IT, encrypted; shows what is kept"),
        command="/wrong",
        argument=N_("[WHAT]"),
        in_lines=N_("Report the last answer to IT, encrypted; shows what is kept"),
    ),
    Action(
        name="feedback",
        title=N_("Reports for IT"),
        help=N_("How many wait; /feedback export writes them to a file"),
        command="/feedback",
        argument=N_("[export FILE]"),
    ),
)
CONVERSATIONS = (
    Action(
        keys="ctrl+n",
        shown="Ctrl+N",
        name="new",
        title=N_("New conversation"),
        help=N_("New conversation"),
        command="/new",
    ),
    Action(
        keys="f7",
        shown="F7",
        name="branch",
        title=N_("Branch off here"),
        help=N_("New conversation that goes on from this answer"),
        command="/branch",
        argument=N_("[NUMBER]"),
        in_lines=N_("New conversation that goes on from this answer, or the last"),
    ),
    Action(
        keys="ctrl+o",
        shown="Ctrl+O",
        name="conversations",
        title=N_("Earlier conversations"),
        help=N_("Earlier conversations: resume, rename, delete"),
        command="/conversations",
        in_lines=N_("Earlier conversations, numbered"),
    ),
    Action(
        name="find",
        title=N_("Find in all conversations"),
        help=N_("Conversations in which these words were said"),
        command="/find",
        argument=N_("WORDS"),
    ),
    Action(
        name="rename",
        title=N_("Rename this conversation"),
        help=N_("Another title for this conversation"),
        command="/rename",
        argument=N_("TITLE"),
    ),
    Action(
        name="delete",
        title=N_("Delete this conversation"),
        help=N_("Delete this conversation for good; asks first"),
        command="/delete",
    ),
    Action(
        keys="f8",
        shown="F8",
        name="export",
        title=N_("Export to Markdown"),
        help=N_("This conversation with its sources, as Markdown"),
        command="/export",
        argument=N_("[FILE]"),
    ),
    Action(
        keys="f9",
        shown="F9",
        name="handover",
        title=N_("Shift handover sheet"),
        help=N_("What was asked in the last 12 hours, and what is open"),
        command="/handover",
        argument=N_("[FILE]"),
    ),
)
PEOPLE = (
    Action(
        name="who",
        title=N_("Somebody else"),
        help=N_("Who is here; each has a history of their own"),
        command="/who",
        argument=N_("[NAME]"),
    ),
    Action(
        name="name",
        title=N_("Your name"),
        help=N_("Another name for whoever is here"),
        command="/name",
        argument=N_("NAME"),
    ),
    Action(
        name="forget",
        title=N_("Delete a person"),
        help=N_("A person with everything of theirs, for good; asks first"),
        command="/forget",
        argument=N_("[NAME]"),
    ),
)
DOCUMENTS = (
    Action(
        name="add_document",
        title=N_("Add a document of your own"),
        help=N_("Copy a file or folder to the documents that are searched here"),
        command="/add",
        argument=N_("FILE"),
    ),
    Action(
        name="documents",
        title=N_("Your own documents"),
        help=N_("The documents that you added"),
        command="/documents",
    ),
    Action(
        name="remove_document",
        title=N_("Remove a document of your own"),
        help=N_("Remove a document that you added"),
        command="/remove",
        argument=N_("NAME"),
    ),
)
ASSISTANT = (
    Action(
        keys="ctrl+r",
        shown="Ctrl+R",
        name="restart",
        title=N_("Restart the engine"),
        help=N_("Restart the engine after a failure"),
        command="/restart",
    ),
    Action(
        keys="f6",
        shown="F6",
        name="toggle_read_ahead",
        title=N_("Read ahead: on or off"),
        help=N_("Read while a question is typed: on or off"),
        command="/ahead",
    ),
    Action(
        name="battery",
        title=N_("Low-battery mode"),
        help=N_("Save the battery: when it is low, always, or never"),
        command="/battery",
        argument="[on|off|auto]",
        in_lines=N_("Save the battery: when it is low (auto), always, or never; alone: what holds"),
    ),
    Action(
        keys="f3",
        shown="F3",
        name="next_theme",
        title=N_("Other colours"),
        help=N_("Dark, light, high contrast, monochrome"),
        command="/theme",
    ),
    Action(
        name="language",
        title=N_("Language"),
        help=N_("English, Spanish, Norwegian; without a code: the next"),
        command="/language",
        argument=N_("[CODE]"),
        in_lines=N_("English, Spanish, Norwegian; without a code: the list"),
    ),
    Action(
        keys="f12",
        shown="F12",
        name="model",
        title=N_("Model and licences"),
        help=N_("The model, its speed here, and the licence texts"),
        command="/model",
        argument=N_("[NUMBER]"),
        in_lines=N_("The model, its speed here, the list of licence texts, or one"),
    ),
    Action(
        name="keys",
        title=N_("Keys"),
        help=N_("All keys with their names, and the file to change them"),
        command="/keys",
    ),
    Action(
        keys="ctrl+p",
        shown="Ctrl+P",
        name="palette",
        title=N_("All actions"),
        help=N_("All actions, by name"),
        priority=False,
    ),
    Action(
        keys="f1", shown="F1", name="help", title=N_("Help"), help=N_("This help"), command="/help"
    ),
    Action(
        keys="ctrl+q",
        shown="Ctrl+Q",
        name="leave",
        title=N_("Quit"),
        help=N_("Quit"),
        command="/quit",
    ),
)
GROUPS: tuple[tuple[str, tuple[Action, ...]], ...] = (
    (N_("Asking"), ASKING),
    (N_("Reading"), (*READING, *FEEDBACK)),
    (N_("Conversations"), CONVERSATIONS),
    (N_("Assistant"), (*DOCUMENTS, *PEOPLE, *ASSISTANT)),
)
ACTIONS: tuple[Action, ...] = tuple(action for _title, group in GROUPS for action in group)
# What a screen does by pointing; the line mode has no other way to say it.
LINE_ACTIONS = (
    Action(
        name="resume",
        title=N_("Resume a conversation"),
        help=N_("Go on with a conversation of the last list"),
        command="/resume",
        argument=N_("NUMBER"),
    ),
)


def described(action: Action, keys: str) -> str:
    """What the palette says below the title: what the title does not say, and the ``keys``."""
    title, rest = _(action.title).casefold(), _(action.help)
    if rest.casefold().startswith(title):
        rest = rest[len(title) :].lstrip(":;, ")
    elif title in rest.casefold():
        rest = ""
    how = keys or action.usage
    return f"{rest[:1].upper()}{rest[1:]} ({how})" if rest else how
