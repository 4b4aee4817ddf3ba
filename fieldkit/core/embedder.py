"""What a GGUF has to be so that the engine can make vectors of text with it, and what that takes.

An embedder reads a text once, in both directions, and pools it into one vector. The chat's engine
cannot answer with one, and an embedder's graph ends its process by an assertion where its numbers
contradict each other, so its header is held against rules of its own.
"""

from __future__ import annotations

from fieldkit.core.gguf_types import HINT, Header, brief
from fieldkit.errors import InvalidInput

# Architectures with an encoder that the pinned engine pools (src/models/bert.cpp, nomic-bert.cpp).
ARCHITECTURES = ("bert", "nomic-bert")
# llama_pooling_type: of all tokens the mean, or the first one.
_MEAN, _FIRST = 1, 2
_POOLINGS = {0: "none", 3: "last", 4: "rank"}
# WordPiece as BERT has it, and the unigrams of multilingual models.
_TOKENIZERS = ("bert", "t5")
# What a text has beyond this many tokens is not read: title, heading and the first hundred words
# tell what a passage is about, and reading all of it would take almost twice as long.
MOST_TOKENS = 128
_LEAST_TOKENS = 32
# The child process without weights: interpreter, libraries, vocabulary (as for fit.ENGINE_BYTES).
PROCESS_BYTES = 64 << 20


def is_embedder(header: Header) -> bool:
    """Whether ``header`` is of an architecture that makes vectors and no answers."""
    return header.metadata.get("general.architecture") in ARCHITECTURES


def check_embedder(header: Header) -> None:
    """Raise InvalidInput when the engine cannot make vectors with this model, naming the key."""
    arch = header.architecture
    if arch not in ARCHITECTURES:
        raise InvalidInput(
            f"{header.name}: is a {brief(arch)} model; embedders are of the architectures "
            f"{', '.join(ARCHITECTURES)}",
            hint="Name another GGUF in the profile's section [embedder].",
        )
    if header.metadata.get("general.type", "model") != "model":
        _refuse(header, "general.type", "is not 'model'")
    pooling = header.metadata.get(f"{arch}.pooling_type")
    if pooling not in (_MEAN, _FIRST):
        found = _POOLINGS.get(pooling) if isinstance(pooling, int) else None
        _refuse(
            header, f"{arch}.pooling_type", f"is {found or brief(pooling)}; mean or cls is needed"
        )
    if header.metadata.get(f"{arch}.attention.causal") is not False:
        _refuse(header, f"{arch}.attention.causal", "is not false: it reads in one direction only")
    tokenizer = header.metadata.get("tokenizer.ggml.model")
    if tokenizer not in _TOKENIZERS:
        _refuse(header, "tokenizer.ggml.model", f"is {brief(tokenizer)}, not one of bert, t5")
    _check_shape(header)


def token_limit(header: Header) -> int:
    """How many tokens of a text are read, [CLS] and [SEP] among them."""
    return min(header.shape.context, MOST_TOKENS)


def memory_bytes(header: Header) -> int:
    """Bytes that an embedder's process takes: its weights, one text's graph, and the process."""
    shape = header.shape
    return memory(
        weights=header.tensor_bytes,
        tokens=token_limit(header),
        heads=shape.heads,
        embedding=shape.embedding,
        feed_forward=shape.feed_forward,
    )


def memory(*, weights: int, tokens: int, heads: int, embedding: int, feed_forward: int) -> int:
    """Bytes of a process with ``weights`` bytes of tensors that reads ``tokens`` at once.

    The graph holds the scores of all heads beside the stream, or the feed-forward beside it.
    """
    widest = max(heads * tokens + 4 * embedding, 2 * feed_forward)
    return weights + 4 * tokens * (widest + 2 * embedding) + PROCESS_BYTES


def _check_shape(header: Header) -> None:
    shape = header.shape
    arch = shape.architecture
    if shape.heads * shape.head_dim != shape.embedding:
        _refuse(
            header,
            f"{arch}.attention.head_count",
            f"is {shape.heads}, which {shape.embedding} dimensions cannot be shared by",
        )
    if shape.kv_heads != shape.heads:
        _refuse(header, f"{arch}.attention.head_count_kv", f"is {shape.kv_heads}: all are needed")
    if arch == "nomic-bert" and shape.head_dim % 2:
        _refuse(header, f"{arch}.attention.head_count", "makes heads that cannot be rotated")
    if shape.context < _LEAST_TOKENS:
        _refuse(header, f"{arch}.context_length", f"is {shape.context}: too short for a passage")
    table = next((t for t in header.tensors if t.name == "token_embd.weight"), None)
    if table is None or table.shape != (shape.embedding, shape.vocabulary):
        _refuse(header, "token_embd.weight", "does not have a vector for each token")


def _refuse(header: Header, key: str, problem: str) -> None:
    raise InvalidInput(f"{header.name}: {key} {problem}", hint=HINT)
