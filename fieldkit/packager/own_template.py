"""The chat template that comes with a model's weights, and the names of its tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.errors import InvalidInput

_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTemplate:
    """The template in a model's folder, and the names of its tokens (``bos_token``, ...)."""

    text: str
    tokens: Mapping[str, str]


def own_template(folder: Path) -> OwnTemplate | None:
    """The chat template in ``folder`` (``chat_template.jinja`` before ``tokenizer_config.json``).

    Raises InvalidInput when a file is not what it should be.
    """
    path = folder / "tokenizer_config.json"
    config = _object(path) if path.is_file() else {}
    tokens = {name: token for name in _TOKENS if (token := _token(config.get(name)))}
    file = folder / "chat_template.jinja"
    text = _read(file) if file.is_file() else _default(config.get("chat_template"))
    return OwnTemplate(text=text, tokens=tokens) if text else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise InvalidInput(f"{path}: cannot be read: {error}") from error


def _object(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(_read(path))
    except ValueError as error:
        raise InvalidInput(f"{path}: is not valid JSON: {error}") from error
    if not isinstance(data, dict):
        raise InvalidInput(f"{path}: is not a JSON object")
    return data


def _token(value: object) -> str:
    """The name of a token, which is written as a string or as an object with its content."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def _default(value: object) -> str:
    """The template of a configuration, which may be a list of named ones."""
    if isinstance(value, list):
        named = {one.get("name"): one.get("template") for one in value if isinstance(one, dict)}
        value = named.get("default")
    return value if isinstance(value, str) else ""
