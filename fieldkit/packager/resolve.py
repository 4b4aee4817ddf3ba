"""Resolves a profile: whether its candidate may be used, and which file its model is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.candidate import Candidate
from fieldkit.core.gguf_types import Header
from fieldkit.core.lock import Lock
from fieldkit.core.profile import Profile
from fieldkit.engine.header import read_header
from fieldkit.errors import FetchFailed, GateFailed, InvalidInput
from fieldkit.packager import deployments, licensing
from fieldkit.packager.original import Original


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A profile with its candidate, which it may use; the weights may still be anywhere.

    ``folder`` holds the profile; its name is the deployment's. ``given`` is a model file that was
    named on the command line and is used instead of the profile's source.
    """

    name: str
    profile: Profile
    folder: Path
    candidate: Candidate
    given: Path | None
    manuals: tuple[Path, ...]

    @property
    def template(self) -> str:
        """How the model is talked to: a name in ``fieldkit.core.prompt.TEMPLATES``."""
        template = self.profile.model.template or self.candidate.template
        assert template is not None  # choose() refuses a candidate without one
        return template

    @property
    def is_pulled(self) -> bool:
        """Whether the weights come from the Hub or a folder, and are held to a lock."""
        return self.given is None and self.profile.model.source in {"hub", "folder"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Chosen):
    """A profile with everything it names found and checked; ``lock`` where it was pulled."""

    original: Original
    lock: Lock | None


def choose(spec: str, *, model: Path | None = None) -> Chosen:
    """Read the profile ``spec``; ``model`` is a file to use instead of its source.

    Raises InvalidInput for a profile that is not valid, LicenceProblem and GateFailed when its
    candidate is not allowed.
    """
    profile, folder = deployments.load_profile(spec, model_given=model is not None)
    candidate = deployments.load_candidate(profile.model.candidate, beside=folder)
    _check_template(profile, candidate)
    licensing.check_policy(profile, candidate)
    _check_age(profile, candidate)
    return Chosen(
        name=folder.name,
        profile=profile,
        folder=folder,
        candidate=candidate,
        given=model,
        manuals=tuple(folder / name for name in profile.library.manuals),
    )


def local_model(chosen: Chosen) -> Path:
    """The model file on this machine, of a profile whose model is not pulled.

    Raises InvalidInput or FetchFailed when there is none.
    """
    if chosen.given is not None:
        return chosen.given
    section, candidate = chosen.profile.model, chosen.candidate
    if section.source == "embedded":
        embedded = deployments.embedded_model(candidate)
        if embedded is not None and embedded.is_file():
            return embedded
        raise InvalidInput(
            f"{candidate.name}: fieldkit carries no model for it",
            hint="Give its file with --model, or name another candidate in the profile.",
        )
    if section.file is None:
        raise FetchFailed(
            f"{candidate.name}: the profile does not say where its model's file is",
            hint=f"Add --model FILE ({candidate.origin.file or 'an F16 GGUF'} of "
            f"{candidate.origin.repository}), or set model.source = 'hub' to have it fetched.",
        )
    return chosen.folder / section.file


def check_model(chosen: Chosen, model: Path) -> Header:
    """The header of the GGUF ``model``; InvalidInput when it is not the candidate's."""
    header = read_header(model)
    own = chosen.profile.model.source == "folder"
    check_is_candidate(header, chosen.candidate, own_vocabulary=own)
    return header


def resolved(chosen: Chosen, original: Original, lock: Lock | None) -> Resolved:
    """The profile with its model, which was checked."""
    return Resolved(
        name=chosen.name,
        profile=chosen.profile,
        folder=chosen.folder,
        candidate=chosen.candidate,
        given=chosen.given,
        manuals=chosen.manuals,
        original=original,
        lock=lock,
    )


def check_is_candidate(
    header: Header, candidate: Candidate, *, own_vocabulary: bool = False
) -> None:
    """Raise InvalidInput for a file of another model: licence and release date are the candidate's.

    Its sizes are what a candidate is recognised by. ``own_vocabulary`` lets that differ, as it does
    where a fine-tune added tokens.
    """
    hint = "Give the candidate's own file, or name the right candidate in the profile."
    if header.architecture != candidate.architecture:
        raise InvalidInput(
            f"{header.name}: is a {header.architecture} model; {candidate.name} is "
            f"{candidate.architecture}",
            hint=hint,
        )
    if candidate.shape is None:
        return
    found = header.shape
    problems = [
        f"{name}: {getattr(found, name)} in the file, {wanted} in the candidate"
        for name, wanted in candidate.shape.model_dump().items()
        if getattr(found, name) != wanted and not (own_vocabulary and name == "vocabulary")
    ]
    if problems:
        raise InvalidInput(f"{header.name}: is not {candidate.name}", problems=problems, hint=hint)


def _check_template(profile: Profile, candidate: Candidate) -> None:
    if candidate.template is None and profile.model.template is None:
        raise InvalidInput(
            f"{candidate.name}: the chat template of this model is not supported yet",
            hint="fieldkit probe tells whether it would fit; for a build choose a candidate whose "
            "file in build/candidates names a template.",
        )


def _check_age(profile: Profile, candidate: Candidate) -> None:
    least = profile.gates.min_months_since_release
    today = dt.datetime.now(dt.UTC).date()
    released = candidate.released
    months = (today.year - released.year) * 12 + today.month - released.month
    if least is not None and months < least:
        raise GateFailed(
            f"{candidate.name} has been public for {months} months; the profile asks for {least}",
            hint="Wait, choose another candidate, or lower gates.min_months_since_release.",
        )
