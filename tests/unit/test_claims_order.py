"""Steps of an answer in another order than the manual's are remarked, by what the words say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldkit.core.claims import Claim, Kind
from fieldkit.library.claims.order import order_remarks
from fieldkit.library.sentences import sentences

STOPPING = (
    "Lower the pump speed to 30 strokes per minute before the mud pump is stopped. "
    "Run the lube oil pump for 5 minutes after the mud pump has stopped."
)
ISOLATING = (
    "Isolate the mud pump before any work on it. 1. Stop the mud pump at the driller panel. "
    "2. Open breaker Q4 to cut the power. 3. Fit a red lock and a tag to breaker Q4. "
    "4. Close the suction valve V-11. 5. Open the bleed valve V-14. 6. Wait 3 minutes."
)
DECKEL = "1. Pumpe abschalten. 2. Saugventil schließen. 3. Deckel abnehmen."
TAPA = "1. Apague el motor. 2. Cierre la válvula de succión. 3. Retire la tapa."


def claims(*texts: str) -> list[Claim]:
    return [Claim(start=0, end=len(text), text=text) for text in texts]


@pytest.mark.parametrize(
    ("answer", "manual", "language"),
    [
        ("Stop the mud pump and then lower the pump speed.", STOPPING, "en"),
        ("First open the bleed valve V-14, then close the suction valve V-11.", ISOLATING, "en"),
        ("Before you close the suction valve V-11, open the bleed valve V-14.", ISOLATING, "en"),
        ("Close V-11 after you have opened the bleed valve V-14.", ISOLATING, "en"),
        ("Zuerst den Deckel abnehmen, danach das Saugventil schließen.", DECKEL, "de"),
        ("Retire la tapa y luego apague el motor.", TAPA, "es"),
    ],
)
def test_another_order_is_remarked(answer: str, manual: str, language: str) -> None:
    ((where, remark),) = order_remarks(claims(answer), manual, language)
    assert where == 0
    assert remark.kind is Kind.ORDER
    assert answer[remark.start : remark.end] == remark.said
    assert remark.manual


@pytest.mark.parametrize(
    ("answer", "manual", "language"),
    [
        ("Lower the pump speed and then stop the mud pump.", STOPPING, "en"),
        ("Stop the mud pump after you have lowered the pump speed.", STOPPING, "en"),
        ("Before you open the bleed valve V-14, close the suction valve V-11.", ISOLATING, "en"),
        ("After closing the suction valve V-11, open the bleed valve V-14.", ISOLATING, "en"),
        ("Open V-14; before that, close the suction valve V-11.", ISOLATING, "en"),
        ("Erst das Saugventil schließen, dann den Deckel abnehmen.", DECKEL, "de"),
        ("Después de apagar el motor, cierre la válvula de succión.", TAPA, "es"),
        ("The noise level is 94 dB.", ISOLATING, "en"),
    ],
)
def test_the_manuals_order_is_not_remarked(answer: str, manual: str, language: str) -> None:
    assert order_remarks(claims(answer), manual, language) == []


def test_steps_in_several_claims_are_compared_and_the_later_one_is_remarked() -> None:
    steps = claims("Close the suction valve V-11", "Open breaker Q4", "Wait 3 minutes")
    ((where, remark),) = order_remarks(steps, ISOLATING, "en")
    assert where == 1
    assert remark.said == "Open breaker Q4"


def test_checks_in_a_list_may_be_named_in_any_order() -> None:
    manual = "1. Check that the guards are fitted. 2. Check that the wash tank is full."
    answer = claims("Check that the wash tank is full and the guards are fitted.")
    assert order_remarks(answer, manual, "en") == []


@pytest.mark.parametrize("odd", ["", "1. 2. 3.", "then " * 2000, "1. a " * 3000, "\x00"])
def test_odd_text_is_no_error(odd: str) -> None:
    order_remarks(claims(odd, odd), odd, "en")
    order_remarks(claims(odd), ISOLATING, "xx")


def test_the_development_orders_are_judged_right() -> None:
    path = Path(__file__).parents[1] / "claim_sets" / "development_orders.jsonl"
    wrong = []
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        said = claims(*(s for part in item["answer"].splitlines() for s in sentences(part)))
        found = order_remarks(said, item["passage"], item["language"])
        if bool(found) != (item["label"] == "wrong"):
            wrong.append(item["answer"])
    assert wrong == []
