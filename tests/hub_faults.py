"""What can go wrong between a hub and us, as scripts for ``tests.loopback_hub``.

    hub.faults += [cut("model.gguf", after=1000), status("model.gguf", 503, times=2)]

``path`` is a pattern (``fnmatch``) over the file's path in its repository or over the whole path
of the URL (``/api/models/*``). A fault is used up after ``times`` requests; None is for ever. Of
several that match, the first that is left is used.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.hub_content import Request

When = Callable[[Request], bool]


@dataclass(kw_only=True)
class Fault:
    """One scripted misbehaviour; make it with the functions below.

    ``when`` narrows it to some requests. ``after`` counts bytes of a body; ``release`` lets go of
    what is held.
    """

    path: str
    kind: str
    times: int | None = 1
    after: int = 0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    rate: float = 0.0
    by: int = 0
    to: str = ""
    release: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    when: When | None = None
    used: int = 0

    def applies(self, request: Request) -> bool:
        """Whether this request is to be treated so."""
        if self.times is not None and self.used >= self.times:
            return False
        if self.kind not in {"status", "redirect"} and request.method != "GET":
            return False
        named = (request.file or "", request.path)
        return any(fnmatchcase(name, self.path) for name in named if name) and (
            self.when is None or self.when(request)
        )


def cut(path: str, *, after: int, times: int | None = 1, when: When | None = None) -> Fault:
    """End the connection in good order after ``after`` bytes of the body: it is truncated."""
    return Fault(path=path, kind="cut", after=after, times=times, when=when)


def reset(path: str, *, after: int, times: int | None = 1) -> Fault:
    """Reset the connection (RST) after ``after`` bytes of the body."""
    return Fault(path=path, kind="reset", after=after, times=times)


def status(
    path: str,
    code: int,
    *,
    times: int | None = 1,
    headers: dict[str, str] | None = None,
    when: When | None = None,
) -> Fault:
    """Answer with a status and no file: 401, 403, 404, 416, 500, 503."""
    return Fault(
        path=path, kind="status", status=code, times=times, headers=headers or {}, when=when
    )


def too_many(path: str, *, retry_after: str, times: int | None = 1) -> Fault:
    """429 with ``Retry-After``: seconds or an HTTP date."""
    return status(path, 429, times=times, headers={"Retry-After": retry_after})


def gated(path: str, *, code: int = 403, times: int | None = None) -> Fault:
    """Refuse as the hub does when the terms were not agreed to."""
    headers = {
        "X-Error-Code": "GatedRepo",
        "X-Error-Message": "Access to this model is restricted. You must have access to it.",
    }
    return status(path, code, times=times, headers=headers)


def ignore_ranges(
    path: str, *, cut_after: int = 0, times: int | None = None, when: When | None = None
) -> Fault:
    """Answer ranged requests with 200 and the whole file, or as much as ``cut_after`` says."""
    return Fault(path=path, kind="ignore_ranges", after=cut_after, times=times, when=when)


def wrong_range(path: str, *, by: int = 1, times: int | None = 1) -> Fault:
    """Send (and say so in Content-Range) a range that begins ``by`` bytes later than asked."""
    return Fault(path=path, kind="wrong_range", by=by, times=times)


def corrupt(path: str, *, at: int, times: int | None = None) -> Fault:
    """Flip the byte at ``at`` of the file: the size is right, the content is not."""
    return Fault(path=path, kind="corrupt", after=at, times=times)


def wrong_length(path: str, *, by: int, times: int | None = 1) -> Fault:
    """Say a Content-Length that is ``by`` bytes off (and the same in Content-Range's total)."""
    return Fault(path=path, kind="wrong_length", by=by, times=times)


def unsized(path: str, *, by: int = 0, times: int | None = None) -> Fault:
    """Ignore ranges and say no length: the body, ``by`` bytes longer or shorter, ends with EOF."""
    return Fault(path=path, kind="unsized", by=by, times=times)


def slow(path: str, *, rate: float, after: int = 0, times: int | None = None) -> Fault:
    """Send no more than ``rate`` bytes a second after the first ``after`` bytes of the body."""
    return Fault(path=path, kind="slow", rate=rate, after=after, times=times)


def hold(path: str, *, after: int) -> Fault:
    """Send ``after`` bytes of the file, all requests together, then wait for ``release``.

    ``held`` is set as soon as a request waits.
    """
    return Fault(path=path, kind="hold", after=after, times=None)


def redirect(path: str, *, to: str, code: int = 302, times: int | None = None) -> Fault:
    """Send the request elsewhere; a ``to`` that ends with ``*`` is continued by the file's path."""
    return Fault(path=path, kind="redirect", to=to, status=code, times=times)
