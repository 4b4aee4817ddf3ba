"""Vocabularies without a model: those of the pinned llama.cpp, and small made-up ones."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import gguf

from fieldkit.engine import backend
from fieldkit.engine.vocabulary import Vocabulary
from tests.pinned import pinned_source


class Opened(Vocabulary):
    """A vocabulary that also tells what llama.cpp makes of a whole prompt, tokens included."""

    def whole(self, text: str, *, bos: bool) -> list[int]:
        """The tokens of ``text`` in which the names of control tokens are these."""
        first = [int(self._lib.llama_vocab_bos(self._handle))] if bos else []
        return first + self._encode(text, special=True)

    def plain(self, text: str) -> list[int]:
        """The tokens of ``text`` as llama.cpp cuts it when control tokens are not looked for."""
        return self._encode(text)

    def number(self, name: str) -> int:
        """The token with exactly this ``name``."""
        (token,) = self._encode(name, special=True)
        return token

    def text(self, tokens: list[int]) -> str:
        """What ``tokens`` say, control tokens left out."""
        return b"".join(self.piece(token) for token in tokens).decode()

    @property
    def adds_bos(self) -> bool:
        """Whether the vocabulary itself asks for BOS."""
        return bool(self._lib.llama_vocab_get_add_bos(self._handle))

    @property
    def bos(self) -> int:
        """The token that begins a text."""
        return int(self._lib.llama_vocab_bos(self._handle))


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The vocabulary in the GGUF at ``path``, of which no tensor is read."""
    lib = backend.load()
    params = lib.llama_model_default_params()
    params.vocab_only = True
    handle = lib.llama_model_load_from_file(os.fsencode(path), params)
    assert handle, path
    try:
        yield Opened(lib, lib.llama_model_get_vocab(ctypes.c_void_p(handle)), path)
    finally:
        lib.llama_model_free(handle)


def real(name: str) -> Path:
    """The vocabulary ``name`` of the pinned llama.cpp."""
    return pinned_source() / "models" / f"ggml-vocab-{name}.gguf"


def made_up(path: Path, tokens: Mapping[str, gguf.TokenType], *, space: bool) -> Path:
    """Write a sentencepiece vocabulary of single characters and ``tokens``.

    ``space`` tells whether a text gets a space before its first word.
    """
    names = ["<unk>", "<s>", "</s>"]
    types = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    names += [f"<0x{byte:02X}>" for byte in range(256)]
    types += [gguf.TokenType.BYTE] * 256
    letters = ["\u2581", *(chr(code) for code in range(33, 127))]
    names += letters
    types += [gguf.TokenType.NORMAL] * len(letters)
    names += tokens
    types += tokens.values()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list(names)
    writer.add_token_scores([-1.0] * len(names))
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(space)
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(32)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path
