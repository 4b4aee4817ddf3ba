"""Quote mode: a model only chooses which statements of the passages to show, by their numbers.

A grammar lets it write nothing else, so what is shown is always verbatim from the manuals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_CHOICES = 99
_MOST_CHOSEN = 3
NONE = "0"
_NUMBER = re.compile(r"\d{1,2}")


def grammar(count: int) -> str:
    """GBNF for ``NONE``, or up to three numbers from 1 to ``count`` with a comma between two."""
    numbers = " | ".join(f'"{number}"' for number in range(1, min(count, MOST_CHOICES) + 1))
    more = f'("," number){{0,{_MOST_CHOSEN - 1}}}'
    return f'root ::= "{NONE}" | number {more}\nnumber ::= {numbers}\n'


def chosen(written: str, count: int) -> tuple[int, ...]:
    """The numbers in what the model wrote, each once, from 1 to ``count``."""
    numbers = map(int, _NUMBER.findall(written))
    return tuple(dict.fromkeys(number for number in numbers if 1 <= number <= count))


def content(statements: Sequence[str], question: str) -> str:
    """What the user's message holds: the numbered statements, the question, and what to write."""
    lines = [f"{number}. {statement}" for number, statement in enumerate(statements, 1)]
    asked = f"Question: {question.strip()}\nWrite the number of the line that answers it."
    return "\n".join([*lines, "", asked])
