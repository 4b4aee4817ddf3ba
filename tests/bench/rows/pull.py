"""Fetching a file of 2 GB from loopback: ours with its hash, against curl and then sha256sum.

The hub is a process of its own and sends by sendfile. Ours also flushes the file to the disk, which
the two programs do not.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldkit.errors import UsageProblem
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.stats import Sample, column, flat

TITLE = "Pull"
RATE, PEAK = "bytes_per_s", "peak_bytes"
_SIZE, _QUICK_SIZE = 2_000_000_000, 200_000_000
_BLOCK = 1 << 20
_SEED = 7

_CHILD = """
import os
import sys
from pathlib import Path
from fieldkit.machine.process import process_memory
from fieldkit.packager.fetch import Wanted, fetch
from fieldkit.packager.http import Opener
url, target, size = sys.argv[1:]
digest = fetch(Wanted(url, Path(target), int(size), None), opener=Opener(proxies={}))
print(digest, process_memory(os.getpid()).high_water or 0)
"""


def run(bench: Bench) -> list[Figure]:
    """A round fetches the file with both, in turn; every time anew, and with the same hash."""
    if shutil.which("curl") is None or shutil.which("sha256sum") is None:
        raise UsageProblem("curl or sha256sum is missing", hint="Install both, or leave out pull.")
    size = _QUICK_SIZE if bench.quick else _SIZE
    with tempfile.TemporaryDirectory(prefix="fieldkit-pull-") as name:
        folder = Path(name)
        (folder / "served").mkdir()
        _make(folder / "served" / "model.bin", size)
        with _hub(folder / "served") as endpoint:
            url = f"{endpoint}/bench/pull/resolve/main/model.bin"
            target = folder / "fetched.bin"
            hashes: set[str] = set()
            rounds = bench.compare(
                {
                    "fieldkit": lambda n: [_ours(url, target, size, hashes) for _ in range(n)],
                    "curl": lambda n: [_theirs(url, target, size, hashes) for _ in range(n)],
                }
            )
    assert len(hashes) == 1, "both sides brought the same bytes"
    peaks = flat(column(rounds["fieldkit"], PEAK))
    return [
        compared(
            f"pull of {size / 1e9:g} GB from loopback, hash included",
            against="curl -o, then sha256sum",
            ours=column(rounds["fieldkit"], RATE),
            peer=column(rounds["curl"], RATE),
            unit="B/s",
            at_least=0.8,
            remark="Ours flushes the file to the disk as well.",
        ),
        Figure(
            name="pull, peak memory",
            against="",
            unit="MB",
            value=max(peaks) / 1e6,
            values=tuple(peak / 1e6 for peak in peaks),
            limit=300.0,
            at_least=False,
            ours=tuple(peak / 1e6 for peak in peaks),
            sample_unit="MB",
        ),
    ]


def _make(path: Path, size: int) -> None:
    source = random.Random(_SEED)
    with path.open("wb") as stream:
        for _ in range(size // _BLOCK):
            stream.write(source.randbytes(_BLOCK))
        stream.write(source.randbytes(size % _BLOCK))


@contextmanager
def _hub(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.loopback_hub", "bench/pull", str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


def _ours(url: str, target: Path, size: int, hashes: set[str]) -> Sample:
    command = [sys.executable, "-c", _CHILD, url, str(target), str(size)]
    began = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    digest, peak = result.stdout.split()
    hashes.add(digest)
    target.unlink()
    return {RATE: size / took, PEAK: float(peak)}


def _theirs(url: str, target: Path, size: int, hashes: set[str]) -> Sample:
    began = time.perf_counter()
    subprocess.run(["curl", "-sf", "--noproxy", "*", "-o", target, url], check=True)
    result = subprocess.run(["sha256sum", target], capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    hashes.add(result.stdout.split()[0])
    target.unlink()
    return {RATE: size / took}
