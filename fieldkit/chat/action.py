"""What an action of the assistant is: how it is called, typed and described."""

from __future__ import annotations

from dataclasses import dataclass

from fieldkit.chat.i18n import _


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


def described(action: Action, keys: str) -> str:
    """What the palette says below the title: what the title does not say, and the ``keys``."""
    title, rest = _(action.title).casefold(), _(action.help)
    if rest.casefold().startswith(title):
        rest = rest[len(title) :].lstrip(":;, ")
    elif title in rest.casefold():
        rest = ""
    how = keys or action.usage
    return f"{rest[:1].upper()}{rest[1:]} ({how})" if rest else how
