"""Compare fieldkit's engine with llama-bench on one model: interleaved A B B A, fresh processes.

    make bench                                        # the demo model
    python -m tests.bench.bench --model FILE --output result.json

A is fieldkit's worker, B is llama-bench with the same threads; both read a prompt of 512 tokens and
generate 128. Every sample is kept, with the facts of the machine. The figures count only on a
machine that does nothing else; the load average before the first run is part of the result.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from fieldkit.console import Console
from fieldkit.core.settings import Settings
from fieldkit.engine.client import EngineClient
from fieldkit.engine.defaults import default_threads
from fieldkit.engine.location import revision
from fieldkit.machine.facts import machine
from fieldkit.packager.deployments import embedded_model, load_candidate
from fieldkit.packager.engine import ensure_tools
from fieldkit.packager.quantize import quantize

PROMPT, DECODE = 512, 128
CONTEXT = 1024
Sample = dict[str, float]


def fieldkit_once(model: Path, threads: int) -> tuple[Sample, str]:
    """One run of our engine in a fresh worker: rates in token/s, and the CPU variant it took."""
    engine = EngineClient(
        model,
        template="phi3",
        context=CONTEXT,
        settings=Settings(decode_threads=threads, prefill_threads=threads),
    )
    try:
        for _ in engine.start():
            pass
        figures = engine.bench(
            {"prompt": PROMPT, "decode": DECODE, "repetitions": 1, "question": 1}
        )
        variant = engine.info.variant
    finally:
        engine.close()
    return {name: figures[name][0] for name in ("prefill_tps", "decode_tps")}, variant


def llama_bench_once(tool: Path, model: Path, threads: int) -> Sample:
    """One run of llama-bench (its own warm-up, one repetition): rates in token/s."""
    command = [str(tool), "-m", str(model), "-t", str(threads), "-r", "1", "-o", "json"]
    command += ["-p", str(PROMPT), "-n", str(DECODE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    sample = {}
    for test in json.loads(done.stdout):
        name = "decode_tps" if test["n_gen"] else "prefill_tps"
        sample[name] = float(test["avg_ts"])
    return sample


def compare(model: Path, tool: Path, rounds: int, threads: int, console: Console) -> dict[str, Any]:
    """Run A B B A ``rounds`` times and return all samples with their means and ratios."""
    load_average = psutil.getloadavg()[0]
    samples: dict[str, list[Sample]] = {"fieldkit": [], "llama-bench": []}
    variant = ""
    for index in range(rounds):
        for who in ("fieldkit", "llama-bench", "llama-bench", "fieldkit"):
            if who == "fieldkit":
                sample, variant = fieldkit_once(model, threads)
            else:
                sample = llama_bench_once(tool, model, threads)
            samples[who].append(sample)
            console.err(f"round {index + 1}/{rounds} {who}: {sample}")
    summary = {
        name: {
            "fieldkit": spread([sample[name] for sample in samples["fieldkit"]]),
            "llama-bench": spread([sample[name] for sample in samples["llama-bench"]]),
        }
        for name in ("prefill_tps", "decode_tps")
    }
    return {
        "model": model.name,
        "engine": revision(),
        "variant": variant,
        "threads": threads,
        "prompt": PROMPT,
        "decode": DECODE,
        "load_average_before": load_average,
        "summary": {
            name: {**both, "ratio": both["fieldkit"]["mean"] / both["llama-bench"]["mean"]}
            for name, both in summary.items()
        },
        "samples": samples,
        "machine": machine(Path.cwd()).to_dict(),
    }


def spread(values: list[float]) -> dict[str, float]:
    """Mean and sample standard deviation."""
    return {"mean": statistics.mean(values), "stddev": statistics.stdev(values)}


def main() -> int:
    """Parse the command line, compare, and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="a GGUF file; default: the demo model")
    parser.add_argument("--llama-bench", type=Path, help="default: built from the engine's source")
    parser.add_argument("--output", type=Path, help="default: stdout")
    parser.add_argument("--rounds", type=int, default=3, help="A B B A this often (at least 3)")
    parser.add_argument("--threads", type=int, default=default_threads())
    options = parser.parse_args()
    console = Console()
    tool = options.llama_bench or ensure_tools() / "llama-bench"
    if not os.access(tool, os.X_OK):
        parser.error(f"{tool} is no program")
    if options.rounds < 3:
        parser.error("fewer than 3 rounds say nothing")
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or _demo_model(Path(folder))
        result = compare(model, tool, options.rounds, options.threads, console)
    if options.output is None:
        console.out_json(result)
        return 0
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for name, both in result["summary"].items():
        ours, theirs = both["fieldkit"]["mean"], both["llama-bench"]["mean"]
        console.out(f"{name}: {ours:.1f}, llama-bench {theirs:.1f}, ratio {both['ratio']:.3f}")
    console.out(str(options.output))
    return 0


def _demo_model(folder: Path) -> Path:
    """The demo model in the type it ships in."""
    target = folder / "demo-Q4_K_M.gguf"
    source = embedded_model(load_candidate("demo"))
    assert source is not None
    quantize(source, target, kind="Q4_K_M")
    return target


if __name__ == "__main__":
    sys.exit(main())
