"""The quote and the check of an answer as JSON in the history, and back.

What another release wrote differently is left out, not fatal: the answer itself is kept apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")


def dumped(kept: DataclassInstance | None) -> str:
    """``kept`` as a line of ASCII; "" for None."""
    return json.dumps(asdict(kept)) if kept is not None else ""


def loaded(kind: type[T], text: str) -> T | None:
    """What ``dumped`` wrote of a ``kind``; None where there is none or it is written otherwise.

    Fields that this release does not know are left out, and those that are missing have their
    default.
    """
    if not text:
        return None
    try:
        made: T = _made(kind, json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return made


def _made(kind: Any, value: Any) -> Any:
    """``value`` of JSON as a ``kind``: a dataclass, an enumeration, a tuple or a plain value."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_made(kind, value)
    origin = get_origin(kind)
    if origin is tuple:
        return _tuple_made(get_args(kind), value)
    if origin in (UnionType, Union):
        if value is None and NoneType in get_args(kind):
            return None
        (other,) = (each for each in get_args(kind) if each is not NoneType)
        return _made(other, value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value


def _dataclass_made(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError(kind)
    kinds = get_type_hints(kind)
    known = [field.name for field in fields(kind) if field.init and field.name in value]
    return kind(**{name: _made(kinds[name], value[name]) for name in known})


def _tuple_made(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(tuple)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_made(kinds[0], each) for each in value)
    return tuple(_made(each, its) for each, its in zip(kinds, value, strict=True))
