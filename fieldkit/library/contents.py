"""Passages that only point at others: tables of contents, keyword indexes, lists, histories.

They hold the words of every heading and answer nothing, so they rank behind the pages they name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from fieldkit.library.language import fold

CONTENTS = "contents"
INDEX = "index"
HISTORY = "history"

_PAGE = r"(?:[0-9]{1,4}|[ivxlc]{1,6}|[A-Z0-9]{1,2}-[0-9]{1,3})"
# Dots, lines or spaced dots that lead from an entry to its page: "Storage ....... - 25 -".
_LED = re.compile(
    rf"(?:\.{{3,}}|\u2026+|(?:[ ]\.){{3,}}|_{{4,}}|(?:\u00b7[ ]?){{4,}})[ ]*-?[ ]?{_PAGE}\b"
)
_LEADERS = re.compile(r"\.{5,}|\u2026{3,}|(?:[ ]\.){5,}")
_ENTRY = re.compile(
    rf"(?P<name>[^\W\d_].{{0,98}}?|.{{1,98}}?[^\W\d_].{{0,98}}?)[:,]?[ ]+(?P<page>{_PAGE})\.?"
)
_SECTION = re.compile(r"(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}|[A-Z])[.)]?[ ]+\S")
# What every entry ends with. Quick to look for, which ``_ENTRY`` is not.
_PAGE_AT_END = re.compile(rf"[ ]{_PAGE}\.?\Z")
# Every keyword with its page has at least one.
_FIGURE_APART = re.compile(r"[ ,][0-9]")
_LEADING = ("...", "\u2026", " .", "____", "\u00b7")
# Words and their pages, as text runs on: "Alarm 12 Battery 14, 15 Bolts 33".
_KEYWORD = re.compile(
    r"([^\W\d_][^\d.;:]{1,60}?)[ ,]+[0-9]{1,3}(?:(?:, ?| ?- ?)[0-9]{1,3}){0,8}(?![\w.%])"
)
_WORDS_AN_ENTRY = 14
_FEW = 4
_MOST = 0.7
_MANY = 8

_CONTENTS_TITLES = re.compile(
    r"(?:table of )?contents?|toc|list of (?:figures|tables)|inhalt(?:sverzeichnis|sangabe)?"
    r"|(?:abbildungs|tabellen)verzeichnis|sommaire|table des (?:matieres|figures|illustrations)"
    r"|indice(?: general| geral| de contenido| analitico)?|contenido|tabla de contenidos?|sumario"
    r"|sumarium|conteudo|innhold(?:sfortegnelse)?|indhold(?:sfortegnelse)?|inhoud(?:sopgave)?"
    r"|sommario|spis tresci|innehall(?:sforteckning)?|sisallys(?:luettelo)?|содержание|оглавление"
    r"|目 ?[录錄次]|차례|목차"
)
_INDEX_TITLES = re.compile(
    r"index|keyword index|subject index|stichwort(?:verzeichnis|register)|sachregister|register"
    r"|index alphabetique|indice (?:alfabetico|remissivo)|stikkord(?:register)?|索引|색인"
)
_HISTORY_TITLES = re.compile(
    r"(?:document |revision |version |change )(?:history|log|record)s?|revisions?|change ?log"
    r"|release notes|(?:anderungs|revisions|versions)(?:verlauf|historie|ubersicht|verzeichnis"
    r"|verfolgung)|historique(?: des (?:modifications|revisions|versions))?"
    r"|(?:histori(?:al|a)|historico|control) de (?:cambios|revisiones|versiones)"
    r"|historico de (?:revisoes|alteracoes|versoes)"
    r"|historico|revisjon(?:shistorikk|slogg|er)|endringslogg|修订记录|更改记录|版本历史|変更履歴"
)
_NUMBER = re.compile(r"^(?:[0-9]{1,2}(?:\.[0-9]{1,2})*|[A-Z])[.)]?[ ]+")


def kind_of(units: Sequence[str], heading: str) -> str:
    """What a passage of ``units`` (sentences, items, rows) below ``heading`` is, "" for text."""
    named = heading_kind(heading)
    text = " ".join(units)
    led = len(_LED.findall(text)) if any(sign in text for sign in _LEADING) else 0
    if led > 1 or (led and len(units) == 1):
        words = len(_LEADERS.sub(" ", text).split())
        if words <= _WORDS_AN_ENTRY * led:
            return CONTENTS
    if named == CONTENTS and len(units) == 1 and not led and len(_LEADERS.findall(text)) == 1:
        return CONTENTS
    if named == HISTORY:
        return HISTORY
    entries = _entries(units) if len(units) >= _FEW else []
    if entries:
        numbered = sum(bool(_SECTION.match(match["name"])) for match in entries)
        if named == CONTENTS or (numbered >= 0.7 * len(entries) and _ascending(entries)):
            return CONTENTS
    return INDEX if _is_index(text, named) else ""


def is_entry(line: str) -> bool:
    """Whether ``line`` is an entry of a table of contents, with leaders before its page."""
    return bool(_LED.search(line)) and line.rstrip(" -.")[-1:].isalnum()


def heading_kind(heading: str) -> str:
    """What a heading like "Table of contents" says that its text is, "" for all others."""
    plain = " ".join(fold(_NUMBER.sub("", heading)).strip(" :.-").split())
    for kind, titles in (
        (CONTENTS, _CONTENTS_TITLES),
        (INDEX, _INDEX_TITLES),
        (HISTORY, _HISTORY_TITLES),
    ):
        if titles.fullmatch(plain):
            return kind
    return ""


def _entries(units: Sequence[str]) -> list[re.Match[str]]:
    """Those of ``units`` that are entries with their pages; none where most are something else."""
    ended = [unit for unit in units if _PAGE_AT_END.search(unit)]
    if len(ended) < _MOST * len(units):
        return []
    entries = [match for unit in ended if (match := _ENTRY.fullmatch(unit))]
    return entries if len(entries) >= _MOST * len(units) else []


def _ascending(entries: Sequence[re.Match[str]]) -> bool:
    pages = [int(match["page"]) for match in entries if match["page"].isdigit()]
    if len(set(pages)) < 3:
        return False
    return all(one <= other for one, other in pairwise(pages))


def _is_index(text: str, named: str) -> bool:
    """Whether ``text`` is words with their pages, in the order of the alphabet."""
    # Most text has too few figures for its words, and needs no closer look.
    if not _may_be_index(text, named, len(_FIGURE_APART.findall(text))):
        return False
    found = _KEYWORD.findall(text)
    if not _may_be_index(text, named, len(found)):
        return False
    first = [fold(word.strip())[:1] for word in found]
    ordered = sum(one <= other for one, other in pairwise(first)) / (len(first) - 1)
    return ordered >= (0.6 if named == INDEX else 0.85) and len(set(first)) > 1


def _may_be_index(text: str, named: str, entries: int) -> bool:
    if entries < _MANY or entries * _WORDS_AN_ENTRY / 2 < len(text.split()):
        return False
    # Rows and sentences hold numbers, too, but they have their signs.
    return named == INDEX or text.count(":") + text.count(". ") <= entries / 5
