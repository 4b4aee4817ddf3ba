"""An embedder as the rest of fieldkit sees it: a child process of its own.

Not the process of the chat's model. A search then never waits for a piece of prompt that is being
read, nor does reading wait for a search; an embedder that is broken or hostile takes down nothing
but itself; and pages are found by meaning while the chat's model loads, or where it cannot.
"""

from __future__ import annotations

import array
import itertools
import threading
from collections.abc import Sequence
from pathlib import Path

from fieldkit.engine.child import worker_command
from fieldkit.engine.process import WorkerProcess
from fieldkit.engine.protocol import Wire, error_from_wire, vector_from_wire
from fieldkit.errors import EngineFailure, InvalidInput


class EmbedderClient:
    """Runs the embedder in the GGUF ``model`` on ``threads`` threads (0: all cores).

    One request runs at a time, whichever thread asks; ``close`` may be called from any.
    """

    def __init__(self, model: Path, *, threads: int = 0, command: Sequence[str] = ()) -> None:
        self._load = {"op": "load_embedder", "model": str(model.absolute()), "threads": threads}
        self._command = list(command) or worker_command()
        self._numbers = itertools.count(1)
        self._worker: WorkerProcess | None = None
        self._one = threading.Lock()

    @property
    def pid(self) -> int:
        """The worker's process id, for measuring its memory; 0 when there is none."""
        return self._worker.pid if self._worker and self._worker.alive else 0

    def start(self) -> int:
        """Start the child and load the embedder; how many dimensions its vectors have.

        Weights are kept in the layout that is quickest on this processor, where it can run that.

        Raises InvalidInput, Unfit or EngineFailure when it cannot be loaded.
        """
        try:
            return self._started(repack=True)
        except InvalidInput:
            raise
        except EngineFailure:
            # A processor that says it has instructions which its host does not let it run (AMX in
            # some virtual machines) ends the child; the plain layout has no use for those.
            return self._started(repack=False)

    def _started(self, *, repack: bool) -> int:
        self.close()
        self._worker = WorkerProcess(self._command, lambda _: None)
        try:
            answer = self._ask({**self._load, "repack": repack}, last="loaded")
        except BaseException:
            self.close()
            raise
        return int(answer["dimensions"])

    def embed(self, texts: Sequence[str]) -> list[array.array[float]]:
        """The vectors of ``texts``, each of length one; raises EngineFailure or InvalidInput."""
        answer = self._ask({"op": "embed", "texts": list(texts)}, last="embedded")
        return [vector_from_wire(text) for text in answer["vectors"]]

    def close(self) -> None:
        """End the child; safe to call twice."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def _ask(self, request: Wire, *, last: str) -> Wire:
        with self._one:
            worker = self._worker
            if worker is None:
                raise EngineFailure("the embedder is not running", hint="Start it again.")
            number = next(self._numbers)
            worker.send({**request, "id": number})
            data = worker.receive(number)
        if data["event"] == "error":
            raise error_from_wire(data)
        if data["event"] != last:
            raise EngineFailure(f"the engine sent an unexpected event: {data['event']}")
        return data
