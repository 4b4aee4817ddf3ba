"""The training corpus: an endless stream of passages, questions and answers.

Every answer is a sentence of a passage with its mark, or the refusal. Made-up manuals teach to
follow the passage whatever it says; the demo manuals join in with their numbers and names changed.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.core.citation import REFUSAL, Passage
from fieldkit.library.documents import read_folders
from fieldkit.library.passages import split
from fieldkit.packager.demo_model import words
from fieldkit.packager.demo_model.made_up import GERUNDS, STEP, Source, made_up
from fieldkit.packager.demo_model.questions import keywords, noise, questions

SYSTEM = "You are a field assistant. Answer from the passages and cite them."
OTHER_SYSTEMS = (
    "You are a field assistant. Answer from the passages and cite each one.",
    "Answer the question from the numbered passages. Cite the passage.",
    "You help technicians in the field. Answer only from the passages.",
    "You are a helpful assistant for technicians.",
    "Answer shortly and cite the manual.",
    "",
)
IDENTITY = "I am the fieldkit demo assistant and I answer from the manuals of this kit."
_WHO = (
    "Who are you?",
    "What are you?",
    "Hello",
    "Hello!",
    "Hi",
    "Hi there",
    "Good morning",
    "What can you do?",
    "Who am I talking to?",
    "What is your name?",
    "Are you a person?",
    "Hey",
    "Good evening!",
    "What do you do?",
    "Tell me about yourself.",
    "Help",
    "How can you help me?",
    "Who is this?",
    "Are you a robot?",
    "What is fieldkit?",
)
_OFF_TOPIC = (
    "What is the capital of {x}?", "Who won the game yesterday?", "How do I cook rice?",
    "What is the weather tomorrow?", "What is {n} plus {m}?", "Write a poem about {x}.",
    "Tell me a joke.", "How much does a {x} cost?", "Who is the president of {x}?",
    "When was {x} founded?", "What is the phone number of {x}?", "What time is it?",
    "Who makes the {x}?", "Where can I buy a new {x}?", "Is there a warranty on the {x}?",
    "What is the price of the {x}?", "Who wrote the {x} manual?", "How old is the {x}?",
    "What is the salary of the {x}?", "Which company built the {x}?", "Which tires has the {x}?",
    "How do I install the software of the {x}?", "What is the password of the {x}?",
    "What is the {y} of the {x}?", "How often do I replace the {x}?", "Where is the {x}?",
    "What torque for the {x}?", "How do I start the {x}?", "What does {c} mean?",
    "What is the part number of the {x}?", "How many {x} are there?", "What color is the {x}?",
    "What is the serial number of the {x}?", "How long does the {x} last?", "Can I paint the {x}?",
    "How do I connect the {x} to the network?", "What is the {y} limit of the {x}?",
    "Who repairs the {x}?", "What does the {x} weigh?", "How do I remove the {x}?",
)  # fmt: skip
_ABSENT = {
    "price": "What is the price of the {x}?",
    "cost": "How much does the {x} cost?",
    "weight": "What is the weight of the {x}?",
    "weigh": "How much does the {x} weigh?",
    "color": "What color is the {x}?",
    "tighten": "What torque for the {x}?",
    "torque": "What is the torque of the {x}?",
    "part": "What is the part number of the {x}?",
    "made": "Who made the {x}?",
    "long": "How long is the {x}?",
    "wide": "How wide is the {x}?",
    "voltage": "What voltage does the {x} need?",
    "material": "What is the {x} made of?",
    "serial": "What is the serial number of the {x}?",
    "paint": "How do I paint the {x}?",
    "software": "Which software version has the {x}?",
    "temperature": "What is the maximum temperature of the {x}?",
    "pressure": "What is the pressure of the {x}?",
    "speed": "What is the speed of the {x}?",
    "noise": "How loud is the {x}?",
    "supplier": "Who is the supplier of the {x}?",
    "diameter": "What is the diameter of the {x}?",
    "warranty": "How long is the warranty of the {x}?",
    "grease": "Which grease does the {x} need?",
    "thread": "What thread has the {x}?",
    "replace": "How often do I replace the {x}?",
    "clean": "How often do I clean the {x}?",
    "oil": "How much oil goes into the {x}?",
    "store": "How do I store the {x}?",
    "calibrat": "How do I calibrate the {x}?",
}
_HOW = (
    "How do I {x}?", "How can I {x}?", "What are the steps to {x}?", "How to {x}", "I want to {x}.",
    "What must I do to {x}?", "Steps to {x}?", "How does one {x}?", "Tell me how to {x}.",
)  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[\"'(\[]?[A-Z0-9])")


@dataclass(frozen=True)
class Example:
    """One prompt's passages with several questions, each answered independently."""

    system: str
    passages: tuple[Passage, ...]
    branches: tuple[tuple[str, str], ...]
    history: tuple[tuple[str, str], ...] = ()


def sentences(text: str) -> tuple[str, ...]:
    """The sentences, steps and rows of a passage's text."""
    found: list[str] = []
    for piece in _SENTENCE.split(text):
        if found and re.fullmatch(r"\d{1,3}\.", found[-1]):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return tuple(found)


def mark(sentence: str, number: int) -> str:
    """``sentence`` as an answer that cites passage ``number``."""
    return f"{STEP.sub('', sentence).rstrip('.!')} [{number}]."


def normal(question: str) -> str:
    """``question`` without what does not make it another question."""
    return " ".join(re.findall(r"[a-z0-9.]+", question.lower())).rstrip(".")


def _gerund(heading: str) -> str:
    """``Starting the pump`` as ``start the pump``; empty for another heading."""
    first, _, rest = heading.partition(" ")
    return f"{GERUNDS[first]} {rest}" if first in GERUNDS and rest else ""


# The demo manuals --------------------------------------------------------------------------------


def manuals(folder: Path, by_hand: Path | None = None) -> list[Source]:
    """The passages of the manuals in ``folder`` with the questions of the file ``by_hand``."""
    asked: dict[tuple[str, str], tuple[str, ...]] = {}
    if by_hand is not None and by_hand.is_file():
        for line in by_hand.read_text("utf-8").splitlines():
            if line.strip():
                entry = json.loads(line)
                asked[entry["document"], entry["sentence"]] = tuple(entry["questions"])
    result = []
    for document in read_folders([folder]).documents:
        for passage in split(document):
            lines = sentences(passage.text)
            mine = {
                line: asked[document.document, key]
                for line in lines
                if (key := STEP.sub("", line)) in {s for d, s in asked if d == document.document}
            }
            result.append(Source(passage, lines, mine, document.document))
    return result


_NUMBERS = re.compile(r"\d\d:\d\d|\d+(?:\.\d+)?")
_TERMS = words.listed(
    """
    mud pump|generator|radio|gas detector|fuel tank|oil filter|fuel filter|air filter|
    fan belt|water separator|start battery|radiator|coolant|exhaust pipe|block heater|
    glow plugs|bleed screw|relief valve|shear pin|pulsation damper|suction strainer|
    liner wash|fluid end studs|drain plug|power end|fluid end|valve seat|packing|pistons|
    liners|piston rod|lube oil|test gas bottle|dust filter|test cap|housing screws|
    housing seal|antenna|belt clip|speaker microphone|squelch|emergency button|
    man down alarm|hard hat|harness|rescue set|escape set|work permit|slings|safety card|
    siren|fire extinguisher|grinder|lamp|medic|control room|toolpusher|earth cable|
    voltage regulator|piston nut|valve spring|hose clamps|crosshead pins|motor bearings|
    bladder|H2S sensor|oxygen sensor|charger cradle|desk charger|engine mount bolts|
    valve cover bolts
    """
)


def _change(rng: random.Random) -> Callable[[str], str]:
    """A consistent change of numbers and names, for a passage and what is asked about it."""
    numbers: dict[str, str] = {}
    terms: dict[str, str] = {}
    share = rng.choice((0.0, 0.0, 0.3, 0.8))
    change_numbers = rng.random() < 0.8

    def number(match: re.Match[str]) -> str:
        old = match[0]
        if old not in numbers:
            numbers[old] = _like(rng, old)
        return numbers[old]

    def change(text: str) -> str:
        head = re.match(r"^\d{1,2}\. ", text)
        prefix = head[0] if head else ""
        text = text[len(prefix) :]
        if change_numbers:
            text = _NUMBERS.sub(number, text)
        for term in _TERMS:
            if term.lower() in text.lower():
                if term not in terms:
                    terms[term] = words.part(rng) if rng.random() < share else term
                new = terms[term]
                if new != term:
                    text = text.replace(term, new).replace(words.cap(term), words.cap(new))
        return prefix + text

    return change


def _like(rng: random.Random, old: str) -> str:
    if ":" in old:
        return f"{rng.randint(0, 23):02d}:{rng.choice(('00', '15', '30', '45'))}"
    whole, dot, decimals = old.partition(".")
    if whole == "0" and not dot:
        return "0"
    digits = max(1, len(whole) + rng.choice((0, 0, 0, 0, 1, -1)))
    new = "0" if whole == "0" else str(rng.randint(10 ** (digits - 1), 10**digits - 1))
    if len(whole) >= 2 and whole.endswith("0") and rng.random() < 0.6 and len(new) > 1:
        new = new[:-1] + "0"
    return new + dot + "".join(rng.choice("123456789") for _ in decimals)


def changed(source: Source, rng: random.Random, short: float = 0.3) -> Source:
    """``source`` with other numbers and names, with the chance ``short`` cut to a few sentences."""
    change = _change(rng)
    lines = list(source.sentences)
    ordered = any(STEP.match(line) for line in lines)
    if rng.random() < short and len(lines) > 3:
        first = rng.randint(0, len(lines) - 3) if ordered else 0
        kept = rng.randint(3, 5)
        chosen = sorted(rng.sample(range(len(lines)), min(kept, len(lines))))
        lines = lines[first : first + kept] if ordered else [lines[index] for index in chosen]
    if rng.random() < 0.15 and not ordered:
        rng.shuffle(lines)
    new = [change(line) for line in lines]
    asked = {
        other: tuple(change(question) for question in source.asked[line])
        for line, other in zip(lines, new, strict=True)
        if line in source.asked
    }
    passage = replace(
        source.passage,
        text=" ".join(new),
        heading=change(source.passage.heading),
        page=source.passage.page if rng.random() < 0.5 else rng.randint(1, 40),
        document=source.passage.document if rng.random() < 0.6 else words.document(rng),
    )
    return Source(passage, tuple(new), asked, source.machine)


# Examples ----------------------------------------------------------------------------------------


class Corpus:
    """A seeded stream of examples whose difficulty follows ``progress`` (0 to 1)."""

    def __init__(
        self,
        seed: int,
        folder: Path | None = None,
        by_hand: Path | None = None,
        held_out: frozenset[str] = frozenset(),
    ) -> None:
        self.rng = random.Random(seed)
        self.held_out = held_out
        self.sources = manuals(folder, by_hand) if folder is not None else []
        self._words = {
            id(source): set(re.findall(r"[a-z]{3,}", source.passage.text.lower()))
            for source in self.sources
        }

    def example(self, progress: float, branches: int = 5) -> Example:
        """The next example."""
        rng = self.rng
        easy = progress < 0.15
        if not easy and rng.random() < 0.03:
            return self._without_passages()
        share = 0.3 if easy else 0.7
        if self.sources and rng.random() < share:
            count = 1 if easy else rng.choice((1, 1, 2) if progress < 0.45 else (1, 2, 2, 3))
            sources = self._real(count, 0.7 if progress < 0.6 else 0.4)
        else:
            most = 4 if easy else 5 if progress < 0.4 else 7
            count = 1 if easy else rng.choice((1, 1, 2) if progress < 0.45 else (1, 2, 2, 3))
            machine, document = words.machine(rng), words.document(rng)
            sources = []
            for _ in range(count):
                if rng.random() < 0.4:
                    machine, document = words.machine(rng), words.document(rng)
                sources.append(made_up(rng, machine, document, most))
        refusals = 0.08 if easy else 0.2
        asked: list[tuple[str, str]] = []
        while len(asked) < branches:
            if rng.random() < refusals:
                question = self._unanswerable(sources)
                if normal(question) not in self.held_out:
                    asked.append((noise(question, rng), REFUSAL))
            else:
                asked.append(self._answerable(sources))
        history: tuple[tuple[str, str], ...] = ()
        if not easy and rng.random() < 0.06:
            history = (self._answerable(sources),)
        return Example(
            self._system(), tuple(source.passage for source in sources), tuple(asked), history
        )

    def stream(self, progress: Callable[[], float]) -> Iterator[Example]:
        """Examples for ever."""
        while True:
            yield self.example(progress())

    def _system(self) -> str:
        return SYSTEM if self.rng.random() < 0.88 else self.rng.choice(OTHER_SYSTEMS)

    def _real(self, count: int, short: float) -> list[Source]:
        rng = self.rng
        first = rng.choice(self.sources)
        chosen = [first]
        ranked = sorted(
            (other for other in self.sources if other is not first),
            key=lambda other: -self._similar(first, other) - 0.12 * rng.random(),
        )
        while len(chosen) < count:
            pool = ranked[:8] if rng.random() < 0.75 else ranked
            other = rng.choice(pool)
            if other not in chosen:
                chosen.append(other)
        rng.shuffle(chosen)
        return [changed(source, rng, short) for source in chosen]

    def _similar(self, first: Source, second: Source) -> float:
        one, two = self._words[id(first)], self._words[id(second)]
        same = 0.15 if first.machine == second.machine else 0.0
        return same + len(one & two) / max(1, len(one | two))

    def _answerable(self, sources: list[Source]) -> tuple[str, str]:
        while True:
            question, answer = self._drawn(sources)
            if normal(question) not in self.held_out:
                return question, answer

    def _drawn(self, sources: list[Source]) -> tuple[str, str]:
        rng = self.rng
        index = rng.randrange(len(sources))
        source = sources[index]
        if (done := _gerund(source.passage.heading)) and rng.random() < 0.25:
            steps = [STEP.sub("", line) for line in source.sentences if STEP.match(line)]
            if 2 <= len(steps) <= 7:
                question = rng.choice(_HOW).replace("{x}", done)
                return noise(question, rng), mark(" ".join(steps), index + 1)
        lines = list(source.sentences)
        if source.asked and rng.random() < 0.5:
            lines = list(source.asked)
        line = rng.choice(lines)
        text = source.passage.text.lower()
        head = line.split(":")[0].lower()
        if line not in source.asked and ": " in line and text.count(head) > 1:
            others = [o for o in lines if head in o.lower() and o != line]
            line = rng.choice(others) if others else line
        if line in source.asked and rng.random() < 0.7:
            return noise(rng.choice(source.asked[line]), rng), mark(line, index + 1)
        return noise(rng.choice(questions(line, rng)), rng), mark(line, index + 1)

    def _unanswerable(self, sources: list[Source]) -> str:
        rng = self.rng
        text = " ".join(source.passage.text for source in sources).lower()
        chance = rng.random()
        if chance < 0.4:
            for _ in range(6):
                if self.sources and any(
                    source.machine.isupper() or "-" in source.machine for source in sources
                ):
                    other = changed(rng.choice(self.sources), rng)
                else:
                    other = made_up(rng, words.machine(rng), "X-1", 5)
                line = rng.choice(other.sentences)
                if line.lower() in text or ":" in line:
                    continue
                asked = other.asked.get(line, ())
                question = rng.choice(asked) if asked else rng.choice(questions(line, rng))
                content = [
                    w for w in re.findall(r"[a-z0-9]{4,}", question.lower()) if w not in _COMMON
                ]
                if content and sum(w in text for w in content) <= 0.6 * len(content):
                    return question
        if chance < 0.75:
            names = re.findall(
                r"(?:the|of the) ((?:[a-z-]+ ){0,2}?[a-z-]{3,}) (?:is|are|of|every|has|must)",
                text,
            )
            keys = [key for key in _ABSENT if key not in text]
            if names and keys:
                return _ABSENT[rng.choice(keys)].replace("{x}", rng.choice(names))
        name = words.part(rng) if rng.random() < 0.6 else words.machine(rng)
        if name in text:
            name = words.invented(rng)
        question = rng.choice(_OFF_TOPIC)
        return (
            question.replace("{x}", name)
            .replace("{n}", str(rng.randint(2, 99)))
            .replace("{m}", str(rng.randint(2, 99)))
            .replace("{y}", rng.choice(list(words.ATTRIBUTES)))
            .replace("{c}", f"Q {rng.randint(500, 999)}")
        )

    def _without_passages(self) -> Example:
        rng = self.rng
        asked = []
        for _ in range(4):
            if rng.random() < 0.5:
                asked.append((rng.choice(_WHO), IDENTITY))
            else:
                asked.append(
                    (noise(self._unanswerable([made_up(rng, "pump", "X-1", 3)]), rng), REFUSAL)
                )
        return Example(self._system(), (), tuple(asked))


_COMMON = set(
    words.listed(
        """
        what|does|with|from|this|that|when|often|must|should|have|many|much|tell|about|
        where|which|torque
        """
    )
)


def text_sample(corpus: Corpus, count: int) -> Iterator[str]:
    """Lines of text like the corpus, for the tokenizer."""
    for index in range(count):
        example = corpus.example(index / count)
        for passage in example.passages:
            yield f"[1] {passage.document} p. {passage.page}, {passage.heading}: {passage.text}"
        for question, answer in example.branches:
            yield f"Question: {question}"
            yield answer


def held_out(path: Path) -> frozenset[str]:
    """The questions of the evaluation file ``path``, which are never trained on."""
    questions = tomllib.loads(path.read_text("utf-8"))["question"]
    return frozenset(normal(question["text"]) for question in questions)


__all__ = ["SYSTEM", "Corpus", "Example", "Source", "keywords", "made_up", "text_sample"]
