"""Checks data from a TOML file against pydantic models and says everything that is wrong with it.

Needs pydantic, so only the packager's side imports it: it is no part of a release.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from fieldkit.core.text import clean, clean_line

M = TypeVar("M", bound=BaseModel)

_PHRASES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list in brackets",
    "date_type": "must be a date like 2024-04-23, without quotes",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} entries",
    "model_type": "must be a section in brackets",
    "finite_number": "must be a finite number",
}


class Section(BaseModel):
    """A frozen section of a TOML file: unknown keys are errors, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _line(value: str) -> str:
    if clean_line(value) != value:
        raise ValueError("must be one line without control characters or double spaces")
    return value


def _block(value: str) -> str:
    if clean(value) != value:
        raise ValueError("must not hold control characters")
    return value


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_line)]
Block = Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_block)]


def validate(model: type[M], data: object, *, at: str) -> tuple[M | None, list[str]]:
    """Validate ``data``; returns the model (None when it is not valid) and every problem.

    ``at`` is the section's name, or empty for the file itself; each problem reads
    ``section.key: what is wrong``.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_problem(model, d, at) for d in details if not _follows(d, details)]


def unknown_key(name: str, known: Iterable[str]) -> str:
    """Say that ``name`` is not a key, and which of ``known`` was perhaps meant."""
    return f"unknown key{nearest(name, known)}"


def nearest(name: object, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the name of ``known`` closest to ``name``, or nothing."""
    names = {entry.lower(): entry for entry in known}
    close = difflib.get_close_matches(str(name).lower(), names, n=1, cutoff=0.5)
    return f"; did you mean {names[close[0]]!r}?" if close else ""


def _follows(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether ``detail`` calls a list too short only because its entries are wrong."""
    place = detail["loc"]
    inside = (other["loc"][: len(place)] == place != other["loc"] for other in details)
    return detail["type"] == "too_short" and any(inside)


def _problem(model: type[BaseModel], detail: ErrorDetails, at: str) -> str:
    place = [str(part) for part in detail["loc"]]
    where = ".".join([at, *place] if at else place)
    kind = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    if kind == "extra_forbidden":
        what = unknown_key(place[-1], _within(model, place[:-1]).model_fields)
    elif kind == "literal_error":
        allowed = _literals(model, place)
        what = f"{detail['input']!r} is not one of {', '.join(allowed)}"
        what += nearest(detail["input"], allowed)
    elif kind == "value_error":
        what = str(context["error"])
    elif kind in _PHRASES:
        what = _PHRASES[kind].format_map(context)
        if kind != "missing" and detail["input"] and not isinstance(detail["input"], dict | list):
            what += f", not {detail['input']!r}"
    else:
        what = detail["msg"]
    return f"{where}: {what}"


def _within(model: type[BaseModel], sections: list[str]) -> type[BaseModel]:
    """Return the model that ``sections`` lead to, from ``model`` inwards."""
    for name in sections:
        annotation = model.model_fields[name].annotation
        options = [annotation, *get_args(annotation)]
        model = next(o for o in options if isinstance(o, type) and issubclass(o, BaseModel))
    return model


def _literals(model: type[BaseModel], place: list[str]) -> list[str]:
    """Return the strings that the field at ``place`` may hold; an index stands for any entry."""
    *sections, key = [part for part in place if not part.isdigit()]
    return sorted(_strings(_within(model, sections).model_fields[key].annotation))


def _strings(annotation: object) -> set[str]:
    found = set()
    for option in get_args(annotation):
        found |= {option} if isinstance(option, str) else _strings(option)
    return found
