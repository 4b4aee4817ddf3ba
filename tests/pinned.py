"""The pinned source, for what tests take from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.packager.engine import ensure_source


def pinned_source() -> Path:
    """The unpacked llama.cpp; the first call may fetch it, which needs pip's index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PIP_NO_INDEX", raising=False)
        return ensure_source()
