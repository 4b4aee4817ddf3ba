"""The engine's vectors against numpy's, of the same weights."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest

from fieldkit.engine.client import EngineClient
from fieldkit.engine.embedder import EmbedderClient
from fieldkit.engine.embedding import Embedding, lots
from fieldkit.errors import EngineFailure, InvalidInput
from tests.embedders import random_embedder

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

TEXTS = (
    "tighten the pump bolt",
    "Oil pressure?",
    "What does fault code E 17 mean on P-204?",
    "[CLS] [SEP] [UNK] pump",  # names of special tokens are text
    "bolt " * 200,  # more than the model reads
    "",
)


@pytest.mark.parametrize("architecture", ["bert", "nomic-bert"])
@pytest.mark.parametrize("pooling", [gguf.PoolingType.MEAN, gguf.PoolingType.CLS])
def test_vectors_are_those_of_the_reference(
    tmp_path: Path, architecture: str, pooling: gguf.PoolingType
) -> None:
    model = random_embedder(architecture, pooling)
    embedding = Embedding(model.write(tmp_path / "embedder.gguf"), threads=1)
    try:
        together = embedding.embed(TEXTS)
        for text, batched in zip(TEXTS, together, strict=True):
            assert embedding.tokens(text) == model.tokens(text)
            for found in (np.array(batched), np.array(embedding.embed([text])[0])):
                assert np.abs(found - model.embed(text)).max() < 2e-3
                assert abs(np.linalg.norm(found) - 1) < 1e-5
        assert list(embedding.embed(TEXTS[:1])[0]) == list(embedding.embed(TEXTS[:1])[0])
    finally:
        embedding.close()
        embedding.close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[EmbedderClient]:
    client = EmbedderClient(random_embedder().write(tmp_path / "embedder.gguf"), threads=1)
    yield client
    client.close()


def test_an_embedder_has_a_process_of_its_own(client: EmbedderClient) -> None:
    with pytest.raises(EngineFailure, match="not running"):
        client.embed(["pump"])
    assert client.start() == 32
    assert client.pid
    first, second = client.embed(["tighten the bolt", "tighten the bolt of the pump"])
    assert np.abs(np.array(first) - random_embedder().embed("tighten the bolt")).max() < 2e-3
    assert first != second
    client.close()
    assert not client.pid


def test_where_a_layout_ends_the_child_the_plain_one_is_used(tmp_path: Path) -> None:
    """The command dies of an illegal instruction when it is asked to repack."""
    stub = tmp_path / "stub.py"
    stub.write_text(
        "import json, os, sys\n"
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        "    if asked['op'] == 'quit': break\n"
        "    if asked['repack']: os._exit(132)\n"
        "    said = {'event': 'loaded', 'id': asked['id'], 'dimensions': 7}\n"
        "    print(json.dumps(said), flush=True)\n"
    )
    client = EmbedderClient(tmp_path / "any.gguf", command=[sys.executable, str(stub)])
    try:
        assert client.start() == 7
        assert client.pid
    finally:
        client.close()


def test_texts_share_batches_shortest_first() -> None:
    assert lots([5, 3, 90, 4], 100) == [[1, 3, 0], [2]]
    assert lots([100, 100], 100) == [[0], [1]]
    assert [len(lot) for lot in lots([2] * 40, 100)] == [16, 16, 8]
    assert lots([], 100) == []


def test_what_is_no_embedder_is_refused(tmp_path: Path) -> None:
    broken = random_embedder()
    del broken.tensors["blk.1.ffn_up.weight"]
    client = EmbedderClient(broken.write(tmp_path / "broken.gguf"))
    with pytest.raises(InvalidInput, match="cannot load this model"):
        client.start()
    assert not client.pid


def test_an_embedder_whose_weights_are_damaged_says_so(tmp_path: Path) -> None:
    damaged = random_embedder()
    damaged.tensors["token_embd_norm.weight"][:] = np.nan
    client = EmbedderClient(damaged.write(tmp_path / "damaged.gguf"))
    try:
        client.start()
        with pytest.raises(InvalidInput, match="makes no vector"):
            client.embed(["pump"])
    finally:
        client.close()


def test_a_chat_is_not_begun_with_an_embedder(tmp_path: Path) -> None:
    engine = EngineClient(random_embedder().write(tmp_path / "embedder.gguf"), template="demo")
    with pytest.raises(InvalidInput, match="is an embedder"):
        list(engine.start())
