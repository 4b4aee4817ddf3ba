"""Errors as sentences for the conversation."""

from __future__ import annotations

from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError


def problem(error: FieldkitError) -> str:
    """Return what happened and what to do, each as a sentence, on one sanitized line."""
    return " ".join(_sentence(part) for part in (error.message, error.hint) if part.strip())


def _sentence(text: str) -> str:
    line = clean_line(text)
    first, _, rest = line.partition(" ")
    if first.isalpha() and first.islower():  # a word, not a file's name
        line = f"{first.capitalize()} {rest}".rstrip()
    return line if line[-1:] in {".", "!", "?"} else f"{line}."
