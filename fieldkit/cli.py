"""The command line: one parser; ``fieldkit.commands`` holds what its verbs do.

``main`` presents errors and returns exit codes; ``main_inner`` raises them, for tests.
"""

from __future__ import annotations

import argparse
import errno
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit import __version__, commands, feedback_verbs
from fieldkit.console import console, shutdown, use_utf8
from fieldkit.errors import (
    DiskFull,
    ExitCode,
    FieldkitError,
    InvalidInput,
)

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no other name

# Said here, since help must not import the packager; a test holds that they are the same there.
_CASES = (
    "code", "asian-languages", "long-documents", "edge", "permissive", "latency", "server",
    "general",
)  # fmt: skip
_TASKS = ("general", "code", "multilingual", "long-documents")
_OCR = ("auto", "off", "required")
_CHECK_EXAMPLE = """\
prints one line of JSON for each line: {id, flagged, claims}, for example
  fieldkit check answers.jsonl > checked.jsonl
where a line of answers.jsonl, here over four, is
  {"id": "a1", "question": "How tight is the piston nut?",
   "passages": [{"document": "PX-204", "page": 7, "heading": "Piston",
                 "text": "The torque of the piston nut is 1150 Nm."}],
   "answer": "Tighten it to 1150 Nm [1]."}
"""
_PREFER = ("quality", "speed", "capacity")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every failure is presented on stderr."""
    use_utf8()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return main_inner(words)
    except SystemExit as error:  # argparse
        return error.code if isinstance(error.code, int) else ExitCode.USAGE
    except KeyboardInterrupt:
        console().err("\nInterrupted. Nothing is half done; run the same command to go on.")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort of the process
        return _present(error, debug="--debug" in words)
    finally:
        shutdown()


def main_inner(arguments: Sequence[str]) -> int:
    """Run one command; raises FieldkitError."""
    options = build_parser().parse_args(arguments)
    handler: commands.Handler = options.handler
    try:
        return handler(options)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(
                f"No space left on the disk{f' for {error.filename}' if error.filename else ''}",
                hint="Free some space and run the same command again.",
            ) from error
        raise


def _present(error: Exception, *, debug: bool) -> int:
    """Say what happened and what to do next; a defect of ours leaves a log to send."""
    err = console().err
    if debug:
        err("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, FieldkitError):
        err(f"fieldkit: {error.message}")
        if isinstance(error, InvalidInput):
            for problem in error.problems:
                err(f"  - {problem}")
        if error.hint:
            err(f"  {error.hint}")
        return error.exit_code
    log = _write_crash_log(error)
    err(f"fieldkit: an error of ours: {type(error).__name__}: {error}")
    err(
        f"  The details are in {log}; please send that file." if log else "  Use --debug to see it."
    )
    return ExitCode.DEFECT


def _write_crash_log(error: Exception) -> Path | None:
    import platformdirs

    try:
        folder = platformdirs.user_log_path("fieldkit", ensure_exists=True)
        log = folder / "crash.log"
        command = " ".join(sys.argv[1:2])
        text = "".join(traceback.format_exception(error))
        log.write_text(f"fieldkit {__version__} {command}\n{text}", encoding="utf-8")
    except OSError:
        return None
    return log


def build_parser() -> argparse.ArgumentParser:
    """The parser of every verb; ``handler`` in its result runs the verb."""
    parser = argparse.ArgumentParser(
        prog="fieldkit",
        description="An offline field assistant, and the tool that packs it.",
        epilog="Without a command, fieldkit opens the assistant.",
    )
    parser.add_argument("--version", action="version", version=f"fieldkit {__version__}")
    parser.add_argument("--debug", action="store_true", help="show a traceback for any error")
    parser.set_defaults(handler=commands.chat, plain=False, person=None)
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_assistant_verbs(verbs)
    _add_documents_verbs(verbs)
    _add_sharing_verbs(verbs)
    text = "Answers flagged as wrong, for IT."
    feedback_verbs.add(_verb(verbs, "feedback", commands.feedback, text))
    _add_packager_verbs(verbs)
    _add_install_verbs(verbs)
    for name, handler in (
        ("worker", commands.worker),
        ("reader", commands.reader),
        ("selftest", commands.selftest),
    ):
        hidden = verbs.add_parser(name, add_help=False)
        hidden.set_defaults(handler=handler)
    hidden = verbs.add_parser("clipboard", add_help=False)
    hidden.add_argument("direction", choices=("copy", "paste"))
    hidden.set_defaults(handler=commands.clipboard)
    return parser


def _verb(verbs: Verbs, name: str, handler: commands.Handler, text: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text, description=text)
    parser.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(handler=handler)
    return parser


def _positive(text: str) -> float:
    with suppress(ValueError):
        if (number := float(text)) > 0:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")


def _count(text: str) -> int:
    with suppress(ValueError):
        if (number := int(text)) > 0:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")


def _port(text: str) -> int:
    with suppress(ValueError):
        if 0 <= (number := int(text)) <= 65535:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a port, a number from 0 to 65535")


def _language(text: str) -> str:
    """A code of ``NAMES``, with a region or without (``pt-BR``); argparse reports what is wrong."""
    import difflib

    from fieldkit.core.languages import NAMES

    code = text.partition("-")[0].lower()
    if code in NAMES:
        return text
    by_name = {name.lower(): known for known, name in reversed(NAMES.items())}
    near = difflib.get_close_matches(text.lower(), [*by_name, *NAMES], n=1, cutoff=0.5)
    meant = f" Did you mean {by_name.get(near[0], near[0])}?" if near else ""
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a known language code.{meant} Known: {', '.join(sorted(NAMES))}"
    )


def _packager_verb(verbs: Verbs, name: str, text: str) -> argparse.ArgumentParser:
    """A verb of the build tool; a release does not list it, and says so when it is called."""
    if not commands.IN_RELEASE:
        return _verb(verbs, name, commands.packager(name), text)
    parser = verbs.add_parser(name)
    parser.set_defaults(handler=commands.packager(name))
    return parser


def _add_assistant_verbs(verbs: Verbs) -> None:
    chat = _verb(verbs, "chat", commands.chat, "Open the assistant.")
    chat.add_argument("--plain", action="store_true", help="a line mode for pipes, screen readers")
    ask = _verb(verbs, "ask", commands.ask, "Ask one question; prints the answer and its sources.")
    ask.add_argument("question", nargs="+", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    text = "Search the manuals; needs no model. Prints the passages that come nearest, best first."
    search = _verb(verbs, "search", commands.search, text)
    search.add_argument("question", nargs="+", metavar="QUESTION")
    search.add_argument(
        "--limit", type=_count, default=5, metavar="N", help="at most so many passages; default: 5"
    )
    search.add_argument(
        "--library",
        type=Path,
        metavar="FILE",
        help="an index that fieldkit index wrote; default: the release's",
    )
    search.add_argument("--full", action="store_true", help="print the whole passages")
    search.add_argument("--json", action="store_true", help="print one JSON object")
    page = _verb(
        verbs, "page", commands.page, "Show a page of a manual, as text or as it is printed."
    )
    page.add_argument("document", metavar="DOCUMENT")
    page.add_argument("page", nargs="?", default="", metavar="PAGE", help="its printed number")
    page.add_argument("--pdf", action="store_true", help="PAGE counts the pages of the file")
    page.add_argument("--revision", metavar="R", help="default: the newest")
    page.add_argument("--image", type=Path, metavar="FILE", help="write the printed page, as PNG")
    page.add_argument("--original", type=Path, metavar="FILE", help="copy the whole original")
    page.add_argument("--force", action="store_true", help="replace FILE")
    page.add_argument("--library", type=Path, metavar="FILE", help="default: the release's index")
    for verb in (chat, ask, search, page):
        _add_person(verb)
    _add_check_verb(verbs)
    probe = _verb(
        verbs, "probe", commands.probe, "Tell whether this laptop can carry the assistant."
    )
    which = probe.add_mutually_exclusive_group()
    which.add_argument("--candidate", metavar="NAME", help="a candidate of build/candidates")
    which.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file, to be measured")
    which.add_argument("--profile", metavar="PROFILE", help="what a profile deploys, and its gates")
    which.add_argument("--explain", metavar="CODE", help="say what the code of a probe tells")
    probe.add_argument(
        "--simulate-ram",
        type=_positive,
        metavar="GIB",
        help="as if this much RAM were installed",
    )
    probe.add_argument(
        "--quick", action="store_true", help="15 seconds: the profile's or the default candidate"
    )
    probe.add_argument("--threads", type=_count, metavar="N", help="threads of the engine")
    probe.add_argument("--tune", action="store_true", help="find the fastest settings, keep them")
    probe.add_argument(
        "--tune-seconds", type=_positive, default=60.0, metavar="N", help="default: 60"
    )
    probe.add_argument("--spell", action="store_true", help="show how to say the code")
    probe.add_argument("--json", action="store_true", help="print one JSON object")


def _add_check_verb(verbs: Verbs) -> None:
    text = "Check answers against passages of manuals, claim by claim; needs no model."
    check = _verb(verbs, "check", commands.check, text)
    check.formatter_class = argparse.RawDescriptionHelpFormatter
    check.epilog = _CHECK_EXAMPLE
    text = "lines of JSON: {id, question, passages: [{document, page, heading, text}], answer}"
    check.add_argument("file", metavar="FILE", help=f"{text}; - reads stdin")


def _add_documents_verbs(verbs: Verbs) -> None:
    """What a technician adds to the library on this laptop."""
    text = "Add documents of your own to the manuals on this laptop."
    documents = verbs.add_parser("documents", help=text, description=text)
    actions = documents.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, handler, text in (
        ("add", commands.documents_add, "Copy, read and index files, and those of folders."),
        ("list", commands.documents_list, "List the documents that were added."),
        ("remove", commands.documents_remove, "Remove the copy of a document."),
        ("rebuild", commands.documents_rebuild, "Index the copies anew after damage."),
    ):
        verb = actions.add_parser(name, help=text, description=text)
        verb.set_defaults(handler=handler)
        verb.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        _add_person(verb)
        if name == "list":
            verb.add_argument("--json", action="store_true", help="print one JSON object")
            continue
        # For the chat, which starts this as a child process.
        verb.add_argument("--wire", action="store_true", help=argparse.SUPPRESS)
        verb.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
        verb.add_argument("--library", type=Path, help=argparse.SUPPRESS)
        if name == "add":
            verb.add_argument("files", nargs="+", type=Path, metavar="FILE")
        if name == "remove":
            verb.add_argument("names", nargs="*", metavar="NAME")
            verb.add_argument("--last", action="store_true", help="what was added last")
            verb.add_argument("--all", action="store_true", help="all documents of your own")
        if name in {"add", "remove"}:
            verb.add_argument("--yes", action="store_true", help="do not ask, however many")


def _add_person(verb: argparse.ArgumentParser) -> None:
    text = "who of the people who share this account; default: who was here last"
    verb.add_argument("--as", dest="person", metavar="NAME", help=text)


def _add_sharing_verbs(verbs: Verbs) -> None:
    """What lets other programs use the same assistant."""
    serve = _verb(
        verbs, "serve", commands.serve, "Answer other programs on this machine (OpenAI's API)."
    )
    serve.add_argument("--port", type=_port, metavar="N", help="default: 11535; 0: a free one")
    _add_person(serve)
    serve.add_argument("--token-file", type=Path, metavar="FILE", help="default: the user's own")
    export = _verb(verbs, "export", commands.export_ollama, "Write the model for another program.")
    formats = export.add_subparsers(title="formats", metavar="FORMAT", required=True)
    text = "Write a Modelfile with the same template, prompt and parameters for Ollama."
    ollama = formats.add_parser("ollama", help=text, description=text)
    ollama.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    ollama.set_defaults(handler=commands.export_ollama)
    ollama.add_argument(
        "source",
        nargs="?",
        metavar="RELEASE",
        help="a media or version folder, or a profile; default: the release this belongs to",
    )
    ollama.add_argument("--output", type=Path, required=True, metavar="DIR", help="a new folder")


def _add_packager_verbs(verbs: Verbs) -> None:
    new = _packager_verb(verbs, "new", "Begin a profile: read manuals, propose a model, write it.")
    new.add_argument("name", metavar="NAME", help="the folder of the profile; names the release")
    new.add_argument(
        "--manuals", nargs="+", required=True, metavar="DIR", help="folders with the manuals"
    )
    new.add_argument("--candidate", metavar="NAME", help="take this one of build/candidates")
    new.add_argument("--json", action="store_true", help="print one JSON object")
    _add_candidates_verb(verbs)
    build = _packager_verb(verbs, "build", "Turn a profile into a release with its installer.")
    build.add_argument("profile", metavar="PROFILE", help="a name below profiles/, or a folder")
    build.add_argument("--output", type=Path, metavar="DIR", help="default: dist")
    build.add_argument("--model", type=Path, metavar="FILE", help="the candidate's GGUF file")
    build.add_argument("--until", metavar="STEP", help="stop after this step")
    build.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate = _packager_verb(verbs, "evaluate", "Ask a profile's questions and score the answers.")
    evaluate.add_argument("profile", metavar="PROFILE")
    evaluate.add_argument("--model", type=Path, metavar="FILE", help="the candidate's GGUF file")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    _add_convert_verb(verbs)
    quantize = _packager_verb(verbs, "quantize", "Quantize a GGUF file to an INT4 type.")
    quantize.add_argument("source", type=Path, metavar="SOURCE")
    quantize.add_argument("target", type=Path, metavar="TARGET")
    quantize.add_argument("--type", default="Q4_K_M", help="default: Q4_K_M")
    measure = _packager_verb(verbs, "measure", "Measure a GGUF file on this machine.")
    measure.add_argument("model", type=Path, metavar="FILE")
    measure.add_argument("--context", type=int, default=0, metavar="TOKENS")
    measure.add_argument("--json", action="store_true", help="print one JSON object")
    index = _packager_verb(
        verbs,
        "index",
        "Index folders of manuals into a file, for fieldkit search --library FILE.",
    )
    index.add_argument(
        "manuals", type=Path, nargs="+", metavar="FOLDER", help="is read with its subfolders"
    )
    index.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="the index; a file of this name is replaced",
    )
    index.add_argument(
        "--language",
        type=_language,
        default="en",
        metavar="XX",
        help="language code of manuals that tell none, and of OCR; default: en",
    )
    index.add_argument(
        "--ocr",
        choices=_OCR,
        default="auto",
        help="read scans by Tesseract; auto, the default: where it is there",
    )
    index.add_argument(
        "--unreadable",
        choices=("stop", "skip"),
        default="stop",
        help="stop at manuals that cannot be read, or leave them out; default: stop",
    )
    index.add_argument("--synonyms", type=Path, metavar="FILE", help="words that mean the same")
    index.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="choose on this set what is an answer",
    )
    index.add_argument("--json", action="store_true", help="print one JSON object")
    _add_pull_verb(verbs)
    _add_licence_verbs(verbs)
    _packager_verb(verbs, "engine", "Build the portable engine (minutes, once).")


def _add_pull_verb(verbs: Verbs) -> None:
    pull = _packager_verb(verbs, "pull", "Pin a profile's model, and have its files on this disk.")
    pull.add_argument("profile", metavar="PROFILE", help="a name below profiles/, or a folder")
    pull.add_argument("--update", action="store_true", help="pin what the source has now")
    pull.add_argument(
        "--from", dest="source", type=Path, metavar="DIR", help="take the files from a folder"
    )
    pull.add_argument("--to", type=Path, metavar="DIR", help="write the files to a folder, a stick")
    pull.add_argument("--endpoint", metavar="URL", help="the hub; default: HF_ENDPOINT")
    pull.add_argument("--json", action="store_true", help="print one JSON object")


def _add_convert_verb(verbs: Verbs) -> None:
    convert = _packager_verb(verbs, "convert", "Convert a folder of safetensors to a GGUF file.")
    convert.add_argument("source", type=Path, metavar="SOURCE")
    convert.add_argument("target", type=Path, metavar="TARGET")
    convert.add_argument(
        "--type", choices=("f16", "bf16"), help="default: as the weights are; f16 for F32"
    )
    adapters = convert.add_mutually_exclusive_group()
    adapters.add_argument("--adapter", type=Path, metavar="DIR", help="a LoRA adapter to merge")
    adapters.add_argument(
        "--base", type=Path, metavar="DIR", help="SOURCE is a LoRA adapter for this model"
    )


def _add_licence_verbs(verbs: Verbs) -> None:
    licence = _packager_verb(verbs, "licence", "Read and accept the licence of a profile's model.")
    actions = licence.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, text in (
        ("show", "Print terms, verdict, the licence's text and who accepted it."),
        ("accept", "Record who accepts the text, and under which ticket."),
    ):
        verb = actions.add_parser(name, help=text, description=text)
        verb.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        verb.set_defaults(handler=commands.packager(f"licence_{name}"))
        verb.add_argument("profile", metavar="PROFILE", help="a name below profiles/, or a folder")
        verb.add_argument("--model", type=Path, metavar="FILE", help="the candidate's GGUF file")
        verb.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "accept":
            verb.add_argument("--name", required=True, metavar="WHO", help="who accepts")
            verb.add_argument("--ticket", required=True, metavar="REF", help="where it was decided")
            verb.add_argument(
                "--sha256", nargs="+", metavar="HASH", help="only if these are the texts"
            )


def _add_candidates_verb(verbs: Verbs) -> None:
    parser = _packager_verb(verbs, "candidates", "Tell which models serve, and why others do not.")
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--profile", metavar="PROFILE", help="what a profile asks of its model")
    given.add_argument(
        "--case", choices=_CASES, metavar="CASE", help=f"a usual case: {', '.join(_CASES)}"
    )
    parser.add_argument("--task", choices=_TASKS, metavar="TASK", help=", ".join(_TASKS))
    parser.add_argument("--language", nargs="+", metavar="XX", help="each must be served: en, ja")
    parser.add_argument("--context", type=_count, metavar="TOKENS", help="default: 4096")
    parser.add_argument("--ram", type=_positive, metavar="GIB", help="as if it had this much RAM")
    parser.add_argument("--min-tps", type=_positive, metavar="N", help="token/s written at least")
    parser.add_argument("--max-ttft", type=_positive, metavar="S", help="s to the first token")
    parser.add_argument("--licence", nargs="+", metavar="ID", help="allow these: MIT, Apache-2.0")
    for flag, text in (
        ("--commercial", "only what may be used commercially"),
        ("--no-user-threshold", "nothing that ends at a number of users"),
        ("--no-output-limits", "nothing that limits the use of answers"),
        ("--no-gated", "nothing that needs an agreement before a download"),
        ("--no-measure", "do not measure speed here"),
    ):
        parser.add_argument(flag, action="store_true", help=text)
    parser.add_argument("--embedders", action="store_true", help="list the embedders instead")
    parser.add_argument("--min-months", type=_count, metavar="N", help="months since its release")
    parser.add_argument("--prefer", choices=_PREFER, metavar="WHAT", help=", ".join(_PREFER))
    parser.add_argument(
        "--price-per-kwh", type=_positive, metavar="N", help="to tell what an answer costs"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_install_verbs(verbs: Verbs) -> None:
    install = _verb(verbs, "install", commands.install, "Install a release from its media folder.")
    install.add_argument("media", type=Path, metavar="MEDIA")
    install.add_argument("--prefix", type=Path, metavar="DIR", help="default: ~/.local")
    install.add_argument("--quiet", action="store_true")
    for name, handler, text in (
        ("status", commands.status, "Show the installed releases."),
        ("verify", commands.verify, "Check every installed file against its hash."),
        (
            "uninstall",
            commands.uninstall,
            "Remove the assistant; conversations stay unless --purge.",
        ),
    ):
        verb = _verb(verbs, name, handler, text)
        verb.add_argument("--prefix", type=Path, metavar="DIR", help="default: where this runs")
        if name == "status":
            verb.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "uninstall":
            verb.add_argument(
                "--purge",
                action="store_true",
                help="remove this assistant's conversations, documents and settings too",
            )
            verb.add_argument("--yes", action="store_true", help="with --purge: do not ask")
