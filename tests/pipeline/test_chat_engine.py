"""The conversation on the real engine: read ahead, asked again, and a worker that dies."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.chat.driver import Driver, Failed, Notice, Ready, Settled
from fieldkit.chat.session import Ended, Session
from fieldkit.chat.store import Store
from fieldkit.core.generation import Event, Request, Token
from fieldkit.core.prompt import Message
from fieldkit.engine.client import EngineClient
from fieldkit.library.answering import Answering
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.search import Library
from tests.fakes import ASSISTANT

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

DEMO = Path(__file__).parents[2] / "profiles" / "demo"
STUDS = "What torque do the fluid end studs need?"
OIL = "Which oil goes into the power end of the mud pump?"
WAIT_S = 120


class Recording(EngineClient):
    """Remembers what it was to read ahead; ``endless`` makes it draw until its room is used up."""

    endless = False

    def __init__(self, model: Path) -> None:
        super().__init__(model, template="phi3", context=1024)
        self.wanted: list[str] = []

    def prepare(self, messages: Sequence[Message]) -> None:
        super().prepare(messages)
        self.wanted.append(messages[-1].content)

    def generate(self, request: Request) -> Iterator[Event]:
        if self.endless:
            request = replace(request, max_tokens=600, temperature=50.0, top_p=1.0)
        return super().generate(request)


class Chat:
    """A driver over the demo's model and manuals, and what it tells."""

    def __init__(self, engine: Recording, library: Library, store: Store) -> None:
        self.engine = engine
        self.store = store
        self.on_token: Callable[[], None] | None = None
        self._notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        assistant = replace(ASSISTANT, context=1024, max_tokens=96, passages=2)
        session = Session(
            evidence=Answering(assistant, library, engine), engine=engine, store=store
        )
        self.driver = Driver(session=session, engine=engine, tell=self._told)
        self.driver.begin()
        self.until(Ready)

    def _told(self, notice: Notice) -> None:
        self._notices.put(notice)
        if isinstance(notice, Token) and self.on_token is not None:
            self.on_token()

    def until(self, kind: type) -> list[Notice]:
        """What is told up to and including a notice of this kind."""
        seen: list[Notice] = []
        while not seen or not isinstance(seen[-1], kind):
            seen.append(self._notices.get(timeout=WAIT_S))
        return seen

    def ask(self, question: str, *, again: bool = False) -> Ended:
        self.driver.ask(question, again=again)
        (ended,) = [notice for notice in self.until(Settled) if isinstance(notice, Ended)]
        return ended

    def read_ahead(self, end: str) -> None:
        """Wait until what ends with ``end`` was wanted and is read."""
        deadline = time.monotonic() + WAIT_S
        while not (
            self.engine.wanted and self.engine.wanted[-1].endswith(end) and self.engine.prepared
        ):
            assert time.monotonic() < deadline, f"never read, but {self.engine.wanted}"
            time.sleep(0.01)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("library") / "library.sqlite3"
    build(path, read_folders([DEMO / "manuals"]).documents)
    with Library.open(path) as opened:
        yield opened


@pytest.fixture
def chat(demo_model: Path, library: Library, tmp_path: Path) -> Iterator[Chat]:
    store = Store(tmp_path / "history" / "c.sqlite3")
    chat = Chat(Recording(demo_model), library, store)
    yield chat
    chat.driver.close()
    store.close()


def test_what_was_typed_is_read_when_the_question_comes(chat: Chat) -> None:
    for length in range(1, len(STUDS) + 1):
        chat.driver.typed(STUDS[:length])
    chat.read_ahead(STUDS)
    stats = chat.ask(STUDS).kept.stats
    assert stats
    assert stats.reused_tokens > 8 * stats.prefill_tokens, "all but the end was read before"


def test_a_typed_question_that_was_not_asked_changes_no_answer(chat: Chat) -> None:
    plain = chat.ask(STUDS).kept.answer
    chat.driver.new()
    chat.driver.typed(OIL)
    chat.read_ahead(OIL)
    assert chat.ask(STUDS).kept.answer == plain


def test_the_conversation_is_read_before_the_next_question(chat: Chat) -> None:
    first, second = chat.ask(STUDS).kept.stats, chat.ask(OIL).kept.stats
    assert first
    assert second
    assert second.reused_tokens >= first.context_used - 1, "the answer's own tokens, too"


def test_answering_again_reads_next_to_nothing(chat: Chat) -> None:
    first, again = chat.ask(STUDS), chat.ask(STUDS, again=True)
    assert again.kept.stats
    assert again.kept.stats.prefill_tokens <= 2
    (kept,) = chat.store.load(chat.store.conversations()[0].id)
    assert kept.id == again.kept.id != first.kept.id


def test_saving_the_battery_changes_threads_and_no_word_of_an_answer(chat: Chat) -> None:
    usual = chat.engine.info.settings
    chat.engine.wanted.clear()
    answers = []
    for saving in (False, True, False):
        chat.driver.save_battery(saving)
        if answers:
            (*_, ready) = chat.until(Ready)
            assert isinstance(ready, Ready)
            in_force = usual.spared if saving else usual
            assert ready.info.settings == chat.engine.info.settings == in_force
        chat.engine.wanted.clear()
        chat.driver.new()
        answers.append([chat.ask(question).kept.answer for question in (STUDS, OIL)])
        assert bool(chat.engine.wanted) is not saving, "nothing is read ahead meanwhile"
    assert usual.spared.decode_threads < usual.decode_threads
    assert answers[0] == answers[1] == answers[2], "greedy, whatever the threads"


@pytest.mark.skipif(os.name != "posix", reason="kills as a system does that is out of memory")
def test_a_worker_killed_while_it_answers_keeps_the_text_and_comes_back(chat: Chat) -> None:
    before = chat.engine.pid
    chat.engine.endless = True
    chat.on_token = lambda: os.kill(before, signal.SIGKILL) if chat.engine.pid == before else None
    chat.driver.ask(STUDS)
    seen = chat.until(Ready)
    chat.engine.endless, chat.on_token = False, None
    (ended,) = [notice for notice in seen if isinstance(notice, Ended)]
    said = "".join(notice.text for notice in seen if isinstance(notice, Token))
    assert said
    assert (ended.kept.answer, ended.kept.finish) == (said, "failed")
    (kept,) = chat.store.load(chat.store.conversations()[0].id)
    assert kept.answer == said
    (failed,) = [notice for notice in seen if isinstance(notice, Failed)]
    assert failed.restarting
    assert "killed by the system" in failed.error.message
    assert chat.engine.pid not in {0, before}
    assert chat.ask(STUDS, again=True).kept.finish in {"stop", "length"}
    assert len(chat.store.load(chat.store.conversations()[0].id)) == 1


@pytest.mark.skipif(os.name != "posix", reason="kills as a system does that is out of memory")
def test_a_worker_killed_while_nothing_is_asked_comes_back(chat: Chat) -> None:
    os.kill(chat.engine.pid, signal.SIGKILL)
    chat.driver.ask(STUDS)
    assert not [notice for notice in chat.until(Failed) if isinstance(notice, Token)]
    chat.until(Ready)
    assert chat.ask(STUDS, again=True).kept.answer
