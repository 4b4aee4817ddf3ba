"""Whether what a server sends is the part of the file that was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fieldkit.errors import FieldkitError, IntegrityProblem
from fieldkit.packager.dial import Origin
from fieldkit.packager.http import Broken, Response

_HASH = re.compile(r"[0-9a-f]{64}")


class WrongSize(Broken):
    """The file has another size at the source than was promised; once may be an accident."""

    becomes: type[FieldkitError] = IntegrityProblem


@dataclass(frozen=True)
class Body:
    """What a response carries: bytes of the file from ``start`` to before ``end``, of ``whole``."""

    start: int
    end: int
    whole: bool


def etag(response: Response) -> str | None:
    """The validator of a response, None when it has none that is strong (RFC 9110, 8.8.3)."""
    value = response.headers.get("etag", "").strip()
    return value if re.fullmatch(r'"[\x21\x23-\x7e]*"', value) else None


def body(response: Response, name: str, size: int, asked: tuple[int, int]) -> Body:
    """What a 200 or 206 carries of the file ``name`` of ``size`` bytes.

    Raises Broken when it is not (the beginning of) the span ``asked``, WrongSize when the source's
    file is not of this size.
    """
    if response.status == 200:
        length = response.headers.get("content-length")
        if length is not None and length != str(size):
            raise wrong_size(response, name, size, length)
        return Body(0, size, whole=True)
    told = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", response.headers.get("content-range", ""))
    host = Origin.of(response.url).name
    if told is None:
        raise Broken(f"{host} does not say which part of {name} it sends")
    start, end = int(told[1]), int(told[2]) + 1
    if told[3] not in {"*", str(size)}:
        raise wrong_size(response, name, size, told[3])
    if start != asked[0] or not start < end <= asked[1]:
        raise Broken(f"{host} sends another part of {name} than was asked for")
    length = response.headers.get("content-length")
    if length is not None and length != str(end - start):
        raise Broken(f"{host} says two lengths for one part of {name}")
    return Body(start, end, whole=False)


def wrong_size(response: Response, name: str, size: int, found: str) -> WrongSize:
    """What to say of a file that is ``found`` bytes long at the source."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    page = " It sent a web page: is there a login or a proxy between?" if "html" in kind else ""
    return WrongSize(
        f"{name}: {size:,} bytes expected, {Origin.of(response.url).name} has {int(found):,}",
        hint=f"The source holds another file than was pinned.{page}",
    )


def too_long(response: Response, name: str, size: int) -> WrongSize:
    """What to say of a body that goes on behind the promised size."""
    return WrongSize(
        f"{name}: {size:,} bytes expected, {Origin.of(response.url).name} sends more",
        hint="The source holds another file than was pinned.",
    )


def check_promise(response: Response, name: str, sha256: str | None, told: str | None) -> None:
    """IntegrityProblem when the source says beforehand that it has another file.

    ``told`` is the ETag the source gave earlier, without quotes. What a hub says of the file itself
    (X-Linked-Etag) goes before the ETag of where it lies.
    """
    linked = response.headers.get("x-linked-etag", "").strip('"')
    other = bool(sha256 and _HASH.fullmatch(linked) and linked != sha256)
    if other or (told and linked and linked != told.strip('"')):
        raise IntegrityProblem(
            f"{name}: the source now has another file: {linked}, expected {sha256 or told}",
            hint="Nothing was fetched. Pull the pinned revision, or pin anew on purpose.",
        )
