"""Which files of some folders are manuals, and which could not even be opened or are others.

A folder from real life holds links, unreadable folders, odd names and files of every kind. Nothing
of it is lost without being listed, and nothing outside the folders is read.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.errors import InvalidInput
from fieldkit.library.readers.model import FILE_BYTES, unreadable

_MOST = 200_000  # files and folders; whoever has more named the wrong folder
# Documents that other programs save as one that is read.
_OTHER_DOCUMENTS = {
    **dict.fromkeys((".doc", ".docm", ".dot", ".dotx", ".odt", ".rtf", ".wpd", ".pages"), ".docx"),
    **dict.fromkeys((".xls", ".xlsb", ".xlsm", ".ods", ".numbers"), ".xlsx"),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".xps", ".djvu", ".epub", ".chm", ".mht"), ".pdf"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that is not in the index: its path below the folders of manuals, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualFile:
    """A file to read. ``file`` is its path below the folders of manuals, fit to be shown."""

    path: Path
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What some folders hold, each list in the order of paths.

    ``base`` is what the paths are relative to. ``unreadable`` are manuals, and folders that may
    hold some, that cannot be opened; ``left_out`` documents of formats that are not read;
    ``ignored`` all other files.
    """

    base: Path
    files: tuple[ManualFile, ...]
    unreadable: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]
    ignored: tuple[LeftOut, ...]


def sha256(path: Path) -> str:
    """The SHA-256 of the content of ``path``, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shown(name: str) -> str:
    r"""The name of a file, or its path, fit to be shown: a byte that is not UTF-8 as ``\xe4``."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return clean_line(unicodedata.normalize("NFC", text))


def check_size(path: Path) -> None:
    """Raise Unreadable for a file that is larger than any manual, before it is read."""
    if path.stat().st_size > FILE_BYTES:
        raise unreadable(path, f"it is larger than {FILE_BYTES >> 20} MiB; split it")


def why(error: OSError) -> str:
    """What is wrong with a file, without its name."""
    if isinstance(error, FileNotFoundError):
        return "it is no longer there"
    if isinstance(error, PermissionError):
        return "this account may not read it"
    return error.strerror or type(error).__name__


def find(folders: Sequence[Path], formats: Collection[str]) -> Found:
    """Find the files below ``folders`` whose extension is one of ``formats`` (``.pdf``).

    A file may be given in place of a folder. Hidden files, those that office programs write while
    a document is open (``~$``), and links to what is found anyway are passed over. Raises
    InvalidInput where there is no such folder, or far too much in it.
    """
    roots = [_absolute(folder) for folder in folders]
    missing = [folder for folder, root in zip(folders, roots, strict=True) if not root.exists()]
    if missing:
        raise InvalidInput(
            "\n".join(f"{clean_line(str(folder))}: there is no such folder" for folder in missing),
            hint="Name folders that hold manuals.",
        )
    search = _Search(base=_base(roots), real=[Path(os.path.realpath(root)) for root in roots])
    for root in roots:
        search.walk(root)
    search.follow()
    return search.result(formats)


def _absolute(folder: Path) -> Path:
    """``folder`` from the root, without ``..`` and under its own name, also where it is a link."""
    if folder.name in {"", ".."}:
        return folder.resolve()
    return folder.parent.resolve() / folder.name


def _base(roots: Sequence[Path]) -> Path:
    """What the paths of files are relative to: the folder, or what several have in common."""
    folders = [root if root.is_dir() else root.parent for root in roots]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on several drives
        return Path(folders[0].anchor)


@dataclass(kw_only=True)
class _Search:
    """Collects what is below some folders; ``real`` are those folders without links."""

    base: Path
    real: Sequence[Path]
    files: dict[str, Path] = field(default_factory=dict)  # by their real path
    links: list[Path] = field(default_factory=list)
    failures: list[tuple[Path, str]] = field(default_factory=list)
    count: int = 0

    def walk(self, root: Path) -> None:
        """Take in a folder and everything below it, without following links; or one file."""
        if not root.is_dir():
            self._add(root)
            return
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            for entry in self._entries(folder):
                if entry.name.startswith((".", "~$")):
                    continue
                if entry.is_symlink():
                    self.links.append(Path(entry.path))
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                else:
                    self._add(Path(entry.path))

    def follow(self) -> None:
        """Take in the files that links lead to, as long as they are in one of the folders."""
        for link in sorted(self.links):
            try:
                target = Path(os.path.realpath(link, strict=True))
            except OSError:
                reason = "it is a symbolic link that leads nowhere"
                self.failures.append((link, reason))
                continue
            if not self._is_inside(target):
                kind = "folder; name that folder, too" if target.is_dir() else "file; copy it here"
                reason = f"it is a symbolic link out of the folders of manuals, to a {kind}"
                self.failures.append((link, reason))
            elif not target.is_dir() and str(target) not in self.files:
                self.files[str(target)] = link

    def result(self, formats: Collection[str]) -> Found:
        """Sort everything by what is to become of it."""
        files: list[ManualFile] = []
        unreadable: list[LeftOut] = []
        left_out: list[LeftOut] = []
        ignored: list[LeftOut] = []
        for path in sorted(self.files.values()):
            suffix, name = path.suffix.lower(), self._shown(path)
            if suffix in formats and path.is_file():
                files.append(ManualFile(path=path, file=name))
            elif suffix in formats:
                unreadable.append(LeftOut(file=name, reason="it is not a regular file"))
            elif suffix in _OTHER_DOCUMENTS:
                reason = f"{suffix} files are not read; save it as {_OTHER_DOCUMENTS[suffix]}"
                left_out.append(LeftOut(file=name, reason=reason))
            else:
                what = shown(suffix) or "no extension"
                ignored.append(LeftOut(file=name, reason=f"{what} is not a format of manuals"))
        for path, reason in sorted(self.failures):
            may_be_manual = path.is_dir() or not path.suffix or path.suffix.lower() in formats
            (unreadable if may_be_manual else ignored).append(
                LeftOut(file=self._shown(path), reason=reason)
            )
        return Found(
            base=self.base,
            files=tuple(files),
            unreadable=tuple(unreadable),
            left_out=tuple(left_out),
            ignored=tuple(ignored),
        )

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as listing:
                for entry in listing:
                    self.count += 1
                    if self.count > _MOST:
                        raise InvalidInput(
                            f"{clean_line(str(folder))}: the folders of manuals hold more than "
                            f"{_MOST:,} files",
                            hint="Name folders that hold manuals and little else.",
                        )
                    yield entry
        except OSError as error:
            self.failures.append((folder, f"the folder cannot be opened: {why(error)}"))

    def _add(self, path: Path) -> None:
        self.files.setdefault(os.path.realpath(path), path)

    def _is_inside(self, target: Path) -> bool:
        """Whether a walk comes, or could have come, to ``target``."""
        for real in self.real:
            if target.is_relative_to(real):
                parts = target.relative_to(real).parts
                return not any(part.startswith((".", "~$")) for part in parts[:-1])
        return False

    def _shown(self, path: Path) -> str:
        return shown(path.relative_to(self.base).as_posix())
