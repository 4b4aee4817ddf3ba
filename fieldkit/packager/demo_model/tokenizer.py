"""The model's tokenizer: a small sentencepiece BPE with Phi-3's control tokens.

Text is normalised by nothing and digits are single tokens, so that llama.cpp cuts a text into
exactly the same tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sentencepiece

from fieldkit.core.prompt import Message, Segment, render

CONTROL = ("<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
VOCABULARY = 3072


def train(lines: Iterator[str], path: Path) -> None:
    """Write a sentencepiece model learned from ``lines`` to ``path``."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=lines,
        model_prefix=str(path.with_suffix("")),
        model_type="bpe",
        vocab_size=VOCABULARY,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=True,
        character_coverage=1.0,
        max_sentence_length=20000,
        control_symbols=list(CONTROL),
        num_threads=2,
        minloglevel=1,
    )


class Tokenizer:
    """Turns rendered prompts into token numbers as the engine does."""

    def __init__(self, path: Path) -> None:
        self.processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.bos: int = self.processor.bos_id()
        self.newline: int = self.processor.piece_to_id("<0x0A>")
        self.end: int = self.processor.piece_to_id("<|end|>")

    def text(self, text: str) -> list[int]:
        """The tokens of one text segment."""
        return list(self.processor.encode(text))

    def segments(self, segments: tuple[Segment, ...]) -> list[int]:
        """The tokens of a rendered prompt, without BOS."""
        tokens: list[int] = []
        for segment in segments:
            if segment.special:
                tokens.append(int(self.processor.piece_to_id(segment.text)))
            else:
                tokens += self.text(segment.text)
        return tokens

    def prompt(self, messages: list[Message]) -> list[int]:
        """The tokens of a whole prompt, with BOS."""
        return [self.bos, *self.segments(render("phi3", messages))]

    def decode(self, tokens: list[int]) -> str:
        """The text of ``tokens``."""
        return str(self.processor.decode(tokens))
