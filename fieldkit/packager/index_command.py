"""``fieldkit index``: manuals to a library file, without a profile.

It needs little of the build tool, so it does not wait for the rest to be imported.
"""

from __future__ import annotations

import argparse
import errno
import tempfile
from pathlib import Path

from fieldkit.console import Console
from fieldkit.engine.child import own_command
from fieldkit.errors import ExitCode, UsageProblem
from fieldkit.library import documents, manual_files, synonyms
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.packager import calibrate, library_file, manuals_report, ocr
from fieldkit.packager.evaluate import read_questions
from fieldkit.packager.progress import Progress, size
from fieldkit.packager.reading_progress import ReadingProgress
from fieldkit.packager.tools.tesseract import Tesseract


def index(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit index FOLDER... --output FILE``."""
    check_output(options.output)
    tesseract, without = ocr.found(options.ocr, options.language)
    groups = synonyms.read(options.synonyms) if options.synonyms else ()
    questions = read_questions(options.questions) if options.questions else ()
    progress = Progress(console)
    total = len(manual_files.find(options.manuals, documents.READERS).files)
    with progress.step("read", manuals_report.number(total, "manual")):
        manuals = _read(options, tesseract, ReadingProgress(progress, total))
    pages = sum(len(document.pages) for document in manuals.documents)
    with progress.step("index", manuals_report.number(pages, "page")):
        try:
            summary = library_file.build(
                options.output,
                manuals,
                language=options.language,
                synonyms=groups,
                calibrate=calibrate.by(questions),
                tell=lambda done: progress.advance(done, pages, "pages"),
            )
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise  # the command line says so
            raise _unwritable(options.output, error) from error
    found = {"library": str(options.output), **manuals_report.report(manuals, summary)}
    if without and any(document.unread for document in manuals.documents):
        console.err(without)
    for line in manuals_report.lines(found):
        console.err(line)
    if figures := calibrate.noted(options.output):
        console.err(calibrate.told(figures))
    if options.json:
        console.out_json(found)
    else:
        console.out(f"{options.output}: {manuals_report.counts(found)}, {size(summary.size)}")
    return ExitCode.OK


def _read(
    options: argparse.Namespace, tesseract: Tesseract | None, told: ReadingProgress
) -> documents.Manuals:
    with ReaderProcess(own_command("reader")) as process:
        recognise = (
            ocr.Recogniser(tesseract, process, tell=told.scanned) if tesseract is not None else None
        )

        def read(path: Path) -> documents.Document:
            document = process.load(path)
            return documents.with_text(recognise(path, document) if recognise else document, path)

        return documents.read_folders(
            options.manuals, read=told.of(read), skip=options.unreadable == "skip"
        )


def check_output(path: Path) -> None:
    """Raise UsageProblem where no index can be written to ``path``; before minutes are spent."""
    if path.is_dir():
        raise UsageProblem(
            f"--output {path}: it is a folder",
            hint=f"Name a file in it: --output {path / 'manuals.sqlite'}",
        )
    folder = path.parent
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "does not exist"
        raise UsageProblem(
            f"--output {path}: the folder {folder} {what}",
            hint="Make it, or name a file in a folder that exists.",
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UsageProblem:
    return UsageProblem(
        f"--output {path}: the folder {path.parent} cannot be written to:"
        f" {error.strerror or error}",
        hint="Choose a folder of your own, or ask for the right to write to this one.",
    )
