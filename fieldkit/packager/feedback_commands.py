"""What IT's verbs of ``fieldkit feedback`` do with their options."""

from __future__ import annotations

import argparse

from fieldkit.console import Console
from fieldkit.core.text import clean_line
from fieldkit.errors import ExitCode, IntegrityProblem
from fieldkit.packager import feedback_file, feedback_key, feedback_questions, feedback_report


def keygen(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit feedback keygen --output FILE``: the public key on stdout."""
    recipient = feedback_key.generate(options.output)
    console.out(recipient)
    console.err(f"The private key is in {options.output}: keep it, and a copy, away from laptops.")
    console.err("Put the public key into the profile and build the next release:")
    console.err(f'\n[feedback]\nrecipients = ["{recipient}"]')
    return ExitCode.OK


def read(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit feedback read FILE... --key FILE``: what could be read, then what could not.

    Raises IntegrityProblem after that when a record could not be read.
    """
    found = feedback_file.read(options.files, feedback_key.read(options.key))
    if options.questions is not None:
        count = feedback_questions.write(options.questions, found.records)
        console.err(f"{count} questions in {options.questions}; complete them before use.")
    if options.json:
        console.out_json(feedback_report.report(found))
    elif found.records:
        console.out(feedback_report.format_report(found))
    if found.problems:
        count, good = len(found.problems), len(found.records)
        told = [f"  {clean_line(problem)}" for problem in found.problems[:20]]
        if count > len(told):
            told.append(f"  and {count - len(told)} more")
        raise IntegrityProblem(
            f"{count} could not be read, {good} could:\n" + "\n".join(told),
            hint="Export again on the laptop (fieldkit feedback export --again), or use the key"
            " that belongs to the release.",
        )
    return ExitCode.OK
