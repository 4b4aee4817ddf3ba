"""The catalog: its facts agree with each other, and with what was published about each model."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.core.candidate import Candidate
from fieldkit.core.quantization import weight_bytes
from fieldkit.core.ranking import BENCHMARKS
from fieldkit.core.sampling import GREEDY, Sampling
from fieldkit.core.tensors import parameters
from fieldkit.packager import choose
from fieldkit.packager.deployments import load_candidate
from fieldkit.packager.subjects import every_subject, shape_of, subjects
from fieldkit.probe.predict import alike

CATALOG = choose.catalog()
FILES = sorted((resources.folder("build") / "candidates").glob("*.toml"))

# Published numbers of parameters, in billions.
BILLIONS = {
    "codellama-13b": 13.02,
    "gemma-2-2b": 2.61,
    "gemma-2-9b": 9.24,
    "gemma-7b": 8.54,
    "llama-3-70b": 70.55,
    "llama-3-8b": 8.03,
    "llama-3.1-70b": 70.55,
    "llama-3.1-8b": 8.03,
    "llama-3.2-1b": 1.24,
    "llama-3.2-3b": 3.21,
    "mistral-7b": 7.25,
    "mixtral-8x7b": 46.70,
    "phi-3-mini-128k": 3.82,
    "phi-3-mini-4k": 3.82,
    "phi-3.5-mini": 3.82,
    "phi-4-mini": 3.84,
    "qwen2.5-0.5b": 0.49,
    "qwen2.5-1.5b": 1.54,
    "qwen2.5-14b": 14.77,
    "qwen2.5-3b": 3.09,
    "qwen2.5-7b": 7.62,
    "qwen2.5-coder-7b": 7.62,
    "smollm2-1.7b": 1.71,
    "smollm2-135m": 0.13,
    "smollm2-360m": 0.36,
}


def under(name: str) -> list[str]:
    """Candidates whose licence is called ``name``."""
    return [key for key, one in CATALOG.items() if one.licence.name.startswith(name)]


def test_every_candidate_has_its_published_number_of_parameters() -> None:
    found = {name: round(parameters(shape_of(one)) / 1e9, 2) for name, one in CATALOG.items()}
    assert found == pytest.approx(BILLIONS, abs=0.006)


@pytest.mark.parametrize("name", CATALOG)
def test_a_candidate_is_complete(name: str) -> None:
    one = CATALOG[name]
    assert one.template is not None
    assert one.good_for is not None
    assert len(one.good_for) <= 78
    assert one.licence.source is not None
    assert one.licence.source.startswith("https://")
    assert date(2023, 1, 1) < one.released < date(2026, 11, 21)
    assert "en" in one.languages
    assert weight_bytes(shape_of(one), "Q4_K_M") > 0


@pytest.mark.parametrize("name", CATALOG)
def test_a_figure_has_one_value_a_publication_and_says_which(name: str) -> None:
    figures = CATALOG[name].quality
    assert all(figure.source.startswith("https://") for figure in figures)
    assert len({(figure.benchmark, figure.source) for figure in figures}) == len(figures)
    known = {benchmark for task in BENCHMARKS.values() for benchmark in task}
    assert {figure.benchmark for figure in figures} <= known | {"MMLU-Pro (MCF)"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nobody_typed_a_commit_or_a_hash(path: Path) -> None:
    assert not re.search(r"\b[0-9a-f]{40,}\b", path.read_text(encoding="utf-8"))


def test_what_the_licences_say() -> None:
    assert under("Qwen Research") == ["qwen2.5-3b"]
    assert [name for name, one in CATALOG.items() if not one.licence.commercial_use] == [
        "qwen2.5-3b"
    ]
    llama = under("Llama")
    assert len(llama) == 7
    assert {CATALOG[name].licence.user_threshold for name in llama} == {700_000_000}
    limited = {name for name, one in CATALOG.items() if one.licence.output_limits}
    assert limited == {*llama, *under("Gemma"), "qwen2.5-3b"}
    for name, one in CATALOG.items():
        assert (one.licence.spdx in {"MIT", "Apache-2.0"}) == (name not in limited)


def test_families_share_their_shape() -> None:
    def same(*names: str) -> bool:
        return len({alike(subject) for subject in subjects(names)}) == 1

    assert same("phi-3-mini-4k", "phi-3-mini-128k", "phi-3.5-mini")
    assert same("llama-3-8b", "llama-3.1-8b")
    assert same("llama-3-70b", "llama-3.1-70b")
    assert same("qwen2.5-7b", "qwen2.5-coder-7b")
    assert not same("phi-3.5-mini", "phi-4-mini")


def test_a_probe_of_everything_takes_what_laptops_carry() -> None:
    found = subjects([])
    sizes = [subject.weights or 0 for subject in found]
    assert sizes == sorted(sizes)
    titles = [subject.name for subject in found]
    assert titles[0] == "fieldkit demo"
    assert {"Phi-3-mini-4k-instruct", "Phi-3.5-mini-instruct"} <= set(titles)
    assert "Qwen2.5-14B-Instruct" not in titles
    # What fieldkit.probe.predict has time for: six seconds each of 105.
    assert len({alike(subject) for subject in found}) <= 17
    assert {one.name for one in every_subject()} > set(titles)


def test_a_named_candidate_is_probed_whatever_its_size() -> None:
    (subject,) = subjects(["llama-3.1-70b"])
    assert subject.name == "Llama-3.1-70B-Instruct"


def test_the_carried_model_is_no_choice() -> None:
    assert "demo" not in CATALOG
    assert all(isinstance(one, Candidate) for one in CATALOG.values())
    assert len(FILES) == len(CATALOG) + 1


@pytest.mark.parametrize("name", CATALOG)
def test_samplers_are_those_of_the_publisher_s_own_page(name: str) -> None:
    one = CATALOG[name]
    if one.sampling is None:
        assert one.recommended == GREEDY
        return
    assert one.origin.repository is not None
    assert one.origin.repository in one.sampling.source
    assert one.recommended.temperature == one.sampling.temperature
    assert one.recommended.seed == 0


def test_the_demo_and_what_publishes_nothing_is_greedy() -> None:
    assert load_candidate("demo").recommended == GREEDY
    assert CATALOG["gemma-2-2b"].recommended == GREEDY
    assert CATALOG["qwen2.5-3b"].recommended == Sampling(
        temperature=0.7, top_p=0.8, top_k=20, repeat_penalty=1.05
    )
