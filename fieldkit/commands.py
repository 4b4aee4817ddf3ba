"""What the verbs of the command line do; each imports its command when it is called."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldkit.console import Console, console
from fieldkit.errors import ExitCode, FieldkitError, IntegrityProblem, UsageProblem

if TYPE_CHECKING:
    from fieldkit.library.search import Library
    from fieldkit.library.shelf import Shelf

Handler = Callable[[argparse.Namespace], int]

IN_RELEASE = bool(getattr(sys, "frozen", False))
_MAKE_INDEX = "Make the index from a folder of manuals: fieldkit index FOLDER --output {file}"
_NAME_INDEX = (
    "Or name an index of manuals, --library FILE: `fieldkit index FOLDER --output FILE` makes one."
)


def worker(_options: argparse.Namespace) -> int:
    """The engine's child process."""
    from fieldkit.engine.worker import main as worker

    return worker()


def clipboard(options: argparse.Namespace) -> int:
    """The child process that reaches the system's clipboard."""
    from fieldkit.machine.clipboard import main as clipboard

    return clipboard(options.direction)


def reader(_options: argparse.Namespace) -> int:
    """The child process that reads documents."""
    from fieldkit.library.reader_worker import main as reader

    return reader()


def packager(command: str) -> Handler:
    """A handler in ``fieldkit.packager``, which a release does not contain.

    It is imported by name, so that freezing the assistant does not follow the import.
    """
    module = "index_command" if command == "index" else "commands"

    def handler(options: argparse.Namespace) -> int:
        try:
            commands = importlib.import_module(f"fieldkit.packager.{module}")
        except ImportError as error:
            if IN_RELEASE:
                problem = "this command belongs to IT's build tool, not to an installed assistant"
            else:
                problem = f"this command needs packages that are not installed: {error}"
            raise UsageProblem(
                problem, hint="On the machine that builds: pip install 'fieldkit[packager]'."
            ) from error
        run: Callable[[argparse.Namespace, Console], int] = getattr(commands, command)
        return run(options, console())

    return handler


def _release_dir() -> Path:
    from fieldkit.install.locate import release_dir

    return release_dir()


def chat(options: argparse.Namespace) -> int:
    """``fieldkit`` and ``fieldkit chat``: the assistant, in lines where there is no terminal."""
    dumb = os.environ.get("TERM") == "dumb"  # it cannot move the cursor
    lines = options.plain or dumb or not console().is_terminal
    if not lines:
        gc.disable()  # until there is something to look at; collecting took a twentieth of the wait
    from fieldkit import assistant

    context = assistant.context(_release_dir(), console(), person=options.person)
    if lines:
        from fieldkit.chat import plain

        return plain.run(context, sys.stdin, sys.stdout)
    from fieldkit.chat import app

    return app.run(context)


def search(options: argparse.Namespace) -> int:
    """``fieldkit search``: pages of the manuals, without a model."""
    from fieldkit.library import lookup

    question = " ".join(options.question)
    with _shelf(options) as library, _meanings(options.library, library):
        found = lookup.find(library, question, options.limit)
    if options.json:
        console().out_json(lookup.report(question, found))
        return ExitCode.OK
    width = shutil.get_terminal_size().columns if console().writes_to_terminal else 0
    text, remark = lookup.told(found, width=width, full=options.full)
    if remark:
        console().err(remark)
    if text:
        console().out(text)
    return ExitCode.OK


def page(options: argparse.Namespace) -> int:
    """``fieldkit page``: one page of a manual, without a model."""
    from fieldkit import page_command
    from fieldkit.engine.child import own_command
    from fieldkit.library.pictures import Pictures

    index = _index(options)
    own = _own_documents(options) if options.library is None else index.parent
    pictures = Pictures(index.parent, own, own_command("reader"))
    with _shelf(options) as library, contextlib.closing(pictures):
        return page_command.run(
            library,
            pictures,
            console(),
            page_command.Wanted(
                document=options.document,
                page=options.page,
                revision=options.revision,
                in_file=options.pdf,
                image=options.image,
                original=options.original,
                replace=options.force,
            ),
        )


def check(options: argparse.Namespace) -> int:
    """``fieldkit check``: answers of a file against their passages, without a model."""
    from fieldkit import check_command

    return check_command.run(options.file, console())


def _shelf(options: argparse.Namespace) -> Library | Shelf:
    """The named index alone, or the release's manuals together with the technician's documents."""
    from fieldkit import documents
    from fieldkit.library.search import Library
    from fieldkit.library.shelf import Shelf

    if options.library is not None:
        return Library.open(options.library, remedy=_MAKE_INDEX.format(file=options.library))
    path, own = _index(options), _own_documents(options)
    documents.mend(own, path, console())
    return Shelf.open(path, own, documents.console_teller(console()))


@contextlib.contextmanager
def _meanings(named: Path | None, library: Library | Shelf) -> Iterator[None]:
    """Let the release's embedder help to search its ``library``; not a ``named`` index."""
    from fieldkit import assistant

    embedder = None
    if named is None:
        release = _release_dir()
        embedder = assistant.embedder(
            release, assistant.read(release), loading_s=assistant.EMBEDDER_WAIT_S, tell=_words_only
        )
    if embedder is None:
        yield
        return
    with contextlib.closing(embedder):
        library.find_by_meaning(embedder)
        yield


def _words_only(error: FieldkitError) -> None:
    """Say that pages are found by their words alone."""
    from fieldkit.core.text import clean_line

    said = clean_line(f"{error.message}. {error.hint}")
    console().err(f"Pages are found by their words alone, not by their meaning: {said}")


def _own_documents(options: argparse.Namespace) -> Path:
    """Where the own documents are of whoever is there; raises UsageProblem for an unknown name."""
    from fieldkit import assistant
    from fieldkit.library.own_catalog import FOLDER

    return assistant.seat(options.person).person.home / FOLDER


def documents_add(options: argparse.Namespace) -> int:
    """``fieldkit documents add FILE...``."""
    from fieldkit import documents

    code = documents.add(options.files, yes=options.yes, **_documents(options))
    _learn(options)
    return code


def documents_remove(options: argparse.Namespace) -> int:
    """``fieldkit documents remove NAME...``."""
    from fieldkit import documents

    if sum((bool(options.names), options.last, options.all)) != 1:
        raise UsageProblem(
            "name the documents to remove, or give --last or --all",
            hint="`fieldkit documents list` shows their names.",
        )
    names = "last" if options.last else "all" if options.all else options.names
    code = documents.remove(names, yes=options.yes, **_documents(options))
    _learn(options)
    return code


def documents_rebuild(options: argparse.Namespace) -> int:
    """``fieldkit documents rebuild``."""
    from fieldkit import documents

    code = documents.rebuild(**_documents(options))
    _learn(options)
    return code


def documents_list(options: argparse.Namespace) -> int:
    """``fieldkit documents list``."""
    from fieldkit import documents

    return documents.show(_own_documents(options), console(), as_json=options.json)


def _learn(options: argparse.Namespace) -> None:
    """Let own documents be found by meaning, with the release's embedder; not for the chat.

    The chat has an embedder of its own running, and time when nobody asks.
    """
    from fieldkit import assistant, documents

    if options.library is not None or options.wire:
        documents.learn(**_documents(options), embedder=None)
        return
    release = _release_dir()
    settings = assistant.read(release)
    documents.learn(
        **_documents(options),
        embedder=release / settings.embedder if settings.embedder else None,
        saving=lambda: assistant.saving(settings, options.person),
    )


def _documents(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "folder": options.folder or _own_documents(options),
        "library": options.library or _library(),
        "console": console(),
        "wire": options.wire,
    }


def _library() -> Path:
    """The index of the release's manuals."""
    from fieldkit import assistant

    folder = _release_dir()
    return folder / assistant.read(folder).library


def _index(options: argparse.Namespace) -> Path:
    """The index that is named, else the release's; raises UsageProblem where there is neither."""
    if options.library is not None:
        return Path(options.library)
    try:
        return _library()
    except UsageProblem as error:
        raise UsageProblem(error.message, hint=f"{error.hint} {_NAME_INDEX}") from error


def ask(options: argparse.Namespace) -> int:
    """``fieldkit ask``: one answer with its sources."""
    from fieldkit import assistant, documents
    from fieldkit.chat import ask

    context = assistant.context(
        _release_dir(), console(), person=options.person, waits_s=assistant.EMBEDDER_WAIT_S
    )
    documents.mend(context.own_documents, context.library_path, console())
    with assistant.damage_told():
        return ask.run(context, " ".join(options.question), options.json)


def serve(options: argparse.Namespace) -> int:
    """``fieldkit serve``: the assistant for other programs on this machine."""
    from fieldkit import assistant, documents, product_data
    from fieldkit.serve import bearer, run

    release = _release_dir()
    settings = assistant.read(release)
    library = release / settings.library
    own = _own_documents(options)
    documents.mend(own, library, console())
    with assistant.damage_told(), contextlib.ExitStack() as stack:
        embedder = assistant.embedder(release, settings, tell=_words_only)
        if embedder is not None:
            stack.callback(embedder.close)
        return run.run(
            assistant=settings,
            library=library,
            own_documents=own,
            engine=assistant.engine(release, settings),
            embedder=embedder,
            token_file=(options.token_file or product_data.current() / bearer.FILE).absolute(),
            port=run.PORT if options.port is None else options.port,
            console=console(),
        )


def export_ollama(options: argparse.Namespace) -> int:
    """``fieldkit export ollama``: from an installation, media, or a profile."""
    from fieldkit.install import export

    source = options.source and Path(options.source)
    if source is None:
        written = export.from_version(_release_dir(), options.output)
    elif export.is_media(source):
        written = export.from_media(source, options.output)
    elif export.is_version(source):
        written = export.from_version(source, options.output)
    else:
        return packager("export_ollama")(options)
    console().out(str(written))
    console().err(f"Create it with: {export.create_command(written)}")
    return ExitCode.OK


def feedback(options: argparse.Namespace) -> int:
    """``fieldkit feedback`` and ``feedback export``, ``feedback delete``: reports for IT."""
    from fieldkit import assistant

    reports = assistant.context(_release_dir(), console()).reports
    if options.order == "export":
        name = str(options.file.absolute()) if options.file else ""
        path = reports.export(name, again=options.again, replace=options.replace)
        console().out(str(path))
    elif options.order == "delete":
        console().err(reports.forget_handed())
    else:
        console().out(reports.waiting())
    return ExitCode.OK


def selftest(_options: argparse.Namespace) -> int:
    """What an installation tries before it switches."""
    from fieldkit import assistant

    with assistant.damage_told():
        console().err(assistant.selftest(_release_dir()))
    return ExitCode.OK


def probe(options: argparse.Namespace) -> int:
    """``fieldkit probe``: does this laptop carry it."""
    from fieldkit import probing
    from fieldkit.probe.explain import format_explanation, format_spelling
    from fieldkit.probe.table import format_report

    if options.explain is not None:
        told = probing.explain(options.explain)
        if options.json:
            console().out_json(told)
        else:
            console().out(format_explanation(told))
        return ExitCode.OK
    if options.tune:
        return _tune(options)
    report = probing.run(options, console().err)
    if options.json:
        console().out_json(report)
    else:
        console().out(format_report(report))
        if options.spell and report["code"]:
            console().out("\n".join(format_spelling(report["code"])))
    return ExitCode.UNFIT if report["verdict"] == "unfit" else ExitCode.OK


def _tune(options: argparse.Namespace) -> int:
    from fieldkit import probing
    from fieldkit.probe.tuning_report import format_report

    report = probing.tune(options, console().err)
    if options.json:
        console().out_json(report)
    else:
        console().out(format_report(report["tuned"]))
    return ExitCode.OK


def install(options: argparse.Namespace) -> int:
    """``fieldkit install MEDIA``."""
    from fieldkit.install import install, locate

    say = console()
    layout = locate.layout(options.prefix)
    shown = -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if total and not options.quiet and (tenth := done * 10 // total) > shown:
            shown = tenth
            say.err(f"  {tenth * 10} % of {total / 1e6:.0f} MB")

    release = install.install(options.media, layout, progress=progress)
    if not options.quiet:
        say.err(f"Installed {release.name} {release.version} below {layout.prefix}.")
        say.err(f"Start it with: {layout.launcher}")
    return ExitCode.OK


def status(options: argparse.Namespace) -> int:
    """``fieldkit status``: the installed releases."""
    from fieldkit.install import locate, status

    report = status.report(locate.layout(options.prefix))
    if options.json:
        console().out_json(report)
    else:
        console().out(status.format_report(report))
    return ExitCode.OK


def verify(options: argparse.Namespace) -> int:
    """``fieldkit verify``: every installed file against its hash."""
    from fieldkit.install import locate, verify

    layout = locate.layout(options.prefix)
    problems = verify.verify(layout)
    if problems:
        raise IntegrityProblem(
            f"{layout.prefix}: {len(problems)} installed files are not as they were released\n"
            + "\n".join(f"  {problem}" for problem in problems),
            hint="Install the release again from its media.",
        )
    console().out(f"{layout.prefix}: every installed file is as it was released")
    return ExitCode.OK


def uninstall(options: argparse.Namespace) -> int:
    """``fieldkit uninstall``; conversations stay unless ``--purge``."""
    from fieldkit import purging
    from fieldkit.install import locate, uninstall

    layout = locate.layout(options.prefix)
    data = purging.data_of(layout)
    if options.purge and data is not None and not purging.confirmed(data, console(), options.yes):
        console().err("Nothing was removed.")
        return ExitCode.OK
    removed = uninstall.uninstall(layout, purge=data.remove if options.purge and data else None)
    console().err(f"Removed {len(removed)} files and folders below {layout.prefix}.")
    if data is not None and not options.purge:
        console().err(
            f"What {data.assistant} keeps of you stays in {data.folder}; --purge would have removed"
            " it."
        )
    return ExitCode.OK
