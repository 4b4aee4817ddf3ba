"""No space left, on a small file system of the test's own."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

import pytest

from fieldkit.errors import ExitCode
from tests.deployment import COMMAND, REAL_CACHE, Deployment, copy_demo

# The mount lives in a namespace of its own and goes with the process, however it ends. What the
# command left on the small disk is listed after the line of dashes.
RUN = """
mount -t tmpfs -o size="$1" small "$2" || exit 99
[ -z "$3" ] || { ln -s "$3" "$2/engine"; }
disk=$2
shift 3
"$@"
status=$?
echo ----
find "$disk" -type f
exit $status
"""


@functools.cache
def can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "small", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not can_mount(), reason="cannot mount a small file system here")


def on_small_disk(
    size: str, disk: Path, *command: str, engine: bool = False
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run a command with a tmpfs of ``size`` at ``disk``; what it said and the files it left."""
    result = subprocess.run(
        ["unshare", "-rm", "sh", "-c", RUN, "sh", size, str(disk),
         str(REAL_CACHE / "engine") if engine else "", *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode != 99, result.stderr
    left = result.stdout.split("----\n")[1].splitlines()
    return result, [path.removeprefix(f"{disk}/") for path in left]


@pytest.fixture
def rig(tmp_path: Path) -> Deployment:
    return copy_demo(tmp_path / "rig-7")


def build(rig: Deployment, *words: str) -> list[str]:
    output = rig.folder.parent / "dist"
    return [*COMMAND, "build", str(rig.folder), "--output", str(output), *words]


@pytest.mark.engine
def test_too_little_space_for_the_model_is_told_with_figures(
    rig: Deployment, cache: Path, engine: Path
) -> None:
    result, left = on_small_disk("20m", cache, *build(rig), engine=True)
    assert result.returncode == ExitCode.DISK_FULL
    assert "for the Q4_K_M model: 0.1 GB needed, 0.0 GB free" in result.stderr
    assert "FIELDKIT_CACHE_DIR" in result.stderr
    assert left == ["hashes.json"]


def test_a_disk_without_a_single_block_is_told_as_full(rig: Deployment, cache: Path) -> None:
    result, left = on_small_disk("4k", cache, *build(rig, "--until", "licence"))
    assert result.returncode == ExitCode.DISK_FULL
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr
    assert [path for path in left if path == "hashes.json"] == []


@pytest.mark.parametrize("size", ["8k", "32k", "48k"])
def test_a_library_that_does_not_fit_leaves_no_half_of_it(
    size: str, rig: Deployment, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    result, left = on_small_disk(
        size, disk, *COMMAND, "index", str(rig.manuals), "--output", str(disk / "library.sqlite")
    )
    assert result.returncode == ExitCode.DISK_FULL, result.stderr
    assert left == []


def test_a_model_that_does_not_fit_leaves_no_half_of_it(demo_model: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    result, left = on_small_disk(
        "2m", disk, *COMMAND, "quantize", str(demo_model), str(disk / "model.gguf")
    )
    assert result.returncode == ExitCode.DISK_FULL
    assert left == []
