"""Passages of made-up manuals: no model can know them, so it has to read."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from fieldkit.core.citation import Passage
from fieldkit.packager.demo_model import words

STEP = re.compile(r"^\d{1,2}\. ")
GERUNDS = {
    "Starting": "start", "Stopping": "stop", "Draining": "drain", "Bleeding": "bleed",
    "Changing": "change", "Charging": "charge", "Cleaning": "clean", "Replacing": "replace",
    "Isolating": "isolate", "Locking": "lock", "Resetting": "reset", "Greasing": "grease",
    "Adjusting": "adjust", "Filling": "fill", "Removing": "remove", "Fitting": "fit",
    "Testing": "test", "Flushing": "flush", "Tightening": "tighten", "Opening": "open",
}  # fmt: skip

_MEASURED, _CODED, _TORQUE, _OFTEN, _VERB, _STEPS = 0, 1, 2, 3, 6, (3, 4, 11, 11)
# Each kind of fact with its forms; {pick:a|b} is one of the words, the other fields are in _fill.
_FACTS: tuple[tuple[str, ...], ...] = (
    ("The {attribute} of {of} is {measure}.",),
    ("The part number of {of} is {code:part number}.", "The {name} of {of} is {named}."),
    ("The {part} {be} tightened to {value:Nm}.",),
    (
        "{Action} {of} every {number} {unit}.",
        "{Action} {of} every {number} {unit}.",
        "{Action} {of} every {number} {unit}.",
        "{Action} {of} every {pick:day|week|month|year|shift|Monday|Friday}.",
    ),
    ("{Action} {of} {why}.",),
    ("The {part} {be} {place}.",),
    (
        "The {part} holds {about}{value:liters|kg|bottles}.",
        "The {part} uses {about}{value:liters per hour|W|V|liters of oil}.",
        "The {part} has {number} {pick:teeth|poles|bolts|holes|buttons|kW|V|W}.",
        "The {part} weighs {about}{value:kg|g}.",
        "The {part} runs at {value:rpm|Hz}.",
        "The {part} opens at {value:bar|degrees C}.",
        "The {part} takes {about}{value:minutes|hours}.",
        "The {part} lasts {about}{value:hours|days|years}.",
        "The {part} gives {value:V|A|kW|bar}.",
        "The {part} needs {about}{value:liters|A|W}.",
        "The {part} stops at {value:bar|rpm|degrees C}.",
        "The {part} reaches {about}{value:degrees C|m|km}.",
        "The {part} starts after {value:seconds|minutes}.",
        "The {part} moves by {value:mm|cm}.",
        "The {part} contains {value:liters of oil|g of gas}.",
    ),
    ("Fault code {fault} means {meaning}.",),
    (
        "Never {action} {of} {why}.",
        "Never {pick:use|open|cover|touch|remove} {of} {why}.",
        "Do not {action} {of} {why}.",
    ),
    ("{pick:Below|Above} {value:degrees C|bar|percent|m} {action} {of}.",),
    (
        ("The {attribute} of {of} {pick:must be|may be|has to be} "
        "{pick:below|above|at least} {measure}."),
    ),
    (
        ("{pick:Turn|Press|Hold|Pull|Push|Set|Close|Open|Raise|Lower|Run} {of} "
        "{pick:for|by|to} {value:seconds|minutes|bar|mm|turns|strokes|Nm}."),
    ),
    (
        ("The {part} {be} {pick:replaced|changed|tested|cleaned|checked|calibrated|inspected} "
        "{pick:after|every} {number} {unit}."),
    ),
    ("The {part} {be} {code:color}.",),
    (
        ("The {part} {pick:cools|holds|drives|locks|turns|protects|feeds|opens|measures} "
        "the {other}."),
    ),
    (
        "Only the {who} opens {of}.",
        "The {who} signs the form for {of}.",
        "Report a fault of {of} to the {who}.",
        "The {who} keeps the key of {of}.",
        "Call the {who} on channel {small} about {of}.",
        "The phone number of the {who} is {extension}.",
    ),
    (
        ("A {pick:worn|loose|blocked|dirty|broken|leaking} {part} {pick:makes|lets} the {other} "
        "{pick:knock|slip|leak|vibrate|overheat|stop|fail}."),
    ),
    ("The {part} works {range} degrees C.",),
)  # fmt: skip
_WHO = """driller|medic|foreman|toolpusher|mechanic|electrician|safety officer|control room|operator
|crane driver|guide""".replace("\n", "")
_FIELD = re.compile(r"\{(\w+)(?::([^}]*))?\}")


@dataclass(frozen=True)
class Source:
    """A passage and what can be asked about it: sentence to its questions written by hand."""

    passage: Passage
    sentences: tuple[str, ...]
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    machine: str = ""


def _fill(form: str, rng: random.Random, machine: str, part: str) -> str:
    """``form`` with each of its fields filled."""
    attribute, units = rng.choice(list(words.ATTRIBUTES.items()))
    name = rng.choice(list(words.CODES))
    action = rng.choice(words.ACTIONS)
    low = rng.randint(-40, 40)
    high = low + rng.randint(5, 90)
    meaning = rng.choice(words.MEANINGS)
    fields = {
        "attribute": attribute,
        "measure": words.value(rng, units),
        "name": name,
        "named": words.code(rng, words.CODES[name]),
        "part": part,
        "of": f"the {part} of the {machine}" if rng.random() < 0.3 else f"the {part}",
        "be": "are" if part.endswith("s") and not part.endswith("ss") else "is",
        "action": action,
        "Action": action.capitalize(),
        "number": words.number(rng),
        "unit": rng.choice(words.INTERVALS.split("|")),
        "why": rng.choice(words.REASONS).replace("{tool}", f"T-{rng.randint(10, 99)}"),
        "place": rng.choice(words.PLACES),
        "about": rng.choice(("", "", "", "about ", "only ")),
        "fault": words.fault_code(rng),
        "meaning": words.a(meaning) if rng.random() < 0.2 else meaning,
        "other": words.part(rng),
        "who": rng.choice(_WHO.split("|")),
        "small": str(rng.randint(1, 40)),
        "extension": str(rng.randint(100, 999)),
        "range": f"from {low} to {high}" if rng.random() < 0.7 else f"between {low} and {high}",
    }

    def one(match: re.Match[str]) -> str:
        key, detail = str(match[1]), str(match[2] or "")
        if key == "pick":
            return rng.choice(detail.split("|"))
        if key == "value":
            return words.value(rng, detail)
        return words.code(rng, words.CODES[detail]) if key == "code" else fields[key]

    return _FIELD.sub(one, form)


def _fact(rng: random.Random, kind: int, machine: str, part: str) -> str:
    return _fill(rng.choice(_FACTS[kind]), rng, machine, part)


def _table(rng: random.Random, machine: str) -> tuple[list[str], str]:
    """The linearised rows of a table and the sentence before it."""
    count = rng.randint(2, 5)
    first, second = rng.sample(list(words.ATTRIBUTES), 2)
    kind = rng.randrange(4)
    if kind == 0:
        thread = "Thread {code:thread}, " if rng.random() < 0.8 else ""
        form = f"{thread}Torque {{value:Nm}}."
        intro = "Use these torque values for the {machine}."
    elif kind == 1:
        form, intro = "Interval every {number} {unit}.", "Do this service on the {machine}."
    elif kind == 2:
        form = "Meaning {meaning}, Action {cure}."
        intro = "The panel of the {machine} shows a fault code."
    else:
        extra = f"{words.cap(first)} {{value:{words.ATTRIBUTES[first]}}}"
        extra = rng.choice(("Part number {code:part number}", extra))
        form = f"{extra}, {words.cap(second)} {{value:{words.ATTRIBUTES[second]}}}."
        intro = f"Each part of the {{machine}} has its own {second}."
    names = {_row_name(rng, kind): 0 for _ in range(count)}
    rows = []
    for name in names:
        row = form.replace("{meaning}", words.cap(rng.choice(words.MEANINGS)))
        row = row.replace("{cure}", words.cap(rng.choice(words.CURES)))
        rows.append(f"{words.cap(name)}: {_fill(row, rng, machine, name)}")
    return rows, intro.replace("{machine}", machine)


def _row_name(rng: random.Random, kind: int) -> str:
    if kind == 1:
        return f"{rng.choice(words.ACTIONS)} the {words.part(rng)}"
    return words.fault_code(rng) if kind == 2 else words.part(rng)


def _steps(rng: random.Random, machine: str, count: int) -> list[str]:
    steps = [_fact(rng, rng.choice(_STEPS), machine, words.part(rng)) for _ in range(count)]
    return [f"{index}. {re.sub(' every .*', '.', step)}" for index, step in enumerate(steps, 1)]


def made_up(rng: random.Random, machine: str, document: str, most: int) -> Source:
    """A passage of a made-up manual with at most about ``most`` sentences."""
    count = rng.randint(2, max(2, most))
    lines: list[str] = []
    parts = [words.part(rng) for _ in range(rng.choice((1, 2, 3, 5)))]
    if rng.random() < 0.4:
        base = rng.choice(words.NOUNS)
        parts = [f"{modifier} {base}" for modifier in rng.sample(words.MODIFIERS, 3)]
    heading = rng.choice(words.HEADINGS) if rng.random() < 0.5 else words.cap(rng.choice(parts))
    if most > 3 and rng.random() < 0.22:
        rows, intro = _table(rng, machine)
        lines = [intro, *rows] if rng.random() < 0.7 else rows
    elif most > 3 and rng.random() < 0.15:
        lines = _steps(rng, machine, count)
        heading = f"{rng.choice(list(GERUNDS))} the {parts[0]}"
        if rng.random() < 0.6:
            lines.insert(0, f"{rng.choice(('Do these steps', 'Take care'))} with the {parts[0]}.")
    _add_facts(rng, lines, count, machine, parts)
    passage = Passage(
        document=document,
        title="",
        revision="",
        page=rng.randint(1, 40) if rng.random() < 0.93 else 0,
        heading=heading,
        text=" ".join(lines),
    )
    return Source(passage, tuple(lines), machine=machine)


def _add_facts(
    rng: random.Random, lines: list[str], count: int, machine: str, parts: list[str]
) -> None:
    """Add facts to ``lines`` until they are ``count``; few kinds, so that they look alike."""
    kinds = [rng.randrange(len(_FACTS)) for _ in range(rng.choice((2, 3, 4)))]
    if rng.random() < 0.5:
        kinds = kinds[:2]
    else:
        kinds += [_MEASURED, _CODED, _TORQUE, _OFTEN, _VERB]
    while len(lines) < count:
        subject = rng.choice(parts) if rng.random() < 0.85 else machine
        line = _fact(rng, rng.choice(kinds), machine, subject)
        head = " ".join(line.split()[:6])
        if not any(other.startswith(head) for other in lines):
            lines.append(line)
        elif rng.random() < 0.2:
            kinds = list(range(len(_FACTS)))
