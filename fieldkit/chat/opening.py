"""Opens what the front ends without a screen need: the library, the history and the session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fieldkit.chat import i18n, language
from fieldkit.chat.context import ChatContext
from fieldkit.chat.learning import Learning
from fieldkit.chat.session import Session
from fieldkit.chat.shelving import Shelving
from fieldkit.chat.store import HistoryUnusable, Store
from fieldkit.core.generation import Engine
from fieldkit.engine.child import own_command
from fieldkit.errors import FieldkitError
from fieldkit.library.answering import Answering
from fieldkit.library.pictures import Pictures
from fieldkit.library.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Everything of one assistant; ``problem`` says why there is no ``store``."""

    engine: Engine
    library: Shelf
    evidence: Answering
    store: Store | None
    problem: HistoryUnusable | None
    shelving: Shelving
    pictures: Pictures
    learning: Learning

    def session(self) -> Session:
        """Make an empty conversation."""
        return Session(evidence=self.evidence, engine=self.engine, store=self.store)


@contextmanager
def opened(context: ChatContext, *, history: bool = True) -> Iterator[Opened]:
    """Open library and history and make the engine, which is closed at the end.

    From here on everything is told in the language of the interface. Raises IntegrityProblem when
    the index of the manuals cannot be read, and InvalidInput when the history belongs to a newer
    release. A history that cannot be opened keeps no one from asking.
    """
    i18n.use(language.chosen(context.background.preferences, context.assistant))
    with Shelf.open(context.library_path, context.own_documents, _ignore) as library:
        store, problem = _store(context) if history else (None, None)
        engine = context.engine_factory()
        embedder = context.embedder_factory()
        shelving = Shelving(
            context.own_documents, context.library_path, incomplete=lambda: library.incomplete
        )
        learning = Learning(library, embedder, may=context.read_ahead)
        pictures = Pictures(
            context.library_path.parent, context.own_documents, own_command("reader")
        )
        try:
            if embedder is not None:
                library.find_by_meaning(embedder)
            yield Opened(
                engine=engine,
                library=library,
                evidence=Answering(context.assistant, library, engine),
                store=store,
                problem=problem,
                shelving=shelving,
                pictures=pictures,
                learning=learning,
            )
        finally:
            pictures.close()
            shelving.close()
            learning.close()
            engine.close()
            if embedder is not None:
                embedder.close()
            if store is not None:
                store.close()


def _store(context: ChatContext) -> tuple[Store | None, HistoryUnusable | None]:
    try:
        return Store(context.history_path), None
    except HistoryUnusable as error:
        return None, error


def _ignore(_error: FieldkitError) -> None:
    """Own documents that cannot be searched are asked for where they are mended."""
