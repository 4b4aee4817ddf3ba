"""Measure a GGUF through the engine: demo questions with their passage, and made-up manuals."""

from __future__ import annotations

import logging
import math
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.citation import REFUSAL, Passage, cited, refused
from fieldkit.core.conversation import question_content
from fieldkit.core.generation import Token
from fieldkit.core.prompt import Message, render
from fieldkit.core.settings import Settings
from fieldkit.engine.model import Model
from fieldkit.engine.session import Sampling, Session
from fieldkit.packager.demo_model.corpus import SYSTEM, Corpus, manuals

log = logging.getLogger("fieldkit.demo_model")


class Engine:
    """Greedy answers from a GGUF file through fieldkit's engine."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        self.model = Model(path)
        settings = Settings(decode_threads=threads, prefill_threads=threads)
        self.session = Session(self.model, context=self.model.context, settings=settings)

    def answer(self, messages: list[Message], most: int = 120) -> str:
        """The answer to a conversation."""
        prompt = self.model.tokenize(render("phi3", messages))
        events = self.session.generate(prompt, max_tokens=most, sampling=Sampling())
        return "".join(event.text for event in events if isinstance(event, Token)).strip()


@dataclass
class Score:
    """How many answers were right in each way."""

    asked: int = 0
    contained: int = 0
    cited: int = 0
    refused: int = 0


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _similar(question: str, passages: list[Passage]) -> list[Passage]:
    """The passages in the order BM25 finds them for ``question``."""
    texts = [Counter(_words(f"{p.heading} {p.text}")) for p in passages]
    average = sum(sum(text.values()) for text in texts) / len(texts)
    total = [0.0] * len(texts)
    for word in set(_words(question)):
        holding = sum(word in text for text in texts)
        weight = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        for index, text in enumerate(texts):
            count = text[word]
            total[index] += (
                weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * sum(text.values()) / average))
            )
    order = sorted(range(len(texts)), key=lambda index: -total[index])
    return [passages[index] for index in order]


def _squeeze(text: str) -> str:
    return " ".join(_words(text))


def demo(engine: Engine, folder: Path, questions: Path) -> tuple[Score, Score]:
    """Scores of the answerable and of the unanswerable demo questions."""
    passages = [source.passage for source in manuals(folder)]
    answerable, unanswerable = Score(), Score()
    asked = tomllib.loads(questions.read_text("utf-8"))["question"]
    for index, entry in enumerate(asked):
        found = _similar(entry["text"], passages)
        if entry.get("answerable", True):
            gold = [
                p for p in passages
                if p.document == entry["document"] and p.page == entry["page"]
                and p.heading == entry["heading"]
            ]  # fmt: skip
            wanted = [_squeeze(text) for text in entry["answer"]]
            holding = [p for p in gold if any(text in _squeeze(p.text) for text in wanted)]
            target = (holding or gold)[0]
            others = [p for p in found if p not in gold][: 1 + index % 2]
            chosen = [*others[: index % 3], target, *others[index % 3 :]]
        else:
            chosen = found[: 2 + index % 2]
        said = engine.answer(
            [
                Message(role="system", content=SYSTEM),
                Message(role="user", content=question_content(entry["text"], chosen)),
            ]
        )
        score = answerable if entry.get("answerable", True) else unanswerable
        score.asked += 1
        score.refused += said == REFUSAL
        good = said == REFUSAL
        if score is answerable:
            good = any(text in said for text in entry["answer"])
            score.contained += good
            score.cited += target in cited(said, tuple(chosen))
        log.info("%s %s -> %s (%s)", "+" if good else "-", entry["text"], said, entry.get("answer"))
    return answerable, unanswerable


def synthetic(engine: Engine, corpus: Corpus, count: int) -> tuple[Score, Score]:
    """Scores on examples the training never saw: exact answers, and refusals."""
    answerable, unanswerable = Score(), Score()
    for _ in range(count):
        example = corpus.example(0.9, 2)
        if not example.passages or example.history:
            continue
        for question, wanted in example.branches:
            system = [Message(role="system", content=example.system)] if example.system else []
            content = question_content(question, example.passages)
            said = engine.answer([*system, Message(role="user", content=content)])
            score = unanswerable if refused(wanted) else answerable
            score.asked += 1
            score.refused += said == REFUSAL
            numbers = re.findall(r"\d+(?:\.\d+)?", wanted.rsplit(" [", 1)[0])
            given = re.findall(r"\d+(?:\.\d+)?", said.rsplit(" [", 1)[0])
            score.contained += said == wanted
            score.cited += said[-4:] == wanted[-4:] and numbers == given
            if said != wanted and score.asked < 12:
                log.info("- %s -> %s (%s)", question, said, wanted)
    return answerable, unanswerable


def report(model: Path, folder: Path, questions: Path, threads: int = 1) -> None:
    """Log the figures of ``model``."""
    engine = Engine(model, threads)
    made_up = synthetic(engine, Corpus(987654321), 60)
    known = synthetic(engine, Corpus(987654322, folder), 40)
    answerable, unanswerable = demo(engine, folder, questions)
    log.info("model %s", model.name)
    log.info("made-up manuals, answers word for word: %s; to refuse: %s", *made_up)
    log.info("with changed demo manuals, answers word for word: %s; to refuse: %s", *known)
    log.info("demo questions: %s; to refuse: %s", answerable, unanswerable)
