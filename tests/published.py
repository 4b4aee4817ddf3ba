"""Chat templates as their publishers wrote them, read where they lie in the pinned llama.cpp."""

from __future__ import annotations

import ast
import functools
import re
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from fieldkit.core.message import Message
from fieldkit.engine.header import read_header
from fieldkit.packager.engine import source_archive
from fieldkit.packager.template_check import compiled
from tests.pinned import pinned_source

# An entry of llama.cpp's tests/test-chat-template.cpp: a name, then the template as a C string.
_ENTRY = re.compile(
    r'/\* \.name= \*/ +"((?:[^"\\]|\\.)*)",\s+'
    r'/\* \.template_str= \*/ +(?:U8C\()?("(?:[^"\\]|\\.)*")'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publisher's template of the family ``family``, and the names of its tokens."""

    family: str
    text: str
    tokens: Mapping[str, str]
    compiled: Callable[[Sequence[Message], bool], str]

    def render(self, messages: Sequence[Message], *, add_generation_prompt: bool = True) -> str:
        """What transformers would make of ``messages``."""
        return self.compiled(messages, add_generation_prompt)


@dataclass(frozen=True, slots=True)
class Place:
    """``where`` is a file in models/templates, an entry of llama.cpp's test, or a vocabulary."""

    family: str
    kind: str
    where: str
    bos: str
    eos: str

    @functools.cache  # noqa: B019 - a few, for as long as the tests run
    def read(self) -> Published:
        """The template that stands there."""
        text = {"jinja": _jinja, "test": _test, "vocabulary": _vocabulary}[self.kind](self.where)
        tokens = {"bos_token": self.bos, "eos_token": self.eos}
        return Published(
            family=self.family, text=text, tokens=tokens, compiled=compiled(text, tokens)
        )


_LLAMA = ("<|begin_of_text|>", "<|eot_id|>")
PLACES = {
    "Phi-3.5-mini": Place(
        "phi3.5", "jinja", "microsoft-Phi-3.5-mini-instruct", "<s>", "<|endoftext|>"
    ),
    "Phi-3-small": Place("phi3", "test", "Phi-3-small", "<s>", "<|endoftext|>"),
    "Llama 3": Place("llama3", "test", "Llama-3", *_LLAMA),
    "Llama 3.1": Place("llama3.1", "jinja", "meta-llama-Llama-3.1-8B-Instruct", *_LLAMA),
    "Llama 3.2": Place("llama3.1", "jinja", "meta-llama-Llama-3.2-3B-Instruct", *_LLAMA),
    "Llama 3.3": Place("llama3.1", "jinja", "meta-llama-Llama-3.3-70B-Instruct", *_LLAMA),
    "Qwen2.5": Place("qwen2", "jinja", "Qwen-Qwen2.5-7B-Instruct", "", "<|im_end|>"),
    "Gemma": Place("gemma", "test", "google/gemma-7b-it", "<bos>", "<eos>"),
    "Gemma 2": Place("gemma", "jinja", "google-gemma-2-2b-it", "<bos>", "<eos>"),
    "Mistral v1": Place(
        "mixtral",
        "test",
        "mistralai/Mistral-7B-Instruct-v0.2 (mistralai 'v1' template with a system prompt)",
        "<s>",
        "</s>",
    ),
    "Mistral v3": Place(
        "mistral",
        "test",
        "Mistral-Large-Instruct-2407 (mistralai 'v3' template; modified to have system prompt at"
        " start)",
        "<s>",
        "</s>",
    ),
    "Mistral Nemo": Place(
        "mistral-nemo", "jinja", "mistralai-Mistral-Nemo-Instruct-2407", "<s>", "</s>"
    ),
    "OpenHermes": Place("chatml", "test", "teknium/OpenHermes-2.5-Mistral-7B", "", "<|im_end|>"),
}
"""Templates that render exactly what their family does."""

# Of the same form as a family's, with one thing different that the tests name.
VIGOGNE = Place("llama2", "test", "bofenghuang/vigogne-2-70b-chat", "<s>", "</s>")
QWEN1_5 = Place("smollm2", "vocabulary", "qwen2", "", "<|im_end|>")


def _jinja(name: str) -> str:
    path = pinned_source() / "models" / "templates" / f"{name}.jinja"
    return path.read_text(encoding="utf-8")


def _test(name: str) -> str:
    return _entries()[name]


@functools.cache
def _entries() -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PIP_NO_INDEX", raising=False)
        archive = source_archive()
    with tarfile.open(archive) as tar:
        (name,) = (one for one in tar.getnames() if one.endswith("tests/test-chat-template.cpp"))
        file = tar.extractfile(name)
        assert file is not None
        source = file.read().decode("utf-8")
    return {
        ast.literal_eval(f'"{found[1]}"'): ast.literal_eval(found[2])
        for found in _ENTRY.finditer(source)
    }


def _vocabulary(name: str) -> str:
    path = pinned_source() / "models" / f"ggml-vocab-{name}.gguf"
    return str(read_header(path).metadata["tokenizer.chat_template"])
