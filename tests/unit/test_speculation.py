"""Drafts from what a text already holds, and the bookkeeping that decides whether they pay."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.engine.speculation import Economy, NgramIndex, Speculator

Cost = Callable[[int], float]


def index(tokens: Sequence[int]) -> NgramIndex:
    made = NgramIndex()
    for token in tokens:
        made.append(token)
    return made


def test_nothing_is_drafted_where_nothing_repeats() -> None:
    assert index([]).draft(4) == []
    assert index(range(100)).draft(4) == []
    assert index(range(100)).guess() == -1


def test_a_draft_is_what_followed_the_last_tokens_before() -> None:
    text = index([7, 1, 2, 3, 4, 5, 6, 9, 1, 2])
    assert text.draft(3) == [3, 4, 5]
    assert text.guess() == 3
    assert text.matched == 2
    text.append(3)
    assert text.matched == 3
    assert text.draft(2) == [4, 5]


def test_what_followed_last_is_taken() -> None:
    assert index([1, 2, 3, 8, 1, 2, 4, 8, 9, 1, 2]).draft(1) == [4]


def test_a_longer_match_is_taken_before_a_later_one() -> None:
    assert index([5, 6, 1, 2, 3, 9, 1, 2, 7, 9, 5, 6, 1, 2]).draft(1) == [3]


def test_a_text_that_repeats_itself_goes_round() -> None:
    assert index([1, 2, 3, 1, 2, 3, 1, 2, 3]).draft(8) == [1, 2, 3, 1, 2, 3, 1, 2]
    assert index([4, 4, 4]).draft(5) == [4] * 5


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 15))
def test_a_guess_is_always_a_continuation_that_stands_in_the_text(
    tokens: list[int], length: int
) -> None:
    text = index(tokens)
    draft = text.draft(length)
    assert len(draft) in {0, length}
    if draft:
        matched = text.matched
        assert matched >= 2
        tail = tokens[-min(matched, len(tokens)) :][-2:]
        places = [
            at for at in range(2, len(tokens)) if tokens[at - 2 : at] == tail
            and tokens[at] == draft[0]
        ]  # fmt: skip
        assert places


def write(
    prompt: Sequence[int], answer: Sequence[int], cost: Cost, economy: Economy
) -> tuple[float, Speculator]:
    """Write ``answer`` in virtual time: how many times as fast as one by one, and the drafts."""
    speculator = Speculator(economy)
    speculator.read([*prompt, answer[0]])
    written, spent = 1, 0.0
    while written < len(answer):
        draft = speculator.draft(min(15, len(answer) - written - 1))
        right = 0
        while right < len(draft) and draft[right] == answer[written + right]:
            right += 1
        seconds = cost(len(draft) + 1)
        spent += seconds
        speculator.verified(answer[written : written + right + 1], len(draft), seconds)
        written += right + 1
    return (len(answer) - 1) * cost(1) / spent, speculator


def memory_bound(tokens: int) -> float:
    """A batch of 4 costs as much as one token, as on a processor that waits for its memory."""
    return max(0.045, 0.012 * tokens)


def shared(tokens: int) -> float:
    """Every further token costs a third of the first."""
    return 0.045 + 0.015 * (tokens - 1)


def compute_bound(tokens: int) -> float:
    """A batch saves nothing."""
    return 0.045 * tokens


def prose(seed: int, length: int) -> list[int]:
    """Tokens as frequent as words are (Zipf's law), so that pairs recur without meaning it."""
    generator = random.Random(seed)
    weights = [1 / (rank + 3) for rank in range(3000)]
    return generator.choices(range(3000), weights, k=length)


def quoting(prompt: Sequence[int], seed: int, length: int) -> list[int]:
    """Passages of the prompt, with some words between them."""
    generator = random.Random(seed)
    answer: list[int] = []
    while len(answer) < length:
        start = generator.randrange(len(prompt) - 60)
        answer += prompt[start : start + generator.randint(20, 60)]
        answer += generator.choices(range(3000), k=8)
    return answer[:length]


@pytest.mark.parametrize("cost", [memory_bound, shared])
def test_quotes_are_written_faster_where_a_batch_is_cheap(cost: Cost) -> None:
    prompt = prose(1, 800)
    gain, speculator = write(prompt, quoting(prompt, 2, 300), cost, Economy())
    assert gain >= 1.3
    assert speculator.accepted > 0.6 * speculator.drafted > 0


@pytest.mark.parametrize("cost", [memory_bound, shared, compute_bound])
@pytest.mark.parametrize("seed", range(5))
def test_free_text_is_not_slowed_down(cost: Cost, seed: int) -> None:
    prompt, answer = prose(seed, 800), prose(100 + seed, 500)
    gain, _ = write(prompt, answer, cost, Economy())
    assert gain >= 0.98


def test_what_does_not_pay_is_switched_off_even_for_quotes() -> None:
    prompt = prose(1, 800)
    economy = Economy()
    gain, _ = write(prompt, quoting(prompt, 2, 300), compute_bound, economy)
    assert gain >= 0.97
    gain, later = write(prompt, quoting(prompt, 3, 300), compute_bound, economy)
    assert gain >= 0.98
    assert later.drafted < 100


def test_it_comes_back_when_batches_become_cheap() -> None:
    prompt = prose(1, 800)
    economy = Economy()
    write(prompt, quoting(prompt, 2, 500), compute_bound, economy)
    for seed in range(3, 9):
        gain, _ = write(prompt, quoting(prompt, seed, 500), memory_bound, economy)
    assert gain >= 1.3


def test_it_learns_from_text_it_did_not_draft() -> None:
    """Misses cost nothing once they were seen, and hits are noticed without drafting."""
    economy = Economy()
    prompt = prose(1, 800)
    gain, speculator = write(prompt, prose(7, 2000), shared, economy)
    assert gain >= 0.98
    tried = speculator.drafted
    gain, _ = write(prompt, quoting(prompt, 2, 400), shared, economy)
    assert gain >= 1.2
    assert tried < 400


def test_one_hiccup_does_not_change_what_a_step_is_taken_to_cost() -> None:
    economy = Economy()
    for _ in range(20):
        economy.stepped(1, 0.04)
        economy.stepped(2, 0.05)
    for _ in range(40):
        economy.judge(2, hit=False)
    assert economy.length(2, 15) == 0
    economy.stepped(1, 5.0)
    assert economy.length(2, 15) == 0


def test_sizes_are_approached_step_by_step() -> None:
    economy = Economy()
    assert economy.length(20, 15) == 0  # nothing was measured yet
    tried = [1]
    for _ in range(6):
        economy.stepped(tried[-1], memory_bound(tried[-1]))
        tried.append(economy.length(20, 15) + 1)
    assert all(after <= 2 * before for before, after in itertools.pairwise(tried))
    assert max(tried) > 2


@pytest.mark.parametrize("limit", [0, -3])
def test_no_room_no_draft(limit: int) -> None:
    economy = Economy()
    economy.stepped(1, 0.1)
    speculator = Speculator(economy)
    speculator.read([1, 2, 3, 1, 2])
    assert speculator.draft(limit) == []
