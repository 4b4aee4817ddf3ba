"""How a host is reached: directly or through the environment's proxy, and whom TLS trusts.

Proxies come from HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or from the system's settings where it has
some. Trust is that of the Hub's library: SSL_CERT_FILE, else SSL_CERT_DIR, else the system's store.
"""

from __future__ import annotations

import base64
import os
import ssl
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from fieldkit.errors import UsageProblem

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port: what a connection leads to, and what a token belongs to."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """The origin of ``url``; UsageProblem when it is no http or https URL, or carries a user.

        The message never repeats what may be a password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UsageProblem("a URL is not valid: its host or port cannot be read") from error
        if parts.scheme not in _PORTS or not parts.hostname:
            raise UsageProblem(f"{plain(url)!r} is not an http or https URL")
        if parts.username is not None:
            raise UsageProblem(
                f"the URL of {parts.hostname} carries a user or a password",
                hint="Take it out of the URL and give the source's token in its variable instead.",
            )
        return cls(parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme])

    @property
    def name(self) -> str:
        """``host``, or ``host:port`` where the port is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def plain(url: str) -> str:
    """``url`` without user, query and fragment, any of which can hold a secret."""
    parts = urlsplit(url)
    return SplitResult(parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "").geturl()


@dataclass(frozen=True)
class Line:
    """A connection and how it is spoken to: a plain HTTP proxy is asked for whole URLs."""

    connection: HTTPConnection
    whole_urls: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class Dialer:
    """Makes connections. ``proxies`` maps http, https and no as the environment does.

    ``ca`` is a file or folder of certificates that replaces every other trust.
    """

    def __init__(
        self, *, timeout_s: float, ca: Path | None = None, proxies: Mapping[str, str] | None = None
    ) -> None:
        self.timeout_s = timeout_s
        self._ca = ca
        self._given = proxies
        self._lock = threading.Lock()
        self._trust: ssl.SSLContext | None = None

    def dial(self, origin: Origin) -> Line:
        """A connection to ``origin``, not opened yet; UsageProblem where settings cannot work."""
        proxy = self._proxy(origin)
        if proxy is None:
            return Line(self._direct(origin))
        authorization = _basic(proxy)
        host, port = proxy.hostname or "", proxy.port or 80
        if origin.scheme == "http":
            connection = HTTPConnection(host, port, timeout=self.timeout_s)
            return Line(connection, whole_urls=True, headers=authorization)
        tunnel = HTTPSConnection(host, port, timeout=self.timeout_s, context=self.trust())
        tunnel.set_tunnel(origin.host, origin.port, headers=authorization)
        return Line(tunnel)

    def _direct(self, origin: Origin) -> HTTPConnection:
        if origin.scheme == "http":
            return HTTPConnection(origin.host, origin.port, timeout=self.timeout_s)
        return HTTPSConnection(
            origin.host, origin.port, timeout=self.timeout_s, context=self.trust()
        )

    def _proxy(self, origin: Origin) -> SplitResult | None:
        proxies = getproxies() if self._given is None else self._given
        address = proxies.get(origin.scheme) or proxies.get("all")
        if not address or self._bypassed(origin, proxies):
            return None
        proxy = urlsplit(address if "://" in address else f"http://{address}")
        if proxy.scheme != "http" or not proxy.hostname:
            raise UsageProblem(
                f"the proxy for {origin.scheme} is of the kind {proxy.scheme!r}, "
                "which is not supported",
                hint="Give it as http://HOST:PORT; what goes to https servers is still encrypted.",
            )
        return proxy

    def _bypassed(self, origin: Origin, proxies: Mapping[str, str]) -> bool:
        if self._given is None:
            return bool(proxy_bypass(origin.host) or proxy_bypass(f"{origin.host}:{origin.port}"))
        names = [name.strip().lstrip(".") for name in proxies.get("no", "").split(",")]
        return "*" in names or any(
            name and (origin.host == name or origin.host.endswith(f".{name}")) for name in names
        )

    def trust(self) -> ssl.SSLContext:
        """Whom TLS trusts, made once; UsageProblem when the certificates cannot be read."""
        with self._lock:
            if self._trust is None:
                self._trust = _trust(self._ca)
            return self._trust


def _trust(ca: Path | None) -> ssl.SSLContext:
    source = "the private CA"
    place = str(ca) if ca is not None else ""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if not place and os.environ.get(name):
            place, source = os.environ[name], name
    if not place and sys.platform in {"win32", "darwin"}:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if place and Path(place).is_dir():
            return ssl.create_default_context(capath=place)
        return ssl.create_default_context(cafile=place or None)
    except (OSError, ssl.SSLError) as error:
        raise UsageProblem(
            f"{source} names {place}, which cannot be read as certificates",
            hint="It has to be a file of certificates in PEM format, or a folder of them.",
        ) from error


def _basic(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    user = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(user.encode()).decode()}
