"""``fieldkit serve`` on the demo's model and manuals, asked by the real openai client."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from fieldkit.engine.client import EngineClient
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from tests.fakes import ASSISTANT
from tests.serving import STUDS, TOKEN, Running, serving, until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

MANUALS = Path(__file__).parents[2] / "profiles" / "demo" / "manuals"
SYSTEM = "You are a field assistant. Answer from the passages and cite them as [1]."


class Served:
    """The demo's assistant as a service."""

    def __init__(self, engine: EngineClient, running: Running, client: openai.OpenAI) -> None:
        self.engine = engine
        self.running = running
        self._client = client

    def ask(self, *messages: dict[str, str], **options: Any) -> Any:
        asked: Any = messages or ({"role": "user", "content": STUDS},)
        return self._client.chat.completions.create(model="fieldkit", messages=asked, **options)


@pytest.fixture
def served(tmp_path: Path, demo_model: Path) -> Iterator[Served]:
    library = tmp_path / "demo.sqlite"
    build(library, read_folders([MANUALS]).documents)
    assistant = replace(ASSISTANT, system_prompt=SYSTEM, context=1024, max_tokens=96, passages=2)
    engine = EngineClient(demo_model, template="phi3", context=1024)
    with ExitStack() as stack:
        running = stack.enter_context(
            serving(tmp_path, engine, assistant=assistant, library=library)
        )
        transport = stack.enter_context(httpx.Client(trust_env=False))
        client = openai.OpenAI(
            base_url=running.base_url, api_key=TOKEN, max_retries=0, http_client=transport
        )
        yield Served(engine, running, client)


def said(stream: Any) -> str:
    return "".join(
        chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices
    ).strip()


def test_it_answers_from_the_manuals_and_the_next_turn_reads_only_what_is_new(
    served: Served,
) -> None:
    first = served.ask()
    text = first.choices[0].message.content
    assert "320" in text
    assert first.citations[0]["document"] == "PX-204"
    assert "320" in first.citations[0]["passage"]
    assert first.usage.completion_tokens > 0
    assert said(served.ask(stream=True)) == text
    again = served.ask()
    assert again.usage.prompt_tokens == first.usage.prompt_tokens
    # All but the last token, which has to be read for its logits.
    assert again.usage.prompt_tokens_details.cached_tokens >= again.usage.prompt_tokens - 1
    second = served.ask(
        {"role": "user", "content": STUDS},
        {"role": "assistant", "content": text},
        {"role": "user", "content": "Which oil goes into the power end of the mud pump?"},
    )
    reused = second.usage.prompt_tokens_details.cached_tokens
    assert reused >= first.usage.prompt_tokens - 8


def test_a_client_that_leaves_stops_the_engine(served: Served) -> None:
    stream = served.ask(stream=True, temperature=2.0, top_p=1.0, seed=3)
    next(iter(stream))
    pid = served.engine.pid
    stream.close()
    until(lambda: served.running.desk.idle)
    assert served.ask(max_tokens=3).choices[0].message.content
    assert served.engine.pid == pid


def test_an_engine_that_is_killed_is_started_again(served: Served) -> None:
    pid = served.engine.pid
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(openai.InternalServerError) as caught:
        served.ask()
    assert caught.value.status_code == 503
    assert served.ask(max_tokens=3).choices[0].message.content
    assert served.engine.pid not in {0, pid}
