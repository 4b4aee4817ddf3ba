"""``fieldkit serve`` and clients that are slow, rude, gone or somebody else."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fieldkit.serve.limits import Limits
from tests.fakes import ANSWER, Script, ScriptedEngine, script
from tests.serving import TOKEN, Running, read_reply, serving, until

# More than the system keeps for a client that does not read; nothing in it repeats itself.
_LETTERS = random.Random(1)
LONG = tuple(
    "".join("".join(_LETTERS.choices("abcdefghij", k=6)) + " " for _ in range(200))
    for _ in range(300)
)
QUICK = Limits(request_s=0.2, write_s=0.2, idle_s=0.2, waiting=2, connections=8)

Start = Callable[..., tuple[Running, ScriptedEngine]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def run(*scripts: Script, **options: Any) -> tuple[Running, ScriptedEngine]:
            engine = ScriptedEngine(*scripts)
            return stack.enter_context(serving(tmp_path, engine, **options)), engine

        yield run


def hung_up(channel: socket.socket) -> bool:
    """Read to the end."""
    try:
        while channel.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("attacker.example:{port}", 403),
        ("127.0.0.1.attacker.example", 403),
        ("127.0.0.1", 403),
        ("localhost:1", 403),
    ],
)
def test_only_its_own_name_leads_to_it(start: Start, host: str, status: int) -> None:
    running, _ = start()
    request = running.request("GET", "/v1/models", host=host.format(port=running.port))
    assert running.exchange(request)[0] == status


@pytest.mark.parametrize("authorization", ["", "Bearer", f"Basic {TOKEN}", "Bearer \xe9", TOKEN])
def test_nobody_is_let_in_without_the_token(start: Start, authorization: str) -> None:
    running, _ = start()
    request = running.request("GET", "/v1/models", authorization=authorization)
    status, headers, data = running.exchange(request)
    assert status == 401
    assert headers["www-authenticate"] == "Bearer"
    assert data["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("OPTIONS", "/v1/chat/completions", 405),
        ("HEAD", "/v1/models", 405),
        ("GET", "/v1/search", 405),
        ("POST", "/v1/models", 405),
        ("GET", "/", 404),
        ("GET", "/v1/models/..%2f..%2fetc", 404),
        ("GET", "http://127.0.0.1/v1/models", 400),
    ],
)
def test_what_there_is_not(start: Start, method: str, path: str, status: int) -> None:
    running, _ = start()
    request = running.request(method, path, origin="http://attacker.example")
    with running.connect() as channel:
        channel.sendall(request)
        head = channel.recv(65536).decode()
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "access-control" not in head.lower()


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"messages": NaN}',
        b"\xff\xfe",
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
        b'{"messages": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_plain_json_is_refused(start: Start, content: bytes) -> None:
    running, _ = start()
    status, _, data = running.exchange(running.request("POST", "/v1/chat/completions", content))
    assert status == 400
    assert data["error"]["type"] == "invalid_request_error"


def test_brackets_in_a_text_are_not_depth(start: Start) -> None:
    running, engine = start()
    question = {"role": "user", "content": 'What torque do the studs need? \\" [[[[' + "{" * 99}
    assert running.exchange(running.ask(messages=[question]))[0] == 200
    assert "{{{{" in engine.requests[0].messages[-1].content


def test_a_body_without_end_is_refused_before_it_is_kept(start: Start) -> None:
    running, _ = start(limits=Limits(body_bytes=1000))
    head = running.request(
        "POST", "/v1/chat/completions", content_length="", transfer_encoding="chunked"
    )
    with running.connect() as channel:
        channel.sendall(head + b"400\r\n" + b" " * 1024 + b"\r\n")
        status, headers, _ = read_reply(channel)
        assert status == 413
        assert headers["connection"] == "close"
        assert hung_up(channel)


def test_a_body_that_is_announced_too_large_is_never_asked_for(start: Start) -> None:
    running, _ = start()
    head = running.request(
        "POST", "/v1/chat/completions", content_length="99999999", expect="100-continue"
    )
    assert running.exchange(head)[0] == 413


def test_a_client_may_wait_to_be_told_to_go_on(start: Start) -> None:
    running, _ = start()
    body = json.dumps({"query": "torque"}).encode()
    whole = running.request("POST", "/v1/search", body, expect="100-continue")
    with running.connect() as channel:
        channel.sendall(whole[: -len(body)])
        assert channel.recv(100).startswith(b"HTTP/1.1 100 ")
        channel.sendall(body)
        assert read_reply(channel)[0] == 200


def test_a_header_without_end_is_refused(start: Start) -> None:
    running, _ = start()
    assert running.exchange(running.request("GET", "/v1/models", x="y" * 40_000))[0] == 431


def test_what_is_not_http_is_refused(start: Start) -> None:
    running, _ = start()
    assert running.exchange(b"\x16\x03\x01\x02\x00 hello\r\n\r\n")[0] == 400
    assert running.exchange(running.request("GET", "/v1/models"))[0] == 200


def test_a_request_that_trickles_in_is_not_waited_for(start: Start) -> None:
    running, _ = start(limits=QUICK)
    with running.connect() as silent, running.connect() as slow:
        slow.sendall(running.ask()[:-5])
        assert read_reply(slow)[0] == 408
        assert hung_up(slow)
        assert hung_up(silent)


def test_several_requests_share_a_connection(start: Start) -> None:
    running, _ = start()
    with running.connect() as channel:
        for _ in range(3):
            channel.sendall(running.request("GET", "/v1/models"))
            assert read_reply(channel)[0] == 200
        refused = running.request("GET", "/v1/models", host="attacker.example")
        channel.sendall(refused)
        status, headers, _ = read_reply(channel)
        assert (status, headers["connection"]) == (403, "close")
        assert hung_up(channel)


def test_when_too_many_wait_the_next_is_sent_away(start: Start) -> None:
    running, engine = start(script(ANSWER, hold_after=1), script("Second."), limits=QUICK)
    channels = [running.connect() for _ in range(3)]
    try:
        for channel in channels:
            channel.sendall(running.ask())
        until(lambda: bool(engine.requests) and len(running.desk._line) == 2)
        assert running.exchange(running.ask(stream=True))[0] == 429
        status, headers, data = running.exchange(running.ask())
        assert status == 429
        assert headers["retry-after"]
        assert data["error"]["type"] == "rate_limit_error"
        engine.go.set()
        answers = [read_reply(channel)[2] for channel in channels]
        texts = [answer["choices"][0]["message"]["content"] for answer in answers]
        assert sorted(texts) == sorted([ANSWER, "Second.", "Second."])
    finally:
        for channel in channels:
            channel.close()


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_takes_its_request_along(start: Start, stream: bool) -> None:
    running, engine = start(script(ANSWER, hold_after=2), script("Next."))
    with running.connect() as first, running.connect() as waiting:
        first.sendall(running.ask(stream=stream))
        until(lambda: bool(engine.requests))
        waiting.sendall(running.ask())
        until(lambda: len(running.desk._line) == 1)
        waiting.close()
        until(lambda: not running.desk._line)
    until(lambda: running.desk.idle)
    assert len(engine.requests) == 1
    answer = running.exchange(running.ask())[2]
    assert answer["choices"][0]["message"]["content"] == "Next."
    assert any("client left" in line for line in running.told)


def test_a_reader_that_does_not_read_holds_up_nobody(start: Start) -> None:
    long = Script(pieces=LONG)
    running, engine = start(long, script("Next."))
    with running.connect(buffer=4096) as slow:
        slow.sendall(running.ask(stream=True))
        until(lambda: bool(engine.requests) and running.desk.idle)
        answer = running.exchange(running.ask())[2]
        assert answer["choices"][0]["message"]["content"] == "Next."
        assert engine.aborts == 0
        assert not any("client left" in line for line in running.told)


def test_a_reader_that_does_not_read_is_given_up(start: Start) -> None:
    long = Script(pieces=LONG, hold_after=len(LONG) - 1)
    running, engine = start(long, script("Next."), limits=QUICK)
    with running.connect(buffer=4096) as slow:
        slow.sendall(running.ask(stream=True))
        until(lambda: any("client left" in line for line in running.told))
        assert running.desk.idle
        assert engine.aborts >= 1
        assert running.exchange(running.ask())[0] == 200


def test_one_connection_too_many_is_answered(start: Start) -> None:
    running, engine = start(script(ANSWER, hold_after=1), limits=Limits(connections=2))
    models = running.request("GET", "/v1/models")
    with running.connect() as first, running.connect() as second:
        first.sendall(running.ask())
        second.sendall(running.ask())
        until(lambda: bool(engine.requests) and len(running.desk._line) == 1)
        status, headers, data = running.exchange(models)
        assert (status, data["error"]["code"]) == (503, "too_many_connections")
        assert headers["retry-after"]
        assert headers["connection"] == "close"
        engine.go.set()
        assert read_reply(first)[0] == 200
        assert read_reply(second)[0] == 200
        until(lambda: running.exchange(models)[0] == 200)


def test_an_idle_connection_gives_way(start: Start) -> None:
    running, _ = start(limits=Limits(connections=2, silent_s=0.0))
    models = running.request("GET", "/v1/models")
    with running.connect() as first, running.connect() as second:
        for channel in (first, second):
            channel.sendall(models)
            assert read_reply(channel)[0] == 200
        assert running.exchange(models)[0] == 200
        assert hung_up(first)
        second.sendall(models)
        assert read_reply(second)[0] == 200


def test_silent_connections_without_a_token_keep_nobody_out(start: Start) -> None:
    running, engine = start(limits=Limits(connections=4, silent_s=0.0))
    with ExitStack() as stack:
        for _ in range(20):
            for _ in range(5):
                stack.enter_context(running.connect())
            trickling = stack.enter_context(running.connect())
            trickling.sendall(b"GET /v1/mod")
            assert running.exchange(running.request("GET", "/v1/models"))[0] == 200
    assert running.exchange(running.ask())[0] == 200
    assert len(engine.requests) == 1


def test_a_stream_that_waits_for_its_first_word_shows_that_it_lives(start: Start) -> None:
    running, engine = start(script(ANSWER, hold_after=0), limits=Limits(keep_alive_s=0.05))
    with running.connect() as channel:
        channel.sendall(running.ask(stream=True))
        received = b""
        while received.count(b": waiting") < 2:
            received += channel.recv(65536)
        assert received.startswith(b"HTTP/1.1 200 ")
        engine.go.set()
        while b"[DONE]" not in received:
            received += channel.recv(65536)
        assert b"320 Nm" in received


@pytest.mark.parametrize(
    "path",
    [
        "/v1//chat/completions",
        "/v1/chat/completions/",
        "/chat/completions",
        "//v1/chat//completions//",
        "/chat/completions?api-version=1",
    ],
)
def test_an_address_may_be_joined_in_many_ways(start: Start, path: str) -> None:
    running, _ = start()
    body = json.dumps({"messages": [{"role": "user", "content": "studs?"}]}).encode("utf-8-sig")
    assert running.exchange(running.request("POST", path, body))[0] == 200
    assert running.exchange(running.request("GET", "/models/fieldkit"))[0] == 200


def test_a_defect_of_ours_is_told_without_what_was_asked(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_words: object) -> object:
        raise LookupError("a secret question")

    monkeypatch.setattr("fieldkit.serve.api.look_up", defect)
    running, _ = start()
    status, _, data = running.exchange(running.request("POST", "/v1/search", b'{"query": "x"}'))
    assert status == 500
    assert data["error"]["type"] == "server_error"
    assert "secret" not in json.dumps(data) + "\n".join(running.told)
    assert any("LookupError" in line for line in running.told)
