"""A pull that is killed goes on with the commit it began with, and fetches the rest."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldkit.packager.transfer import BLOCK
from tests.deployment import COMMAND
from tests.gguf_files import F16, TensorSpec, small_phi3
from tests.hub_faults import hold
from tests.loopback_hub import LoopbackHub
from tests.pulling import GGUF, LICENCE, REPOSITORY, Rig, make_rig, shape_of_file

MIB = 1 << 20
CONNECTIONS = 4


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with LoopbackHub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running


@pytest.fixture
def model(tmp_path: Path) -> Path:
    spec = small_phi3()
    spec.tensors = [*spec.tensors, TensorSpec("blk.0.more.weight", (256, 96 * 1024), F16)]
    path = tmp_path / GGUF
    path.write_bytes(spec.build())
    assert path.stat().st_size > 48 * MIB
    return path


@pytest.fixture
def rig(cache: Path, tmp_path: Path, model: Path) -> Rig:
    return make_rig(tmp_path / "rig-7", shape_of_file(model))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_goes_on_though_main_moved(hub: LoopbackHub, rig: Rig, model: Path, cache: Path) -> None:
    size = model.stat().st_size
    commit = hub.add_repository(REPOSITORY, {GGUF: model, "LICENSE": LICENCE})
    holding = hold(GGUF, after=size // 2)
    hub.faults.append(holding)
    process = subprocess.Popen(
        [*COMMAND, "pull", str(rig.folder)], stderr=subprocess.DEVNULL, env=os.environ.copy()
    )
    part = cache / "models" / "blobs"
    try:
        assert holding.held.wait(60)
        until(lambda: _kept(part) > size // 2 - 2 * MIB - CONNECTIONS * BLOCK)
    finally:
        process.kill()
        process.wait()
    holding.release.set()
    hub.faults.clear()
    assert rig.lock.model.commit == commit
    hub.add_repository(REPOSITORY, {GGUF: b"GGUF other", "LICENSE": b"Other terms.\n"})
    until(lambda: all(request.done for request in hub.requests))
    hub.requests.clear()

    pulled = rig.pull()

    assert pulled.lock.model.commit == commit
    assert (pulled.model / GGUF).read_bytes() == model.read_bytes()
    assert all(commit in request.path for request in hub.requests)
    header = 2 * MIB  # read again, to be checked before the rest comes
    assert hub.sent(GGUF) <= size - size // 2 + header + 2 * MIB + CONNECTIONS * BLOCK
    assert not list(part.glob(".*.part"))


def _kept(folder: Path) -> int:
    """Bytes on the disk of files that are not whole yet."""
    return sum(path.stat().st_blocks * 512 for path in folder.glob(".*.part"))
