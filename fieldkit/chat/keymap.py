"""Which key does what: the table's keys, changed as a release and a technician want them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.screen_actions import SCREEN_ACTIONS
from fieldkit.core.keys import SAME_AS, is_typed, key_name, near, sign, split
from fieldkit.core.text import clean_line

CHAT = "chat"  # the scope of the conversation's own actions
DEFAULTS: dict[str, tuple[str, ...]] = {
    **{action.key_id: tuple(filter(None, action.keys.split(","))) for action in ACTIONS},
    **{action.id: tuple(action.keys.split(",")) for action in SCREEN_ACTIONS},
}
_TYPING = {CHAT, "wrong_screen"}
NO_KEY = "unbound"  # no terminal sends a key of this name
# The table may name fewer keys than it has, or keys that are given for good.
_TABLED = {action.key_id: action.shown for action in ACTIONS if not action.keys.isalpha()}
_COMMANDS = {action.key_id: action.command for action in ACTIONS}
# Who looks for /again may take its name for the action's.
_BY_COMMAND = {typed.removeprefix("/"): key_id for key_id, typed in _COMMANDS.items() if typed}
# Without these nobody could ask anything, or leave a screen.
_NEEDED = {"send", *(key_id for key_id in DEFAULTS if key_id.endswith((".close", ".no")))}
# In the conversation these belong to the input, except for what is written there.
_EDITING = {
    "backspace": (), "delete": (), "left": (), "right": (), "home": (), "end": (),
    "up": ("recall",), "down": (), "enter": ("send", "newline"), "ctrl+c": ("copy_selection",),
}  # fmt: skip
_SHOWN = {
    "enter": N_("Enter"), "escape": N_("Esc"), "tab": N_("Tab"), "space": N_("Space"),
    "backspace": N_("Backspace"), "delete": N_("Del"), "insert": N_("Insert"),
    "home": N_("Home"), "end": N_("End"), "pageup": N_("PageUp"), "pagedown": N_("PageDown"),
    "up": N_("Up"), "down": N_("Down"), "left": N_("Left"), "right": N_("Right"),
    "ctrl": N_("Ctrl"), "alt": N_("Alt"), "shift": N_("Shift"),
}  # fmt: skip
_NAMES = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in _SHOWN.values()))


@dataclass(frozen=True, slots=True)
class Wish:
    """``keys`` for the action ``id``, as somebody wrote them; ``where`` says in which line."""

    id: str
    keys: str
    where: str


class Keymap:
    """The keys of every action, by its id; ``problems`` is what was wrong with the wishes."""

    def __init__(
        self, changed: Mapping[str, tuple[str, ...]] | None = None, problems: Sequence[str] = ()
    ) -> None:
        self._keys = {**DEFAULTS, **(changed or {})}
        self.problems = tuple(problems)

    def keys(self, key_id: str) -> tuple[str, ...]:
        """The names of the keys of an action."""
        return self._keys[key_id]

    def shown(self, key_id: str) -> str:
        """All keys of an action as a person reads them, "" for none."""
        keys = self._keys[key_id]
        if keys == DEFAULTS[key_id] and key_id in _TABLED:
            return _NAMES.sub(lambda name: _(name[0]), _TABLED[key_id])
        return ", ".join(map(shown, keys))

    def first(self, key_id: str) -> str:
        """The key that a hint names; without one the command, else where all actions are."""
        keys = self._keys[key_id]
        if keys:
            return shown(keys[0])
        return _COMMANDS.get(key_id) or (shown((self._keys["palette"] or ("?",))[0]))

    def fill(self, text: str, **ids: str) -> str:
        """``text`` with each ``{name}`` replaced by the key of that action, or of ``ids[name]``."""
        return text.format_map(_Firsts(self, ids))

    def for_textual(self) -> dict[str, str]:
        """The ids whose keys are not the table's, for ``App.set_keymap``."""
        return {
            key_id: ",".join(keys) or NO_KEY
            for key_id, keys in self._keys.items()
            if keys != DEFAULTS[key_id]
        }


class _Firsts(dict[str, str]):
    def __init__(self, keymap: Keymap, ids: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap
        self._ids = ids

    def __missing__(self, name: str) -> str:
        return self._keymap.first(self._ids.get(name, name))


def shown(key: str) -> str:
    """A key's name as a person reads it."""
    *modifiers, last = key.split("+")
    named = _(_SHOWN[last]) if last in _SHOWN else sign(last) or last.upper()
    if not modifiers and len(last) == 1 and last.isupper():
        modifiers = ["shift"]
    return "+".join([*(_(_SHOWN[modifier]) for modifier in modifiers), named])


def resolve(*layers: Sequence[Wish]) -> Keymap:
    """The keymap of all wishes, the later layer's first; what cannot be is left out and told."""
    problems: list[str] = []
    wanted: dict[str, tuple[str, ...]] = {}
    for layer in layers:
        problems += _take(layer, wanted)
    problems += _keep_needed(wanted)
    changed = dict(wanted)
    for key_id, keys in DEFAULTS.items():
        if key_id not in wanted:
            changed[key_id] = tuple(key for key in keys if not _taken(key, key_id, wanted))
    return Keymap(changed, problems)


def _keep_needed(wanted: dict[str, tuple[str, ...]]) -> list[str]:
    """Leave each action that must have a key one of its own; what was taken back for that."""
    problems = []
    for needed in sorted(_NEEDED - set(wanted)):
        keys = DEFAULTS[needed]
        if all(_taken(key, needed, wanted) for key in keys):
            for key_id in wanted:
                if _same(key_id, needed):
                    wanted[key_id] = tuple(key for key in wanted[key_id] if key != keys[0])
            told = _("{key} stays with {action}, which has no other.")
            problems.append(told.format(key=shown(keys[0]), action=needed))
    return problems


def scope(key_id: str) -> str:
    """Where an action's keys must differ from those of others."""
    return key_id.partition(".")[0] if "." in key_id else CHAT


def _take(layer: Sequence[Wish], wanted: dict[str, tuple[str, ...]]) -> list[str]:
    """Add what one layer wishes to ``wanted``; what is wrong with it."""
    problems: list[str] = []
    mine: dict[str, tuple[str, ...]] = {}
    for wish in layer:
        told, keys = _understood(wish, mine)
        problems += [clean_line(f"{wish.where}: {problem}") for problem in told]
        if keys is not None:
            mine[wish.id] = keys
    for key_id in list(wanted):  # what the later layer takes from the one before
        wanted[key_id] = tuple(key for key in wanted[key_id] if not _taken(key, key_id, mine))
    wanted.update(mine)
    return problems


def _understood(
    wish: Wish, mine: Mapping[str, tuple[str, ...]]
) -> tuple[list[str], tuple[str, ...] | None]:
    """What is wrong with a wish, and the keys that are left of it; None: all stays as it was."""
    if wish.id not in DEFAULTS:
        hint = _BY_COMMAND.get(wish.id) or near(wish.id, list(DEFAULTS))
        told = _("there is no action {action}.").format(action=wish.id)
        return [
            told + (" " + _("Did you mean {action}?").format(action=hint) if hint else "")
        ], None
    if wish.id in mine:
        return [_("{action} stands there twice.").format(action=wish.id)], None
    problems: list[str] = []
    keys: list[str] = []
    for text in split(wish.keys):
        try:
            key = key_name(text)
        except ValueError:
            problems.append(_("there is no key {key}.").format(key=text))
            continue
        refused = _refused(key, wish.id, mine)
        if refused:
            problems.append(refused.format(key=shown(key), action=wish.id))
        elif key not in keys:
            keys.append(key)
    if not keys and (problems or wish.id in _NEEDED):
        if not problems:
            problems.append(_("{action} needs a key.").format(action=wish.id))
        return problems, None
    return problems, tuple(keys)


def _refused(key: str, key_id: str, mine: Mapping[str, tuple[str, ...]]) -> str:
    """Why an action cannot have this key, "" if it can."""
    if key in SAME_AS:
        other = shown(SAME_AS[key])
        return _("terminals send {key} for {other}.").replace("{other}", other)
    if scope(key_id) == CHAT and re.fullmatch("alt[+][1-9]", key):
        return _("{key} opens a source.")
    if scope(key_id) in _TYPING and is_typed(key):
        return _("{key} is needed for typing; take it with Ctrl or Alt.")
    if scope(key_id) == CHAT and key_id not in _EDITING.get(key, (key_id,)):
        return _("{key} belongs to the input.")
    user = next((other for other in mine if _same(other, key_id) and key in mine[other]), "")
    if user:
        return _("{key} is given to {other} already.").replace("{other}", user)
    return ""


def _taken(key: str, key_id: str, wanted: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether another action in the same place wants ``key``."""
    return any(
        key in keys for other, keys in wanted.items() if other != key_id and _same(other, key_id)
    )


def _same(one: str, other: str) -> bool:
    return scope(one) == scope(other)


def listed(keymap: Keymap) -> Iterator[tuple[str, str, str]]:
    """Id, keys and English title of every action, in the order of the tables."""
    for action in ACTIONS:
        yield action.key_id, keymap.shown(action.key_id), action.title
    for entry in SCREEN_ACTIONS:
        yield entry.id, keymap.shown(entry.id), entry.title
