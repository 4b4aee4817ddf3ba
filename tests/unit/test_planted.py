"""The planted answers are sound, and their evaluator counts as it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldkit.core.claims import Checked, Claim, Kind, Remark
from tests import planted
from tests.claim_sets import items
from tests.claim_sets.items import Item, NoManuals, Shelf
from tests.planted import Judged

FILES = items.files()


def item(*, wrong: bool = True, answer: str = "It is 7 bar. Wear gloves.") -> Item:
    return Item(
        id="a",
        language="en",
        manuals="demo",
        question="How much?",
        places=(("PX-204", 1, "General safety", 1),),
        answer=answer,
        wrong=wrong,
        kind="digit" if wrong else "true_plain",
        wrong_span="7 bar" if wrong else "",
    )


def judged(of: Item, *marked: str) -> Judged:
    claims = tuple(
        Claim(
            start=of.answer.index(text),
            end=of.answer.index(text) + len(text),
            text=text,
            remarks=(Remark(kind=Kind.VALUE),) if text in marked else (),
        )
        for text in ("It is 7 bar.", "Wear gloves.")
    )
    return Judged(item=of, checked=Checked(text=of.answer, claims=claims), seconds=0.001)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_item_says_where_its_fault_is(path: Path) -> None:
    given = items.read(path)
    assert len({each.id for each in given}) == len(given)
    for each in given:
        assert each.manuals in items.MANUALS
        assert each.kind.startswith("true_") != each.wrong, each.id
        assert each.places, each.id
        assert each.wrong or not each.wrong_span, each.id
        assert each.wrong_span in each.answer, each.id
        if each.wrong and each.manuals != items.GIVEN:
            assert each.wrong_span, each.id
            assert each.answer.count(each.wrong_span) == 1, each.id
        assert len(each.files) == (len(each.places) if each.manuals in items.OUTSIDE else 0)


def test_the_passages_of_our_own_manuals_are_in_their_indexes() -> None:
    given = [
        each for path in FILES for each in items.read(path) if each.manuals not in items.OUTSIDE
    ]
    shelf = Shelf(given)
    for each in given:
        assert all(passage.text for passage in shelf.passages(each)), each.id


def test_a_line_may_hold_its_passages_itself(tmp_path: Path) -> None:
    passage = {"document": "A-1", "page": 2, "heading": "Oil", "text": "Use 3 l."}
    entry = {
        "id": "g", "question": "?", "passages": [passage], "answer": "3 l.", "label": "true",
        "kind": "true_short", "wrong_span": "",
    }  # fmt: skip
    path = tmp_path / "given.jsonl"
    path.write_text(json.dumps(entry), encoding="utf-8")
    (given,) = items.read(path)
    (found,) = Shelf([given]).passages(given)
    assert (found.document, found.page, found.text) == ("A-1", 2, "Use 3 l.")
    assert given.manuals == items.GIVEN


def test_parts_of_a_section_are_counted() -> None:
    shelf = Shelf([])
    pages = shelf._of("demo")
    first = pages[("PX-204", 9, "Fault codes", 1)].text
    assert first != pages[("PX-204", 9, "Fault codes", 2)].text


def test_documents_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDKIT_REAL_MANUALS", raising=False)
    outside = next(each for path in FILES for each in items.read(path) if each.manuals == "real")
    shelf = Shelf([outside])
    with pytest.raises(NoManuals, match="FIELDKIT_REAL_MANUALS does not name a folder"):
        shelf.passages(outside)
    found, left_out = planted.measure(Path("x.jsonl"), shelf, [outside, outside])
    assert found == []
    assert len(left_out) == 1
    assert left_out[0].startswith("LEFT OUT of x.jsonl: 2, FIELDKIT_REAL_MANUALS")


def test_a_mark_in_another_sentence_is_not_at_the_fault() -> None:
    there, elsewhere = judged(item(), "It is 7 bar."), judged(item(), "Wear gloves.")
    assert (there.marked, there.at_fault, there.right) == (True, True, True)
    assert (elsewhere.marked, elsewhere.at_fault) == (True, False)
    assert judged(item(wrong=False), "Wear gloves.").right is False
    assert planted.rows([there, elsewhere])[:2] == [
        "| digit | 2 | 100.0% | 34.2% to 100.0% | 50.0% |",
        "| **all wrong ones** | 2 | 100.0% | 34.2% to 100.0% | 50.0% |",
    ]


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (98, 100, 0.93, 0.9945)],
)
def test_the_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    assert planted.interval(count, total) == pytest.approx((low, high), abs=1e-3)


def test_misses_of_unseen_answers_are_not_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["planted", "--misses", "tests/claim_sets/unseen_own.jsonl"])
    with pytest.raises(SystemExit) as ended:
        planted.main()
    assert ended.value.code == 2
    assert "not for unseen answers" in capsys.readouterr().err


def test_misses_of_the_others_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    entry = json.loads(
        (items.FOLDER / "development_planted.jsonl").read_text(encoding="utf-8").splitlines()[0]
    )
    entry |= {"answer": "They need 9999 Nm.", "id": "miss"}
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(entry), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["planted", "--misses", str(path)])
    assert planted.main() == 0
    out = capsys.readouterr().out
    assert "Used while the check was made:" in out
    assert "marked: miss true_several_claims: They need 9999 Nm." in out


def test_lines_for_fieldkit_check_hold_the_passages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entry = (items.FOLDER / "development_planted.jsonl").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "own.jsonl").write_text(entry, encoding="utf-8")
    target = tmp_path / "lines.jsonl"
    monkeypatch.setattr(
        "sys.argv", ["planted", "--export", str(target), str(tmp_path / "own.jsonl")]
    )
    assert planted.main() == 0
    line = json.loads(target.read_text(encoding="utf-8"))
    assert set(line) == {"id", "question", "passages", "answer"}
    assert all(passage["text"] for passage in line["passages"])


def test_the_page_has_a_place_for_the_tables() -> None:
    page = planted._PAGE.read_text(encoding="utf-8")
    text = planted.written(page, "TABLES\n")
    assert "-->\nTABLES\n<!-- end of planted -->" in text
    assert planted.written(text, "TABLES\n") == text
    with pytest.raises(ValueError, match="no block"):
        planted.written("", "TABLES\n")
