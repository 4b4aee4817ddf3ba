"""A second library and what is asked of it: made-up machines, each with a manual of known pages.

Everything is drawn from one seed, so pages, values and questions are the same in every run. Several
machines share components, fault codes and page layouts, as real ones of one yard do; values differ.
Questions use other words than the pages where people do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

MACHINES = (
    ("DS-60", "desander"), ("CF-9", "decanting centrifuge"), ("TD-250", "top drive"),
    ("AC-15", "air compressor"), ("HP-8", "hydraulic power unit"), ("WN-3", "tugger winch"),
    ("BP-40", "booster pump"), ("SS-4", "shale shaker"), ("CU-2", "cementing unit"),
    ("LT-6", "light tower"), ("WH-1", "water heater"), ("FT-12", "fuel transfer skid"),
)  # fmt: skip
_BOLTS = (
    "cover screws", "bearing housing bolts", "motor foot bolts", "coupling bolts", "drain plug",
    "flange nuts", "guard screws", "filter bowl clamps", "base frame anchors", "shaft lock nut",
)  # fmt: skip
_FAULTS = (
    ("Motor winding too hot", "let it cool and clean the fan cover"),
    ("Phase missing in the supply", "check the fuses and the plug"),
    ("Oil level below the mark", "top up and look for a leak"),
    ("Inlet filter clogged", "replace the cartridge"),
    ("Speed sensor without signal", "check the plug and the gap of the sensor"),
    ("Brake not released", "check the air supply of the brake"),
    ("Emergency stop latched", "find out why, then turn the button"),
    ("Vibration above the limit", "stop and inspect the mounts"),
    ("Discharge line blocked", "open the bypass and flush the line"),
    ("Battery voltage low", "charge or change the battery"),
)
_POINTS = ("gearbox", "main bearing", "swivel joint", "rear bearing", "slide rails", "worm drive")
_GREASES = ("lithium grease NLGI 2", "calcium grease NLGI 1", "polyurea grease", "oil VG 150")
_TASKS = (
    ("drain the condensate", "draining of condensate"),
    ("replace the intake filter", "replacement of the intake filter"),
    ("check the belt tension", "inspection of belt tension"),
    ("calibrate the pressure gauge", "calibration of the pressure gauge"),
    ("clean the screen panels", "cleaning of screen panels"),
    ("test the safety valve", "testing of the safety valve"),
    ("change the gear oil", "changing of gear oil"),
)
_PARTS = (
    "shaft seal", "impeller", "drive belt", "control relay", "inlet strainer", "wear plate",
    "pressure switch", "gasket set", "lamp holder", "hose reel",
)  # fmt: skip
_SYMPTOMS = (
    ("rattles while it starts", "A rattle at the start comes from a worn coupling insert"),
    ("loses pressure overnight", "Pressure that is lost overnight escapes at the check valve"),
    ("smells of burnt rubber", "A smell of burnt rubber means that the belt slips"),
    ("trips the breaker in rain", "A breaker that trips in rain points to a wet junction box"),
    ("leaks at the front seal", "A leak at the front seal follows from a scored shaft"),
    ("will not reach full speed", "Full speed is not reached while the governor spring is slack"),
)
_EVERYWHERE = (
    "Only trained people work on this machine. Wear gloves and goggles, and keep the walkway free.",
    "Lock the main switch and hang the tag on it before a guard is taken off.",
    "Report damage to the shift supervisor. Do not run the machine with a damaged guard.",
)


@dataclass(frozen=True)
class Block:
    """A heading with what stands below: sentences, or a table whose first row is its header."""

    heading: str
    text: str = ""
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Manual:
    """One manual; its pages count from 1."""

    document: str
    title: str
    revision: str
    pages: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class Asked:
    """A question, the page and heading that answer it (0: none does), what the answer holds."""

    text: str
    document: str = ""
    page: int = 0
    heading: str = ""
    answer: str = ""


class Yard:
    """Every manual and every question, from one seed."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self.asked: list[Asked] = []
        self.manuals = tuple(self._manual(code, name) for code, name in MACHINES)
        self.unanswerable = tuple(Asked(text) for text in self._nothing())

    def _manual(self, code: str, name: str) -> Manual:
        makers = (
            self._overview, self._specifications, self._torques, self._lubrication, self._faults,
            self._maintenance, self._parts, self._transport, self._symptoms,
        )  # fmt: skip
        pages = []
        for number, make in enumerate(makers, 1):
            block, asked = make(code, name)
            pages.append((block, Block("Safety", self._random.choice(_EVERYWHERE))))
            self.asked += [Asked(q, code, number, block.heading, answer) for q, answer in asked]
        return Manual(code, f"{code} {name}, operator manual", "A", tuple(pages))

    def _overview(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        text = (
            f"The {code} is a {name} for permanent outdoor use. It stands on a skid and is wired to"
            " the yard supply. The nameplate is on the left side of the frame."
        )
        return Block("About this machine", text), [
            (f"Where do I find the nameplate of the {name}?", "left side of the frame")
        ]

    def _specifications(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        weight, noise, hot = (
            f"{self._number(200, 4000)} kg", f"{self._number(70, 99)} dB",
            f"{self._number(40, 60)} °C",
        )  # fmt: skip
        rows = (
            ("Property", "Value"), ("Weight", weight), ("Noise at one metre", noise),
            ("Maximum ambient temperature", hot),
        )  # fmt: skip
        return Block("Technical data", table=rows), [
            (f"How heavy is the {name}?", weight),
            (f"How loud is the {code}?", noise),
        ]

    def _torques(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        bolts = self._random.sample(_BOLTS, 5)
        rows = [(bolt, f"M{self._number(8, 30)}", f"{self._number(20, 700)} Nm") for bolt in bolts]
        asked = [
            (f"How tight do the {rows[0][0]} of the {name} go?", rows[0][2]),
            (f"Torque for the {rows[1][0]} on the {code}?", rows[1][2]),
            (f"What thread do the {rows[2][0]} of the {name} have?", rows[2][1]),
        ]
        return Block("Tightening torques", table=(("Joint", "Thread", "Torque"), *rows)), asked

    def _lubrication(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        points = self._random.sample(_POINTS, 3)
        grease = self._random.choice(_GREASES)
        amount = f"{self._number(10, 90)} g"
        text = (
            f"Fill the {points[0]} with {grease}. Press {amount} into the {points[1]} every week."
            f" The {points[2]} runs dry and must stay free of grease."
        )
        return Block("Lubrication", text), [
            (f"Which lubricant goes into the {points[0]} of the {name}?", grease),
            (f"How much grease does the {points[1]} of the {code} get?", amount),
        ]

    def _faults(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        faults = self._random.sample(_FAULTS, 5)
        codes = sorted(self._random.sample(range(10, 60), 5))
        rows = [(f"F {n}", what, todo) for n, (what, todo) in zip(codes, faults, strict=True)]
        one, other, last = self._random.sample(rows, 3)
        return Block("Fault codes", table=(("Code", "Meaning", "Remedy"), *rows)), [
            (f"The {name} shows {one[0]}, what is wrong?", one[1]),
            (f"What do I do about f{other[0][2:]} on the {code}?", other[2]),
            (f"Fault {last[0].replace(' ', '-')} at the {name}", last[1]),
        ]

    def _maintenance(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        tasks = self._random.sample(_TASKS, 4)
        rows = [(noun.capitalize(), f"{self._number(2, 90)} days") for _, noun in tasks]
        asked = [
            (f"How often must I {tasks[0][0]} on the {name}?", rows[0][1]),
            (f"After how many days do I {tasks[1][0]} of the {code}?", rows[1][1]),
        ]
        return Block("Maintenance schedule", table=(("Task", "Interval"), *rows)), asked

    def _parts(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        parts = self._random.sample(_PARTS, 5)
        letter = code[0]
        numbers = [f"{letter}{letter}-{self._number(1000, 9999)}" for _ in parts]
        rows = tuple(zip(parts, numbers, strict=True))
        return Block("Spare parts", table=(("Part", "Order number"), *rows)), [
            (f"What is the part number of the {parts[0]} of the {name}?", numbers[0]),
            (f"Which part is {numbers[1].replace('-', '')}?", parts[1]),
        ]

    def _transport(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        chains = self._random.choice(("two", "three", "four"))
        speed = f"{self._number(5, 40)} km/h"
        text = (
            f"Lift the machine by the marked eyes with {chains} chains of equal length. On the yard"
            f" it is towed at no more than {speed}. Drain all tanks before transport."
        )
        return Block("Lifting and transport", text), [
            (f"How many chains do I need to lift the {name}?", chains),
            (f"How fast may the {code} be towed?", speed),
        ]

    def _symptoms(self, code: str, name: str) -> tuple[Block, list[tuple[str, str]]]:
        picked = self._random.sample(_SYMPTOMS, 3)
        text = ". ".join(cause for _, cause in picked) + "."
        return Block("Troubleshooting", text), [
            (f"The {name} {asked}, why?", cause.split()[-1]) for asked, cause in picked[:2]
        ]

    def _nothing(self) -> Iterator[str]:
        """Questions that no page answers: unknown codes, parts, machines and matters."""
        for code, name in MACHINES:
            yield f"What does fault code F {self._number(70, 99)} mean on the {name}?"
            yield f"Where do I order part ZZ-{self._number(1000, 9999)} for the {code}?"
        for machine in ("rotary blender", "pipe tongs", "crew elevator", "mast crane"):
            yield f"How often must I grease the {machine}?"
            yield f"What is the rated voltage of the {machine}?"
        yield from (
            "Who won the football match last night?",
            "How do I reset the wifi password of the camp?",
            "How many days of holiday do I get after a rotation?",
            "Which radio channel does the helicopter use?",
            "What is on the menu in the canteen on Sunday?",
            "When does the bus to the airport leave?",
            "How do I claim my travel expenses?",
            "Which medicine helps against a headache?",
            "What is the phone number of the payroll office?",
            "How do I say good morning in Portuguese?",
        )

    def _number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)


def sheets(manual: Manual) -> list[str]:
    """Its pages as Markdown."""
    return [
        "\n\n".join(f"## {block.heading}\n\n{_body(block)}" for block in blocks)
        for blocks in manual.pages
    ]


def markdown(manual: Manual) -> str:
    """The file of one manual."""
    front = f"document: {manual.document}\ntitle: {manual.title}\nrevision: {manual.revision}"
    pages = (f"<!-- page {n} -->\n{sheet}\n" for n, sheet in enumerate(sheets(manual), 1))
    return f"---\n{front}\n---\n" + "".join(pages)


def _body(block: Block) -> str:
    if not block.table:
        return block.text
    header, *rows = (f"| {' | '.join(row)} |" for row in block.table)
    return "\n".join([header, "|" + "---|" * len(block.table[0]), *rows])
