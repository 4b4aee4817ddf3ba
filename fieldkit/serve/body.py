"""JSON as a client sent it: bounded, strict, and read by name."""

from __future__ import annotations

import json
import re
from typing import Any

from fieldkit.serve.problem import ApiProblem, invalid

# A string whole, so that a bracket in it is not counted; or one that never ends, for the parser.
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)


def parse(content: bytes, depth: int) -> dict[str, Any]:
    """Return the JSON object in ``content``; raises ApiProblem when it is none.

    It is refused before it is parsed when it is nested more deeply than ``depth``.
    """
    try:
        text = content.decode("utf-8-sig")  # .NET writes a byte order mark
    except UnicodeDecodeError as error:
        raise invalid("The body is not UTF-8.") from error
    if _depth(text) > depth:
        raise invalid(f"The body is nested more deeply than {depth} levels.")
    try:
        data = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise invalid("The body is not valid JSON.") from error
    if not isinstance(data, dict):
        raise invalid("The body is not a JSON object.")
    return data


def _depth(text: str) -> int:
    deepest = level = 0
    for match in _STRUCTURE.finditer(text):
        level += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        deepest = max(deepest, level)
    return deepest


def _refuse(name: str) -> float:
    raise ValueError(name)


class Fields:
    """The fields of a JSON object; ``null`` is as good as absent, unknown ones do not matter."""

    def __init__(self, data: dict[str, Any], prefix: str = "") -> None:
        self._data = data
        self._prefix = prefix

    def get(self, name: str) -> Any:
        """The field as it was parsed; None when it is absent."""
        return self._data.get(name)

    def problem(self, name: str, wanted: str) -> ApiProblem:
        """The refusal of the field ``name``."""
        return invalid(f"'{self._prefix}{name}' has to be {wanted}.", param=self._prefix + name)

    def text(self, name: str, default: str | None = None) -> str:
        """A string; raises ApiProblem when it is none, or absent without a ``default``."""
        value = self.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self.problem(name, "a string")
        return value

    def flag(self, name: str) -> bool:
        """A boolean, false by default."""
        value = self.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.problem(name, "true or false")
        return bool(value)

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``; ``256.0`` is one: JavaScript has no other."""
        value = self.get(name)
        if value is None:
            return default
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise self.problem(name, f"a whole number from {least} to {most}")
        return value

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        """A number from ``least`` to ``most``."""
        value = self.get(name)
        if value is None:
            return default
        if type(value) not in {int, float} or not least <= value <= most:
            raise self.problem(name, f"a number from {least:g} to {most:g}")
        return float(value)

    def items(self, name: str) -> list[Any]:
        """A list; raises ApiProblem when it is none or absent."""
        value = self.get(name)
        if not isinstance(value, list):
            raise self.problem(name, "a list")
        return value

    def inner(self, name: str) -> Fields:
        """An object within this one, empty when it is absent."""
        value = self.get(name)
        if value is not None and not isinstance(value, dict):
            raise self.problem(name, "an object")
        return Fields(value or {}, f"{self._prefix}{name}.")
