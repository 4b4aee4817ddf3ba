"""A fetch that is killed, interrupted or out of room goes on where it was."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldkit.errors import ExitCode
from fieldkit.packager.journal import Partial
from fieldkit.packager.transfer import BLOCK
from tests.faults.test_full_disk import can_mount
from tests.fetching import FILE, MIB, NAME, content, get, sha256, wanted
from tests.hub_faults import hold
from tests.loopback_hub import LoopbackHub

LOG = logging.getLogger(__name__)  # pytest --log-cli-level=INFO shows the bytes
CONNECTIONS = 4
DATA = content(64 * MIB, seed=4)

CHILD = """
import sys
from pathlib import Path
from fieldkit.errors import FieldkitError
from fieldkit.packager.fetch import Wanted, fetch
from fieldkit.packager.http import Opener
url, target, size, sha256 = sys.argv[1:]
try:
    fetch(Wanted(url, Path(target), int(size), sha256), opener=Opener())
except FieldkitError as error:
    sys.exit(f"{error.exit_code:d} {error.message}")
"""


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        hub.add_repository(NAME, {FILE: DATA})
        yield hub


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "there" / FILE


def command(hub: LoopbackHub, target: Path) -> list[str]:
    one = wanted(hub, target, DATA)
    return [sys.executable, "-c", CHILD, one.url, str(target), str(one.size), str(one.sha256)]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def noted(target: Path) -> int:
    """How many bytes the journal has, without touching it."""
    journal = Partial(target).journal
    lines = journal.read_text().split("\n")[1:-1] if journal.exists() else []
    spans = [line.split() for line in lines if not line.startswith("synced")]
    return sum(int(end) - int(start) for start, end in spans)


@pytest.mark.parametrize("percent", [10, 50, 90])
def test_killed_at(percent: int, hub: LoopbackHub, target: Path) -> None:
    holding = hold(FILE, after=len(DATA) * percent // 100)
    hub.faults.append(holding)
    process = subprocess.Popen(command(hub, target))
    try:
        assert holding.held.wait(60)
        # All that was sent has come, but for the block each connection is filling.
        until(lambda: noted(target) > holding.after - CONNECTIONS * BLOCK)
        assert not target.exists()
    finally:
        process.kill()
        process.wait()
    kept = noted(target)
    holding.release.set()
    hub.faults.clear()
    until(lambda: all(request.done for request in hub.requests))
    before = len(hub.requests)

    assert get(wanted(hub, target, DATA)) == sha256(DATA)

    again = sum(request.sent for request in hub.requests[before:])
    fetched_twice = again - (len(DATA) - holding.after)
    LOG.info(
        "killed at %d %% (%d bytes sent): %d kept, %d fetched again, %d of them twice",
        percent, holding.after, kept, again, fetched_twice,
    )  # fmt: skip
    assert again == len(DATA) - kept
    assert 0 <= fetched_twice < CONNECTIONS * BLOCK
    assert target.read_bytes() == DATA
    assert [path.name for path in target.parent.iterdir()] == [FILE]


def kill_while_it_runs(hub: LoopbackHub, target: Path) -> int:
    """Kill a fetch some bytes after it began; how many are noted now."""
    before = hub.sent(FILE)
    process = subprocess.Popen(command(hub, target))
    try:
        until(lambda: process.poll() is not None or hub.sent(FILE) > before + 8 * MIB)
    finally:
        process.kill()
        process.wait()
    return noted(target) if not target.exists() else len(DATA)


def test_killed_again_and_again_it_comes_to_its_end(hub: LoopbackHub, target: Path) -> None:
    kept = [0]
    while not target.exists():
        kept.append(kill_while_it_runs(hub, target))
        assert kept[-1] >= kept[-2], "what was noted is never lost"
    assert target.read_bytes() == DATA


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_interrupted_it_writes_what_it_holds(hub: LoopbackHub, target: Path) -> None:
    holding = hold(FILE, after=len(DATA) // 3)
    hub.faults.append(holding)
    process = subprocess.Popen(command(hub, target), stderr=subprocess.PIPE, text=True)
    assert holding.held.wait(60)
    until(lambda: noted(target) > holding.after - CONNECTIONS * BLOCK)
    before_it = noted(target)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in said
    kept = noted(target)
    assert kept > before_it, "blocks that were being filled are written"
    holding.release.set()
    hub.faults.clear()
    before = len(hub.requests)
    assert get(wanted(hub, target, DATA)) == sha256(DATA)
    again = sum(request.sent for request in hub.requests[before:])
    assert again == len(DATA) - kept


# The small disk lives in a namespace of its own; it grows between the two runs of the command.
TWICE = """
mount -t tmpfs -o size=24m small "$1" || exit 99
disk=$1
shift
"$@"
echo "first $?"
ls -A "$disk"
mount -o remount,size=80m "$disk"
"$@"
echo "second $?"
cd "$disk" && sha256sum *
"""

# As if something else filled the disk after it was looked at.
BLIND = "import shutil; shutil.disk_usage = lambda _: type('Usage', (), {'free': 1 << 40})\n"


@pytest.mark.skipif(not can_mount(), reason="cannot mount a small file system here")
@pytest.mark.parametrize("looks", [True, False])
def test_a_real_full_disk(looks: bool, hub: LoopbackHub, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    words = command(hub, disk / FILE)
    words[2] = words[2] if looks else BLIND + words[2]
    result = subprocess.run(
        ["unshare", "-rm", "sh", "-c", TWICE, "sh", str(disk), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    first, rest = result.stdout.split("first 1\n")
    between, after = rest.split("second 0\n")
    assert first == ""
    assert f"{ExitCode.DISK_FULL:d} " in result.stderr
    assert after.split() == [sha256(DATA), FILE]
    if looks:
        assert "67.1 MB needed, 25.2 MB free" in result.stderr
        assert hub.sent(FILE) == len(DATA)
    else:
        assert "No space left" in result.stderr
        assert between.split() == [f".{FILE}.journal", f".{FILE}.part"]
