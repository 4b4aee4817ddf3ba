"""A release of the demo, built once with interruptions, and installations of it without network.

The build is interrupted where it freezes the assistant and killed where it writes the media,
because these steps are too slow to be done again elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fieldkit.packager import feedback_key
from tests.deployment import COMMAND, Deployment, build_json, copy_demo, files, make_cache

DEADLINE_S = 300.0


def works(wrapper: list[str]) -> bool:
    """Whether a command that runs another one is there and allowed to."""
    if not shutil.which(wrapper[0]):
        return False
    return subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode == 0


def network_taken_away() -> list[str]:
    """The command that runs another without any network; empty where there is none."""
    commands = (["unshare", "-n"], ["unshare", "-rn"])
    return next((command for command in commands if works(command)), [])


OFFLINE = network_taken_away()


@dataclass(frozen=True)
class Stopped:
    """A build that was sent a signal: its exit code, what it said, and what it left."""

    status: int
    said: str
    cache: set[str]
    output: set[str]


@dataclass(frozen=True)
class DemoRelease:
    deployment: Deployment
    cache: Path
    output: Path
    interrupted: Stopped
    killed: Stopped
    result: dict[str, Any]

    @property
    def installer(self) -> Path:
        return Path(self.result["installers"][0])


def stop_build(
    deployment: Deployment,
    output: Path,
    cache: Path,
    *,
    step: str,
    ready: Callable[[], bool],
    number: int,
) -> Stopped:
    """Build, and send a signal once ``step`` has begun and is ``ready`` for it."""
    log = output.parent / f"{step}.log"
    with log.open("w+", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [*COMMAND, "build", str(deployment.folder), "--output", str(output)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stream,
            start_new_session=True,
        )
        deadline = time.monotonic() + DEADLINE_S
        while not (f"\n{step} " in log.read_text() and ready()):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.005)
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        status = process.wait(DEADLINE_S)
    return Stopped(status, log.read_text(), files(cache / "steps"), files(output))


def build_with_interruptions(folder: Path) -> DemoRelease:
    """Build the demo: interrupted, killed, then left alone."""
    deployment = copy_demo(folder / "demo")
    with deployment.profile.open("a", encoding="utf-8") as profile:
        recipient = feedback_key.generate(folder / "feedback-key.txt")
        profile.write(f'\n[feedback]\nrecipients = ["{recipient}"]\n')
    cache, output = make_cache(folder / "cache"), folder / "dist"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDKIT_CACHE_DIR", str(cache))
        interrupted = stop_build(
            deployment,
            output,
            cache,
            step="freeze",
            ready=lambda: any((cache / "steps" / "freeze").glob(".making-*/.freeze-*/*/*")),
            number=signal.SIGINT,
        )
        killed = stop_build(
            deployment,
            output,
            cache,
            step="media",
            ready=lambda: any(output.glob("*/.*")),
            number=signal.SIGKILL,
        )
        result = build_json(deployment, output)
    return DemoRelease(deployment, cache, output, interrupted, killed, result)


@dataclass(frozen=True)
class Installed:
    """An installation below ``prefix`` of somebody whose home is ``home``."""

    prefix: Path
    home: Path

    @property
    def env(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home)}

    @property
    def program(self) -> Path:
        return self.prefix / "bin" / "fieldkit"

    def run(
        self, *words: str, wrapper: list[str] | None = None, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the installed command with nothing in the environment but PATH and HOME."""
        return subprocess.run(
            [*(OFFLINE if wrapper is None else wrapper), str(self.program), *words],
            env=self.env,
            cwd=self.home,
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            check=False,
        )

    def json(self, *words: str) -> dict[str, Any]:
        result = self.run(*words, "--json")
        assert result.returncode == 0, result.stderr
        data: dict[str, Any] = json.loads(result.stdout)
        return data


def install_offline(installer: Path, folder: Path) -> Installed:
    """Run the installer without network, environment or terminal."""
    installed = Installed(folder / "a prefix" / "of its own", folder / "home")
    installed.home.mkdir(exist_ok=True)
    result = subprocess.run(
        [*OFFLINE, "sh", str(installer), "--quiet", "--prefix", str(installed.prefix)],
        env=installed.env,
        cwd=installed.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    return installed
