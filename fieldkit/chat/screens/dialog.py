"""What every dialog has in common: it is left once."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """A screen over the conversation; dismisses with a result."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave, once: of two quick presses of Enter the second finds a screen that is leaving."""
        if not self.is_active:
            return AwaitComplete()
        return super().dismiss(result)
