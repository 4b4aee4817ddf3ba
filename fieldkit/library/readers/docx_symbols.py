"""Signs of Word's symbol fonts as Unicode characters.

Sources: Adobe's Symbol encoding (unicode.org, VENDORS/ADOBE/symbol.txt) and the characters that
Unicode took in for Wingdings and Webdings (ISO/IEC JTC1/SC2 N4384).
"""

from __future__ import annotations

UNKNOWN = "\u25a1"

_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"  # noqa: RUF001
    "‾αβχδεφγηιϕκλ\u00b5νοπθρστυϖωξψζ{|}~"  # noqa: RUF001
)
_SYMBOL_HIGH = (
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"  # noqa: RUF001
    "⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\u25a1〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
)
_WINGDINGS = (
    (0x20, " ✏✂✁"), (0x28, "☎✆✉"), (0x36, "⌛⌨"), (0x3F, "✍"), (0x41, "✌"),
    (0x45, "☜☞☝☟✋☺"), (0x4C, "☹"), (0x4E, "☠"), (0x52, "☼"), (0x54, "❄"), (0x6C, "●❍■☐"),
    (0x70, "☐❑❒◆⧫◆❖◆☒"), (0x7A, "⌘"), (0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"), (0x9E, "·•▪○"),
    (0xA4, "◉◎"), (0xA7, "▪☐"), (0xAA, "✦★"), (0xB1, "⌖"), (0xD8, "➢"), (0xDC, "➲"),
    (0xDF, "←→↑↓↖↗↙↘←→↑↓↖↗↙↘⇦⇨⇧⇩⇔⇳"), (0xFB, "✗✓☒☑"),
)  # fmt: skip
_WINGDINGS_2 = (
    (0x20, " "), (0x4F, "✗✓☒☑☒☒"), (0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    (0x97, "●"), (0xA3, "☐"),
)  # fmt: skip
_WINGDINGS_3 = ((0x20, " "), (0x66, "←→↑↓↖↗↙↘↔↕"), (0x70, "▲▼△▽◀▶◁▷"), (0x7D, "▶"))
_WEBDINGS = (
    (0x20, " "), (0x33, "◀▶▲▼"), (0x61, "✓"), (0x63, "☐"), (0x67, "■"), (0x6E, "●"), (0x72, "✗"),
)  # fmt: skip

_Runs = tuple[tuple[int, str], ...]


def _table(runs: _Runs) -> dict[int, str]:
    return {start + offset: sign for start, signs in runs for offset, sign in enumerate(signs)}


_FONTS = {
    "symbol": _table(((0x20, _SYMBOL), (0xA0, _SYMBOL_HIGH))),
    "wingdings": _table(_WINGDINGS),
    "wingdings 2": _table(_WINGDINGS_2),
    "wingdings 3": _table(_WINGDINGS_3),
    "webdings": _table(_WEBDINGS),
}


def is_private(character: str) -> bool:
    """Whether only a font says what ``character`` is: a private-use code point."""
    return "\ue000" <= character <= "\uf8ff" or character >= "\U000f0000"


def sign(code: int, font: str) -> str:
    """The sign with the ``code`` of ``w:sym`` in ``font``; ``UNKNOWN`` where it is not known."""
    table = _FONTS.get(font.strip().lower())
    if table is not None and (code < 0x100 or 0xF000 <= code <= 0xF0FF):
        return table.get(code & 0xFF, UNKNOWN)
    if not 0x20 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF or is_private(chr(code)):
        return UNKNOWN
    return chr(code)


def shown(text: str, font: str) -> str:
    """``text`` as ``font`` shows it; ``UNKNOWN`` for each sign that is not known.

    Symbol fonts show other signs for ASCII. Above it only private-use code points are theirs.
    """
    special = font.strip().lower() in _FONTS
    if not special and not any(map(is_private, text)):
        return text
    return "".join(
        sign(ord(character), font)
        if is_private(character) or (special and " " <= character <= "~")
        else character
        for character in text
    )
