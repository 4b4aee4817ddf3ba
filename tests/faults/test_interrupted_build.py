"""Ctrl-C and kill -9 in each step: nothing half done has a final name, and the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from fieldkit.errors import ExitCode
from tests.deployment import COMMAND, Deployment, build_json, copy_demo, files

pytestmark = [
    pytest.mark.engine,
    pytest.mark.usefixtures("engine"),
    pytest.mark.skipif(os.name != "posix", reason="sends signals"),
]

DEADLINE_S = 60.0
STEPS = ["quantize", "measure", "index", "evaluate"]


@dataclass
class Interrupted:
    """How a build ended that was sent a signal, and the programs it had started."""

    status: int
    said: str
    children: list[psutil.Process]


def interrupt(deployment: Deployment, step: str, number: int) -> Interrupted:
    """Start a build and send it a signal as soon as it says that ``step`` begins.

    Ctrl-C reaches every process of the terminal's foreground group, kill -9 the one it names.
    """
    process = subprocess.Popen(
        [*COMMAND, "build", str(deployment.folder), "--until", "gate"],
        cwd=deployment.folder.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr
    said = []
    with process.stderr:
        for line in process.stderr:
            said.append(line)
            if line.startswith(f"{step} "):
                break
        children = psutil.Process(process.pid).children(recursive=True)
        rest = threading.Thread(target=lambda: said.append(process.stderr.read()))  # type: ignore[union-attr]
        rest.start()
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        status = process.wait(DEADLINE_S)
        rest.join()
    return Interrupted(status, "".join(said), children)


def gone(processes: list[psutil.Process]) -> bool:
    """Wait until the processes have ended."""
    deadline = time.monotonic() + DEADLINE_S
    while any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def rig(tmp_path: Path) -> Deployment:
    """A deployment whose every step takes a moment."""
    rig = copy_demo(tmp_path / "rig-7").add("gates", "min_score = 0")
    text = (rig.manuals / "px-204-mud-pump.md").read_text(encoding="utf-8")
    for number in range(60):
        copy = text.replace("PX-204", f"PX-{1000 + number}")
        (rig.manuals / f"px-{1000 + number}.md").write_text(copy, encoding="utf-8")
    return rig


def entries(cache: Path) -> list[str]:
    """The steps that have an artifact under its key, in order."""
    steps = cache / "steps"
    return [s for s in STEPS if [*(steps / s).glob("[!.]*")]]


@pytest.mark.parametrize("step", STEPS)
def test_ctrl_c_in_a_step_leaves_what_was_done_and_nothing_half_done(
    step: str, rig: Deployment, cache: Path, tmp_path: Path
) -> None:
    ended = interrupt(rig, step, signal.SIGINT)
    assert ended.status == ExitCode.INTERRUPTED, ended.said
    assert "run the same command to go on" in ended.said
    assert "Traceback" not in ended.said
    assert gone(ended.children)
    done = STEPS[: STEPS.index(step)]
    assert entries(cache) == done
    left = files(cache)
    assert not [name for name in left if ".making" in name or ".part" in name]
    assert "build.lock" not in left
    again = build_json(rig, tmp_path / "dist", "--until", "gate")
    assert again["reused"] == done
    assert entries(cache) == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_in_a_step_is_taken_up_by_the_next(
    step: str, rig: Deployment, cache: Path, tmp_path: Path
) -> None:
    ended = interrupt(rig, step, signal.SIGKILL)
    assert ended.status == -signal.SIGKILL
    assert gone(ended.children), "what the build had started outlived it"
    done = STEPS[: STEPS.index(step)]
    assert entries(cache) == done
    again = build_json(rig, tmp_path / "dist", "--until", "gate")
    assert again["reused"] == done
    assert entries(cache) == STEPS
    left = files(cache)
    assert not [name for name in left if ".making" in name or ".part" in name]
    assert "build.lock" not in left
