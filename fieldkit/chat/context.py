"""What the front ends of the assistant are given: nothing in them looks around for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit.chat.paths import HISTORY
from fieldkit.console import Console
from fieldkit.core.generation import Engine
from fieldkit.core.release import Assistant


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatContext:
    """One assistant, ready to be talked to.

    ``release_dir`` is the folder that holds ``assistant.json``; ``engine_factory`` makes an engine
    that is not started yet; ``data_dir`` is the folder of the user's history.
    """

    assistant: Assistant
    release_dir: Path
    engine_factory: Callable[[], Engine]
    data_dir: Path
    console: Console = field(default_factory=Console)

    @property
    def library_path(self) -> Path:
        """The index of the manuals."""
        return self.release_dir / self.assistant.library

    @property
    def history_path(self) -> Path:
        """The database of conversations."""
        return self.data_dir / HISTORY
