"""Cutting manuals into passages: by heading, then between sentences, steps and table rows."""

from pathlib import Path

import pytest

from fieldkit.core.citation import Passage
from fieldkit.library.documents import Document, Page, read_folders
from fieldkit.library.passages import MAX_WORDS, split

DEMO = Path(__file__).parents[2] / "profiles" / "demo" / "manuals"


def passages(*pages: str, markdown: bool = True) -> tuple[Passage, ...]:
    return split(
        Document(
            document="TX-9",
            title="TX-9 transfer pump",
            revision="B",
            date="",
            pages=tuple(Page(number=n, text=text) for n, text in enumerate(pages, 1)),
            markdown=markdown,
        )
    )


def test_a_section_is_a_passage_under_its_nearest_heading() -> None:
    found = passages("# Safety\n## Gloves\nWear gloves.\nAlways.\n## Shoes\nWear shoes.")
    assert [(p.heading, p.text) for p in found] == [
        ("Gloves", "Wear gloves. Always."),
        ("Shoes", "Wear shoes."),
    ]
    assert found[0].label == "TX-9 rev B, p. 1, Gloves"


def test_a_heading_holds_over_the_end_of_a_page_and_pages_are_not_joined() -> None:
    found = passages("## Start\nOpen V-1.", "Close V-2.\n## Stop\nClose V-1.")
    assert [(p.page, p.heading, p.text) for p in found] == [
        (1, "Start", "Open V-1."),
        (2, "Start", "Close V-2."),
        (2, "Stop", "Close V-1."),
    ]


def test_a_table_row_carries_its_headers() -> None:
    table = "| Code | Meaning | Action |\n|---|:-:|---|\n| E 17 | Low oil | **Check** `V-3` |\n"
    [passage] = passages(f"## Faults\nCodes:\n{table}Done.")
    assert passage.text == "Codes: E 17: Meaning Low oil, Action Check V-3. Done."


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("| A | B |\n|---|---|\n| x | |", "x."),
        ("| A | B |\n|---|---|\n| | y |", "B y."),
        ("| A | B |\n|---|---|\n| x | y | z |", "x: B y, z."),
        ("| only | headers |\n|---|---|", "only, headers."),
        ("| A | B |\n|---|---|\n| a\\|b | c |", "a|b: B c."),
    ],
)
def test_untidy_tables_stay_legible(table: str, text: str) -> None:
    assert [p.text for p in passages(f"## T\n{table}")] == [text]


def test_steps_keep_their_numbers_and_bullets_become_sentences() -> None:
    [passage] = passages(
        "## Do\n1. Stop the pump.\n2. Open  breaker\n   Q4.\n- Fit a lock.\n* Wait."
    )
    assert passage.text == "1. Stop the pump. 2. Open breaker Q4. Fit a lock. Wait."


def test_marks_of_markdown_go_and_part_numbers_stay() -> None:
    [passage] = passages("## X\nSee [the list](a.md), *now*: M12*1.75, P_204 <!-- no -->and `T-5`.")
    assert passage.text == "See the list, now: M12*1.75, P_204 and T-5."


def test_underlined_headings_rules_quotes_and_code() -> None:
    found = passages(
        "Oil change\n==========\n> **Warning:** hot oil.\n\n---\nDrain it.\n\n"
        "Reset\n-----\n```\n# type this\nreset 7\n```\nWait."
    )
    assert [(p.heading, p.text) for p in found] == [
        ("Oil change", "Warning: hot oil. Drain it."),
        ("Reset", "# type this reset 7 Wait."),
    ]


def test_a_value_above_a_limit_is_no_quotation() -> None:
    [passage] = passages("## X\n> 5 bar\n\n> Mind the gap.")
    assert passage.text == "> 5 bar Mind the gap."


def test_entities_are_read_and_cannot_smuggle_controls() -> None:
    [passage] = passages("## X\n80 &deg;C &lt; 90&nbsp;&deg;C &#27;[31m &#x202e;end.")
    assert passage.text == "80 °C < 90 °C [31m end."


def test_a_long_section_is_cut_between_sentences_into_even_pieces() -> None:
    sentence = "Tighten bolt number {} to 20 Nm with the long wrench."
    text = " ".join(sentence.format(n) for n in range(30))
    found = passages(f"## Bolts\n{text}")
    sizes = [len(p.text.split()) for p in found]
    assert len(found) == 3
    assert max(sizes) <= MAX_WORDS
    assert max(sizes) - min(sizes) <= 12
    assert all(p.text.endswith("wrench.") and p.heading == "Bolts" for p in found)
    assert " ".join(p.text for p in found) == text


def test_a_long_table_is_cut_between_rows() -> None:
    rows = "\n".join(f"| E {n} | Something is wrong with part {n} |" for n in range(30))
    found = passages(f"## Codes\n| Code | Meaning |\n|---|---|\n{rows}")
    assert len(found) > 1
    assert all(p.text.startswith("E ") and p.text.endswith(".") for p in found)
    assert sum(p.text.count("Meaning") for p in found) == 30


@pytest.mark.parametrize("words", [111, 1000])
def test_a_sentence_longer_than_a_passage_is_cut_anyway(words: int) -> None:
    found = passages("## L\n" + " ".join(["word"] * words))
    assert all(len(p.text.split()) <= MAX_WORDS for p in found)
    assert sum(len(p.text.split()) for p in found) == words


def test_plain_text_takes_a_short_first_line_as_heading() -> None:
    found = passages(
        "WINCH\n\nOil the winch\nevery week.", "This page begins with a sentence.\nMore.",
        markdown=False,
    )  # fmt: skip
    assert [(p.heading, p.text) for p in found] == [
        ("WINCH", "Oil the winch every week."),
        ("", "This page begins with a sentence. More."),
    ]


def test_a_page_of_one_line_is_text() -> None:
    assert [(p.heading, p.text) for p in passages("See page 3", markdown=False)] == [
        ("", "See page 3")
    ]


def test_no_word_of_the_demo_manuals_prose_is_lost() -> None:
    for document in read_folders([DEMO]).documents:
        found = split(document)
        assert all(0 < len(p.text.split()) <= MAX_WORDS for p in found)
        assert all(p.heading for p in found)
        for page in document.pages:
            kept = " ".join(p.text for p in found if p.page == page.number)
            prose = [line for line in page.text.splitlines() if line and line[0] not in "#|<"]
            assert all(" ".join(line.split()) in kept for line in prose)
