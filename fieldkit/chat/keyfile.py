"""``keys.toml``: a technician's own keys, read at start and written once as a template."""

from __future__ import annotations

import errno
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from fieldkit.chat import outfile
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.keymap import DEFAULTS, Keymap, Wish, listed, resolve
from fieldkit.core.text import clean_line
from fieldkit.resources import read_small

_MOST_BYTES = 1 << 16
_SECTION = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_ENTRY = re.compile(r"""\s*(["']?)([\w.-]+)\1\s*=""")
_RELEASE = N_("the release's keys")
_HEAD = N_(
    "Keys of the assistant. Take the # away in front of a line and write other keys between the"
    " quotation marks, separated by commas; none between them for no key. They hold from the next"
    " start on. A key is a name like f5, escape or pageup, with ctrl+, alt+ or shift+ before it."
)


def load(path: Path | None, release: Mapping[str, str]) -> Keymap:
    """The keys that ``release`` and the file at ``path`` wish for; the file's win.

    A file that is not there wishes for nothing. What is wrong is told in ``problems``, the rest
    holds.
    """
    shipped = [Wish(key_id, keys, _(_RELEASE)) for key_id, keys in release.items()]
    wishes, problems = _read(path) if path is not None else ([], [])
    keymap = resolve(shipped, wishes)
    keymap.problems = (*problems, *keymap.problems)
    return keymap


def write_template(path: Path) -> bool:
    """Write a file in which every line is commented out, unless there is one; whether it was.

    Raises NotWritten and DiskFull.
    """
    if path.exists():
        return False
    outfile.write(path, template())
    return True


def template() -> str:
    """The text of that file, with the table's own keys."""
    lines = [f"# {line}" for line in _wrapped(_(_HEAD))] + [""]
    section = ""
    for key_id, _keys, title in listed(Keymap()):
        screen, point, word = key_id.rpartition(".")
        if point and screen != section:
            section = screen
            lines += ["", f"[{screen}]"]
        keys = ", ".join(DEFAULTS[key_id])
        lines.append(f'# {word} = "{keys}"'.ljust(40) + f"  # {clean_line(_(title))}")
    return "\n".join(lines) + "\n"


def _read(path: Path) -> tuple[list[Wish], list[str]]:
    try:
        text = read_small(path, _MOST_BYTES).decode("utf-8-sig")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return [], []
    except OSError as error:
        if error.errno == errno.EFBIG:
            return [], [f"{path.name}: {_('this is no list of keys: it is too large.')}"]
        return [], [clean_line(f"{path.name}: {error.strerror or error}.")]
    except (ValueError, RecursionError) as error:  # TOML, or not UTF-8
        told = _("it cannot be read, so no key is changed: {why}").format(why=error)
        return [], [clean_line(f"{path.name}: {told}")]
    lines = dict(_lines(text))
    wishes, problems = [], []
    for key_id, keys in _flat(data):
        number = lines.get(key_id, 0)
        where = _("{file} line {number}").format(file=path.name, number=number or "?")
        several = keys if isinstance(keys, list) else [keys]
        if all(isinstance(key, str) for key in several):
            wishes.append(Wish(key_id, ", ".join(map(str, several)), where))
        else:
            told = _("write keys in quotation marks, like {example}.").format(example='"f5"')
            problems.append(clean_line(f"{where}: {told}"))
    return wishes, problems


def _flat(data: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """Ids and what is written for them, from tables and dotted keys alike."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Each id with the number of its line, as far as a usual file tells."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _SECTION.match(line):
            section = f"{match[1]}."
        elif match := _ENTRY.match(line):
            yield f"{section}{match[2]}", number


def _wrapped(text: str, width: int = 78) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)
