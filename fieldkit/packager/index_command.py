"""``fieldkit index``: manuals to a library file, without a profile.

It needs little of the build tool, so it does not wait for the rest to be imported.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fieldkit.console import Console
from fieldkit.engine.child import own_command
from fieldkit.errors import ExitCode
from fieldkit.library import documents, synonyms
from fieldkit.library import index as library_index
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.packager import calibrate, ocr
from fieldkit.packager.evaluate import read_questions
from fieldkit.packager.progress import size


def index(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit index FOLDER... --output FILE``."""
    tesseract, without = ocr.found(options.ocr, options.language)
    with ReaderProcess(own_command("reader")) as process:
        recognise = ocr.Recogniser(tesseract, process) if tesseract else None

        def read(path: Path) -> documents.Document:
            document = process.load(path)
            return documents.with_text(recognise(path, document) if recognise else document, path)

        manuals = documents.read_folders(options.manuals, read=read)
    if without and any(document.unread for document in manuals.documents):
        console.err(without)
    for warning in manuals.warnings:
        console.err(warning)
    groups = synonyms.read(options.synonyms) if options.synonyms else ()
    questions = read_questions(options.questions) if options.questions else ()
    summary = library_index.build(
        options.output,
        manuals.documents,
        language=options.language,
        synonyms=groups,
        calibrate=calibrate.by(questions),
    )
    if figures := calibrate.noted(options.output):
        console.err(calibrate.told(figures))
    console.out(
        f"{options.output}: {summary.documents} documents, {summary.pages} pages, "
        f"{summary.passages} passages, {size(summary.size)}"
    )
    return ExitCode.OK
