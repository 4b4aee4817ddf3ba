"""Quantizes a model to an INT4 type, in a process of its own, and checks what came out."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from fieldkit.core.gguf_types import Header
from fieldkit.core.text import clean_line
from fieldkit.engine.child import python_module
from fieldkit.engine.header import read_header
from fieldkit.engine.protocol import Wire, decode, error_from_wire
from fieldkit.errors import DiskFull, EngineFailure, IntegrityProblem, InvalidInput
from fieldkit.packager.cache import sync
from fieldkit.packager.spending import Spending

Progress = Callable[[int, int], None]

_UNQUANTIZED = {"F32", "F16", "BF16"}
# INT4 types need 4.2 to 4.9 bits a weight and some tensors stay larger; 0.45 of F16 is never
# exceeded (a tiny model with a large vocabulary comes closest).
_SHARE_OF_F16 = 0.45
_MARGIN = 64 << 20


def quantize(
    source: Path,
    target: Path,
    *,
    kind: str,
    progress: Progress | None = None,
    spending: Spending | None = None,
    most: float = _SHARE_OF_F16,
) -> None:
    """Write ``source`` (F32, F16 or BF16 GGUF) as ``target`` in the INT4 type ``kind``.

    ``spending`` frees ``source`` as it is read; then it is lost. ``most`` is the share of the
    source's tensors that the result's may take.

    ``target`` appears only when it is whole. Raises InvalidInput for a file that is no GGUF, or is
    quantized already to another type; DiskFull before a byte is written when it cannot fit.
    """
    header = read_header(source)
    aside = target.with_name(target.name + ".part")
    if header.quantization == kind:
        try:
            shutil.copyfile(source, aside)
            _publish(aside, target)
        finally:
            aside.unlink(missing_ok=True)
        return
    if header.quantization not in _UNQUANTIZED:
        raise InvalidInput(
            f"{source}: is quantized to {header.quantization} already",
            hint=f"Quantizing twice loses quality: give the F16 or BF16 file, or ask for "
            f"{header.quantization} in model.quantization.",
        )
    need = _room(header, spending, most)
    check_space(target.parent, need, f"the {kind} model")
    try:
        _run(source, aside, kind, _watcher(progress, spending))
        _check(source, aside, kind, most)
        _publish(aside, target)
    except EngineFailure as error:
        if shutil.disk_usage(target.parent).free < _MARGIN:
            raise DiskFull(
                f"No space left for {target} while quantizing",
                hint=f"It needs about {need / 1e9:.1f} GB; free some space and run this again.",
            ) from error
        raise
    finally:
        aside.unlink(missing_ok=True)


def _room(header: Header, spending: Spending | None, most: float) -> int:
    """Bytes that must be free: all of the result, or where the source makes way, a tensor of it."""
    size = header.file_size
    if spending is not None and spending.frees:
        size = max((tensor.size for tensor in header.tensors), default=0)
    return int(size * most) + _MARGIN


def _watcher(progress: Progress | None, spending: Spending | None) -> Callable[[Wire], None]:
    """What is done when the quantizer begins with a tensor: it is done with the one before."""
    before: list[str] = []

    def watch(said: Wire) -> None:
        if progress is not None:
            progress(said["tensor"], said["total"])
        if spending is not None:
            for name in before:
                spending.done(name)
            before[:] = [said.get("name", "")]

    return watch


def _publish(aside: Path, target: Path) -> None:
    sync(aside)
    aside.replace(target)


def check_space(folder: Path, need: int, what: str) -> None:
    """Raise DiskFull unless ``folder`` has ``need`` bytes free for ``what``."""
    free = shutil.disk_usage(folder).free
    if free < need:
        raise DiskFull(
            f"Not enough space in {folder} for {what}: "
            f"{need / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free",
            hint="Free some space, or set FIELDKIT_CACHE_DIR to a larger disk.",
        )


def _run(source: Path, target: Path, kind: str, watch: Callable[[Wire], None]) -> None:
    process = subprocess.Popen(
        python_module("fieldkit.engine.quantizer", str(source), str(target), kind, "0"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    last: Wire = {}
    notes: list[str] = []
    try:
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                last = _understand(line)
                if "tensor" in last:
                    watch(last)
                notes += [last["log"]] if "log" in last else []
        status = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if last.get("event") == "error":
        error = error_from_wire(last)
        if notes and isinstance(error, EngineFailure):
            error = EngineFailure(f"{error.message}: {notes[-1]}", hint=error.hint)
        raise error
    if status != 0 or not last.get("done"):
        raise EngineFailure(
            f"{source}: the quantizer ended with status {status}"
            + (f": {notes[-1]}" if notes else ""),
            hint="Check the file: fieldkit probe --model FILE reads its header.",
        )


def _understand(line: bytes) -> Wire:
    """What a line of the quantizer says; a line that a library wrote is a note."""
    try:
        return decode(line)
    except EngineFailure:
        return {"log": clean_line(line.decode("utf-8", "replace"))}


def _check(source: Path, target: Path, kind: str, most: float) -> None:
    """Compare the result with its source: same tensors and shapes, and really INT4."""
    before, after = read_header(source), read_header(target)
    shapes = [{tensor.name: tensor.shape for tensor in file.tensors} for file in (before, after)]
    if shapes[0] != shapes[1]:
        raise IntegrityProblem(
            f"{target}: does not hold the tensors of {source}",
            hint="This is an error of the quantizer; please report it with the model's name.",
        )
    share = after.tensor_bytes / max(1, before.tensor_bytes)
    if share > most and before.quantization != "F32":
        raise InvalidInput(
            f"{source}: {kind} makes it only {1 - share:.0%} smaller",
            hint="Its rows do not divide by 256, so K-quants fall back to larger types. "
            "Try Q4_0, or another candidate.",
        )
