"""Which hub is asked, and with which token: from the environment, as the Hub's own tools read it.

A token never leaves for a host it was not meant for. One named in the environment belongs to the
endpoint that is set beside it; one that ``hf auth login`` saved belongs to huggingface.co alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from fieldkit.errors import FetchFailed, UsageProblem
from fieldkit.packager.dial import Origin

DEFAULT_ENDPOINT = "https://huggingface.co"
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A hub's address without a trailing slash, and the token for it; the token is never shown."""

    endpoint: str
    token: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """Host, and port where it is not the usual one: the only place that gets the token."""
        return Origin.of(self.endpoint).name

    def url(self, repository: str, commit: str, path: str) -> str:
        """The address of one file at a commit (``/R/resolve/C/F``, as every mirror serves it)."""
        return f"{self.endpoint}/{quote(repository)}/resolve/{quote(commit)}/{quote(path)}"

    def page(self, repository: str) -> str:
        """The page of a repository for people: where its terms are accepted."""
        return f"{self.endpoint}/{quote(repository)}"


def access(endpoint: str | None = None, environment: Mapping[str, str] = os.environ) -> Access:
    """The hub to ask: ``endpoint``, or ``HF_ENDPOINT``, or huggingface.co; and its token.

    Raises UsageProblem for an address that cannot be used, or over which a token would travel in
    the clear.
    """
    chosen = (endpoint or environment.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).strip().rstrip("/")
    _check(chosen)
    found = _token(chosen, environment)
    parts = urlsplit(chosen)
    if found and parts.scheme == "http" and parts.hostname not in _HERE:
        raise UsageProblem(
            f"{chosen}: over http the token would travel readable by anyone on the way",
            hint="Use the mirror's https address, or unset HF_TOKEN if it needs none.",
        )
    return Access(endpoint=chosen, token=found)


def require_online(hub: Access, environment: Mapping[str, str] = os.environ) -> None:
    """Raise FetchFailed when the environment says that no hub is to be asked."""
    if environment.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        raise FetchFailed(
            f"{hub.host} was not asked: HF_HUB_OFFLINE is set",
            hint="Unset it, or pull from a folder: fieldkit pull PROFILE --from DIR.",
        )


def _check(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        usable = usable and not (parts.query or parts.fragment) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageProblem(
            "the address of the hub (HF_ENDPOINT or --endpoint) is not one",
            hint=f"It looks like {DEFAULT_ENDPOINT}, without a path of a repository.",
        )
    if "@" in parts.netloc:
        raise UsageProblem(
            f"the address of the hub at {parts.hostname} holds a user name or password",
            hint="Leave them out and put the mirror's token into HF_TOKEN.",
        )


def _token(endpoint: str, environment: Mapping[str, str]) -> str | None:
    for name in _TOKENS:
        if found := environment.get(name, "").strip():
            return found
    named = environment.get("HF_TOKEN_PATH")
    if not named and endpoint != DEFAULT_ENDPOINT:
        return None
    path = Path(named).expanduser() if named else _home(environment) / "token"
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _home(environment: Mapping[str, str]) -> Path:
    """Where the Hub's tools keep what they save: HF_HOME, or below the user's caches."""
    if home := environment.get("HF_HOME"):
        return Path(home).expanduser()
    caches = environment.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache").expanduser() / "huggingface"
