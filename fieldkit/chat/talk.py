"""What commands of the line mode may do with the conversation they are typed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from fieldkit.chat.driver import Opened
from fieldkit.chat.seat import Change
from fieldkit.chat.session import Ended
from fieldkit.core.generation import EngineInfo


class Talk(Protocol):
    """The conversation over lines; it ends when there is a ``successor``."""

    last: Ended | None
    info: EngineInfo | None
    successor: Change | None

    def ask(self, question: str, *, again: bool = False) -> None:
        """Ask, and show the answer."""
        ...

    def search(self, words: str) -> None:
        """Show what the manuals hold."""
        ...

    def change(self, job: Callable[[], None]) -> Opened:
        """Give the driver a job that opens another conversation, and wait for it."""
        ...

    def line(self, prompt: str) -> str | None:
        """Ask for a line; None at the end of the input."""
        ...

    def confirmed(self, question: str) -> bool:
        """Ask; whether the next line says yes."""
        ...
