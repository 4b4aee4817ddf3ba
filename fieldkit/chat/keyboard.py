"""What a terminal may send as keys, where Textual takes it wrongly."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from functools import partial
from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.driver import Driver


def tell_alt_digits() -> None:
    """Let Alt and a digit be that key: Textual would type what a Mac's Option key does, ``™``."""
    for digit in "123456789":
        cast("dict[str, object]", ANSI_SEQUENCES_KEYS).pop(f"\x1b{digit}", None)


def forgive_bytes(driver: type[Driver]) -> None:
    """Let ``driver`` show a replacement character for bytes that are no UTF-8.

    A terminal or a paste in another encoding would end the assistant: Textual's drivers decode
    strictly, and what they raise ends the application.
    """
    module = sys.modules[driver.__module__]
    if hasattr(module, "getincrementaldecoder"):
        vars(module)["getincrementaldecoder"] = _replacing


def _replacing(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
