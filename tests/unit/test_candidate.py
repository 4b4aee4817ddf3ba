"""Candidates: shape, origin and licence, and what contradicts itself."""

import copy
from datetime import date
from typing import Any

import pytest

from fieldkit.core.candidate import parse
from fieldkit.core.prompt import TEMPLATES
from fieldkit.errors import ExitCode, InvalidInput

PHI: dict[str, Any] = {
    "name": "Phi-3-mini-4k-instruct",
    "publisher": "Microsoft",
    "architecture": "phi3",
    "template": "phi3",
    "context": 4096,
    "licence": {"name": "MIT License", "spdx": "MIT", "commercial_use": True},
    "released": date(2024, 4, 23),
    "origin": {"repository": "microsoft/x", "file": "x.gguf"},
    "shape": {
        "layers": 32,
        "embedding": 3072,
        "heads": 32,
        "kv_heads": 32,
        "head_dim": 96,
        "feed_forward": 8192,
        "vocabulary": 32064,
    },
}


def problems(data: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as raised:
        parse(data, source="x.toml")
    assert raised.value.exit_code == ExitCode.INVALID
    assert raised.value.message == "x.toml: the candidate is not valid"
    return raised.value.problems


def test_a_candidate() -> None:
    candidate = parse(PHI, source="x.toml")
    assert candidate.shape is not None
    assert candidate.shape.kv_heads * candidate.shape.head_dim == 3072
    assert candidate.format == "gguf"


def test_an_embedded_model_tells_its_own_shape() -> None:
    data = {**PHI, "origin": {"embedded": "demo-model/x.gguf"}}
    del data["shape"]
    assert parse(data, source="x.toml").shape is None


def test_safetensors_need_no_file() -> None:
    data = {**PHI, "format": "safetensors", "origin": {"repository": "microsoft/x"}}
    assert parse(data, source="x.toml").origin.file is None


@pytest.mark.parametrize(
    ("section", "key", "value", "problem"),
    [
        (None, "licence", None, "licence: is missing"),
        (None, "license", "MIT", "license: unknown key; did you mean 'licence'?"),
        (
            None,
            "released",
            "2024-04-23",
            "released: must be a date like 2024-04-23, without quotes, not '2024-04-23'",
        ),
        (
            None,
            "template",
            "phi-3",
            f"template: 'phi-3' is not one of {', '.join(sorted(TEMPLATES))}; did you mean 'phi3'?",
        ),
        (
            None,
            "format",
            "gguff",
            "format: 'gguff' is not one of gguf, safetensors; did you mean 'gguf'?",
        ),
        ("shape", "layers", 0, "shape.layers: must be more than 0"),
        ("shape", "layers", 10**9, "shape.layers: must be at most 1024, not 1000000000"),
        ("shape", "head", 3, "shape.head: unknown key; did you mean 'heads'?"),
        (
            "shape",
            "kv_heads",
            5,
            "shape.kv_heads: 32 heads cannot share 5 KV heads evenly",
        ),
        (
            "shape",
            "experts_used",
            2,
            "shape.experts_used: 2 of 0 experts cannot be used",
        ),
        (
            "shape",
            "experts",
            8,
            "shape.experts_used: 0 of 8 experts cannot be used",
        ),
        ("origin", "file", None, "origin.file: is missing (which GGUF of the repository)"),
        ("origin", "repository", None, "origin: needs either repository or embedded"),
        ("origin", "embedded", "x", "origin: needs either repository or embedded"),
        (None, "shape", None, "shape: the section [shape] is missing"),
    ],
)
def test_one_mistake(section: str | None, key: str, value: object, problem: str) -> None:
    data = copy.deepcopy(PHI)
    keys = data[section] if section else data
    keys.pop(key, None)
    if value is not None:
        keys[key] = value
    assert problems(data) == (problem,)


def test_every_mistake_at_once() -> None:
    data = copy.deepcopy(PHI)
    del data["publisher"]
    data["context"] = "4k"
    data["shape"]["heads"] = -1
    assert [problem.partition(":")[0] for problem in problems(data)] == [
        "publisher",
        "context",
        "shape.heads",
    ]
