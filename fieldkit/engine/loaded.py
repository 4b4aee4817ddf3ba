"""What a worker has loaded: model, session, template, and the store of system prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldkit.core.embedder import is_embedder
from fieldkit.core.fit import KV_CELLS, kv_cache_bytes
from fieldkit.core.generation import EngineInfo
from fieldkit.core.prompt import TEMPLATES, Segment, render, render_closed, render_open
from fieldkit.core.settings import Settings
from fieldkit.engine import backend, capacity, trial
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.header import read_header
from fieldkit.engine.location import revision
from fieldkit.engine.model import Model
from fieldkit.engine.prefix_store import PrefixStore
from fieldkit.engine.protocol import Wire, messages_from_wire
from fieldkit.engine.session import Session
from fieldkit.errors import EngineFailure, InvalidInput


class Loaded:
    """A model that can be asked, as the operation ``load`` describes it.

    ``tokens`` may be called from any thread: a vocabulary never changes, and llama.cpp keeps no
    state between two calls of its tokenizer. Raises InvalidInput, Unfit or EngineFailure.
    """

    def __init__(self, request: Wire, progress: Callable[[float], None]) -> None:
        path, context = Path(request["model"]), request["context"]
        settings = default_settings()
        if request["settings"] is not None:
            settings = Settings.from_dict(request["settings"])
        folder = request.get("prefix_cache")
        header = read_header(path)
        if is_embedder(header):
            raise InvalidInput(
                f"{path}: is an embedder, which makes vectors and no answers",
                hint="Name it in the profile's section [embedder], and a chat model in [model].",
            )
        capacity.check(header, context=context, available=capacity.available_memory())
        self.model = Model(path, header=header, settings=settings, progress=progress)
        try:
            self.session = Session(
                self.model,
                context=context or self.model.context,
                settings=settings,
                speculate=request.get("speculate", True),
                scratch=Path(folder) if folder else None,
            )
        except Exception:
            self.model.close()
            raise
        self._template = request["template"]
        self._store = None
        if folder:
            self._store = PrefixStore(Path(folder), _owner(self.session))

    @property
    def info(self) -> EngineInfo:
        """Facts for whoever asked for the model."""
        return EngineInfo(
            architecture=self.model.header.architecture,
            context=self.session.context,
            parameters=self.model.parameters,
            model_bytes=self.model.size,
            variant=backend.chosen_variant(),
            settings=self.session.settings,
            load_s=self.model.load_s,
        )

    def tokens(self, request: Wire) -> list[int]:
        """The prompt of a request: of ``prepare`` what is certain of it."""
        messages = messages_from_wire(request["messages"])
        rendered = render_open if request["op"] == "prepare" else render
        return self._tokenize(rendered(self._template, messages))

    def apply(self, settings: Settings) -> None:
        """Make ``settings`` hold, with another session where that is needed."""
        self._ready()
        self.session = trial.apply(self.session, settings)

    def apply_threads(self, settings: Settings) -> Settings:
        """Take over the thread counts of ``settings`` alone; the settings that hold then."""
        changed = replace(
            self.session.settings,
            decode_threads=settings.decode_threads,
            prefill_threads=settings.prefill_threads,
        )
        self.apply(changed)
        return changed

    def trial(self, request: Wire) -> dict[str, Any]:
        """Run ``fieldkit.engine.trial`` under the settings that hold."""
        self._ready()
        settings = self.session.settings
        _, figures = trial.run(
            self.session, settings, prompt=request["prompt"], decode=request["decode"]
        )
        return figures

    def restore(self, request: Wire) -> None:
        """Fill an empty cache with the system prompt of ``request``, if it was stored."""
        self._ready()
        if self._store is not None and not self.session.tokens:
            self._store.restore(self.session, self._system(request))

    def keep(self, request: Wire) -> None:
        """Store the system prompt of ``request``, which was read, unless it is stored."""
        if self._store is None:
            return
        system = self._system(request)
        if self.session.tokens[: len(system)] == system:
            self._store.keep(self.session, len(system), token_bytes=self._token_bytes())

    def close(self) -> None:
        """Free context and weights."""
        self.session.close()
        self.model.close()

    def _ready(self) -> None:
        """Raise EngineFailure when there is no context, since a new one could not be set up."""
        if not self.session.handle:
            raise EngineFailure("the engine has no context left", hint="Start it again.")

    def _system(self, request: Wire) -> Sequence[int]:
        """The tokens of the system prompt that the messages of ``request`` begin with."""
        first = messages_from_wire(request["messages"][:1])
        if not first or first[0].role != "system":
            return ()
        return self._tokenize(render_closed(self._template, first))

    def _tokenize(self, segments: Sequence[Segment]) -> list[int]:
        return self.model.tokenize(segments, TEMPLATES[self._template])

    def _token_bytes(self) -> int:
        try:
            return kv_cache_bytes(self.model.header.shape, KV_CELLS) // KV_CELLS
        except InvalidInput:
            return 0  # a shape that only llama.cpp knows; the store still looks at what it has


def system_request(prompt: str) -> Wire:
    """A request that begins with the system prompt ``prompt``, for ``restore``."""
    return {"messages": [{"role": "system", "content": prompt}]}


def _owner(session: Session) -> tuple[object, ...]:
    """What decides the content of a cache besides its tokens."""
    settings = replace(session.settings, decode_threads=1, prefill_threads=1, ubatch=1)
    return (
        session.model.fingerprint,
        revision(),
        backend.chosen_variant(),
        settings,
        session.context,
    )
