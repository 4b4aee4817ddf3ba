"""Finds and reads profiles and candidates, and checks what they name on disk."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fieldkit import resources
from fieldkit.core import candidate as candidates
from fieldkit.core import embedder_entry as entries
from fieldkit.core import profile as profiles
from fieldkit.core.candidate import Candidate
from fieldkit.core.embedder_entry import EmbedderEntry
from fieldkit.core.profile import Profile
from fieldkit.core.validation import nearest
from fieldkit.errors import FieldkitError, InvalidInput

PROFILE_FILE = "profile.toml"
_FILES = (
    ("library", "questions"),
    ("library", "synonyms"),
    ("licence", "text"),
    ("licence", "adapter_text"),
    ("embedder", "licence_text"),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def is_name(name: str) -> bool:
    """Whether a profile's folder may be called so."""
    return bool(_NAME.fullmatch(name))


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles that fieldkit carries."""
    found = resources.folder("profiles").glob(f"*/{PROFILE_FILE}")
    return tuple(sorted(path.parent.name for path in found))


def candidate_names(beside: Path | None = None) -> tuple[str, ...]:
    """Return the names of the known candidates: fieldkit's, and those of the profile ``beside``."""
    return tuple(sorted(_candidates(beside)))


def _candidates(beside: Path | None) -> dict[str, Path]:
    """Return name -> file; a profile's own candidates lie in its folder ``candidates``."""
    return _named("candidates", beside)


def _named(kind: str, beside: Path | None) -> dict[str, Path]:
    folders = [resources.folder("build")] + ([beside] if beside is not None else [])
    return {path.stem: path for place in folders for path in place.glob(f"{kind}/*.toml")}


def find_profile(spec: str) -> Path:
    """Return the file of the profile ``spec``: a path (its file or folder) or a carried name.

    Raises InvalidInput when there is none, with the nearest name.
    """
    given = Path(spec).expanduser()
    for path in (given, given / PROFILE_FILE):
        if path.suffix == ".toml" and path.is_file():
            return path.absolute()
    if spec in profile_names():
        return resources.folder("profiles") / spec / PROFILE_FILE
    known = profile_names()
    raise InvalidInput(
        f"no profile {spec!r}{nearest(spec, known)}",
        hint=f"Give the path of a {PROFILE_FILE} or one of: {', '.join(known)}.",
    )


def load_profile(spec: str, *, model_given: bool = False) -> tuple[Profile, Path]:
    """Read the profile ``spec``; returns it with its folder, which its paths are relative to.

    The folder's name is the deployment's name. ``model_given`` says that the model file comes from
    elsewhere, so that ``model.file`` need not be there. Raises InvalidInput with every problem of
    the file and of what it names: manuals, question set, model file, candidate.
    """
    path = find_profile(spec)
    data = _read_toml(path)
    folder = path.parent
    problems = list(_missing(data, folder, model_given=model_given))
    profile: Profile | None = None
    try:
        profile = profiles.parse(data, source=str(path))
    except InvalidInput as error:
        problems = [*error.problems, *problems]
    if profile is not None and not any(p.startswith("model.candidate") for p in problems):
        problems += _mismatches(profile, load_candidate(profile.model.candidate, beside=folder))
    if profile is None or problems:
        raise profiles.invalid(str(path), problems)
    return profile, folder


def load_candidate(name: str, *, beside: Path | None = None) -> Candidate:
    """Read the candidate ``name``; raises InvalidInput with its problems or the nearest name.

    ``beside`` is a profile's folder, whose own ``candidates/NAME.toml`` comes before fieldkit's.
    """
    known = _candidates(beside)
    if name not in known:
        names = ", ".join(sorted(known))
        raise InvalidInput(f"no candidate {name!r}{nearest(name, known)}", hint=f"Known: {names}.")
    return candidates.parse(_read_toml(known[name]), source=str(known[name]))


def embedders(beside: Path | None = None) -> dict[str, EmbedderEntry]:
    """The catalog of embedders by name: fieldkit's, and those of the profile ``beside``."""
    return {
        name: entries.parse(_read_toml(path), source=str(path))
        for name, path in sorted(_named("embedders", beside).items())
    }


def load_embedder(name: str, *, beside: Path | None = None) -> EmbedderEntry:
    """Read the embedder ``name``, as ``load_candidate`` reads a candidate."""
    known = _named("embedders", beside)
    if name not in known:
        names = ", ".join(sorted(known))
        raise InvalidInput(f"no embedder {name!r}{nearest(name, known)}", hint=f"Known: {names}.")
    return entries.parse(_read_toml(known[name]), source=str(known[name]))


def embedded_model(candidate: Candidate) -> Path | None:
    """Return the model file that fieldkit carries for ``candidate``, None when it carries none.

    A candidate's file may be anyone's, so what it calls embedded must lie among what is carried.
    """
    if candidate.origin.embedded is None:
        return None
    carried = resources.folder("build")
    path = carried / candidate.origin.embedded
    return path if path.resolve().is_relative_to(carried.resolve()) else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{path}:{line[1]}" if line else str(path)
        raise InvalidInput(
            f"{place}: not valid TOML: {error}", hint="Mend this line; text needs quotes in TOML."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path}: byte {error.start} is not UTF-8", hint="Save the file as UTF-8."
        ) from error
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror or error}") from error


def _missing(data: Mapping[str, Any], folder: Path, *, model_given: bool) -> Iterator[str]:
    """Say what the profile names and is not there, as far as its sections can be read at all."""
    if not _NAME.fullmatch(folder.name):
        yield f"profile: its folder {folder.name!r} names the release: letters, digits and . _ -"
    library = _section(data, "library")
    manuals = library.get("manuals")
    for name in manuals if isinstance(manuals, list) else []:
        if isinstance(name, str) and name and not (folder / name).is_dir():
            yield f"library.manuals: {folder / name} is not a folder"
    for section, key in _FILES if model_given else (*_FILES, ("model", "file")):
        file = _section(data, section).get(key)
        if isinstance(file, str) and file and not (folder / file).is_file():
            yield f"{section}.{key}: there is no file {folder / file}"
    name = _section(data, "model").get("candidate")
    if isinstance(name, str) and name:
        try:
            load_candidate(name, beside=folder)
        except FieldkitError as error:
            yield f"model.candidate: {error.message}"
    name = _section(data, "embedder").get("name")
    if isinstance(name, str) and name:
        try:
            load_embedder(name, beside=folder)
        except FieldkitError as error:
            yield f"embedder.name: {error.message}"


def _section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = data.get(name)
    return section if isinstance(section, dict) else {}


def _mismatches(profile: Profile, candidate: Candidate) -> list[str]:
    """Say where the profile asks for what its candidate does not have."""
    problems = []
    model = profile.model
    if model.context > candidate.context:
        problems.append(
            f"model.context: {model.context} is more than {candidate.name} was trained for"
            f" ({candidate.context})"
        )
    if model.source == "embedded" and candidate.origin.embedded is None:
        problems.append(f"model.source: fieldkit does not carry {candidate.name}")
    if model.source == "hub" and candidate.origin.repository is None:
        problems.append(f"model.source: {candidate.name} is not on the Hub; use 'embedded'")
    if model.adapter is not None and candidate.format == "gguf" and model.source != "file":
        problems.append(
            f"model.adapter: {candidate.name} comes as GGUF; an adapter is merged into safetensors"
        )
    if model.source == "folder" and candidate.origin.repository is None:
        problems.append(f"model.source: {candidate.name} is carried by fieldkit; use 'embedded'")
    return problems
