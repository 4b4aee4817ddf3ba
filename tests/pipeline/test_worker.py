"""The worker beside its answers: reading ahead, prompts on disk, settings, who may stop whom."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.core.generation import Done, Event, Request, Token
from fieldkit.core.prompt import Message, render, render_open
from fieldkit.engine.client import EngineClient
from fieldkit.engine.model import Model
from fieldkit.errors import EngineFailure, Unfit
from tests.gguf_files import small_phi3

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

CONTEXT = 1024
SYSTEM = Message(
    role="system",
    content="Answer from the passages. Name each passage that you used by its number. "
    "If no passage answers the question, say that the manuals do not cover it.",
)
PASSAGES = "\n".join(
    f"[{number}] PX-204 p. {number}, Torque table: stud {number} of the fluid end is tightened "
    f"to {80 + 10 * number} Nm in three passes."
    for number in range(1, 9)
)
QUESTIONS = (
    "Question: What torque does stud 3 of the fluid end need?",
    "Question: In how many passes is stud 5 tightened?",
    "Question: Which oil goes into the power end?",
)
START_S = 60.0


def user(text: str) -> Message:
    return Message(role="user", content=text)


def asked(*questions: str) -> list[Message]:
    """A conversation in which the last question follows passages."""
    *earlier, last = questions
    messages = [SYSTEM]
    for question in earlier:
        messages += [user(question), Message(role="assistant", content="See the table [1].")]
    return [*messages, user(f"{PASSAGES}\n\n{last}")]


def request(
    messages: Sequence[Message], *, tokens: int = 12, stop: tuple[str, ...] = ()
) -> Request:
    return Request(messages=tuple(messages), max_tokens=tokens, stop=stop)


def text(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def done(events: Sequence[Event]) -> Done:
    last = events[-1]
    assert isinstance(last, Done)
    return last


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_S
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


@pytest.fixture
def make(demo_model: Path) -> Iterator[Callable[..., EngineClient]]:
    """Makes started engines of the test's own."""
    made: list[EngineClient] = []

    def start(**named: object) -> EngineClient:
        client = EngineClient(demo_model, template="phi3", context=CONTEXT, **named)  # type: ignore[arg-type]
        made.append(client)
        list(client.start())
        return client

    yield start
    for client in made:
        client.close()


# Reading ahead


def test_what_is_read_ahead_is_not_read_again(make: Callable[..., EngineClient]) -> None:
    client = make()
    messages = asked(QUESTIONS[0])
    total = client.count(messages)
    assert not client.prepared
    client.prepare([*messages[:-1], user(messages[-1].content[:-20])])
    until(lambda: client.prepared)
    events = list(client.generate(request(messages)))
    assert done(events).stats.reused_tokens > total - 20
    assert text(events) == text(list(make().generate(request(messages))))


def test_a_text_that_grows_is_read_as_it_grows(make: Callable[..., EngineClient]) -> None:
    client = make()
    messages = asked(QUESTIONS[1], QUESTIONS[0])
    content = messages[-1].content
    for length in range(len(content) - len(QUESTIONS[0]), len(content)):
        client.prepare([*messages[:-1], user(content[:length])])
    until(lambda: client.prepared)
    stats = done(list(client.generate(request(messages)))).stats
    assert stats.reused_tokens >= client.count(messages) - 8


def test_counting_does_not_end_what_is_read_ahead(make: Callable[..., EngineClient]) -> None:
    client = make()
    messages = asked(QUESTIONS[0])
    client.prepare(messages)
    while not client.prepared:
        assert client.count(messages) > 300
    assert done(list(client.generate(request(messages)))).stats.prefill_tokens < 20


def test_measuring_ends_what_is_read_ahead(make: Callable[..., EngineClient]) -> None:
    client = make()
    client.prepare(asked(QUESTIONS[0]))
    plan = {"prompt": 32, "decode": 4, "repetitions": 1, "question": 32}
    assert client.bench(plan)["prefill_tps"]
    assert done(list(client.generate(request(asked(QUESTIONS[0]))))).finish != "aborted"


def test_reading_ahead_asks_for_nothing_and_never_fails(
    demo_model: Path, make: Callable[..., EngineClient]
) -> None:
    never = EngineClient(demo_model, template="phi3", context=CONTEXT)
    never.prepare(asked(QUESTIONS[0]))
    assert never.pid == 0
    client = make()
    client.prepare([])
    client.prepare([user("oil " * CONTEXT)])  # more than the context holds
    until(lambda: client.prepared)
    assert done(list(client.generate(request(asked(QUESTIONS[0]))))).finish != "aborted"
    answer = client.generate(request(asked(QUESTIONS[0])))
    next(answer)
    client.prepare(asked(QUESTIONS[1]))
    assert done(list(answer)).finish != "aborted"
    client.close()
    client.prepare(asked(QUESTIONS[0]))


def test_a_worker_killed_while_it_reads_ahead_says_so_at_the_next_question(
    make: Callable[..., EngineClient],
) -> None:
    client = make()
    client.prepare(asked(QUESTIONS[0]))
    os.kill(client.pid, signal.SIGKILL)
    for _ in range(3):
        client.prepare(asked(QUESTIONS[1]))
    client.abort()
    with pytest.raises(EngineFailure, match="killed by the system"):
        list(client.generate(request(asked(QUESTIONS[0]))))
    assert list(client.start())
    assert done(list(client.generate(request(asked(QUESTIONS[0]))))).finish != "aborted"


def test_two_threads_may_tokenize_at_once(demo_model: Path) -> None:
    prompts = [render("phi3", asked(question)) for question in QUESTIONS]
    with Model(demo_model) as model:
        expected = [model.tokenize(prompt) for prompt in prompts]
        wrong: list[int] = []

        def tokenize(which: int) -> None:
            results = [model.tokenize(prompts[which]) for _ in range(100)]
            wrong.extend(which for result in results if result != expected[which])

        threads = [threading.Thread(target=tokenize, args=(number % 3,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_the_words_written_so_far_have_the_tokens_of_the_whole_text(demo_model: Path) -> None:
    whole = asked(QUESTIONS[0])
    content = whole[-1].content + " (stud no. 3-B, 320 Nm?)\n  Quickly,  please!"
    with Model(demo_model) as model:
        tokens = model.tokenize(render("phi3", [*whole[:-1], user(content)]))
        for length in range(len(content) - 90, len(content) + 1):
            certain = render_open("phi3", [*whole[:-1], user(content[:length])])
            read = model.tokenize(certain)
            assert read == tokens[: len(read)], content[:length]


def test_no_interleaving_changes_an_answer_or_aborts_another_request(
    make: Callable[..., EngineClient],
) -> None:
    """Whatever was read ahead and stopped, an answer is that of an engine that did nothing else."""
    conversations = [asked(*QUESTIONS[:count]) for count in (1, 2)] + [asked(QUESTIONS[2])]
    expected = [text(list(make().generate(request(messages)))) for messages in conversations]
    client = make()
    dice = random.Random(11)
    wrong = []
    for _ in range(200):
        chosen = dice.randrange(len(conversations))
        messages = conversations[chosen]
        content = messages[-1].content
        match dice.randrange(8):
            case 0 | 1 | 2 | 3:
                cut = dice.randrange(len(content) + 1)
                client.prepare([*messages[:-1], user(content[:cut])])
            case 4:
                client.abort()
            case 5:
                assert client.count(messages) > 300
            case 6:
                time.sleep(dice.random() * 0.02)
            case _:
                events = list(client.generate(request(messages)))
                if done(events).finish == "aborted" or text(events) != expected[chosen]:
                    wrong.append((chosen, events))
    assert wrong == []


def test_aborts_from_another_thread_hit_what_runs_or_nothing(
    make: Callable[..., EngineClient],
) -> None:
    messages = asked(QUESTIONS[0])
    expected = text(list(make().generate(request(messages))))
    client = make()
    dice = random.Random(3)
    over = threading.Event()

    def disturb() -> None:
        while not over.wait(dice.random() * 0.05):
            client.abort() if dice.random() < 0.5 else client.prepare(asked(QUESTIONS[2]))

    stopper = threading.Thread(target=disturb)
    stopper.start()
    finishes = []
    for _ in range(40):
        events = list(client.generate(request(messages)))
        finishes.append(done(events).finish)
        assert expected.startswith(text(events))
    over.set()
    stopper.join()
    assert "aborted" in finishes
    last = list(client.generate(request(messages)))
    assert (done(last).finish, text(last)) != ("aborted", "")
    assert text(last) == expected


# Prompts on disk


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.kv")) if folder.is_dir() else []


def test_a_system_prompt_is_read_once_and_never_again(
    make: Callable[..., EngineClient], tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    first = make(prefix_cache=folder)
    system = first.count([SYSTEM]) - 1
    answer = list(first.generate(request(asked(QUESTIONS[0]))))
    assert done(answer).stats.reused_tokens == 0
    until(lambda: len(entries(folder)) == 1)
    second = list(make(prefix_cache=folder).generate(request(asked(QUESTIONS[0]))))
    assert done(second).stats.reused_tokens == system
    assert text(second) == text(answer)
    first.close()
    assert len(list(folder.iterdir())) == 1


def test_one_question_and_goodbye_stores_the_prompt_too(
    make: Callable[..., EngineClient], tmp_path: Path
) -> None:
    client = make(prefix_cache=tmp_path / "prompts")
    list(client.generate(request(asked(QUESTIONS[0]), tokens=1)))
    client.close()
    assert len(entries(tmp_path / "prompts")) == 1


def test_a_known_system_prompt_is_there_before_the_question(
    make: Callable[..., EngineClient], tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    client = make(prefix_cache=folder, system_prompt=SYSTEM.content)
    list(client.generate(request(asked(QUESTIONS[0]))))
    client.close()
    client = make(prefix_cache=folder, system_prompt=SYSTEM.content)
    client.prepare(asked(QUESTIONS[0]))
    until(lambda: client.prepared)
    entry = entries(folder)[0]
    used = entry.stat().st_mtime_ns
    list(client.generate(request(asked(QUESTIONS[0]))))
    client.close()
    assert entry.stat().st_mtime_ns == used


def test_another_context_or_prompt_does_not_find_it(
    make: Callable[..., EngineClient], tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    client = make(prefix_cache=folder)
    list(client.generate(request(asked(QUESTIONS[0]), tokens=1)))
    client.close()
    other = replace(SYSTEM, content=SYSTEM.content + " Be brief.")
    stats = done(
        list(make(prefix_cache=folder).generate(request([other, user(QUESTIONS[0])])))
    ).stats
    assert stats.reused_tokens == 0
    plain = done(list(make(prefix_cache=folder).generate(request([user(QUESTIONS[0])])))).stats
    assert plain.reused_tokens == 0


@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "empty"])
def test_a_damaged_prompt_is_read_again_and_stored_again(
    damage: str, make: Callable[..., EngineClient], tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    client = make(prefix_cache=folder)
    answer = text(list(client.generate(request(asked(QUESTIONS[0])))))
    client.close()
    (entry,) = entries(folder)
    sound = entry.read_bytes()
    middle = len(sound) // 2
    broken = {
        "flip": sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :],
        "cut": sound[:middle],
        "grow": sound + b"more",
        "empty": b"",
    }
    entry.write_bytes(broken[damage])
    client = make(prefix_cache=folder)
    events = list(client.generate(request(asked(QUESTIONS[0]))))
    client.close()
    assert done(events).stats.reused_tokens == 0
    assert text(events) == answer
    assert entry.stat().st_size == len(sound)
    again = list(make(prefix_cache=folder).generate(request(asked(QUESTIONS[0]))))
    assert done(again).stats.reused_tokens > 0


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_a_folder_others_can_write_to_is_not_used(
    make: Callable[..., EngineClient], tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    folder.chmod(0o777)
    client = make(prefix_cache=folder)
    assert done(list(client.generate(request(asked(QUESTIONS[0]))))).finish != "aborted"
    client.close()
    assert list(folder.iterdir()) == []


# Memory, settings, stop strings


def test_a_model_that_does_not_fit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    spec = small_phi3()
    spec.metadata = {
        **spec.metadata,
        "phi3.context_length": 1 << 30,
        "phi3.attention.head_count_kv": 4,
        "phi3.attention.key_length": 4096,
    }
    path = tmp_path / "huge.gguf"
    path.write_bytes(spec.build())
    client = EngineClient(path, template="phi3")
    with pytest.raises(Unfit, match=r"huge\.gguf .* needs .* GiB of memory; .* are available"):
        list(client.start())
    assert client.pid == 0
    client.close()


def test_thread_counts_change_at_once_and_the_rest_with_the_next_start(
    make: Callable[..., EngineClient],
) -> None:
    client = make()
    before = list(client.generate(request(asked(QUESTIONS[0]))))
    threads = replace(client.info.settings, decode_threads=1, prefill_threads=2)
    assert not client.apply(threads)
    assert client.info.settings == threads
    after = list(client.generate(request(asked(QUESTIONS[0]))))
    assert text(after) == text(before)
    assert done(after).stats.prefill_tokens == 1
    other = replace(threads, decode_threads=2, ubatch=64, repack=False)
    assert client.apply(other)
    assert client.info.settings == replace(threads, decode_threads=2)
    list(client.start())
    assert client.info.settings == other
    assert not client.apply(other)


def test_settings_before_the_start_are_those_it_starts_with(demo_model: Path) -> None:
    client = EngineClient(demo_model, template="phi3", context=CONTEXT)
    list(client.start())
    settings = replace(client.info.settings, ubatch=96)
    client.close()
    assert not client.apply(settings)
    list(client.start())
    assert client.info.settings == settings
    client.close()


def test_a_trial_runs_under_its_settings_and_leaves_an_engine_that_answers(
    make: Callable[..., EngineClient],
) -> None:
    client = make()
    expected = text(list(client.generate(request(asked(QUESTIONS[0])))))
    settings = client.info.settings
    for changed in (replace(settings, decode_threads=1), replace(settings, ubatch=64)):
        figures = client.trial(changed, prompt=48, decode=4)
        assert set(figures) == {"prefill_s", "decode_s"}
        assert all(value > 0 for value in figures.values())
    with pytest.raises(EngineFailure, match="loaded again"):
        client.trial(replace(settings, repack=not settings.repack), prompt=8, decode=1)
    assert text(list(client.generate(request(asked(QUESTIONS[0]))))) == expected


def test_a_stop_string_ends_the_answer_and_is_not_shown(make: Callable[..., EngineClient]) -> None:
    client = make()
    whole = text(list(client.generate(request(asked(QUESTIONS[0])))))
    word = whole.split()[2]
    events = list(client.generate(request(asked(QUESTIONS[0]), stop=(word,))))
    assert done(events).finish == "stop"
    assert text(events) == whole[: whole.index(word)]
