"""Quotes, answers and their checks that are written down, as the screen gets them.

A model cannot be made to say what is wrong, so the tests and the pictures of wrong answers say it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fieldkit.chat.app import AssistantApp
from fieldkit.core.citation import Passage, State
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.marks import marks
from fieldkit.core.quote import Quote
from tests.fakes import FakeEvidence

Check = Callable[[str], Checked]

TABLE = Passage(
    document="PX-204",
    title="PX-204 mud pump, field manual",
    revision="C",
    page=8,
    heading="Torque table",
    text="Valve cover bolts: Thread M33x3.5, Torque 510 Nm. Fluid end studs: Torque 320 Nm.",
    score=9.1,
)
FAULTS = Passage(
    document="PX-204",
    title="PX-204 mud pump, field manual",
    revision="C",
    page=11,
    heading="Fault codes",
    text="E 17: Meaning Low oil pressure, Cause Oil level low or strainer clogged, Remedy Stop the"
    " pump. Top up the oil. Clean the strainer.",
    score=9.1,
)
BOLTS = Quote(
    text="Valve cover bolts: Thread M33x3.5, Torque 510 Nm.",
    passage=1,
    marked=((42, 48),),
    row=(("Part", "Valve cover bolts"), ("Thread", "M33x3.5"), ("Torque", "510 Nm")),
)
E17 = Quote(
    text=FAULTS.text,
    passage=1,
    marked=((0, 4),),
    row=(
        ("Code", "E 17"),
        ("Meaning", "Low oil pressure"),
        ("Cause", "Oil level low or strainer clogged"),
        ("Remedy", "Stop the pump. Top up the oil. Clean the strainer."),
    ),
)
STUDS = Quote(
    text="Fluid end studs: 320 Nm.",
    passage=1,
    marked=((17, 23),),
    converted="320 Nm = 236 lb-ft, converted",
)
WRONG = (
    "The valve cover bolts are tightened to 320 Nm. Use a calibrated wrench."
    " Paint the bolts green afterwards."
)

RIGHT = "The valve cover bolts are tightened to **510 Nm**."


def claims_of(text: str, *faults: tuple[str, Remark], passage: int = 1) -> tuple[Claim, ...]:
    """The sentences of ``text``; a remark is on the words it is given with."""
    claims = []
    end = 0
    for sentence in filter(None, text.replace("\n", " ").replace(". ", ".\0").split("\0")):
        start = text.index(sentence[:8], end)
        end = start + len(sentence)
        remarks = []
        for words, remark in faults:
            at = text.find(words, start, end) if words else start
            if at >= 0 and (words or remark.said in sentence):
                remarks.append(replace(remark, start=at, end=at + len(words)))
        none = any(remark.kind is Kind.NO_SUPPORT for remark in remarks)
        claims.append(
            Claim(
                start=start,
                end=end,
                text=sentence,
                passage=0 if none else passage,
                remarks=tuple(remarks),
            )
        )
    return tuple(claims)


NEIGHBOUR = Remark(
    kind=Kind.BELONGS,
    said="320 Nm",
    manual="510 Nm",
    subject="the valve cover bolts",
    owner="the fluid end studs",
    passage=1,
)
INVENTED = Remark(kind=Kind.NO_SUPPORT, said="Paint")


def wrong(text: str, *, replaced: bool = False) -> Checked:
    """The check of ``WRONG``, or of its beginning."""
    faults = (("320 Nm", NEIGHBOUR), ("", INVENTED))
    return Checked(text=text, claims=claims_of(text, *faults), replaced=replaced)


def withdrawn(text: str) -> Checked:
    """The same check; it withdraws the answer."""
    return wrong(text, replaced=True)


def right(text: str) -> Checked:
    """The check of an answer that the first passage supports."""
    found = tuple((mark.start, mark.end) for mark in marks(text))
    return Checked(text=text, claims=claims_of(text), marks=found)


def scripted(
    app: AssistantApp,
    *,
    quote: Quote | None,
    check: Check | None = None,
    state: State = State.ANSWERED,
) -> None:
    """Let the manuals of ``app`` quote and check so, whatever the engine says.

    A check that replaces the answer is that of the whole of it.
    """
    evidence = app._session.evidence
    assert isinstance(evidence, FakeEvidence)
    evidence.state = state
    evidence.quote = lambda _found, _question: quote  # type: ignore[method-assign]
    if check is not None:
        evidence.judge = check
