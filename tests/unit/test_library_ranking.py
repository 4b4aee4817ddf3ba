"""The order of what is found: statements, values, products, pages; and the quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library import index
from fieldkit.library.asked_values import asked_value
from fieldkit.library.documents import Document, Page
from fieldkit.library.identities import Identities
from fieldkit.library.search import Library
from fieldkit.library.terms import codes

PADDING = "The housing is cleaned with a dry cloth and inspected for cracks. " * 3
WINCH = f"""# Winch

## Data

The rope of the winch is 60 m long. {PADDING}The winch weighs 550 kg with its rope.

## Lubrication

Grease the winch every 250 hours. The grease of the winch is lithium soap. {PADDING}
"""
CRANE = """# Crane

## Data

The weight of the load is shown. The rope of the crane is checked. E 05: Meaning Rope is slack.
"""
SMALL = "# FX-100 gauge\n\n## Mounting\n\nThe bolt of the gauge is tightened with 12 Nm.\n"
LARGE = "# FX-200 gauge\n\n## Mounting\n\nThe bolt of the gauge is tightened with 45 Nm.\n"


def manual(name: str, *pages: str) -> Document:
    return Document(
        document=name,
        title=name,
        revision="",
        date="",
        pages=tuple(Page(number=n, text=text) for n, text in enumerate(pages, 1)),
        markdown=True,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = tmp_path_factory.mktemp("ranking") / "manuals.sqlite"
    texts = {"winch": WINCH, "crane": CRANE, "FX-100": SMALL, "FX-200": LARGE}
    index.build(path, [manual(name, text) for name, text in texts.items()])
    return Library.open(path)


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("what does the winch weigh?", "The winch weighs 550 kg with its rope."),
        ("how long is the rope of the winch", "The rope of the winch is 60 m long."),
        ("how often do I grease the winch?", "Grease the winch every 250 hours."),
        ("what soap is the grease of the winch?", "The grease of the winch is lithium soap."),
    ],
)
def test_the_statement_that_answers_is_quoted(library: Library, question: str, quote: str) -> None:
    found = library.search(question, 3, floor=0.0)[0]
    assert found.quote == quote
    assert found.quote in found.text


@pytest.mark.parametrize(("product", "torque"), [("FX-100", "12 Nm"), ("FX-200", "45 Nm")])
def test_the_product_that_is_named_comes_first(library: Library, product: str, torque: str) -> None:
    found = library.search(f"torque for the bolt of the {product}", 2, floor=0.0)
    assert torque in found[0].text


def test_names_that_all_share_tell_no_document() -> None:
    names = Identities([("a", "FX-100 gauge"), ("b", "FX-200 gauge")])
    assert names.named([], {}) == {}


def test_a_code_is_known_as_the_manual_writes_it(library: Library) -> None:
    wanted = library.plan("code E05 on the crane")
    (entry, *_) = library.ranked(wanted, 3, question="code E05 on the crane")
    assert [term.written for term, _ in entry.mentioned if term.code] == ["E 05"]
    assert entry.passage.quote.startswith("E 05")


@pytest.mark.parametrize("asked", ["step by step", "please, the procedure", "steps to"])
def test_words_of_asking_never_cut_the_results(library: Library, asked: str) -> None:
    assert len(library.search(f"{asked}: grease the winch rope", 3, floor=0.0)) == 3


def test_one_page_does_not_crowd_out_the_others(tmp_path: Path) -> None:
    rows = "\n".join(f"| Valve {n} | valve seat of the pump, set to {n} bar |" for n in range(60))
    table = f"# Valve seats\n\n| Part | Setting |\n|---|---|\n{rows}\n"
    text = "# Care\n\nThe seat of a valve is lapped with paste.\n"
    other = "# Stock\n\nA valve seat is kept in oil.\n"
    index.build(tmp_path / "manuals.sqlite", [manual("pump", table, text, other)])
    with Library.open(tmp_path / "manuals.sqlite") as small:
        pages = [p.page for p in small.search("valve seat pump", 4, floor=0.0)]
    assert {1, 2, 3} == set(pages)


@pytest.mark.parametrize(
    ("question", "language", "statement", "worth"),
    [
        ("How long do I hold it?", "en", "Hold it for 3 seconds.", 1.0),
        ("How long do I hold it?", "en", "Hold it down.", 0.0),
        ("Wie schwer ist die Pumpe?", "de", "Masse: 12 kg.", 1.0),
        ("Combien de temps ?", "fr", "Attendre 5 minutes.", 1.0),
        ("De quanto em quanto tempo?", "pt", "a cada 15 dias", 1.0),
        ("Which password does it want?", "en", "The password is 1234.", 1.0),
        ("How tight is the bolt?", "en", "Item 7.", 0.5),
        ("密码是多少", "zh", "密码为 123456", 1.0),
    ],
)
def test_a_question_asks_for_a_kind_of_value(
    question: str, language: str, statement: str, worth: float
) -> None:
    assert asked_value(question, language).is_in(statement) == worth


def test_a_question_may_ask_for_no_value() -> None:
    assert not asked_value("Why does the pump stop?", "en")


def test_codes_inside_of_others_are_found_alone() -> None:
    found = codes("JK-B1A24S-15P/JK-B2A24S-15P")
    assert {"jkb1a24s15p", "b1a24s15p", "jkb2a24s15p", "b2a24s15p"} <= set(found)
