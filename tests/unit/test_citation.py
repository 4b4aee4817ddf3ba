"""Citations: which passages an answer points at, and what a refusal is."""

from dataclasses import replace

import pytest

from fieldkit.core.citation import REFUSAL, Citation, Passage, cited, refused

A = Passage(
    document="PX-204",
    title="Mud pump",
    revision="C",
    page=7,
    heading="Torque table",
    text="Studs: 320 Nm.",
)
B = replace(A, page=8, heading="Relief valve")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("320 Nm [1].", (A,)),
        ("[2] and [1], again [2]", (B, A)),
        ("no mark", ()),
        ("[0] [3] [99] [100]", ()),
        ("[x] [1", ()),
        (f"{REFUSAL} [1]", ()),
    ],
)
def test_cited_passages(answer: str, expected: tuple[Passage, ...]) -> None:
    assert cited(answer, (A, B)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (REFUSAL, True),
        (f"  {REFUSAL} Look at page 7.", True),
        ("The manuals do not answer this", True),
        ("The manuals say 320 Nm [1].", False),
        ("", False),
    ],
)
def test_a_refusal_is_known_by_its_words(answer: str, expected: bool) -> None:
    assert refused(answer) is expected


@pytest.mark.parametrize(
    ("passage", "label"),
    [
        (A, "PX-204 rev C, p. 7, Torque table"),
        (replace(A, revision=""), "PX-204, p. 7, Torque table"),
        (replace(A, page=0, heading=""), "PX-204 rev C"),
    ],
)
def test_a_label_leaves_out_what_is_not_known(passage: Passage, label: str) -> None:
    assert passage.label == label


def test_a_citation_is_what_scripts_read() -> None:
    assert Citation.of(A) == Citation(
        document="PX-204",
        revision="C",
        page=7,
        pdf_page=7,
        heading="Torque table",
        passage="Studs: 320 Nm.",
    )


@pytest.mark.parametrize(
    ("number", "label", "place", "page", "pdf_page"),
    [
        (5, "2", "PX-204 rev C, p. 2 (PDF 5), Torque table", 2, 5),
        (3, "ii", "PX-204 rev C, p. ii (PDF 3), Torque table", "ii", 3),
        (9, "2-3", "PX-204 rev C, p. 2-3 (PDF 9), Torque table", "2-3", 9),
        (9, "", "PX-204 rev C, p. 9, Torque table", 9, 9),
        (0, "", "PX-204 rev C, Torque table", 0, None),
    ],
)
def test_the_printed_page_is_cited_beside_that_of_the_file(
    number: int, label: str, place: str, page: int | str, pdf_page: int | None
) -> None:
    passage = replace(A, page=number, page_label=label)
    assert passage.place == place
    citation = Citation.of(passage)
    assert (citation.page, citation.pdf_page) == (page, pdf_page)


def test_a_refusal_that_begins_in_mid_sentence_is_one() -> None:
    assert refused("Drain the manuals do not answer this.")
    assert not refused("Drain the pump [1].")


def test_a_label_says_who_added_the_document_and_how_the_page_was_read() -> None:
    assert A.label == A.place == "PX-204 rev C, p. 7, Torque table"
    assert replace(A, own=True).label == f"{A.place}, added by you"
    assert replace(A, own=True, recognised=True).label == f"{A.place}, added by you, read by OCR"
    citation = Citation.of(replace(A, own=True, recognised=True))
    assert (citation.own, citation.recognised) == (True, True)
