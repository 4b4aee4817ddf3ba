"""A key of IT's, and answers to flag."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pyrage import x25519

from fieldkit.chat.feedback_box import FeedbackBox
from fieldkit.chat.flagging import Draft, draft
from fieldkit.chat.store import StoredTurn
from fieldkit.core.feedback import Origin
from fieldkit.core.generation import Stats
from tests.fakes import PASSAGES

NOW = datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)
ORIGIN = Origin(
    assistant="Northern Ridge field assistant",
    model="Ridge-Phi-5M",
    quantization="Q4_K_M",
    fieldkit="0.1",
    release="ab" * 32,
    version="1.2.0",
)
STATS = Stats(
    ttft_s=0.42,
    prefill_tokens=300,
    reused_tokens=40,
    prefill_tps=710.0,
    decode_tps=38.5,
    completion_tokens=10,
    context_used=310,
)


def turn(number: int = 1, **changes: object) -> StoredTurn:
    """An answered question."""
    fields: dict[str, object] = {
        "id": number,
        "question": f"Question {number}?",
        "answer": "The studs need 330 Nm [1].",
        "passages": PASSAGES[:2],
        "stats": STATS,
        "finish": "stop",
        "created": NOW,
    }
    return StoredTurn(**{**fields, **changes})  # type: ignore[arg-type]  # test convenience


def drafted(number: int = 1, **changes: object) -> Draft:
    """A report about an answer, with another one in its conversation."""
    flagged = turn(number, **changes)
    return draft(flagged, [turn(99), flagged], ORIGIN, clock=lambda: NOW)


class Desk:
    """IT with its key, and a laptop's box that seals to it."""

    def __init__(self, folder: Path) -> None:
        self.identity = x25519.Identity.generate()
        self.recipient = str(self.identity.to_public())
        self.box = FeedbackBox(folder, [self.recipient])
