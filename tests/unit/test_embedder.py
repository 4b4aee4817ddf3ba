"""What may be an embedder: its header, and how its vectors travel."""

from __future__ import annotations

import array
from pathlib import Path

import gguf
import pytest

from fieldkit.core.embedder import check_embedder, is_embedder, memory_bytes, token_limit
from fieldkit.core.gguf_types import Header
from fieldkit.engine.header import read_header
from fieldkit.engine.protocol import vector_from_wire, vector_to_wire
from fieldkit.errors import EngineFailure, InvalidInput
from tests.embedders import random_embedder
from tests.gguf_files import parse, small_phi3


def header(folder: Path, architecture: str = "bert", **changes: object) -> Header:
    """The header of a small embedder with some of its metadata changed (None: left out)."""
    model = random_embedder(architecture)
    model.changes = {key.replace("__", ".").replace("ARCH", architecture): value
                     for key, value in changes.items()}  # fmt: skip
    return read_header(model.write(folder / "embedder.gguf"))


@pytest.mark.parametrize("architecture", ["bert", "nomic-bert"])
@pytest.mark.parametrize("pooling", [gguf.PoolingType.MEAN, gguf.PoolingType.CLS])
def test_encoders_that_pool_are_embedders(
    tmp_path: Path, architecture: str, pooling: gguf.PoolingType
) -> None:
    found = read_header(random_embedder(architecture, pooling).write(tmp_path / "e.gguf"))
    check_embedder(found)
    assert is_embedder(found)
    assert token_limit(found) == 64
    assert memory_bytes(found) > found.tensor_bytes


def test_a_text_of_any_length_is_read_up_to_128_tokens(tmp_path: Path) -> None:
    assert token_limit(header(tmp_path, "nomic-bert", ARCH__context_length=8192)) == 128


def test_a_chat_model_is_no_embedder() -> None:
    phi3 = parse(small_phi3().build())
    assert not is_embedder(phi3)
    with pytest.raises(InvalidInput, match="is a 'phi3' model; embedders are"):
        check_embedder(phi3)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ARCH__pooling_type": 3}, "pooling_type is last; mean or cls is needed"),
        ({"ARCH__pooling_type": 4}, "pooling_type is rank"),
        ({"ARCH__pooling_type": None}, "pooling_type is None"),
        ({"ARCH__attention__causal": True}, "attention.causal is not false"),
        ({"ARCH__attention__causal": None}, "attention.causal is not false"),
        ({"ARCH__attention__head_count": 5}, "head_count is 5, which 32 dimensions"),
        ({"ARCH__attention__head_count_kv": 2}, "head_count_kv is 2"),
        ({"ARCH__context_length": 8}, "context_length is 8: too short"),
        ({"ARCH__embedding_length": 64}, "token_embd.weight does not have a vector for each"),
        ({"ARCH__block_count": None}, "block_count' is missing"),
        ({"tokenizer__ggml__model": "gpt2"}, "tokenizer.ggml.model is 'gpt2'"),
        ({"general__type": "adapter"}, "general.type is not 'model'"),
    ],
)
def test_what_contradicts_itself_is_refused_before_the_engine_sees_it(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_embedder(header(tmp_path, **changes))
    assert problem in refused.value.message


def test_vectors_travel_as_text() -> None:
    vector = array.array("f", [0.5, -0.25, 1e-9])
    assert vector_from_wire(vector_to_wire(vector)) == vector
    for broken in ("AAA", "AAAA", "no base64!"):
        with pytest.raises(EngineFailure, match="unreadable"):
            vector_from_wire(broken)
