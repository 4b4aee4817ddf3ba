"""A small model with real weights, all the way: built, scored, installed, asked.

It often says what no manual says, and repeats itself: a test of what guards an answer. The frozen
assistant is that of the demo's release. Where the package cannot be had, loudly nothing.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fieldkit.packager.evaluate import loops
from tests import smollm
from tests.deployment import COMMAND, build_json
from tests.installer.demo_release import DemoRelease, Installed, install_offline
from tests.real_embedders import Missing

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("release"),
]
# Without a guard it repeats one sentence up to the limit here.
LOOPING = "What oil goes into the fluid end?"


@dataclass(frozen=True)
class Small:
    """What was built and scored of the model, and where it is installed."""

    result: dict[str, Any]
    scores: dict[str, Any]
    installed: Installed


@pytest.fixture(scope="module")
def small(built: DemoRelease, tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDKIT_CACHE_DIR", str(built.cache))
        try:
            rig = smollm.deployment(folder / "small")
        except Missing as missing:
            pytest.skip(f"NOT TESTED, real weights cannot be had: {missing}")
        scored = subprocess.run(
            [*COMMAND, "evaluate", str(rig.folder), "--json"],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert scored.returncode == 0, scored.stderr
        result = build_json(rig, folder / "dist")
    installed = install_offline(Path(result["installers"][0]), folder)
    return Small(result, json.loads(scored.stdout), installed)


def test_it_is_built_from_its_own_file_and_measured(small: Small) -> None:
    assert small.result["measurement"]["decode_tps"] > 0
    assert all(gate["passed"] for gate in small.result["gates"])
    status = small.installed.json("status")
    assert status["active"]["release"] == small.result["release"]


def test_what_it_says_is_scored_as_it_is_shown(small: Small) -> None:
    shown = small.scores["shown"]
    assert len(small.scores["answers"]) == 3
    assert shown["loops"] == 0
    assert shown["wrong_unmarked"] <= 1
    assert all(answer["finish"] in {"stop", "repeated"} for answer in small.scores["answers"])


def test_installed_it_answers_from_the_manuals_without_a_loop(small: Small) -> None:
    answer = small.installed.json("ask", LOOPING)
    assert answer["answer"].strip()
    assert not loops(answer["answer"])
    assert answer["stats"]["completion_tokens"] > 0
    assert "think" not in answer["answer"]
