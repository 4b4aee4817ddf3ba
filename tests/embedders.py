"""Small embedders written by the tests, and what numpy makes of the same weights.

``random_embedder`` has weights of every kind, so that its arithmetic can be held against another;
``demo_embedder`` was trained on the demo's manuals (``tests/embedder_training.py``).
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

DEMO = Path(__file__).parent / "embedder" / "demo-embedder.gguf"
CLS, SEP, UNK = 2, 3, 1
_START = "\u2581"  # how llama.cpp's WordPiece marks the beginning of a word
_PIECE = re.compile(r"[a-z0-9]+|[^a-z0-9\s]")
_EPS = 1e-12


@dataclass
class Embedder:
    """An encoder as ``llama.cpp`` names its tensors; ``tensors`` are rows first, as numpy's."""

    words: Sequence[str]
    dimensions: int
    layers: int = 1
    heads: int = 2
    inner: int = 32
    context: int = 512
    pooling: gguf.PoolingType = gguf.PoolingType.MEAN
    architecture: str = "bert"
    tensors: dict[str, Array] = field(default_factory=dict)
    changes: dict[str, object] = field(default_factory=dict)

    @functools.cached_property
    def vocabulary(self) -> list[str]:
        """Every token: special ones, single letters and digits, words."""
        letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
        starts = [_START + letter for letter in letters]
        inside = [letter for letter in letters if letter.isalnum()]
        words = [_START + word for word in self.words if len(word) > 1]
        return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *starts, *inside, *words]

    def fill(self, *, seed: int = 0, scale: float = 1.0) -> Embedder:
        """Give it random weights; ``scale`` 0 leaves only the vectors of the tokens."""
        draw = np.random.default_rng(seed)
        width, inner = self.dimensions, self.inner

        def some(*shape: int, factor: float = scale) -> Array:
            return (draw.standard_normal(shape) * factor / math.sqrt(shape[-1])).astype(np.float32)

        ones, zeros = np.ones(width, np.float32), np.zeros(width, np.float32)
        found = {"token_embd": some(len(self.vocabulary), width, factor=4.0)}
        found |= {"token_types": some(2, width)}
        if self.architecture == "bert":
            found["position_embd"] = some(self.context, width)
        norms = ["token_embd_norm"]
        for layer in range(self.layers):
            block = f"blk.{layer}."
            for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
                found[f"{block}{name}"] = some(width, width, factor=2 * scale)
                if self.architecture == "bert":
                    found[f"{block}{name}.bias"] = some(width)
            found[f"{block}ffn_up"] = some(inner, width, factor=2 * scale)
            found[f"{block}ffn_down"] = some(width, inner, factor=2 * scale)
            if self.architecture == "bert":
                found[f"{block}ffn_up.bias"] = some(inner)
                found[f"{block}ffn_down.bias"] = some(width)
            else:
                found[f"{block}ffn_gate"] = some(inner, width, factor=2 * scale)
            norms += [f"{block}attn_output_norm", f"{block}layer_output_norm"]
        for name in norms:
            found[name] = ones + some(width)
            found[f"{name}.bias"] = zeros + some(width)
        self.tensors = {
            name if name.endswith(".bias") else f"{name}.weight": tensor
            for name, tensor in found.items()
        }
        return self

    def write(self, path: Path, *, half: bool = False) -> Path:
        """Write it as GGUF, in F32 or, ``half``, matrices in F16.

        ``changes`` replace metadata (None: left out).
        """
        writer = gguf.GGUFWriter(path, self.architecture)
        arch = self.architecture
        facts: dict[str, object] = {
            f"{arch}.context_length": self.context,
            f"{arch}.embedding_length": self.dimensions,
            f"{arch}.feed_forward_length": self.inner,
            f"{arch}.block_count": self.layers,
            f"{arch}.attention.head_count": self.heads,
            f"{arch}.attention.layer_norm_epsilon": _EPS,
            f"{arch}.attention.causal": False,
            f"{arch}.pooling_type": int(self.pooling),
            "general.file_type": int(half),
            "general.license": "mit",
            "tokenizer.ggml.model": "bert",
            "tokenizer.ggml.pre": "default",
            "tokenizer.ggml.token_type_count": 2,
            "tokenizer.ggml.bos_token_id": CLS,
            "tokenizer.ggml.eos_token_id": SEP,
            "tokenizer.ggml.seperator_token_id": SEP,  # the format spells it so
            "tokenizer.ggml.unknown_token_id": UNK,
            "tokenizer.ggml.padding_token_id": 0,
        }
        if arch == "nomic-bert":
            facts[f"{arch}.rope.freq_base"] = 1000.0
        for key, content in {**facts, **self.changes}.items():
            match content:
                case None:
                    continue
                case bool():
                    writer.add_bool(key, content)
                case int():
                    writer.add_uint32(key, content)
                case float():
                    writer.add_float32(key, content)
                case str():
                    writer.add_string(key, content)
        writer.add_token_list(self.vocabulary)
        kinds = [gguf.TokenType.CONTROL] * 4
        kinds += [gguf.TokenType.NORMAL] * (len(self.vocabulary) - 4)
        writer.add_token_types(kinds)
        for name, tensor in self.tensors.items():
            small = half and tensor.ndim == 2 and not name.startswith(("position", "token_types"))
            writer.add_tensor(name, tensor.astype(np.float16) if small else tensor)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    @classmethod
    def read(cls, path: Path) -> Embedder:
        """Read what ``write`` wrote."""
        reader = gguf.GGUFReader(path)

        def fact(key: str) -> Any:
            return reader.fields[key].contents()

        arch = fact("general.architecture")
        tokens = fact("tokenizer.ggml.tokens")
        words = [token[1:] for token in tokens if token.startswith(_START) and len(token) > 2]
        model = cls(
            words=words,
            dimensions=fact(f"{arch}.embedding_length"),
            layers=fact(f"{arch}.block_count"),
            heads=fact(f"{arch}.attention.head_count"),
            inner=fact(f"{arch}.feed_forward_length"),
            context=fact(f"{arch}.context_length"),
            pooling=gguf.PoolingType(fact(f"{arch}.pooling_type")),
            architecture=arch,
        )
        assert model.vocabulary == tokens
        model.tensors = {
            tensor.name: np.array(tensor.data, np.float32) for tensor in reader.tensors
        }
        return model

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {token: place for place, token in enumerate(self.vocabulary)}

    def tokens(self, text: str) -> list[int]:
        """The tokens of lower-case ASCII ``text``: the longest ones first, as WordPiece takes."""
        places = self._places
        found = [CLS]
        for word in _PIECE.findall(text.lower()):
            rest = _START + word
            pieces: list[int] = []
            while rest:
                size = next((n for n in range(len(rest), 0, -1) if rest[:n] in places), 0)
                if not size:
                    pieces = [UNK]
                    break
                pieces.append(places[rest[:size]])
                rest = rest[size:]
            found += pieces
        return [*found[: self.context - 1], SEP]

    def embed(self, text: str) -> Array:
        """What the model makes of ``text`` by Devlin et al. 2018, pooled, of length one."""
        get = self.tensors
        tokens = self.tokens(text)
        state = get["token_embd.weight"][tokens] + get["token_types.weight"][0]
        if self.architecture == "bert":
            state = state + get["position_embd.weight"][: len(tokens)]
        state = self._norm(state, "token_embd_norm")
        for layer in range(self.layers):
            block = f"blk.{layer}."
            state = self._norm(state + self._attention(state, block), f"{block}attn_output_norm")
            state = self._norm(
                state + self._feed_forward(state, block), f"{block}layer_output_norm"
            )
        pooled = state.mean(axis=0) if self.pooling is gguf.PoolingType.MEAN else state[0]
        return np.asarray(pooled / np.linalg.norm(pooled), np.float32)

    def _linear(self, state: Array, name: str) -> Array:
        # Not by ``@``: the threads of a library for algebra take the time of tests beside this one.
        out = np.einsum("ti,oi->to", state, self.tensors[f"{name}.weight"])
        return out + self.tensors.get(f"{name}.bias", np.float32(0))

    def _norm(self, state: Array, name: str) -> Array:
        centred = state - state.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPS)
        return scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]

    def _attention(self, state: Array, block: str) -> Array:
        count, size = len(state), self.dimensions // self.heads
        queries, keys, values = (
            self._linear(state, f"{block}attn_{name}").reshape(count, self.heads, size)
            for name in "qkv"
        )
        if self.architecture == "nomic-bert":
            queries, keys = _rotated(queries), _rotated(keys)
        scores = np.einsum("qhd,khd->hqk", queries, keys) / math.sqrt(size)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = np.einsum("hqk,khd->qhd", weights, values).reshape(count, self.dimensions)
        return self._linear(mixed, f"{block}attn_output")

    def _feed_forward(self, state: Array, block: str) -> Array:
        up = self._linear(state, f"{block}ffn_up")
        if self.architecture == "nomic-bert":  # SwiGLU
            gate = self._linear(state, f"{block}ffn_gate")
            return self._linear(gate / (1 + np.exp(-gate)) * up, f"{block}ffn_down")
        tanh = np.tanh(math.sqrt(2 / math.pi) * (up + 0.044715 * up**3))  # GELU as ggml has it
        return self._linear(0.5 * up * (1 + tanh), f"{block}ffn_down")


def _rotated(heads: Array) -> Array:
    """Rotary positions (Su et al. 2021), halves of a head paired, base 1000."""
    count, _, size = heads.shape
    angles = np.outer(np.arange(count), 1000.0 ** (-np.arange(0, size, 2) / size))[:, None, :]
    first, second = heads[..., : size // 2], heads[..., size // 2 :]
    cos, sin = np.cos(angles), np.sin(angles)
    turned = np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)
    return np.asarray(turned, np.float32)


def random_embedder(
    architecture: str = "bert", pooling: gguf.PoolingType = gguf.PoolingType.MEAN
) -> Embedder:
    """Two layers of random weights over a few words."""
    words = ["pump", "pressure", "bolt", "tighten", "engine", "oil"]
    return Embedder(
        words=words,
        dimensions=32,
        layers=2,
        heads=4,
        inner=64,
        context=64,
        pooling=pooling,
        architecture=architecture,
    ).fill(seed=5)


def demo_embedder() -> Embedder:
    """The small BERT that knows the demo's manuals."""
    return Embedder.read(DEMO)


def words_of(text: str) -> list[str]:
    """The words of ``text`` that are tokens of their own."""
    return re.findall(r"[a-z]{2,}", text.lower())
