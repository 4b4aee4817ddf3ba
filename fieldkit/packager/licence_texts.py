"""Finds and reads the licence texts that belong to weights, whoever they come from.

A text is what a person is asked to accept, so its exact bytes are what is hashed; they are bounded,
since they may come from a stranger.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import fieldkit
from fieldkit.core.licence import AcceptedText, Policy, is_licence_text, primary_text
from fieldkit.core.lock import Lock, LockedFile, Pinned
from fieldkit.core.text import clean
from fieldkit.errors import IntegrityProblem, LicenceProblem
from fieldkit.packager import textfile

TEXT_BYTES = 1 << 20  # the longest licence among the candidates has about 15 kB
MOST_TEXTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where weights come from, with their licence texts: ``files`` below ``folder``.

    ``repository`` is None for a single file, ``commit`` for a file or a folder.
    """

    of: Literal["model", "adapter"]
    repository: str | None
    commit: str | None
    files: tuple[LockedFile, ...]
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A licence text: what a receipt says of it, and its bytes.

    ``primary`` tells the terms from notices and policies that come with them.
    """

    entry: AcceptedText
    content: bytes
    primary: bool = True

    @property
    def terms(self) -> bool:
        """Whether it states terms itself; a notice or use policy goes with somebody's terms."""
        return self.entry.place == "profile" or primary_text([self.entry.path]) is not None

    @property
    def readable(self) -> str:
        """The text for a terminal: without control characters, lines ended by newlines."""
        for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if self.content.startswith(mark):
                text = self.content.decode(encoding, errors="replace")
                break
        else:
            text = self.content.decode("utf-8-sig", errors="replace")
        return clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def sources_of(lock: Lock, *, model: Path, adapter: Path | None = None) -> tuple[Source, ...]:
    """The sources that ``lock`` pins; ``model`` and ``adapter`` are the folders they lie in."""
    found = [_pinned("model", lock.model, model)]
    if lock.adapter is not None:
        assert adapter is not None
        found.append(_pinned("adapter", lock.adapter, adapter))
    return tuple(found)


def _pinned(of: Literal["model", "adapter"], pinned: Pinned, folder: Path) -> Source:
    files = tuple(file for file in pinned.files if is_licence_text(file.path))
    return Source(
        of=of, repository=pinned.repository, commit=pinned.commit, files=files, folder=folder
    )


def source_beside(model: Path) -> Source:
    """The source of a model file on this machine: the licence texts that lie beside it."""
    folder = model.absolute().parent
    inner = (entry for entry in folder.iterdir() if entry.name.upper() in {"LICENSES", "LICENCES"})
    places = [folder, *(entry for entry in inner if entry.is_dir())]
    paths = [
        path
        for place in places
        for path in sorted(place.iterdir())
        if is_licence_text(path.relative_to(folder).as_posix()) and path.is_file()
    ]
    files = [_hashed(path, path.relative_to(folder).as_posix()) for path in paths[: MOST_TEXTS + 1]]
    return Source(of="model", repository=None, commit=None, files=tuple(files), folder=folder)


def _hashed(path: Path, name: str) -> LockedFile:
    content = read_text(path)
    try:
        return LockedFile(path=name, size=len(content), sha256=_sha256(content))
    except ValueError as error:
        raise LicenceProblem(
            f"{path.parent}: a licence text has an odd name: {clean(name)!r}",
            hint="Rename it to LICENSE.",
        ) from error


def own_texts() -> tuple[Text, ...]:
    """The licence of fieldkit itself, which is that of the model it carries."""
    path = _own_licence()
    content = read_text(path)
    entry = AcceptedText(of="model", place="weights", path="LICENSE", sha256=_sha256(content))
    return (Text(entry=entry, content=content),)


def _own_licence() -> Path:
    try:
        files = importlib.metadata.files("fieldkit") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    installed = (Path(str(file.locate())) for file in files if file.match("*.dist-info/**/LICENSE"))
    checkout = Path(fieldkit.__file__).resolve().parents[1] / "LICENSE"
    for path in (*installed, checkout):
        if path.is_file():
            return path
    raise LicenceProblem(
        "fieldkit's own LICENSE is missing from this installation", hint="Install fieldkit again."
    )


def entries(policy: Policy, folder: Path, sources: tuple[Source, ...]) -> tuple[AcceptedText, ...]:
    """What has to be accepted, by hash: the texts of ``sources`` and those the profile names.

    Only the profile's own texts are read; ``folder`` is the profile's. Raises LicenceProblem when
    weights have no licence text at all.
    """
    return tuple(entry for source in sources for entry in _entries(policy, folder, source))


def _entries(policy: Policy, folder: Path, source: Source) -> list[AcceptedText]:
    name = policy.text if source.of == "model" else policy.adapter_text
    if name is None and _primary(source) is None:
        raise LicenceProblem(
            f"{_whence(source)} carries no licence text, so there is nothing to accept",
            hint=_name_a_text(source),
        )
    if len(source.files) > MOST_TEXTS:
        raise LicenceProblem(
            f"{_whence(source)} has more than {MOST_TEXTS} licence texts; nobody can read them",
            hint="Take the model from a source that states its terms once.",
        )
    found = [
        AcceptedText(
            of=source.of,
            place="weights",
            repository=source.repository,
            commit=source.commit,
            path=file.path,
            sha256=file.sha256,
        )
        for file in source.files
    ]
    if name is not None:
        digest = _sha256(read_text(folder / name))
        found.append(AcceptedText(of=source.of, place="profile", path=name, sha256=digest))
    first = _primary(source)
    return sorted(found, key=lambda entry: (entry.place != "weights", entry.path != first))


def read(policy: Policy, folder: Path, sources: tuple[Source, ...]) -> tuple[Text, ...]:
    """Every text that has to be accepted, with its bytes; the model's licence comes first.

    Raises LicenceProblem when there is none or one is unreadable, empty or too large, and
    IntegrityProblem when one is not what the lock says.
    """
    folders = {source.of: source.folder for source in sources}
    firsts = {source.of: _primary(source) for source in sources}
    texts = []
    for entry in entries(policy, folder, sources):
        path = (folder if entry.place == "profile" else folders[entry.of]) / entry.path
        content = read_text(path)
        if _sha256(content) != entry.sha256:
            raise IntegrityProblem(
                f"{path}: sha256 is {_sha256(content)}, expected {entry.sha256}",
                hint="The file was changed after it was fetched: pull the model again.",
            )
        primary = entry.place == "profile" or entry.path == firsts[entry.of]
        texts.append(Text(entry=entry, content=content, primary=primary))
    for source in sources:
        terms = [text for text in texts if text.primary and text.entry.of == source.of]
        if not any(text.readable.strip() for text in terms):
            raise LicenceProblem(
                f"{_whence(source)}: its licence text is empty ({terms[0].entry.path})",
                hint=_name_a_text(source),
            )
    return tuple(texts)


def _name_a_text(source: Source) -> str:
    key = "text" if source.of == "model" else "adapter_text"
    return (
        "Have the terms reviewed, save them as a file beside the profile, and name it in the "
        f'profile\'s section [licence]: {key} = "FILE".'
    )


def read_text(path: Path) -> bytes:
    """The bytes of a licence text; LicenceProblem unless it is a file of sensible size."""
    try:
        return textfile.read(path, most=TEXT_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise LicenceProblem(
                f"{path}: has more than {TEXT_BYTES >> 20} MiB; that is no licence text",
                hint="Take the model from a source that states its terms in a text of readable "
                "length.",
            ) from error
        raise LicenceProblem(
            f"{path}: the licence text cannot be read: {error.strerror or error}",
            hint="Pull the model again, or name the right file in the profile's [licence].",
        ) from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _primary(source: Source) -> str | None:
    return primary_text(file.path for file in source.files)


def _whence(source: Source) -> str:
    where = source.repository or str(source.folder)
    return f"{where} at commit {source.commit}" if source.commit else where
