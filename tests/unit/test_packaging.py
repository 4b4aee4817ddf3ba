"""What the wheel holds: the package with its data, and nothing that only development needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import fieldkit
from fieldkit import resources
from fieldkit.packager import steps

ROOT = Path(fieldkit.__file__).resolve().parent.parent

pytestmark = [
    pytest.mark.skipif(
        not (ROOT / "pyproject.toml").is_file(), reason="needs the project's folder"
    ),
    pytest.mark.xdist_group("wheel"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel the way ``python -m build`` does, without a network."""
    output = tmp_path_factory.mktemp("wheel")
    program = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(output)], cwd=ROOT, check=True)
    (path,) = output.glob("fieldkit-*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def carried(folder: str) -> set[str]:
    """Files of the checkout that belong into the wheel as data."""
    root = ROOT / folder
    files = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}


@pytest.mark.parametrize("folder", ["build", "profiles", "installer"])
def test_the_wheel_carries_the_data(folder: str, names: set[str]) -> None:
    data = {name.removeprefix("fieldkit/data/") for name in names if "fieldkit/data/" in name}
    tracked = {name for name in carried(folder) if not name.endswith((".part", ".q4"))}
    assert tracked
    assert tracked - data == set()


def test_every_module_of_the_package_is_in_it(names: set[str]) -> None:
    package = Path(fieldkit.__file__).parent
    sources = {
        path.relative_to(package.parent).as_posix()
        for suffix in ("*.py", "*.tcss", "*.mo")
        for path in package.rglob(suffix)
    }
    assert sources - names == set()


def test_nothing_of_development_is_in_it(names: set[str]) -> None:
    tops = {PurePosixPath(name).parts[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"fieldkit"}
    stems = {PurePosixPath(name).name.split(".")[0] for name in names}
    assert not {stem for stem in stems if stem.startswith("test") or stem == "conftest"}


def test_what_a_build_is_made_from_is_declarative() -> None:
    assert list((ROOT / "build").rglob("*.py")) == []
    assert list((ROOT / "build").rglob("__init__*")) == []


def test_an_installed_fieldkit_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = (
        "from fieldkit import resources; from fieldkit.packager import deployments;"
        "print(resources.folder('build'), *deployments.profile_names());"
        "deployments.load_profile('demo')"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    folder, *profiles = result.stdout.split()
    assert Path(folder) == tmp_path / "fieldkit" / "data" / "build"
    assert set(profiles) == {"demo", "phi-3-mini"}


def test_the_wheel_names_version_licence_and_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = f"fieldkit-{fieldkit.__version__}.dist-info"
        metadata = archive.read(f"{info}/METADATA").decode()
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        licence = archive.read(f"{info}/licenses/LICENSE").decode()
    assert f"Version: {fieldkit.__version__}" in metadata
    assert "License-Expression: MIT" in metadata
    assert "fieldkit = fieldkit.cli:main" in entry_points
    assert licence.startswith("MIT License")
    assert resources.folder("build").is_dir()


def test_another_frozen_app_is_made_when_anything_that_ships_changes() -> None:
    package = Path(fieldkit.__file__).parent
    shipped = steps.shipped_code()
    assert not {"packager", "data"} & set(shipped)
    for path in package.rglob("*.py"):
        part = path.relative_to(package).parts[0]
        assert part in shipped or part in {"packager", "data"}, path
