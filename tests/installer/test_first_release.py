"""From a folder of manuals to an installed assistant: three commands, each printed by the last."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit.resources import folder

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.xdist_group("demo-release")]


def test_three_commands_each_printed_by_the_one_before(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    # The home of a technician; caches stay where they are.
    environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / ".local/share")}

    def run(command: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(command)
        if words[0] == "fieldkit":
            words[:1] = [sys.executable, "-m", "fieldkit"]
        result = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result

    manuals = folder("profiles") / "demo" / "manuals"
    begun = run(f"fieldkit new yard --manuals {shlex.quote(str(manuals))} --candidate demo")
    built = run(begun.stdout)
    installed = run(re.search(r"with: (sh .+)", built.stderr)[1])  # type: ignore[index]
    started = re.search(r"Start it with: (.+)", installed.stdout + installed.stderr)
    assert started is not None
    answer = run(f"{started[1].strip()} ask 'What torque do the fluid end studs need?'")
    assert "320 Nm" in answer.stdout
    assert "PX-204" in answer.stdout
