"""Front matter of Markdown: what is between ``---`` (YAML) or ``+++`` (TOML) at its beginning."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator

from fieldkit.core.text import clean_line
from fieldkit.library.readers.model import Kind, ReadingWarning

KEYS = ("document", "title", "revision", "date")
_MOST_LINES = 500
_KEY = re.compile(
    r"(?P<quote>[\"']?)(?P<key>[\w .-]{1,60}?)(?P=quote)[ \t]*+:(?:[ \t]++(?P<value>\S.*))?$"
)
_COMMENT = re.compile(r"[ \t]# .*")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'((?:[^']|'')*+)'")
_ESCAPES = {"n": " ", "t": " ", '"': '"', "\\": "\\", "/": "/"}


def front_matter(text: str) -> tuple[dict[str, str], list[ReadingWarning], str]:
    """The keys of ``KEYS`` that ``text`` begins with, warnings of others, and the rest of it.

    A rule at the beginning is no front matter: all lines up to the closing one must be keys, values
    of lists or blocks, or comments.
    """
    lines = text.split("\n", _MOST_LINES)
    mark = lines[0].rstrip()
    if mark not in ("---", "+++"):
        return {}, [], text
    ends = {"+++"} if mark == "+++" else {"---", "..."}
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ends), 0)
    found = (_toml if mark == "+++" else _yaml)(lines[1:end]) if end else None
    if found is None:
        return {}, [], text
    front = {key.lower(): clean_line(value) for key, value in found.items()}
    others = [repr(clean_line(key)) for key in front if key not in KEYS]
    verb = "is" if len(others) == 1 else "are"
    message = f"front matter {', '.join(others)} {verb} not used"
    warnings = [ReadingWarning(kind=Kind.DETAIL, message=message)] if others else []
    kept = {key: value for key, value in front.items() if key in KEYS and value}
    return kept, warnings, "\n".join(lines[end + 1 :])


def _toml(lines: list[str]) -> dict[str, str] | None:
    try:
        found = tomllib.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return None
    return {key: _joined(value) for key, value in found.items()}


def _joined(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)


def _yaml(lines: list[str]) -> dict[str, str] | None:
    """The keys at the left margin of ``lines``; None where other lines are there."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        match = _KEY.match(line)
        if match is not None:
            current = found.setdefault(clean_line(match["key"]), [])
            current.extend(_values(match["value"] or ""))
        elif current is not None and (line[0] in " \t" or bare.startswith("- ")):
            current.extend(_values(bare.removeprefix("- ")))
        else:
            return None
    return {key: ", ".join(values) for key, values in found.items()}


def _values(text: str) -> Iterator[str]:
    """The values of ``text``: one, or those of a list in brackets."""
    text = text.strip()
    if text[:1] in ("|", ">") and len(text) < 4:
        return
    if match := _QUOTED.match(text):
        yield _unquoted(match)
    elif text.startswith("[") and text.endswith("]"):
        for part in text[1:-1].split(","):
            yield from _values(part)
    elif (bare := _COMMENT.sub("", f" {text}").strip()) not in ("", "~", "null"):
        yield html.unescape(bare)


def _unquoted(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2].replace("''", "'")
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), match[1])
