"""Quantizes a GGUF file in a process of its own: ``python -m fieldkit.engine.quantizer``.

A hostile or broken file can crash the quantizer, so it never runs inside the build. It says what
it does on stdout, one JSON object a line: when it begins with a tensor
``{"tensor": N, "total": M, "name": NAME}``, at the end ``{"done": true}``.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import sys
from pathlib import Path

from fieldkit.engine import backend
from fieldkit.engine.header import read_header
from fieldkit.engine.protocol import error_to_wire
from fieldkit.errors import EngineFailure, InvalidInput

# llama_ftype in llama.h, for the types a profile may name.
FTYPES = {"Q4_0": 2, "Q4_1": 3, "Q4_K_S": 14, "Q4_K_M": 15, "IQ4_NL": 25, "IQ4_XS": 30}

_BUFFER = 64 << 20  # bytes of F32 work buffer; the default of 8 GiB would be most of a laptop
_TENSOR = re.compile(rb"\[\s*(\d+)/\s*(\d+)\]\s+(\S+)")


def quantize(source: Path, target: Path, *, kind: str, threads: int) -> None:
    """Write ``source`` quantized to ``kind`` as ``target``; ``threads`` 0 means all cores.

    Raises InvalidInput for an unknown kind or a file that is no GGUF, EngineFailure when the
    quantizer fails.
    """
    if kind not in FTYPES:
        raise InvalidInput(
            f"{kind} is not an INT4 type", hint="One of " + ", ".join(sorted(FTYPES)) + "."
        )
    read_header(source)
    binding = backend.load()
    params = binding.llama_model_quantize_default_params()
    params.ftype = FTYPES[kind]
    params.nthread = threads
    params.max_buf_size = _BUFFER

    def watch(_level: int, text: bytes, _user: object) -> None:
        if step := _TENSOR.search(text):
            name = step[3].decode("utf-8", "replace")
            _say({"tensor": int(step[1]), "total": int(step[2]), "name": name})
        elif b"fail" in text.lower():
            _say({"log": text.decode("utf-8", "replace").strip()})

    callback = binding.llama_log_callback(watch)
    binding.llama_log_set(callback, ctypes.c_void_p(0))
    status = binding.llama_model_quantize(
        os.fsencode(source), os.fsencode(target), ctypes.byref(params)
    )
    if status != 0:
        raise EngineFailure(f"{source}: the quantizer failed with status {status}")


def _say(data: dict[str, object]) -> None:
    """Tell the parent; without one there is nothing left to do.

    An exception would be lost in the library's callback, so the process ends here.
    """
    try:
        sys.stdout.write(json.dumps(data) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)


def main(arguments: list[str]) -> int:
    """``quantizer SOURCE TARGET KIND THREADS``."""
    source, target, kind, threads = arguments
    try:
        quantize(Path(source), Path(target), kind=kind, threads=int(threads))
    except Exception as error:  # noqa: BLE001 - the parent presents whatever happened
        _say(error_to_wire(error))
        return 1
    _say({"done": True})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
