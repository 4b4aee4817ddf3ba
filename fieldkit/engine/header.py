"""Reads the header of a GGUF file on disk, checked before llama.cpp sees the file."""

from __future__ import annotations

from pathlib import Path

from fieldkit.core.gguf import parse_header
from fieldkit.core.gguf_types import Header
from fieldkit.errors import InvalidInput


def read_header(path: Path) -> Header:
    """The checked header of ``path``; raises InvalidInput when it is no whole GGUF file."""
    try:
        with path.open("rb") as file:
            return parse_header(file, name=str(path))
    except OSError as error:
        raise InvalidInput(
            f"{path}: cannot be read: {error.strerror or error}",
            hint="Check the path and that this user may read the file.",
        ) from error
