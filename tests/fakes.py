"""A scripted engine and a small library: what the assistant's tests run on instead of a model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fieldkit.core.citation import REFUSAL, Finding, Passage, State, refused
from fieldkit.core.cited import cited_in
from fieldkit.core.claims import Checked
from fieldkit.core.conversation import Turn, asked, messages
from fieldkit.core.generation import (
    Done,
    EngineInfo,
    Event,
    Loading,
    Prefill,
    Request,
    Stats,
    Token,
)
from fieldkit.core.prompt import Message
from fieldkit.core.quote import Quote
from fieldkit.core.release import Assistant
from fieldkit.core.settings import Settings
from fieldkit.errors import EngineFailure, FieldkitError
from fieldkit.library.answering import Answer, Checks
from fieldkit.library.claims.check import check
from fieldkit.library.quotes import quote_of

WAIT_S = 30.0

TORQUE = Passage(
    document="PX-204",
    title="PX-204 mud pump, field manual",
    revision="C",
    page=7,
    heading="Torque table",
    text="Fluid end studs: 320 Nm. Liner cage bolts: 275 Nm. Tighten crosswise in two rounds.",
    score=9.1,
)
CLAMPS = Passage(
    document="PX-204",
    title="PX-204 mud pump, field manual",
    revision="C",
    page=7,
    heading="Hose clamps",
    text="The clamps of the suction hose are tightened to 18 Nm.",
    score=5.2,
)
SAFETY = Passage(
    document="SH-1",
    title="SH-1 site safety",
    revision="A",
    page=2,
    heading="Lockout",
    text="Fit a red lock and a tag to breaker Q4 before any work on the mud pump.",
    score=1.4,
)
PASSAGES = (TORQUE, CLAMPS, SAFETY)

PAGE = (
    "## Torque table\n\nFluid end studs: 320 Nm. Liner cage bolts: 275 Nm. Tighten crosswise in two"
    " rounds.\n\n## Hose clamps\n\nThe clamps of the suction hose are tightened to 18 Nm.\n\nCheck"
    " every joint again after one hour of running."
)

ASSISTANT = Assistant(
    name="Northern Ridge field assistant",
    language="en",
    system_prompt="Answer from the manuals.",
    examples=(
        "What torque do the fluid end studs need?",
        "The driller panel shows E 17, what is wrong?",
        "How do I isolate the mud pump?",
    ),
    model="models/demo.gguf",
    model_name="Ridge-Phi-5M",
    quantization="Q4_K_M",
    template="phi3",
    context=2048,
    max_tokens=256,
    library="library.sqlite3",
    passages=3,
    passage_tokens=600,
    evidence_only=True,
)


@dataclass(frozen=True, kw_only=True)
class Script:
    """How one generation goes.

    ``hold_after`` tokens the engine waits until ``ScriptedEngine.go`` is set (or it is aborted);
    ``die_after`` tokens its process is gone. ``finish`` is how it ends when left alone.
    """

    pieces: tuple[str, ...]
    hold_after: int | None = None
    die_after: int | None = None
    finish: str = "stop"
    prompt_tokens: int = 300


def words(count: int) -> str:
    """So many different words without a figure: nothing is said twice, and no value is wrong."""
    letters = str.maketrans("0123456789", "aeioubdfgl")
    return " ".join(f"w{str(number).translate(letters)}" for number in range(count))


def script(answer: str, **options: object) -> Script:
    """A script that says ``answer`` word by word."""
    words = answer.split(" ")
    pieces = (*(word + " " for word in words[:-1]), words[-1])
    return Script(pieces=pieces, **options)  # type: ignore[arg-type]  # test convenience


ANSWER = "The fluid end studs are tightened to **320 Nm**, crosswise in two rounds [1]."


class ScriptedEngine:
    """Implements core.generation.Engine without a model; every generation follows a script.

    ``go`` lets held generations continue; ``loading`` lets a held load continue; ``started``,
    ``aborts`` and ``requests`` record what was asked of it.
    """

    def __init__(
        self,
        *scripts: Script,
        hold_load: bool = False,
        load_error: EngineFailure | None = None,
        context: int = 2048,
    ) -> None:
        self._scripts = list(scripts) or [script(ANSWER)]
        self._aborted = threading.Event()
        self._hold_load = hold_load
        self._context = context
        self.load_error = load_error
        self.go = threading.Event()
        self.loading = threading.Event()
        self.started = 0
        self.aborts = 0
        self.prepared: list[tuple[Message, ...]] = []
        self.closed = False
        self.requests: list[Request] = []
        self.settings = Settings(decode_threads=4, prefill_threads=4)

    def start(self) -> Iterator[Loading]:
        self.started += 1
        yield Loading(0.1)
        yield Loading(0.4)
        if self._hold_load:
            self._wait(self.loading)
        if self.load_error is not None:
            raise self.load_error
        yield Loading(1.0)

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            architecture="phi3",
            context=self._context,
            parameters=5_000_000,
            model_bytes=4_000_000,
            variant="haswell",
            settings=self.settings,
            load_s=0.2,
        )

    def count(self, messages: Sequence[Message]) -> int:
        return sum(len(message.content.split()) + 2 for message in messages)

    def generate(self, request: Request) -> Iterator[Event]:
        self._aborted.clear()
        self.requests.append(request)
        plan = self._scripts[min(len(self.requests), len(self._scripts)) - 1]
        yield Prefill(plan.prompt_tokens // 2, plan.prompt_tokens)
        yield Prefill(plan.prompt_tokens, plan.prompt_tokens)
        said = 0
        for piece in plan.pieces:
            if said == plan.die_after:
                raise EngineFailure(
                    "the engine ended unexpectedly (killed by signal 9)",
                    hint="It may have run out of memory; close other programs.",
                )
            if said == plan.hold_after:
                self._wait(self.go)
            if self._aborted.is_set() or self.closed:
                yield Done(finish="aborted", stats=self._stats(plan, said))
                return
            yield Token(piece)
            said += 1
        yield Done(finish=plan.finish, stats=self._stats(plan, said))

    def prepare(self, messages: Sequence[Message]) -> None:
        self.prepared.append(tuple(messages))

    def apply(self, settings: Settings) -> bool:
        self.settings = settings
        return False

    def abort(self) -> None:
        self.aborts += 1
        self._aborted.set()

    def close(self) -> None:
        self.closed = True
        self._aborted.set()

    def _wait(self, event: threading.Event) -> None:
        """Wait for the test, for an abort, or for the end."""
        for _ in range(int(WAIT_S / 0.01)):
            if event.wait(0.01) or self._aborted.is_set() or self.closed:
                return
        raise EngineFailure("the test never let the engine go on")

    def _stats(self, plan: Script, said: int) -> Stats:
        return Stats(
            ttft_s=0.42,
            prefill_tokens=plan.prompt_tokens,
            reused_tokens=40,
            prefill_tps=710.0,
            decode_tps=38.5,
            completion_tokens=said,
            context_used=plan.prompt_tokens + said,
        )


class ScriptedChecks:
    """Checks as ``evidence.judge`` says, else as the product does."""

    def __init__(self, evidence: FakeEvidence, passages: Sequence[Passage], question: str) -> None:
        self._evidence = evidence
        self._passages = passages
        self._question = question

    def check(self, text: str, *, complete: bool = True) -> Checked:
        scripted = self._evidence.judge(text)
        return scripted or check(text, self._passages, self._question, complete=complete)


class FakeEvidence:
    """Implements session.Evidence over a fixed set of passages."""

    def __init__(self, engine: ScriptedEngine, passages: Sequence[Passage] = PASSAGES) -> None:
        self._engine = engine
        self._passages = tuple(passages)
        self._nearest = self._passages or PASSAGES
        self.asked: list[str] = []
        self.budget = 1500
        self.state = State.ANSWERED
        self.languages: tuple[str, ...] = ()
        self.words_only: FieldkitError | None = None
        self.most_given = 9
        self.judge: Callable[[str], Checked | None] = lambda _text: None

    def find(self, question: str, history: Sequence[Turn] = ()) -> Finding:
        return self.look(question, history)

    def quote(self, found: Finding, question: str) -> Quote | None:
        return None if found.state is State.NONE else quote_of(found.passages, question)

    def fitting(self, passages: Sequence[Passage]) -> int:
        return min(len(passages), self.most_given)

    def checks(self, passages: Sequence[Passage], question: str) -> Checks:
        return ScriptedChecks(self, passages, question)

    def look(self, question: str, history: Sequence[Turn] = ()) -> Finding:
        self.asked.append(question)
        state = self.state if self._passages else State.NONE
        passages = self._nearest if state is State.NONE else self._passages
        return Finding(state, passages, languages=self.languages)

    def request(self, turns: Sequence[Turn]) -> Request:
        prompt = messages(
            "",
            turns,
            budget=self.budget,
            size=lambda message: self._engine.count([message]),
            room=lambda turn: self._engine.count([asked(turn)]),
        )
        return Request(messages=prompt, max_tokens=256)

    def answerable(self, found: Finding) -> bool:
        return bool(self._passages)

    def finish(
        self,
        text: str,
        passages: Sequence[Passage],
        question: str = "",
        *,
        complete: bool = True,
        checks: Checks | None = None,
    ) -> Answer:
        checks = checks or self.checks(passages, question)
        checked = None if refused(text) else checks.check(text, complete=complete)
        return Answer(
            text=text,
            checked=checked,
            citations=cited_in(text, checked, passages),
            refused=refused(text),
            nearest=tuple(passages) if refused(text) else (),
        )

    def refusal(
        self, question: str, history: Sequence[Turn] = (), found: Finding | None = None
    ) -> Answer:
        state = found.state if found else State.NONE
        quote = self.quote(found, question) if found else None
        return Answer(
            text=REFUSAL,
            citations=(),
            refused=True,
            nearest=self._nearest,
            state=state,
            quote=quote,
        )
