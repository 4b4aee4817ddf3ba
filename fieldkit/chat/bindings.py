"""The keys of the chat screen, from the table of actions."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from fieldkit.chat.actions import ACTIONS

# The focused widget decides about these.
_WIDGET_KEYS = {"enter", "ctrl+j", "up", "tab", "ctrl+c", "ctrl+v"}


def screen_bindings() -> list[BindingType]:
    """The bindings of the chat screen."""
    return [
        Binding(action.keys, action.name, action.title, show=False, priority=action.priority)
        for action in ACTIONS
        if action.keys and action.keys not in _WIDGET_KEYS and action.name != "palette"
    ]
