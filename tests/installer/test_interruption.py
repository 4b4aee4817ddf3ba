"""Killed, interrupted, or alone with another run at any moment: old or new, and whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit.install.install import install as python_install
from fieldkit.install.layout import Layout
from tests.installer.conftest import Install
from tests.installer.releases import Built, active, is_whole, listing, says

VARYING = ("lib/fieldkit/install.log",)
CHANGING = ("chmod", "dd", "ln", "mkdir", "mv", "rm", "rmdir", "sync")

# Counts the calls of commands that change the disk and kills the whole installation at one of
# them: before the command ran, or after.
SHIM = """#!/bin/sh
read -r count <{state}/count
count=$((count + 1))
echo "$count" >{state}/count
if [ "$count" = "${{KILL_BEFORE:-}}" ]; then kill -KILL 0; fi
{real} "$@"
outcome=$?
if [ "$count" = "${{KILL_AFTER:-}}" ]; then kill -KILL 0; fi
exit "$outcome"
"""


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited a minute in vain"
        time.sleep(0.01)


@pytest.fixture
def start(tools: Path, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start an installation as a process group of its own that waits in its self-test."""

    def run(script: Path, prefix: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [tools / "sh", script, "--prefix", prefix],
            env={"PATH": str(tools), "FAKE_WAIT": str(tmp_path / "go")},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        until((tmp_path / "go.reached").exists)
        return process

    return run


@pytest.mark.parametrize("upgrade", [False, True], ids=["new", "upgrade"])
@pytest.mark.parametrize("to_group", [False, True], ids=["process", "terminal"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_is_undone(
    first: Built,
    second: Built,
    install: Install,
    start: Callable[..., subprocess.Popen[str]],
    prefix: Path,
    number: signal.Signals,
    to_group: bool,
    upgrade: bool,
) -> None:
    if upgrade:
        assert install(first.run, "--prefix", prefix).returncode == 0
    before = listing(prefix, without=VARYING) if upgrade else None
    process = start(second.run, prefix)
    if to_group:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Interrupted" in said
    if upgrade:
        assert listing(prefix, without=VARYING) == before
    else:
        assert not prefix.exists()


def test_the_second_of_two_installations_is_told_to_wait(
    first: Built,
    second: Built,
    install: Install,
    start: Callable[..., subprocess.Popen[str]],
    prefix: Path,
    tmp_path: Path,
) -> None:
    process = start(first.run, prefix)
    for script in second.scripts:
        result = install(script, "--prefix", prefix)
        assert result.returncode == 17
        assert f"process {process.pid}" in result.stderr
    (tmp_path / "go").touch()
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert is_whole(prefix, first)
    assert says(prefix) == "assistant 1.0"


def test_after_kill_9_the_next_run_cleans_up(
    first: Built,
    install: Install,
    start: Callable[..., subprocess.Popen[str]],
    prefix: Path,
    tmp_path: Path,
) -> None:
    process = start(first.run, prefix)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    (tmp_path / "go").touch()  # ends the self-test, which is in a process group of its own
    assert process.returncode == -signal.SIGKILL
    assert any(Layout(prefix).versions.iterdir())
    assert install(first.run, "--prefix", prefix).returncode == 0
    killed = listing(prefix, without=VARYING)
    other = tmp_path / "other" / "local"
    assert install(first.run, "--prefix", other).returncode == 0
    assert _without_prefix(killed) == _without_prefix(listing(other, without=VARYING))


def _without_prefix(tree: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    """The tree less the files that name the prefix or depend on which folders were there."""
    own = {"lib/fieldkit/state.json", "share/applications/fieldkit.desktop"}
    return {name: facts for name, facts in tree.items() if name not in own}


@pytest.fixture
def killer(tools: Path, tmp_path: Path) -> Callable[..., tuple[int, int]]:
    """Run an installer that is killed at the Nth command that changes the disk."""
    shims, state = tmp_path / "shims", tmp_path / "state"
    shims.mkdir()
    state.mkdir()
    for name in CHANGING:
        shim = shims / name
        shim.write_text(SHIM.format(state=state, real=(tools / name).resolve()))
        shim.chmod(0o755)

    def run(script: Path, prefix: Path, **when: str) -> tuple[int, int]:
        (state / "count").write_text("0\n")
        result = subprocess.run(
            [tools / "sh", script, "--quiet", "--prefix", prefix],
            env={"PATH": f"{shims}:{tools}", **when},
            capture_output=True,
            check=False,
            start_new_session=True,
            timeout=120,
        )
        return result.returncode, int((state / "count").read_text() or 0)

    return run


@pytest.mark.parametrize(
    "moment", ["KILL_BEFORE", pytest.param("KILL_AFTER", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("upgrade", [False, True], ids=["new", "upgrade"])
def test_killed_at_every_command(
    first: Built,
    second: Built,
    install: Install,
    killer: Callable[..., tuple[int, int]],
    tmp_path: Path,
    upgrade: bool,
    moment: str,
) -> None:
    prefix, before = tmp_path / "local", tmp_path / "before"
    if upgrade:
        install(first.run, "--prefix", prefix)
        shutil.copytree(prefix, before, symlinks=True)
    outcome, commands = killer(second.run, prefix)
    assert outcome == 0
    assert commands > 20
    wanted = listing(prefix, without=VARYING)
    survivors = set()
    for number in range(1, commands + 1):
        shutil.rmtree(prefix)
        if upgrade:
            shutil.copytree(before, prefix, symlinks=True)
        outcome, _ = killer(second.run, prefix, **{moment: str(number)})
        assert outcome == -signal.SIGKILL, f"not killed at {number}"
        name = active(prefix)
        survivors.add(name)
        if name == second.release.directory:
            assert is_whole(prefix, second), f"the new release is broken, killed at {number}"
        elif upgrade:
            assert name == first.release.directory, f"no release is active, killed at {number}"
            assert is_whole(prefix, first), f"the old release is broken, killed at {number}"
            assert says(prefix) == "assistant 1.0"
        again = install(second.run, "--prefix", prefix)
        assert again.returncode == 0, f"stuck after {number}: {again.stderr}"
        found = listing(prefix, without=VARYING)
        if upgrade:
            assert found == wanted, f"after {number}"
        else:  # which folders were there already is recorded, and differs
            assert _without_prefix(found) == _without_prefix(wanted), f"after {number}"
    assert survivors == {first.release.directory if upgrade else "", second.release.directory}


@pytest.mark.parametrize("upgrade", [False, True], ids=["new", "upgrade"])
def test_the_program_killed_at_every_change(
    first: Built, second: Built, tmp_path: Path, upgrade: bool
) -> None:
    folder = tmp_path / "moments"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.installer.kill_everywhere", second.media, folder]
    result = subprocess.run(
        [*command, first.media] if upgrade else command,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    moments = int(result.stdout)
    assert moments > 30
    wanted = _without_prefix(listing(folder / str(moments + 1), without=VARYING))
    survivors = set()
    for number in range(1, moments + 1):
        prefix = folder / str(number)
        name = active(prefix)
        survivors.add(name)
        if name == second.release.directory:
            assert is_whole(prefix, second), f"the new release is broken, killed at {number}"
        elif upgrade:
            assert name == first.release.directory, f"no release is active, killed at {number}"
            assert is_whole(prefix, first), f"the old release is broken, killed at {number}"
        python_install(second.media, Layout(prefix))
        assert _without_prefix(listing(prefix, without=VARYING)) == wanted, f"after {number}"
    assert survivors == {first.release.directory if upgrade else "", second.release.directory}
