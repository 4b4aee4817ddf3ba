"""Code blocks of an answer, for the clipboard."""

from __future__ import annotations

import re

from fieldkit.core.text import clean

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


def last_block(answer: str) -> str:
    """The last code block or table of a Markdown answer, "" if it has none.

    A code block that was cut off ends with the answer.
    """
    blocks: list[list[str]] = []
    fence, in_table = "", False
    for line in clean(answer).split("\n"):
        match = _FENCE.fullmatch(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
            else:
                blocks[-1].append(line)
            continue
        if match:
            fence = match[1]
        table_row = line.lstrip().startswith("|")
        if match or (table_row and not in_table):
            blocks.append([])
        if table_row:
            blocks[-1].append(line.strip())
        in_table = table_row
    return "\n".join(blocks[-1]).strip("\n") if blocks else ""
