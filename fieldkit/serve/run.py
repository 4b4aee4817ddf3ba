"""``fieldkit serve``: from the start to Ctrl-C."""

from __future__ import annotations

from pathlib import Path

from fieldkit.console import Console
from fieldkit.core.generation import Engine
from fieldkit.core.release import Assistant
from fieldkit.core.text import clean_line
from fieldkit.errors import ExitCode, FieldkitError
from fieldkit.library.answering import Answering
from fieldkit.library.meaning import Embed
from fieldkit.library.shelf import Shelf
from fieldkit.serve import bearer
from fieldkit.serve.api import Service
from fieldkit.serve.desk import Desk
from fieldkit.serve.limits import Limits
from fieldkit.serve.server import HOST, Server, hosts, listen

PORT = 11535


def run(  # noqa: PLR0913 - what serving needs, by name
    *,
    assistant: Assistant,
    library: Path,
    own_documents: Path,
    engine: Engine,
    embedder: Embed | None = None,
    token_file: Path,
    port: int,
    console: Console,
) -> int:
    """Serve until Ctrl-C; prints the base address on stdout when it is ready.

    ``own_documents`` is the folder of what the technician added; ``embedder`` lets pages be found
    by what they mean. Raises Busy when the port is
    taken, and the FieldkitError of a token file, an index or a model that cannot be used.
    """
    token = bearer.load(token_file)
    limits = Limits()

    def trouble(error: FieldkitError) -> None:
        console.err(clean_line(f"{error.message}. {error.hint}"))

    with listen(port) as channel, Shelf.open(library, own_documents, trouble) as opened:
        if embedder is not None:
            opened.find_by_meaning(embedder)
        names = hosts(channel.getsockname()[1])
        console.err(f"Loading {clean_line(assistant.model_name)} ...")
        desk = Desk(engine, waiting=limits.waiting)
        try:
            desk.open()
            service = Service(
                assistant=assistant,
                library=opened,
                engine=engine,
                answering=Answering(assistant, opened, engine),
                desk=desk,
                token=token,
                hosts=names,
                limits=limits,
            )
            console.err(f"The token is in {clean_line(str(token_file))}")
            console.err("Only programs on this machine can connect. Stop with Ctrl-C.")
            console.out(f"http://{HOST}:{channel.getsockname()[1]}/v1")
            _until_stopped(Server(channel, service, tell=console.err))
        finally:
            desk.close()
    console.err("Stopped.")
    return ExitCode.OK


def _until_stopped(server: Server) -> None:
    try:
        server.run()
    except KeyboardInterrupt:
        return
    finally:
        server.close()
