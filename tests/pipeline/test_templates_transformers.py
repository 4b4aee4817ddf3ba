"""Prompts, text and tokens, against transformers itself: in the converter's environment.

The tokenizers are those of the small model repositories of the tests, the templates published ones.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fieldkit.core.prompt import TEMPLATES, render
from fieldkit.packager.converter_env import Converter, ensure_converter, isolated
from fieldkit.packager.template_check import CONVERSATIONS, Conversation, without_bos
from tests.checkpoints import make_checkpoint
from tests.published import PLACES
from tests.vocabularies import Opened, opened

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(900)]

# The repository whose tokenizer has the family's control tokens.
REPOSITORY = {
    "phi3": "phi3",
    "phi3.5": "phi3",
    "llama3": "llama",
    "llama3.1": "llama",
    "mistral": "mistral",
    "mistral-nemo": "mistral",
    "mixtral": "mixtral",
    "qwen2": "qwen2",
    "chatml": "qwen2",
    "gemma": "gemma",
}
# llama.cpp keeps these without the BOS that the publisher writes, or the other way about.
OTHER_BOS = {"Phi-3-small", "Gemma"}
SCRIPT = Path(__file__).parent.parent / "transformers_side.py"


@dataclass(frozen=True, slots=True)
class Answer:
    """What transformers makes of a conversation with the published template ``name``."""

    name: str
    conversation: Conversation
    text: str
    tokens: list[int]


@pytest.fixture(scope="module")
def converter() -> Converter:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PIP_NO_INDEX", raising=False)
        return ensure_converter()


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repositories")
    for name in {*REPOSITORY.values()}:
        make_checkpoint(folder / name, name, layers=1)
    # The third Mistral's tokenizer puts a space before a text only where nothing goes before it.
    path = folder / "mistral" / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    tokenizer["normalizer"] = None
    tokenizer["pre_tokenizer"] = {
        "type": "Metaspace",
        "replacement": "\u2581",
        "prepend_scheme": "first",
        "split": False,
    }
    path.write_text(json.dumps(tokenizer), encoding="utf-8")
    return folder


def run(converter: Converter, *arguments: str | Path, stdin: str = "") -> str:
    return subprocess.run(
        [converter.python, "-B", *arguments],
        env={**os.environ, **isolated()},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


@pytest.fixture(scope="module")
def vocabularies(
    converter: Converter, repositories: Path, engine: Path
) -> Iterator[dict[str, Opened]]:
    """What the converter makes of each repository's tokenizer."""
    with ExitStack() as stack:
        found = {}
        for name in {*REPOSITORY.values()}:
            file = repositories / f"{name}.gguf"
            script = converter.script("model")
            run(converter, script, "--vocab-only", repositories / name, "--outfile", file)
            found[name] = stack.enter_context(opened(file))
        yield found


@pytest.fixture(scope="module")
def answers(converter: Converter, repositories: Path) -> list[Answer]:
    """Every conversation in every published template."""
    asked = [(name, conversation) for name in PLACES for conversation in CONVERSATIONS]
    requests = json.dumps([request(repositories, *one) for one in asked])
    found = json.loads(run(converter, SCRIPT, stdin=requests))
    return [
        Answer(name, conversation, one["text"], one["tokens"])
        for (name, conversation), one in zip(asked, found, strict=True)
    ]


def request(repositories: Path, name: str, conversation: Conversation) -> dict[str, Any]:
    own = PLACES[name].read()
    messages = TEMPLATES[own.family].given(conversation.messages)
    return {
        "folder": str(repositories / REPOSITORY[own.family]),
        "template": own.text,
        "tokens": dict(own.tokens),
        "messages": [{"role": one.role, "content": one.content} for one in messages],
    }


def test_the_text_is_that_of_transformers(answers: list[Answer]) -> None:
    for answer in answers:
        own = PLACES[answer.name].read()
        family = TEMPLATES[own.family]
        theirs = family.seen(without_bos(answer.text, family, own.tokens))
        segments = render(own.family, answer.conversation.messages)
        assert "".join(one.text for one in segments) == theirs, answer


def test_the_tokens_are_those_of_transformers(
    answers: list[Answer], vocabularies: dict[str, Opened]
) -> None:
    for answer in answers:
        if answer.name == "Mistral Nemo":
            continue  # its own vocabulary brings no spaces, and is not at hand
        own = PLACES[answer.name].read()
        family, vocabulary = TEMPLATES[own.family], vocabularies[REPOSITORY[own.family]]
        tokens = vocabulary.tokenize(render(own.family, answer.conversation.messages), family)
        if answer.name in OTHER_BOS:
            assert without(vocabulary.bos, tokens) == without(vocabulary.bos, answer.tokens), answer
        else:
            assert tokens == answer.tokens, answer


def without(first: int, tokens: list[int]) -> list[int]:
    return tokens[tokens[0] == first :]


def test_published_templates_are_rendered_as_transformers_does(answers: list[Answer]) -> None:
    """So that what faster tests compare with is what transformers would render."""
    for answer in answers:
        own = PLACES[answer.name].read()
        messages = TEMPLATES[own.family].given(answer.conversation.messages)
        assert own.render(messages) == answer.text, answer
