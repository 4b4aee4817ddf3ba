"""Converts a model from safetensors to GGUF with llama.cpp's own converter, and checks the result.

The converter runs in a process of its own, in its own environment, and sees a folder that holds
nothing but the files it reads. What it wrote is compared with the configuration tensor by tensor
before it gets its name.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path

from fieldkit.core.gguf_types import Header, Shape
from fieldkit.core.text import clean_line
from fieldkit.engine.header import read_header
from fieldkit.errors import (
    DiskFull,
    FieldkitError,
    IntegrityProblem,
    InvalidInput,
    Unfit,
    UsageProblem,
)
from fieldkit.packager import converter_guard
from fieldkit.packager.adapters import Adapter, read_adapter, stage_adapter
from fieldkit.packager.cache import sync
from fieldkit.packager.checkpoint import (
    Checkpoint,
    expected_tensors,
    read_checkpoint,
    stage,
)
from fieldkit.packager.converter_env import Converter, ensure_converter, isolated
from fieldkit.packager.merge import merge_adapter
from fieldkit.packager.process import Log, ProgramFailed, call, ignore
from fieldkit.packager.quantize import check_space
from fieldkit.packager.workplace import workplace

Progress = Callable[[int, int], None]

TYPES = {"f16": "F16", "bf16": "BF16"}
_WRITING = re.compile(r"^Writing: +\d+%.*?\| *([\d.]+)([kMGT]?)/([\d.]+)([kMGT]?) ")
_SCALE = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000}
_ERROR = re.compile(r"^(?:[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)\b|ERROR:)")
_HEADER_BYTES = 64 << 20
_FLUSH_EVERY = 512 << 20
# Sizes that the configuration says and the file must repeat; the engine derives the others.
_COMPARED = (
    "architecture", "layers", "embedding", "heads", "kv_heads", "head_dim", "feed_forward",
    "vocabulary", "context", "tied", "experts", "experts_used",
)  # fmt: skip


def convert(
    source: Path,
    target: Path,
    *,
    adapter: Path | None = None,
    architecture: str | None = None,
    kind: str | None = None,
    progress: Progress | None = None,
    log: Log = ignore,
) -> Header:
    """Write the model in the folder ``source`` as the GGUF file ``target``; returns its header.

    ``adapter`` is a LoRA adapter in PEFT's format, merged into the model first (in a copy beside
    ``target``). ``architecture`` is what the model has to be, as GGUF names it. ``kind`` is ``f16``
    or ``bf16``; without one the matrices keep their own type (F32 becomes F16). ``progress`` is
    told bytes written and bytes in all. ``target`` appears only when it is whole and checked.

    Raises InvalidInput for a model that cannot be converted, DiskFull before a byte is written,
    Unfit when memory runs out, IntegrityProblem when the converter's file is not what the
    configuration says, and what ``ensure_converter`` raises.
    """
    source, target = source.absolute(), _place(target)
    checkpoint = read_checkpoint(source)
    if architecture is not None and checkpoint.family != architecture:
        raise InvalidInput(
            f"{source}: is a {checkpoint.family} model ({checkpoint.architecture}); "
            f"{architecture} is expected",
            hint="Give the candidate's own model, or name the right candidate in the profile.",
        )
    shape = checkpoint.shape()
    kind = kind or ("bf16" if checkpoint.kind == "BF16" else "f16")
    need = 2 * checkpoint.elements + _HEADER_BYTES
    need += checkpoint.size if adapter is not None else 0
    check_space(target.parent, need, f"the {TYPES[kind]} model")
    with workplace(target.parent) as work:
        staged, written = work / checkpoint.name, work / "model.gguf"
        if adapter is not None:
            merge_adapter(source, adapter, work / "merged", progress=_half(progress, 0))
            checkpoint = read_checkpoint(work / "merged")
            progress = _half(progress, 1)
        converter = ensure_converter(log=log)
        stage(checkpoint, staged)
        arguments: list[str | Path] = [staged, "--outfile", written, "--outtype", kind]
        run_converter(
            converter, "model", arguments, written, told=source, progress=progress, log=log
        )
        header = _check(written, checkpoint, shape, kind)
        sync(written)
        written.replace(target)
    sync(target.parent)
    return header


def _place(target: Path) -> Path:
    """``target`` as an absolute path in a folder that exists."""
    target = target.absolute()
    if target.is_dir():
        raise UsageProblem(
            f"{target}: is a folder", hint="Name the GGUF file that is to be written."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _half(progress: Progress | None, half: int) -> Progress | None:
    """Tell the first or the second half of a work of two parts."""
    if progress is None:
        return None
    return lambda done, total: progress(done + half * total, 2 * total)


def convert_adapter(
    adapter: Path, base: Path, target: Path, *, kind: str | None = None, log: Log = ignore
) -> Header:
    """Write the LoRA adapter in ``adapter`` as the GGUF file ``target``, for the model ``base``.

    llama.cpp applies it to the GGUF of ``base`` (``llama_adapter_lora_init``). ``kind`` is ``f16``
    or ``bf16``; without one it is F16. Returns the header; raises what ``convert`` raises.
    """
    adapter, base, target = adapter.absolute(), base.absolute(), _place(target)
    read, model = read_adapter(adapter), read_checkpoint(base)
    converter = ensure_converter(log=log)
    with workplace(target.parent) as work:
        staged, beside = work / "adapter", work / model.name
        written = work / "adapter.gguf"
        stage_adapter(read, staged)
        stage(model, beside)
        arguments: list[str | Path] = [
            staged, "--outfile", written, "--outtype", kind or "f16", "--base", beside,
        ]  # fmt: skip
        run_converter(converter, "adapter", arguments, written, told=adapter, log=log)
        header = _check_adapter(written, read, model)
        sync(written)
        written.replace(target)
    sync(target.parent)
    return header


def _check_adapter(written: Path, adapter: Adapter, model: Checkpoint) -> Header:
    """Hold what was written against the adapter it was made from and the model it is for."""
    header = read_header(written)
    pairs = {tensor.name.rpartition(".")[0] for tensor in header.tensors}
    if (
        header.metadata.get("general.type") != "adapter"
        or header.architecture != model.family
        or len(header.tensors) != 2 * len(adapter.pairs)
        or not pairs <= set(expected_tensors(model.shape()))
    ):
        raise IntegrityProblem(
            f"{adapter.folder}: what the converter wrote is not this adapter",
            hint="Merge it instead: fieldkit convert MODEL TARGET --adapter DIR.",
        )
    return header


def run_converter(
    converter: Converter,
    script: str,
    arguments: Sequence[str | Path],
    target: Path,
    *,
    told: Path,
    progress: Progress | None = None,
    log: Log = ignore,
) -> None:
    """Run a script of the converter, which writes ``target``; messages speak of ``told``."""
    last: deque[str] = deque(maxlen=200)
    flushed = 0

    def watch(line: str) -> None:
        nonlocal flushed
        if (found := _WRITING.match(line)) is None:
            last.append(line)
            log(line)
            return
        done, total = (float(found[n]) * _SCALE[found[n + 1]] for n in (1, 3))
        if done - flushed >= _FLUSH_EVERY:
            flushed = int(done)
            sync(target)  # while the converter goes on, so that the end is not a long wait
        if progress is not None:
            progress(int(done), int(total))

    command: list[str | Path] = [
        converter.python, "-I", "-B", Path(converter_guard.__file__), converter.script(script),
        *arguments,
    ]  # fmt: skip
    try:
        call(command, action="convert the model", log=watch, cwd=target.parent, env=isolated())
    except ProgramFailed as error:
        raise _failure(told, error, list(last), target) from error


def _failure(told: Path, error: ProgramFailed, lines: list[str], target: Path) -> FieldkitError:
    """What went wrong, in one sentence with the converter's last meaningful line."""
    text = "\n".join(lines)
    if "No space left on device" in text:
        return DiskFull(
            f"No space left in {target.parent.parent} while converting {told}",
            hint="Free some space, or set FIELDKIT_CACHE_DIR to a larger disk, and run this again.",
        )
    if error.status in {-9, 137} or "MemoryError" in text or "not enough memory" in text:
        return Unfit(
            f"{told}: this machine ran out of memory while converting it",
            hint="Close other programs, or convert it on a machine with more memory.",
        )
    said = [line for line in lines if line.strip() and not line.startswith("$ ")]
    meaningful = [line for line in said if _ERROR.match(line)] or said
    reason = clean_line(meaningful[-1]) if meaningful else f"it ended with {error.status}"
    return InvalidInput(
        f"{told}: llama.cpp's converter cannot convert this model: {reason}",
        hint="Look whether its configuration and tokenizer files are the publisher's own; "
        "fieldkit convert SOURCE TARGET --debug shows all that the converter says.",
    )


_UNFITTING = (
    "The model's configuration does not fit its weights, or it is a variant of its family that is "
    "not supported; give the publisher's own files."
)


def _check(written: Path, checkpoint: Checkpoint, shape: Shape, kind: str) -> Header:
    """Compare what was written with what the configuration and the source's tensors say."""
    try:
        header = read_header(written)
        found = header.shape
    except InvalidInput as error:
        raise IntegrityProblem(
            f"{checkpoint.folder}: what the converter wrote cannot be used: {error.message}",
            hint=_UNFITTING,
        ) from error
    problems = [
        f"{name}: {getattr(found, name)} in the file, {getattr(shape, name)} in config.json"
        for name in (field.name for field in fields(Shape) if field.name in _COMPARED)
        if getattr(found, name) != getattr(shape, name)
    ]
    if header.quantization != TYPES[kind]:
        problems.append(f"type: {header.quantization}, not {TYPES[kind]}")
    have = {tensor.name: tensor.shape for tensor in header.tensors}
    want = expected_tensors(shape)
    problems += [f"{name}: is missing" for name in sorted(set(want) - set(have))[:5]]
    problems += [f"{name}: is not known" for name in sorted(set(have) - set(want))[:5]]
    problems += [
        f"{name}: {have[name]} in the file, {want[name]} by config.json"
        for name in want
        if name in have and have[name] != want[name]
    ][:5]
    if problems:
        raise IntegrityProblem(
            f"{checkpoint.folder}: what the converter wrote is not what config.json describes: "
            + "; ".join(problems),
            hint=_UNFITTING,
        )
    return header
