"""The FTS5 expressions that the index is asked by: any of several words, or of several codes.

https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TEXT = "{title heading text}"
_CODES = "codes"
_QUOTED = r'"(?:[^"]|"")*"'
_ANY_OF = re.compile(
    rf"(?P<column>{re.escape(TEXT)}|{_CODES}) : \((?P<texts>{_QUOTED}(?: OR {_QUOTED})*)\)"
)


def quoted(text: str) -> str:
    """``text`` as an FTS5 phrase: nothing in it is syntax."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"'


def any_of(texts: Iterable[str], *, code: bool = False) -> str:
    """The expression that any of ``texts`` matches: codes, or stems of one word or of several."""
    return f"{_CODES if code else TEXT} : ({' OR '.join(map(quoted, texts))})"


def texts_of(expression: str) -> tuple[bool, list[str]] | None:
    """Whether they are codes, and the texts that ``any_of`` made ``expression`` of.

    None where it is another expression.
    """
    match = _ANY_OF.fullmatch(expression)
    if match is None:
        return None
    texts = [text[1:-1].replace('""', '"') for text in re.findall(_QUOTED, match["texts"])]
    return match["column"] == _CODES, texts
