"""Profiles: what is valid, and that every mistake is reported at once with the nearest name."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pyrage import x25519

from fieldkit.core.profile import Profile, parse, schema_json
from fieldkit.errors import ExitCode, InvalidInput

ROOT = Path(__file__).parents[2]

MINIMAL: dict[str, Any] = {
    "assistant": {"name": "Ridge Assistant"},
    "model": {"candidate": "demo"},
    "library": {"manuals": ["manuals"]},
    "target": {"ram_gib": 8, "disk_gib": 10},
    "release": {"version": "1.0.0", "publisher": "Northern Ridge Drilling"},
}


def changed(**changes: Any) -> dict[str, Any]:
    """MINIMAL with ``section__key=value``; ``section__key=None`` removes the key."""
    data = copy.deepcopy(MINIMAL)
    for name, value in changes.items():
        section, _, key = name.partition("__")
        keys = data.setdefault(section, {})
        if value is None:
            del keys[key]
        else:
            keys[key] = value
    return data


def problems(data: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as raised:
        parse(data, source="profile.toml")
    assert raised.value.exit_code == ExitCode.INVALID
    assert raised.value.message.startswith("profile.toml: the profile has ")
    assert raised.value.hint
    return raised.value.problems


def test_defaults_are_the_safe_choice() -> None:
    profile = parse(MINIMAL, source="profile.toml")
    assert profile.model.quantization == "Q4_K_M"
    assert profile.model.source == "hub"
    assert profile.library.evidence_only
    assert profile.gates.licences == ("MIT", "Apache-2.0")
    assert profile.gates.min_decode_tps is None
    assert profile.release.installers == ("linux",)


def test_a_profile_cannot_be_changed() -> None:
    profile = parse(MINIMAL, source="profile.toml")
    with pytest.raises(ValueError, match="frozen"):
        profile.model.context = 1


@pytest.mark.parametrize("quantization", ["Q4_K_M", "Q4_K_S", "Q4_0", "Q4_1", "IQ4_NL", "IQ4_XS"])
def test_int4_types(quantization: str) -> None:
    data = changed(model__quantization=quantization)
    assert parse(data, source="p").model.quantization == quantization


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"assistant__name": None}, "assistant.name: is missing"),
        ({"assistant__name": ""}, "assistant.name: must not be empty"),
        (
            {"assistant__name": "a\x1b[31m"},
            "assistant.name: must be one line without control characters or double spaces",
        ),
        (
            {"assistant__system_prompt": "a\x07"},
            "assistant.system_prompt: must not hold control characters",
        ),
        (
            {"assistant__language": "English"},
            "assistant.language: 'English' is not a language code like 'en'",
        ),
        (
            {"assistant__examples": "one"},
            "assistant.examples: must be a list in brackets, not 'one'",
        ),
        ({"assistant__examples": ["x"] * 9}, "assistant.examples: must have at most 8 entries"),
        (
            {"model__quantisation": "Q4_0"},
            "model.quantisation: unknown key; did you mean 'quantization'?",
        ),
        ({"model__zzz": 1}, "model.zzz: unknown key"),
        (
            {"model__quantization": "q4_k_m"},
            ("model.quantization: 'q4_k_m' is not one of IQ4_NL, IQ4_XS, Q4_0, Q4_1, Q4_K_M,"
            " Q4_K_S; did you mean 'Q4_K_M'?"),
        ),
        (
            {"model__source": "hug"},
            "model.source: 'hug' is not one of embedded, file, folder, hub; did you mean 'hub'?",
        ),
        ({"model__context": "4096"}, "model.context: must be a whole number, not '4096'"),
        ({"model__context": 4096.5}, "model.context: must be a whole number, not 4096.5"),
        ({"model__context": True}, "model.context: must be a whole number, not True"),
        ({"model__context": 10}, "model.context: must be at least 256, not 10"),
        (
            {"model__max_tokens": 4096},
            "model.max_tokens: 4096 leaves no room for a question in a context of 4096",
        ),
        (
            {"model__file": "a.gguf"},
            "model.file: is only used with source = 'file', not 'hub'",
        ),
        ({"library__manuals": []}, "library.manuals: must not be empty"),
        ({"library__manuals": [3]}, "library.manuals.0: must be text in quotes, not 3"),
        ({"library__passages": 10}, "library.passages: must be at most 9, not 10"),
        (
            {"library__evidence_only": "no"},
            "library.evidence_only: must be true or false, not 'no'",
        ),
        (
            {"library__passage_tokens": 4000},
            ("library.passage_tokens: 4000 do not fit beside the answer and the question in a"
            " context of 4096; at most 3456 do"),
        ),
        ({"target__ram_gib": 0}, "target.ram_gib: must be more than 0"),
        ({"target__ram_gib": float("nan")}, "target.ram_gib: must be a finite number, not nan"),
        (
            {"target__os": "Windows 11"},
            "target.os: 'Windows 11' is not one of linux, macos, windows; did you mean 'windows'?",
        ),
        ({"gates__min_score": 2}, "gates.min_score: must be at most 1, not 2"),
        ({"gates__min_score": 0.5}, "gates.min_score: needs a question set (library.questions)"),
        (
            {"licence__adapter_text": "ours.txt"},
            "licence.adapter_text: there is no adapter (model.adapter)",
        ),
        (
            {"licence__outputs_limits": True},
            "licence.outputs_limits: unknown key; did you mean 'output_limits'?",
        ),
        (
            {"gates__max_memory_gib": 9},
            "gates.max_memory_gib: 9 is more than the target has (target.ram_gib = 8)",
        ),
        (
            {"release__version": "1 0"},
            ("release.version: '1 0' is not a version: letters, digits and . _ + - (at most 64),"
            " like '1.0.0'"),
        ),
        (
            {"release__installers": ["linus"]},
            ("release.installers.0: 'linus' is not one of linux, macos, windows; did you mean"
            " 'linux'?"),
        ),
    ],
)  # fmt: skip
def test_one_mistake(change: dict[str, Any], problem: str) -> None:
    assert problems(changed(**change)) == (problem,)


def test_five_mistakes_are_five_problems() -> None:
    data = changed(
        model__contxt=4096,
        model__quantization="Q5_K_M",
        library__passages=0,
        release__version="",
        assistant__name=7,
    )
    assert [problem.partition(":")[0] for problem in problems(data)] == [
        "assistant.name",
        "model.quantization",
        "model.contxt",
        "library.passages",
        "release.version",
    ]


def test_feedback_goes_to_public_keys_only() -> None:
    key = x25519.Identity.generate()
    public = str(key.to_public())
    profile = parse(changed(feedback__recipients=[public]), source="profile.toml")
    assert profile.feedback.recipients == (public,)
    assert parse(MINIMAL, source="profile.toml").feedback.recipients == ()
    damaged = f"{public[:-1]}{'q' if public[-1] != 'q' else 'p'}"
    wrong = problems(changed(feedback__recipients=[str(key), damaged, "age1", public]))
    assert len(wrong) == 3
    assert wrong[0].startswith("feedback.recipients.0: is a private key: every laptop could read")
    assert str(key) not in wrong[0]
    assert wrong[1].startswith(f"feedback.recipients.1: '{damaged}' is not a public key")
    assert problems(changed(feedback__recipent=[])) == (
        "feedback.recipent: unknown key; did you mean 'recipients'?",
    )


def test_contradictions_show_beside_mistakes_elsewhere() -> None:
    found = problems(changed(model__max_tokens=4096, target__disk_gib="big"))
    assert [problem.partition(":")[0] for problem in found] == [
        "target.disk_gib",
        "model.max_tokens",
    ]


def test_a_missing_and_a_misspelt_section() -> None:
    data = changed()
    data["asistant"] = data.pop("assistant")
    assert problems(data) == (
        "asistant: unknown key; did you mean 'assistant'?",
        "assistant: the section [assistant] is missing",
    )


@pytest.mark.parametrize("value", [1, "text", []])
def test_a_section_that_is_none(value: object) -> None:
    data = changed()
    data["gates"] = value
    assert [problem.partition(",")[0] for problem in problems(data)] == [
        "gates: must be a section in brackets"
    ]


def test_an_empty_file_names_every_section() -> None:
    assert [problem.partition(":")[0] for problem in problems({})] == list(MINIMAL)


def test_the_schema_in_docs_is_current() -> None:
    text = (ROOT / "docs" / "profile.schema.json").read_text(encoding="utf-8")
    assert text == schema_json(), "run: python -m fieldkit.packager.profile_schema"


def test_the_schema_describes_every_key() -> None:
    sections = json.loads(schema_json())["$defs"]
    assert len(sections) == len(Profile.model_fields)
    for section in sections.values():
        assert section["additionalProperties"] is False
        assert all(key["description"] for key in section["properties"].values())


@pytest.mark.parametrize("name", ["demo", "phi-3-mini"])
def test_the_carried_profiles_are_valid(name: str) -> None:
    path = ROOT / "profiles" / name / "profile.toml"
    profile = parse(tomllib.loads(path.read_text(encoding="utf-8")), source=str(path))
    assert profile.release.publisher == "Northern Ridge Drilling"


def test_the_demo_asks_what_its_questions_ask() -> None:
    folder = ROOT / "profiles" / "demo"
    profile = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
    asked = tomllib.loads((folder / "questions.toml").read_text(encoding="utf-8"))["question"]
    answered = {question["text"] for question in asked if question.get("answerable", True)}
    assert set(profile["assistant"]["examples"]) <= answered


def test_what_becomes_of_manuals_that_cannot_be_read_is_chosen() -> None:
    profile = parse(changed(), source="p")
    assert (profile.library.unreadable, profile.library.originals) == ("stop", True)
    assert profile.gates.max_unread_pages is None
    data = changed(library__unreadable="skip", library__originals=False, gates__max_unread_pages=0)
    chosen = parse(data, source="p")
    assert (chosen.library.unreadable, chosen.library.originals) == ("skip", False)
    assert chosen.gates.max_unread_pages == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("library__unreadable", "ignore"),
        ("library__unreadable", True),
        ("library__originals", "no"),
        ("gates__max_unread_pages", -1),
        ("gates__max_unread_pages", 1.5),
    ],
)
def test_other_choices_are_a_problem_of_the_profile(key: str, value: object) -> None:
    (problem,) = problems(changed(**{key: value}))
    assert problem.startswith(key.replace("__", "."))
