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
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.packager import calibrate, library_file, manuals_report, ocr
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

        manuals = documents.read_folders(
            options.manuals, read=read, skip=options.unreadable == "skip"
        )
    groups = synonyms.read(options.synonyms) if options.synonyms else ()
    questions = read_questions(options.questions) if options.questions else ()
    summary = library_file.build(
        options.output,
        manuals,
        language=options.language,
        synonyms=groups,
        calibrate=calibrate.by(questions),
    )
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
