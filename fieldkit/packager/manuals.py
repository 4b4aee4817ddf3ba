"""A profile's manuals, read through the cache: in a process of their own, scans by OCR.

Also what they are made of: the hashes that an artifact depends on, and the files that travel.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fieldkit.core.profile import Profile
from fieldkit.engine.child import own_command
from fieldkit.errors import InvalidInput
from fieldkit.library import documents, manual_files, originals
from fieldkit.library.documents import READERS, Manuals
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.library.readers.model import FILE_BYTES
from fieldkit.packager import ocr
from fieldkit.packager.reading import Reader, reader_version
from fieldkit.packager.reading_progress import ReadingProgress
from fieldkit.packager.resolve import Chosen
from fieldkit.packager.run import Run
from fieldkit.packager.tools.tesseract import Tesseract

_STEP = "ocr"
_FILE = "page.txt"


def tesseract(profile: Profile) -> tuple[Tesseract | None, str]:
    """As ``ocr.found``, for what ``profile`` asks; raises UsageProblem where that is required."""
    return ocr.found(profile.library.ocr, profile.assistant.language)


def read(run: Run, chosen: Chosen) -> tuple[Manuals, int]:
    """Return the manuals, and how many of them did not have to be read again."""
    program, _why = tesseract(chosen.profile)
    with ReaderProcess(own_command("reader")) as process:
        total = len(manual_files.find(chosen.manuals, READERS).files)
        told = ReadingProgress(run.progress, total)
        recognise = None
        if program is not None:
            recognise = ocr.Recogniser(program, process, _kept_by(run), told.scanned)
        reader = Reader(run, process.load, recognise=recognise, ocr=ocr.facts(program))
        with run.hashes.together():
            manuals = documents.read_folders(
                chosen.manuals,
                read=told.of(reader),
                sha256=run.hashes.sha256,
                skip=chosen.profile.library.unreadable == "skip",
            )
        return manuals, reader.reused


def size(profile: Profile, folder: Path) -> int:
    """The bytes of the manuals' own files that travel; equal files count each."""
    if not profile.library.originals:
        return 0
    found = manual_files.find([folder / name for name in profile.library.manuals], READERS)
    return sum(file.path.stat().st_size for file in found.files)


def inputs(run: Run, chosen: Chosen) -> dict[str, Any]:
    """What the manuals that ``read`` returns depend on: files by their hashes, and the choices."""
    found = manual_files.find(chosen.manuals, READERS)
    with run.hashes.together():
        files = {file.file: _state(run, file.path) for file in found.files}
    others = (*found.unreadable, *found.left_out, *found.ignored)
    return {
        "files": files,
        "others": [asdict(other) for other in others],
        "unreadable": chosen.profile.library.unreadable,
        "readers": reader_version(),
        "ocr": ocr.facts(tesseract(chosen.profile)[0]),
    }


def _state(run: Run, path: Path) -> str:
    """The hash of a file, or what prevents that."""
    try:
        too_large = path.stat().st_size > FILE_BYTES
        return "too large" if too_large else run.hashes.sha256(path)
    except OSError as error:
        return manual_files.why(error)


class ManualsChanged(InvalidInput):
    """Files are not any more what the key of an artifact says."""


def check_unchanged(run: Run, chosen: Chosen, before: Mapping[str, Any], manuals: Manuals) -> None:
    """Raise ManualsChanged where ``inputs`` were other than ``before`` when ``manuals`` were read.

    A file that changes all the time, and was left out for that, does not count.
    """
    old, new = before["files"], inputs(run, chosen)["files"]
    left_out = {each.file for each in manuals.left_out} & new.keys()
    changed = {file for file in old.keys() | new.keys() if old.get(file) != new.get(file)}
    if changed - left_out:
        raise _changed(sorted(changed - left_out))


def _changed(files: Sequence[str]) -> ManualsChanged:
    return ManualsChanged(
        "Manuals changed while the release was built.",
        problems=files,
        hint="Build again when they are in place.",
    )


def files_of(run: Run, chosen: Chosen, indexed: Sequence[Mapping[str, Any]]) -> dict[str, Path]:
    """The manuals' own files by their names in a release; none where the profile wants none.

    ``indexed`` are the documents of the index: ``file`` and ``sha256``. Raises InvalidInput where
    one is not what it was when it was indexed.
    """
    if not chosen.profile.library.originals:
        return {}
    found = manual_files.find(chosen.manuals, READERS)
    with run.hashes.together():
        paths = {_state(run, file.path): file.path for file in found.files}
    changed = [document["file"] for document in indexed if document["sha256"] not in paths]
    if changed:
        raise _changed(changed)
    named = {originals.name_of(d["sha256"], d["file"]): paths[d["sha256"]] for d in indexed}
    return dict(sorted(named.items()))


def _kept_by(run: Run) -> ocr.Keep:
    """Keeps texts in the cache of ``run``; pages are read by several threads."""
    lock = threading.Lock()

    def keep(inputs: dict[str, Any], make: Callable[[], str]) -> str:
        with lock:
            entry = run.cache.find(_STEP, inputs)
        if entry is not None:
            try:
                return (entry / _FILE).read_text(encoding="utf-8")
            except (OSError, ValueError):
                return make()  # it is damaged
        text = make()
        with lock:
            if run.cache.find(_STEP, inputs) is None:  # another page may look the same
                with run.cache.make(_STEP, inputs) as folder:
                    (folder / _FILE).write_text(text, encoding="utf-8")
        return text

    return keep
