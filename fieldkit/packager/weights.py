"""From a profile's source to the GGUF that is quantized: the steps pull, licence and convert."""

from __future__ import annotations

from dataclasses import dataclass

from fieldkit.errors import IntegrityProblem, UsageProblem
from fieldkit.packager import conversion, licence_texts, licensing, pinning
from fieldkit.packager.licensing import Acceptance
from fieldkit.packager.original import Original
from fieldkit.packager.pull import Pulled, pull
from fieldkit.packager.resolve import Chosen, Resolved, check_model, local_model, resolved
from fieldkit.packager.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The profile with its model, whose licence is accepted."""

    resolved: Resolved
    acceptance: Acceptance


def obtain(run: Run, chosen: Chosen) -> Weights:
    """Have the model on this disk as a GGUF that can be quantized.

    Raises what pulling, the licence gate and the conversion raise.
    """
    return _pulled(run, chosen) if chosen.is_pulled else _local(run, chosen)


def _local(run: Run, chosen: Chosen) -> Weights:
    """A file on this machine, or the model that fieldkit carries."""
    if chosen.profile.model.adapter is not None:
        raise UsageProblem(
            f"{chosen.folder}: the profile's adapter can be merged into safetensors only, not into "
            f"the file {chosen.given}",
            hint="Leave --model out; or take model.adapter out of the profile if the file holds "
            "it already.",
        )
    model = local_model(chosen)
    header = check_model(chosen, model)
    original = Original.kept(header, model, run.hashes)
    _hold_to_lock(chosen, original)
    run.done("pull")
    with run.step("licence", chosen.candidate.licence.name):
        acceptance = licensing.require_for_file(
            chosen.profile, chosen.folder, chosen.candidate, model, run.hashes
        )
        run.progress.detail(acceptance.in_words())
    run.done("licence")
    run.done("convert")
    return Weights(resolved=resolved(chosen, original, None), acceptance=acceptance)


def _hold_to_lock(chosen: Chosen, original: Original) -> None:
    """Raise IntegrityProblem where the lock pins another file than the one that was given."""
    lock = pinning.read(chosen.folder)
    name = chosen.candidate.origin.file
    pinned = lock.model.file(name) if lock is not None and name is not None else None
    if pinned is not None and pinned.sha256 != original.sha256:
        raise IntegrityProblem(
            f"{original.file}: is not the {name} that {chosen.folder}'s lock pins: sha256 is "
            f"{original.sha256}, expected {pinned.sha256}",
            hint="Give the file that was pinned, or pin another: fieldkit pull PROFILE --update.",
        )


def _pulled(run: Run, chosen: Chosen) -> Weights:
    profile, folder, candidate = chosen.profile, chosen.folder, chosen.candidate
    pulled = pull(
        profile,
        folder,
        candidate,
        run=run,
        before_weights=lambda lock: licensing.check_receipt(profile, folder, candidate, lock),
    )
    run.done("pull")
    with run.step("licence", candidate.licence.name):
        texts = licence_texts.sources_of(pulled.lock, model=pulled.model, adapter=pulled.adapter)
        acceptance = licensing.require_acceptance(profile, folder, candidate, texts)
        run.progress.detail(acceptance.in_words())
    run.done("licence")
    original = _original(run, chosen, pulled)
    run.done("convert")
    return Weights(resolved=resolved(chosen, original, pulled.lock), acceptance=acceptance)


def _original(run: Run, chosen: Chosen, pulled: Pulled) -> Original:
    """The repository's GGUF, or the one its safetensors are converted to."""
    file = chosen.candidate.origin.file
    if chosen.candidate.format == "gguf" and file is not None:
        model = pulled.model / file
        return Original.kept(check_model(chosen, model), model, run.hashes)
    return conversion.converted(run, chosen, pulled)
