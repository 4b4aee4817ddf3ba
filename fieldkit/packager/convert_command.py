"""``fieldkit convert SOURCE TARGET``: one step of a build, alone."""

from __future__ import annotations

import argparse

from fieldkit.console import Console
from fieldkit.core.text import clean_line
from fieldkit.errors import ExitCode
from fieldkit.packager.adapters import read_adapter
from fieldkit.packager.checkpoint import read_checkpoint
from fieldkit.packager.convert import convert, convert_adapter
from fieldkit.packager.converter_env import ensure_converter
from fieldkit.packager.process import Log, ignore
from fieldkit.packager.progress import Progress, size


def run(options: argparse.Namespace, console: Console) -> int:
    """Convert a folder of safetensors to a GGUF file; ``--debug`` shows what the converter says."""
    progress = Progress(console)

    def show(line: str) -> None:
        progress.note(clean_line(line))

    log: Log = show if options.debug else ignore
    if options.base is not None:  # before a gigabyte of packages is fetched for nothing
        read_adapter(options.source)
    else:
        read_checkpoint(options.source)
    with progress.step("converter", "llama.cpp's own, in an environment of its own"):
        ensure_converter(
            log=log, progress=lambda done, total: progress.advance(done, total, "packages")
        )
    with progress.step("convert", f"{options.source} to {options.target}"):
        if options.base is not None:
            header = convert_adapter(
                options.source, options.base, options.target, kind=options.type, log=log
            )
        else:
            header = convert(
                options.source,
                options.target,
                adapter=options.adapter,
                kind=options.type,
                progress=lambda done, total: progress.advance(done, total, "bytes"),
                log=log,
            )
    console.out(
        f"{options.target}: {header.architecture}, {header.quantization}, "
        f"{len(header.tensors)} tensors, {size(header.file_size)}"
    )
    return ExitCode.OK
