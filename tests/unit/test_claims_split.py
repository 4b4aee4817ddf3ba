"""An answer is taken apart into what it claims, without marks, Markdown and step numbers."""

from __future__ import annotations

import pytest

from fieldkit.core.marks import marks
from fieldkit.library.claims.split import MOST_WORDS, Piece, pieces


def _pieces(answer: str) -> list[Piece]:
    return pieces(answer, marks(answer))


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        ("Open V-14. Wait 3 minutes.", ["Open V-14.", "Wait 3 minutes."]),
        ("Every three years; the part is P-250.", ["Every three years", "the part is P-250."]),
        ("1. **Stop** the pump.\n2) Close `V-11`.", ["Stop the pump.", "Close V-11."]),
        ("- Step 3: Drain *all* oil\n* Fill it", ["Drain all oil", "Fill it"]),
        ("**Step 4:** Fill it.", ["Fill it."]),
        ("2.5 bar\n12 Nm", ["2.5 bar", "12 Nm"]),
        ("# Torque\nTighten it.", ["Tighten it."]),
        ("**Torque values:**\n320 Nm", ["320 Nm"]),
        ("> Isolate the pump.", ["Isolate the pump."]),
        ("Use snake_case_x and 5 * 3.", ["Use snake_case_x and 5 * 3."]),
        ("```\nSET P 345\n# no heading\n```", ["SET P 345", "# no heading"]),
        ("320 <b>Nm</b><br>", ["320 Nm"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_sentences_items_and_code(answer: str, texts: list[str]) -> None:
    assert [piece.text for piece in _pieces(answer)] == texts


def test_rows_of_a_table_are_read_with_the_names_of_their_columns() -> None:
    answer = (
        "| Part | Torque |\n|:--|--:|\n| Studs | **320 Nm** [2] |\n| Plug | 60 Nm |\n\nDone [1]."
    )
    studs, plug, done = _pieces(answer)
    assert studs.text == "Studs: Torque 320 Nm"
    assert studs.row
    assert studs.cites == (2,)
    assert answer[slice(*studs.span(14, 20))] == "320 Nm"
    assert plug.text == "Plug: Torque 60 Nm"
    assert done.cites == (1,)


def test_each_character_keeps_its_place() -> None:
    answer = "Use **320**  Nm [1], not `510` Nm [2].  Then *wait*."
    for piece in _pieces(answer):
        for place, char in enumerate(piece.text):
            if not char.isspace():
                assert answer[piece.places[place]] == char
    assert answer[slice(*_pieces(answer)[0].span(4, 10))] == "320**  Nm"


def test_a_mark_behind_the_full_stop_is_of_the_sentence_before_it() -> None:
    first, second = _pieces("Open it. [1] Close it [2].")
    assert first.cites == (1,)
    assert second.cites == (2,)


def test_what_goes_on_without_a_full_stop_is_cut() -> None:
    found = _pieces("one word and another, " * 1_000)
    assert len(found) > 60
    assert all(len(piece.text.split()) <= MOST_WORDS for piece in found)
    assert sum(len(piece.text.split()) for piece in found) == 4_000
