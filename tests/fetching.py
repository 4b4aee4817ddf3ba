"""What tests of fetching share: content, a patience that is soon at its end, one way to call."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

from fieldkit.packager.fetch import Wanted, fetch
from fieldkit.packager.http import Opener
from fieldkit.packager.patience import Patience
from tests.loopback_hub import LoopbackHub

NAME = "org/model"
FILE = "model.safetensors"
MIB = 1 << 20

QUICK = Patience(attempts=3, first_wait_s=0.001, longest_wait_s=0.01, longest_retry_after_s=2)


def content(size: int, seed: int = 1) -> bytes:
    """Bytes that repeat nowhere."""
    return random.Random(seed).randbytes(size)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wanted(hub: LoopbackHub, target: Path, data: bytes, **changes: Any) -> Wanted:
    """The file ``FILE`` of a hub that has it, with the hash of ``data``."""
    values = {"url": hub.url(NAME, FILE), "size": len(data), "sha256": sha256(data)}
    return Wanted(target=target, **(values | changes))


def get(wanted: Wanted, **options: Any) -> str:
    """Fetch with little patience."""
    return fetch(wanted, **({"opener": Opener(), "patience": QUICK} | options))


def beside(target: Path) -> list[str]:
    """What stands in the target's folder."""
    return sorted(path.name for path in target.parent.iterdir())
