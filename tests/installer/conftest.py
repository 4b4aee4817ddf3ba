from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.installer.demo_release import (
    DemoRelease,
    Installed,
    build_with_interruptions,
    install_offline,
)
from tests.installer.releases import Built, build, toolbox

Install = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("first") / "r", "1.0")


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("second") / "r", "1.1", model_seed=1)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toolbox(tmp_path_factory.mktemp("tools") / "bin")


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return tmp_path / "a prefix" / "local"


@pytest.fixture
def install(tools: Path, tmp_path: Path) -> Install:
    """Run an installer with an environment that holds coreutils' PATH and what the test names."""

    def run(
        script: Path, *arguments: object, wrapper: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*wrapper, str(tools / "sh"), str(script), *map(str, arguments)],
            env={"PATH": str(tools), **environment},
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def built(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> DemoRelease:
    """The demo, built once for all that use the frozen assistant."""
    return build_with_interruptions(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def installed(built: DemoRelease, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install_offline(built.installer, tmp_path_factory.mktemp("installed"))
