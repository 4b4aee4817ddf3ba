"""The packager's one door to the network for bytes: requests by HTTP/1.1, redirects by hand.

The standard library's client, and not the one of the Hub's library: bodies come straight from the
socket, for a fifth of that one's processor time, and what is sent to whom is decided here, one
redirect at a time. A token goes to ``token_host`` and to nobody else, and never from https to http.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import string
import threading
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Self
from urllib.parse import quote, urljoin, urlsplit

from fieldkit import __version__
from fieldkit.errors import FetchFailed, FieldkitError, UsageProblem
from fieldkit.packager.dial import Dialer, Line, Origin

_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_DRAIN = 1 << 16
_FAILURES = (OSError, HTTPException, ValueError)
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "this name is not known here"),
    (TimeoutError, "nothing came for too long"),
    (ConnectionRefusedError, "it does not take connections"),
    (ConnectionError, "the connection was lost"),
)
# What a hub says of a file on the way to where the file lies.
_TOLD_ON_THE_WAY = ("x-linked-etag", "x-linked-size", "x-repo-commit", "x-error-code")


class Broken(FetchFailed):
    """A request failed in a way that another try may not.

    ``retry_after_s`` is what the server asked to wait, None when it did not say. After the last
    try it ends as ``becomes``.
    """

    becomes: type[FieldkitError] = FetchFailed

    def __init__(self, message: str, *, hint: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, hint=hint or "Check the network, then run the same again.")
        self.retry_after_s = retry_after_s


class Response:
    """A status, headers (names in lower case) and a body that is read as it comes.

    ``url`` is where it came from after redirects. Close it: a connection whose body was read to its
    end is then used for the next request.
    """

    def __init__(
        self, raw: HTTPResponse, line: Line, sock: socket.socket, origin: Origin, pool: Pool | None
    ) -> None:
        self.status = raw.status
        self.headers = {name.lower(): value for name, value in raw.getheaders()}
        self.url = ""
        self._raw, self._line, self._sock = raw, line, sock
        self._origin, self._pool = origin, pool
        self._left = raw.length
        self._open = True

    def read(self, most: int) -> bytes:
        """What has come, at most ``most`` bytes; empty at the end. Raises Broken."""
        try:
            data = self._raw.read1(most)
        except _FAILURES as error:
            raise broken(error, self._origin) from error
        if self._left is not None:
            self._left -= len(data)
        return data

    def abort(self) -> None:
        """Make a read in another thread end at once."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back, or end it where something of the body is left."""
        if not self._open:
            return
        self._open = False
        reusable = self._left == 0 and not self._raw.will_close
        self._raw.close()
        if self._pool is not None and reusable:
            self._pool.keep(self._origin, self._line)
        else:
            self._line.connection.close()

    def __enter__(self) -> Self:
        """The response itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


class Pool:
    """Connections that wait for their next request; closed all together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[Origin, list[Line]] = {}
        self._open = True

    def take(self, origin: Origin) -> Line | None:
        """A connection that was used before, None when there is none."""
        with self._lock:
            lines = self._idle.get(origin)
            return lines.pop() if lines else None

    def keep(self, origin: Origin, line: Line) -> None:
        """Keep a connection whose last response was read to its end."""
        with self._lock:
            if self._open:
                self._idle.setdefault(origin, []).append(line)
                return
        line.connection.close()

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections that wait, and from now on those that come back."""
        with self._lock:
            lines = [line for idle in self._idle.values() for line in idle]
            self._idle.clear()
            self._open = False
        for line in lines:
            line.connection.close()


class Opener:
    """Opens URLs. ``token`` is sent as a bearer token to ``token_host`` only, never without it.

    ``token_host`` is ``host`` or ``host:port``. ``timeout_s`` bounds connecting and each silence.
    ``ca`` and ``proxies`` replace what the environment says (``fieldkit.packager.dial``).
    """

    def __init__(
        self,
        token: str | None = None,
        token_host: str | None = None,
        timeout_s: float = 30.0,
        ca: Path | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self._token = (token or "").strip()
        if not re.fullmatch(r"[\x21-\x7e]*", self._token):
            raise UsageProblem("the token is not one line of printable ASCII")
        self._token_host = (token_host or "").lower()
        self._dialer = Dialer(timeout_s=timeout_s, ca=ca, proxies=proxies)

    @property
    def has_token(self) -> bool:
        """Whether a token is sent to anybody."""
        return bool(self._token and self._token_host)

    def open(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        pool: Pool | None = None,
    ) -> Response:
        """Send a request and follow its redirects; the last response, whatever its status.

        Raises Broken for what may pass, FetchFailed for a redirect or a certificate that is
        refused, UsageProblem for a URL, a proxy or a CA that cannot be used.
        """
        told: dict[str, str] = {}
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._exchange(method, url, dict(headers or {}), pool)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                response.headers = told | response.headers
                response.url = url
                return response
            with response:
                told |= {
                    name: response.headers[name]
                    for name in _TOLD_ON_THE_WAY
                    if name in response.headers
                }
                url = _next(url, response.headers["location"])
                _drain(response)
        raise FetchFailed(
            f"{Origin.of(url).name} redirects more than {_MOST_REDIRECTS} times",
            hint="Check the address of the source or mirror.",
        )

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], pool: Pool | None
    ) -> Response:
        origin = Origin.of(url)
        headers["User-Agent"] = f"fieldkit/{__version__}"
        if self.has_token and origin.name == self._token_host:
            headers["Authorization"] = f"Bearer {self._token}"
        used = pool.take(origin) if pool is not None else None
        if used is not None:
            # A server may have closed it meanwhile; that is no failure of this request.
            with contextlib.suppress(Broken):
                return _send(used, method, url, headers, origin, pool)
        return _send(self._dialer.dial(origin), method, url, headers, origin, pool)


def _send(
    line: Line, method: str, url: str, headers: dict[str, str], origin: Origin, pool: Pool | None
) -> Response:
    connection = line.connection
    try:
        connection.request(method, _target(url, line), headers=headers | dict(line.headers))
        sock = connection.sock
        raw = connection.getresponse()
    except _FAILURES as error:
        connection.close()
        raise broken(error, origin) from error
    except BaseException:
        connection.close()
        raise
    return Response(raw, line, sock, origin, pool)


def _target(url: str, line: Line) -> str:
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe=string.punctuation)
    query = f"?{quote(parts.query, safe=string.punctuation)}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{path}{query}" if line.whole_urls else path + query


def _next(url: str, location: str) -> str:
    """Where a redirect leads; FetchFailed for one that would give up encryption."""
    here = Origin.of(url)
    try:
        there = urljoin(url, location)
        origin = Origin.of(there)
    except (UsageProblem, ValueError) as error:
        raise FetchFailed(
            f"{here.name} redirects to something that is no http or https URL",
            hint="Check the address of the source or mirror.",
        ) from error
    if here.scheme == "https" and origin.scheme != "https":
        raise FetchFailed(
            f"{here.name} redirects from https to http, which is refused",
            hint="Anybody on the way could read and change what comes. Use another source.",
        )
    return there


def _drain(response: Response) -> None:
    """Read the few bytes of a redirect, so that its connection can be used again."""
    with contextlib.suppress(Broken):
        response.read(_DRAIN)


def broken(error: BaseException, origin: Origin) -> FetchFailed:
    """What went wrong between us and ``origin``, without anything secret in it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return FetchFailed(
            f"the certificate of {origin.name} is not trusted: {error.verify_message}",
            hint="Behind a company's own CA, name its certificates in SSL_CERT_FILE.",
        )
    refusal = re.match(r"Tunnel connection failed: (\d+)", str(error))
    if refusal:
        return _refused_by_proxy(int(refusal[1]), origin)
    return Broken(f"{origin.name}: {_words(error)}")


def _refused_by_proxy(status: int, origin: Origin) -> FetchFailed:
    message = f"the proxy does not let us reach {origin.name} (status {status})"
    if status == 407:
        return FetchFailed(
            message,
            hint="It wants a user and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT.",
        )
    if status >= 500:
        return Broken(message)
    return FetchFailed(message, hint="Ask for this host to be allowed, or use a mirror.")


def _words(error: BaseException) -> str:
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    if isinstance(error, ssl.SSLError):
        return f"TLS failed ({error.reason or 'ended early'})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"it does not speak HTTP ({type(error).__name__})"
