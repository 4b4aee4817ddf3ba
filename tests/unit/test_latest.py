"""The newest of several things is handled in a thread of its own, and nobody waits for it."""

from __future__ import annotations

import threading
import time

from fieldkit.engine.latest import Latest


class Handler:
    """Handles one item at a time, each only when the test lets it."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def __call__(self, item: int) -> None:
        self.begun.release()
        assert self.go.acquire(timeout=60)
        self.handled.append(item)


def test_only_the_newest_is_handled_after_the_one_that_is() -> None:
    handler = Handler()
    latest = Latest(handler)
    latest.put(1)
    assert handler.begun.acquire(timeout=60)
    for item in (2, 3, 4):
        latest.put(item)
    handler.go.release()
    assert handler.begun.acquire(timeout=60)
    handler.go.release()
    latest.forget()
    assert handler.handled == [1, 4]
    latest.close()


def test_what_was_forgotten_is_not_handled_and_what_was_begun_is_done() -> None:
    handler = Handler()
    latest = Latest(handler)
    latest.put(1)
    assert handler.begun.acquire(timeout=60)
    latest.put(2)
    forgetting = threading.Thread(target=latest.forget)
    forgetting.start()
    deadline = time.monotonic() + 60
    while latest._item is not None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert forgetting.is_alive()
    handler.go.release()
    forgetting.join(60)
    assert handler.handled == [1]
    latest.put(3)
    handler.go.release()
    assert handler.begun.acquire(timeout=60)
    latest.forget()
    assert handler.handled == [1, 3]
    latest.close()


def test_after_the_end_nothing_is_handled_and_no_thread_is_left() -> None:
    handler = Handler()
    latest = Latest(handler)
    latest.close()
    latest.put(1)
    assert latest._thread is None
    latest = Latest(handler)
    latest.put(1)
    assert handler.begun.acquire(timeout=60)
    latest.put(2)
    latest.close()
    latest.close()
    handler.go.release()
    assert latest._thread is not None
    latest._thread.join(60)
    assert not latest._thread.is_alive()
    assert handler.handled == [1]
