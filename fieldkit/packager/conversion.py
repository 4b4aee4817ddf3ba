"""The step ``convert``: pulled safetensors to the GGUF that is quantized, kept by its facts.

The converted file is as large as the weights it was made from. It is dropped after the step that
needed it last; what is known of it stays, so that nothing which was made from it has to be redone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fieldkit.errors import IntegrityProblem, InvalidInput
from fieldkit.packager import template_check
from fieldkit.packager.convert import convert
from fieldkit.packager.converter_env import converter_key, ensure_converter
from fieldkit.packager.original import Original
from fieldkit.packager.own_template import OwnTemplate, own_template
from fieldkit.packager.pull import Pulled
from fieldkit.packager.resolve import Chosen, check_model
from fieldkit.packager.run import Run, code

_FACTS, _MODEL = "facts.json", "model.gguf"
_CODE = (
    "adapters.py",
    "checkpoint.py",
    "convert.py",
    "converter_guard.py",
    "merge.py",
    "safetensors.py",
)


def converted(run: Run, chosen: Chosen, pulled: Pulled) -> Original:
    """The GGUF of a pulled repository of safetensors, with the pulled adapter merged into it.

    Raises what the converter raises, InvalidInput when another model came out, DiskFull.
    """
    _check_template(run, chosen, pulled)

    def make(folder: Path) -> None:
        _convert(run, chosen, pulled, folder / _MODEL)
        header = check_model(chosen, folder / _MODEL)
        facts = {
            "sha256": run.hashes.sha256(folder / _MODEL),
            "size": header.file_size,
            "quantization": header.quantization,
        }
        (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")

    entry = run.cached("convert", "safetensors to GGUF", _inputs(chosen, pulled), make)
    facts = json.loads((entry / _FACTS).read_text(encoding="utf-8"))

    def again() -> None:
        with run.step("convert", "again: the file had been dropped"):
            _convert(run, chosen, pulled, entry / _MODEL)
            _check_same(run, entry / _MODEL, facts["sha256"])

    return Original(
        sha256=facts["sha256"],
        size=facts["size"],
        quantization=facts["quantization"],
        file=entry / _MODEL,
        make=again,
    )


def _inputs(chosen: Chosen, pulled: Pulled) -> Mapping[str, Any]:
    adapter = pulled.lock.adapter
    return {
        "model": {file.path: file.sha256 for file in pulled.lock.model.files},
        "adapter": {file.path: file.sha256 for file in adapter.files} if adapter else None,
        "candidate": chosen.candidate.model_dump(mode="json", include={"architecture", "shape"}),
        "converter": converter_key(),
        "code": code(*(f"packager/{name}" for name in _CODE)),
    }


def _convert(run: Run, chosen: Chosen, pulled: Pulled, target: Path) -> None:
    ensure_converter(progress=lambda done, total: run.progress.advance(done, total, "packages"))
    convert(
        pulled.model,
        target,
        adapter=pulled.adapter,
        architecture=chosen.candidate.architecture,
        progress=lambda done, total: run.progress.advance(done, total, "bytes"),
    )


def _check_template(run: Run, chosen: Chosen, pulled: Pulled) -> None:
    """Raise InvalidInput where the model was trained on other prompts than it would be sent.

    A fine-tune may have brought a template of its own, and an adapter another one.
    """
    folders = [folder for folder in (pulled.adapter, pulled.model) if folder is not None]
    own = next((found for folder in folders if (found := own_template(folder))), None)
    if own is None:
        return
    differences = [
        difference
        for difference in template_check.check(own.text, chosen.template, own.tokens)
        if difference.usual
    ]
    problems = [str(difference) for difference in differences if difference.serious]
    if problems:
        raise InvalidInput(
            f"{chosen.candidate.name}: the chat template that came with the weights is not "
            f"{chosen.template!r}, in which the model would be asked",
            problems=problems,
            hint=_another_template(own),
        )
    if differences:
        run.progress.note(
            f"The chat template that came with the weights puts other white space than "
            f"{chosen.template!r}, in which the model is asked."
        )


def _another_template(own: OwnTemplate) -> str:
    if fitting := template_check.fitting(own):
        return (
            f'If the model was trained with it, set template = "{fitting[0]}" below [model] in the '
            "profile."
        )
    return (
        "No template of fieldkit is the same (docs/chat-templates.md). Restore the publisher's "
        "beside the weights if the model was trained with that, or choose another model."
    )


def _check_same(run: Run, path: Path, expected: str) -> None:
    """Raise IntegrityProblem, and remove the file, when another one came out than before."""
    found = run.hashes.sha256(path)
    if found != expected:
        path.unlink()
        raise IntegrityProblem(
            f"{path}: converting the same files again gave another result: sha256 is {found}, "
            f"expected {expected}",
            hint="Remove the folder steps/convert of the cache and build again; please report it.",
        )
