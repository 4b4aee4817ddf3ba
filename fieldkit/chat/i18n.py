"""The language of the assistant's interface: texts are English in the code, translated when shown.

``_`` and ``ngettext`` look a text up at the moment they are called, so a text that is written down
at import time is marked with ``N_`` and goes through ``_`` where it is shown. A catalog is one
file, ``locale/<code>/LC_MESSAGES/fieldkit.mo``, read when its language is chosen.
"""

from __future__ import annotations

import gettext
import struct
from pathlib import Path

LANGUAGES = {"en": "English", "es": "español", "nb": "norsk bokmål"}
"""The languages that can be chosen, by code, each named in itself."""
SOURCE = "en"
_LOCALE = Path(__file__).with_name("locale")
# What stands for another: Norwegian, and Nynorsk, whose readers read Bokmål.
_STANDS_FOR = {"no": "nb", "nn": "nb"}
_SAMPLE = "1,234.5"

_current: gettext.NullTranslations = gettext.NullTranslations()
_code = SOURCE


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which its tools look for
    """Mark ``text`` for the translators; returns it unchanged."""
    return text


def _(text: str) -> str:
    """``text`` in the language of the interface."""
    return _current.gettext(text) if text else ""  # gettext's "" is the catalog's own header


def ngettext(one: str, many: str, count: int) -> str:
    """``one`` or ``many`` in the language of the interface, as ``count`` asks for."""
    return _current.ngettext(one, many, count)


def figure(value: float, digits: int = 0) -> str:
    """``value`` with so many decimal digits, its separators as the language writes them."""
    text = f"{value:,.{digits}f}"
    sample = _("1,234.5")
    if sample == _SAMPLE:
        return text
    return text.translate({ord(","): sample[1], ord("."): sample[5]})


def matching(wanted: str) -> str:
    """The code of the language that serves ``wanted`` (``es-MX``, ``nb_NO.UTF-8``), "" for none."""
    code = wanted.strip().replace("_", "-").split(".")[0].split("@")[0].split("-")[0].lower()
    code = _STANDS_FOR.get(code, code)
    return code if code in LANGUAGES else ""


def current() -> str:
    """The code of the language in use."""
    return _code


def use(language: str) -> str:
    """Show everything in ``language`` or what serves it, English without one; returns the code.

    A catalog that cannot be read leaves English: the assistant is needed more than its language.
    """
    global _code, _current
    code = matching(language) or SOURCE
    translations = gettext.NullTranslations()
    if code != SOURCE:
        try:
            with (_LOCALE / code / "LC_MESSAGES" / "fieldkit.mo").open("rb") as file:
                translations = gettext.GNUTranslations(file)
        except (OSError, ValueError, struct.error):
            code = SOURCE
    _code, _current = code, translations
    return code
