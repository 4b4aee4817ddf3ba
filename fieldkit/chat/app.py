"""The full-screen assistant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.driver import Driver as TerminalDriver
from textual.screen import Screen

from fieldkit.chat import hangup, i18n, keyfile, preferences
from fieldkit.chat.action import described
from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.batch import Batch
from fieldkit.chat.battery import BatteryWatch, Power, mode_of
from fieldkit.chat.bindings import app_bindings
from fieldkit.chat.clipboard import Clips
from fieldkit.chat.context import Background, ChatContext
from fieldkit.chat.driver import Driver, Notice
from fieldkit.chat.i18n import _
from fieldkit.chat.keyboard import forgive_bytes
from fieldkit.chat.opening import opened
from fieldkit.chat.pages import Pages
from fieldkit.chat.paperwork import Paperwork
from fieldkit.chat.rest import Rest, spare_collections
from fieldkit.chat.screens.chat import ChatScreen
from fieldkit.chat.seat import Change, Seat
from fieldkit.chat.session import Evidence, Session
from fieldkit.chat.store import Store, StoredTurn
from fieldkit.chat.theme import DARK, MONOCHROME, THEMES
from fieldkit.core.battery import Mode
from fieldkit.core.generation import Engine, Token
from fieldkit.core.release import Assistant
from fieldkit.core.text import clean
from fieldkit.errors import FieldkitError
from fieldkit.library.search import Manual

if TYPE_CHECKING:
    from fieldkit.chat.reports import Reports

_TERMINAL = 0  # where Textual reads keys


class AssistantApp(App[int], inherit_bindings=False):
    """The assistant over an engine, a library and a history, all of which the caller owns.

    ``library`` shows pages and ``evidence`` answers from them. The engine is loaded after the first
    paint; ``close`` ends it and may be called after the application ended, on any path.
    ``begun`` is called, on a thread, when everything is imported.
    """

    TITLE = "fieldkit"
    BINDINGS: ClassVar[list[BindingType]] = app_bindings()
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        *,
        assistant: Assistant,
        library: Pages,
        evidence: Evidence,
        engine: Engine,
        store: Store | None,
        history_problem: FieldkitError | None = None,
        background: Background | None = None,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self.assistant = assistant
        self.library = library
        self.store = store
        self.history_problem = history_problem
        self._session = Session(evidence=evidence, engine=engine, store=store)
        self._screen = ChatScreen()
        self._batch: Batch | None = None
        self._rest = Rest()
        self.begun: Callable[[], None] = lambda: None
        background = background or Background()
        self.shelving = background.shelving
        self.pictures = background.pictures
        self.viewer = background.viewer
        self._preferences_path = background.preferences
        self._preferences = (
            preferences.load(background.preferences)
            if background.preferences
            else preferences.Preferences()
        )
        self.driver = Driver(
            session=self._session,
            engine=engine,
            tell=self._told,
            may_read=background.read_ahead,
            tuner=background.tuner,
        )
        self.driver.read_ahead = self._preferences.read_ahead
        self.paperwork = Paperwork(assistant, self._session, background.documents)
        self.release_dir = background.release
        self._clips = Clips(background.clipboard)
        self._watch = BatteryWatch(
            background.battery,
            self._powered,
            percent=assistant.low_battery_percent,
            mode=mode_of(self._preferences.battery),
        )
        self._make_reports = background.reports
        self.seat = background.seat
        self.change: Change | None = None
        self.keys_path = background.keys
        self.keymap = keyfile.load(background.keys, assistant.keys)
        self.set_keymap(self.keymap.for_textual())
        self._use(self._preferences.theme)

    def _use(self, theme: str) -> None:
        """Show the chosen theme; one without colours where the terminal is to have none."""
        if theme in {known.name for known in THEMES}:
            self.theme = theme
        elif self.no_color:
            self.theme = MONOCHROME.name

    def get_driver_class(self) -> type[TerminalDriver]:
        """Return the driver of this terminal, which no byte from it ends."""
        driver = super().get_driver_class()
        forgive_bytes(driver)
        return driver

    def get_default_screen(self) -> Screen[None]:
        """Return the conversation."""
        return self._screen

    def begin(self) -> None:
        """Load the engine and, meanwhile, what the first answer needs to be shown."""
        self.driver.begin()
        self._watch.begin()
        self._screen.mend_documents()
        self.run_worker(self._prepare, thread=True, exit_on_error=False)
        self.set_interval(1.0, self._rest.tick)

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody does something."""
        if isinstance(event, events.InputEvent):
            self._rest.busy()
        await super().on_event(event)

    def _prepare(self) -> None:
        import fieldkit.chat.widgets.markdown  # noqa: F401 - the first answer needs it at once

        self.begun()

    @property
    def seat(self) -> Seat | None:
        """Who is at the assistant; None: nobody in particular, and nobody else can be."""
        return self._seat

    @seat.setter
    def seat(self, seat: Seat | None) -> None:
        self._seat = seat
        self.person = seat.shown if seat else ""

    @cached_property
    def reports(self) -> Reports | None:
        """The flagged answers of this account; None: answers cannot be flagged."""
        return self._make_reports() if self._make_reports else None

    def leave_to(self, change: Change) -> None:
        """End, so that somebody else can begin; what was said so far is kept."""
        self.change = change
        self.exit()

    def close(self) -> None:
        """End the engine; safe to call twice."""
        self._watch.close()
        self.driver.close()

    @property
    def manuals(self) -> Sequence[Manual]:
        """The manuals and own documents as they are now."""
        return self.library.documents()

    @property
    def left_out(self) -> Sequence[tuple[str, str]]:
        """The files of manuals that are not searched, each with the reason."""
        return self.library.left_out()

    @property
    def conversation(self) -> int | None:
        """The id of the conversation on the screen, once it is stored."""
        return self._session.conversation

    @property
    def driver_title(self) -> str:
        """The title of the conversation on the screen."""
        return self._session.title

    @property
    def said(self) -> tuple[StoredTurn, ...]:
        """What was said in the conversation on the screen, as it is kept."""
        return tuple(self._session.turns)

    def rename(self, title: str) -> None:
        """Give the conversation on the screen another title; raises HistoryUnusable."""
        self._session.rename(title)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy ``text``, whoever asks, and tell nobody."""
        self.copy(text, lambda _copied: None)

    def copy(self, text: str, then: Callable[[bool], None]) -> None:
        """Copy ``text``: sanitized, since it will be pasted into a shell one day.

        Both by the terminal, which never tells what it did with it, and to the system's clipboard:
        ``then`` gets whether that one holds it.
        """
        super().copy_to_clipboard(clean(text))
        self._clips.copy(text, lambda copied: self._later(then, copied))

    def paste(self, then: Callable[[str], None]) -> None:
        """``then`` gets what the system's clipboard holds; else what was copied here last."""
        self._clips.paste(lambda text: self._later(then, text or self.clipboard))

    def _later(self, then: Callable[..., None], told: object) -> None:
        """Call ``then`` on the screen's thread, from any other."""
        self.call_later(then, told)

    @property
    def power(self) -> Power:
        """What is known of the battery, and whether it is saved."""
        return self._watch.power

    def save_battery(self, mode: Mode) -> None:
        """Decide when the battery is saved, now and for later."""
        self._watch.mode = mode
        self._prefer(replace(self._preferences, battery=mode))

    def _powered(self, power: Power) -> None:
        """Obey and show what the watch tells; from any thread."""
        self.driver.save_battery(power.low)
        self.call_later(self._screen.show_power, power)

    @property
    def read_ahead(self) -> bool:
        """Whether the engine reads while a question is typed, as far as the technician decides."""
        return self._preferences.read_ahead

    @read_ahead.setter
    def read_ahead(self, wanted: bool) -> None:
        """Decide, now and for later."""
        self.driver.read_ahead = wanted
        self._prefer(replace(self._preferences, read_ahead=wanted))

    def next_theme(self) -> None:
        """Show the next theme, now and from now on."""
        names = [theme.name for theme in THEMES]
        at = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(at + 1) % len(names)]
        self._prefer(replace(self._preferences, theme=self.theme))

    def speak(self, language: str) -> str:
        """Speak ``language`` or what serves it, now and from now on; returns its code."""
        code = i18n.use(language)
        self._prefer(replace(self._preferences, language=code))
        return code

    def _prefer(self, wanted: preferences.Preferences) -> None:
        """Keep what was chosen; a choice that cannot be kept holds until the end."""
        self._preferences = wanted
        if self._preferences_path is not None:
            with suppress(OSError):
                preferences.save(self._preferences_path, wanted)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the help tells about this assistant."""
        assistant = self.assistant
        history = str(self.store.path) if self.store else _("not kept")
        return (
            (_("Model"), f"{assistant.model_name} {assistant.quantization}"),
            (_("Manuals"), str(len(self.manuals))),
            (_("Network"), _("none is used; links in answers do nothing")),
            (_("Read ahead"), _("on, not on battery saver") if self.read_ahead else _("off")),
            (_("History"), history),
        )

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield the actions of the conversation for the palette."""
        if screen is not self._screen:
            return
        for action in ACTIONS:
            if action.name != "palette":
                text = described(action, self.keymap.shown(action.key_id))
                yield SystemCommand(_(action.title), text, self._runner(action.name))

    def action_command_palette(self) -> None:
        """Show the palette."""
        if not isinstance(self.screen, CommandPalette):
            placeholder = _("Search for an action")
            self.push_screen(CommandPalette(placeholder=placeholder, id="--command-palette"))

    def action_help_quit(self) -> None:
        """Ctrl+C stops the answer, as it does in every terminal, and says how to quit."""
        self._screen.action_stop()
        told = self.keymap.fill(_("{leave} quits, {stop} stops an answer."))
        self.notify(told, markup=False, timeout=3)

    def _runner(self, action: str) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, f"screen.{action}")

        return run

    def _told(self, notice: Notice) -> None:
        """Pass on what the driver tells; called on its thread."""
        self._rest.busy()
        if not isinstance(notice, Token):
            self._batch = None
            self._screen.post_message(ChatScreen.Told(notice))
        elif self._batch is None or not self._batch.add(notice.text):
            self._batch = Batch(notice.text)
            self._screen.post_message(ChatScreen.Told(self._batch))


def run(context: ChatContext) -> int:
    """Run the assistant on this terminal until the technician quits; returns the exit code.

    It begins anew whenever somebody else takes the seat. Raises IntegrityProblem when the index of
    the manuals cannot be read, and InvalidInput when the history belongs to a newer release.
    """
    context.seated.people.remember(context.seated.person)
    while True:
        code, change = _converse(context)
        if change is None:
            return code
        context = context.after(change)


def _converse(context: ChatContext) -> tuple[int, Change | None]:
    """Run the assistant until its person leaves: the exit code, or who is next."""
    with opened(context) as assistant:
        app = AssistantApp(
            assistant=context.assistant,
            library=assistant.library,
            evidence=assistant.evidence,
            engine=assistant.engine,
            store=assistant.store,
            history_problem=assistant.problem,
            background=replace(
                context.background,
                shelving=assistant.shelving,
                pictures=assistant.pictures,
                tuner=assistant.learning.before(context.tuner),
            ),
        )
        app.begun = spare_collections
        try:
            with hangup.watched(_TERMINAL, app.close):
                app.run()
        finally:
            app.close()
    return app.return_code or 0, app.change
