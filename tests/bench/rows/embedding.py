"""Vectors of passages: all-MiniLM-L6-v2 on two threads, against how passages were read before.

Now: the first 128 tokens, several passages in a batch, matrices in Q4_0 in the layout that is
quickest on the processor, as a build makes them. Before: up to 512 tokens, one passage at a time,
matrices in F16 as they are in the file. The passages are the demo's manuals cut to 140 words, which
is near the mean of 190 tokens that passages of real manuals have. Each sample is a process of its
own. On two threads the clock counts: threads that wait for each other are busy, too. What one
thread takes of the processor says more on a machine that does other things.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from fieldkit import resources
from fieldkit.errors import UsageProblem
from fieldkit.library.documents import read_folders
from fieldkit.packager import embedder_convert
from fieldkit.packager.quantize import quantize
from tests import real_embedders
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.stats import Sample, Side, Spread, column, flat

TITLE = "Embedding"
_RATE, _BUSY = "passages_per_s", "passages_per_busy_s"
_THREADS = 2
_WORDS = 140
_PASSAGES, _QUICK_PASSAGES = 96, 16
_NOW = {"tokens": 128, "one_by_one": False, "repack": True}
_BEFORE = {"tokens": 512, "one_by_one": True, "repack": False}


def run(bench: Bench) -> list[Figure]:
    """Embed the same passages both ways, in turn."""
    try:
        before = real_embedders.english()
    except real_embedders.Missing as missing:
        raise UsageProblem(
            f"real weights cannot be had: {missing}", hint="Leave out the row embedding."
        ) from missing
    found = passages(_QUICK_PASSAGES if bench.quick else _PASSAGES)
    with tempfile.TemporaryDirectory(prefix="fieldkit-embedding-") as name:
        texts, now = Path(name) / "texts.json", Path(name) / "embedder.gguf"
        quantize(before, now, kind=embedder_convert.KIND)
        texts.write_text(json.dumps(found), encoding="utf-8")

        def side(model: Path, how: Mapping[str, object], threads: int) -> Side:
            return lambda n: [sample(model, texts, len(found), how, threads) for _ in range(n)]

        rounds = bench.compare(
            {
                "two threads": side(now, _NOW, _THREADS),
                "fieldkit": side(now, _NOW, 1),
                "before": side(before, _BEFORE, 1),
            }
        )
    remark = f"{len(found)} passages of {_WORDS} words, all-MiniLM-L6-v2"
    return [
        _measured(
            "passages embedded, two threads",
            flat(column(rounds["two threads"], _RATE)),
            30.0,
            remark,
        ),
        _measured(
            "passages embedded, one thread, processor time",
            flat(column(rounds["fieldkit"], _BUSY)),
            15.0,
            remark,
        ),
        compared(
            "passages embedded, one thread, processor time",
            against="512 tokens, one at a time, F16",
            ours=column(rounds["fieldkit"], _BUSY),
            peer=column(rounds["before"], _BUSY),
            unit="passages/s",
            at_least=2.0,
            remark=remark,
        ),
    ]


def _measured(name: str, values: Sequence[float], limit: float, remark: str) -> Figure:
    """The median sample is held to the limit."""
    return Figure(
        name=name,
        against="",
        unit="passages/s",
        value=Spread.of(values).median,
        values=tuple(values),
        limit=limit,
        at_least=True,
        ours=tuple(values),
        sample_unit="passages/s",
        remark=remark,
    )


def passages(count: int) -> list[str]:
    """``count`` passages of ``_WORDS`` words, from the demo's manuals over and over."""
    manuals = read_folders([resources.folder("profiles") / "demo" / "manuals"]).documents
    words = [word for manual in manuals for page in manual.pages for word in page.text.split()]
    starts = [(number * _WORDS) % (len(words) - _WORDS) for number in range(count)]
    return [" ".join(words[start : start + _WORDS]) for start in starts]


def sample(model: Path, texts: Path, count: int, how: Mapping[str, object], threads: int) -> Sample:
    """Passages a second by the clock, and by the time of the processor."""
    order = {"model": str(model), "texts": str(texts), "threads": threads, **how}
    command = [sys.executable, "-m", "tests.bench.embed_child", json.dumps(order)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    took = json.loads(done.stdout.splitlines()[-1])
    return {_RATE: count / took["seconds"], _BUSY: count / took["busy"]}
