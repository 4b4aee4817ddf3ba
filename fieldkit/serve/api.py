"""The requests that are answered: who may ask, what, and in which form the answer goes."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from queue import Empty
from typing import Any
from urllib.parse import unquote

from fieldkit.core.generation import Engine, Token
from fieldkit.core.release import Assistant
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.library.answering import Answering
from fieldkit.library.lookup import LIMIT, MOST, look_up
from fieldkit.library.searchable import Searchable
from fieldkit.serve import asked, bearer
from fieldkit.serve.body import Fields, parse
from fieldkit.serve.completion import Ended, answer
from fieldkit.serve.connection import Connection, Gone, Head
from fieldkit.serve.desk import Desk, Job
from fieldkit.serve.limits import Limits
from fieldkit.serve.problem import OURS, ApiProblem, invalid

ALIAS = "fieldkit"  # the model's name for applications that are not to change with the release
ADDRESSES = (_CHAT, _SEARCH, _MODELS) = ("/v1/chat/completions", "/v1/search", "/v1/models")
# Others of OpenAI's, so that a client's author sees at once that it is not a misspelt one.
_NOT_OFFERED = re.compile(
    r"/v1/(?:assistants|audio|batches|completions|embeddings|files|fine_tuning|images|moderations"
    r"|realtime|responses|threads|uploads|vector_stores)(?:/|\Z)"
)
_LOOK_S = 0.02  # how often it is looked whether a client is still there
_FINISH = {"stop": "stop", "length": "length"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What all connections share; ``hosts`` are the names this service is called by."""

    assistant: Assistant
    library: Searchable
    engine: Engine
    answering: Answering
    desk: Desk
    token: str
    hosts: frozenset[str]
    limits: Limits
    started: int = field(default_factory=lambda: int(time.time()))

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the one model."""
        return tuple(dict.fromkeys((clean_line(self.assistant.model_name), ALIAS)))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Nothing was said for a while."""


_Step = Token | Ended | _Waiting


def handle(service: Service, connection: Connection, head: Head) -> None:
    """Answer one request; raises ApiProblem when it is refused and Gone when the client left."""
    _admit(service, head)
    connection.admitted = True
    action, method = _route(service, address(head.target))
    if head.method != method:
        raise ApiProblem(405, f"{method} is the method of this address.", headers={"allow": method})
    if not head.headers.get("content-length", "0").isdecimal():
        raise invalid("The length of the body is not a number.")
    if int(head.headers.get("content-length", "0")) > service.limits.body_bytes:
        raise connection.too_large()
    content = connection.body()
    action(service, connection, content)


def _admit(service: Service, head: Head) -> None:
    """Refuse who was led here by another name (DNS rebinding), and who has no token."""
    if head.headers.get("host", "").lower() not in service.hosts:
        raise ApiProblem(403, "This service answers to its own name on this machine alone.")
    scheme, _, token = head.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not bearer.same(token.strip(), service.token):
        raise ApiProblem(
            401,
            "The token is missing or wrong. fieldkit serve says at its start where it is.",
            code="invalid_api_key",
            headers={"www-authenticate": "Bearer"},
        )


Action = Callable[[Service, Connection, bytes], None]


def address(target: str) -> str:
    """The address of ``target``, as one of ``ADDRESSES`` is written where it means one.

    Clients join a base address and a path in many ways: without ``/v1``, with ``//`` between them,
    with a slash at the end.
    """
    path = re.sub(r"/{2,}", "/", unquote(target.partition("?")[0], errors="replace"))
    path = path.rstrip("/") or "/"
    with_version = f"/v1{path}"
    known = with_version in ADDRESSES or with_version.startswith("/v1/models/")
    return with_version if known else path


def _route(service: Service, path: str) -> tuple[Action, str]:
    fixed: dict[str, tuple[Action, str]] = {
        _CHAT: (_complete, "POST"),
        _SEARCH: (_search, "POST"),
        _MODELS: (_models, "GET"),
    }
    if path in fixed:
        return fixed[path]
    name = path.removeprefix("/v1/models/")
    if name != path:
        entry = _model(service, name)
        return (lambda _service, connection, _body: connection.reply(200, entry)), "GET"
    offered = f"This service offers {', '.join(ADDRESSES)}."
    if _NOT_OFFERED.match(path):
        raise ApiProblem(404, f"{path} is not offered. {offered}", code="unknown_url")
    raise ApiProblem(404, f"There is nothing at this address. {offered}", code="unknown_url")


def _models(service: Service, connection: Connection, _content: bytes) -> None:
    entries = [_model(service, name) for name in service.models]
    connection.reply(200, {"object": "list", "data": entries})


def _model(service: Service, name: str) -> dict[str, Any]:
    if name not in service.models:
        raise ApiProblem(
            404,
            f"There is no such model; this release has '{service.models[0]}', also '{ALIAS}'.",
            param="model",
            code="model_not_found",
        )
    owner = clean_line(service.assistant.name)
    return {"id": name, "object": "model", "created": service.started, "owned_by": owner}


def _search(service: Service, connection: Connection, content: bytes) -> None:
    fields = Fields(parse(content, service.limits.depth))
    query = fields.text("query")
    if len(query) > service.assistant.context * asked.CHARACTERS_PER_TOKEN:
        raise invalid("The query is too long.", param="query")
    limit = fields.whole("limit", LIMIT, least=1, most=MOST)
    try:
        found = look_up(service.library, query, limit)
    except UsageProblem as error:
        raise invalid("The query is empty.", param="query") from error
    connection.reply(200, {"object": "search", **found})


def _complete(service: Service, connection: Connection, content: bytes) -> None:
    fields = Fields(parse(content, service.limits.depth))
    model = fields.text("model", ALIAS)
    _model(service, model)
    wanted = asked.read(
        fields, context=service.assistant.context, max_tokens=service.assistant.max_tokens
    )
    job = service.desk.put(lambda: answer(wanted, service.answering, service.engine))
    reply = _Reply(model)
    with closing(_follow(service, job, connection)) as steps:
        if wanted.stream:
            _stream(connection, reply, steps, usage=wanted.usage)
        else:
            connection.reply(200, reply.whole(_last(steps)))


def _follow(service: Service, job: Job, connection: Connection) -> Generator[_Step]:
    """What ``job`` says, texts that wait joined; closed early, it takes it from the engine.

    Raises Gone, the job's ApiProblem, or whatever else it ended with.
    """
    said = time.monotonic()
    try:
        while True:
            if connection.gone():
                raise Gone
            try:
                steps = [job.events.get(timeout=_LOOK_S)]
            except Empty:
                if time.monotonic() - said >= service.limits.keep_alive_s:
                    said = time.monotonic()
                    yield _Waiting()
                continue
            said = time.monotonic()
            while not job.events.empty():
                steps.append(job.events.get())
            if text := "".join(step.text for step in steps if isinstance(step, Token)):
                yield Token(text)
            last = steps[-1]
            yield from (step for step in steps if isinstance(step, Ended))
            if isinstance(last, BaseException):
                raise last
            if last is None:
                return
    finally:
        service.desk.leave(job)


def _last(steps: Iterator[_Step]) -> Ended:
    for step in steps:
        if isinstance(step, Ended):
            ended = step
    return ended


def _stream(connection: Connection, reply: _Reply, steps: Iterator[_Step], *, usage: bool) -> None:
    """Send the answer as it is written.

    Its status is sent with the first word; where that takes long, with a comment before it: a
    refusal that comes later is an event.
    """
    for step in steps:
        if not connection.answering:
            connection.stream()
            connection.event(reply.chunk({"role": "assistant", "content": ""}))
        if isinstance(step, _Waiting):
            connection.comment()
            continue
        if isinstance(step, Token):
            connection.event(reply.chunk({"content": step.text}))
            continue
        connection.event(reply.last_chunk(step))
        if usage:
            connection.event(reply.usage_chunk(step))
    connection.event("[DONE]")
    connection.end()


class _Reply:
    """The objects of one answer."""

    def __init__(self, model: str) -> None:
        self._facts = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": model,
        }

    def whole(self, ended: Ended) -> dict[str, Any]:
        """The answer as one object."""
        message = {"role": "assistant", "content": ended.text, "refusal": None}
        return {
            **self._facts,
            "object": "chat.completion",
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "logprobs": None,
                    "finish_reason": _FINISH.get(ended.finish, "stop"),
                }
            ],
            "usage": ended.usage,
            **ended.evidence,
        }

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        """A piece of the answer."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._facts, "object": "chat.completion.chunk", "choices": [choice]}

    def last_chunk(self, ended: Ended) -> dict[str, Any]:
        """The end of the answer, with its sources."""
        return {**self.chunk({}, _FINISH.get(ended.finish, "stop")), **ended.evidence}

    def usage_chunk(self, ended: Ended) -> dict[str, Any]:
        """How many tokens it took."""
        return {**self.chunk({}), "choices": [], "usage": ended.usage}


def problem_of(error: Exception) -> ApiProblem:
    """What a client is told of ``error``; of a defect of ours nothing but that it is one."""
    if isinstance(error, ApiProblem):
        return error
    if isinstance(error, FieldkitError):
        return ApiProblem(500, error.message, kind=OURS)
    return ApiProblem(500, "An error of ours.", kind=OURS)
