"""A build stops where the weights bring another chat template than the model would be asked in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from fieldkit.core.candidate import Candidate
from fieldkit.errors import InvalidInput
from fieldkit.packager import deployments
from fieldkit.packager.conversion import _check_template
from fieldkit.packager.resolve import Chosen

CHATML = (
    "{% for one in messages %}<|im_start|>{{ one.role }}\n{{ one.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant{{ '\n' }}"
)


@dataclass
class Run:
    """The part of a build's run that is told something."""

    notes: list[str] = field(default_factory=list)

    @property
    def progress(self) -> SimpleNamespace:
        return SimpleNamespace(note=self.notes.append)


def weights(folder: Path, template: str | None) -> Path:
    folder.mkdir()
    config = {"bos_token": "<s>"} | ({"chat_template": template} if template else {})
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def gate(template: str, model: Path, adapter: Path | None = None) -> list[str]:
    """The notes of a build whose model would be asked in ``template``."""
    run = Run()
    chosen = SimpleNamespace(template=template, candidate=SimpleNamespace(name="A model"))
    _check_template(run, chosen, SimpleNamespace(model=model, adapter=adapter))
    return run.notes


def test_the_same_template_passes_without_a_word(tmp_path: Path) -> None:
    assert gate("chatml", weights(tmp_path / "model", CHATML)) == []


def test_weights_without_a_template_pass(tmp_path: Path) -> None:
    assert gate("llama3", weights(tmp_path / "model", None)) == []


def test_another_template_stops_the_build_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="A model: the chat template that came") as caught:
        gate("llama3", weights(tmp_path / "model", CHATML))
    assert caught.value.exit_code == 10
    assert len(caught.value.problems) == 4
    assert "<|im_start|>" in caught.value.problems[0]
    assert 'set template = "chatml" below [model]' in caught.value.hint


def test_a_template_that_no_family_has_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        gate("llama3", weights(tmp_path / "model", "{{ messages[0].content }}"))
    assert caught.value.hint.startswith("No template of fieldkit is the same")


def test_an_adapter_s_template_counts_before_its_model_s(tmp_path: Path) -> None:
    model = weights(tmp_path / "model", "{{ messages[0].content }}")
    assert gate("chatml", model, weights(tmp_path / "adapter", CHATML)) == []
    bare = weights(tmp_path / "bare", None)
    with pytest.raises(InvalidInput):
        gate("chatml", model, bare)


def test_other_white_space_is_told_and_nothing_more(tmp_path: Path) -> None:
    (note,) = gate("chatml", weights(tmp_path / "model", CHATML.replace("|>\n{% end", "|>{% end")))
    assert "other white space than 'chatml'" in note


@pytest.mark.parametrize(("named", "template"), [(None, "phi3"), ("chatml", "chatml")])
def test_a_profile_may_name_a_fine_tune_s_template(named: str | None, template: str) -> None:
    candidate: Candidate = deployments.load_candidate("phi-3-mini-4k")
    profile, folder = deployments.load_profile("demo", model_given=False)
    section = profile.model.model_copy(update={"template": named})
    chosen = Chosen(
        name="demo",
        profile=profile.model_copy(update={"model": section}),
        folder=folder,
        candidate=candidate,
        given=None,
        manuals=(),
    )
    assert chosen.template == template
