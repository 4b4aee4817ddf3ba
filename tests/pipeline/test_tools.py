"""llama.cpp's own tools, from the engine's source, and the divergence they measure."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.packager.deployments import embedded_model, load_candidate
from fieldkit.packager.engine import ensure_tools
from fieldkit.packager.quantize import quantize
from fieldkit.packager.tools.perplexity import divergence

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(1800),  # the tools are compiled on first use
    pytest.mark.xdist_group("tools"),
]

MANUALS = Path(__file__).resolve().parents[2] / "profiles" / "demo" / "manuals"


@pytest.fixture(scope="module")
def tools() -> Path:
    return ensure_tools()


@pytest.fixture(scope="module")
def original() -> Path:
    path = embedded_model(load_candidate("demo"))
    assert path is not None
    return path


@pytest.fixture(scope="module")
def text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(MANUALS.glob("*.md")))


@pytest.mark.parametrize(
    "name", ["llama-bench", "llama-imatrix", "llama-perplexity", "llama-quantize"]
)
def test_every_tool_of_the_recipe_runs(tools: Path, name: str) -> None:
    done = subprocess.run(
        [tools / name, "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert "usage" in (done.stdout + done.stderr).lower()


def test_int4_diverges_from_the_original_and_the_original_not_from_itself(
    tools: Path, original: Path, text: str, tmp_path: Path
) -> None:
    program = tools / "llama-perplexity"
    quantized = tmp_path / "model.gguf"
    quantize(original, quantized, kind="Q4_0")
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(original.read_bytes())

    int4 = divergence(program, original, quantized, text, chunks=4)
    same = divergence(program, original, copy, text, chunks=4)

    assert int4.mean > 10 * abs(same.mean)
    assert same.mean == pytest.approx(0, abs=1e-3)
    assert same.same_top_percent > int4.same_top_percent
    assert not list(tmp_path.glob(".kld-*"))


def test_too_short_a_text_is_refused_with_what_to_do(
    tools: Path, original: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(original.read_bytes())
    with pytest.raises(InvalidInput, match="too short"):
        divergence(tools / "llama-perplexity", original, copy, "A short manual.", chunks=4)
