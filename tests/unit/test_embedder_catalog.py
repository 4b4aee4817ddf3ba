"""Embedders of the catalog: what the entries say, and one that a profile names by its name.

The hub is a loopback one, the repository holds the demo's embedder in place of real weights, and
the converter is a script that copies its GGUF.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import pytest

from fieldkit import resources
from fieldkit.console import Console
from fieldkit.core.embedder_entry import EmbedderShape, parse, tensors
from fieldkit.engine.header import read_header
from fieldkit.errors import FetchFailed, IntegrityProblem, InvalidInput, LicenceProblem
from fieldkit.packager import embedder_convert, embedders, stick
from fieldkit.packager import hub as hub_module
from fieldkit.packager.deployments import load_embedder, load_profile
from fieldkit.packager.embedder_pull import LOCK_FILE, STICK
from fieldkit.packager.embedders import Embedder, memory_of, obtain
from fieldkit.packager.origins import Options
from fieldkit.packager.progress import Progress
from fieldkit.packager.resolve import choose
from fieldkit.packager.run import Run
from tests.converting import scripted_converter
from tests.deployment import copy_demo
from tests.embedders import DEMO
from tests.embedders import Embedder as Made
from tests.loopback_hub import LoopbackHub
from tests.safetensors_files import noise, write

REPOSITORY = "ridge/tiny-embedder"
CARD = b"---\nlicense: mit\n---\n# Tiny\n"
MIT = (resources.folder("build") / "licences" / "MIT.txt").read_bytes()

# Published numbers of parameters, in millions; the pooler that makes no vectors is among them.
MILLIONS = {"all-minilm-l6-v2": 22.7, "bge-small-en-v1.5": 33.4, "multilingual-e5-small": 117.7}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_every_entry_has_its_published_number_of_parameters() -> None:
    names = sorted(path.stem for path in resources.folder("build").glob("embedders/*.toml"))
    assert names == sorted(MILLIONS)
    for name, published in MILLIONS.items():
        entry = load_embedder(name)
        pooler = entry.shape.dimensions * (entry.shape.dimensions + 1)
        assert (entry.parameters + pooler) / 1e6 == pytest.approx(published, abs=0.1)
        assert (resources.folder("build") / "licences" / f"{entry.licence.spdx}.txt").is_file()
        assert entry.origin.repository in (entry.licence.source or "")


def test_an_entry_reports_every_mistake() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse({"name": "a", "pooling": "last", "dimension": 3}, source="x")
    said = "\n".join(refused.value.problems)
    for problem in ("pooling", "dimension", "publisher", "licence", "shape"):
        assert problem in said


def test_the_tensors_of_a_shape_are_those_of_a_real_file() -> None:
    header = read_header(DEMO)
    assert {each.name: each.shape for each in header.tensors} == dict(tensors(demo_shape()))


def demo_shape() -> EmbedderShape:
    shape = read_header(DEMO).shape
    return EmbedderShape(
        layers=shape.layers,
        dimensions=shape.embedding,
        heads=shape.heads,
        feed_forward=shape.feed_forward,
        vocabulary=shape.vocabulary,
        context=shape.context,
    )


@dataclass
class Rig:
    """A profile with an embedder by name, and the hub that holds it."""

    folder: Path
    hub: LoopbackHub

    def name(self, **keys: str) -> None:
        """Write the section [embedder] with ``keys`` beside the name."""
        path = self.folder / "profile.toml"
        lines = [f'{key} = "{value}"' for key, value in {"name": "tiny", **keys}.items()]
        text = path.read_text(encoding="utf-8").split("[embedder]")[0]
        path.write_text("\n".join([text, "[embedder]", *lines, ""]), encoding="utf-8")

    def publish(self, **changed: bytes | Path | None) -> str:
        """Commit the repository; ``changed`` are files by name, None: left out."""
        files: dict[str, bytes | Path | None] = {
            "README.md": CARD,
            "config.json": json.dumps(configuration()).encode(),
            "model.safetensors": weights(),
            "modules.json": b"[]",
            "1_Pooling/config.json": b'{"pooling_mode_mean_tokens": true}',
            "sentencepiece.bpe.model": b"pieces",
            "pytorch_model.bin": b"a pickle" * 10,
            "onnx/model.onnx": b"onnx",
            **changed,
        }
        found = {name: content for name, content in files.items() if content is not None}
        return self.hub.add_repository(REPOSITORY, found, lfs_over=2000)

    def obtain(self) -> Embedder:
        """The embedder, as a build gets it."""
        found = obtain(Run(progress=Progress(Console())), choose(str(self.folder)))
        assert found is not None
        return found

    @property
    def asked(self) -> set[str]:
        return {request.file for request in self.hub.requests if request.file}

    @property
    def lock(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / LOCK_FILE).read_text(encoding="utf-8"))
        return found


def configuration(**changed: object) -> dict[str, object]:
    shape = demo_shape()
    return {
        "architectures": ["BertModel"],
        "num_hidden_layers": shape.layers,
        "hidden_size": shape.dimensions,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.context,
        "pad_token_id": 0,
        **changed,
    }


def weights() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        write(path, {"embeddings.word_embeddings.weight": (40, 32)}, noise(0, 1.0), "float32")
        return path.read_bytes()


@pytest.fixture
def rig(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(hub_module, "_WAITS_S", (0.01, 0.01))
    converting(monkeypatch, tmp_path, DEMO)
    folder = copy_demo(tmp_path / "rig-7").folder
    entry(folder)
    with LoopbackHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        found = Rig(folder, hub)
        found.name(licence_sha256=sha256(MIT))
        yield found


def converting(patch: pytest.MonkeyPatch, folder: Path, result: Path) -> None:
    """Let a conversion copy ``result``, and note what it was given in ``folder``/given."""
    shutil.rmtree(folder / "source", ignore_errors=True)
    script = (
        f"shutil.copytree(source, {str(folder / 'given')!r}, dirs_exist_ok=True)\n"
        f"shutil.copy({str(result)!r}, target)\n"
    )
    scripted_converter(patch, folder / "source", script)
    patch.setattr(embedder_convert, "ensure_engine", lambda **_named: None)
    patch.setattr(embedder_convert, "quantize", lambda made, to, **_named: shutil.copy(made, to))
    patch.setattr(embedders, "converter_key", lambda: result.name)


def entry(folder: Path, tokenizer: str = "wordpiece", file: str = "") -> None:
    """Write the profile's own entry ``tiny``."""
    lines = [
        'name = "Tiny"', 'publisher = "Ridge"', 'pooling = "mean"', f'tokenizer = "{tokenizer}"',
        'languages = ["en"]', 'good_for = "Tests."', 'question = "query: "',
        'passage = "passage: "', "[licence]", 'name = "MIT License"', 'spdx = "MIT"',
        "commercial_use = true", "[origin]", f'repository = "{REPOSITORY}"',
        *([f'file = "{file}"'] if file else []),
        "[shape]", *(f"{name} = {value}" for name, value in demo_shape().model_dump().items()),
    ]  # fmt: skip
    (folder / "embedders").mkdir(exist_ok=True)
    (folder / "embedders" / "tiny.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_name_is_enough(rig: Rig, tmp_path: Path) -> None:
    commit = rig.publish()
    found = rig.obtain()
    assert found.file.read_bytes() == DEMO.read_bytes()
    assert (found.question, found.passage, found.licence) == ("query: ", "passage: ", "MIT")
    assert found.text == MIT
    assert found.whence == f"{REPOSITORY} at {commit}"
    assert commit in found.in_words()
    assert rig.lock["candidate"] == "tiny"
    assert rig.lock["model"]["commit"] == commit
    assert rig.asked == {
        "README.md", "config.json", "model.safetensors", "modules.json", "1_Pooling/config.json",
        "sentencepiece.bpe.model",
    }  # fmt: skip
    given = {path.relative_to(tmp_path / "given").as_posix() for path in
             (tmp_path / "given").rglob("*") if path.is_file()}  # fmt: skip
    assert given == rig.asked - {"README.md"}


def test_a_second_build_asks_nobody_and_converts_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.publish()
    first = rig.obtain()
    rig.publish(**{"config.json": b"{}"})
    rig.hub.requests.clear()
    monkeypatch.setattr(embedder_convert, "ensure_converter", None)
    assert rig.obtain() == first
    assert rig.hub.requests == []


def test_no_weights_come_before_the_licence_is_accepted(rig: Rig) -> None:
    rig.publish()
    rig.name()
    with pytest.raises(LicenceProblem, match="is not accepted for this profile") as refused:
        rig.obtain()
    assert f'licence_sha256 = "{sha256(MIT)}"' in refused.value.hint
    assert "model.safetensors" not in rig.asked


def test_the_repository_s_own_text_comes_first_and_the_profile_s_second(rig: Rig) -> None:
    own = MIT.replace(b"<year> <copyright holders>", b"2025 Ridge")
    rig.publish(LICENSE=own)
    with pytest.raises(LicenceProblem, match="is not the one that was accepted"):
        rig.obtain()
    rig.name(licence_sha256=sha256(own))
    assert rig.obtain().text == own
    (rig.folder / LOCK_FILE).unlink()
    rig.publish()
    reviewed = MIT + b"\nReviewed.\n"
    (rig.folder / "terms.txt").write_bytes(reviewed)
    rig.name(licence_sha256=sha256(reviewed), licence_text="terms.txt")
    assert rig.obtain().text == reviewed


def test_a_card_of_another_licence_is_refused(rig: Rig) -> None:
    rig.publish(**{"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n"})
    with pytest.raises(LicenceProblem, match=r"its card says that it is under 'cc-by-nc-4\.0'"):
        rig.obtain()


def test_a_repository_that_states_no_licence_at_all_is_refused(rig: Rig) -> None:
    rig.publish(**{"README.md": b"# Tiny\n"})
    with pytest.raises(LicenceProblem, match="carries no licence text") as refused:
        rig.obtain()
    assert "licence_text" in refused.value.hint


def test_a_licence_that_the_profile_does_not_allow_is_not_even_asked_for(rig: Rig) -> None:
    rig.publish()
    path = rig.folder / "profile.toml"
    text = path.read_text(encoding="utf-8").replace(', "Apache-2.0"]', "]")
    path.write_text(text.replace('name = "tiny"', 'name = "all-minilm-l6-v2"'), encoding="utf-8")
    with pytest.raises(LicenceProblem, match=r"Apache-2\.0"):
        rig.obtain()
    assert rig.hub.requests == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"hidden_size": 48}, "hidden_size: is 48, 64 in the catalog"),
        ({"architectures": ["XLMRobertaModel"]}, "architectures: is"),
        ({"auto_map": {"AutoModel": "modeling.Tiny"}}, "auto_map: asks for code"),
    ],
)
def test_another_model_than_the_catalog_s_is_not_converted(
    rig: Rig, changed: dict[str, object], problem: str
) -> None:
    rig.publish(**{"config.json": json.dumps(configuration(**changed)).encode()})
    with pytest.raises(InvalidInput) as refused:
        rig.obtain()
    assert problem in "\n".join(refused.value.problems)


def test_what_the_converter_wrote_is_held_against_the_catalog(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.publish()
    demo = Made.read(DEMO)
    demo.pooling = gguf.PoolingType.CLS
    del demo.tensors["blk.1.ffn_up.bias"]
    converting(monkeypatch, tmp_path, demo.write(tmp_path / "other.gguf", half=True))
    with pytest.raises(IntegrityProblem, match=r"pooling: is not mean; blk\.1\.ffn_up\.bias: is m"):
        rig.obtain()


def test_unigrams_are_converted_as_xlm_roberta_s(rig: Rig, tmp_path: Path) -> None:
    entry(rig.folder, tokenizer="unigram")
    rig.publish()
    rig.obtain()
    config = json.loads((tmp_path / "given" / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["XLMRobertaModel"]
    assert config["pad_token_id"] is None


def test_a_gguf_of_the_repository_is_used_as_it_is(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry(rig.folder, file="tiny-f16.gguf")
    monkeypatch.setattr(embedder_convert, "ensure_converter", None)
    rig.publish(**{"tiny-f16.gguf": DEMO})
    assert rig.obtain().sha256 == sha256(DEMO.read_bytes())
    assert rig.asked == {"README.md", "tiny-f16.gguf"}


def test_a_lock_of_another_embedder_is_refused(rig: Rig) -> None:
    rig.publish()
    rig.obtain()
    path = rig.folder / LOCK_FILE
    path.write_text(json.dumps({**rig.lock, "candidate": "bge-small-en-v1.5"}), encoding="utf-8")
    with pytest.raises(InvalidInput, match="is not the lock of this profile's embedder") as refused:
        rig.obtain()
    assert refused.value.problems == (
        "candidate: bge-small-en-v1.5 in the lock, tiny in the profile",
    )


def test_a_stick_brings_it_to_a_machine_without_a_network(
    rig: Rig, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.publish()
    run = Run(progress=Progress(Console()))
    profile, folder = load_profile(str(rig.folder))
    pulled = embedders.pull(run, profile, folder)
    place = tmp_path / "stick" / STICK
    stick.write(place, pulled.lock, model=pulled.folder, adapter=None, advance=lambda _: None)
    shutil.rmtree(cache / "models")
    (rig.folder / LOCK_FILE).unlink()
    rig.hub.requests.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    again = embedders.pull(run, profile, folder, Options(stick=tmp_path / "stick"))
    assert again.lock == pulled.lock
    assert rig.hub.requests == []
    (rig.folder / LOCK_FILE).unlink()
    with pytest.raises(FetchFailed, match="there is no lock of an embedder"):
        embedders.pull(run, profile, folder, Options(stick=tmp_path))


def test_its_memory_is_known_before_it_is_fetched(rig: Rig) -> None:
    profile, folder = load_profile(str(rig.folder))
    expected = load_embedder("tiny", beside=folder).memory_bytes
    assert memory_of(profile, folder) == expected
    assert not (folder / LOCK_FILE).exists()
    rig.publish()
    weights_in_f16 = read_header(DEMO).tensor_bytes
    assert abs(rig.obtain().memory_bytes - expected) < weights_in_f16 / 2


def test_an_unknown_name_is_told_with_the_nearest(rig: Rig) -> None:
    path = rig.folder / "profile.toml"
    text = path.read_text(encoding="utf-8").replace('"tiny"', '"all-minilm-l6-v1"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        choose(str(rig.folder))
    assert "embedder.name: no embedder 'all-minilm-l6-v1'" in "\n".join(refused.value.problems)
    assert "all-minilm-l6-v2" in "\n".join(refused.value.problems)
