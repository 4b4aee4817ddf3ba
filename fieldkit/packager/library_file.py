"""Manuals -> the index that a release carries, with what was left out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fieldkit.library import index
from fieldkit.library.documents import Manuals
from fieldkit.library.index import IndexSummary


def build(path: Path, manuals: Manuals, **options: Any) -> IndexSummary:
    """As ``fieldkit.library.index.build``, of ``manuals``."""
    left_out = [(each.file, each.reason) for each in manuals.left_out]
    return index.build(path, manuals.documents, left_out=left_out, **options)
