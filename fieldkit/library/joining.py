"""What is found in the manuals and what is found in own documents -> one list.

The manuals' order stays, and that of own documents; the best passage of the manuals always stays,
and what a manual says word for word is not shown again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fieldkit.library.blending import worth
from fieldkit.library.normal import normal
from fieldkit.library.search import Ranked

_ALIKE = 0.05  # what differs by less is as good


def joined(
    company: Sequence[Ranked], own: Sequence[Ranked], copies: Sequence[Ranked], limit: int
) -> list[Ranked]:
    """The best ``limit`` of the manuals, of own documents, and of own copies of the manuals.

    What a manual says word for word is not shown again; the manual's passage mentions the copy.
    What else such a copy holds comes after everything: the company's own manual is what holds.
    """
    texts = {_bare(each): place for place, each in reversed(list(enumerate(company)))}
    told = list(company)
    rest: tuple[list[Ranked], list[Ranked]] = ([], [])
    for kind, entries in enumerate((own, copies)):
        for entry in entries:
            place = texts.get(_bare(entry))
            if place is None:
                rest[kind].append(entry)
            else:
                copied = replace(told[place].passage, copied=True)
                told[place] = replace(told[place], passage=copied)
    found = merged(told, rest[0], limit)
    return [*found, *rest[1][: limit - len(found)]]


def _bare(found: Ranked) -> str:
    return letters_of(f"{found.passage.heading} {found.passage.text}")


def letters_of(text: str) -> str:
    """The letters and digits of ``text``: two copies may be broken into lines otherwise."""
    return "".join(filter(str.isalnum, normal(text).casefold()))


def among(own: Ranked, company: Sequence[Ranked]) -> bool:
    """Whether one of ``company`` says word for word what ``own`` does."""
    return _bare(own) in map(_bare, company)


def merged(company: Sequence[Ranked], own: Sequence[Ranked], limit: int) -> list[Ranked]:
    """The best ``limit`` of two lists, each best first, whose order stays.

    What covers clearly more of the question comes first, where meaning counts with what a standing
    is worth; of what is as good, one of each in turn, beginning with ``company``. Its first is
    among the result wherever there is room for two.
    """
    ours, theirs = list(own), list(company)
    covered = max((each.coverage for each in (*own, *company)), default=0.0)

    def good(found: Ranked) -> float:
        return found.coverage + worth(found.standing, covered)

    result: list[Ranked] = []
    taken = 0
    while len(result) < limit and (ours or theirs):
        if _own_is_next(ours, theirs, good, taken, len(result) - taken):
            taken += 1
            result.append(ours.pop(0))
        else:
            result.append(theirs.pop(0))
    if company and limit > 1 and taken == len(result) and not company[0].passage.superseded_by:
        result[-1] = company[0]
    return result


def _own_is_next(
    ours: Sequence[Ranked],
    theirs: Sequence[Ranked],
    good: Callable[[Ranked], float],
    taken: int,
    others: int,
) -> bool:
    if not ours or not theirs:
        return bool(ours)
    holds, their_holds = not ours[0].passage.superseded_by, not theirs[0].passage.superseded_by
    if holds != their_holds:
        return holds
    best = max(map(good, theirs))
    if abs(good(ours[0]) - best) < _ALIKE:
        return taken < others
    return good(ours[0]) > best
