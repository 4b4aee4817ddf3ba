"""The language that a folder is named for: ``es``, ``pt-BR``, ``Deutsch``, ``01 English``."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

# ISO 639-1 codes: https://www.loc.gov/standards/iso639-2/php/code_list.php
_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu
    hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb
    lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om
    or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
# Three-letter codes of ISO 639-2, English names and the languages' own, without accents.
_NAMES = {
    "ar": "ara arabic arabi العربية",
    "bg": "bul bulgarian български",
    "ca": "catalan catala",
    "cs": "ces cze czech cestina cesky",
    "da": "dan danish dansk",
    "de": "deu ger german deutsch",
    "el": "ell gre greek ελληνικά",
    "en": "eng english englisch ingles anglais inglese engelsk engels",
    "es": "spa spanish espanol castellano spanisch espagnol spagnolo spansk",
    "et": "est estonian eesti",
    "fa": "fas per persian farsi فارسی",
    "fi": "fin finnish suomi",
    "fr": "fra fre french francais franzosisch frances francese fransk",
    "he": "heb hebrew עברית",
    "hi": "hin hindi हिन्दी",
    "hr": "hrv croatian hrvatski",
    "hu": "hun hungarian magyar",
    "id": "ind indonesian bahasa",
    "it": "ita italian italiano italienisch italien",
    "ja": "jpn japanese nihongo 日本語",
    "ko": "kor korean hangugeo 한국어",
    "lt": "lit lithuanian lietuviu",
    "lv": "lav latvian latviesu",
    "nb": "nob nor norwegian norsk bokmal",
    "nl": "nld dut dutch nederlands",
    "pl": "pol polish polski",
    "pt": "por portuguese portugues portugiesisch",
    "ro": "ron rum romanian romana",
    "ru": "rus russian русский russkij russkiy",
    "sk": "slk slo slovak slovencina slovensky",
    "sl": "slv slovenian slovenscina",
    "sr": "srp serbian srpski српски",
    "sv": "swe swedish svenska",
    "th": "tha thai ไทย",
    "tr": "tur turkish turkce",
    "uk": "ukr ukrainian украінська ukrainska",
    "vi": "vie vietnamese",
    "zh": "zho chi chinese zhongwen mandarin 中文 简体中文 繁體中文",
}
_TAG = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}|[a-z]{4}|\d{3}))?")
_LAST = re.compile(r"[\s_.-]([a-z]{2})$")  # manuals_es
_SHORT = 3  # letters of a code, which only counts alone: "CAT engines" are not in Catalan


def language_of(file: str) -> tuple[str, str]:
    """The language that a folder of ``file`` is named for, and that folder's name.

    The language is an ISO 639-1 code, with its region where the folder names one (``pt-br``); both
    are "" where no folder names a language. Of several folders the innermost counts.
    """
    for folder in reversed(PurePosixPath(file).parts[:-1]):
        if language := _language(folder):
            return language, folder
    return "", ""


def _plain(text: str) -> str:
    """``text`` in lower case without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


_KNOWN = frozenset(_CODES.split())
_CODE_OF = {_plain(name): code for code, names in _NAMES.items() for name in names.split()}


def _language(folder: str) -> str:
    plain = _plain(folder)
    tag = _TAG.fullmatch(plain)
    if tag is not None and tag[1] in _KNOWN:
        return f"{tag[1]}-{tag[2]}" if tag[2] else tag[1]
    if plain in _CODE_OF:
        return _CODE_OF[plain]
    last = _LAST.search(plain)
    if last is not None and last[1] in _NAMES:
        return last[1]
    words = [word for word in re.split(r"[\W\d_]+", plain) if len(word) > _SHORT]
    found = {_CODE_OF[word] for word in words if word in _CODE_OF}
    return found.pop() if len(found) == 1 else ""
