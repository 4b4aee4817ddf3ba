"""Resolves a profile: which file the model comes from, its hash, and whether it may be used."""

from __future__ import annotations

import datetime as dt
import shlex
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.candidate import Candidate
from fieldkit.core.gguf_types import Header
from fieldkit.core.profile import Profile
from fieldkit.engine.header import read_header
from fieldkit.errors import FetchFailed, GateFailed, InvalidInput
from fieldkit.packager import deployments, licensing
from fieldkit.packager.cache import Hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A profile with everything it names found and checked.

    ``folder`` holds the profile; its name is the deployment's. ``model`` is the source GGUF.
    """

    name: str
    profile: Profile
    folder: Path
    candidate: Candidate
    model: Path
    model_sha256: str
    header: Header
    manuals: tuple[Path, ...]

    @property
    def template(self) -> str:
        """How the model is talked to: a name in ``fieldkit.core.prompt.TEMPLATES``."""
        assert self.candidate.template is not None  # resolve() refuses a candidate without one
        return self.candidate.template


def resolve(spec: str, *, model: Path | None, hashes: Hashes) -> Resolved:
    """Read the profile ``spec`` and find its model; ``model`` overrides ``model.file``.

    Raises InvalidInput for a profile or model that is not valid, LicenceProblem and GateFailed when
    the candidate is not allowed, FetchFailed when the model is not on this machine.
    """
    profile, folder = deployments.load_profile(spec, model_given=model is not None)
    candidate = deployments.load_candidate(profile.model.candidate)
    _check_template(candidate)
    licensing.check_policy(profile, candidate)
    _check_age(profile, candidate)
    source = model if model is not None else _source(profile, folder, candidate)
    if source is None:
        wanted = f"{candidate.origin.file} of {candidate.origin.repository}"
        raise FetchFailed(
            f"{candidate.name}: its model is not on this machine",
            hint=f"Download {wanted} and run: "
            f"fieldkit build {shlex.quote(spec)} --model {candidate.origin.file}",
        )
    header = read_header(source)
    if header.architecture != candidate.architecture:
        raise InvalidInput(
            f"{source}: is a {header.architecture} model; {candidate.name} is "
            f"{candidate.architecture}",
            hint="Give the candidate's own file, or name the right candidate in the profile.",
        )
    _check_shape(source, header, candidate)
    return Resolved(
        name=folder.name,
        profile=profile,
        folder=folder,
        candidate=candidate,
        model=source,
        model_sha256=hashes.sha256(source),
        header=header,
        manuals=tuple(folder / name for name in profile.library.manuals),
    )


def _check_template(candidate: Candidate) -> None:
    if candidate.template is None:
        raise InvalidInput(
            f"{candidate.name}: the chat template of this model is not supported yet",
            hint="fieldkit probe tells whether it would fit; for a build choose a candidate whose "
            "file in build/candidates names a template.",
        )


def _check_shape(source: Path, header: Header, candidate: Candidate) -> None:
    """Raise InvalidInput for a file of another model: licence and release date are the candidate's.

    Until the hub tells a file's hash, its sizes are what a candidate is recognised by.
    """
    if candidate.shape is None:
        return
    found = header.shape
    problems = [
        f"{name}: {getattr(found, name)} in the file, {wanted} in the candidate"
        for name, wanted in candidate.shape.model_dump().items()
        if getattr(found, name) != wanted
    ]
    if problems:
        raise InvalidInput(
            f"{source}: is not {candidate.name}",
            problems=problems,
            hint="Give the candidate's own file, or name the right candidate in the profile.",
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


def _source(profile: Profile, folder: Path, candidate: Candidate) -> Path | None:
    """The file the profile names; None when it is to come from the Hub."""
    section = profile.model
    if section.source == "embedded":
        embedded = deployments.embedded_model(candidate)
        if embedded is not None and embedded.is_file():
            return embedded
        raise InvalidInput(
            f"{candidate.name}: fieldkit carries no model for it",
            hint="Give its file with --model, or name another candidate in the profile.",
        )
    if section.source == "file" and section.file:
        return folder / section.file
    return None
