"""What surrounds the quantizer: what is refused, what is checked, what is left behind."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from fieldkit.errors import DiskFull, EngineFailure, IntegrityProblem, InvalidInput
from fieldkit.packager import quantize as module
from fieldkit.packager.quantize import quantize
from tests.gguf_files import PHI3_METADATA, TYPE_NUMBER, Gguf, TensorSpec

QUANTIZER = """
import json, sys
from pathlib import Path
source, target = Path(sys.argv[1]), Path(sys.argv[2])
"""

Pretend = Callable[[str], None]


def model(kind: str = "F16", file_type: int = 1, rows: int = 4096) -> bytes:
    """A model of one matrix."""
    spec = TensorSpec("token_embd.weight", (256, rows), TYPE_NUMBER[kind])
    return Gguf(metadata=PHI3_METADATA | {"general.file_type": file_type}, tensors=[spec]).build()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.gguf"
    path.write_bytes(model())
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "model.gguf"


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretend:
    """Put a few lines of Python in the place of the quantizer's process."""

    def make(body: str) -> None:
        script = tmp_path / "quantizer.py"
        script.write_text(QUANTIZER + body)
        popen = module.subprocess.Popen

        def start(command: list[str], **named: object) -> object:
            return popen([command[0], str(script), *command[4:]], **named)

        monkeypatch.setattr(module, "subprocess", SimpleNamespace(**vars(module.subprocess)))
        monkeypatch.setattr(module.subprocess, "Popen", start)

    return make


@pytest.fixture
def int4(tmp_path: Path) -> Path:
    """What a quantizer would make of the source."""
    path = tmp_path / "int4.gguf"
    path.write_bytes(model("Q4_K", 15))
    return path


def test_a_good_result_gets_its_name_and_progress_is_told(
    source: Path, target: Path, pretend: Pretend, int4: Path
) -> None:
    pretend(
        f"print(json.dumps({{'tensor': 1, 'total': 1}}))\n"
        f"target.write_bytes(Path({str(int4)!r}).read_bytes())\n"
        f"print(json.dumps({{'done': True}}))\n"
    )
    steps: list[tuple[int, int]] = []
    quantize(source, target, kind="Q4_K_M", progress=lambda *step: steps.append(step))
    assert steps == [(1, 1)]
    assert target.read_bytes() == int4.read_bytes()
    assert list(target.parent.iterdir()) == [target]


ERROR = json.dumps(
    {"event": "error", "kind": "EngineFailure", "message": "it failed", "hint": "again"}
)


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ("target.write_text('half'); sys.exit(3)", EngineFailure, "ended with status 3"),
        ("target.write_text('half')", EngineFailure, "ended with status 0"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", EngineFailure, "status -9"),
        (f"target.write_text('half'); print({ERROR!r}); sys.exit(1)", EngineFailure, "it failed"),
        ("target.write_text('half'); print('{\"done\": true}')", InvalidInput, "not a GGUF"),
        ("target.write_bytes(source.read_bytes()); print('{\"done\": true}')",
         InvalidInput, "only 0% smaller"),
        ("print('Segmentation fault', flush=True); sys.exit(1)", EngineFailure, "Segmentation"),
    ],
)  # fmt: skip
def test_a_failure_leaves_nothing(
    body: str,
    kind: type[Exception],
    message: str,
    source: Path,
    target: Path,
    pretend: Pretend,
) -> None:
    pretend(body)
    with pytest.raises(kind, match=message):
        quantize(source, target, kind="Q4_K_M")
    assert list(target.parent.iterdir()) == []


def test_a_result_with_other_tensors_is_refused(
    source: Path, target: Path, pretend: Pretend, int4: Path
) -> None:
    int4.write_bytes(model("Q4_K", 15, rows=2048))
    pretend(f"target.write_bytes(Path({str(int4)!r}).read_bytes()); print('{{\"done\": true}}')")
    with pytest.raises(IntegrityProblem, match="does not hold the tensors"):
        quantize(source, target, kind="Q4_K_M")
    assert list(target.parent.iterdir()) == []


def test_a_model_that_is_quantized_already_is_not_quantized_again(int4: Path, target: Path) -> None:
    with pytest.raises(InvalidInput, match="quantized to Q4_K_M already") as caught:
        quantize(int4, target, kind="Q4_0")
    assert "Q4_K_M in model.quantization" in caught.value.hint
    assert list(target.parent.iterdir()) == []


def test_a_model_of_the_type_asked_for_is_taken_as_it_is(int4: Path, target: Path) -> None:
    quantize(int4, target, kind="Q4_K_M")
    assert target.read_bytes() == int4.read_bytes()
    assert list(target.parent.iterdir()) == [target]


def test_a_copy_that_fails_leaves_nothing(
    int4: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_source: object, to: Path, **_named: object) -> None:
        Path(to).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.shutil, "copyfile", half)
    with pytest.raises(OSError, match="No space"):
        quantize(int4, target, kind="Q4_K_M")
    assert list(target.parent.iterdir()) == []


def test_too_little_space_is_told_before_a_byte_is_written(
    source: Path, target: Path, pretend: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend("target.write_text('written')")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1 << 20))
    with pytest.raises(DiskFull, match=r"the Q4_K_M model: 0\.1 GB needed, 0\.0 GB free"):
        quantize(source, target, kind="Q4_K_M")
    assert list(target.parent.iterdir()) == []


def test_a_disk_that_fills_up_meanwhile_is_told_as_such(
    source: Path, target: Path, pretend: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend("target.write_text('half'); sys.exit(1)")
    free = iter([1 << 40, 0])
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=next(free)))
    with pytest.raises(DiskFull, match="while quantizing"):
        quantize(source, target, kind="Q4_K_M")
    assert list(target.parent.iterdir()) == []
