"""Cutting manuals into passages: by heading, then between sentences, steps and table rows."""

# ruff: noqa: E501, RUF001 - inputs are written as they occur
from pathlib import Path

import pytest

from fieldkit.core.citation import Passage
from fieldkit.library.documents import Document, Page, read_folders
from fieldkit.library.passages import MAX_WORDS, name_heading, split
from fieldkit.library.sentences import sentences

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
    table = "| Code | Meaning | Action |\n|---|:-:|---|\n| E 17 | Low oil | Check V-3 |\n"
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


def test_text_is_not_read_as_marks() -> None:
    text = "See [a](b.md), *x* and M12*1.75, P_204_x, &lt; `T-5` <!-- no -->, C:\\_old\\*.cfg."
    [passage] = passages(f"## Class 600#\n{text}")
    assert (passage.heading, passage.text) == ("Class 600#", text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ambient:\n-\u00a040 °C\n+\u00a080 °C", "Ambient: - 40 °C; + 80 °C"),
        (">\u00a05 bar", "> 5 bar"),
        ("#\u00a08 screws", "# 8 screws"),
        ("- 40 °C", "40 °C"),  # an item of a list, by the reader that wrote it
        ("a. Open. b. Wait.\niv. Close.", "a. Open. b. Wait. iv. Close."),
        ("| pipe\n| and pipe", "| pipe | and pipe"),
    ],
)
def test_signs_and_marks(text: str, read: str) -> None:
    assert [p.text for p in passages(text)] == [read]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("- 40 °C", "- 40 °C"),
        ("+ 24 V", "+ 24 V"),
        ("> 5 bar", "> 5 bar"),
        ("- Fit a lock.", "Fit a lock."),
        ("E 17   Low oil\nE 18   Hot oil", "E 17 Low oil. E 18 Hot oil."),
        ("*.cfg and 2**3", "*.cfg and 2**3"),
    ],
)
def test_plain_text_keeps_the_sign_of_a_value(line: str, read: str) -> None:
    assert passages(f"Limits\n{line}", markdown=False)[0].text == read


TABLE = "| Bolt | Torque | Note |\n|---|---|---|\n"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("| **Fluid end** | | |\n| Stud M24 | 320 Nm | |", "Fluid end, Stud M24: Torque 320 Nm."),
        (
            "| M8 | 25 Nm | |\n| **Power end** | | |\n| M8 | 45 Nm | dry |\n| M10 | 50 Nm | |",
            "M8: Torque 25 Nm. Power end, M8: Torque 45 Nm, Note dry. Power end, M10: Torque 50 Nm.",
        ),
        ("| **A** | | |\n| **B** | | |\n| M8 | 1 | |", "A, B, M8: Torque 1."),
        ("| M8 | 1 | |\n| **End** | | |", "M8: Torque 1. End."),
    ],
)
def test_a_row_of_a_group_names_the_rows_below(rows: str, text: str) -> None:
    assert [p.text for p in passages(f"{TABLE}{rows}")] == [text]


@pytest.mark.parametrize(
    ("name", "key", "read"),
    [
        ("Register", "33105", "Register 33105"),
        ("PID", "0xA07F", "PID 0xA07F"),
        ("Oil temperature", "0–40 °C", "Oil temperature 0–40 °C"),
        ("Interval", "500 h", "Interval 500 h"),
        ("Code", "E 17", "E 17"),
        ("Bolt", "M8", "M8"),
        ("Mode", "Pump: auto", "Mode Pump: auto"),
    ],
)
def test_a_bare_number_keeps_the_name_of_its_column(name: str, key: str, read: str) -> None:
    [found] = passages(f"| {name} | Value |\n|---|---|\n| {key} | x |")
    assert found.text == f"{read}{';' if ': ' in key else ':'} Value x."


def test_a_row_too_long_for_a_passage_repeats_its_key() -> None:
    cells = " ".join(["word"] * 90)
    found = passages(f"| Code | Cause | Remedy |\n|---|---|---|\n| E 17 | {cells} | {cells} |")
    assert [p.text.split(" word")[0] for p in found] == ["E 17: Cause", "E 17: Remedy"]


def test_a_caption_is_in_the_section_of_its_table() -> None:
    [found] = passages(f"## X\nTable 2: torques\n{TABLE}| M8 | 25 Nm | |")
    assert found.text == "Table 2: torques M8: Torque 25 Nm."


@pytest.mark.parametrize(
    "sentence", ["关闭进水阀并等待五分钟直到压力下降到零。", "ポンプを止めてから五分待ちます。"]
)
def test_chinese_and_japanese_are_cut_at_their_full_stops(sentence: str) -> None:
    found = passages(f"# X\n{sentence * 250}")
    assert len(found) > 10
    assert all(p.text.endswith("。") and len(p.text) <= 2 * MAX_WORDS for p in found)
    assert "".join(p.text for p in found) == sentence * 250


def test_chinese_without_a_full_stop_is_cut_anyway() -> None:
    found = passages("阀" * 4000)
    assert all(len(p.text) <= 2 * MAX_WORDS for p in found)
    assert "".join(p.text for p in found) == "阀" * 4000


def test_thai_is_cut_at_its_spaces() -> None:
    phrase = "ปิดวาล์วน้ำเข้าและรอห้านาที"
    found = passages(" ".join([phrase] * 100))
    assert len(found) > 4
    assert all(p.text.startswith("ปิด") and p.text.endswith(phrase[-4:]) for p in found)


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    assert passages("关闭进水\n阀门 A 然后\nwait.")[0].text == "关闭进水阀门 A 然后 wait."


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Закройте клапан. Откройте кран.", 2),
        ("¡Pare! ¿Está frío? Étape suivante.", 3),
        ("أغلق الصمام؟ افتح الصنبور.", 2),
        ("See Fig. 3 and approx. 5 mm at 1.5 bar, e.g. A. Then wait.", 2),
        ("2. Open it. Öl ablassen.", 2),
    ],
)
def test_sentences_of_other_scripts(text: str, units: int) -> None:
    assert len(list(sentences(text))) == units


def test_a_word_nobody_can_read_is_cut() -> None:
    found = passages("x" * 100_000)
    assert max(len(p.text) for p in found) <= 100 * MAX_WORDS
    assert "".join(p.text for p in found) == "x" * 100_000


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


def test_a_heading_with_a_value_or_code_and_no_text_is_text_of_the_one_above() -> None:
    found = passages("# Pump\n## 85 Nm\n## Oil: 8 l\n### Filter FX-330\n## End\nText.")
    assert [(passage.heading, passage.text) for passage in found] == [
        ("Pump", "85 Nm. Oil: 8 l."),
        ("Oil: 8 l", "Filter FX-330."),
        ("End", "Text."),
    ]


@pytest.mark.parametrize(
    "pages",
    [
        (
            "# Pump KD-71\n## 1.2 Care\n### 2.1.Start\n### 3. Oil\nFill it.",
        ),  # a name, chapters' numbers
        ("# Pump\nBegin.\n## Valve V-17", "Open it."),  # its text is on the next page
        ("## Valve V-17\nOpen it.",),
    ],
)
def test_other_headings_make_no_passage(pages: tuple[str, ...]) -> None:
    assert {passage.text for passage in passages(*pages)} <= {"Fill it.", "Begin.", "Open it."}


def test_a_heading_with_a_value_at_the_end_of_a_page() -> None:
    found = passages("# Pump\nBegin.\n## Valve V-17", "## Care\nOil it.")
    assert [(passage.page, passage.text) for passage in found] == [
        (1, "Begin."), (1, "Valve V-17."), (2, "Oil it.")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.1. Open A. 1.2. Close B.", ["1.1. Open A.", "1.2. Close B."]),
        ("ii. Open A. B. Close B.", ["ii. Open A.", "B. Close B."]),
        ("See Abb. 4. Bild 5. Tab. 6 too.", ["See Abb. 4.", "Bild 5.", "Tab. 6 too."]),
    ],
)
def test_labels_are_no_sentences(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_steps_with_numbers_of_two_levels_are_apart() -> None:
    [passage] = passages("Start\n\n1.1. Open V-1\n1.2. Close V-2\n", markdown=False)
    assert passage.text == "1.1. Open V-1 1.2. Close V-2"


def test_the_heading_that_names_a_document() -> None:
    def name(*texts: str, markdown: bool = False) -> str:
        pages = tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1))
        return name_heading(
            Document(document="M", title="M", revision="", date="", pages=pages, markdown=markdown)
        )

    assert name("# Pump KD-71\n## Oil", "## Care", markdown=True) == "Pump KD-71"
    assert name("# Pump KD-71\n# Oil", markdown=True) == ""
    assert name("Pump KD-71\n\nText.", "2 Oil\n\nText.") == "Pump KD-71"
    assert name("Pump KD-71\n\nText.", "Pump KD-72\n\nText.") == ""
    assert name() == name(markdown=True) == ""


def test_a_document_of_a_heading_alone_has_a_passage() -> None:
    assert [passage.text for passage in passages("# Pump RO-2")] == ["Pump RO-2."]


@pytest.mark.parametrize(
    ("text", "markdown", "heading"),
    [
        ("# Printer Errors\n\nThe tray is empty.", False, "Printer Errors"),
        ("# # Printer Errors #\n\nThe tray is empty.", True, "Printer Errors"),
        ("# #1 cylinder\n\nThe ring is worn.", True, "#1 cylinder"),
        ("# C#\n\nA tone.", True, "C#"),
    ],
)
def test_marks_of_a_heading_are_no_part_of_it(text: str, markdown: bool, heading: str) -> None:
    document = Document(
        document="X",
        title="X",
        revision="",
        date="",
        markdown=markdown,
        pages=(Page(number=0, text=text),),
    )
    assert [passage.heading for passage in split(document)] == [heading]
