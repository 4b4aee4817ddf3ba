"""One line in a profile, with real weights: from a loopback hub to vectors that tell what is alike.

llama.cpp's own converter runs here; where its packages or the weights cannot be had, loudly not.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.console import Console
from fieldkit.engine.embedder import EmbedderClient
from fieldkit.engine.header import read_header
from fieldkit.packager.embedders import Embedder, memory_of, obtain
from fieldkit.packager.progress import Progress
from fieldkit.packager.resolve import choose
from fieldkit.packager.run import Run
from tests import real_embedders
from tests.converting import real_converter
from tests.deployment import copy_demo
from tests.loopback_hub import LoopbackHub

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.xdist_group("converter"),
    pytest.mark.timeout(900),
    pytest.mark.usefixtures("engine"),
]

NAME, REPOSITORY = "all-minilm-l6-v2", "sentence-transformers/all-MiniLM-L6-v2"
CARD = b"---\nlanguage: en\nlicense: apache-2.0\n---\n# all-MiniLM-L6-v2\n"
TEXTS = (
    "How do I change the oil?",
    "Oil change: drain the oil and refill. " * 30,
    "Radio channels: crane channel 6.",
)


@pytest.fixture
def obtained(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embedder:
    """What a build gets for the name."""
    try:
        files = real_embedders.english_repository(tmp_path / "repository")
    except real_embedders.Missing as missing:
        pytest.skip(f"NOT TESTED, real weights cannot be had: {missing}")
    real_converter()
    text = (resources.folder("build") / "licences" / "Apache-2.0.txt").read_bytes()
    rig = copy_demo(tmp_path / "rig-7")
    section = (
        f'\n[embedder]\nname = "{NAME}"\nlicence_sha256 = "{hashlib.sha256(text).hexdigest()}"'
    )
    rig.profile.write_text(rig.profile.read_text(encoding="utf-8") + section, encoding="utf-8")
    with LoopbackHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        found = {
            path.relative_to(files).as_posix(): path for path in files.rglob("*") if path.is_file()
        }
        hub.add_repository(REPOSITORY, {**found, "README.md": CARD})
        chosen = choose(str(rig.folder))
        made = obtain(Run(progress=Progress(Console())), chosen)
    assert made is not None
    assert made.memory_bytes == memory_of(chosen.profile, chosen.folder)
    return made


def test_one_line_gives_the_vectors_of_the_published_weights(obtained: Embedder) -> None:
    header = read_header(obtained.file)
    assert header.quantization == "Q4_0"
    published = vectors(real_embedders.english())
    for ours, theirs in zip(vectors(obtained.file), published, strict=True):
        assert cosine(ours, theirs) > 0.95  # four bits a weight
    asked, right, wrong = vectors(obtained.file)
    assert cosine(asked, right) > 0.5
    assert cosine(asked, wrong) < 0.2


def vectors(path: Path) -> list[list[float]]:
    with closing(EmbedderClient(path, threads=2)) as client:
        client.start()
        return [list(vector) for vector in client.embed(TEXTS)]


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
