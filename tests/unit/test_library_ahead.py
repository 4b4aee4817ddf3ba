"""Reading ahead: what is known while a question is typed, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from fieldkit.core.citation import Finding, State
from fieldkit.core.conversation import Turn
from fieldkit.core.prompt import Message, render
from fieldkit.library.ahead import PAUSE_S, Ahead
from fieldkit.library.answering import Answering
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.search import Library
from tests.unit.test_library_answering import ASSISTANT, DEMO, STUDS, WordCounter

HISTORY = (Turn(question="How is the gas detector charged?", answer="In its cradle [1]."),)


class Counter(WordCounter):
    """Remembers how often it was asked: each time would interrupt an engine that reads."""

    def __init__(self) -> None:
        self.asked = 0

    def count(self, messages: Sequence[Message]) -> int:
        self.asked += 1
        return super().count(messages)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("library") / "library.sqlite3"
    build(path, read_folders([DEMO / "manuals"]).documents)
    with Library.open(path) as opened:
        yield opened


def typing(ahead: Ahead, text: str, *, per_second: float = 5.0) -> list[tuple[Message, ...]]:
    """What is prepared while ``text`` is typed at this rate."""
    given = []
    for length in range(1, len(text) + 1):
        now = length / per_second
        if ahead.due is not None and ahead.due <= now:
            given.append(ahead.typed(text[: length - 1], ahead.due))
        given.append(ahead.typed(text[:length], now))
    return [messages for messages in given if messages]


def text_of(messages: Sequence[Message]) -> str:
    """The rendering up to the end of the last message's text: what may only grow."""
    segments = list(render("phi3", messages))
    while segments[-1].special and segments[-1].text != "<|user|>":
        segments.pop()
    return "".join(segment.text for segment in segments)


@pytest.mark.parametrize("history", [(), HISTORY], ids=["first", "later"])
def test_what_is_prepared_begins_the_request(library: Library, history: Sequence[Turn]) -> None:
    answering = Answering(ASSISTANT, library, WordCounter())
    ahead = Ahead(answering)
    base = ahead.begin(history)
    given = typing(ahead, STUDS)
    assert given, "the passages were found before the question was complete"
    final = Turn(question=STUDS, passages=answering.find(STUDS, history))
    request = answering.request([*history, final])
    wanted = text_of(request.messages)
    assert wanted.startswith(text_of(base))
    assert wanted.startswith(text_of(given[-1]))
    assert len(text_of(given[-1])) > 0.9 * len(wanted), "nearly everything is read by then"


def test_the_base_is_all_but_the_question(library: Library) -> None:
    ahead = Ahead(Answering(ASSISTANT, library, WordCounter()))
    roles = [(message.role, bool(message.content)) for message in ahead.begin(HISTORY)]
    assert roles == [("system", True), ("user", True), ("assistant", True), ("user", False)]


def test_a_word_that_may_still_grow_is_not_searched(library: Library) -> None:
    ahead = Ahead(Answering(ASSISTANT, library, WordCounter()))
    ahead.begin(())
    for length in range(1, len("torque") + 1):
        assert ahead.typed("torque"[:length], 0.0) is None
    given = ahead.typed("torque ", 0.0)
    assert given
    assert given[-1].content.endswith("Question: torque")
    assert ahead.typed("torque st", 0.0) is None


class Found:
    """Finds for each question what it is told; counts the searches."""

    def __init__(self, answering: Answering, **found: tuple) -> None:
        self.found = found
        self.searched: list[str] = []
        self.request = answering.request
        self.answerable = answering.answerable

    def find(self, question: str, history: Sequence[Turn] = ()) -> Finding:
        self.searched.append(question)
        found = self.found.get(question.split()[-1], ())
        return Finding(State.ANSWERED if found else State.NONE, found)


@pytest.fixture
def passages(library: Library) -> tuple:
    return library.search(STUDS, 3)


def test_what_was_found_last_is_the_guess(library: Library, passages: tuple) -> None:
    one, other = passages[:1], passages[1:2]
    found = Found(Answering(ASSISTANT, library, WordCounter()), a=one, b=other)
    ahead = Ahead(found)
    ahead.begin(())
    for text, evidence in (("a ", one), ("a b ", other), ("a b a ", one)):
        given = ahead.typed(text, 0.0)
        assert given
        assert evidence[0].text in given[-1].content
    assert ahead.typed("a b a c ", 0.0) is None, "nothing found is nothing to read"


def test_the_end_of_a_sentence_is_the_end_of_its_last_word(
    library: Library, passages: tuple
) -> None:
    ahead = Ahead(Found(Answering(ASSISTANT, library, WordCounter()), **{"b?": passages}))
    ahead.begin(())
    assert ahead.typed("a b", 1.0) is None
    given = ahead.typed("a b?", 1.0)
    assert given
    assert given[-1].content.endswith("Question: a b?")
    assert ahead.typed("a b?", 9.0) is None, "the pause after it finds nothing new"


def test_a_pause_makes_it_certain_once(library: Library, passages: tuple) -> None:
    found = Found(Answering(ASSISTANT, library, WordCounter()), b=passages)
    ahead = Ahead(found)
    ahead.begin(())
    assert ahead.due is None
    assert ahead.typed("a b", 1.0) is None
    assert ahead.due == 1.0 + PAUSE_S
    assert ahead.typed("a b", 1.0 + PAUSE_S / 2) is None
    given = ahead.typed("a b", 1.0 + PAUSE_S)
    assert given
    assert given[-1].content.endswith("Question: a b")
    assert ahead.due is None
    assert ahead.typed("a b", 9.0) is None
    assert found.searched == ["a", "a b"]


def test_a_pause_ends_a_word(library: Library, passages: tuple) -> None:
    ahead = Ahead(Found(Answering(ASSISTANT, library, WordCounter()), a=passages))
    ahead.begin(())
    assert ahead.typed("a", 1.0) is None
    assert ahead.typed("a", 1.0 + PAUSE_S)
    assert ahead.typed("a ", 1.0 + PAUSE_S) is None, "it is the same question"


def test_without_evidence_nothing_is_prepared(library: Library) -> None:
    ahead = Ahead(Answering(ASSISTANT, library, WordCounter()))
    ahead.begin(())
    assert typing(ahead, "Who won the football match last night? ") == []


def test_a_question_that_is_too_long_is_left_to_the_asking(
    library: Library, passages: tuple
) -> None:
    ahead = Ahead(Found(Answering(ASSISTANT, library, WordCounter()), word=passages))
    ahead.begin(())
    text = "word " * 3000
    assert ahead.typed(text, 0.0) is None
    assert ahead.typed(text, PAUSE_S) is None


def test_the_engine_counts_each_piece_once(library: Library) -> None:
    counter = Counter()
    answering = Answering(ASSISTANT, library, counter)
    ahead = Ahead(answering)
    ahead.begin(HISTORY)
    typing(ahead, STUDS)
    asked = counter.asked
    ahead.begin(HISTORY)
    typing(ahead, STUDS)
    answering.request([*HISTORY, Turn(question=STUDS, passages=answering.find(STUDS, HISTORY))])
    assert counter.asked == asked
