"""Where a technician's own data lives: outside every release, so that updates leave it alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

DATA_DIR_VARIABLE = "FIELDKIT_DATA_DIR"
HISTORY = "history/conversations.sqlite3"


def data_dir(environment: Mapping[str, str] | None = None) -> Path:
    """The folder of the user's data: ``FIELDKIT_DATA_DIR``, or the platform's usual place.

    The folder is not created here. A relative value of the variable is taken from the working
    directory.
    """
    chosen = (os.environ if environment is None else environment).get(DATA_DIR_VARIABLE, "")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("fieldkit", appauthor=False))
