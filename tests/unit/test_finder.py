"""Searching the history while something is typed: off the screen's thread, the last words win."""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.chat.finder import Finder, Result
from fieldkit.chat.store import HistoryUnusable, Store

PATIENCE_S = 30.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "history" / "c.sqlite3")
    for title, answers in (("Pump", ("studs 320 Nm", "hose 18 Nm")), ("Panel", ("E 17 low oil",))):
        conversation = store.create(title)
        for number, answer in enumerate(answers):
            turn = store.append(conversation, f"question {number}")
            store.update(turn, answer, finish="stop")
    yield store
    store.close()


@pytest.fixture
def found() -> queue.SimpleQueue[Result]:
    return queue.SimpleQueue()


@pytest.fixture
def finder(store: Store, found: queue.SimpleQueue[Result]) -> Iterator[Finder]:
    finder = Finder(store.path, found.put)
    yield finder
    finder.close()


def test_it_names_the_turn_that_matched(
    store: Store, finder: Finder, found: queue.SimpleQueue[Result]
) -> None:
    finder.find("hose")
    (hit,) = found.get(timeout=PATIENCE_S).hits
    second = store.load(hit.conversation.id)[1]
    assert (hit.conversation.title, hit.turn) == ("Pump", second.id)
    finder.find("panel")
    (hit,) = found.get(timeout=PATIENCE_S).hits
    assert (hit.conversation.title, hit.turn, hit.excerpt) == ("Panel", 0, "")


def test_without_words_it_lists_the_last_conversations(
    finder: Finder, found: queue.SimpleQueue[Result]
) -> None:
    finder.find(" ")
    assert {hit.conversation.title for hit in found.get(timeout=PATIENCE_S).hits} == {
        "Pump",
        "Panel",
    }


def test_the_last_words_are_always_told_and_nothing_after_them(
    finder: Finder, found: queue.SimpleQueue[Result]
) -> None:
    words = ["question", "hose"]
    typed = [" ".join(words)[:end] for end in range(1, 14)] * 20
    for text in [*typed, "low oil"]:
        finder.find(text)
    told = []
    while not told or told[-1].words != "low oil":
        told.append(found.get(timeout=PATIENCE_S))
    assert [hit.conversation.title for hit in told[-1].hits] == ["Panel"]
    assert all(result.problem is None for result in told)
    assert found.empty()


def test_it_waits_for_no_writer(
    store: Store, finder: Finder, found: queue.SimpleQueue[Result]
) -> None:
    writer = sqlite3.connect(store.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    finder.find("hose")
    assert len(found.get(timeout=PATIENCE_S).hits) == 1
    writer.execute("ROLLBACK")
    writer.close()


def test_a_history_that_is_gone_is_told(tmp_path: Path, found: queue.SimpleQueue[Result]) -> None:
    finder = Finder(tmp_path / "none.sqlite3", found.put)
    finder.find("x")
    assert isinstance(found.get(timeout=PATIENCE_S).problem, HistoryUnusable)
    finder.close()


def test_a_connection_for_reading_changes_nothing(store: Store) -> None:
    reader = Store(store.path, reading=True)
    with pytest.raises(HistoryUnusable):
        reader.create("x")
    store.create("seen at once")
    assert reader.conversations()[0].title == "seen at once"
    reader.close()
