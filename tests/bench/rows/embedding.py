"""Vectors of passages: all-MiniLM-L6-v2 on two threads, against how passages were read before.

Now: the first 128 tokens, several passages in a batch, matrices in Q8_0 in the layout that is
quickest on the processor. Before: up to 512 tokens, one passage at a time, matrices in F16 as they
are in the file. The passages are the demo's manuals cut to 140 words, which is near the mean of 190
tokens that passages of real manuals have. Each sample is a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import gguf

from fieldkit import resources
from fieldkit.errors import UsageProblem
from fieldkit.library.documents import read_folders
from tests import real_embedders
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.stats import Sample, column, flat

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
        now = real_embedders.english(gguf.GGMLQuantizationType.Q8_0)
        before = real_embedders.english(gguf.GGMLQuantizationType.F16)
    except real_embedders.Missing as missing:
        raise UsageProblem(
            f"real weights cannot be had: {missing}", hint="Leave out the row embedding."
        ) from missing
    found = passages(_QUICK_PASSAGES if bench.quick else _PASSAGES)
    with tempfile.TemporaryDirectory(prefix="fieldkit-embedding-") as name:
        texts = Path(name) / "texts.json"
        texts.write_text(json.dumps(found), encoding="utf-8")
        rounds = bench.compare(
            {
                "fieldkit": lambda n: [sample(now, texts, len(found), _NOW) for _ in range(n)],
                "before": lambda n: [sample(before, texts, len(found), _BEFORE) for _ in range(n)],
            }
        )
    ours = flat(column(rounds["fieldkit"], _RATE))
    remark = f"{len(found)} passages of {_WORDS} words, all-MiniLM-L6-v2, {_THREADS} threads"
    return [
        Figure(
            name="passages embedded",
            against="",
            unit="passages/s",
            value=min(ours),
            values=tuple(ours),
            limit=30.0,
            at_least=True,
            ours=tuple(ours),
            sample_unit="passages/s",
            remark=remark,
        ),
        compared(
            "passages embedded in the same processor time",
            against="512 tokens, one at a time, F16",
            ours=column(rounds["fieldkit"], _BUSY),
            peer=column(rounds["before"], _BUSY),
            unit="passages/s",
            at_least=2.0,
            remark=remark,
        ),
    ]


def passages(count: int) -> list[str]:
    """``count`` passages of ``_WORDS`` words, from the demo's manuals over and over."""
    manuals = read_folders([resources.folder("profiles") / "demo" / "manuals"]).documents
    words = [word for manual in manuals for page in manual.pages for word in page.text.split()]
    starts = [(number * _WORDS) % (len(words) - _WORDS) for number in range(count)]
    return [" ".join(words[start : start + _WORDS]) for start in starts]


def sample(model: Path, texts: Path, count: int, how: Mapping[str, object]) -> Sample:
    """Passages a second by the clock, and by the time of the processor."""
    order = {"model": str(model), "texts": str(texts), "threads": _THREADS, **how}
    command = [sys.executable, "-m", "tests.bench.embed_child", json.dumps(order)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    took = json.loads(done.stdout.splitlines()[-1])
    return {_RATE: count / took["seconds"], _BUSY: count / took["busy"]}
