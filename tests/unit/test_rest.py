"""Garbage is looked for while nobody waits."""

from __future__ import annotations

from fieldkit.chat.rest import Rest


def test_nothing_is_collected_while_something_goes_on_or_where_it_is_not_worth_it() -> None:
    now, pending, collected = [0.0], [100], []
    rest = Rest(
        pending=lambda: pending[0], collect=lambda: collected.append(now[0]), clock=lambda: now[0]
    )
    for now[0] in (0.5, 1.0, 1.5):
        rest.tick()
    rest.busy()
    for now[0] in (2.0, 3.0):
        rest.tick()
    assert not collected
    now[0] = 3.6
    rest.tick()
    assert collected == [3.6]
    pending[0] = 3
    now[0] = 9.0
    rest.tick()
    assert collected == [3.6]
