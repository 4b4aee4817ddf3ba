"""The signs of the fonts Symbol and Wingdings, which PDFs give as private-use characters."""

from __future__ import annotations

from collections.abc import Mapping

# Adobe's encoding of Symbol (PDF 32000-1:2008, annex D.5), in the private-use area as Windows
# programs write it: U+F000 and the code.
_GREEK = dict(zip(
    range(0xF061, 0xF07B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True,
)) | dict(zip(
    range(0xF041, 0xF05B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True,
))  # fmt: skip
_PLAIN = {0xF000 + code: chr(code) for code in (*range(0x20, 0x40), 0x5B, 0x5D, 0x7B, 0x7C, 0x7D)}
_SYMBOL = _GREEK | _PLAIN | {
    0xF02D: "\u2212", 0xF040: "\u2245", 0xF07E: "~", 0xF0A2: "\u2032", 0xF0A3: "\u2264",
    0xF0A4: "\u2044", 0xF0A5: "\u221e", 0xF0AB: "\u2194", 0xF0AC: "\u2190", 0xF0AD: "\u2191",
    0xF0AE: "\u2192", 0xF0AF: "\u2193", 0xF0B0: "\u00b0", 0xF0B1: "\u00b1", 0xF0B2: "\u2033",
    0xF0B3: "\u2265", 0xF0B4: "\u00d7", 0xF0B6: "\u2202", 0xF0B7: "\u2022", 0xF0B8: "\u00f7",
    0xF0B9: "\u2260", 0xF0BA: "\u2261", 0xF0BB: "\u2248", 0xF0BC: "\u2026", 0xF0C5: "\u2295",
    0xF0C6: "\u2205", 0xF0D0: "\u2220", 0xF0D1: "\u2207", 0xF0D2: "\u00ae", 0xF0D3: "\u00a9",
    0xF0D4: "\u2122", 0xF0D5: "\u220f", 0xF0D6: "\u221a", 0xF0D7: "\u22c5", 0xF0DB: "\u21d4",
    0xF0DC: "\u21d0", 0xF0DE: "\u21d2", 0xF0E2: "\u00ae", 0xF0E3: "\u00a9", 0xF0E4: "\u2122",
    0xF0E5: "\u2211", 0xF0F2: "\u222b",
}  # fmt: skip
_WINGDINGS = {
    0xF06C: "\u25cf", 0xF06E: "\u25a0", 0xF06F: "\u25a1", 0xF071: "\u2751", 0xF074: "\u29eb",
    0xF075: "\u25c6", 0xF076: "\u2756", 0xF09F: "\u2022", 0xF0A7: "\u25aa", 0xF0A8: "\u25fb",
    0xF0D8: "\u27a2", 0xF0DF: "\u2190", 0xF0E0: "\u2192", 0xF0E1: "\u2191", 0xF0E2: "\u2193",
    0xF0E8: "\u2794", 0xF0F0: "\u21e8", 0xF0FB: "\u2717", 0xF0FC: "\u2713", 0xF0FD: "\u2612",
    0xF0FE: "\u2611", 0xF046: "\u261e", 0xF04A: "\u263a", 0xF04D: "\U0001f4a3", 0xF028: "\u260e",
}  # fmt: skip
# Text in another font whose bullet comes from Symbol.
_OTHER = {0xF0B7: "\u2022", 0xF0A7: "\u25aa", 0xF0D8: "\u27a2", 0xF0FC: "\u2713"}


def signs(font: str) -> Mapping[int, str] | None:
    """What the private-use characters of ``font`` show; the others stay as they are."""
    name = font.lower()
    if "wingdings" in name:
        return _WINGDINGS
    return _SYMBOL if "symbol" in name else _OTHER
