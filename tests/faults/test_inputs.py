"""Bad input: each kind has its exit code, says where and what to do, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import ExitCode
from fieldkit.install import lock
from tests.deployment import SHARED, Deployment, build, copy_demo, files
from tests.gguf_files import Gguf, small_phi3


@pytest.fixture
def rig(tmp_path: Path) -> Deployment:
    return copy_demo(tmp_path / "rig-7")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "dist"


@pytest.fixture(autouse=True)
def _nothing_is_left(cache: Path, output: Path) -> object:
    yield
    assert not output.exists()
    assert {name for name in files(cache) if "/" not in name} <= {*SHARED, "hashes.json"}


def test_a_profile_with_five_mistakes_reports_five(rig: Deployment, output: Path) -> None:
    rig.set(
        quantization='"Q4_K_X"',
        context='"long"',
        manuals='["handbooks"]',
        ram_gib="-1",
        candidate='"demmo"',
    )
    result = build(rig, output, "--json")
    assert (result.returncode, result.stdout) == (ExitCode.INVALID, "")
    assert f"{rig.profile}: the profile has 5 problems" in result.stderr
    problems = [line for line in result.stderr.splitlines() if line.startswith("  - ")]
    assert len(problems) == 5
    for key, detail in {
        "model.quantization": "Q4_K_M",
        "model.context": "whole number",
        "library.manuals": str(rig.folder / "handbooks"),
        "target.ram_gib": "more than 0",
        "model.candidate": "did you mean 'demo'",
    }.items():
        (line,) = [line for line in problems if line.startswith(f"  - {key}")]
        assert detail in line
    assert "docs/profile.schema.json" in result.stderr


def test_a_misspelt_key_is_answered_with_the_right_one(rig: Deployment, output: Path) -> None:
    rig.add("library", "passage_token = 300")
    result = build(rig, output)
    assert result.returncode == ExitCode.INVALID
    assert "did you mean 'passage_tokens'?" in result.stderr


def test_a_profile_that_is_no_toml_is_told_with_its_line(rig: Deployment, output: Path) -> None:
    rig.set(name="Ridge")
    result = build(rig, output)
    assert result.returncode == ExitCode.INVALID
    line = rig.profile.read_text().splitlines().index("name = Ridge") + 1
    assert f"{rig.profile}:{line}: not valid TOML" in result.stderr


def test_a_missing_folder_of_manuals_is_named(rig: Deployment, output: Path) -> None:
    rig.manuals.rename(rig.folder / "elsewhere")
    result = build(rig, output)
    assert result.returncode == ExitCode.INVALID
    assert f"{rig.manuals} is not a folder" in result.stderr


@pytest.mark.parametrize("size", [0, 3, 100, 100_000, -1])
def test_a_truncated_model_is_named_with_the_byte(
    size: int, rig: Deployment, output: Path, demo_model: Path, tmp_path: Path
) -> None:
    model = tmp_path / "cut.gguf"
    model.write_bytes(demo_model.read_bytes()[:size])
    result = build(rig, output, "--model", str(model))
    assert result.returncode == ExitCode.INVALID
    assert f"{model}: " in result.stderr
    assert "at byte" in result.stderr
    assert "Traceback" not in result.stderr


HUGE = 0xFFFF_FFFF_FFFF_FFFF


@pytest.mark.parametrize(
    "absurd",
    [
        {"tensor_count": HUGE},
        {"key_count": HUGE},
        {"tensor_count": 1 << 40},
        {"extra_pairs": b"\xff" * 8 + b"x", "key_count": 99},
    ],
    ids=str,
)
def test_a_model_with_absurd_counts_is_refused_at_once(
    absurd: dict[str, object], rig: Deployment, output: Path, tmp_path: Path
) -> None:
    model = tmp_path / "absurd.gguf"
    small = small_phi3()
    gguf = Gguf(metadata=small.metadata, tensors=small.tensors, **absurd)  # type: ignore[arg-type]
    model.write_bytes(gguf.build())
    result = build(rig, output, "--model", str(model))
    assert result.returncode == ExitCode.INVALID
    assert f"{model}: " in result.stderr
    assert "at byte" in result.stderr


def test_a_model_that_is_not_there_is_named(rig: Deployment, output: Path, tmp_path: Path) -> None:
    result = build(rig, output, "--model", str(tmp_path / "none.gguf"))
    assert result.returncode == ExitCode.INVALID
    assert "none.gguf" in result.stderr


def test_a_second_build_at_the_same_time_is_refused(
    rig: Deployment, output: Path, cache: Path
) -> None:
    with lock.hold(cache / "build.lock"):
        result = build(rig, output)
        assert result.returncode == ExitCode.BUSY
        assert "another run" in result.stderr
        assert "Wait until it has ended" in result.stderr
        assert (cache / "build.lock").is_dir()
    assert build(rig, output, "--until", "resolve").returncode == 0
