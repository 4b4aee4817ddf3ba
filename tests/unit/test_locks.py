"""The locks hold everything the project asks for, by hash, and no address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "build" / "locks").glob("*.txt"))


def name(requirement: str) -> str:
    return re.split(r"[\[<>=~! ;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_every_requirement_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    pinned = {
        name(line)
        for lock in LOCKS
        for line in lock.read_text(encoding="utf-8").splitlines()
        if re.match(r"[A-Za-z]", line)
    }
    assert {name(requirement) for requirement in wanted} <= pinned


def test_every_pin_has_a_hash_and_no_lock_names_a_host() -> None:
    assert len(LOCKS) == 5
    for lock in LOCKS:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        for pin in re.findall(r"^[A-Za-z][^\n]*(?:\n    --hash[^\n]*)*", text, re.MULTILINE):
            assert "==" in pin, pin
            assert "--hash=sha256:" in pin, pin
