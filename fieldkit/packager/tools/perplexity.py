"""llama-perplexity: how far the INT4 model's predictions are from the original's.

Figures are those of llama.cpp's ``tools/perplexity``: chunks of ``n_ctx`` tokens, of which the
second half is scored; the mean Kullback-Leibler divergence is in nats per token.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fieldkit.errors import FieldkitError, InvalidInput
from fieldkit.packager.process import Log, call, ignore

_CHUNK = 512
# The file of logits begins with 8 bytes of magic and the chunk's length; a text of less than two
# chunks adds nothing to it.
_HEADER = 12
# llama.cpp's log is written by a thread that the program's end does not wait for: the last lines,
# which are the result, may be missing.
_ATTEMPTS = 5
_MEAN = re.compile(r"Mean\s+KLD:\s+(-?[\d.]+(?:e-?\d+)?)\s+±\s+([\d.]+)")
_SAME_TOP = re.compile(r"Same top p:\s+([\d.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """KL divergence from the original in nats a token, its standard error, same top token in %."""

    mean: float
    error: float
    same_top_percent: float


def divergence(
    program: Path, original: Path, quantized: Path, text: str, *, chunks: int, log: Log = ignore
) -> Divergence:
    """Compare ``quantized`` with ``original`` over at most ``chunks`` chunks of ``text``.

    ``program`` is llama-perplexity. The original's logits go to a temporary file beside
    ``quantized``: two bytes a vocabulary entry and scored token. Raises InvalidInput when the text
    is too short for one comparison, FieldkitError when the tool fails.
    """
    with tempfile.TemporaryDirectory(prefix=".kld-", dir=quantized.parent) as name:
        folder = Path(name)
        corpus, base = folder / "text.txt", folder / "logits.bin"
        corpus.write_text(text, encoding="utf-8")
        common: list[str | Path] = [program, "-c", str(_CHUNK), "--kl-divergence-base", base]
        call(
            [*common, "-m", original, "-f", corpus, "--chunks", str(chunks)],
            action="read the original model's predictions",
            log=log,
        )
        if not base.is_file() or base.stat().st_size <= _HEADER:  # it exits with 0 all the same
            raise InvalidInput(
                "the manuals are too short to measure the KL divergence: "
                f"two chunks of {_CHUNK} tokens are needed",
                hint="Add manuals, or leave gates.max_kl_divergence out.",
            )
        for _ in range(_ATTEMPTS):
            output = call(
                [*common, "-m", quantized, "--kl-divergence"],
                action="compare the quantized model with the original",
                log=log,
            )
            mean, top = _MEAN.search(output), _SAME_TOP.search(output)
            if mean is not None and top is not None:
                return Divergence(
                    mean=float(mean[1]), error=float(mean[2]), same_top_percent=float(top[1])
                )
    raise FieldkitError(
        "llama-perplexity printed no KL divergence", hint="Report this with its output."
    )
