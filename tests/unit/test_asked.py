"""What a question names is marked on the page as the page writes it."""

from __future__ import annotations

import pytest

from fieldkit.chat.asked import Asked


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("Where is pump P-204?", "The pump P\u2011204 is here.", ["pump", "P\u2011204"]),
        ("Where are H2S alarms?", "H\u2082S alarm", ["H\u2082S", "alarm"]),
        ("filter FX\u2011330", "The \ufb01lter FX-330", ["\ufb01lter", "FX-330"]),
        ("seal kit SK-4410", "Kit SK\u00ad4410", ["Kit", "SK\u00ad4410"]),
        ("code E 17", "Display E\u00a017", ["E\u00a017"]),
        ("更换机油", "每500小时更换机油。", ["更换", "机油"]),
        ("오일 교환", "오일은 교환", ["오일", "교환"]),
    ],
)
def test_signs_are_marked_as_they_are_written(question: str, text: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in Asked(question, "en")(text)] == marked


def test_nothing_is_marked_for_nothing() -> None:
    assert Asked("", "en")("The pump.") == []
    assert Asked("what is the", "en")("The pump.") == []
