"""A model's vocabulary: rendered prompts to tokens, and tokens to text."""

from __future__ import annotations

import ctypes
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldkit.core.prompt import MARKERS, Segment
from fieldkit.core.templates import Template
from fieldkit.errors import EngineFailure, InvalidInput


class Vocabulary:
    """The vocabulary ``handle`` (a ``llama_vocab``) of the model in the file ``path``.

    Nothing is asked of it before the first use: a model may have none. ``tokenize`` may be called
    from any thread, ``piece`` from one.
    """

    def __init__(self, lib: Any, handle: Any, path: Path) -> None:
        self._lib = lib
        self._handle = handle
        self._path = path
        self._buffer = ctypes.create_string_buffer(256)

    def tokenize(self, segments: Sequence[Segment], family: Template | None = None) -> list[int]:
        """The token ids of a prompt that ``family`` rendered, with BOS first where that is wanted.

        Control tokens are taken only from special segments, each of which must be exactly one.
        Without a ``family`` the vocabulary decides on BOS, and the control tokens of all families
        are kept out of texts.
        """
        tokens = self._first(family.bos if family else None)
        kept_out = self._known
        if family:
            names = family.markers.union(family.closing)
            kept_out = {token: name for token, name in kept_out.items() if name in names}
        for segment in segments:
            tokens += self._control(segment) if segment.special else self._text(segment, kept_out)
        return tokens

    def piece(self, token: int) -> bytes:
        """The bytes of one token; control tokens are empty."""
        length = self._lib.llama_token_to_piece(
            self._handle, token, self._buffer, len(self._buffer), 0, False
        )
        if length < 0:
            self._buffer = ctypes.create_string_buffer(-length)
            return self.piece(token)
        return self._buffer.raw[:length]

    def ends(self, token: int) -> bool:
        """Whether ``token`` ends an answer: end of generation, or any other control token."""
        return bool(
            self._lib.llama_vocab_is_eog(self._handle, token)
            or self._lib.llama_vocab_is_control(self._handle, token)
            or token in self._known
        )

    def _first(self, bos: bool | None) -> list[int]:
        if bos is None:
            bos = bool(self._lib.llama_vocab_get_add_bos(self._handle))
        token = int(self._lib.llama_vocab_bos(self._handle))
        return [token] if bos and token >= 0 else []

    def _control(self, segment: Segment) -> list[int]:
        tokens = self._encode(segment.text, special=True)
        if len(tokens) != 1:
            raise InvalidInput(
                f"{self._path}: the vocabulary has no control token {segment.text}",
                hint="The candidate's template does not belong to this model; "
                "name the right one in its build/candidates file.",
            )
        return tokens

    def _text(self, segment: Segment, kept_out: Mapping[int, str]) -> list[int]:
        encode = self._bare if segment.spaced else self._encode
        tokens = encode(segment.text)
        if kept_out.keys().isdisjoint(tokens):
            return tokens
        names = [kept_out[token] for token in tokens if token in kept_out]
        first, *rest = _cut_within(segment.text, names)
        return encode(first) + [token for part in rest for token in self._bare(part)]

    def _bare(self, text: str) -> list[int]:
        """The tokens of ``text`` without the space that the vocabulary would put before it."""
        if not self._brings_space:
            return self._encode(text)
        before = self._encode("\n")  # a character that is joined to no other
        tokens = self._encode("\n" + text)
        return tokens[len(before) :] if tokens[: len(before)] == before else self._encode(text)

    @functools.cached_property
    def _known(self) -> dict[int, str]:
        """The tokens of this vocabulary that separate messages in some family, with their names."""
        found = ((self._encode(name, special=True), name) for name in MARKERS)
        return {tokens[0]: name for tokens, name in found if len(tokens) == 1}

    @functools.cached_property
    def _brings_space(self) -> bool:
        """Whether a text gets a space before its first word that it does not have."""
        buffer = ctypes.create_string_buffer(16)
        token = self._encode("a")[0]
        self._lib.llama_token_to_piece(self._handle, token, buffer, len(buffer), 0, False)
        return buffer.raw[:1] == b" "

    def _encode(self, text: str, *, special: bool = False) -> list[int]:
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        buffer = (ctypes.c_int32 * size)()
        count = self._lib.llama_tokenize(
            self._handle, data, len(data), buffer, size, False, special
        )
        if count < 0:
            raise EngineFailure(f"the engine could not tokenize {len(data)} bytes of text")
        return list(buffer[:count])


def _cut_within(text: str, names: Iterable[str]) -> Iterator[str]:
    """``text`` in parts, so that none of ``names`` is in any of them.

    Some vocabularies do not mark what separates messages as control tokens (published copies of
    Gemma's are examples), and llama.cpp finds such tokens in every text. Cut within their names
    they stay text.
    """
    pattern = "|".join(re.escape(name) for name in names)
    cuts = [found.start() + 1 for found in re.finditer(pattern, text)]
    return (text[start:end] for start, end in itertools.pairwise([0, *cuts, len(text)]))
