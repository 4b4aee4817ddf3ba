"""One embedder at work in a process of its own, for the row ``embedding``: how quick it is.

    python -m tests.bench.embed_child '{"model": ..., "texts": FILE, "threads": 2, ...}'

Prints ``{"seconds": S, "busy": S}``: by the clock, and of the processor, for all texts. ``tokens``
is how much of a text is read, ``one_by_one`` reads each in a batch of its own.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path

from fieldkit.core import embedder
from fieldkit.engine.embedding import Embedding


def main() -> None:
    """Embed the texts once, after a first one that is not counted."""
    order = json.loads(sys.argv[1])
    texts = json.loads(Path(order["texts"]).read_text(encoding="utf-8"))
    embedder.MOST_TOKENS = order["tokens"]
    model = Embedding(Path(order["model"]), threads=order["threads"], repack=order["repack"])
    with closing(model):
        model.embed(texts[:1])
        lots = [[text] for text in texts] if order["one_by_one"] else [texts]
        began, busy = time.perf_counter(), time.process_time()
        for lot in lots:
            model.embed(lot)
        took = {"seconds": time.perf_counter() - began, "busy": time.process_time() - busy}
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
