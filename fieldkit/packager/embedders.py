"""The embedder that a profile names: its file, checked, under a licence that somebody accepted.

The acceptance is the hash of the licence's text in the profile itself, which is reviewed and kept
like the receipt for the model. Another text is another decision.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.embedder import check_embedder, memory_bytes
from fieldkit.core.licence import primary_text, reads_like
from fieldkit.core.profile import EmbedderSection, Profile
from fieldkit.engine.header import read_header
from fieldkit.errors import LicenceProblem
from fieldkit.packager import licence_texts
from fieldkit.packager.cache import Hashes
from fieldkit.packager.resolve import Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedder:
    """An embedder that may be used: its GGUF ``file``, and the ``text`` of its licence."""

    file: Path
    sha256: str
    memory_bytes: int
    section: EmbedderSection
    text: bytes

    def in_words(self) -> str:
        """File, hash, licence and the hash of its text, in a line."""
        text = hashlib.sha256(self.text).hexdigest()
        return (
            f"{self.file.name}, sha256 `{self.sha256}`, licence {self.section.licence} "
            f"(text sha256 `{text}`, accepted in the profile)"
        )


def obtain(chosen: Chosen, hashes: Hashes) -> Embedder | None:
    """The embedder of the profile, None where it names none.

    Raises InvalidInput when its file is no embedder that the engine reads, and LicenceProblem (exit
    12) when its licence is not allowed, has no text or another one than was accepted.
    """
    section = chosen.profile.embedder
    if section is None:
        return None
    file = chosen.folder / section.file
    header = read_header(file)
    check_embedder(header)
    _check_allowed(section, chosen.profile.gates.licences, header.metadata.get("general.license"))
    return Embedder(
        file=file,
        sha256=hashes.sha256(file),
        memory_bytes=memory_bytes(header),
        section=section,
        text=_accepted_text(section, file),
    )


def memory_of(profile: Profile, folder: Path) -> int:
    """The bytes that the profile's embedder takes in memory; 0 where it has none, or no file yet.

    Raises InvalidInput when the file is no embedder.
    """
    if profile.embedder is None or not (folder / profile.embedder.file).is_file():
        return 0
    header = read_header(folder / profile.embedder.file)
    check_embedder(header)
    return memory_bytes(header)


def _check_allowed(section: EmbedderSection, allowed: tuple[str, ...], said: object) -> None:
    """Raise LicenceProblem unless the licence is allowed and the file says no other."""
    if section.licence not in allowed:
        raise LicenceProblem(
            f"{section.file}: it is under {section.licence}; the profile allows "
            f"{', '.join(allowed)} (gates.licences)",
            hint="Choose another embedder, or have the licence reviewed and allow it there.",
        )
    if isinstance(said, str) and said and said.casefold() != section.licence.casefold():
        raise LicenceProblem(
            f"{section.file}: says that it is under {ascii(said)[:60]}, the profile that it is "
            f"under {section.licence} (embedder.licence)",
            hint="Have its licence reviewed, and name the right one in the profile.",
        )


def _accepted_text(section: EmbedderSection, file: Path) -> bytes:
    """The text of the licence, which lies beside the embedder's ``file``."""
    source = licence_texts.source_beside(file)
    name = primary_text(text.path for text in source.files)
    if name is None:
        raise LicenceProblem(
            f"{file.parent}: there is no licence text beside the embedder, so nothing to accept",
            hint="Put its publisher's LICENSE beside it, in a folder of the embedder's own.",
        )
    path = source.folder / name
    content = licence_texts.read_text(path)
    if reads_like(section.licence, content.decode("utf-8", "replace")) is False:
        raise LicenceProblem(
            f"{path}: does not read like {section.licence} (embedder.licence)",
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
