"""Names of keys, and the ids of the actions they can be given to.

A key's name is Textual's: ``ctrl+j``, ``f5``, ``pageup``, ``slash``. What a person writes for it
may differ: ``Ctrl+J``, ``F5``, ``PgUp``, ``/``.
"""

from __future__ import annotations

import difflib
import string
import unicodedata
from collections.abc import Mapping

# Said here, since the packager does not import the chat; a test holds that they are the same there.
ACTION_IDS = (
    "send", "newline", "stop", "recall", "paste", "edit", "regenerate", "search_manuals",
    "toggle_sources", "focus_sources", "previous_answer", "next_answer", "scroll_up", "scroll_down",
    "open_source", "open_printed", "copy_answer", "copy_code", "copy_selection", "new", "branch",
    "conversations", "toggle_withdrawn",
    "find", "rename", "delete", "export", "handover", "restart", "toggle_read_ahead", "battery",
    "next_theme", "language", "model", "keys", "palette", "help", "leave", "wrong", "feedback",
    "scroll_home", "scroll_end", "who", "name", "forget", "documents", "add_document",
    "remove_document",
    "sources_pane.up",
    "sources_pane.down",
    "sources_pane.scroll_up",
    "sources_pane.scroll_down",
    "sources_pane.previous",
    "sources_pane.next",
    "sources_pane.open",
    "sources_pane.printed",
    "conversations_screen.resume",
    "conversations_screen.rename",
    "conversations_screen.delete",
    "conversations_screen.find",
    "conversations_screen.close",
    "documents_screen.add",
    "documents_screen.remove",
    "documents_screen.close",
    "people_screen.add",
    "people_screen.rename",
    "people_screen.delete",
    "people_screen.close",
    "wrong_screen.conversation",
    "wrong_screen.scroll_up",
    "wrong_screen.scroll_down",
    "wrong_screen.close",
    "page_screen.previous",
    "page_screen.next",
    "page_screen.source_before",
    "page_screen.source_after",
    "page_screen.printed",
    "page_screen.up",
    "page_screen.down",
    "page_screen.close",
    "printed_screen.previous",
    "printed_screen.next",
    "printed_screen.zoom_in",
    "printed_screen.zoom_out",
    "printed_screen.fit",
    "printed_screen.left",
    "printed_screen.right",
    "printed_screen.up",
    "printed_screen.down",
    "printed_screen.original",
    "printed_screen.close",
    "model_screen.previous",
    "model_screen.next",
    "model_screen.close",
    "help_screen.close",
    "keys_screen.close",
    "confirm_screen.yes",
    "confirm_screen.no",
)  # fmt: skip

MODIFIERS = ("alt", "ctrl", "shift")  # in the order of a name
NAMED = (
    "enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup",
    "pagedown", "up", "down", "left", "right", *(f"f{number}" for number in range(1, 25)),
)  # fmt: skip
_ALSO = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup",
    "pgdn": "pagedown", "pgdown": "pagedown", "page_up": "pageup", "page_down": "pagedown",
    "control": "ctrl", "option": "alt",
}  # fmt: skip
# What Textual calls otherwise than Unicode does.
_REPLACED = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at",
    "hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
# What most terminals send for these cannot be told from another key.
SAME_AS = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+m": "enter"}


def key_name(text: str) -> str:
    """The name of the key that a person means by ``text``; raises ValueError for none."""
    written = text.strip().lower()
    if written == "+" or written.endswith("++"):  # the key itself, not what joins two
        written = f"{written[:-1]}plus"
    *modifiers, last = written.split("+")
    wanted = {_ALSO.get(modifier.strip(), modifier.strip()) for modifier in modifiers}
    key = _base(last.strip())
    if not key or not wanted <= set(MODIFIERS) or len(wanted) != len(modifiers):
        raise ValueError(text)
    if wanted == {"shift"} and len(key) == 1:
        return key.upper()  # as terminals send it
    return "+".join([*(name for name in MODIFIERS if name in wanted), key])


def is_typed(key: str) -> bool:
    """Whether the key with this name writes a character."""
    return key == "space" or key in _SIGNS or len(key) == 1


def sign(key: str) -> str:
    """The character of a sign's name, "" for other keys."""
    return _SIGNS.get(key, "")


def near(name: str, known: tuple[str, ...] | list[str]) -> str:
    """The one of ``known`` that ``name`` may be a misspelling of, or ""."""
    found = difflib.get_close_matches(name, known, 1, 0.6)
    return found[0] if found else ""


def known(keys: dict[str, str]) -> dict[str, str]:
    """``keys`` as they are; raises ValueError with all that is wrong with their names."""
    if problems := problems_of(keys):
        raise ValueError("; ".join(problems))
    return keys


def flat(value: object) -> object:
    """Tables within ``value`` as ids with a point; what is no table of texts is left as it is."""
    if not isinstance(value, dict):
        return value
    found: dict[str, object] = {}
    for name, keys in value.items():
        inner = keys if isinstance(keys, dict) else {"": keys}
        found.update({f"{name}.{word}".rstrip("."): text for word, text in inner.items()})
    return found


def split(keys: str) -> list[str]:
    """The keys in a list separated by commas; a lone comma is a key."""
    if keys.strip() == ",":
        return [","]
    return [key.strip() for key in keys.split(",") if key.strip()]


def problems_of(keys: Mapping[str, str]) -> list[str]:
    """What is wrong with names in a profile's ``keys``: each unknown action and key."""
    problems = []
    for action, listed in keys.items():
        if action not in ACTION_IDS:
            hint = near(action, ACTION_IDS)
            problems.append(
                f"there is no action {action!r}" + (f"; did you mean {hint!r}?" if hint else "")
            )
        for key in split(listed):
            try:
                key_name(key)
            except ValueError:
                problems.append(f"{action}: there is no key {key!r}")
    return problems


def _base(text: str) -> str:
    text = _ALSO.get(text, text)
    if text in NAMED or text in _SIGNS:
        return text
    if len(text) == 1 and text.isascii() and text.isprintable():
        return text if text.isalnum() else _sign_name(text)
    return ""


def _sign_name(character: str) -> str:
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return _REPLACED.get(name, name)


_SIGNS = {_sign_name(character): character for character in string.punctuation}
