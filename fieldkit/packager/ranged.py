"""Reads a few bytes of a file at its source, such as a header, before anything is fetched."""

from __future__ import annotations

import re

from fieldkit.errors import FetchFailed
from fieldkit.packager.dial import Origin, plain
from fieldkit.packager.http import Broken, Opener, Response
from fieldkit.packager.patience import Pace, Patience, Tell, Tries
from fieldkit.packager.refusal import check

_READ = 1 << 18
_MOST_SKIPPED = 64 << 20


def read_range(
    url: str,
    start: int,
    length: int,
    opener: Opener,
    *,
    patience: Patience | None = None,
    tell: Tell | None = None,
) -> bytes:
    """``length`` bytes of a file from ``start`` on, fewer where it ends; nothing is written.

    A source that ignores ranges is read from its beginning, where that is no more than 64 MiB.
    Raises FetchFailed, LicenceProblem, and UsageProblem for an address that cannot be used.
    """
    tries = Tries(patience=patience or Patience(), tell=tell)
    data = bytearray()
    while len(data) < length:
        try:
            if not _read(url, start, length, data, opener, tries):
                break
        except Broken as error:
            tries.failed(error)
    return bytes(data)


def _read(url: str, start: int, length: int, data: bytearray, opener: Opener, tries: Tries) -> bool:
    """Add to ``data`` what one request brings; False at the end of the file."""
    first = start + len(data)
    name = plain(url).rpartition("/")[2]
    pace = Pace(tries.patience)
    with opener.open(url, {"Range": f"bytes={first}-{start + length - 1}"}) as response:
        if response.status == 416:
            return False
        check(response, name, has_token=opener.has_token)
        left = _promised(response, name, first, pace)
        while len(data) < length and left != 0:
            piece = pace.read(response.read, min(_READ, length - len(data)))
            if not piece:
                break
            data += piece
            left = None if left is None else left - len(piece)
    if left and len(data) < length:
        raise Broken(f"{name}: the connection ended early")
    return response.status == 206


def _promised(response: Response, name: str, first: int, pace: Pace) -> int | None:
    """How many bytes follow from byte ``first`` of the file on; None when that is not told."""
    host = Origin.of(response.url).name
    if response.status == 206:
        told = re.fullmatch(
            r"bytes (\d+)-(\d+)/(?:\d+|\*)", response.headers.get("content-range", "")
        )
        if told is None or int(told[1]) != first:
            raise Broken(f"{host} sends another part of {name} than was asked for")
        return int(told[2]) + 1 - first
    if first > _MOST_SKIPPED:
        raise FetchFailed(
            f"{host} ignores ranges, so byte {first:,} of {name} cannot be read alone",
            hint="Use a mirror that answers ranged requests.",
        )
    skipped = 0
    while skipped < first and (piece := pace.read(response.read, min(_READ, first - skipped))):
        skipped += len(piece)
    length = response.headers.get("content-length", "")
    return max(0, int(length) - first) if length.isdecimal() else None
