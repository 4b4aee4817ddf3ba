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
        said = call(
            [*common, "-m", original, "-f", corpus, "--chunks", str(chunks)],
            action="read the original model's predictions",
            log=log,
        )
        if not base.is_file() or "you need at least" in said:  # it exits with 0 all the same
            raise InvalidInput(
                "the manuals are too short to measure the KL divergence: "
                f"two chunks of {_CHUNK} tokens are needed",
                hint="Add manuals, or leave gates.max_kl_divergence out.",
            )
        output = call(
            [*common, "-m", quantized, "--kl-divergence"],
            action="compare the quantized model with the original",
            log=log,
        )
    mean, top = _MEAN.search(output), _SAME_TOP.search(output)
    if mean is None or top is None:
        raise FieldkitError(
            "llama-perplexity printed no KL divergence", hint="Report this with its output."
        )
    return Divergence(mean=float(mean[1]), error=float(mean[2]), same_top_percent=float(top[1]))
