"""llama-cpp-python's stock ``Llama`` class, in a process of its own.

It runs over the engine's own libraries, so that only the Python around them differs. It needs
diskcache besides what the development environment has; that is installed into the cache.

    python -m tests.bench.peers.stock overhead MODEL --threads 4 --tokens 512
    python -m tests.bench.peers.stock memory MODEL --threads 4 --context 4096 --prompt-tokens 800
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import itertools
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from fieldkit import resources
from fieldkit.console import Console
from fieldkit.engine.location import find_engine
from fieldkit.machine.process import process_memory
from fieldkit.packager.process import call
from tests.bench.stats import Sample

QUESTION = "Tell me everything you know about pumps."


def run(mode: str, model: Path, **options: int) -> Sample:
    """Run this module as a program; what it measured."""
    command: list[str | Path] = [sys.executable, "-P", "-m", "tests.bench.peers.stock", mode, model]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    path = os.pathsep.join([str(Path.cwd()), str(_site())])
    env = {"PYTHONPATH": path, "LLAMA_CPP_LIB_PATH": str(find_engine())}
    output = call(command, action="measure the stock Llama class", env=env)
    return {name: float(value) for name, value in json.loads(output.splitlines()[-1]).items()}


def _site() -> Path:
    """The folder with what the stock class needs besides, installed if need be (pip's index)."""
    pins = resources.folder("build") / "locks" / "bench.txt"
    key = hashlib.sha256(pins.read_bytes()).hexdigest()[:16]
    target = resources.cache_dir() / "peers" / f"stock-{key}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".installing-", dir=target.parent))
        try:
            install: list[str | Path] = [
                sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--no-deps", "--require-hashes", "--requirement", pins, "--target", aside,
            ]  # fmt: skip
            call(install, action="install what the stock Llama class needs")
            aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return target


def main() -> int:
    """Measure what the command line says and write one JSON object to stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=["overhead", "memory"])
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--context", type=int, default=1024)
    parser.add_argument("--tokens", type=int, default=8)
    parser.add_argument("--prompt-tokens", type=int, default=64)
    options = parser.parse_args()
    llama = _load(options.model, context=options.context, threads=options.threads)
    if options.mode == "overhead":
        measured = _overhead(llama, options.tokens)
    else:
        measured = _memory(llama, options.prompt_tokens, options.tokens)
    llama.close()
    Console().out(json.dumps(measured))
    return 0


def _load(model: Path, *, context: int, threads: int) -> Any:
    """A ``Llama`` as its users make it: the file mapped, the weights repacked."""
    import llama_cpp.llama_cpp as binding

    binding._lib.ggml_backend_load_all_from_path(os.fsencode(find_engine()))
    from llama_cpp.llama import Llama

    return Llama(
        str(model), n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False
    )


def _overhead(llama: Any, tokens: int) -> Sample:
    """Milliseconds per streamed token beyond what decoding alone takes."""
    messages = [{"role": "user", "content": QUESTION}]
    stream = llama.create_chat_completion(messages, stream=True, temperature=0.0, max_tokens=tokens)
    stamps = [time.perf_counter() for _chunk in stream]
    # The first chunk holds the role and the last the reason; what is between took one token each.
    seen = len(stamps) - 2
    streamed = statistics.median(
        after - before for before, after in itertools.pairwise(stamps[1:-1])
    )
    alone = statistics.median(_decode_alone(llama, seen))
    return {
        "streamed_ms": streamed * 1e3,
        "alone_ms": alone * 1e3,
        "overhead_ms": (streamed - alone) * 1e3,
        "tokens": seen,
    }


def _decode_alone(llama: Any, tokens: int) -> list[float]:
    """Seconds of each token of ``llama_decode`` and nothing else, from an empty cache."""
    import llama_cpp.llama_cpp as binding

    context = llama._ctx.ctx
    binding.llama_memory_clear(binding.llama_get_memory(context), True)
    chooser = random.Random(1)
    times = []
    for token in (chooser.randrange(1, llama.n_vocab()) for _ in range(tokens)):
        began = time.perf_counter()
        _decode_one(binding, context, token)
        times.append(time.perf_counter() - began)
    return times


def _decode_one(binding: Any, context: Any, token: int) -> None:
    batch = binding.llama_batch_get_one((ctypes.c_int32 * 1)(token), 1)
    if binding.llama_decode(context, batch):
        raise RuntimeError("llama_decode failed")
    binding.llama_synchronize(context)


def _memory(llama: Any, prompt_tokens: int, tokens: int) -> Sample:
    """Bytes at the highest after reading a prompt and generating some tokens."""
    chooser = random.Random(1)
    prompt = [chooser.randrange(1, llama.n_vocab()) for _ in range(prompt_tokens)]
    for number, _token in enumerate(llama.generate(prompt, temp=0.0), 1):
        if number == tokens:
            break
    memory = process_memory(os.getpid())
    return {
        "peak_bytes": float(memory.high_water or 0),
        "anonymous_bytes": float(memory.anonymous or 0),
        "file_bytes": float(memory.file or 0),
    }


if __name__ == "__main__":
    sys.exit(main())
