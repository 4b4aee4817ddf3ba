"""What a server's status means for a file: try again, ask for access, or give up."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from fieldkit.errors import FetchFailed, FieldkitError, LicenceProblem
from fieldkit.packager.dial import Origin, plain
from fieldkit.packager.http import Broken, Response

_PASSING = {408, 421, 425, 429}
_MISSING = {
    "RepoNotFound": "the repository does not exist there",
    "RevisionNotFound": "the repository has no such revision",
    "EntryNotFound": "the repository has no such file",
}


def check(response: Response, name: str, *, has_token: bool) -> None:
    """Return for 200 and 206; raise what any other status means for the file ``name``.

    Broken for what may pass, LicenceProblem where a publisher wants agreement to its terms first,
    else FetchFailed.
    """
    status = response.status
    if status in {200, 206}:
        _check_encoding(response, name)
        return
    host = Origin.of(response.url).name
    if status in _PASSING or status >= 500:
        raise Broken(
            f"{host} answered {status} for {name}",
            hint="The source is busy or out of order: run the same again later.",
            retry_after_s=retry_after(response.headers.get("retry-after")),
        )
    if status in {401, 403}:
        raise _no_access(response, name, host, has_token=has_token)
    if status in {404, 410}:
        why = _MISSING.get(response.headers.get("x-error-code", ""), "it is not there")
        raise FetchFailed(
            f"{host} answered {status} for {name}: {why}",
            hint=f"Looked for at {plain(response.url)}.",
        )
    raise FetchFailed(f"{host} answered {status} for {name}", hint=f"At {plain(response.url)}.")


def _check_encoding(response: Response, name: str) -> None:
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise FetchFailed(
            f"{Origin.of(response.url).name} sends {name} compressed ({encoding[:20]!r}), "
            "though it was asked not to",
            hint="A proxy between may do so; have the source exempted, or use a mirror.",
        )


def _no_access(response: Response, name: str, host: str, *, has_token: bool) -> FieldkitError:
    page = plain(response.url).partition("/resolve/")[0]
    code = response.headers.get("x-error-code", "")
    token = "" if has_token else " and give a token in HF_TOKEN"
    if code == "GatedRepo":
        return LicenceProblem(
            f"{host} hands out {name} only to accounts that agreed to the publisher's terms",
            hint=f"Agree on {page}{token}. Then run the same again.",
        )
    return FetchFailed(
        f"{host} answered {response.status} for {name}: access is refused",
        hint=f"Does {page} exist, and may you read it? Check the token in HF_TOKEN.",
    )


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3): a number or a date."""
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
