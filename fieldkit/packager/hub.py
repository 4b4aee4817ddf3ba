"""What a hub says of a repository: its commit, its files with sizes and hashes, its gate.

The one module that knows huggingface_hub, which is used for metadata alone: it neither resumes a
file across runs nor checks its hash (files go through ``fieldkit.packager.fetch``). The library
reads its environment when it is imported, so that happens in here, with everything off that would
ask other servers than the one that is set.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from fieldkit import __version__
from fieldkit.core.text import clean_line
from fieldkit.errors import (
    FetchFailed,
    FieldkitError,
    IntegrityProblem,
    InvalidInput,
    LicenceProblem,
)
from fieldkit.packager.access import Access, access, require_online
from fieldkit.packager.dial import Dialer, Origin

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi, ModelInfo

_OFF = (
    "HF_HUB_DISABLE_XET", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_UPDATE_CHECK",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HUB_DISABLE_PROGRESS_BARS",
)  # fmt: skip
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPOSITORY = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?", re.ASCII)
_TIMEOUT_S = 30.0
_WAITS_S = (1.0, 2.0, 4.0, 8.0)  # before the second try, the third, ...
_LONGEST_WAIT_S = 60.0
_MOST_REQUESTS = 100  # for one repository: a page of its listing has up to 1000 files
_MANY = 10_000  # more files than any repository of a model has

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file as the hub lists it. Large ones have a sha256, small ones only a git blob id.

    ``path`` is what the hub says and is not to be trusted.
    """

    path: str
    size: int
    sha256: str | None
    git_oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A repository at one commit. ``gated`` says that its files ask for an agreement first."""

    repository: str
    commit: str
    files: tuple[HubFile, ...]
    gated: bool
    licence: str | None
    endpoint: str


def snapshot(
    repository: str,
    revision: str,
    *,
    endpoint: str | None = None,
    token: str | None = None,
) -> Snapshot:
    """Ask the hub what ``repository`` holds at ``revision`` (a branch, a tag or a commit).

    Without ``token`` the environment's is used. Raises InvalidInput for a name that cannot be one,
    LicenceProblem where the files are handed out only after an agreement, FetchFailed when the hub
    or the revision cannot be reached, IntegrityProblem when it answers for another commit.
    """
    if not _REPOSITORY.fullmatch(repository) or ".." in repository:
        raise InvalidInput(
            f"{clean_line(repository)!r} is not the name of a repository",
            hint="It looks like publisher/model.",
        )
    hub = access(endpoint)
    require_online(hub)
    if token is not None:
        hub = Access(endpoint=hub.endpoint, token=token)
    with _library(hub) as api:
        info = _ask(lambda: api.model_info(repository, revision=revision), hub, repository)
        commit = _commit(info, repository, revision)
        files = _ask(lambda: _files(api, repository, commit), hub, repository)
    return Snapshot(
        repository=repository,
        commit=commit,
        files=files,
        gated=bool(info.gated),
        licence=_licence(info),
        endpoint=hub.endpoint,
    )


def resolve_url(found: Snapshot, path: str) -> str:
    """The address of a file of ``found``."""
    return Access(endpoint=found.endpoint).url(found.repository, found.commit, path)


@contextmanager
def _library(hub: Access) -> Iterator[HfApi]:
    """The hub's library, set to ask ``hub`` and nobody else."""
    for name in _OFF:
        os.environ[name] = "1"
    import httpx2
    from huggingface_hub import HfApi, close_session, set_client_factory

    home = Origin.of(hub.endpoint)
    dialer = Dialer(timeout_s=_TIMEOUT_S)
    dialer.dial(home)  # says what is wrong with the proxy's settings; nothing is opened yet
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it would warn on stderr

    asked = itertools.count(1)

    def guard(request: httpx2.Request) -> None:
        """Keep the token at its host; a page of a listing may be said to be anywhere, for ever."""
        if next(asked) > _MOST_REQUESTS:
            raise FetchFailed(
                f"{hub.host}: its listing does not come to an end",
                hint="Do not use this mirror until its administrator has explained that.",
            )
        origin = Origin.of(str(request.url))
        if origin.name != hub.host:
            request.headers.pop("authorization", None)
        if home.scheme == "https" and origin.scheme != "https":
            raise FetchFailed(
                f"{hub.host} sent the request on to an address without https",
                hint="Check HF_ENDPOINT and the proxy with your network's administrator.",
            )

    def client() -> httpx2.Client:
        return httpx2.Client(
            event_hooks={"request": [guard]},
            follow_redirects=True,
            timeout=_TIMEOUT_S,
            verify=dialer.trust(),
        )

    set_client_factory(client)
    try:
        yield HfApi(
            endpoint=hub.endpoint,
            token=hub.token or False,
            library_name="fieldkit",
            library_version=__version__,
        )
    finally:
        close_session()


def _ask(question: Callable[[], T], hub: Access, repository: str) -> T:
    """The answer to ``question``, asked again when the line or the hub fails for a moment."""
    import httpx2

    for wait in (*_WAITS_S, None):
        try:
            return question()
        except FieldkitError:
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            again = _pause(error, wait)
            if again is None:
                raise _problem(error, hub, repository) from error
            time.sleep(again)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise FetchFailed(
                f"{hub.host}: what it says of {repository} cannot be read ({type(error).__name__})",
                hint="Is this the address of a hub? HF_ENDPOINT or --endpoint names it; "
                "a proxy's login page looks like this too.",
            ) from error
    raise AssertionError  # the last wait is None


def _pause(error: Exception, wait: float | None) -> float | None:
    """Seconds to wait before asking again; None when that would not help."""
    if wait is None:
        return None
    response = _response(error)
    if response is None:
        return None if "CERTIFICATE" in str(error).upper() else wait
    if response.status_code != 429 and response.status_code < 500:
        return None
    told = response.headers.get("Retry-After", "")
    return min(float(told), _LONGEST_WAIT_S) if told.isdecimal() else wait


def _response(error: Exception) -> httpx2.Response | None:
    """The answer an error is about; None when there was none."""
    found = getattr(error, "response", None)
    return found if hasattr(found, "status_code") else None


def _problem(error: Exception, hub: Access, repository: str) -> FieldkitError:
    response = _response(error)
    if response is None:
        return FetchFailed(
            f"{hub.host}: cannot be asked for {repository}: {_reason(error)}",
            hint="Check the network. HTTPS_PROXY names a proxy, SSL_CERT_FILE a private CA, "
            "HF_ENDPOINT a mirror; without a network: fieldkit pull PROFILE --from DIR.",
        )
    status = response.status_code
    code = response.headers.get("X-Error-Code", "")
    if code == "GatedRepo":
        return _gated(hub, repository)
    if code == "RevisionNotFound":
        return FetchFailed(
            f"{hub.host}: {repository} has no such revision",
            hint="model.revision in the profile names a branch, a tag or a commit; leave it out "
            "for main.",
        )
    if status in {401, 403, 404}:
        token = "the token that was sent may not see it" if hub.token else "no token was sent"
        return FetchFailed(
            f"{hub.host}: there is no repository {repository}, or {token} (answer {status})",
            hint=f"Check the name on {hub.page(repository)}; for a private one set HF_TOKEN (a "
            "token saved by hf auth is sent to huggingface.co alone).",
        )
    return FetchFailed(
        f"{hub.host}: answered {status} to the question for {repository}",
        hint="Its service is disturbed or limits requests: run this again later."
        if status in {408, 429} or status >= 500
        else "Check HF_ENDPOINT, and whether a proxy answered in its place.",
    )


def _gated(hub: Access, repository: str) -> LicenceProblem:
    return LicenceProblem(
        f"{hub.host}: {repository} is handed out only to accounts that agreed to its terms",
        hint=f"Agree on {hub.page(repository)} with your account, then set HF_TOKEN to a token of "
        "it. (A token saved by hf auth is sent to huggingface.co alone.)",
    )


def _reason(error: Exception) -> str:
    """What an error of the line says, without any password a URL may hold."""
    text = clean_line(str(error)) or type(error).__name__
    return re.sub(r"//[^/@\s]*@", "//", text)[:300]


def _commit(info: ModelInfo, repository: str, revision: str) -> str:
    commit = info.sha if isinstance(info.sha, str) else ""
    asked_exactly = _COMMIT.fullmatch(revision) is not None
    if not _COMMIT.fullmatch(commit) or (asked_exactly and commit != revision):
        raise IntegrityProblem(
            f"{repository}: the hub answered for commit {clean_line(commit)[:60] or 'none'}, "
            f"asked for {revision}",
            hint="Do not use this mirror until its administrator has explained that.",
        )
    return commit


def _files(api: HfApi, repository: str, commit: str) -> tuple[HubFile, ...]:
    """Every file of the repository, over all pages of the listing."""
    found = []
    for entry in api.list_repo_tree(repository, recursive=True, revision=commit):
        if hasattr(entry, "blob_id"):
            found.append(_file(entry))
        if len(found) > _MANY:
            raise ValueError("no repository of a model has so many files")
    return tuple(found)


def _file(entry: Any) -> HubFile:
    """A listed file whose numbers and hashes are what they should be; ValueError otherwise."""
    sha256 = entry.lfs.sha256 if entry.lfs else None
    size = entry.lfs.size if entry.lfs else entry.size
    if not isinstance(entry.path, str) or type(size) is not int or size < 0:
        raise ValueError("a file without name or size")
    if sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("a hash that is none")
    if sha256 is None and not _COMMIT.fullmatch(entry.blob_id):
        raise ValueError("a blob id that is none")
    return HubFile(path=entry.path, size=size, sha256=sha256, git_oid=entry.blob_id)


def _licence(info: ModelInfo) -> str | None:
    """The licence as the repository's card names it."""
    tags = info.tags if isinstance(info.tags, list) else []
    named = [tag for tag in tags if isinstance(tag, str) and tag.startswith("license:")]
    return clean_line(named[0].removeprefix("license:"))[:100] if named else None
