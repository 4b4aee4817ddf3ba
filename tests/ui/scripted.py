"""Answers whose every step is written down: quotes and checks as the screen gets them.

A model cannot be made to say what is wrong, so the tests and the pictures of wrong answers say it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fieldkit.chat.app import AssistantApp
from fieldkit.chat.session import Ended, Found, Judged, Step
from fieldkit.chat.store import StoredTurn
from fieldkit.core.citation import Passage, State
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.generation import Stats, Token
from fieldkit.core.quote import Quote
from tests.fakes import PASSAGES

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
STATS = Stats(
    ttft_s=0.42,
    prefill_tokens=300,
    reused_tokens=40,
    prefill_tps=710.0,
    decode_tps=38.5,
    completion_tokens=30,
    context_used=330,
)


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


def right(text: str) -> Checked:
    """The check of an answer that the first passage supports."""
    return Checked(text=text, claims=claims_of(text))


def kept(
    question: str,
    answer: str,
    *,
    quote: Quote | None,
    passages: Sequence[Passage] = PASSAGES,
    state: State = State.ANSWERED,
    checked: Checked | None = None,
    turn: int = -1,
) -> StoredTurn:
    """A turn as it is kept."""
    return StoredTurn(
        id=turn,
        question=question,
        answer=answer,
        passages=tuple(passages),
        stats=STATS if answer else None,
        finish="stop" if answer else "search",
        created=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
        state=state,
        quote=quote,
        checked=checked,
    )


def scripted(
    app: AssistantApp,
    answer: str,
    *,
    quote: Quote | None,
    passages: Sequence[Passage] = PASSAGES,
    state: State = State.ANSWERED,
    check: Check = right,
    hold: Callable[[int], object] = lambda _word: None,
) -> None:
    """Let ``app`` answer every question so; ``hold`` is called before each word, with its number.

    Sentences are checked as they end, as a session does it.
    """

    def ask(question: str, *, again: bool = False) -> Iterator[Step]:
        del again
        turn = -1 - len(app.said)
        yield Found(turn=turn, passages=tuple(passages), state=state, quote=quote)
        said = ""
        for number, word in enumerate(answer.split(" ") if answer else ()):
            hold(number)
            piece = f" {word}" if said else word
            said += piece
            yield Token(piece)
            if said.endswith("."):
                yield Judged(replace(check(said), replaced=False))
        checked = check(answer) if answer else None
        done = kept(
            question,
            answer,
            quote=quote,
            passages=passages,
            state=state,
            checked=checked,
            turn=turn,
        )
        app._session.turns.append(done)
        cited = tuple(passages[n - 1] for n in checked.cited) if checked else ()
        yield Ended(kept=done, cited=cited, refused=False)

    app._session.ask = ask  # type: ignore[method-assign]
