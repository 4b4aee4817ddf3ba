"""The few properties of CSS that decide what a page shows: inline styles and simple style sheets.

Selectors may hold tags, classes, ids and their descendants and children; rules with anything else,
and those for printing or certain widths, are not obeyed. Specificity by
https://www.w3.org/TR/selectors-3/#specificity, without the order of layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_WANTED = frozenset({
    "display", "visibility", "text-decoration", "text-decoration-line", "vertical-align",
    "list-style", "list-style-type",
})  # fmt: skip
_BRACES = re.compile(r"([{}])")
_COMPOUND = re.compile(r"([A-Za-z][\w-]*|\*)?((?:[.#][\w-]+)*)")
_MEDIA = re.compile(r"@media\s++(?:only\s++)?(?:screen|all)\s*+$", re.IGNORECASE)
_MOST_RULES = 1000
_MOST_ANCESTORS = 4

Properties = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Compound:
    tag: str
    ids: frozenset[str]
    classes: frozenset[str]
    child: bool  # of the element that the compound before it matches

    def matches(self, element: Any) -> bool:
        if not isinstance(element.tag, str) or (self.tag and element.tag.lower() != self.tag):
            return False
        if self.ids and element.get("id") not in self.ids:
            return False
        return not self.classes or self.classes <= set((element.get("class") or "").split())


@dataclass(frozen=True, slots=True)
class _Rule:
    weight: tuple[int, int, int, int]
    chain: tuple[_Compound, ...]
    properties: Properties


class Styles:
    """The rules of a page's ``style`` elements."""

    def __init__(self, sheets: Sequence[str] = ()) -> None:
        self._rules: dict[str, list[_Rule]] = {}
        count = 0
        for sheet in sheets:
            for rule in _rules(sheet):
                count += 1
                if count > _MOST_RULES:
                    return
                self._rules.setdefault(_key(rule.chain[-1]), []).append(rule)

    def of(self, element: Any) -> Properties:
        """The properties that are set for ``element`` itself, not those that it inherits."""
        own = element.get("style")
        if not self._rules:
            return declared(own) if own else {}
        found: Properties = {}
        for rule in sorted(self._matching(element), key=lambda rule: rule.weight):
            found.update(rule.properties)
        if own:
            important = {name for name, value in found.items() if "!important" in value}
            inline = declared(own)
            found.update({k: v for k, v in inline.items() if k not in important})
        return found

    def _matching(self, element: Any) -> Iterator[_Rule]:
        keys = [f"#{element.get('id')}", element.tag.lower(), "*"]
        keys += [f".{name}" for name in dict.fromkeys((element.get("class") or "").split())][:50]
        for key in keys:
            for rule in self._rules.get(key, ()):
                if rule.chain[-1].matches(element) and _in_place(rule.chain, element):
                    yield rule


def declared(style: str) -> Properties:
    """The wanted properties of the declarations in ``style``."""
    found: Properties = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon and (name := name.strip().lower()) in _WANTED:
            found[name] = value.strip().lower()
    return found


def _key(compound: _Compound) -> str:
    if compound.ids:
        return f"#{min(compound.ids)}"
    if compound.classes:
        return f".{min(compound.classes)}"
    return compound.tag or "*"


def _in_place(chain: Sequence[_Compound], element: Any) -> bool:
    """Whether the ancestors of ``element`` match what is before it in ``chain``.

    The nearest ancestor that matches is taken; there is no way back.
    """
    child = chain[-1].child
    parent = element.getparent()
    for compound in reversed(chain[:-1]):
        while parent is not None and not compound.matches(parent):
            if child:
                return False
            parent = parent.getparent()
        if parent is None:
            return False
        child = compound.child
        parent = parent.getparent()
    return True


def _rules(sheet: str) -> Iterator[_Rule]:
    """The rules of ``sheet`` that set anything wanted."""
    order = 0
    for selectors, body in _blocks(_uncommented(sheet)):
        properties = declared(body)
        if not properties:
            continue
        for selector in selectors.split(","):
            chain = _chain(selector)
            if chain:
                order += 1
                yield _Rule((*_specificity(chain), order), chain, properties)


def _uncommented(sheet: str) -> str:
    """``sheet`` without comments; one that nothing ends hides the rest."""
    first, *others = sheet.split("/*")
    parts = [first]
    for other in others:
        # In a comment, "/*" is text: it goes with the comment that is open.
        _, end, shown = other.partition("*/")
        parts.append(f" {shown}" if end else "")
    return "".join(parts)


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and bodies; blocks of at-rules are left, but for screens of any width."""
    depth = skipped = 0
    head = ""
    pieces = _BRACES.split(sheet)
    for piece, brace in zip(pieces[::2], pieces[1::2], strict=False):
        text = piece.strip()
        if brace == "{":
            depth += 1
            head = text.rpartition(";")[2].strip() if not skipped else ""
            if not skipped and head.startswith("@") and not _MEDIA.match(head):
                skipped = depth
        else:
            if head and not skipped and not head.startswith("@"):
                yield head, text
            head = ""
            depth = max(depth - 1, 0)
            skipped = 0 if depth < skipped else skipped


def _chain(selector: str) -> tuple[_Compound, ...]:
    """The compounds of ``selector``; none where it is not a simple one."""
    words = selector.replace(">", " > ").split()
    chain: list[_Compound] = []
    child = False
    for word in words:
        if word == ">":
            child = True
            continue
        match = _COMPOUND.fullmatch(word)
        if match is None or len(chain) > _MOST_ANCESTORS:
            return ()
        tag = (match[1] or "").lower()
        marks = re.findall(r"[.#][\w-]+", match[2])
        chain.append(
            _Compound(
                tag="" if tag == "*" else tag,
                ids=frozenset(mark[1:] for mark in marks if mark[0] == "#"),
                classes=frozenset(mark[1:] for mark in marks if mark[0] == "."),
                child=child,
            )
        )
        child = False
    return tuple(chain)


def _specificity(chain: Sequence[_Compound]) -> tuple[int, int, int]:
    return (
        sum(len(each.ids) for each in chain),
        sum(len(each.classes) for each in chain),
        sum(bool(each.tag) for each in chain),
    )
