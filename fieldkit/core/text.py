"""The one sanitizer for untrusted text: model output, manuals, file names, history.

Terminal escape sequences start with a control character. Removing every control character makes
them inert wherever a stream is cut, so the sanitizer needs no state between tokens: what is left
of a sequence is shown as the plain characters it is made of, and nothing a document says is hidden.
"""

from __future__ import annotations

# C0 except newline and tab, DEL, C1 (ECMA-48), and the bidirectional controls of UAX #9, which can
# make a line read differently from what it holds. Lone surrogates cannot be written as UTF-8.
_DROPPED = (
    set(range(0x20)) - {0x09, 0x0A}
    | {0x7F}
    | set(range(0x80, 0xA0))
    | {0x061C, 0x200E, 0x200F}
    | set(range(0x202A, 0x202F))
    | set(range(0x2066, 0x206A))
    | set(range(0xD800, 0xE000))
    | {0xFEFF}
)
_TABLE: dict[int, str | None] = dict.fromkeys(_DROPPED) | {0x2028: "\n", 0x2029: "\n"}


def clean(text: str) -> str:
    """Return ``text`` without control characters that a terminal could obey.

    Newline and tab stay; ``clean(a) + clean(b) == clean(a + b)`` for every split.
    """
    # What is left out, line ends and tabs are all that is not printable; most lines have none.
    return text if text.isprintable() else text.translate(_TABLE)


def clean_line(text: str) -> str:
    """Return ``text`` as one sanitized line: whitespace runs become single spaces."""
    return " ".join(clean(text).split())
