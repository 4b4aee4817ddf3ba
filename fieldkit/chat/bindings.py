"""The keys of the screens, from the tables of actions, and the keymap a widget's hints name."""

from __future__ import annotations

from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from fieldkit.chat.action import Action
from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.keyboard import tell_alt_digits
from fieldkit.chat.keymap import NO_KEY, Keymap
from fieldkit.chat.screen_actions import SCREEN_ACTIONS

# The focused widget decides about these; the screen has them where they were given another key.
_OF_WIDGETS = {"send", "newline", "recall", "paste", "focus_sources", "copy_selection"}
# The input reads these itself, in the order they are typed.
_IN_ORDER = {"send", "newline"}
_OF_THE_APP = {"leave": "quit", "palette": "command_palette"}
_USUAL = Keymap()


def screen_bindings() -> list[BindingType]:
    """The bindings of the chat screen."""
    keys: list[BindingType] = [
        _binding(action) for action in ACTIONS if action.key_id not in _OF_THE_APP
    ]
    # With Alt, because a question may begin with a digit.
    sources = [
        Binding(f"alt+{n}", f"open_source('{n}')", "Open a source", show=False, priority=True)
        for n in range(1, 10)
    ]
    tell_alt_digits()
    return [*keys, *sources]


def app_bindings() -> list[BindingType]:
    """The bindings that hold on every screen; Ctrl+C is every terminal's own."""
    keys: list[BindingType] = [
        Binding(
            action.keys, _OF_THE_APP[action.key_id], action.title, show=False, priority=True,
            id=action.key_id,
        )
        for action in ACTIONS
        if action.key_id in _OF_THE_APP
    ]  # fmt: skip
    return [*keys, Binding("ctrl+c", "help_quit", show=False, system=True)]


def bindings_of(screen: str) -> list[BindingType]:
    """The bindings of one of the other screens, or of the pane of sources."""
    return [
        Binding(
            entry.keys, entry.action, entry.title, show=False, priority=entry.priority, id=entry.id
        )
        for entry in SCREEN_ACTIONS
        if entry.screen == screen
    ]


def keys_of(node: DOMNode) -> Keymap:
    """The keymap of the application that ``node`` is part of."""
    keymap = getattr(node.app, "keymap", _USUAL)
    return keymap if isinstance(keymap, Keymap) else _USUAL


def _binding(action: Action) -> Binding:
    of_widget = action.key_id in _OF_WIDGETS
    return Binding(
        NO_KEY if of_widget or not action.keys else action.keys,
        action.name,
        action.title,
        show=False,
        priority=action.priority or (of_widget and action.key_id not in _IN_ORDER),
        id=action.key_id,
    )
