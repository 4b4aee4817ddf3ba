"""The key pair that flagged answers are encrypted to: made once, its private half kept by IT."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from pyrage import IdentityError, x25519

from fieldkit.errors import InvalidInput, UsageProblem

_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how a line with a key begins
_MOST_BYTES = 1 << 16


def generate(path: Path) -> str:
    """Write a new private key to ``path`` as age-keygen does, and return its public key.

    Only its user may read the file. Raises UsageProblem when there is one already.
    """
    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"# created: {now}\n# public key: {recipient}\n{identity}\n"
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageProblem(
            f"{path} exists already: a key that is written over is lost, with all it could read",
            hint="Name another file.",
        ) from error
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return recipient


def read(path: Path) -> list[x25519.Identity]:
    """The private keys in ``path``, one a line; raises InvalidInput when there is none."""
    hint = "It is the file that fieldkit feedback keygen (or age-keygen) wrote."
    try:
        with path.open("rb") as file:
            lines = file.read(_MOST_BYTES).decode("utf-8", "replace").splitlines()
        keys = [line.strip() for line in lines if line.strip().upper().startswith(_SECRET)]
        identities = [x25519.Identity.from_str(key) for key in keys]
    except (OSError, IdentityError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its key is damaged"
        raise InvalidInput(f"{path}: is not a key file: {reason}", hint=hint) from error
    if not identities:
        raise InvalidInput(f"{path}: holds no private key", hint=hint)
    return identities
