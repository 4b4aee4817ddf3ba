"""What a client is told when its request cannot be answered: OpenAI's error object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INVALID = "invalid_request_error"
BUSY = "rate_limit_error"
OURS = "server_error"


class ApiProblem(Exception):
    """One refusal. ``status`` is HTTP's; ``code`` and ``param`` are what clients look at.

    ``close`` ends the connection, because the rest of the request is not read.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = INVALID,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        close: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        self.close = close

    def to_json(self) -> dict[str, Any]:
        """Return OpenAI's object."""
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiProblem:
    """A request that is not valid as it is."""
    return ApiProblem(400, message, param=param, code=code)


def too_many(connections: int) -> ApiProblem:
    """All connections are in use."""
    return ApiProblem(
        503,
        f"{connections} connections are in use. Close one, or try again.",
        kind=BUSY,
        code="too_many_connections",
        headers={"retry-after": "5"},
        close=True,
    )


def unavailable(message: str) -> ApiProblem:
    """The engine died or cannot be started; the next request tries again."""
    return ApiProblem(
        503, message, kind=OURS, code="engine_unavailable", headers={"retry-after": "2"}
    )
