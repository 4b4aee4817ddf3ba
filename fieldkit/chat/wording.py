"""Errors as sentences for the conversation."""

from __future__ import annotations

from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError


def problem(error: FieldkitError) -> str:
    """Return what happened and what to do, each as a sentence, on one sanitized line."""
    return " ".join(_sentence(part) for part in (error.message, error.hint) if part.strip())


def happened(error: FieldkitError) -> str:
    """Return what happened as a sentence, without what to do."""
    return _sentence(error.message)


def left_out(turns: int) -> str:
    """Return that the first ``turns`` questions of a conversation are not read any more."""
    first = "first question is" if turns == 1 else f"first {turns} questions are"
    return f"This conversation is long: its {first} no longer read."


def _sentence(text: str) -> str:
    line = clean_line(text)
    first, _, rest = line.partition(" ")
    if first.isalpha() and first.islower():  # a word, not a file's name
        line = f"{first.capitalize()} {rest}".rstrip()
    return line if line[-1:] in {".", "!", "?"} else f"{line}."
