"""The protocol between client and worker, and how the client takes a worker that misbehaves."""

from __future__ import annotations

import random
import string
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import errors
from fieldkit.core.choosing import grammar
from fieldkit.core.generation import Done, Event, Loading, Prefill, Request, Stats, Token
from fieldkit.core.prompt import Message
from fieldkit.engine import process
from fieldkit.engine.client import EngineClient
from fieldkit.engine.protocol import (
    decode,
    encode,
    error_from_wire,
    error_to_wire,
    event_from_wire,
    event_to_wire,
    messages_from_wire,
    messages_to_wire,
    request_to_wire,
    token_encoder,
)
from fieldkit.errors import EngineFailure, FieldkitError, InvalidInput, Unfit

STATS = Stats(
    ttft_s=0.25,
    prefill_tokens=300,
    reused_tokens=12,
    prefill_tps=1200.5,
    decode_tps=80.25,
    completion_tokens=17,
    context_used=329,
)
TEXTS = ["", "a", "é ß 漢 🛢", "line\nbreak\r\n", '"}{\\', "\x00\x1b[31m\u2028\u2029\x85", "\ud800"]


@pytest.mark.parametrize(
    "event",
    [Prefill(0, 0), Prefill(128, 4096), Done(finish="aborted", stats=STATS)]
    + [Token(text) for text in TEXTS],
    ids=repr,
)
def test_an_event_arrives_as_it_was_sent_on_one_line(event: Event) -> None:
    line = encode(event_to_wire(event))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert event_from_wire(decode(line)) == event


@pytest.mark.parametrize("text", TEXTS)
def test_a_token_is_encoded_like_any_other_event(text: str) -> None:
    assert token_encoder(12)(text) == encode({"id": 12, **event_to_wire(Token(text))})


def test_messages_arrive_as_they_were_sent() -> None:
    messages = [Message(role="user", content=text) for text in TEXTS]
    line = encode({"messages": messages_to_wire(messages)})
    assert messages_from_wire(decode(line)["messages"]) == messages


def test_a_request_carries_all_that_is_asked() -> None:
    request = replace(
        ASK,
        temperature=0.5,
        top_p=0.9,
        top_k=20,
        min_p=0.05,
        repeat_penalty=1.1,
        seed=3,
        stop=("\n\n", "Q:"),
        choices=("One.", "Two."),
    )
    assert decode(encode(request_to_wire(request))) == {
        "op": "generate",
        "messages": [{"role": "user", "content": "Why?"}],
        "max_tokens": 8,
        "stop": ["\n\n", "Q:"],
        "sampling": {
            "temperature": 0.5,
            "top_p": 0.9,
            "top_k": 20,
            "min_p": 0.05,
            "repeat_penalty": 1.1,
            "seed": 3,
        },
        "grammar": grammar(2),
    }


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values()
     if isinstance(kind, type) and issubclass(kind, FieldkitError)],
    ids=lambda kind: kind.__name__,
)  # fmt: skip
def test_an_error_arrives_as_what_it_was(kind: type[FieldkitError]) -> None:
    error = error_from_wire(decode(encode(error_to_wire(kind("it broke", hint="mend it")))))
    assert type(error) is kind
    assert (error.message, error.hint) == ("it broke", "mend it")


def test_what_is_not_ours_arrives_as_an_engine_failure() -> None:
    error = error_from_wire(error_to_wire(ZeroDivisionError("by zero")))
    assert type(error) is EngineFailure
    assert error.message == "ZeroDivisionError: by zero"


@pytest.mark.parametrize("kind", ["ExitCode", "Sequence", "annotations", "nonsense", None, 3])
def test_an_error_can_only_become_one_of_ours(kind: object) -> None:
    error = error_from_wire({"event": "error", "kind": kind, "message": "m"})
    assert type(error) is EngineFailure


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"null", b"\xff\n", b"llama.cpp: hello\n"])
def test_what_is_no_object_is_an_engine_failure(line: bytes) -> None:
    with pytest.raises(EngineFailure, match="unreadable"):
        decode(line)


def test_an_event_that_is_none_is_an_engine_failure() -> None:
    with pytest.raises(EngineFailure, match="loaded"):
        event_from_wire({"event": "loaded"})


def test_random_bytes_never_raise_anything_else() -> None:
    dice = random.Random(7)
    for _ in range(2000):
        line = dice.choice([dice.randbytes(dice.randrange(40)), _jumble(dice).encode()])
        try:
            data = decode(line)
        except EngineFailure:
            continue
        assert isinstance(data, dict)


def _jumble(dice: random.Random) -> str:
    return "".join(dice.choice('{}[]":,' + string.digits) for _ in range(dice.randrange(12)))


# A worker that follows a script: what it answers to each operation.
WORKER = """
import json, os, sys, time
info = dict(architecture="phi3", context=64, parameters=1, model_bytes=1, variant="x64",
            settings=dict(decode_threads=1, prefill_threads=1), load_s=0.1)
stats = dict(ttft_s=0, prefill_tokens=1, reused_tokens=0, prefill_tps=1, decode_tps=1,
             completion_tokens=1, context_used=1)
def say(request, **data):
    sys.stdout.write(json.dumps({"id": request["id"], **data}) + "\\n")
    sys.stdout.flush()
for line in sys.stdin:
    request = json.loads(line)
    op = request["op"]
    if op == "load":
        LOAD
        say(request, event="loading", fraction=0.5)
        say(request, event="loaded", info=info)
    if op == "generate":
        say(request, event="prefill", done=1, total=1)
        GENERATE
        say(request, event="done", finish="stop", stats=stats)
    if op == "count":
        say(request, event="counted", tokens=5)
    if op == "prepare":
        PREPARE
"""
ASK = Request(messages=(Message(role="user", content="Why?"),), max_tokens=8)


@pytest.fixture
def clients() -> Iterator[list[EngineClient]]:
    made: list[EngineClient] = []
    yield made
    for client in made:
        client.close()


def client(
    clients: list[EngineClient],
    *,
    load: str = "pass",
    generate: str = "pass",
    prepare: str = "pass",
) -> EngineClient:
    program = WORKER.replace("LOAD", load).replace("GENERATE", generate)
    program = program.replace("PREPARE", prepare)
    clients.append(
        EngineClient(Path("model.gguf"), template="phi3", command=[sys.executable, "-c", program])
    )
    return clients[-1]


def test_a_worker_is_started_asked_and_ended(clients: list[EngineClient]) -> None:
    engine = client(clients, generate="say(request, event='token', text='Because.')")
    with pytest.raises(EngineFailure, match="not loaded"):
        _ = engine.info
    assert engine.pid == 0
    assert list(engine.start()) == [Loading(0.5)]
    assert engine.info.context == 64
    assert engine.count(ASK.messages) == 5
    prefill, token, done = engine.generate(ASK)
    assert (prefill, token) == (Prefill(1, 1), Token("Because."))
    assert isinstance(done, Done)
    worker = engine._worker
    assert worker is not None
    engine.close()
    engine.close()
    assert worker._process.returncode == 0
    assert engine.pid == 0


@pytest.mark.parametrize(
    ("load", "kind", "message"),
    [
        ("sys.exit('no such library')", EngineFailure, r"status 1\): no such library"),
        ("os.kill(os.getpid(), 9)", EngineFailure, "killed by the system"),
        ("os.kill(os.getpid(), 4)", EngineFailure, r"status -4\)"),
        ("print('hello', flush=True); time.sleep(600)", EngineFailure, "unreadable: b.hello"),
        ("say(request, event='error', kind='Unfit', message='too big')", Unfit, "too big"),
        ("say(request, event='error', kind='InvalidInput', message='odd')", InvalidInput, "odd"),
    ],
)
def test_a_worker_that_cannot_load_is_told_as_what_it_is(
    load: str, kind: type[Exception], message: str, clients: list[EngineClient]
) -> None:
    engine = client(clients, load=load)
    with pytest.raises(kind, match=message):
        list(engine.start())
    with pytest.raises(EngineFailure):
        _ = engine.info


def test_a_program_that_is_not_there_is_an_engine_failure(tmp_path: Path) -> None:
    engine = EngineClient(
        Path("model.gguf"), template="phi3", command=[str(tmp_path / "no-such-program")]
    )
    with pytest.raises(EngineFailure, match="no-such-program"):
        list(engine.start())


def test_a_worker_that_dies_in_an_answer_can_be_started_again(clients: list[EngineClient]) -> None:
    engine = client(clients, generate="sys.stderr.write('\\x1b[31mGGML_ASSERT\\n'); os._exit(3)")
    list(engine.start())
    with pytest.raises(EngineFailure, match=r"status 3\): \[31mGGML_ASSERT"):
        list(engine.generate(ASK))
    with pytest.raises(EngineFailure, match="not running"):
        list(engine.generate(ASK))
    assert list(engine.start()) == [Loading(0.5)]
    assert engine.count(ASK.messages) == 5


def test_events_of_another_request_are_left_out(clients: list[EngineClient]) -> None:
    stale = "say({'id': 99}, event='token', text='old')"
    engine = client(clients, generate=stale)
    list(engine.start())
    assert [event for event in engine.generate(ASK) if isinstance(event, Token)] == []


def test_a_second_request_waits_for_the_first(clients: list[EngineClient]) -> None:
    engine = client(clients, generate="sys.stdin.readline()")
    list(engine.start())
    first = engine.generate(ASK)
    assert next(first) == Prefill(1, 1)
    counted: list[int] = []
    second = threading.Thread(target=lambda: counted.append(engine.count(ASK.messages)))
    second.start()
    engine.abort()
    assert isinstance(list(first)[-1], Done)
    second.join()
    assert counted == [5]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def test_what_is_read_ahead_answers_no_request(clients: list[EngineClient]) -> None:
    engine = client(clients, prepare="say({'id': 0}, event='prepared', of=request['id'])")
    engine.prepare(ASK.messages)
    assert not engine.prepared
    list(engine.start())
    for _ in range(3):
        engine.prepare(ASK.messages)
        until(lambda: engine.prepared)
    assert engine.count(ASK.messages) == 5
    engine.close()
    engine.prepare(ASK.messages)


def test_nothing_is_read_ahead_during_an_answer(clients: list[EngineClient]) -> None:
    engine = client(clients, generate="assert 'abort' in sys.stdin.readline()")
    list(engine.start())
    answer = engine.generate(ASK)
    assert next(answer) == Prefill(1, 1)
    engine.prepare(ASK.messages)
    waiting = engine._ahead
    assert waiting is not None
    until(lambda: waiting._item is None)
    engine.abort()
    assert isinstance(list(answer)[-1], Done)
    assert engine.count(ASK.messages) == 5


def test_nobody_waits_for_a_worker_that_does_not_read(
    clients: list[EngineClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    engine = client(clients, prepare="time.sleep(600)")
    list(engine.start())
    worker, waiting = engine._worker, engine._ahead
    assert worker is not None
    assert waiting is not None
    for _ in range(2):  # the first is read, the second fills the pipe
        engine.prepare([Message(role="user", content="oil " * 100_000)])
        until(lambda: waiting._item is None)
    engine.prepare(ASK.messages)
    engine.close()
    assert worker._process.returncode == -9


def test_a_worker_that_died_between_two_questions_is_told_at_the_second(
    clients: list[EngineClient],
) -> None:
    engine = client(clients, prepare="os.kill(os.getpid(), 9)")
    list(engine.start())
    worker = engine._worker
    assert worker is not None
    engine.prepare(ASK.messages)
    until(lambda: worker._process.poll() is not None)
    engine.prepare(ASK.messages)
    engine.abort()
    with pytest.raises(EngineFailure, match="killed by the system") as caught:
        list(engine.generate(ASK))
    assert "start the engine again" in caught.value.hint
    list(engine.start())
    assert engine.count(ASK.messages) == 5
