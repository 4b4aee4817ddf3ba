"""The translations: complete, fresh, with the same placeholders, and as safe as the English."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest
from babel.messages.catalog import Message

from fieldkit.chat import elsewhere, i18n
from fieldkit.core.languages import NAMES
from fieldkit.core.profile import AssistantSection
from fieldkit.core.text import clean
from tests import catalogs

REFRESH = "run: python -m tests.catalogs, and translate what it lists"
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_COMMAND = re.compile(r"(?<![\w/])/[a-z]+")
_KEY = re.compile(r"\b(?:F\d{1,2}|Ctrl[+-]\w|Esc|Tab|Enter)\b")

languages = pytest.mark.parametrize("language", catalogs.LANGUAGES)


def translated(message: Message) -> tuple[str, ...]:
    """The forms of a translation, one for a text without a plural."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def source(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def test_the_template_is_what_the_code_says() -> None:
    assert catalogs.POT.read_bytes() == catalogs.as_po(catalogs.extracted()), REFRESH


@languages
def test_every_text_is_translated(language: str) -> None:
    assert catalogs.missing(catalogs.merged(language)) == [], REFRESH


@languages
def test_the_files_are_fresh(language: str) -> None:
    catalog = catalogs.merged(language)
    path = catalogs.po_path(language)
    assert path.read_bytes() == catalogs.as_po(catalog), REFRESH
    assert path.with_suffix(".mo").read_bytes() == catalogs.as_mo(catalog), REFRESH


@languages
def test_placeholders_commands_and_keys_agree(language: str) -> None:
    for message in catalogs.messages(catalogs.read(language)):
        for form in translated(message):
            for sign in (_PLACEHOLDER, _COMMAND):
                wanted = {frozenset(sign.findall(text)) for text in source(message)}
                assert frozenset(sign.findall(form)) in wanted, (message.id, form)
            keys = {frozenset(_KEY.findall(text)) for text in source(message)}
            assert frozenset(_KEY.findall(form)) in keys, (message.id, form)
            assert form.format_map(Counter()), "it is a format"


@languages
def test_a_translation_looks_like_its_text(language: str) -> None:
    for message in catalogs.messages(catalogs.read(language)):
        for form in translated(message):
            text = source(message)[-1]
            assert clean(form) == form, "nothing that a terminal obeys"
            assert form == form.strip(), form
            assert (form[-1] in ".:?") == (text[-1] in ".:?"), (text, form)
            # Names of languages have a capital in English alone.
            if form[0].isalpha() and text[0].isalpha() and text not in NAMES.values():
                assert form[0].isupper() == text[0].isupper(), form


def test_texts_are_found_wherever_they_stand() -> None:
    module = (
        'X = N_("one")\n'
        "def f(n):\n"
        "    a = f\"{_('two')} {n}\"\n"
        '    return _("three" " four") if n else ngettext("{n} a", "{n} b", n), _(X)\n'
    )
    assert set(catalogs.texts(module)) == {"one", "two", "three four", ("{n} a", "{n} b")}


def test_no_text_is_put_together_before_it_is_looked_up() -> None:
    """``_(f"…")`` and ``_("…" + x)`` would be looked up with the value in it, and never found."""
    for path in catalogs.CHAT.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for call in (node for node in nodes if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in {"_", "N_", "ngettext"}:
                odd = [a for a in call.args if isinstance(a, (ast.JoinedStr, ast.BinOp))]
                assert not odd, (path, call.lineno)


def test_what_comes_from_elsewhere_is_said_so_there() -> None:
    """The texts that are recognised are still the ones that the parts below put together."""
    known = set()
    for part in ("core", "engine", "library", "machine", "probe"):
        for path in (catalogs.CHAT.parent / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    known.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    pieces = (v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
                    known.add("".join(map(str, pieces)))
    assert {_PLACEHOLDER.sub("{}", text) for text in elsewhere.TEXTS} - known == set()


def test_a_profile_names_the_languages_there_are() -> None:
    schema = AssistantSection.model_json_schema()["properties"]["interface"]
    assert schema["enum"] == ["", *i18n.LANGUAGES]
