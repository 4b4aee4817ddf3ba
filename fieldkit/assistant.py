"""The assistant of an installed release: what the front ends are given, and its self-test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit import product_data
from fieldkit.chat import preferences
from fieldkit.chat.battery import low_now, mode_of
from fieldkit.chat.context import ChatContext, Tuner
from fieldkit.chat.people import People
from fieldkit.chat.seat import Seat, seat_for
from fieldkit.console import Console
from fieldkit.core.battery import Battery
from fieldkit.core.generation import Done, Engine, Request
from fieldkit.core.message import Message
from fieldkit.core.release import Assistant
from fieldkit.core.settings import Settings
from fieldkit.engine.child import own_command
from fieldkit.engine.client import EngineClient
from fieldkit.errors import EngineFailure, FieldkitError, IntegrityProblem, InvalidInput
from fieldkit.library.search import Library
from fieldkit.machine.clipboard import SystemClipboard
from fieldkit.machine.recent import Recent
from fieldkit.machine.viewer import open_file

if TYPE_CHECKING:
    from fieldkit.engine.patient import PatientEmbedder
    from fieldkit.machine.power import Power

ASSISTANT = "assistant.json"
POWER_S = 30.0  # between two looks at the battery
EMBEDDER_THREADS = 2  # for a question; what reads and writes has the others
EMBEDDER_WAIT_S = 5.0  # for it to load, of somebody who asks one question and is gone
TUNED = "tuning.json"  # what tuning.py keeps there
PROMPTS = "prompts"  # below the assistant's data: the KV cache of system prompts


def read(release_dir: Path) -> Assistant:
    """The settings of the release in ``release_dir``; raises IntegrityProblem without them."""
    path = release_dir / ASSISTANT
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise IntegrityProblem(
            f"{path}: cannot be read: {error.strerror or error}",
            hint="Run fieldkit verify, or install the release again.",
        ) from error
    return Assistant.from_json(text)


def engine(release_dir: Path, assistant: Assistant, *, remembers: bool = True) -> Engine:
    """An engine for the release's model, not started yet.

    It runs with what was tuned for this machine as it is powered now, and keeps what it read of the
    system prompt beside the user's data; neither where it ``remembers`` nothing.
    """
    model = release_dir / assistant.model
    if not remembers:
        return EngineClient(model, template=assistant.template, context=assistant.context)
    kept = product_data.prepare(assistant)
    return EngineClient(
        model,
        template=assistant.template,
        context=assistant.context,
        settings=_tuned(model, assistant.context, kept),
        prefix_cache=kept / PROMPTS,
        system_prompt=assistant.system_prompt,
    )


def seat(person: str | None, *, kept: Path | None = None, ask: bool = False) -> Seat:
    """Who of the people is there: the one called ``person``, or who was here last.

    ``kept`` is the folder of the assistant's data; without one, of the assistant that this is.
    """
    return seat_for(People(kept or product_data.current()), person, ask=ask)


def embedder(
    release_dir: Path,
    assistant: Assistant,
    *,
    loading_s: float = 0.0,
    tell: Callable[[FieldkitError], None] | None = None,
) -> PatientEmbedder | None:
    """The release's embedder, which begins to load; None where it has none.

    Whoever asks waits for that ``loading_s`` at most; ``tell`` hears once why it is left out.
    """
    if not assistant.embedder:
        return None
    from fieldkit.engine.embedder import EmbedderClient
    from fieldkit.engine.patient import PatientEmbedder

    client = EmbedderClient(release_dir / assistant.embedder, threads=EMBEDDER_THREADS)
    return PatientEmbedder(client, loading_s=loading_s, tell=tell)


def context(
    release_dir: Path, console: Console, *, person: str | None = None, waits_s: float = 0.0
) -> ChatContext:
    """What chat, line mode and ``ask`` are given.

    ``person`` names who of the account's people is there; raises UsageProblem where nobody is
    called so. A first question waits ``waits_s`` for the embedder to load, where there is one.
    """
    assistant = read(release_dir)
    kept = product_data.prepare(assistant)
    who = seat(person, kept=kept, ask=assistant.ask_who)
    model = release_dir / assistant.model
    recent = Recent(_power, POWER_S)
    return ChatContext(
        assistant=assistant,
        release_dir=release_dir,
        engine_factory=lambda: engine(release_dir, assistant),
        embedder_factory=lambda: embedder(release_dir, assistant, loading_s=waits_s),
        data_dir=who.person.home,
        seat=who,
        console=console,
        read_ahead=lambda: recent().state != "saver",
        battery=lambda: _battery(recent()),
        tuner=_LateTuner(model, assistant.context, kept) if assistant.tune else None,
        clipboard=SystemClipboard(own_command("clipboard")),
        viewer=open_file,
    )


def _power() -> Power:
    """How this machine is powered; psutil is imported when it is asked, after the first paint."""
    from fieldkit.machine.power import power

    return power()


def _battery(facts: Power) -> Battery | None:
    """What the front ends are told of the battery, if there is one."""
    if facts.battery_percent is None:
        return None
    return Battery(percent=facts.battery_percent, on_mains=facts.on_mains, saver=bool(facts.saver))


def saving(assistant: Assistant, person: str | None) -> bool:
    """Whether the battery is to be saved now, as the one called ``person`` chose."""
    home = seat(person, kept=product_data.prepare(assistant)).person.home
    mode = mode_of(preferences.load(home / preferences.PREFERENCES).battery)
    return low_now(lambda: _battery(_power()), assistant.low_battery_percent, mode).low


def _tuned(model: Path, context: int, kept: Path) -> Settings | None:
    """The settings that were found for this machine.

    What tunes is imported only when there is a result, and below when there is time for tuning: it
    would double the time to the first paint.
    """
    if not (kept / TUNED).exists():
        return None
    from fieldkit import tuning

    return tuning.settings_for(model, context=context, kept=kept)


class _LateTuner:
    """Implements the chat's ``Tuner`` for the GGUF file ``model``."""

    def __init__(self, model: Path, context: int, kept: Path) -> None:
        self._model = model
        self._context = context
        self._kept = kept
        self._tuner: Tuner | None = None

    def start(self, tell: Callable[[str], None]) -> None:
        """Begin, or go on."""
        if self._tuner is None:
            from fieldkit import tuning

            self._tuner = tuning.background(self._model, context=self._context, kept=self._kept)
        if self._tuner is not None:
            self._tuner.start(tell)

    def stop(self) -> None:
        """Leave the processor to the engine."""
        if self._tuner is not None:
            self._tuner.stop()


@contextlib.contextmanager
def damage_told() -> Iterator[None]:
    """Turn a model that is not valid into an IntegrityProblem: in a release it was, once."""
    try:
        yield
    except InvalidInput as error:
        raise IntegrityProblem(
            error.message,
            hint="Run fieldkit verify to see the damage; install the release again from its media.",
        ) from error


def selftest(release_dir: Path) -> str:
    """Open the library, embed a sentence, load the model, generate one token: told in one line.

    The installer runs this before it switches to a new release. Raises the FieldkitError of
    whatever does not work.
    """
    assistant = read(release_dir)
    with Library.open(release_dir / assistant.library) as library:
        documents = len(library.documents())
        _try_embedder(release_dir, assistant, library)
    running = engine(release_dir, assistant, remembers=False)
    try:
        for _ in running.start():
            pass
        question = Request(messages=(Message(role="user", content="Hello"),), max_tokens=1)
        *_, last = running.generate(question)
        if not isinstance(last, Done) or last.stats.completion_tokens != 1:
            raise EngineFailure("the model generated no token", hint="Try the media again.")
        variant = running.info.variant
    finally:
        running.close()
    return f"self-test passed: {documents} documents, {assistant.model_name} on {variant or 'CPU'}"


class _One:
    """Gives the vector that was made of one sentence, whatever is asked."""

    problem: FieldkitError | None = None

    def __init__(self, vector: Sequence[float]) -> None:
        self._vector = vector

    def __call__(self, _text: str, /) -> Sequence[float]:
        return self._vector


def _try_embedder(release_dir: Path, assistant: Assistant, library: Library) -> None:
    """Embed one sentence, if there is an embedder, and hold its size against the index."""
    if not assistant.embedder:
        return
    from fieldkit.engine.embedder import EmbedderClient

    client = EmbedderClient(release_dir / assistant.embedder, threads=EMBEDDER_THREADS)
    try:
        client.start()
        (vector,) = client.embed(["Where is the emergency stop?"])
    finally:
        client.close()
    if not (library.find_by_meaning(_One(vector)) and library.dimensions == len(vector)):
        raise IntegrityProblem(
            "the index of the manuals was not made with the release's embedder",
            hint="Install the release again from its media.",
        )
