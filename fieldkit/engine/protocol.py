"""What client and worker say to each other: one JSON object a line, in both directions.

To the worker: ``{"op": "load"|"generate"|"count"|"bench"|"trial"|"abort"|"quit", "id": N, ...}``.
From it: ``{"event": NAME, "id": N, ...}`` where the events of a generation carry the fields of
``fieldkit.core.generation``. An operation ends with exactly one of the events ``loaded``, ``done``,
``counted``, ``measured`` or ``error``; errors carry the name of a class of ``fieldkit.errors``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fieldkit import errors
from fieldkit.core.generation import Done, Event, Prefill, Stats, Token
from fieldkit.core.prompt import Message

Wire = dict[str, Any]


def encode(data: Mapping[str, Any]) -> bytes:
    """One line of the protocol."""
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


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
