"""The language of the assistant's interface: texts are English in the code, translated when shown.

``_`` and ``ngettext`` look a text up at the moment they are called, so a text that is written down
at import time is marked with ``N_`` and goes through ``_`` where it is shown.
"""

from __future__ import annotations

import gettext

_current: gettext.NullTranslations = gettext.NullTranslations()


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which its tools look for
    """Mark ``text`` for the translators; returns it unchanged."""
    return text


def _(text: str) -> str:
    """``text`` in the language of the interface."""
    return _current.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """``one`` or ``many`` in the language of the interface, as ``count`` asks for."""
    return _current.ngettext(one, many, count)
