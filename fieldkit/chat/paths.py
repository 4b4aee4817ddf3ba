"""Where a technician's own data lives: outside every release, so that updates leave it alone."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from fieldkit.resources import DATA_DIR_VARIABLE, data_dir

__all__ = ["DATA_DIR_VARIABLE", "HISTORY", "KEYS", "data_dir", "documents_dir"]

HISTORY = "history/conversations.sqlite3"
KEYS = "keys.toml"


def documents_dir() -> Path:
    """The folder where a person looks for what he wrote."""
    return Path(platformdirs.user_documents_dir())
