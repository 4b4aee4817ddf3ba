"""llama-bench: rates of prefill and decode by llama.cpp's own program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from fieldkit.packager.process import call
from tests.bench.stats import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaBench:
    """One build of llama-bench over ``model``; everything but the threads is its own default."""

    program: Path
    model: Path
    threads: int

    def prefill(self, tokens: int, count: int) -> list[Sample]:
        """``count`` times a prompt of ``tokens`` tokens, after its own warm-up: token/s."""
        return self._samples("prefill_tps", count, ["-p", str(tokens), "-n", "0"])

    def decode(self, tokens: int, count: int, *, depth: int = 0) -> list[Sample]:
        """``count`` times ``tokens`` tokens one by one, ``depth`` tokens in the cache: token/s."""
        options = ["-p", "0", "-n", str(tokens), "-d", str(depth)]
        return self._samples("decode_tps", count, options)

    def _samples(self, name: str, count: int, options: list[str]) -> list[Sample]:
        command: list[str | Path] = [self.program, "-m", self.model, "-t", str(self.threads)]
        command += ["-r", str(count), "-o", "json", *options]
        output = call(command, action="run llama-bench")
        return [{name: float(rate)} for rate in parse(output)]


def parse(output: str) -> list[float]:
    """The rate of each repetition, from output in which messages may stand around the JSON."""
    begin, end = output.index("[\n"), output.rindex("]")
    (test,) = json.loads(output[begin : end + 1])
    return [float(rate) for rate in test["samples_ts"]]
