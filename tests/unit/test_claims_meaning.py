"""A claim that says another thing than its statement is remarked; one in other words is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldkit.core.claims import Kind
from fieldkit.library.claims.meaning import checked_languages, differences

N, M, C = Kind.NEGATION, Kind.MODALITY, Kind.CONDITION

FITTING = "Never tighten a fitting while the discharge line holds pressure."
STRAINER = "Replace the suction strainer when the mesh is torn."
EARTHED = "The generator must be earthed before it is started."
OIL = "Change the engine oil of the generator while the engine is warm."
FROST = "The mud pump is not used below an air temperature of -29 degrees C."
STOPS = "The mud pump stops when the lube oil pressure falls below 1.2 bar."
LIMIT = "The maximum discharge pressure of the mud pump is 345 bar."


def kinds(claim: str, statement: str, language: str = "en", question: str = "") -> set[Kind]:
    return {remark.kind for remark in differences(claim, statement, language, question)}


@pytest.mark.parametrize(
    ("claim", "statement", "language", "kind"),
    [
        ("A fitting may be tightened while the discharge line holds pressure.", FITTING, "en", N),
        ("The suction strainer can stay in use even when the mesh is torn.", STRAINER, "en", C),
        (
            "The three liners do not have to be the same size.",
            "All three liners must have the same size.",
            "en",
            N,
        ),
        ("Check that V-14 is open.", "Check that the bleed valve V-14 is closed.", "en", N),
        ("The generator should ideally be earthed before it is started.", EARTHED, "en", M),
        ("Earthing the generator before it is started is recommended.", EARTHED, "en", M),
        ("Change the engine oil while the engine is cold.", OIL, "en", C),
        ("The mud pump is not used above an air temperature of -29 °C.", FROST, "en", C),
        ("The mud pump stops when the lube oil pressure rises above 1.2 bar.", STOPS, "en", C),
        ("The discharge pressure of the mud pump is at least 345 bar.", LIMIT, "en", C),
        ("Drain the fluid end.", "Drain the fluid end if frost is expected.", "en", C),
        (
            "Every stop is reported to the toolpusher after the pump has been started again.",
            "Report every stop to the toolpusher before the pump is started again.",
            "en",
            C,
        ),
        ("Das Ventil darf verstellt werden.", "Das Ventil darf niemals verstellt werden.", "de", N),
        ("Der Filter sollte getauscht werden.", "Der Filter muss getauscht werden.", "de", M),
        (
            "Vidanger l'huile uniquement à froid.",
            "Vidanger l'huile uniquement à chaud.",
            "fr",
            N,
        ),
        (
            "Abra la válvula mientras la bomba esté en marcha.",
            "No abra la válvula mientras la bomba esté en marcha.",
            "es",
            N,
        ),
        ("Oljen bør helst skiftes hver uke.", "Oljen skal skiftes hver uke.", "no", M),
        ("É permitido fumar perto do tanque.", "Não é permitido fumar perto do tanque.", "pt", N),
        (
            "El generador puede funcionar en un local cerrado.",
            "Never run the generator in a closed room.",
            "es",
            N,
        ),
    ],
)
def test_a_claim_that_differs_is_remarked(
    claim: str, statement: str, language: str, kind: Kind
) -> None:
    assert kind in kinds(claim, statement, language)


@pytest.mark.parametrize(
    ("claim", "statement", "language"),
    [
        ("A fitting must never be tightened while the line holds pressure.", FITTING, "en"),
        ("No. Do not tighten a fitting while the discharge line holds pressure.", FITTING, "en"),
        (
            "Only a trained technician may work on it.",
            "Only a trained technician works on the mud pump.",
            "en",
        ),
        ("The discharge pressure must not exceed 345 bar.", LIMIT, "en"),
        ("At most 345 bar.", LIMIT, "en"),
        ("Use the mud pump only above an air temperature of -29 °C.", FROST, "en"),
        ("The engine oil is changed while the engine is still warm.", OIL, "en"),
        (
            "Only open the tank after the gauge reads zero.",
            "Do not open the tank until the gauge reads zero.",
            "en",
        ),
        (
            "The detector must not be charged inside hazardous areas.",
            "Charge the gas detector only outside hazardous areas.",
            "en",
        ),
        (
            "Alcohol and silicone spray must not be used on the detector.",
            "Never use alcohol or silicone spray on the gas detector.",
            "en",
        ),
        (
            "Nein, das Ventil darf nicht verstellt werden.",
            "Das Ventil darf niemals verstellt werden.",
            "de",
        ),
        (
            "No, la protección no se debe retirar nunca.",
            "Nunca retire la protección de la correa.",
            "es",
        ),
        (
            "El generador nunca debe funcionar en un local cerrado.",
            "Never run the generator in a closed room.",
            "es",
        ),
        ("La pression maximale est de 12 bar.", "La pression ne doit pas dépasser 12 bar.", "fr"),
    ],
)
def test_other_words_for_the_same_are_not_remarked(
    claim: str, statement: str, language: str
) -> None:
    assert kinds(claim, statement, language) == set()


def test_the_question_may_supply_the_condition() -> None:
    statement = "Drain the fluid end if frost is expected."
    assert kinds("Drain the fluid end.", statement, question="What do I do before frost?") == set()


def test_a_bare_yes_or_no_is_compared_as_the_questions_answer() -> None:
    question = "May I change the battery of the radio in a hazardous area?"
    statement = "Never change the battery of the radio in a hazardous area."
    assert kinds("Yes.", statement, question=question) == {N}
    assert kinds("No.", statement, question=question) == set()


def test_a_remark_has_the_place_in_the_claim_and_the_manuals_sentence() -> None:
    claim = "Clean it weekly, and the generator may run in a closed room."
    other = "Clean the generator weekly. Never run the generator in a closed room. Lock it."
    (remark,) = differences(claim, other, "en")
    assert claim[remark.start : remark.end] == remark.said
    assert "may run in a closed room" in remark.said
    assert remark.manual == "Never run the generator in a closed room."


def test_a_language_without_a_table_is_not_compared() -> None:
    assert "fi" not in checked_languages()
    assert differences("Älä avaa kantta.", "Avaa kansi.", "fi") == []


@pytest.mark.parametrize("odd", ["", " ", "\x00", "!!!", "not " * 3000, "a,b;" * 2000, "²½ °", "א"])
def test_odd_text_is_no_error(odd: str) -> None:
    differences(odd, FITTING, "en", odd)
    differences(FITTING, odd, "", FITTING)


@pytest.mark.parametrize("code", checked_languages())
def test_every_language_knows_its_limits_and_its_negators(code: str) -> None:
    most, least, never = {
        "da": ("højst", "mindst", "aldrig"),
        "de": ("höchstens", "mindestens", "niemals"),
        "en": ("at most", "at least", "never"),
        "es": ("como máximo", "como mínimo", "nunca"),
        "fr": ("au plus", "au moins", "jamais"),
        "it": ("al massimo", "almeno", "mai"),
        "nl": ("hoogstens", "minstens", "nooit"),
        "no": ("høyst", "minst", "aldri"),
        "pt": ("no máximo", "pelo menos", "nunca"),
        "sv": ("högst", "minst", "aldrig"),
    }[code]
    assert C in kinds(f"Xenon {most} 12 bar", f"Xenon {least} 12 bar", code)
    assert N in kinds(f"Xenon {never} krypton", "Xenon krypton", code)


def test_most_wrong_claims_of_the_development_pairs_are_remarked_and_no_true_one_is() -> None:
    path = Path(__file__).parents[1] / "claim_sets" / "development_pairs.jsonl"
    marked: dict[str, list[bool]] = {"true": [], "wrong": []}
    for line in path.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        found = differences(pair["claim"], pair["statement"], pair["language"])
        marked[pair["label"]].append(bool(found))
    assert sum(marked["wrong"]) >= 0.9 * len(marked["wrong"])
    assert sum(marked["true"]) <= 0.02 * len(marked["true"])
