"""Where a technician's own data lives: outside every release, so that updates leave it alone."""

from __future__ import annotations

from fieldkit.resources import DATA_DIR_VARIABLE, data_dir

__all__ = ["DATA_DIR_VARIABLE", "HISTORY", "data_dir"]

HISTORY = "history/conversations.sqlite3"
