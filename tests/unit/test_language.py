"""Which language the interface speaks, and that a text is looked up when it is shown."""

from __future__ import annotations

import gettext
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fieldkit.chat import i18n, language, preferences
from fieldkit.chat.doubts import doubts
from fieldkit.chat.elsewhere import said
from fieldkit.chat.preferences import Preferences
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.wording import in_words, label, left_out, problem
from fieldkit.core.citation import REFUSAL, State, refused
from fieldkit.core.claims import SENTENCES, SHORT_SENTENCES
from fieldkit.core.refusal import InWords, as_said
from fieldkit.core.refusal import in_words as in_english
from fieldkit.core.release import Assistant
from fieldkit.errors import EngineFailure
from tests.fakes import ASSISTANT, TORQUE

SPANISH = replace(ASSISTANT, language="es")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        ("es_419.UTF-8", "es"),
        ("nb_NO.UTF-8@euro", "nb"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("EN_us", "en"),
        ("de", ""),
        ("C", ""),
        ("", ""),
        ("../../es", ""),
    ],
)
def test_region_and_variant_fall_back(wanted: str, code: str) -> None:
    assert i18n.matching(wanted) == code


@pytest.mark.parametrize(
    ("own", "variable", "assistant", "system", "code"),
    [
        ("nb", "es", SPANISH, "en_GB.UTF-8", "nb"),
        ("", "nb", SPANISH, "en_GB.UTF-8", "nb"),
        ("", "", SPANISH, "nb_NO.UTF-8", "es"),
        ("", "", replace(SPANISH, interface="en"), "nb_NO.UTF-8", "en"),
        ("", "", replace(ASSISTANT, interface="es"), "nb_NO.UTF-8", "es"),
        ("", "", ASSISTANT, "nb_NO.UTF-8", "nb"),
        ("", "", replace(ASSISTANT, language="de"), "es_MX.UTF-8", "es"),
        ("", "", replace(ASSISTANT, language="de"), "de_DE.UTF-8", "en"),
        ("fr", "xx", ASSISTANT, "C.UTF-8", "en"),
    ],
)
def test_the_first_wish_that_can_be_met_holds(
    tmp_path: Path, own: str, variable: str, assistant: Assistant, system: str, code: str
) -> None:
    path = tmp_path / "preferences.json"
    preferences.save(path, Preferences(language=own))
    environment = {"FIELDKIT_LANGUAGE": variable, "LANG": system}
    assert language.chosen(path, assistant, environment) == code


def test_the_system_is_read_as_gettext_reads_it() -> None:
    def system(**environment: str) -> str:
        return language.chosen(None, ASSISTANT, environment)

    assert system(LC_ALL="C", LANG="es_ES") == "en"
    assert system(LANGUAGE="de:nb:es", LANG="de_DE") == "nb"
    assert system(LANGUAGE="nb", LANG="C") == "en"
    assert system(LC_MESSAGES="nb_NO", LANG="es_ES") == "nb"
    assert system() == "en"


def test_a_release_from_before_there_were_languages() -> None:
    old = json.loads(ASSISTANT.to_json())
    del old["interface"]
    assert Assistant.from_json(json.dumps(old)) == ASSISTANT


def test_a_choice_is_kept_beside_the_others(tmp_path: Path) -> None:
    path = tmp_path / "new" / "preferences.json"
    language.keep(path, "nb")
    preferences.save(path, replace(preferences.load(path), theme="fieldkit-mono"))
    language.keep(path, "es")
    assert preferences.load(path) == Preferences(theme="fieldkit-mono", language="es")
    language.keep(None, "nb")


def test_a_text_is_looked_up_when_it_is_shown() -> None:
    assert left_out(1) == "This conversation is long: its first question is no longer read."
    assert i18n.use("nn") == "nb"
    assert left_out(3) == "Samtalen er lang: de første 3 spørsmålene leses ikke lenger."
    assert i18n.use("es-MX") == "es"
    assert left_out(1) == "Esta conversación es larga: su primera pregunta ya no se lee."
    assert i18n.use("de") == "en"
    assert left_out(1).startswith("This conversation")
    assert i18n._("") == ""


def test_every_language_can_be_used_and_follows_another() -> None:
    code = i18n.SOURCE
    for _time in i18n.LANGUAGES:
        assert i18n.use(code) == code
        code = language.after(code)
    assert code == i18n.SOURCE


@pytest.mark.parametrize("content", [None, b"", b"no catalog", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_a_catalog_that_cannot_be_read_leaves_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "es" / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / "es" / "LC_MESSAGES" / "fieldkit.mo").write_bytes(content)
    monkeypatch.setattr(i18n, "_LOCALE", tmp_path)
    assert i18n.use("es") == "en"
    assert i18n._("Help") == "Help"


@pytest.mark.parametrize(
    ("code", "whole", "half"),
    [("en", "3,821", "1,234.5"), ("es", "3.821", "1.234,5"), ("nb", "3\xa0821", "1\xa0234,5")],
)
def test_figures_are_written_as_the_language_does(code: str, whole: str, half: str) -> None:
    i18n.use(code)
    assert i18n.figure(3821) == whole
    assert i18n.figure(1234.5, 1) == half


def test_a_place_in_a_manual_is_told_in_the_language() -> None:
    assert label(TORQUE) == TORQUE.label == "PX-204 rev C, p. 7, Torque table"
    i18n.use("es")
    own = replace(TORQUE, own=True, recognised=True)
    assert label(own) == "PX-204 rev. C, pág. 7, Torque table, añadido por usted, leído por OCR"


def test_what_manuals_say_is_no_format() -> None:
    i18n.use("nb")
    odd = replace(TORQUE, document="{page}{0}", revision="{document.x}", heading="{")
    assert label(odd) == "{page}{0} rev. {document.x}, s. 7, {"


def test_warnings_under_an_answer_are_told_in_the_language() -> None:
    i18n.use("nb")
    old = replace(TORQUE, superseded_by="rev D")
    turn = StoredTurn(
        id=1, question="q", answer="It is 999 Nm [1].", passages=(old,), stats=None, finish="stop",
        created=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    assert doubts(turn) == [
        "Manualen oppgir 320 Nm, ikke 999 Nm.",
        "PX-204 rev. C er erstattet av rev D.",
    ]


def test_what_the_parts_below_say_is_told_in_the_language() -> None:
    error = EngineFailure(
        "the engine ended unexpectedly (status -9): out of {memory}\x1b\n0 1",
        hint="Start it again; if it happens again, send this message with the log.",
    )
    assert problem(error).startswith("The engine ended unexpectedly (status -9): out of {memory}")
    i18n.use("es")
    assert problem(error) == (
        "El modelo terminó de forma inesperada (estado -9): out of {memory} 0 1. Reinícielo; si"
        " vuelve a ocurrir, envíe este mensaje con el registro."
    )
    assert problem(EngineFailure("nobody knows this")) == "Nobody knows this."
    told = said("Tuned: answers come 12 % sooner from the next start on")
    assert told == "Ajustado: respuestas un 12 % antes desde el próximo inicio"


class TestTheSentenceOfRefusal:
    """It is protocol where the model says it and words where a person reads it."""

    def test_is_shown_in_the_language(self) -> None:
        i18n.use("es")
        said = "The manuals do not answer this. Ask the maker."
        nothing = "No he encontrado nada sobre esto en los manuales. Ask the maker."
        unsure = "No he encontrado una respuesta segura. Mire primero [1]. Ask the maker."
        assert in_words(said, State.NONE, 3) == nothing
        assert in_words(said, State.ANSWERED, 3) == unsure
        may = "Los manuales quizá respondan a esto en estas páginas. Ask the maker."
        assert in_words(said, State.PERHAPS, 3) == may
        assert refused(said), "what is kept is what the model said"

    @pytest.mark.parametrize("size", [1, 2, 7, 100])
    def test_is_put_in_words_while_it_streams(self, size: int) -> None:
        i18n.use("nb")
        words = InWords(i18n._)
        words.state = State.NONE
        said = f"\n{REFUSAL} Ask the maker."
        pieces = [words.add(said[at : at + size]) for at in range(0, len(said), size)]
        shown = "".join([*pieces, words.rest()])
        assert shown.strip() == "Jeg fant ingenting om dette i manualene. Ask the maker."

    @pytest.mark.parametrize("said", ["The manuals agree: 320 Nm.", "320 Nm", "", "The man"])
    def test_anything_else_passes_unchanged(self, said: str) -> None:
        i18n.use("nb")
        words = InWords(i18n._)
        assert "".join([*map(words.add, said), words.rest()]) == said

    @pytest.mark.parametrize("state", [*State, None])
    @pytest.mark.parametrize("pages", [0, 2])
    def test_comes_back_from_a_client_as_the_model_said_it(
        self, state: State | None, pages: int
    ) -> None:
        shown = in_english(f"{REFUSAL} Ask the maker.", state, pages)
        assert REFUSAL not in shown
        assert refused(shown)
        assert as_said(shown) == f"{REFUSAL} Ask the maker."
        assert as_said("320 Nm [1].\n\nNot sure: check the page.") == "320 Nm [1]."
        assert as_said("320 Nm [1].") == "320 Nm [1]."


def test_the_catalogs_are_what_python_reads() -> None:
    for code in i18n.LANGUAGES:
        if code != i18n.SOURCE:
            with (i18n._LOCALE / code / "LC_MESSAGES" / "fieldkit.mo").open("rb") as file:
                assert gettext.GNUTranslations(file).info()["language"] == code


@pytest.mark.parametrize("code", ["es", "nb"])
def test_what_the_check_of_an_answer_says_is_translated(code: str) -> None:
    i18n.use(code)
    for sentence in (*SENTENCES.values(), *SHORT_SENTENCES.values()):
        assert i18n._(sentence) != sentence
