"""The session: what it reuses, saves, restores and guesses, and Phi-3's long prompts.

The models are the demo model and a copy of it with the context and the sliding window of
Phi-3-mini-4k-instruct. The engine reads that window and does not apply it (llama.cpp #13676): every
token attends to all before it, so a cache may be cut anywhere and read on.
"""

from __future__ import annotations

import math
import random
import statistics
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fieldkit import errors, resources
from fieldkit.core.generation import Done, Event, Prefill, Stats, Token
from fieldkit.core.prompt import Message, Segment, render
from fieldkit.core.settings import Settings
from fieldkit.engine import decoder
from fieldkit.engine.model import Model
from fieldkit.engine.replay import ReplaySession
from fieldkit.engine.session import Sampling, Session
from fieldkit.errors import DiskFull, EngineFailure, InvalidInput, Unfit
from tests.gguf_files import rewritten, small_phi3

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

PHI3_CONTEXT, PHI3_WINDOW = 4096, 2047
SETTINGS = Settings(decode_threads=2, prefill_threads=2, ubatch=128)
GREEDY = Sampling()
ROUNDING = 0.05  # how far sums in another order may take logits after 2000 tokens (see ``far``)
EXACT = 1e-4


@pytest.fixture(scope="module")
def model(engine: Path, demo_model: Path) -> Iterator[Model]:
    with Model(demo_model, settings=SETTINGS) as model:
        yield model


@pytest.fixture(scope="module")
def long_model(
    engine: Path, demo_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Model]:
    """The demo model with the context and the window of Phi-3-mini-4k."""
    path = tmp_path_factory.mktemp("long") / "phi3-4k.gguf"
    changed = {
        "phi3.context_length": PHI3_CONTEXT,
        "phi3.attention.sliding_window": PHI3_WINDOW,
    }
    rewritten(demo_model, path, changed)
    with Model(path, settings=SETTINGS) as model:
        yield model


@pytest.fixture
def session(model: Model) -> Iterator[Session]:
    session = Session(model, context=512, settings=SETTINGS)
    yield session
    session.close()


def opened(model: Model, *, speculate: bool = True) -> Session:
    return Session(model, context=model.context, settings=SETTINGS, speculate=speculate)


def prompt(model: Model, length: int, seed: int = 1) -> list[int]:
    """Ordinary tokens of the vocabulary behind the BOS; seeds differ from their first token on."""
    generator = random.Random(seed)
    ordinary = [t for t in range(model.vocabulary) if not model.ends(t) and len(model.piece(t)) > 1]
    return [*model.tokenize([]), *generator.choices(ordinary, k=length)][:length]


def answer(
    session: Session, tokens: Sequence[int], count: int, stop: Sequence[str] = ()
) -> tuple[str, Done, list[Event]]:
    """Text, end and all events of an answer of at most ``count`` tokens."""
    session.arm()
    events = list(session.generate(tokens, max_tokens=count, sampling=GREEDY, stop=stop))
    last = events[-1]
    assert isinstance(last, Done)
    return "".join(event.text for event in events if isinstance(event, Token)), last, events


def stats(session: Session, tokens: Sequence[int], count: int = 4) -> Stats:
    return answer(session, tokens, count)[1].stats


def written(session: Session, tokens: Sequence[int], count: int) -> list[int]:
    """The tokens of a greedy answer, read from what the cache holds afterwards."""
    answer(session, tokens, count)
    return session.tokens[len(tokens) :]


def logits(session: Session) -> list[float]:
    row = session.lib.llama_get_logits_ith(session.handle, -1)
    return list(row[: session.model.vocabulary])


def far(one: Sequence[float], other: Sequence[float]) -> float:
    """The root mean square difference of two rows of logits, as a share of their spread."""
    squares = [(a - b) ** 2 for a, b in zip(one, other, strict=True)]
    return math.sqrt(statistics.mean(squares)) / statistics.pstdev(other)


def manuals(model: Model, length: int) -> list[int]:
    """``length`` tokens of the demo's manuals: text of the kind that the model was made for."""
    folder = resources.folder("profiles") / "demo" / "manuals"
    tokens = model.tokenize([])
    for path in sorted(folder.glob("*.md")):
        tokens += model.tokenize([Segment(path.read_text(encoding="utf-8"))])[model.add_bos :]
    assert len(tokens) >= length
    return tokens[:length]


# What is reused


def test_a_conversation_reuses_all_it_shares(session: Session, model: Model) -> None:
    first = prompt(model, 100)
    spoken = written(session, first, 8)
    after = stats(session, [*first, *spoken, *prompt(model, 10, seed=2)])
    assert after.reused_tokens == len(first) + len(spoken)
    assert after.prefill_tokens == 10


def test_regenerating_reads_one_token(session: Session, model: Model) -> None:
    first = prompt(model, 100)
    text = answer(session, first, 12)[0]
    again, done, _ = answer(session, first, 12)
    assert again == text
    assert (done.stats.reused_tokens, done.stats.prefill_tokens) == (99, 1)


def test_an_edited_question_reads_from_the_edit_on(session: Session, model: Model) -> None:
    first = prompt(model, 100)
    answer(session, first, 8)
    edited = [*first[:60], *prompt(model, 40, seed=3)]
    assert stats(session, edited).reused_tokens == 60


def test_a_branch_reuses_the_turns_before_it(session: Session, model: Model) -> None:
    first = prompt(model, 80)
    turn = [*first, *written(session, first, 8), *prompt(model, 20, seed=4)]
    answer(session, turn, 8)
    branch = [*turn[: len(first) + 4], *prompt(model, 30, seed=5)]
    assert stats(session, branch).reused_tokens == len(first) + 4


def test_an_aborted_prefill_keeps_the_chunks_it_read(session: Session, model: Model) -> None:
    tokens = prompt(model, 400)
    session.arm()
    events: list[Event] = []
    for event in session.generate(tokens, max_tokens=4, sampling=GREEDY):
        events.append(event)
        if event == Prefill(256, 400):
            session.abort()
    assert isinstance(events[-1], Done)
    assert events[-1].finish == "aborted"
    assert session.tokens == tokens[:256]
    other = opened(model)
    expected = answer(other, tokens, 8)[0]
    other.close()
    text, done, _ = answer(session, tokens, 8)
    assert done.stats.reused_tokens == 256
    assert text == expected


def test_an_abort_within_a_batch_leaves_a_cache_that_can_be_used(
    session: Session, model: Model
) -> None:
    """From another thread, at any moment; whatever it met, the next answer is the right one."""
    tokens = prompt(model, 400)
    expected = answer(session, tokens, 8)[0]
    for delay in range(8):
        session.forget()
        session.arm()
        stopper = threading.Timer(0.004 * delay, session.abort)
        stopper.start()
        last = list(session.generate(tokens, max_tokens=40, sampling=GREEDY))[-1]
        stopper.join()
        assert isinstance(last, Done)
        assert session.tokens[:400] == tokens[: len(session.tokens)]
        assert answer(session, tokens, 8)[0] == expected


def test_a_failed_decode_leaves_what_was_read_before_it(session: Session, model: Model) -> None:
    tokens = prompt(model, 200)
    text = answer(session, tokens, 8)[0]
    session.arm()
    with pytest.raises(EngineFailure, match="llama_decode returned") as caught:
        list(session.generate([*tokens, model.vocabulary + 9], max_tokens=4, sampling=GREEDY))
    assert caught.value.hint
    assert session.tokens == tokens
    again, done, _ = answer(session, tokens, 8)
    assert again == text
    assert done.stats.reused_tokens == 199


@pytest.mark.parametrize("ubatch", [1, 3, 64, 512])
def test_any_size_of_batch_reads_the_same_prompt(model: Model, ubatch: int) -> None:
    tokens = prompt(model, 150)
    settings = Settings(decode_threads=1, prefill_threads=2, ubatch=ubatch)
    other = Session(model, context=256, settings=settings)
    other.read(tokens)
    usual = Session(model, context=256, settings=SETTINGS)
    usual.read(tokens)
    assert far(logits(other), logits(usual)) < ROUNDING
    done = answer(other, tokens, 12)[1]
    assert done.stats.completion_tokens > 0
    other.close()
    usual.close()


# How an answer ends


def test_the_end_of_the_context_ends_an_answer(model: Model) -> None:
    session = ReplaySession(model, context=256, settings=SETTINGS)
    tokens, more = prompt(model, 250), prompt(model, 50, seed=6)[1:]
    session.replay(tokens, more)
    text, done, _ = answer(session, tokens, 50)
    assert done.finish == "length"
    assert done.stats.completion_tokens == 6
    assert done.stats.context_used <= 256
    assert text.strip()
    assert stats(session, prompt(model, 255, seed=7)).completion_tokens == 1
    session.close()


def test_stop_strings_end_an_answer_unseen(session: Session, model: Model) -> None:
    tokens = prompt(model, 60)
    whole = answer(session, tokens, 24)[0]
    words = whole.split(" ")
    assert len(words) > 2
    stop = " ".join(words[1:])[:9]
    text, done, events = answer(session, tokens, 24, stop=("never", stop))
    assert done.finish == "stop"
    assert text == whole[: whole.index(stop)]
    seen = "".join(event.text for event in events if isinstance(event, Token))
    assert stop not in seen


def test_the_end_token_ends_an_answer_and_is_not_shown(model: Model) -> None:
    (end,) = model.tokenize([Segment("<|end|>", special=True)])[model.add_bos :]
    session = ReplaySession(model, context=256, settings=SETTINGS)
    words = model.tokenize([Segment("Check the valve.")])[model.add_bos :]
    session._answer = [*words, end, *words]
    text, done, _ = answer(session, prompt(model, 40), 50)
    assert (text, done.finish) == ("Check the valve.", "stop")
    assert done.stats.completion_tokens == len(words) + 1
    assert end not in session.tokens
    session.close()


def test_an_end_token_in_a_passage_is_never_drafted(model: Model) -> None:
    """An earlier turn ends with <|end|>; quoting its last words must not quote its end."""
    (end,) = model.tokenize([Segment("<|end|>", special=True)])[model.add_bos :]
    words = prompt(model, 12, seed=8)[1:]
    session = ReplaySession(model, context=512, settings=SETTINGS)
    for _ in range(4):
        done = session.replay([*prompt(model, 30), *words, end, *words[:6]], [*words[6:], *words])
        assert done.completion_tokens == len(words[6:]) + len(words)
    session.close()


# Growing


@pytest.fixture
def small(model: Model, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session of 1000 tokens whose cache begins with 256 cells."""
    monkeypatch.setattr(decoder, "FIRST_CELLS", 256)
    session = Session(model, context=1000, settings=SETTINGS)
    yield session
    session.close()


def test_a_cache_grows_when_it_is_needed_and_keeps_what_it_holds(
    small: Session, model: Model
) -> None:
    question = prompt(model, 300)
    whole = Session(model, context=1000, settings=SETTINGS, speculate=False)
    expected = answer(whole, question, 20)[0]
    whole.close()
    answer(small, question[:200], 8)
    assert small.cells == 256
    text, done, _ = answer(small, question, 20)
    assert small.cells == 1000
    assert text == expected
    assert done.stats.reused_tokens == 200


def test_a_cache_grows_in_the_middle_of_writing(small: Session, model: Model) -> None:
    small.read(prompt(model, 256))
    held = list(small.tokens)
    small.decode_one(held[5])
    assert small.cells == 1000
    assert small.tokens == [*held, held[5]]
    assert small.truncate(257) == 257


def test_without_a_file_a_growing_cache_reads_again(
    small: Session, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise DiskFull("no space")

    monkeypatch.setattr(small, "_write_state", full)
    question = prompt(model, 300)
    small.read(question[:250])
    done = answer(small, question, 8)[1]
    assert done.stats.reused_tokens == 250
    assert small.cells == 1000


def test_no_memory_for_a_longer_cache_leaves_the_shorter_one(
    small: Session, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = prompt(model, 300)
    answer(small, question[:200], 4)
    held = list(small.tokens)
    monkeypatch.setattr(small, "lib", _Without(small.lib, more_cells_than=256))
    with pytest.raises(Unfit, match="context of 1000"):
        answer(small, question, 8)
    assert small.tokens == held
    assert stats(small, question[:210], 4).reused_tokens == 200


class _Without:
    """The library on a machine without memory for a context of more than some cells."""

    def __init__(self, lib: Any, *, more_cells_than: int) -> None:
        self._lib, self._limit = lib, more_cells_than

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lib, name)

    def llama_init_from_model(self, model: Any, params: Any) -> Any:
        if params.n_ctx > self._limit:
            return None
        return self._lib.llama_init_from_model(model, params)


def test_a_model_whose_rotation_depends_on_the_context_begins_with_all_of_it(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "FIRST_CELLS", 256)
    monkeypatch.setattr(Model, "stretched", True)
    session = Session(model, context=512, settings=SETTINGS)
    assert session.cells == 512
    session.close()


# Saving and restoring


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> tuple[Path, list[int]]:
    """A state file of 120 tokens and these."""
    session = Session(model, context=512, settings=SETTINGS)
    tokens = prompt(model, 200)
    answer(session, tokens, 6)
    held = list(session.tokens)
    path = tmp_path / "prefix.state"
    session.save(path, 120)
    assert session.tokens == held
    assert stats(session, tokens).reused_tokens == 199
    assert sorted(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0
    session.close()
    return path, tokens[:120]


def test_what_was_saved_need_not_be_read_again(
    saved: tuple[Path, list[int]], model: Model, session: Session
) -> None:
    path, tokens = saved
    question = [*tokens, *prompt(model, 40, seed=9)]
    expected = answer(session, question, 12)[0]
    assert session.restore(path, tokens)
    assert session.tokens == tokens
    text, done, _ = answer(session, question, 12)
    assert text == expected
    assert done.stats.reused_tokens == 120
    assert session.restore(path, tokens)
    assert stats(session, tokens).prefill_tokens == 1


def test_a_state_that_does_not_match_is_left_alone(
    saved: tuple[Path, list[int]], model: Model, session: Session, tmp_path: Path
) -> None:
    path, tokens = saved
    data = path.read_bytes()
    expected = answer(session, tokens, 8)[0]
    for name, content in {
        "cut": data[:-500], "header": data[:30], "empty": b"", "longer": data + b"x",
        "flipped": data[:3000] + bytes([data[3000] ^ 1]) + data[3001:],
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
        assert not session.restore(tmp_path / name, tokens), name
        assert session.tokens == []
        assert answer(session, tokens, 8)[0] == expected
    assert not session.restore(tmp_path / "none", tokens)
    for wrong in ([], tokens[:-1], [*tokens, 9], [*tokens[:-1], 9], prompt(model, 600)):
        assert not session.restore(path, wrong)
    assert stats(session, tokens).reused_tokens == 0


def test_a_state_of_another_model_or_setting_is_left_alone(
    saved: tuple[Path, list[int]], model: Model, long_model: Model
) -> None:
    path, tokens = saved
    other = Session(long_model, context=512, settings=SETTINGS)
    assert model.fingerprint != long_model.fingerprint
    assert not other.restore(path, tokens)
    assert stats(other, tokens).reused_tokens == 0
    other.close()
    plain = Settings(decode_threads=1, prefill_threads=1, flash_attention=True)
    other = Session(model, context=512, settings=plain)
    assert not other.restore(path, tokens)
    assert stats(other, tokens).reused_tokens == 0
    other.close()


def test_a_state_larger_than_the_context_is_left_alone(
    saved: tuple[Path, list[int]], model: Model
) -> None:
    path, tokens = saved
    small = Session(model, context=64, settings=SETTINGS)
    assert not small.restore(path, tokens)
    assert stats(small, tokens[:32]).reused_tokens == 0
    small.close()


def test_only_what_the_cache_holds_can_be_saved(session: Session, tmp_path: Path) -> None:
    session.read([1, 5, 6])
    for count in (0, 4, -1):
        with pytest.raises(ValueError, match="of 3 tokens"):
            session.save(tmp_path / "state", count)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_before_writing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    session.read([1, 5, 6])
    with pytest.raises(errors.DiskFull, match="1000 bytes free"):
        session.save(tmp_path / "state", 3)
    assert list(tmp_path.iterdir()) == []
    assert session.tokens == [1, 5, 6]


# Speculation


def quoting(model: Model) -> tuple[list[int], list[int]]:
    """A prompt with passages and an answer that quotes them."""
    passage = prompt(model, 200)
    return [*passage, *prompt(model, 20, seed=10)[1:]], [*passage[50:110], *passage[130:190]]


def test_quotes_are_drafted_and_accepted_in_batches(model: Model) -> None:
    """Whether it pays here is not asked: batches are declared cheap."""
    session = ReplaySession(model, context=512, settings=SETTINGS)
    session._economy.stepped = lambda *_: None  # type: ignore[method-assign]
    session._economy._seconds = {1: 1.0, 16: 1.0}
    tokens, quote = quoting(model)
    done = session.replay(tokens, quote)
    assert done.completion_tokens == len(quote)
    assert done.drafted_tokens >= done.accepted_tokens > 60
    assert session.tokens == [*tokens, *quote][: len(session.tokens)]
    plain = ReplaySession(model, context=512, settings=SETTINGS, speculate=False)
    other = plain.replay(tokens, quote)
    assert (other.drafted_tokens, other.accepted_tokens) == (0, 0)
    assert plain.tokens == session.tokens
    for each in (session, plain):
        each.arm()
        each.truncate(len(tokens) + 100)
        each.read(prompt(model, 3, seed=11))
    assert far(logits(session), logits(plain)) < ROUNDING
    session.close()
    plain.close()


def test_wrong_drafts_leave_no_trace(model: Model) -> None:
    """Every draft is wrong, and what is written is what a session without drafts writes."""
    session = ReplaySession(model, context=512, settings=SETTINGS)
    session._economy.judge = lambda *_, **__: None  # type: ignore[method-assign]
    session._economy.stepped = lambda *_: None  # type: ignore[method-assign]
    session._economy._seconds = {1: 1.0, 16: 1.0}
    pairs = prompt(model, 60, seed=12)[1:]
    tokens = [*prompt(model, 100), *pairs]
    lure = [token for at in range(0, 40, 2) for token in (*pairs[at : at + 2], 300 + at)]
    done = session.replay(tokens, lure)
    assert done.drafted_tokens > done.accepted_tokens
    plain = ReplaySession(model, context=512, settings=SETTINGS, speculate=False)
    plain.replay(tokens, lure)
    assert session.tokens == plain.tokens
    session.read(pairs[:3])
    plain.read(pairs[:3])
    assert far(logits(session), logits(plain)) < ROUNDING
    session.close()
    plain.close()


def test_a_memory_that_cannot_forget_a_draft_is_read_again_and_drafts_end(model: Model) -> None:
    class Recurrent:
        """The binding, but for a memory that can only be cleared."""

        def __getattr__(self, name: str) -> object:
            return getattr(model.lib, name)

        def llama_memory_seq_rm(self, *_: object) -> bool:
            return False

    session = ReplaySession(model, context=512, settings=SETTINGS)
    session.lib = Recurrent()
    session._economy.stepped = lambda *_: None  # type: ignore[method-assign]
    session._economy._seconds = {1: 1.0, 16: 1.0}
    pairs = prompt(model, 60, seed=12)[1:]
    tokens = [*prompt(model, 100), *pairs]
    lure = [token for at in range(0, 40, 2) for token in (*pairs[at : at + 2], 300 + at)]
    done = session.replay(tokens, lure)
    assert done.drafted_tokens > done.accepted_tokens
    assert session.tokens == [*tokens, *lure[:-1]]
    plain = ReplaySession(model, context=512, settings=SETTINGS, speculate=False)
    plain.replay(tokens, lure)
    session.read(pairs[:3])
    plain.read(pairs[:3])
    assert far(logits(session), logits(plain)) < ROUNDING
    drafted = session.replay([*prompt(model, 100, seed=2), *pairs], lure).drafted_tokens
    assert drafted == 0
    session.close()
    plain.close()


def test_a_greedy_answer_is_the_same_with_and_without_speculation(
    model: Model, session: Session
) -> None:
    message = Message(role="user", content="What torque do the fluid end studs need?")
    tokens = model.tokenize(render("phi3", [message]))
    plain = Session(model, context=512, settings=SETTINGS, speculate=False)
    expected = answer(plain, tokens, 64)[0]
    for _ in range(3):
        assert answer(session, tokens, 64)[0] == expected
    plain.close()


def test_what_is_drawn_at_random_is_not_speculated_on(session: Session, model: Model) -> None:
    tokens = [*prompt(model, 20), *prompt(model, 20)[1:]] * 4
    session.arm()
    events = list(
        session.generate(tokens, max_tokens=30, sampling=Sampling(temperature=2.0, seed=3))
    )
    assert isinstance(events[-1], Done)
    assert events[-1].stats.drafted_tokens == 0


# Phi-3's long prompts


@pytest.mark.parametrize("length", [1900, 2100])
def test_a_long_prompt_reads_the_same_cold_and_reused(long_model: Model, length: int) -> None:
    tokens = manuals(long_model, length)
    cold = opened(long_model)
    cold.read(tokens)
    wanted = logits(cold)

    reused = opened(long_model)
    reused.read(tokens[:640])  # whole batches, so that even the sums are the same
    reused.read(prompt(long_model, 300))
    assert reused.reuse(tokens) == 640
    reused.read(tokens[640:])
    assert far(logits(reused), wanted) < EXACT
    assert written(reused, tokens, 24) == written(cold, tokens, 24)

    reused.forget()
    reused.read([tokens[0], *tokens[100:]])
    assert far(logits(reused), wanted) > ROUNDING  # what is far back counts: no window is applied
    cold.close()
    reused.close()


def test_writing_across_the_window_equals_a_cold_read(long_model: Model) -> None:
    """Phi-3-mini's window is 2047 tokens; an answer that passes it goes on undisturbed."""
    text = manuals(long_model, PHI3_WINDOW + 14)
    tokens, more = text[: PHI3_WINDOW - 11], text[PHI3_WINDOW - 11 :]
    session = ReplaySession(long_model, context=PHI3_CONTEXT, settings=SETTINGS, speculate=False)
    session.replay(tokens, more)
    assert session.tokens == text[:-1]
    assert session.lib.llama_memory_seq_pos_min(session.memory, 0) == 0
    step = logits(session)
    cold = opened(long_model)
    cold.read(text[:-1])
    assert far(step, logits(cold)) < ROUNDING
    session.close()
    cold.close()


def test_a_prompt_beyond_the_context_is_refused_with_both_sizes(long_model: Model) -> None:
    session = opened(long_model)
    with pytest.raises(InvalidInput, match="4100 tokens and the context 4096") as caught:
        answer(session, prompt(long_model, 4100), 4)
    assert "fewer passages" in caught.value.hint
    assert stats(session, prompt(long_model, 50)).completion_tokens >= 1
    session.close()


# Which models are refused


def test_an_unknown_architecture_is_named(tmp_path: Path) -> None:
    spec = small_phi3()
    spec.metadata = {**spec.metadata, "general.architecture": "mamba9\x1b[31m"}
    path = tmp_path / "odd.gguf"
    path.write_bytes(spec.build())
    with pytest.raises(InvalidInput, match=r"odd\.gguf: .*architecture 'mamba9\[31m'") as caught:
        Model(path, settings=SETTINGS)
    assert "build/candidates" in caught.value.hint


def test_a_context_beyond_the_model_s_is_refused(model: Model) -> None:
    with pytest.raises(InvalidInput, match="2048 tokens is more than the 1024"):
        Session(model, context=2048, settings=SETTINGS)
