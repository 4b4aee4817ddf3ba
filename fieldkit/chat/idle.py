"""What the driver's thread does while nobody asks: the engine reads ahead, then settings are tuned.

Reading ahead begins with what is certain (system prompt and conversation), then follows the
question as it is typed. Tuning begins when nothing was typed for a while, and ends with the first
key.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from fieldkit.chat.context import Tuner
from fieldkit.chat.session import Session
from fieldkit.core.generation import Engine
from fieldkit.errors import UsageProblem
from fieldkit.library.ahead import Ahead

IDLE_S = 15.0
RETRY_S = 60.0  # a tuner may find that something else uses the processor


class Idle:
    """Not thread-safe: lives on the driver's thread, except for ``enabled``.

    ``may_read`` says whether the machine's power lets the engine read ahead now; ``enabled`` is the
    technician's own choice; ``saving`` the battery, nothing is done at all. ``tell`` gets what the
    tuner says.
    """

    def __init__(
        self,
        session: Session,
        engine: Engine,
        *,
        may_read: Callable[[], bool],
        tuner: Tuner | None,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.enabled = True
        self._saving = False
        self._session = session
        self._engine = engine
        self._may_read = may_read
        self._tuner = tuner
        self._tell = tell
        self._clock = clock
        self._ahead = Ahead(session.evidence)
        self._text = ""
        self._again = False
        self._reading = False
        self._stale = True
        self._tune_at: float | None = None
        self._tuning = False

    @property
    def saving(self) -> bool:
        """Whether the battery is saved."""
        return self._saving

    @saving.setter
    def saving(self, saving: bool) -> None:
        self._saving = saving
        self.stop()

    def renew(self) -> None:
        """The conversation is another now: what is certain has to be found out again."""
        self._stale = True

    def begin(self) -> None:
        """Nothing is asked any more: read what is certain about the next question."""
        self._stale = False
        self._ahead.due = None
        self._tune_at = self._quiet_at()
        self._reading = self.enabled and not self._saving and self._may_read()
        if self._reading:
            self._start()
            self._follow()

    def typed(self, text: str, again: bool) -> None:
        """So much of a question is typed; ``again``: it is to replace the last one."""
        self.leave()
        self._text = text
        # An empty input says nothing: it is empty, too, when its question was just sent.
        other = again != self._again and bool(text.strip())
        if other:
            self._again = again
        self._tune_at = self._quiet_at()
        if self._stale or other:
            self.begin()
        elif self._reading:
            self._follow()

    def wake(self) -> None:
        """Do what is due."""
        now = self._clock()
        if self._ahead.due is not None and now >= self._ahead.due:
            self._follow()
        if self._tuner and self._tune_at is not None and now >= self._tune_at:
            self._tune_at = now + RETRY_S
            self._tuning = True
            self._tuner.start(self._tell_tuning)

    def wait(self) -> float | None:
        """Seconds until ``wake`` has something to do; None: nothing."""
        moments = [moment for moment in (self._ahead.due, self._tune_at) if moment is not None]
        return max(0.0, min(moments) - self._clock()) if moments else None

    def leave(self) -> None:
        """The processor is needed."""
        self._tune_at = None
        if self._tuner and self._tuning:
            self._tuning = False
            self._tuner.stop()
            self._tell("")

    def stop(self) -> None:
        """There is no engine to read ahead with, or a question is answered now."""
        self.leave()
        self._reading = False
        self._stale = True
        self._again = False
        self._ahead.due = None

    def _quiet_at(self) -> float | None:
        """When it will have been quiet long enough to tune; None for never."""
        return self._clock() + IDLE_S if self._tuner and not self._saving else None

    def _tell_tuning(self, text: str) -> None:
        """Pass on what the tuner tells, unless it was stopped meanwhile; on its own thread."""
        if self._tuning:
            self._tell(text)

    def _start(self) -> None:
        try:
            certain = self._ahead.begin(self._session.history(again=self._again))
        except UsageProblem:  # told when something is asked
            self._reading = False
        else:
            self._engine.prepare(certain)

    def _follow(self) -> None:
        if prompt := self._ahead.typed(self._text, self._clock()):
            self._engine.prepare(prompt)
