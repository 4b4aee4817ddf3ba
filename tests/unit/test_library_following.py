"""Follow-ups keep their subject and replace only what they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from fieldkit.core.conversation import Turn
from fieldkit.library.documents import Document, Page
from fieldkit.library.finding import Finder
from fieldkit.library.following import Subjects, followed, is_fragment
from fieldkit.library.index import build
from fieldkit.library.language import language
from fieldkit.library.search import Library

TITLES = (
    ("PX-204", "PX-204 mud pump, field manual"),
    ("GX-30", "GX-30 generator, field manual"),
    ("SD-7", "SD-7 gas detector, field manual"),
)


@pytest.mark.parametrize(
    ("subject", "question", "meant"),
    [
        (
            "oil capacity of the mud pump?",
            "and for the generator?",
            "oil capacity for the generator?",
        ),
        ("PX-204 oil capacity?", "and the GX-30?", "oil capacity the GX-30?"),
        ("oil capacity of the mud pump?", "and the pressure?", "oil mud pump the pressure?"),
        ("change the oil of the mud pump", "in winter?", "change oil mud pump in winter?"),
        ("change the oil of the mud pump", "and how often?", "change oil mud pump how often?"),
        ("relief valve pressure", "in psi?", "relief valve pressure in psi?"),
        ("start the mud pump", "and stop?", "mud pump stop?"),
        ("E 17 on the mud pump", "and E 05?", "mud pump E 05?"),
        (
            "torque of the cover bolts of the mud pump",
            "and the studs?",
            "torque mud pump the studs?",
        ),
        (
            "oil of the generator",
            "and the torque of the plug?",
            "generator the torque of the plug?",
        ),
        ("Öl der mud pump", "und für den Generator?", "Öl für den Generator?"),
        ("Ölmenge der Schlammpumpe", "und der Generator?", "Ölmenge der Generator?"),
        ("aceite de la mud pump", "¿y para el generator?", "aceite para el generator?"),
        ("huile de la mud pump", "et pour le generator?", "huile pour le generator?"),
        ("óleo da mud pump", "e para o generator?", "óleo para o generator?"),
        ("olje for mud pump", "og for generatoren?", "olje for generatoren?"),
        ("olje for mud pump", "om vinteren?", "olje mud pump om vinteren?"),
        ("mud pump oil", "and the charge pump?", "mud pump the charge pump?"),
    ],
)
def test_what_is_named_takes_the_place_of_its_kind(subject: str, question: str, meant: str) -> None:
    assert followed(subject, question, Subjects.of(TITLES), language("en")) == meant


@pytest.mark.parametrize(
    ("question", "fragment"),
    [
        ("in winter?", True),
        ("for the generator?", True),
        ("bei Kälte?", True),
        ("om vinteren?", True),
        ("in winter how do I start it?", False),
        ("mud pump", False),
        ("when is the oil of the generator changed?", False),
        ("", False),
    ],
)
def test_a_circumstance_alone_is_no_question(question: str, fragment: bool) -> None:
    assert is_fragment(question) is fragment


def test_words_of_most_titles_name_no_product() -> None:
    subjects = Subjects.of(TITLES)
    assert subjects.named_by("manual") == frozenset()
    assert subjects.named_by("pump") == {0}
    assert subjects.named_by("generatoren") == {1}
    assert subjects.product("PX-204") == "mud pump"
    assert Subjects.of([]).named_by("pump") == frozenset()


PUMP = (
    "# Oil\nThe oil capacity of the mud pump is 190 liters. Change the lube oil every 1500 hours.",
    "# Torque table\nThe drain plug is tightened to 60 Nm. The cover bolts: 510 Nm.",
)
GENERATOR = (
    "# Oil\nThe oil capacity of the generator is 18 liters. In winter use another oil.",
    "# Torque table\nThe drain plug of the generator is tightened to 40 Nm.",
    "# Cold start\nIn winter heat the generator before it is started.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("following") / "library.sqlite"
    manuals = [
        Document(
            document=name,
            title=title,
            revision="",
            date="",
            markdown=True,
            pages=tuple(Page(number=n, text=text) for n, text in enumerate(pages, 1)),
        )
        for (name, title), pages in zip(TITLES, (PUMP, GENERATOR), strict=False)
    ]
    build(path, manuals)
    with Library.open(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("turns", "document", "heading"),
    [
        (["oil capacity of the mud pump?", "and for the generator?"], "GX-30", "Oil"),
        (["How do I change the lube oil of the mud pump?", "in winter?"], "PX-204", "Oil"),
        (
            [
                "oil capacity of the mud pump?",
                "and for the generator?",
                "and the torque of the drain plug?",
            ],
            "GX-30",
            "Torque table",
        ),
        (["torque of the cover bolts?", "and the drain plug?"], "PX-204", "Torque table"),
        (
            ["oil capacity of the mud pump?", "drain plug torque of the generator"],
            "GX-30",
            "Torque table",
        ),
    ],
)
def test_the_subject_stays_through_a_conversation(
    library: Library, turns: Sequence[str], document: str, heading: str
) -> None:
    *before, question = turns
    history = [Turn(question=text) for text in before]
    best = Finder(library).find(question, history, limit=3).passages[0]
    assert (best.document, best.heading) == (document, heading)


def test_a_question_that_stands_alone_is_not_mixed_with_what_was_asked(library: Library) -> None:
    finder = Finder(library)
    history = [Turn(question="How do I start the generator in winter?")]
    question = "What is the oil capacity of the mud pump?"
    assert finder.meant(question, history) == question
    assert finder.find(question, history, limit=3) == finder.find(question, limit=3)
