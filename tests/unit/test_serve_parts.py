"""The parts of ``fieldkit serve`` that need no connection: its token and its line."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.errors import Busy, EngineFailure, UsageProblem
from fieldkit.serve import bearer
from fieldkit.serve.desk import Desk
from fieldkit.serve.problem import ApiProblem
from fieldkit.serve.server import listen
from tests import network
from tests.fakes import ScriptedEngine
from tests.serving import WAIT_S, until

POSIX = pytest.mark.skipif(os.name != "posix", reason="files have no mode there")


def test_the_token_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "serve" / "token"
    token = bearer.load(path)
    assert len(token) >= 43
    assert bearer.load(path) == token
    assert bearer.load(tmp_path / "other") != token
    assert [entry.name for entry in path.parent.iterdir()] == ["token"]


@POSIX
def test_only_its_user_can_read_the_token(tmp_path: Path) -> None:
    path = tmp_path / "serve" / "token"
    bearer.load(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o640)
    with pytest.raises(UsageProblem, match="other users") as caught:
        bearer.load(path)
    assert "chmod 600" in caught.value.hint


@POSIX
def test_what_is_no_plain_file_is_no_token(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("x" * 40)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("link", "pipe"):
        with pytest.raises(UsageProblem):
            bearer.load(tmp_path / name)


@pytest.mark.parametrize("content", ["", "short", "x" * 31, "with a space " * 5, "é" * 40])
def test_what_is_no_token_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(UsageProblem, match="holds no token"):
        bearer.load(path)


def test_several_first_starts_agree_on_one_token(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(bearer.load(tmp_path / "token")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    with network.loopback(), listen(0) as channel:
        with pytest.raises(Busy, match="taken") as caught:
            listen(channel.getsockname()[1])
        assert "--port" in caught.value.hint


def test_a_model_that_does_not_load_ends_the_start() -> None:
    desk = Desk(ScriptedEngine(load_error=EngineFailure("out of memory")), waiting=1)
    with pytest.raises(EngineFailure, match="out of memory"):
        desk.open()
    desk.close()


def test_what_waits_is_told_when_the_service_ends() -> None:
    desk = Desk(ScriptedEngine(), waiting=1)
    desk.open()
    going = threading.Event()

    def work() -> Iterator[object]:
        going.wait(WAIT_S)
        yield "something"

    first = desk.put(work)
    until(lambda: desk._current is first)
    second = desk.put(work)
    with pytest.raises(ApiProblem) as caught:
        desk.put(work)
    assert caught.value.status == 429
    going.set()
    desk.close()
    assert first.ended.is_set()
    last = second.events.get(timeout=WAIT_S)
    while last == "something":
        last = second.events.get(timeout=WAIT_S)
    assert last is None or isinstance(last, ApiProblem)
    with pytest.raises(ApiProblem):
        desk.put(work)
