"""Trains ``tests/embedder/demo-embedder.gguf``, a small BERT that knows the demo's manuals.

Run by the converter's interpreter, which has PyTorch, from the top of the checkout and with the
package ``gguf`` on the path: ``python -m tests.embedder_training``. It takes five minutes of
processor time. Threads of PyTorch add in no fixed order, so another run gives other weights.

What it learns from: the questions that were written by hand for the demo's model
(``build/demo-model/questions.jsonl``), each with the passage that holds its sentence, and pieces of
passages, in both of which words are exchanged for others of the same meaning
(``tests/paraphrases.py``). The questions of ``paraphrases.ASKED`` and of the profile are not used.
Loss: InfoNCE with the other passages of a batch as wrong answers (van den Oord et al. 2018).
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found]  # only in its environment
from torch import nn
from torch.nn import functional

from fieldkit.library.documents import read_folders
from fieldkit.library.meaning import text_of
from fieldkit.library.passages import split
from tests.embedders import Embedder, words_of
from tests.paraphrases import GROUPS

MANUALS = Path("profiles/demo/manuals")
BY_HAND = Path("build/demo-model/questions.jsonl")
TARGET = Path("tests/embedder/demo-embedder.gguf")
STEPS, BATCH, SEED = 500, 64, 9
_WORD = re.compile(r"[a-z]+|[^a-z]+")
_MEANS = {word: group for group in GROUPS for word in group}


def exchanged(draw: random.Random, text: str, share: float) -> str:
    """``text`` with a ``share`` of its words that have others of the same meaning exchanged."""
    return "".join(
        draw.choice(_MEANS[part]) if part in _MEANS and draw.random() < share else part
        for part in _WORD.findall(text.lower())
    )


def shortened(draw: random.Random, text: str) -> str:
    """``text`` without some of its words."""
    words = text.split()
    kept = [word for word in words if draw.random() > 0.15]
    return " ".join(kept or words)


class Pairs:
    """Questions with the places of the passages that answer them."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        manuals = read_folders([MANUALS]).documents
        passages = [passage for manual in manuals for passage in split(manual)]
        self.passages = [text_of(passage) for passage in passages]
        self.known: list[tuple[str, int]] = []
        for line in BY_HAND.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            place = next(
                (
                    place
                    for place, passage in enumerate(passages)
                    if passage.document == entry["document"] and entry["sentence"] in passage.text
                ),
                None,
            )
            if place is not None:
                self.known += [(question, place) for question in entry["questions"]]

    def batch(self) -> tuple[list[str], list[int]]:
        """Questions, no two of one passage, and the places of their passages."""
        found: dict[int, str] = {}
        while len(found) < min(BATCH, len(self.passages)):
            question, place = self._drawn()
            found.setdefault(place, question)
        return list(found.values()), list(found)

    def _drawn(self) -> tuple[str, int]:
        draw = self.draw
        if draw.random() < 0.5:
            question, place = draw.choice(self.known)
            return shortened(draw, exchanged(draw, question, 0.8)), place
        place = draw.randrange(len(self.passages))
        words = self.passages[place].split()
        size = draw.randint(2, 8)
        start = draw.randrange(max(1, len(words) - size))
        return exchanged(draw, " ".join(words[start : start + size]), 0.8), place

    @property
    def words(self) -> list[str]:
        """Every word that becomes a token."""
        texts = [*self.passages, *(question for question, _ in self.known)]
        return sorted({word for text in [*texts, *_MEANS] for word in words_of(text)})


class Network(nn.Module):  # type: ignore[misc]  # its base is of an environment of its own
    """The tensors of an ``Embedder`` as parameters, and its arithmetic in batches."""

    def __init__(self, model: Embedder) -> None:
        super().__init__()
        self.model = model
        self.names = list(model.tensors)
        self.values = nn.ParameterList(
            nn.Parameter(torch.tensor(tensor)) for tensor in model.tensors.values()
        )

    def forward(self, texts: Sequence[str]) -> Any:
        """Vectors of ``texts``, each of length one."""
        get = dict(zip(self.names, self.values, strict=True))
        lists = [self.model.tokens(text) for text in texts]
        longest = max(map(len, lists))
        ids = torch.tensor([tokens + [0] * (longest - len(tokens)) for tokens in lists])
        mask = torch.tensor([[1.0] * len(t) + [0.0] * (longest - len(t)) for t in lists])
        width, heads = self.model.dimensions, self.model.heads

        def norm(state: Any, name: str) -> Any:
            return functional.layer_norm(
                state, (width,), get[f"{name}.weight"], get[f"{name}.bias"], 1e-12
            )

        def linear(state: Any, name: str) -> Any:
            return functional.linear(state, get[f"{name}.weight"], get[f"{name}.bias"])

        state = get["token_embd.weight"][ids] + get["token_types.weight"][0]
        state = norm(state + get["position_embd.weight"][:longest], "token_embd_norm")
        for layer in range(self.model.layers):
            block = f"blk.{layer}."
            queries, keys, values = (
                linear(state, f"{block}attn_{name}")
                .view(len(texts), longest, heads, width // heads)
                .transpose(1, 2)
                for name in "qkv"
            )
            mixed = functional.scaled_dot_product_attention(
                queries, keys, values, attn_mask=mask[:, None, None, :].bool()
            )
            mixed = mixed.transpose(1, 2).reshape(len(texts), longest, width)
            state = norm(state + linear(mixed, f"{block}attn_output"), f"{block}attn_output_norm")
            up = functional.gelu(linear(state, f"{block}ffn_up"), approximate="tanh")
            state = norm(state + linear(up, f"{block}ffn_down"), f"{block}layer_output_norm")
        pooled = (state * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(pooled, dim=-1)


def main() -> None:
    """Train and write the file."""
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    pairs = Pairs(SEED)
    model = Embedder(
        words=pairs.words, dimensions=64, layers=2, heads=4, inner=128, context=256
    ).fill(seed=SEED, scale=0.3)
    network = Network(model)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=STEPS)
    began = time.monotonic()
    for step in range(1, STEPS + 1):
        questions, places = pairs.batch()
        alike = network(questions) @ network([pairs.passages[place] for place in places]).T / 0.07
        wanted = torch.arange(len(places))
        loss = functional.cross_entropy(alike, wanted) + functional.cross_entropy(alike.T, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            sys.stderr.write(f"{step}: {loss.item():.3f} ({time.monotonic() - began:.0f} s)\n")
    with torch.no_grad():
        model.tensors = {
            name: value.numpy().copy()
            for name, value in zip(network.names, network.values, strict=True)
        }
    TARGET.parent.mkdir(exist_ok=True)
    model.write(TARGET, half=True)
    sys.stderr.write(f"{TARGET}: {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
