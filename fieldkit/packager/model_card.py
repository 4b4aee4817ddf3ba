"""What a model's card says: the ``base_model`` and the ``license`` of a README's front matter.

Only these keys are read, by lines: https://huggingface.co/docs/hub/model-cards (card metadata).
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

_CARD_BYTES = 1 << 20
_KEY = re.compile(r"base_model\s*:(.*)")
_LICENCE = re.compile(r"license\s*:\s*[\"']?([A-Za-z0-9][A-Za-z0-9.+-]{0,60})[\"']?\s*")
_ENTRY = re.compile(r"\s*-\s+(.+)")
_REPOSITORY = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)


def base_models(folder: Path) -> tuple[str, ...]:
    """The repositories that ``README.md`` in ``folder`` names as its base; empty without any."""
    front = _front(folder)
    for number, line in enumerate(front):
        if (key := _KEY.fullmatch(line)) is not None:
            entries = itertools.takewhile(
                lambda entry: entry is not None, map(_ENTRY.fullmatch, front[number + 1 :])
            )
            listed = " ".join(entry[1] for entry in entries if entry is not None)
            return tuple(_REPOSITORY.findall(key[1] or "") + _REPOSITORY.findall(listed))
    return ()


def licence(folder: Path) -> str | None:
    """The licence that ``README.md`` in ``folder`` names, as an identifier; None without one."""
    found = (_LICENCE.fullmatch(line) for line in _front(folder))
    return next((match[1] for match in found if match is not None), None)


def _front(folder: Path) -> list[str]:
    """The lines of the front matter; none without a card."""
    path = folder / "README.md"
    if not path.is_file():
        return []
    with path.open("rb") as stream:
        lines = stream.read(_CARD_BYTES).decode("utf-8-sig", errors="replace").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return []
    return list(itertools.takewhile(lambda line: line.rstrip() not in {"---", "..."}, lines[1:]))


def same_model(one: str, other: str) -> bool:
    """Whether two repositories hold the same model, one perhaps as a GGUF."""
    return _plain(one) == _plain(other)


def _plain(repository: str) -> str:
    return re.sub(r"[-_.]gguf$", "", repository.casefold())
