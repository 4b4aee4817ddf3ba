"""Tokenizer files as model repositories carry them, rebuilt from the pinned source's vocabularies.

llama.cpp carries the vocabularies of several families as GGUF (``models/ggml-vocab-*.gguf``). From
them are made again: ``tokenizer.model`` (sentencepiece's protobuf, ``sentencepiece_model.proto``)
and ``tokenizer.json`` (the format of the tokenizers library). Gemma's is not carried: a small one
is made with Gemma's control tokens at their places.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from fieldkit.engine.header import read_header
from tests.pinned import pinned_source

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)  # as sentencepiece numbers them
SPACE = "\u2581"

_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LLAMA3_SPLIT = rf"{_WORDS}|\p{{N}}{{1,3}}|{_REST}"
_QWEN2_SPLIT = rf"{_WORDS}|\p{{N}}|{_REST}"


@dataclass(frozen=True)
class Piece:
    """One entry of a sentencepiece vocabulary."""

    text: str
    score: float
    kind: int


@dataclass(frozen=True)
class Added:
    """A token beside the vocabulary, as tokenizer.json and tokenizer_config.json list it."""

    content: str
    special: bool = True
    rstrip: bool = False

    def entry(self) -> dict[str, Any]:
        return {
            "content": self.content,
            "lstrip": False,
            "normalized": False,
            "rstrip": self.rstrip,
            "single_word": False,
            "special": self.special,
        }


@dataclass(frozen=True)
class Vocabulary:
    """The files of one tokenizer: name -> content, the number of tokens, and the added tokens."""

    files: Mapping[str, bytes]
    size: int
    added: Mapping[int, Added]

    def id_of(self, content: str) -> int:
        """The number of an added token."""
        return next(number for number, token in self.added.items() if token.content == content)

    def added_tokens_decoder(self) -> dict[str, Any]:
        """As in ``tokenizer_config.json``."""
        return {str(number): token.entry() for number, token in self.added.items()}


def _carried(name: str) -> Mapping[str, Any]:
    return read_header(pinned_source() / "models" / f"ggml-vocab-{name}.gguf").metadata


@cache
def _llama_pieces() -> tuple[Piece, ...]:
    """Llama 2's 32,000 pieces: three control tokens, 256 bytes, then merges and characters."""
    data = _carried("llama-spm")
    texts, scores = data["tokenizer.ggml.tokens"], data["tokenizer.ggml.scores"]
    kinds = data["tokenizer.ggml.token_type"]
    return tuple(map(Piece, texts, scores, kinds))


def _bytes_and_words(*, small: bool) -> list[Piece]:
    """The 256 bytes and the pieces of Llama 2; ``small`` keeps the 1,500 most common merges."""
    _, _, _, *rest = _llama_pieces()
    if not small:
        return rest
    bytes_, words = rest[:256], rest[256:]
    merged = [piece for piece in words if len(piece.text) > 1]
    letters = [piece for piece in words if len(piece.text) == 1]
    return [*bytes_, *merged[:1500], *letters]


def phi3(*, small: bool = False) -> Vocabulary:
    """Phi-3: Llama 2's pieces and control tokens behind them, padded as the model is."""
    pieces = [*_llama_pieces()[:3], *_bytes_and_words(small=small)]
    names = (
        "<|endoftext|>", "<|assistant|>", "<|placeholder1|>", "<|placeholder2|>",
        "<|placeholder3|>", "<|placeholder4|>", "<|system|>", "<|end|>", "<|placeholder5|>",
        "<|placeholder6|>", "<|user|>",
    )  # fmt: skip
    added = {0: Added("<unk>"), 1: Added("<s>"), 2: Added("</s>", special=False, rstrip=True)}
    for number, name in enumerate(names, len(pieces)):
        added[number] = Added(name, rstrip=name != "<|endoftext|>")
    size = (len(pieces) + len(names) + 63) // 64 * 64
    extra = {token.content: n for n, token in added.items() if n >= len(pieces)}
    files = _sentencepiece_files(pieces, added, prefix=True, bos=None)
    files["added_tokens.json"] = _json(extra)
    return Vocabulary(files, size, added)


def llama2(*, small: bool = False) -> Vocabulary:
    """Llama 2, which Mixtral and the first Mistral share in form."""
    pieces = [*_llama_pieces()[:3], *_bytes_and_words(small=small)]
    added = {0: Added("<unk>"), 1: Added("<s>"), 2: Added("</s>")}
    return Vocabulary(_sentencepiece_files(pieces, added, prefix=True), len(pieces), added)


def mistral(*, small: bool = False) -> Vocabulary:
    """The third Mistral: 771 control tokens stand before the bytes, 32,768 in all."""
    named = (
        "[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
        "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
    )  # fmt: skip
    names = [*named, *(f"[control_{n}]" for n in range(8, 769))]
    control = [Piece(name, 0.0, CONTROL) for name in names]
    pieces = [*_llama_pieces()[:3], *control, *_bytes_and_words(small=small)]
    added = {number: Added(piece.text) for number, piece in enumerate(pieces[: 3 + len(names)])}
    return Vocabulary(_sentencepiece_files(pieces, added, prefix=True), len(pieces), added)


def gemma() -> Vocabulary:
    """A made-up vocabulary with Gemma's control tokens, line breaks and runs of spaces."""
    control = ["<pad>", "<eos>", "<bos>"]
    user = ["<mask>", "<2mass>", "[@BOS@]", *(f"<unused{n}>" for n in range(99))]
    user += ["<start_of_turn>", "<end_of_turn>"]
    runs = ["\n" * n for n in range(1, 32)] + [SPACE * n for n in range(2, 32)]
    pieces = [Piece(name, 0.0, CONTROL) for name in control]
    pieces.append(Piece("<unk>", 0.0, UNKNOWN))
    pieces += [Piece(name, 0.0, USER_DEFINED) for name in [*user, *runs]]
    known = set(runs)
    pieces += [piece for piece in _bytes_and_words(small=True) if piece.text not in known]
    special = len(control) + 1 + len(user)
    added = {
        number: Added(piece.text, special=number < special)
        for number, piece in enumerate(pieces[: special + len(runs)])
    }
    files = _sentencepiece_files(pieces, added, prefix=False, bos="<bos>")
    return Vocabulary(files, len(pieces), added)


def llama3() -> Vocabulary:
    """Llama 3's 128,256 tokens: byte-level BPE, tokenizer.json only."""
    start = "<|begin_of_text|>"
    return _byte_level("llama-bpe", _LLAMA3_SPLIT, first=128_000, bos=start, ignore_merges=True)


def qwen2() -> Vocabulary:
    """Qwen 2's 151,936 tokens, of which the last are padding."""
    return _byte_level("qwen2", _QWEN2_SPLIT, first=151_643, normalizer={"type": "NFC"})


def _byte_level(
    carried: str,
    split: str,
    *,
    first: int,
    bos: str | None = None,
    normalizer: Mapping[str, Any] | None = None,
    ignore_merges: bool = False,
) -> Vocabulary:
    """A byte-level BPE tokenizer; tokens from number ``first`` on stand beside its vocabulary."""
    data = _carried(carried)
    texts, kinds = data["tokenizer.ggml.tokens"], data["tokenizer.ggml.token_type"]
    added = {n: Added(texts[n]) for n in range(first, len(texts)) if kinds[n] == CONTROL}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False}
    pattern = {"type": "Split", "pattern": {"Regex": split}, "behavior": "Isolated"}
    steps = [{**pattern, "invert": False}, {**byte_level, "use_regex": False}]
    processors = [byte_level, *([_begin(bos, added)] if bos else [])]
    tokenizer = {
        **_frame(added),
        "normalizer": normalizer,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps},
        "post_processor": {"type": "Sequence", "processors": processors},
        "decoder": byte_level,
        "model": {
            **_BPE,
            "ignore_merges": ignore_merges,
            "vocab": {text: number for number, text in enumerate(texts[:first])},
            "merges": list(data["tokenizer.ggml.merges"]),
        },
    }
    return Vocabulary({"tokenizer.json": _json(tokenizer)}, len(texts), added)


_BPE: dict[str, Any] = {
    "type": "BPE",
    "dropout": None,
    "unk_token": None,
    "continuing_subword_prefix": None,
    "end_of_word_suffix": None,
    "fuse_unk": False,
    "byte_fallback": False,
}


def _frame(added: Mapping[int, Added]) -> dict[str, Any]:
    tokens = [{"id": number, **token.entry()} for number, token in added.items()]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens}


def _begin(bos: str, added: Mapping[int, Added]) -> dict[str, Any]:
    """The post-processor that puts ``bos`` before a text."""
    number = next(number for number, token in added.items() if token.content == bos)
    first: dict[str, Any] = {"SpecialToken": {"id": bos, "type_id": 0}}
    text: dict[str, Any] = {"Sequence": {"id": "A", "type_id": 0}}
    other = [
        {"SpecialToken": {"id": bos, "type_id": 1}},
        {"Sequence": {"id": "B", "type_id": 1}},
    ]
    return {
        "type": "TemplateProcessing",
        "single": [first, text],
        "pair": [first, text, *other],
        "special_tokens": {bos: {"id": bos, "ids": [number], "tokens": [bos]}},
    }


def _sentencepiece_files(
    pieces: Sequence[Piece], added: Mapping[int, Added], *, prefix: bool, bos: str | None = "<s>"
) -> dict[str, bytes]:
    """``tokenizer.model`` and the ``tokenizer.json`` that says the same."""
    spaces = {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
    steps = [*([{"type": "Prepend", "prepend": SPACE}] if prefix else []), spaces]
    decoders: list[dict[str, Any]] = [
        {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
        {"type": "ByteFallback"},
        {"type": "Fuse"},
    ]
    if prefix:
        decoders.append({"type": "Strip", "content": " ", "start": 1, "stop": 0})
    tokenizer = {
        **_frame(added),
        "normalizer": {"type": "Sequence", "normalizers": steps},
        "pre_tokenizer": None,
        "post_processor": _begin(bos, added) if bos else None,
        "decoder": {"type": "Sequence", "decoders": decoders},
        "model": {
            **_BPE,
            "unk_token": "<unk>",
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {piece.text: number for number, piece in enumerate(pieces)},
            "merges": _merges(pieces),
        },
    }
    model = sentencepiece_model(pieces, prefix=prefix)
    return {"tokenizer.model": model, "tokenizer.json": _json(tokenizer)}


def _merges(pieces: Iterable[Piece]) -> list[list[str]]:
    """The pairs that a sentencepiece BPE joins, the best score first."""
    words = [piece for piece in pieces if piece.kind == NORMAL or not piece.text.strip(SPACE)]
    place = {piece.text: number for number, piece in enumerate(words)}
    merges: list[list[str]] = []
    for piece in sorted(words, key=lambda piece: -piece.score):
        text = piece.text
        pairs = [(text[:cut], text[cut:]) for cut in range(1, len(text))]
        found = [pair for pair in pairs if pair[0] in place and pair[1] in place]
        merges += [list(pair) for pair in sorted(found, key=lambda p: (place[p[0]], place[p[1]]))]
    return merges


def sentencepiece_model(pieces: Sequence[Piece], *, prefix: bool) -> bytes:
    """A sentencepiece BPE model as protobuf; ``prefix`` puts a space before every text."""
    kinds = {"unk": "<unk>", "bos": "<s>", "eos": "</s>", "pad": "<pad>"}
    if any(piece.text == "<bos>" for piece in pieces):
        kinds |= {"bos": "<bos>", "eos": "<eos>"}
    number = {piece.text: n for n, piece in enumerate(pieces)}
    ids = {role: number.get(text, -1) for role, text in kinds.items()}
    trainer = _varint_field(3, 2) + _varint_field(4, len(pieces)) + _varint_field(35, 1)
    for field, role in ((40, "unk"), (41, "bos"), (42, "eos"), (43, "pad")):
        trainer += _varint_field(field, ids[role])
    normalizer = _bytes_field(1, b"identity") + _varint_field(3, int(prefix))
    normalizer += _varint_field(4, 0) + _varint_field(5, 1)
    data = b"".join(_bytes_field(1, _encoded(piece)) for piece in pieces)
    return data + _bytes_field(2, trainer) + _bytes_field(3, normalizer)


def _encoded(piece: Piece) -> bytes:
    score = _key(2, 5) + struct.pack("<f", piece.score)
    kind = _varint_field(3, piece.kind) if piece.kind != NORMAL else b""
    return _bytes_field(1, piece.text.encode()) + score + kind


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _varint_field(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _bytes_field(field: int, data: bytes) -> bytes:
    return _key(field, 2) + _varint(len(data)) + data


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
