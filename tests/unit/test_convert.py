"""Conversions around the converter itself: what is checked, told and left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.cli import main
from fieldkit.core.gguf_types import Shape
from fieldkit.errors import (
    DiskFull,
    ExitCode,
    IntegrityProblem,
    InvalidInput,
    Unfit,
    UsageProblem,
)
from fieldkit.packager import convert as convert_module
from fieldkit.packager import converter_guard
from fieldkit.packager.checkpoint import read_checkpoint
from fieldkit.packager.convert import convert
from fieldkit.packager.quantize import check_space
from tests.checkpoints import make_adapter, make_checkpoint
from tests.converting import as_converted, scripted_converter

COPY = "shutil.copy({!r}, target)\n"
PROGRESS = """
for line in ("Writing:   0%|          | 0.00/1.50k [00:00<?, ?byte/s]",
             "Writing:  50%|#####     | 750/1.50k [00:00<00:00, 1.0kbyte/s]",
             "Writing: 100%|##########| 1.50k/1.50k [00:00<00:00, 1.0kbyte/s]"):
    print("\\r" + line, end="", file=sys.stderr)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_checkpoint(tmp_path / "model", "phi3", small=True, layers=1)


@pytest.fixture
def shape(model: Path) -> Shape:
    return read_checkpoint(model).shape()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "model.gguf"


def script(patch: pytest.MonkeyPatch, tmp_path: Path, written: bytes, more: str = "") -> None:
    """A converter that writes ``written`` and then does ``more``."""
    (tmp_path / "prepared.gguf").write_bytes(written)
    text = COPY.format(str(tmp_path / "prepared.gguf")) + more
    scripted_converter(patch, tmp_path / "source", text)


def test_the_file_appears_when_it_is_whole_and_checked(
    tmp_path: Path, model: Path, shape: Shape, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(monkeypatch, tmp_path, as_converted(shape), PROGRESS)
    told: list[tuple[int, int]] = []
    header = convert(model, target, architecture="phi3", progress=lambda *now: told.append(now))
    assert (header.architecture, header.quantization) == ("phi3", "BF16")
    assert [path.name for path in target.parent.iterdir()] == ["model.gguf"]
    assert told == [(0, 1500), (750, 1500), (1500, 1500)]


def test_the_converter_sees_the_files_it_reads_and_no_others(
    tmp_path: Path, model: Path, shape: Shape, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    told = "sorted(os.listdir(source)), sys.argv, sys.flags.isolated, dict(os.environ)"
    more = f"import json; json.dump([{told}], open({str(seen)!r}, 'w'))"
    script(monkeypatch, tmp_path, as_converted(shape), more)
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    convert(model, target)
    files, arguments, isolated, environment = json.loads(seen.read_text())
    assert "README.md" not in files
    assert "LICENSE" not in files
    assert "model.safetensors" in files
    assert arguments[-2:] == ["--outtype", "bf16"]
    assert isolated == 1
    assert (environment["HF_HUB_OFFLINE"], environment["HF_TOKEN"]) == ("1", "")


def test_types_that_are_asked_for_are_passed_on_and_checked(
    tmp_path: Path, model: Path, shape: Shape, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(monkeypatch, tmp_path, as_converted(shape, file_type=1), "assert sys.argv[-1] == 'f16'")
    assert convert(model, target, kind="f16").quantization == "F16"
    with pytest.raises(InvalidInput, match="AssertionError"):
        convert(model, target)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ({"drop": "blk.0.attn_qkv.weight"}, "blk.0.attn_qkv.weight: is missing"),
        ({"layers": 2}, "layers: 2 in the file, 1 in config.json"),
        ({"context": 2048}, "context: 2048 in the file, 4096"),
        ({"tied": True}, "output.weight: is missing"),
        ({"feed_forward": 768}, "blk.0.ffn_down.weight: (768, 256) in the file, (512, 256)"),
        ({"file_type": 1}, "type: F16, not BF16"),
    ],
)
def test_a_file_that_is_not_what_the_configuration_says_is_not_kept(
    tmp_path: Path,
    model: Path,
    shape: Shape,
    target: Path,
    broken: dict[str, object],
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = {key: value for key, value in broken.items() if key in {"drop", "file_type"}}
    other = replace(shape, **{key: broken[key] for key in broken if key not in named})  # type: ignore[arg-type] # fields by name
    script(monkeypatch, tmp_path, as_converted(other, **named))  # type: ignore[arg-type] # by name
    target.write_bytes(b"the one before")
    with pytest.raises(IntegrityProblem) as error:
        convert(model, target)
    assert problem in error.value.message
    assert target.read_bytes() == b"the one before"
    assert [path.name for path in target.parent.iterdir()] == ["model.gguf"]


def test_a_file_that_is_no_gguf_is_not_kept(
    tmp_path: Path, model: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(monkeypatch, tmp_path, b"GGUF and then nothing")
    with pytest.raises(IntegrityProblem, match="what the converter wrote cannot be used"):
        convert(model, target)
    assert not list(target.parent.iterdir())


@pytest.mark.parametrize(
    ("failure", "kind", "message"),
    [
        ("raise ValueError('Mismatch between weight map and parts')", InvalidInput,
         "ValueError: Mismatch between weight map and parts"),
        ("print('ERROR:hf-to-gguf:not supported', file=sys.stderr); print(); sys.exit(1)",
         InvalidInput, "ERROR:hf-to-gguf:not supported"),
        ("sys.exit(3)", InvalidInput, "it ended with 3"),
        ("raise OSError(28, 'No space left on device')", DiskFull, "No space left in"),
        ("raise MemoryError", Unfit, "ran out of memory"),
        ("os.kill(os.getpid(), signal.SIGKILL)", Unfit, "ran out of memory"),
        ("print('\\x1b]0;owned\\x07'); raise ValueError('\\x1b[2J evil')", InvalidInput, "evil"),
    ],
)  # fmt: skip
def test_failures_are_told_in_one_sentence(
    tmp_path: Path,
    model: Path,
    target: Path,
    failure: str,
    kind: type[InvalidInput],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scripted_converter(monkeypatch, tmp_path / "source", "open(target, 'w').write('x')\n" + failure)
    with pytest.raises(kind) as error:
        convert(model, target)
    assert message in error.value.message
    assert "\n" not in error.value.message
    assert "\x1b" not in error.value.message
    assert error.value.hint
    assert not list(target.parent.iterdir())


def test_another_architecture_than_the_candidate_s_is_refused_before_anything_runs(
    model: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert_module, "ensure_converter", None)
    with pytest.raises(InvalidInput, match="is a phi3 model") as error:
        convert(model, target, architecture="llama")
    assert error.value.exit_code == ExitCode.INVALID


def test_too_little_room_is_said_before_anything_runs(
    model: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert_module, "ensure_converter", None)
    monkeypatch.setattr(
        convert_module, "check_space", lambda where, _need, what: check_space(where, 1 << 60, what)
    )
    with pytest.raises(DiskFull, match="the BF16 model"):
        convert(model, target)


def test_an_adapter_is_merged_first_and_the_copy_is_removed(
    tmp_path: Path, model: Path, shape: Shape, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "weights"
    keep = f"shutil.copy(os.path.join(source, 'model.safetensors'), {str(seen)!r})\n"
    script(monkeypatch, tmp_path, as_converted(shape), keep + PROGRESS)
    adapter = make_adapter(tmp_path / "adapter", model)
    told: list[tuple[int, int]] = []
    convert(model, target, adapter=adapter, progress=lambda *now: told.append(now))
    assert seen.read_bytes() != (model / "model.safetensors").read_bytes()
    assert seen.stat().st_size == (model / "model.safetensors").stat().st_size
    assert [path.name for path in target.parent.iterdir()] == ["model.gguf"]
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_the_target_is_a_file_in_a_folder_that_is_made(
    tmp_path: Path, model: Path, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(monkeypatch, tmp_path, as_converted(shape))
    convert(model, tmp_path / "new" / "folder" / "x.gguf")
    assert (tmp_path / "new" / "folder" / "x.gguf").is_file()
    with pytest.raises(UsageProblem, match="is a folder"):
        convert(model, tmp_path / "new")


def guarded(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "script.py"
    path.write_text(code, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", "-B", converter_guard.__file__, str(path), "one", "two"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_guarded_script_gets_its_arguments_and_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("name = 'beside'", encoding="utf-8")
    result = guarded(tmp_path, "import sys, beside; print(sys.argv[1:], beside.name, __name__)")
    assert result.stdout.strip() == "['one', 'two'] beside __main__", result.stderr


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import socket; socket.socket().connect(('127.0.0.1', 9))", "open a connection"),
        ("import socket; socket.getaddrinfo('localhost', 80)", "look up a host"),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')", "a host"),
        ("import pickle, pathlib; pickle.loads(pickle.dumps(pathlib.Path))", "load a pickle"),
        ("import subprocess; subprocess.run(['true'])", "start a program"),
        ("import os; os.system('true')", "start a program"),
        ("import os; os.execv('/bin/true', ['true'])", "start a program"),
        ("import ctypes", None),
    ],
)
def test_a_guarded_script_can_do_no_harm(tmp_path: Path, code: str, what: str | None) -> None:
    result = guarded(tmp_path, code)
    if what is None:
        assert result.returncode == 0, result.stderr
    else:
        assert result.returncode != 0
        assert what in result.stderr


def test_the_command_says_what_it_wrote(
    tmp_path: Path,
    model: Path,
    shape: Shape,
    target: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script(monkeypatch, tmp_path, as_converted(shape), "print('INFO: as the converter says')")
    assert main(["convert", str(model), str(target)]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.startswith(f"{target}: phi3, BF16, 9 tensors, ")
    assert "as the converter says" not in err
    assert main(["convert", str(model), str(target), "--debug"]) == ExitCode.OK
    assert "INFO: as the converter says" in capsys.readouterr().err


def test_the_command_ends_with_the_code_of_the_failure(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (model / "modeling_phi3.py").write_text("import os")
    assert main(["convert", str(model), str(tmp_path / "x.gguf")]) == ExitCode.INVALID
    assert "modeling_phi3.py: is code" in capsys.readouterr().err
