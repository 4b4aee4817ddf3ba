"""What client and worker say to each other: one JSON object a line, in both directions.

To the worker: ``{"op": NAME, "id": N, ...}``. From it: ``{"event": NAME, "id": N, ...}``. Each of
these operations ends with exactly one event, its own or ``error``, which carries the name of a
class of ``fieldkit.errors``:

- ``load`` -> ``loading``..., ``loaded``
- ``generate`` -> the events of ``fieldkit.core.generation``, ``done`` last
- ``count`` -> ``counted``
- ``bench`` -> ``progress``..., ``measured``; ``trial`` -> ``measured``
- ``apply`` -> ``applied`` with the settings that hold now
- ``load_embedder`` -> ``loaded`` with its dimensions, after a trial with ``repack``
- ``embed`` -> ``embedded`` with a vector for each text. A worker has a model or an embedder,
  never both.

``abort`` stops the operation of its id, and reading ahead. ``prepare`` reads ahead and is answered
only when it is finished: ``{"event": "prepared", "id": 0, "of": N}``. ``quit`` ends the worker.
"""

from __future__ import annotations

import array
import base64
import binascii
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from json.encoder import encode_basestring_ascii
from typing import Any

from fieldkit import errors
from fieldkit.core import choosing
from fieldkit.core.generation import (
    Done,
    EngineInfo,
    Event,
    Prefill,
    Request,
    Stats,
    Token,
)
from fieldkit.core.message import Message
from fieldkit.core.settings import Settings

Wire = dict[str, Any]

# json.dumps would make an encoder a call, with these options.
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def encode(data: Mapping[str, Any]) -> bytes:
    """One line of the protocol."""
    return _encode(data).encode() + b"\n"


def token_encoder(number: int) -> Callable[[str], bytes]:
    """What encodes the ``token`` events of request ``number``, as ``encode`` would.

    Between two tokens the weights have pushed everything else out of the processor's caches, and
    code runs at a tenth of its usual speed; so this is little of it (15 us where ``encode`` takes
    65).
    """
    start = f'{{"id":{number},"event":"token","text":'

    def encoded(text: str) -> bytes:
        return f"{start}{encode_basestring_ascii(text)}}}\n".encode()

    return encoded


def decode(line: bytes) -> Wire:
    """The object in one line; raises EngineFailure when it is none."""
    try:
        data = json.loads(line)
    except ValueError as error:
        raise _unreadable(line) from error
    if not isinstance(data, dict):
        raise _unreadable(line)
    return data


def _unreadable(line: bytes) -> errors.EngineFailure:
    return errors.EngineFailure(
        f"the engine said something unreadable: {line[:80]!r}",
        hint="Start it again; if it happens again, send this message.",
    )


def messages_to_wire(messages: Sequence[Message]) -> list[Wire]:
    """Messages as JSON objects."""
    return [{"role": message.role, "content": message.content} for message in messages]


def messages_from_wire(data: Sequence[Mapping[str, str]]) -> list[Message]:
    """The inverse of ``messages_to_wire``."""
    return [Message(role=entry["role"], content=entry["content"]) for entry in data]


def request_to_wire(request: Request) -> Wire:
    """The operation that runs ``request``."""
    return {
        "op": "generate",
        "messages": messages_to_wire(request.messages),
        "max_tokens": request.max_tokens,
        "stop": list(request.stop),
        "sampling": {
            "temperature": request.temperature,
            "top_p": request.top_p,
            "top_k": request.top_k,
            "min_p": request.min_p,
            "repeat_penalty": request.repeat_penalty,
            "seed": request.seed,
        },
        "grammar": choosing.grammar(len(request.choices)) if request.choices else "",
    }


def info_to_wire(info: EngineInfo) -> Wire:
    """What was loaded as a JSON object."""
    return asdict(info)


def info_from_wire(data: Mapping[str, Any]) -> EngineInfo:
    """The inverse of ``info_to_wire``."""
    return EngineInfo(**{**data, "settings": Settings.from_dict(data["settings"])})


def vector_to_wire(vector: array.array[float]) -> str:
    """A vector of C floats as text: base64 of its bytes, little-endian."""
    return base64.b64encode(_little_endian(vector).tobytes()).decode("ascii")


def vector_from_wire(text: str) -> array.array[float]:
    """The inverse of ``vector_to_wire``; raises EngineFailure when it is none."""
    vector = array.array("f")
    try:
        vector.frombytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise _unreadable(str(text).encode()) from error
    return _little_endian(vector)


def _little_endian(vector: array.array[float]) -> array.array[float]:
    if sys.byteorder == "big":
        vector = array.array("f", vector)
        vector.byteswap()
    return vector


def event_to_wire(event: Event) -> Wire:
    """A generation event as a JSON object."""
    match event:
        case Prefill(done=done, total=total):
            return {"event": "prefill", "done": done, "total": total}
        case Token(text=text):
            return {"event": "token", "text": text}
        case Done(finish=finish, stats=stats):
            return {"event": "done", "finish": finish, "stats": asdict(stats)}


def event_from_wire(data: Mapping[str, Any]) -> Event:
    """The inverse of ``event_to_wire``; raises EngineFailure for any other event."""
    match data["event"]:
        case "prefill":
            return Prefill(data["done"], data["total"])
        case "token":
            return Token(data["text"])
        case "done":
            return Done(finish=data["finish"], stats=Stats(**data["stats"]))
        case other:
            raise errors.EngineFailure(f"the engine sent an unexpected event: {other}")


def error_to_wire(error: BaseException) -> Wire:
    """An exception of the worker as a JSON object; what is not ours becomes an EngineFailure."""
    if isinstance(error, errors.FieldkitError):
        kind, message, hint = type(error).__name__, error.message, error.hint
    else:
        kind, message, hint = "EngineFailure", f"{type(error).__name__}: {error}", ""
    return {"event": "error", "kind": kind, "message": message, "hint": hint}


def error_from_wire(data: Mapping[str, Any]) -> errors.FieldkitError:
    """The exception that ``error_to_wire`` was given."""
    kind = getattr(errors, str(data.get("kind")), errors.EngineFailure)
    if not (isinstance(kind, type) and issubclass(kind, errors.FieldkitError)):
        kind = errors.EngineFailure
    return kind(str(data.get("message", "unknown error")), hint=str(data.get("hint", "")))
