"""What is typed after a slash: which action it means, and how it goes on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.chat.action import Action
from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.i18n import _

COMMANDS: tuple[Action, ...] = tuple(action for action in ACTIONS if action.command)
_COMMAND = re.compile(r"(/[A-Za-z]+|/\?)(?:\s+(.*))?", re.DOTALL)
# What people type who know other programs; the two words without a slash are no questions.
_ALSO = {"/exit": "/quit", "/bye": "/quit", "/q": "/quit", "/?": "/help", "/sheet": "/handover"}
_LEAVING = frozenset({"exit", "quit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command as it was typed; ``problem`` says why it cannot be obeyed, "" if it can."""

    action: Action
    argument: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that looks like a command and is none."""

    problem: str


def parse(text: str, known: Sequence[Action] = COMMANDS) -> Typed | Unknown | None:
    """The command that ``text`` is, or None for a question, as ``/dev/tty is gone?`` is one."""
    text = text.strip()
    match = _COMMAND.fullmatch("/quit" if text.lower() in _LEAVING else text)
    if match is None:
        return None
    word, argument = match[1].lower(), (match[2] or "").strip()
    word = _ALSO.get(word, word)
    for action in known:
        if action.command == word:
            return Typed(action=action, argument=argument, problem=_problem(action, argument))
    near = difflib.get_close_matches(word, [action.command for action in known], 1, 0.7)
    if near:
        told = _("There is no command {word}. Did you mean {near}? /help lists them.")
        return Unknown(told.format(word=word, near=near[0]))
    return Unknown(_("There is no command {word}. /help lists them.").format(word=word))


def completion(text: str, known: Sequence[Action] = COMMANDS) -> str:
    """What is missing of the command that ``text`` begins, "" where that is open or nothing."""
    if not re.fullmatch(r"/[a-z]+", text):
        return ""
    fitting = [action for action in known if action.command.startswith(text)]
    if len(fitting) != 1 or fitting[0].command == text:
        return ""
    return fitting[0].command[len(text) :] + (" " if fitting[0].argument else "")


def number(text: str, most: int) -> int | None:
    """The number from 1 to ``most`` that ``text`` says, if it does."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) and 1 <= int(text) <= most else None


def _problem(action: Action, argument: str) -> str:
    if argument and not action.argument:
        return _("{command} takes nothing after it.").format(command=action.command)
    if not argument and action.argument and not action.argument.startswith("["):
        return _("Type it like this: {usage}").format(usage=action.usage)
    return ""
