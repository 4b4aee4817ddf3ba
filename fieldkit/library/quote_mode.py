"""Quote mode: what a very small model is asked, when it only chooses what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fieldkit.core.choosing import MOST_CHOICES, content
from fieldkit.core.citation import Passage
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Request
from fieldkit.core.message import Message
from fieldkit.core.release import Assistant
from fieldkit.errors import UsageProblem
from fieldkit.library.sentences import sentences

_ANSWER_TOKENS = 16  # three numbers of two digits and two commas, in any vocabulary


def choices(passages: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """The statements of ``passages``, best passage first, and each with its mark as it is shown."""
    for number, passage in enumerate(passages, 1):
        for statement in statements(passage.text):
            yield statement, f"{statement} [{number}]"


def statements(text: str) -> Iterator[str]:
    """The sentences, list items and table rows of a passage's ``text``, verbatim."""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("|"):
            if any(sign.isalnum() for sign in line):
                yield line
            continue
        for sentence in sentences(line):
            if any(sign.isalnum() for sign in sentence):
                yield sentence


def request(assistant: Assistant, asked: Turn, size: Callable[[Message], int]) -> Request:
    """Return the request in which the model chooses what of the passages answers ``asked``.

    Earlier turns are not sent: what they were about was looked for with the question. Statements
    that do not fit are left out, last first. Raises UsageProblem when not even one does.
    """
    system = assistant.system_prompt
    opening = (Message(role="system", content=system),) if system else ()
    budget = assistant.context - max(_ANSWER_TOKENS, assistant.max_tokens)
    left = budget - sum(map(size, opening))
    offered = list(choices(asked.passages))[:MOST_CHOICES]
    while offered:
        text = content([statement for statement, _ in offered], asked.question)
        message = Message(role="user", content=text)
        if size(message) <= left:
            return Request(
                messages=(*opening, message),
                max_tokens=_ANSWER_TOKENS,
                choices=tuple(shown for _, shown in offered),
            )
        del offered[-max(1, len(offered) // 8) :]
    raise UsageProblem(
        f"The question is too long: it has to fit into {budget} tokens.",
        hint="Ask it in fewer words.",
    )
