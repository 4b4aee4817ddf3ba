"""The parser of ``fieldkit feedback``: what the laptop does with reports, and what IT does."""

from __future__ import annotations

import argparse
from pathlib import Path

from fieldkit import commands


def add(feedback: argparse.ArgumentParser) -> None:
    """Add the actions of ``fieldkit feedback`` to its parser."""
    feedback.set_defaults(order="")
    actions = feedback.add_subparsers(title="actions", metavar="ACTION")
    text = "Write the reports that wait into one file, for the stick."
    export = actions.add_parser("export", help=text, description=text)
    export.set_defaults(handler=commands.feedback, order="export")
    export.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: a new one")
    export.add_argument("--again", action="store_true", help="also what was handed over before")
    export.add_argument("--replace", action="store_true", help="write over an existing file")
    text = "Delete the reports that were handed over."
    delete = actions.add_parser("delete", help=text, description=text)
    delete.set_defaults(handler=commands.feedback, order="delete")
    text = "IT: make the key that reports are encrypted to."
    keygen = actions.add_parser("keygen", help=text, description=text)
    keygen.set_defaults(handler=commands.packager("feedback_keygen"))
    keygen.add_argument("--output", type=Path, required=True, metavar="FILE", help="a new file")
    text = "IT: read the files that came back by stick."
    read = actions.add_parser("read", help=text, description=text)
    read.set_defaults(handler=commands.packager("feedback_read"))
    read.add_argument("files", type=Path, nargs="+", metavar="FILE")
    read.add_argument("--key", type=Path, required=True, metavar="FILE", help="of keygen")
    read.add_argument(
        "--questions", type=Path, metavar="OUT", help="write a question set to be completed"
    )
    read.add_argument("--json", action="store_true", help="print one JSON object")
    for verb in (export, delete, keygen, read):
        verb.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
