"""Values in parentheses behind others: "within 15 m (49 ft) of the fan"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.library.claims.values import Value

# At most so many characters: an aside with more says something of its own.
_ASIDE = re.compile(r"\([^()\n]{1,60}\)")
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 2  # beside the values: "about", "i.e."


def without_asides(text: str, values: Sequence[Value]) -> str:
    """``text`` with blanks for parentheses that hold little but ``values``; all else in place.

    What stands before and behind such an aside is one clause.
    """
    for match in _ASIDE.finditer(text) if values else ():
        start, end = match.span()
        rest = match[0]
        for value in values:
            if start < value.start and value.end < end:
                a, b = value.start - start, value.end - start
                rest = f"{rest[:a]}{' ' * (b - a)}{rest[b:]}"
        if rest != match[0] and len(_WORD.findall(rest)) <= _MOST_WORDS:
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text
