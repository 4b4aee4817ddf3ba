"""What saving the battery does to the engine and the conversation."""

from __future__ import annotations

from fieldkit.chat.idle import Idle
from fieldkit.chat.session import Session
from fieldkit.core.generation import Engine
from fieldkit.core.settings import Settings


class Thrift:
    """Not thread-safe: lives on the driver's thread, where nothing is being answered."""

    def __init__(self, session: Session, engine: Engine, idle: Idle) -> None:
        self._session = session
        self._engine = engine
        self._idle = idle
        self._usual: Settings | None = None  # what the engine first ran with
        self.on = False

    def turn(self, on: bool, *, running: bool) -> None:
        """Save the battery from the next answer on, or no more; raises EngineFailure."""
        self.on = on
        self._session.shorter = on
        self._idle.saving = on
        if running:
            if on:
                self._engine.abort()  # what is read ahead
            self.loaded()

    def loaded(self) -> None:
        """Give a running engine the threads it may use; raises EngineFailure."""
        settings = self._engine.info.settings
        self._usual = self._usual or settings
        wanted = self._usual.spared if self.on else self._usual
        if settings != wanted:
            self._engine.apply(wanted)
