"""Which language the interface speaks: the first wish that one of its languages serves.

The technician's choice, then ``FIELDKIT_LANGUAGE``, the release's, the manuals' and the system's.
English manuals say nothing: every manufacturer writes them, and it is what a profile says that does
not say anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from fieldkit.chat import preferences
from fieldkit.chat.i18n import LANGUAGES, SOURCE, _, matching
from fieldkit.core.release import Assistant
from fieldkit.core.text import clean_line

VARIABLE = "FIELDKIT_LANGUAGE"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides


def chosen(
    choices: Path | None, assistant: Assistant, environment: Mapping[str, str] = os.environ
) -> str:
    """The code of the language for ``assistant`` and the person whose preferences are given."""
    own = preferences.load(choices).language if choices else ""
    return next(filter(None, map(matching, _wishes(own, assistant, environment))), SOURCE)


def named(code: str) -> str:
    """What is told when ``code`` became the language."""
    return _("Language: {name}").format(name=LANGUAGES[code])


def unknown(code: str) -> str:
    """What is told where no language serves ``code``."""
    known = ", ".join(f"{code} {name}" for code, name in LANGUAGES.items())
    return _("There is no language {code}. There are: {known}").format(
        code=clean_line(code), known=known
    )


def after(code: str) -> str:
    """The language that follows, the first after the last."""
    codes = list(LANGUAGES)
    return codes[(codes.index(code) + 1) % len(codes)]


def keep(choices: Path | None, code: str) -> None:
    """Remember the technician's choice; one that cannot be kept holds until the end."""
    if choices is not None:
        with suppress(OSError):
            preferences.save(choices, replace(preferences.load(choices), language=code))


def _wishes(own: str, assistant: Assistant, environment: Mapping[str, str]) -> Iterator[str]:
    yield own
    yield environment.get(VARIABLE, "")
    yield assistant.interface
    if matching(assistant.language) != SOURCE:
        yield assistant.language
    yield from _of_the_system(environment)


def _of_the_system(environment: Mapping[str, str]) -> Iterator[str]:
    """As gettext reads it: LANGUAGE lists several, but not where the locale is C."""
    locale = next(filter(None, (environment.get(name, "") for name in _LOCALE)), "")
    if locale.split(".")[0] not in {"", "C", "POSIX"}:
        yield from environment.get("LANGUAGE", "").split(":")
        yield locale
    if sys.platform == "win32":
        import ctypes
        from locale import windows_locale

        yield windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
