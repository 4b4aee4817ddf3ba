"""``fieldkit serve`` as the real openai client sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from fieldkit.core.citation import NOTHING_FOUND, REFUSAL, State
from fieldkit.library import judging
from fieldkit.library.judging import Certainty
from tests.fakes import ANSWER, Script, ScriptedEngine, script
from tests.serving import STUDS, TOKEN, Running, serving, until

USER = {"role": "user", "content": STUDS}
UNKNOWN = {"role": "user", "content": "Who won the chess tournament?"}


class Served:
    """A service and the engine behind it; ``client`` is the real one."""

    def __init__(self, engine: ScriptedEngine, running: Running, stack: ExitStack) -> None:
        self.engine = engine
        self.running = running
        self._stack = stack
        self.client = self.client_with(TOKEN)

    def client_with(self, token: str) -> openai.OpenAI:
        transport = self._stack.enter_context(httpx.Client(trust_env=False))
        return openai.OpenAI(
            base_url=self.running.base_url, api_key=token, max_retries=0, http_client=transport
        )

    def ask(self, *messages: Any, **options: Any) -> Any:
        options = {"model": "fieldkit", "messages": messages or [USER], **options}
        return self.client.chat.completions.create(**options)


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(*scripts: Script, **options: Any) -> Served:
            engine = ScriptedEngine(*scripts)
            running = stack.enter_context(serving(tmp_path, engine, **options))
            return Served(engine, running, stack)

        yield start


def test_an_answer_comes_with_its_sources_and_what_it_took(serve: Serve) -> None:
    served = serve(script(ANSWER))
    answer = served.ask()
    assert answer.object == "chat.completion"
    assert answer.choices[0].message.content == ANSWER
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens == 340
    assert answer.usage.prompt_tokens_details.cached_tokens == 40
    assert answer.usage.total_tokens == 340 + answer.usage.completion_tokens
    (citation,) = answer.citations
    assert citation["number"] == 1
    assert (citation["document"], citation["revision"], citation["page"]) == ("PX-204", "C", 7)
    assert "320 Nm" in citation["passage"]
    assert answer.refused is False
    assert answer.unsupported == []


def test_a_stream_says_the_same_word_by_word(serve: Serve) -> None:
    served = serve(script(ANSWER))
    chunks = list(served.ask(stream=True, stream_options={"include_usage": True}))
    *pieces, last, usage = chunks
    assert pieces[0].choices[0].delta.role == "assistant"
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == ANSWER
    assert last.choices[0].finish_reason == "stop"
    assert [citation["document"] for citation in last.citations] == ["PX-204"]
    assert usage.choices == []
    assert usage.usage.total_tokens == 340 + usage.usage.completion_tokens
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_is_streamed_only_when_it_is_asked_for(serve: Serve) -> None:
    assert all(chunk.usage is None for chunk in serve().ask(stream=True))


def test_what_the_manuals_do_not_hold_is_refused_without_the_model(serve: Serve) -> None:
    served = serve()
    answer = served.ask(UNKNOWN)
    assert answer.choices[0].message.content == NOTHING_FOUND
    assert (answer.refused, answer.state) == (True, "none")
    assert answer.citations == []
    assert answer.usage.total_tokens == 0
    assert served.engine.requests == []
    chunks = list(served.ask(UNKNOWN, stream=True))
    assert chunks[-1].refused is True
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == NOTHING_FOUND


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_is_not_sure_is_marked(
    serve: Serve, stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    perhaps = Certainty(0.5, State.PERHAPS, State.PERHAPS)
    monkeypatch.setattr(judging, "certainty", lambda *_args: perhaps)
    answer = serve(script(ANSWER)).ask(stream=stream)
    if stream:
        chunks = list(answer)
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        answer = chunks[-1]
    else:
        said = answer.choices[0].message.content
    assert said == f"{ANSWER}\n\nNot sure: check the page."
    assert (answer.state, answer.refused) == ("perhaps", False)


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_of_the_model_is_put_in_words_and_comes_back_as_it_said_it(
    serve: Serve, stream: bool
) -> None:
    served = serve(script(REFUSAL), script(ANSWER))
    answer = served.ask(stream=stream)
    said = (
        "".join(chunk.choices[0].delta.content or "" for chunk in answer)
        if stream
        else answer.choices[0].message.content
    )
    assert said == "I found no sure answer. Look first at [1]."
    served.ask(USER, {"role": "assistant", "content": said}, USER)
    assert REFUSAL in [message.content for message in served.engine.requests[1].messages]


def test_a_figure_that_no_page_holds_is_named(serve: Serve) -> None:
    answer = serve(script("The studs need 999 Nm [1].")).ask()
    assert answer.unsupported == ["999 Nm"]


def test_the_client_chooses_how_it_is_answered_within_the_release_s_bounds(serve: Serve) -> None:
    served = serve()
    served.ask(max_tokens=20, temperature=0.5, top_p=0.8, seed=7, stop=["\n\n"], user="x", tools=[])
    served.ask(max_completion_tokens=9999)
    chosen, usual = served.engine.requests
    assert (chosen.max_tokens, chosen.temperature, chosen.top_p) == (20, 0.5, 0.8)
    assert (chosen.seed, chosen.stop) == (7, ("\n\n",))
    assert (usual.max_tokens, usual.temperature, usual.stop) == (256, 0.0, ())


@pytest.mark.parametrize("given", [-1, None, 256.0])
def test_a_limit_that_is_none_is_the_release_s(serve: Serve, given: float | None) -> None:
    served = serve()
    served.ask(max_tokens=given)
    assert served.engine.requests[0].max_tokens == 256


def test_a_limit_of_nothing_says_what_to_send(serve: Serve) -> None:
    with pytest.raises(openai.BadRequestError, match="-1") as caught:
        serve().ask(max_tokens=0)
    assert caught.value.param == "max_tokens"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", ()),
        ([""], ()),
        (list("abcde"), tuple("abcde")),
        (["a", "", "a"], ("a",)),
    ],
)
def test_as_many_stop_strings_as_clients_send(
    serve: Serve, given: object, used: tuple[str, ...]
) -> None:
    served = serve()
    served.ask(stop=given)
    assert served.engine.requests[0].stop == used


def test_what_changes_nothing_is_accepted(serve: Serve) -> None:
    answer = serve().ask(
        tools=[],
        tool_choice="none",
        response_format={"type": "text"},
        logprobs=False,
        modalities=["text"],
        frequency_penalty=0,
    )
    assert answer.choices[0].message.content


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/responses", "/v1/embeddings"])
def test_what_is_not_offered_is_named(serve: Serve, path: str) -> None:
    with pytest.raises(openai.NotFoundError, match=r"not offered\. .*chat/completions"):
        serve().client.post(path.removeprefix("/v1"), body={}, cast_to=object)


def test_a_conversation_goes_to_the_model_with_its_passages(serve: Serve) -> None:
    served = serve()
    served.ask(
        {"role": "system", "content": "Talk like a pirate."},
        USER,
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": [{"type": "text", "text": "And the liner cage bolts?"}]},
    )
    messages = served.engine.requests[0].messages
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[0].content == "Answer from the manuals."
    assert "320 Nm" in messages[1].content
    assert messages[2].content == ANSWER
    assert "liner cage bolts?" in messages[3].content


@pytest.mark.parametrize(
    "options",
    [
        {"messages": []},
        {"messages": [{"role": "assistant", "content": "Hello"}]},
        {"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
        {"messages": [{"role": "user", "content": "x" * 20_000}]},
        {"temperature": 3.0},
        {"max_tokens": 0},
        {"n": 2},
        {"stop": ["x"] * 65},
        {"stop": "x" * 257},
        {"messages": [USER, {"role": "assistant", "content": "The torque is"}]},
        {"messages": [{"role": "system", "content": "You are terse."}]},
        {"messages": [{"role": "user", "content": "### Task:\nGenerate a title.\nUSER: studs?"}]},
        {"response_format": {"type": "json_object"}},
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
        {"functions": [{"name": "f"}]},
        {"logprobs": True},
        {"modalities": ["text", "audio"]},
        {"stream_options": {"include_usage": "yes"}},
    ],
)
def test_what_is_not_valid_is_named(serve: Serve, options: dict[str, Any]) -> None:
    served = serve()
    with pytest.raises(openai.BadRequestError) as caught:
        served.ask(**options)
    assert isinstance(caught.value.param, str)
    assert caught.value.param.startswith(next(iter(options)))
    assert served.engine.requests == []


def test_a_question_that_does_not_fit_has_openai_s_code(serve: Serve) -> None:
    served = serve()
    long = f"{STUDS} {'torque ' * 2200}"
    with pytest.raises(openai.BadRequestError) as caught:
        served.ask({"role": "user", "content": long})
    assert caught.value.code == "context_length_exceeded"


def test_the_model_has_its_own_name_and_one_that_stays(serve: Serve) -> None:
    served = serve()
    assert [model.id for model in served.client.models.list()] == ["Ridge-Phi-5M", "fieldkit"]
    assert served.client.models.retrieve("fieldkit").owned_by == "Northern Ridge field assistant"
    assert served.ask(model="Ridge-Phi-5M").model == "Ridge-Phi-5M"
    with pytest.raises(openai.NotFoundError, match="Ridge-Phi-5M") as caught:
        served.ask(model="gpt-4o")
    assert caught.value.code == "model_not_found"


def test_the_manuals_are_searched_without_the_model(serve: Serve) -> None:
    served = serve()
    found: Any = served.client.post("/search", body={"query": "liner bolts"}, cast_to=object)
    assert found["results"][0]["document"] == "PX-204"
    assert found["results"][0]["page"] == 7
    with pytest.raises(openai.BadRequestError):
        served.client.post("/search", body={"query": "  "}, cast_to=object)
    assert served.engine.requests == []


def test_a_wrong_token_is_refused_and_never_told(serve: Serve) -> None:
    served = serve()
    for token in ("fk-wrong", f"{TOKEN}x", TOKEN[:-1]):
        client = served.client_with(token)
        with pytest.raises(openai.AuthenticationError) as caught:
            client.models.list()
        assert caught.value.code == "invalid_api_key"
        assert TOKEN not in str(caught.value)
    served.ask()
    until(lambda: any("200" in line for line in served.running.told))
    said = "\n".join(served.running.told)
    assert "fk-" not in said
    assert "studs" not in said


def test_a_huge_body_is_refused(serve: Serve) -> None:
    served = serve()
    with pytest.raises(openai.APIStatusError) as caught:
        served.ask({"role": "user", "content": "x" * (8 << 20)})
    assert caught.value.status_code == 413
    assert served.ask().choices[0].message.content


def test_an_engine_that_died_is_started_again_by_the_next_request(serve: Serve) -> None:
    served = serve(script(ANSWER, die_after=0), script(ANSWER, die_after=3), script(ANSWER))
    with pytest.raises(openai.InternalServerError, match="ended unexpectedly") as caught:
        served.ask()
    assert caught.value.status_code == 503
    assert served.engine.started == 1
    chunks = iter(served.ask(stream=True))
    with pytest.raises(openai.APIError, match="ended unexpectedly"):
        list(chunks)
    assert served.ask().choices[0].message.content == ANSWER
    assert served.engine.started == 3


def test_a_client_that_leaves_in_mid_stream_frees_the_engine(serve: Serve) -> None:
    served = serve(script(ANSWER, hold_after=2), script("Next."))
    stream = served.ask(stream=True)
    next(iter(stream))
    assert not served.running.desk.idle
    stream.close()
    until(lambda: served.running.desk.idle)
    assert served.engine.aborts >= 1
    assert served.ask().choices[0].message.content == "Next."
    assert served.engine.started == 1, "it was stopped, not ended"
