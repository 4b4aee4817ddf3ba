"""The embedder that a profile names: its file, checked, under a licence that somebody accepted.

It is one of the catalog (``build/embedders``), pulled and converted, or a file beside the profile.
The acceptance is the hash of the licence's text in the profile itself, which is reviewed and kept
like the receipt for the model. Another text is another decision.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fieldkit import resources
from fieldkit.core.embedder import check_embedder, memory_bytes
from fieldkit.core.embedder_entry import EmbedderEntry
from fieldkit.core.licence import objections, primary_text, reads_like
from fieldkit.core.lock import Lock, Pinned
from fieldkit.core.profile import EmbedderSection, Profile
from fieldkit.engine.header import read_header
from fieldkit.engine.location import engine_key
from fieldkit.errors import LicenceProblem
from fieldkit.packager import (
    deployments,
    embedder_convert,
    embedder_pull,
    licence_texts,
    model_card,
)
from fieldkit.packager.cache import Hashes
from fieldkit.packager.converter_env import converter_key
from fieldkit.packager.origins import Options
from fieldkit.packager.resolve import Chosen
from fieldkit.packager.run import Run, code

_MODEL = "embedder.gguf"
_CODE = ("packager/embedder_convert.py", "packager/converter_guard.py", "packager/safetensors.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedder:
    """An embedder that may be used: its GGUF ``file``, and the ``text`` of its ``licence``.

    ``name`` is the catalog's or that of the file; ``whence`` is the repository and commit, empty
    for a file. ``question`` and ``passage`` are what is put before each.
    """

    name: str
    file: Path
    sha256: str
    memory_bytes: int
    licence: str
    question: str
    passage: str
    text: bytes
    whence: str = ""

    def in_words(self) -> str:
        """Name, origin, hash, licence and the hash of its text, in a line."""
        text = hashlib.sha256(self.text).hexdigest()
        whence = f" from {self.whence}" if self.whence else ""
        return (
            f"{self.name}{whence}, sha256 `{self.sha256}`, licence {self.licence} "
            f"(text sha256 `{text}`, accepted in the profile)"
        )


def obtain(run: Run, chosen: Chosen) -> Embedder | None:
    """The embedder of the profile, None where it names none; one of the catalog is fetched.

    Raises InvalidInput when its file is no embedder that the engine reads, LicenceProblem (exit
    12) when its licence is not allowed, has no text or another one than was accepted, and what
    pulling and converting raise.
    """
    section = chosen.profile.embedder
    if section is None:
        return None
    if section.name is not None:
        return _of_catalog(run, chosen, section, section.name)
    return _of_file(chosen, section, run.hashes)


def memory_of(profile: Profile, folder: Path) -> int:
    """The bytes that the profile's embedder takes in memory; 0 where it has none, or no file yet.

    Raises InvalidInput when the file is no embedder.
    """
    section = profile.embedder
    if section is None:
        return 0
    if section.name is not None:
        return deployments.load_embedder(section.name, beside=folder).memory_bytes
    assert section.file is not None  # held by the profile's validation
    if not (folder / section.file).is_file():
        return 0
    header = read_header(folder / section.file)
    check_embedder(header)
    return memory_bytes(header)


def _of_file(chosen: Chosen, section: EmbedderSection, hashes: Hashes) -> Embedder:
    assert section.file is not None
    assert section.licence is not None  # held by the profile's validation
    file = chosen.folder / section.file
    header = read_header(file)
    check_embedder(header)
    _check_allowed(section.file, section.licence, chosen.profile.gates.licences)
    said = header.metadata.get("general.license")
    if isinstance(said, str) and said and said.casefold() != section.licence.casefold():
        raise LicenceProblem(
            f"{section.file}: says that it is under {ascii(said)[:60]}, the profile that it is "
            f"under {section.licence} (embedder.licence)",
            hint="Have its licence reviewed, and name the right one in the profile.",
        )
    return Embedder(
        name=file.name,
        file=file,
        sha256=hashes.sha256(file),
        memory_bytes=memory_bytes(header),
        licence=section.licence,
        question=section.question,
        passage=section.passage,
        text=_accepted(section, section.licence, *_beside(file)),
    )


def _check_allowed(name: str, licence: str, allowed: tuple[str, ...]) -> None:
    if licence not in allowed:
        raise LicenceProblem(
            f"{name}: it is under {licence}; the profile allows "
            f"{', '.join(allowed)} (gates.licences)",
            hint="Choose another embedder, or have the licence reviewed and allow it there.",
        )


def _of_catalog(run: Run, chosen: Chosen, section: EmbedderSection, name: str) -> Embedder:
    entry = deployments.load_embedder(name, beside=chosen.folder)
    pulled = pull(run, chosen.profile, chosen.folder)
    text = _text_of(section, chosen.folder, entry, pulled.lock.model, pulled.folder)
    if entry.origin.file is not None:
        file = pulled.folder / entry.origin.file
    else:
        file = _converted(run, entry, pulled.lock, pulled.folder)
    header = embedder_convert.check_written(file, entry)
    return Embedder(
        name=entry.name,
        file=file,
        sha256=run.hashes.sha256(file),
        memory_bytes=memory_bytes(header),
        licence=entry.licence.identifier,
        question=entry.question,
        passage=entry.passage,
        text=text,
        whence=f"{pulled.lock.model.repository} at {pulled.lock.model.commit}",
    )


def pull(
    run: Run,
    profile: Profile,
    folder: Path,
    options: Options = Options(),  # noqa: B008 - it is frozen
) -> embedder_pull.PulledEmbedder:
    """Have the files of the profile's embedder, which is one of the catalog, on this disk.

    No weights are fetched before its licence is accepted. Raises LicenceProblem and what
    ``embedder_pull.pull`` raises.
    """
    section = profile.embedder
    assert section is not None
    assert section.name is not None
    entry = deployments.load_embedder(section.name, beside=folder)
    if found := objections(entry.licence, profile.licence, profile.gates.licences):
        raise LicenceProblem(
            f"{entry.name}: {'; '.join(found)}",
            hint="Choose another embedder, or have the licence reviewed and allow it in the "
            "profile.",
        )

    def check(pinned: Pinned, view: Path) -> None:
        _text_of(section, folder, entry, pinned, view)

    return embedder_pull.pull(
        section.name,
        entry,
        folder,
        run=run,
        options=options,
        before_weights=check,
    )


def _converted(run: Run, entry: EmbedderEntry, lock: Lock, folder: Path) -> Path:
    """The GGUF that the pulled safetensors are converted to, kept in the cache."""
    inputs = {
        "model": {file.path: file.sha256 for file in lock.model.files},
        "entry": entry.model_dump(mode="json", include={"shape", "pooling", "tokenizer"}),
        "kind": embedder_convert.KIND,
        "converter": converter_key(),
        "engine": engine_key(),
        "code": code(*_CODE),
    }

    def make(target: Path) -> None:
        embedder_convert.convert_embedder(
            folder,
            target / _MODEL,
            entry,
            progress=lambda done, total: run.progress.advance(done, total, "bytes"),
        )

    what = f"{entry.name} to GGUF in {embedder_convert.KIND}"
    return run.cached("embedder", what, inputs, make) / _MODEL


def _text_of(
    section: EmbedderSection, folder: Path, entry: EmbedderEntry, pinned: Pinned, view: Path
) -> bytes:
    """The accepted text of a catalog's embedder, whose pinned small files lie in ``view``.

    It is that of the repository; where that holds none, the one that the profile names, or the
    standard text of the licence that the repository's card names.
    """
    licence = entry.licence.identifier
    said = model_card.licence(view)
    if said is not None and said.casefold() != licence.casefold():
        raise LicenceProblem(
            f"{pinned.repository}: its card says that it is under {ascii(said)[:60]}, the catalog "
            f"that it is under {licence}",
            hint="Have its licence reviewed; an entry of your own lies in the folder embedders "
            "beside the profile.",
        )
    name = primary_text(file.path for file in pinned.files)
    if name is not None:
        path = view / name
    elif section.licence_text is not None:
        path = folder / section.licence_text
    else:
        path = resources.folder("build") / "licences" / f"{licence}.txt"
        if said is None or not path.is_file():
            raise LicenceProblem(
                f"{pinned.repository} carries no licence text, so there is nothing to accept",
                hint="Have the terms reviewed, save them as a file beside the profile, and name it "
                'in the section [embedder]: licence_text = "FILE".',
            )
    return _accepted(section, licence, path, licence_texts.read_text(path))


def _beside(file: Path) -> tuple[Path, bytes]:
    """The text of the licence, which lies beside the embedder's ``file``, and where it is."""
    source = licence_texts.source_beside(file)
    name = primary_text(text.path for text in source.files)
    if name is None:
        raise LicenceProblem(
            f"{file.parent}: there is no licence text beside the embedder, so nothing to accept",
            hint="Put its publisher's LICENSE beside it, in a folder of the embedder's own.",
        )
    path = source.folder / name
    return path, licence_texts.read_text(path)


def _accepted(section: EmbedderSection, licence: str, path: Path, content: bytes) -> bytes:
    """``content``, the licence text in ``path``; LicenceProblem unless the profile accepts it."""
    if reads_like(licence, content.decode("utf-8", "replace")) is False:
        raise LicenceProblem(
            f"{path}: does not read like {licence} (embedder.licence)",
            hint="Put the right text beside the embedder, or name the right licence.",
        )
    digest = hashlib.sha256(content).hexdigest()
    if digest == section.licence_sha256:
        return content
    if section.licence_sha256 is None:
        found = "is not accepted for this profile"
    else:
        found = f"is not the one that was accepted (sha256 {section.licence_sha256})"
    raise LicenceProblem(
        f"{path}: the embedder's licence {found}",
        hint="Read it, have it accepted by whoever decides that, and write into the profile's "
        f'section [embedder]: licence_sha256 = "{digest}"',
    )
