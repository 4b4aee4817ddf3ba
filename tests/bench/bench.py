"""What every row is given: the model, the settings, how often to repeat, and how to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.settings import Settings
from fieldkit.engine.client import EngineClient
from fieldkit.packager.engine import ensure_tools
from fieldkit.packager.peers import ensure_peer
from tests.bench import models
from tests.bench.peers.llama_bench import LlamaBench
from tests.bench.stats import Rounds, Side, alternate

TEMPLATE = "phi3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One run of the benchmark; ``given`` is a model of true size, None to make one if needed.

    ``settings`` are the defaults of an untuned machine: peers get the same threads. ``half`` makes
    a round A B or B A instead of A B B A. ``quick`` shortens what a row runs, to see that it works.
    """

    given: Path | None
    settings: Settings
    rounds: int
    half: bool
    quick: bool
    say: Callable[[str], None]

    @property
    def model(self) -> Path:
        """The model of true size."""
        return self.given or models.true_size(self.say)

    @property
    def threads(self) -> int:
        """The threads of every side, unless tuning is what is measured."""
        return self.settings.decode_threads

    def compare(self, sides: Mapping[str, Side], rounds: int | None = None) -> Rounds:
        """Run ``sides`` in turn, all rounds of them."""
        return alternate(sides, rounds or self.rounds, half=self.half, say=self.say)

    @contextmanager
    def engine(
        self,
        *,
        context: int,
        model: Path | None = None,
        settings: Settings | None = None,
        **options: object,
    ) -> Iterator[EngineClient]:
        """Our engine, loaded; ``options`` are further keyword arguments of ``EngineClient``."""
        client = EngineClient(
            model or self.model,
            template=TEMPLATE,
            context=context,
            settings=settings or self.settings,
            **options,  # type: ignore[arg-type]  # what a row asks for is the row's business
        )
        try:
            for _ in client.start():
                pass
            yield client
        finally:
            client.close()

    def portable(self) -> LlamaBench:
        """llama-bench over the engine's own libraries."""
        program = ensure_tools(log=self.say) / "llama-bench"
        return LlamaBench(program=program, model=self.model, threads=self.threads)

    def native(self) -> LlamaBench:
        """llama-bench compiled for this machine's processor."""
        program = ensure_peer("native", log=self.say) / "llama-bench"
        return LlamaBench(program=program, model=self.model, threads=self.threads)

    def server(self) -> Path:
        """The program llama-server, over the engine's own variants."""
        return ensure_peer("server", log=self.say) / "llama-server"

    def tiny(self) -> Path:
        """A model so small that what surrounds its decoding can be seen."""
        return models.tiny(self.say)
