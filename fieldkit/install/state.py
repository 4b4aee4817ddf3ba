"""What is active, what was before, and the folders that were created for the installation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.core.release import canonical
from fieldkit.install import files
from fieldkit.install.layout import Layout

SCHEMA = 1
_DIRECTORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,95}")
_FOLDER = re.compile(r"\.(?:\.(?:/\.\.)*)?|lib|bin|share|share/applications")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """``active`` and ``previous`` are names of version folders, empty when there is none.

    ``created`` lists the folders, relative to the prefix, that the installation had to create:
    the deepest first, so that they can be removed in this order.
    """

    active: str = ""
    previous: str = ""
    created: tuple[str, ...] = ()


def load(layout: Layout) -> State:
    """Return the state of an installation; a damaged record counts as none.

    The ``current`` link is the truth. If a run ended between the flip of the link and the record,
    what the record calls active is the previous release.
    """
    state = _recorded(layout)
    linked = files.read_link(layout.current).removeprefix("versions/")
    if linked != state.active:
        state = replace(state, active=linked, previous=state.active)
    return state


def _recorded(layout: Layout) -> State:
    try:
        data = json.loads(layout.state.read_text(encoding="utf-8"))
        state = State(
            active=data["active"], previous=data["previous"], created=tuple(data["created"])
        )
        names = [name for name in (state.active, state.previous) if name]
        valid = all(_DIRECTORY.fullmatch(name) for name in names)
        valid = valid and all(_FOLDER.fullmatch(name) for name in state.created)
    except (OSError, ValueError, TypeError, KeyError):
        return State()
    return state if valid else State()


def save(layout: Layout, state: State, work: Path) -> None:
    """Record the state, by way of the folder ``work``."""
    data = {
        "active": state.active,
        "created": list(state.created),
        "previous": state.previous,
        "schema": SCHEMA,
    }
    files.write(layout.state, canonical(data).encode(), work)
