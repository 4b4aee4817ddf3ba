"""Finding and reading profiles and candidates on disk, and what is wrong with what they name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit.core.tensors import parameters
from fieldkit.errors import ExitCode, InvalidInput
from fieldkit.packager import deployments
from fieldkit.packager.subjects import subjects

LICENCES = {
    "MIT",
    "Apache-2.0",
    "LicenseRef-Gemma-Terms-of-Use",
    "LicenseRef-Llama-2-Community",
    "LicenseRef-Llama-3-Community",
    "LicenseRef-Llama-3.1-Community",
    "LicenseRef-Llama-3.2-Community",
    "LicenseRef-Qwen-Research",
}

PROFILE = """
[assistant]
name = "Ridge Assistant"

[model]
candidate = "demo"
source = "embedded"
context = 1024
max_tokens = 128

[library]
manuals = ["manuals"]
passage_tokens = 500

[target]
ram_gib = 8
disk_gib = 10

[release]
version = "1.0.0"
publisher = "Northern Ridge Drilling"
"""


@pytest.fixture
def rig(tmp_path: Path) -> Callable[[str], Path]:
    """Write a profile's text into a folder that has manuals; returns its file."""
    folder = tmp_path / "rig"
    (folder / "manuals").mkdir(parents=True)

    def write(text: str) -> Path:
        path = folder / "profile.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as raised:
        deployments.load_profile(str(path))
    assert raised.value.exit_code == ExitCode.INVALID
    return raised.value.problems


def test_a_carried_profile_is_found_by_name() -> None:
    profile, folder = deployments.load_profile("demo")
    assert folder.name == "demo"
    assert (folder / profile.library.manuals[0]).is_dir()
    assert {"demo", "phi-3-mini"} <= set(deployments.profile_names())


def test_a_profile_is_found_by_file_and_by_folder(rig: Callable[[str], Path]) -> None:
    path = rig(PROFILE)
    assert deployments.find_profile(str(path)) == path
    assert deployments.find_profile(str(path.parent)) == path
    assert deployments.load_profile(str(path))[1] == path.parent


def test_a_missing_profile_names_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="no profile 'dmo'; did you mean 'demo'") as raised:
        deployments.find_profile("dmo")
    assert raised.value.exit_code == ExitCode.INVALID
    assert "phi-3-mini" in raised.value.hint


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"manuals"', '"manuels"', "library.manuals: {folder}/manuels is not a folder"),
        (
            "passage_tokens",
            'questions = "q.toml"\npassage_tokens',
            "library.questions: there is no file {folder}/q.toml",
        ),
        (
            'source = "embedded"',
            'source = "file"\nfile = "m.gguf"',
            "model.file: there is no file {folder}/m.gguf",
        ),
        (
            'candidate = "demo"',
            'candidate = "phi3-mini-4k"',
            "model.candidate: no candidate 'phi3-mini-4k'; did you mean 'phi-3-mini-4k'?",
        ),
        (
            'candidate = "demo"',
            'candidate = "phi-3-mini-4k"',
            "model.source: fieldkit does not carry Phi-3-mini-4k-instruct",
        ),
        (
            'source = "embedded"',
            'source = "hub"',
            "model.source: fieldkit demo is not on the Hub; use 'embedded'",
        ),
        (
            "context = 1024",
            "context = 2048",
            "model.context: 2048 is more than fieldkit demo was trained for (1024)",
        ),
    ],
)
def test_what_a_profile_names_must_be_there(
    rig: Callable[[str], Path], old: str, new: str, problem: str
) -> None:
    path = rig(PROFILE.replace(old, new))
    assert problems(path) == (problem.format(folder=path.parent),)


def test_a_model_given_elsewhere_stands_in_for_the_file(rig: Callable[[str], Path]) -> None:
    path = rig(PROFILE.replace('source = "embedded"', 'source = "file"\nfile = "m.gguf"'))
    profile, _ = deployments.load_profile(str(path), model_given=True)
    assert profile.model.file == "m.gguf"


def test_mistakes_of_text_and_disk_come_together(rig: Callable[[str], Path]) -> None:
    text = PROFILE.replace('"manuals"', '"gone", 7').replace("ram_gib = 8", 'ram_gib = "8"')
    text = text.replace('candidate = "demo"', 'candidate = "demmo"').replace("disk_gib", "disc_gib")
    found = problems(rig(text))
    assert [problem.partition(":")[0] for problem in found] == [
        "library.manuals.1",
        "target.ram_gib",
        "target.disk_gib",
        "target.disc_gib",
        "library.manuals",
        "model.candidate",
    ]


@pytest.mark.parametrize(
    "text", ["library = 3\nmodel = []", "[library]\nmanuals = 3\nquestions = 4"]
)
def test_sections_of_the_wrong_kind_do_not_stop_the_check(
    rig: Callable[[str], Path], text: str
) -> None:
    assert len(problems(rig(text))) >= 5


def test_the_folder_names_the_release(tmp_path: Path) -> None:
    folder = tmp_path / "our rig"
    (folder / "manuals").mkdir(parents=True)
    (folder / "profile.toml").write_text(PROFILE, encoding="utf-8")
    [problem] = problems(folder)
    assert problem.startswith("profile: its folder 'our rig' names the release")


def test_a_syntax_error_is_given_with_its_line(rig: Callable[[str], Path]) -> None:
    path = rig("[assistant]\nname = Ridge\n")
    with pytest.raises(InvalidInput) as raised:
        deployments.load_profile(str(path))
    assert raised.value.message.startswith(f"{path}:2: not valid TOML: ")


def test_a_profile_that_is_not_utf8(rig: Callable[[str], Path]) -> None:
    path = rig("")
    path.write_bytes(b'[assistant]\nname = "\xd6l"\n')
    with pytest.raises(InvalidInput, match="byte 20 is not UTF-8"):
        deployments.load_profile(str(path))


@pytest.mark.parametrize("name", deployments.candidate_names())
def test_every_carried_candidate_is_valid(name: str) -> None:
    candidate = deployments.load_candidate(name)
    assert candidate.licence.identifier in LICENCES


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("phi-3-mini-4k", 3.82),
        ("qwen2.5-1.5b", 1.54),
        ("llama-3.2-3b", 3.21),
        ("mistral-7b", 7.25),
        ("llama-3.1-8b", 8.03),
    ],
)
def test_a_candidates_shape_has_the_published_number_of_parameters(
    name: str, billions: float
) -> None:
    (subject,) = subjects([name])
    assert subject.shape is not None
    assert parameters(subject.shape) / 1e9 == pytest.approx(billions, abs=0.005)


def test_an_unknown_candidate_names_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="no candidate 'demp'; did you mean 'demo'") as raised:
        deployments.load_candidate("demp")
    assert raised.value.exit_code == ExitCode.INVALID
    assert "phi-3-mini-4k" in raised.value.hint


def test_a_candidate_is_not_a_path() -> None:
    with pytest.raises(InvalidInput, match="no candidate"):
        deployments.load_candidate("../candidates/demo")


def test_embedded_model() -> None:
    path = deployments.embedded_model(deployments.load_candidate("demo"))
    assert path is not None
    assert path.parts[-3:] == ("build", "demo-model", "fieldkit-demo-f16.gguf")
    assert deployments.embedded_model(deployments.load_candidate("phi-3-mini-4k")) is None
