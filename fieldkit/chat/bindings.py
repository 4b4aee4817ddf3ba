"""The keys of the chat screen, from the table of actions."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from fieldkit.chat.actions import ACTIONS

# The focused widget decides about these.
_WIDGET_KEYS = {"enter", "ctrl+j", "up", "tab", "ctrl+c", "ctrl+v"}


def screen_bindings() -> list[BindingType]:
    """The bindings of the chat screen."""
    keys: list[BindingType] = [
        Binding(action.keys, action.name, action.title, show=False, priority=action.priority)
        for action in ACTIONS
        if action.keys and action.keys not in _WIDGET_KEYS and action.name != "palette"
    ]
    # With Alt, because a question may begin with a digit.
    sources = [
        Binding(f"alt+{n}", f"open_source('{n}')", "Open a source", show=False, priority=True)
        for n in range(1, 10)
    ]
    return [*keys, *sources]
