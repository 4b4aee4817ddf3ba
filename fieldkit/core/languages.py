"""What languages are called in English, by their ISO 639-1 codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

NAMES = {
    "ar": "Arabic", "da": "Danish", "de": "German", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "nb": "Norwegian", "nl": "Dutch", "nn": "Norwegian", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai",
    "tr": "Turkish", "zh": "Chinese",
}  # fmt: skip
MANUALS_ARE_IN = "The manuals are in {languages}."
_MOST = 5


def manuals_are_in(codes: Sequence[str], translate: Callable[[str], str] = str) -> str:
    """``The manuals are in English and German.``, the first ones of ``codes``; "" for none."""
    names = dict.fromkeys(translate(NAMES.get(code, code)) for code in codes)
    first = list(names)[:_MOST]
    if not first:
        return ""
    if len(first) > 1:
        two = translate("{some} and {last}")
        first = [two.format(some=", ".join(first[:-1]), last=first[-1])]
    return translate(MANUALS_ARE_IN).format(languages=first[0])
