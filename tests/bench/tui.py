"""The assistant's own screen, without a terminal: a typist at the keys, a clock at its driver.

The application is put together by ``fieldkit.chat.app.run``, as the command line does it; only the
terminal and the person before it are ours.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

from textual.app import App
from textual.pilot import Pilot

from fieldkit import assistant as product
from fieldkit.chat import app as chat
from fieldkit.chat.driver import Failed, Notice, Ready
from fieldkit.chat.session import Ended
from fieldkit.console import Console
from fieldkit.core.generation import Stats, Token
from tests.bench.deployment import Deployment

CHARACTERS_A_SECOND = 5.0
_SIZE = (100, 32)
_PATIENCE_S = 900.0

Script = Callable[["Screen"], Awaitable[None]]


@dataclass(kw_only=True)
class Screen:
    """The running application and what its driver told, with the time of each notice."""

    pilot: Pilot[int]
    notices: list[tuple[float, Notice]]
    sent: float = field(default=0.0)

    async def until(self, kind: type) -> Notice:
        """Wait for a notice of ``kind`` that comes after the last question was sent."""
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            for when, notice in self.notices:
                if isinstance(notice, Failed):
                    raise notice.error
                if when >= self.sent and isinstance(notice, kind):
                    return notice
            await asyncio.sleep(0.02)
        raise TimeoutError(f"no {kind.__name__} within {_PATIENCE_S:.0f} s")

    async def type(self, text: str) -> None:
        """Press the keys of ``text`` at the typist's pace."""
        began = time.perf_counter()
        for number, character in enumerate(text, 1):
            await self.pilot.press(character)
            due = began + number / CHARACTERS_A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def send(self, text: str = "") -> None:
        """Put ``text`` into the input, if any, at once, and press Enter."""
        if text:
            from fieldkit.chat.widgets.composer import Composer

            self.pilot.app.screen_stack[0].query_one(Composer).put(text)
            await self.pilot.pause()
        self.sent = time.perf_counter()
        await self.pilot.press("enter")

    def tokens(self) -> list[float]:
        """When each piece of the answer to the last question came."""
        return [
            when for when, notice in self.notices if isinstance(notice, Token) and when >= self.sent
        ]

    async def ended(self) -> Stats:
        """Wait for the end of the answer; what the engine says about it."""
        notice = await self.until(Ended)
        assert isinstance(notice, Ended)
        assert notice.kept.stats is not None, notice.kept.finish
        await self.pilot.pause()
        return notice.kept.stats


def run(deployment: Deployment, data: Path, script: Script) -> None:
    """Open the assistant, wait until its model is loaded, run ``script``, and close it.

    ``data`` is the user's data folder. Nothing is tuned in the background meanwhile.
    """
    failures: list[BaseException] = []

    async def drive(pilot: Pilot[int]) -> None:
        screen = Screen(pilot=pilot, notices=notices)
        try:
            await screen.until(Ready)
            await script(screen)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            pilot.app.exit(0)

    notices: list[tuple[float, Notice]] = []
    told = chat.AssistantApp._told

    def tell(app: chat.AssistantApp, notice: Notice) -> None:
        notices.append((time.perf_counter(), notice))
        told(app, notice)

    def headless(app: chat.AssistantApp) -> None:
        App.run(app, headless=True, size=_SIZE, auto_pilot=drive)

    with (
        mock.patch.dict(os.environ, {"FIELDKIT_DATA_DIR": str(data)}),
        mock.patch.object(chat.AssistantApp, "_told", tell),
        mock.patch.object(chat.AssistantApp, "run", headless),
    ):
        context = product.context(deployment.folder, Console())
        chat.run(replace(context, tuner=None))
    if failures:
        raise failures[0]
