"""Takes the pictures of the README from an installed release: real engine, model and manuals.

    python -m tests.ui.pictures RELEASE_FOLDER OUTPUT_FOLDER

RELEASE_FOLDER holds ``assistant.json`` (``PREFIX/lib/fieldkit/current``). Writes SVG files, which a
browser turns into PNG: ``chromium --headless --window-size=1000,640 --screenshot=X.png X.svg``.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from fieldkit import assistant
from fieldkit.chat.app import AssistantApp
from fieldkit.chat.context import ChatContext
from fieldkit.chat.opening import opened
from fieldkit.chat.widgets.composer import Composer
from fieldkit.console import console

QUESTION = "What torque do the fluid end studs need?"
DEADLINE_S = 60.0


async def take(context: ChatContext, output: Path) -> None:
    """Ask the question in a terminal of 80 by 24, open its source, and save both screens."""
    with opened(context) as parts:
        app = AssistantApp(
            assistant=context.assistant,
            library=parts.library,
            evidence=parts.evidence,
            engine=parts.engine,
            store=parts.store,
        )
        try:
            async with app.run_test(size=(80, 24)) as pilot:
                await _shown(pilot, "ready")
                app.save_screenshot("welcome.svg", str(output))
                app.screen.query_one(Composer).put(QUESTION)
                await pilot.press("enter")
                await _shown(pilot, "tok/s")
                await _shown(pilot, "ready")
                app.save_screenshot("assistant.svg", str(output))
                await pilot.press("shift+tab", "enter")
                await _shown(pilot, "page")
                app.save_screenshot("page.svg", str(output))
        finally:
            app.close()


async def _shown(pilot: Pilot[int], word: str) -> None:
    """Wait until ``word`` is on the screen."""
    deadline = time.monotonic() + DEADLINE_S
    while word not in pilot.app.export_screenshot():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{word!r} did not appear")
        await pilot.pause(0.05)
    await pilot.pause(0.2)


def main() -> int:
    """Take the pictures."""
    release, output = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    context = assistant.context(release, console())
    with tempfile.TemporaryDirectory() as data:
        asyncio.run(take(replace(context, data_dir=Path(data)), output))
    return 0


if __name__ == "__main__":
    sys.exit(main())
