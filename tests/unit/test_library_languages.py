"""Each passage has the language it is written in, and a question is searched in all of them."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.library import detection
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.language import language
from fieldkit.library.language_votes import Languages, by_script, votes
from fieldkit.library.search import Library
from fieldkit.library.stopwords import STOP_WORDS
from fieldkit.library.synonyms import Groups

TEXTS = {
    "da": "Kontrollér olietrykket, før maskinen startes, og stram boltene med en momentnøgle. "
    "Hvis der er en lækage, skal pakningen udskiftes.",
    "de": "Prüfen Sie den Öldruck, bevor die Maschine gestartet wird, und ziehen Sie die Schrauben "
    "mit einem Drehmomentschlüssel an. Bei einem Leck ist die Dichtung zu ersetzen.",
    "en": "Check the oil pressure before the machine is started and tighten the bolts with a "
    "torque wrench. If there is a leak, the seal has to be replaced.",
    "es": "Compruebe la presión del aceite antes de arrancar la máquina y apriete los tornillos "
    "con una llave dinamométrica. Si hay una fuga, cambie la junta.",
    "fi": "Tarkista öljynpaine ennen koneen käynnistämistä ja kiristä pultit momenttiavaimella. "
    "Jos vuotoa esiintyy, tiiviste on vaihdettava.",
    "fr": "Vérifiez la pression d'huile avant de démarrer la machine et serrez les boulons avec "
    "une clé dynamométrique. En cas de fuite, remplacez le joint.",
    "it": "Controllare la pressione dell'olio prima di avviare la macchina e serrare i bulloni con "
    "una chiave dinamometrica. Se c'è una perdita, sostituire la guarnizione.",
    "nl": "Controleer de oliedruk voordat de machine wordt gestart en draai de bouten vast met een "
    "momentsleutel. Bij een lek moet de afdichting worden vervangen.",
    "no": "Kontroller oljetrykket før maskinen startes, og trekk til boltene med en nøkkel. "
    "Om det er en lekkasje, må pakningen skiftes ut av en fagperson.",
    "pt": "Verifique a pressão do óleo antes de ligar a máquina e aperte os parafusos com a chave "
    "dinamométrica. Se houver um vazamento, substitua a vedação.",
    "ro": "Verificați presiunea uleiului înainte de pornirea mașinii și strângeți șuruburile cu o "
    "cheie dinamometrică. Dacă există o scurgere, înlocuiți garnitura.",
    "ru": "Проверьте давление масла перед запуском машины и затяните болты динамометрическим "
    "ключом. При утечке уплотнение необходимо заменить.",
    "sv": "Kontrollera oljetrycket innan maskinen startas och dra åt bultarna med en momentnyckel. "
    "Om det finns ett läckage ska packningen bytas ut.",
    "zh": "启动机器前请检查机油压力,并用扭矩扳手拧紧螺栓。如有泄漏,必须更换密封件。",
    "ja": "機械を始動する前に油圧を確認し、トルクレンチでボルトを締め付けてください。",
    "ko": "기계를 시동하기 전에 오일 압력을 확인하고 토크 렌치로 볼트를 조이십시오.",
    "th": "ตรวจสอบแรงดันน้ำมันก่อนสตาร์ทเครื่องและขันโบลต์ด้วยประแจทอร์ก",
}
TABLE = "E 17 = 0x11; P-204: 45 Nm, 3.2 bar; M12x1.75; 4711 0815 1 A 2 B 3 C; MIN 5 MAX 10 DEZ 2"


def document(name: str, *texts: str) -> Document:
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1))
    return Document(document=name, title=name, revision="", date="", markdown=True, pages=pages)


def library(
    folder: Path, *manuals: Document, default: str = "en", synonyms: Groups = ()
) -> Library:
    path = folder / "library.sqlite"
    build(path, manuals, language=default, synonyms=synonyms)
    return Library.open(path)


def languages(library: Path) -> tuple[list[str], list[str]]:
    """The languages of the documents and of the passages, in order."""
    with closing(sqlite3.connect(library)) as database:
        documents = database.execute("SELECT language FROM document ORDER BY id").fetchall()
        passages = database.execute("SELECT language FROM passage ORDER BY id").fetchall()
    return [code for (code,) in documents], [code for (code,) in passages]


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_document_has_the_language_it_is_written_in(code: str) -> None:
    other = "en" if code != "en" else "de"
    assert detection.language_of_document([TEXTS[code]], other) == code
    assert detection.languages_of_passages([TEXTS[code]], other, other) == [code]


@pytest.mark.parametrize("texts", [[], [""], ["Nm bar"], [TABLE], [TABLE] * 30])
def test_what_tells_no_language_has_the_default(texts: Sequence[str]) -> None:
    assert detection.language_of_document(texts, "pt") == "pt"
    assert detection.languages_of_passages(texts, "pt", "en") == ["pt"] * len(texts)


def test_a_table_has_the_language_of_its_page_and_a_page_that_of_its_document() -> None:
    assert detection.languages_of_passages([TEXTS["fr"] * 2, TABLE], "de", "de") == ["fr", "fr"]
    assert detection.languages_of_passages([TABLE, "Ø 45"], "de", "en") == ["de", "de"]


def test_parts_in_other_languages_are_told_apart() -> None:
    codes = ["en", "de", "fr", "es", "no", "zh", "en"]
    found = detection.languages_of_passages([TEXTS[code] for code in codes], "en", "en")
    assert found == codes


def test_words_in_capitals_and_borrowed_ones_change_nothing() -> None:
    text = "ID 30918: BESCHREIBUNG Kaskade Folgekessel, SKAL 1, DEZ 0. AN, AUS. " * 8
    assert detection.languages_of_passages([text], "de", "en") == ["de"]
    assert detection.languages_of_passages(
        ["Der Schalter ON/OFF: on, off. Play/Pause."], "de", ""
    ) == ["de"]


def test_the_same_text_is_told_the_same_each_time() -> None:
    texts = [text[:90] for text in TEXTS.values()]
    once = [detection.language_of_document([text], "xx") for text in texts]
    assert once == [detection.language_of_document([text], "xx") for text in texts]


def test_the_release_carries_the_profiles_of_what_is_told_apart() -> None:
    recipe = tomllib.loads(
        (resources.folder("build") / "freeze" / "app.toml").read_text(encoding="utf-8")
    )
    files = recipe["include"]["package_data"]["langdetect"]
    profiles = {file.removeprefix("profiles/") for file in files if file.startswith("profiles/")}
    assert profiles == set(detection.CODES) == set(STOP_WORDS)


def test_an_index_notes_the_languages_it_holds(tmp_path: Path) -> None:
    manuals = [
        document("A", TEXTS["en"], TEXTS["de"]),
        document("B", TEXTS["de"] * 2, TABLE),
        document("C", TABLE),
    ]
    with library(tmp_path, *manuals, default="nb") as opened:
        assert opened.languages == {"de": 3, "en": 1, "no": 1}
        assert opened.language.code == "nb"
    documents, passages = languages(tmp_path / "library.sqlite")
    assert documents[1:] == ["de", "no"]
    assert passages == ["en", "de", "de", "de", "no"]


@pytest.mark.parametrize(
    ("question", "document_found"),
    [
        ("Which bolt is tightened?", "en"),
        ("Welche Schraube muss ich anziehen?", "de"),
        ("wrenches", "en"),
        ("Wie ersetze ich Dichtungen?", "de"),
        ("¿Cuándo se cambian las juntas?", "es"),
        ("Quels boulons faut-il serrer ?", "fr"),
    ],
)
@pytest.mark.parametrize("default", ["en", "de", "fr"])
def test_a_question_finds_other_forms_in_whatever_language(
    tmp_path: Path, question: str, document_found: str, default: str
) -> None:
    manuals = [document(code, TEXTS[code]) for code in ("en", "de", "es", "fr")]
    with library(tmp_path, *manuals, default=default) as opened:
        assert opened.search(question, floor=0.0)[0].document == document_found


def test_synonyms_are_known_in_each_language(tmp_path: Path) -> None:
    groups = (("Schraube", "bolt"),)
    manuals = [document("en", TEXTS["en"]), document("de", TEXTS["de"])]
    with library(tmp_path, *manuals, synonyms=groups) as opened:
        assert {p.document for p in opened.search("Schrauben", floor=0.0)} == {"en", "de"}
        assert {p.document for p in opened.search("the bolts", floor=0.0)} == {"en", "de"}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("How tight are the bolts of the cover?", "en"),
        ("Wie fest werden die Schrauben angezogen?", "de"),
        ("¿Con qué par se aprietan los tornillos?", "es"),
        ("A quel couple faut-il serrer les boulons", "fr"),
        ("Hvor hardt skal boltene trekkes til?", "no"),
        ("Qual é o torque dos parafusos da tampa?", "pt"),
        ("Hoe vast moeten de bouten van het deksel?", "nl"),
        ("Con quale coppia vanno serrati i bulloni del coperchio?", "it"),
        ("机油多久换一次?", "zh"),
        ("ボルトのトルクは?", "ja"),
        ("P-204 E 17", "sv"),  # nothing shows it: the default
        ("torque", "sv"),
        ("", "sv"),
    ],
)
def test_a_question_tells_its_language(question: str, code: str) -> None:
    assert Languages(language("sv"), {"en": 10, "de": 5}).spoken(question).spoken == code


def test_stop_words_are_those_of_the_questions_own_language(tmp_path: Path) -> None:
    die = "## Die\nThe die of the press is changed with the crane, and it weighs 90 kg."
    manuals = [document("en", die, TEXTS["en"]), document("de", TEXTS["de"] * 2)]
    with library(tmp_path, *manuals) as opened:
        assert [p.document for p in opened.search("How heavy is the die?", 1, floor=0.0)] == ["en"]


def test_votes_are_shared_and_letters_do_not_vote() -> None:
    assert votes(["and", "c", "xyz"]) == {"en": 1.0}
    shared = votes(["de"])
    assert len(shared) > 3
    assert sum(shared.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["", "bolt", "Der Typ 电 ist gut und teuer", "Ω µ ± 45"])
def test_a_script_is_told_of_text_mostly_in_it(text: str) -> None:
    assert by_script(text) == ""
