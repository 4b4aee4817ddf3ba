"""Raised and lowered marks: powers stay powers, notes stay apart, fractions stay fractions.

A reader writes what its format raises or lowers between the control characters below, and hands the
whole line to ``resolved`` before it is cleaned. So one place decides for all formats.
"""

from __future__ import annotations

import re

RAISED, LOWERED, LEVEL = "\x0e", "\x0f", "\x10"

_CONTROLS = re.compile(r"([\x0e-\x10])")
_MARKED = re.compile(r"([\x0e\x0f])([^\x0e-\x10]*)\x10")
_UP = str.maketrans("0123456789+-\u2212\u2013=()niabcdefgh", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰ")
_DOWN = str.maketrans("0123456789+-\u2212=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_UP_ALL = frozenset("0123456789+-\u2212\u2013=()niabcdefgh,.*\u2020\u2021\u00a7#")
_DOWN_ALL = frozenset("0123456789+-\u2212=()")
_POWER = re.compile(r"[+\-\u2212\u2013]?\s?\d{1,3}")
_SIGNED = re.compile(r"[+\-\u2212\u2013]\s?\d{1,3}")
# "10", "x 10", "2": numbers that are raised to a power; 85 is not, and gets a note.
_BASE = re.compile(r"(?<![\d.,])(?:10|2)\Z")
_NUMBER_END = re.compile(r"\d[%\u00b0]?\s?\Z")
# Units that are squared, cubed or inverted: mm², s⁻¹, min⁻¹.
_UNIT = re.compile(
    r"(?<![A-Za-z])(?:[kMmcd\u00b5\u03bcn]?m|in|inch|ft|yd|s|sec|min|h|[kMG]?Hz|[mk]?g|[kMm]?[NJWVAK]"
    r"|[kM]?Pa|l|L|bar|rad|mol|\u00b0?C|km/h|m/s|lb|ha|dm|I|R|r|x|y|z|U|v|t|d|a|b|c|n|\u03a9|\u03c0)\Z"
)
_ORDINAL = re.compile(
    r"(?:st|nd|rd|th|er|re|eme|\u00e8me|os|as|\u00ba|\u00aa|TM|tm|SM|\u00ae|\u00a9)\.?"
)
# "85 oC", "90o" with a raised letter or zero: degrees.
_DEGREE = re.compile(r"[ \u00a0]?[CF](?!\w)")
_DEGREES_OF = re.compile(r"\d[ \u00a0]?\Z")
_FRACTION = re.compile(
    r"(\d?)[ \u00a0]?\x0e(\d{1,3})\x10[ ]?[/\u2044\u2215][ ]?(?:\x0f(\d{1,3})\x10|(\d{1,3})(?!\d))"
)
# What a note's mark may stand before: "85(1) Nm" is 85 Nm with a note, "85(1) when" is not.
_NAMED_UNIT = (
    r"[kmM]?N[\u00b7.]?m|daNm|[kmM]?Pa|hPa|m?bar|psi|[kcm\u00b5\u03bcnd]?m|in|inch(?:es)?|ft|yd|[mcd]?[lL]"
    r"|lit(?:er|re)s?|gal|[km\u00b5\u03bc]?g|t|lbs?|oz|[km]?V(?:AC|DC)?|[m\u00b5\u03bc]?A|m?Ah|[kM]?W|[kM]?Wh"
    r"|[kM]?VA|hp|PS|[kMG]?Hz|rpm|min|ms|sec?|s|h|hrs?|hours?|days?|weeks?|months?|years?|dB|ppm"
    r"|[km]?\u03a9|[km]?\u2126|K|[kM]?J|kcal|km|mph|knots?|lx|cd|Std|Stunden|Tage|Monate|Jahre|heures"
    r"|jours|mois|ans|horas|d\u00edas|dias|meses|a\u00f1os|anos|timer|dager"
)
_MEASURE = re.compile(
    r"[ \u00a0\u2009\u202f]?(?:%|\u2030|\u00b0 ?[CF]?"
    rf"|(?:{_NAMED_UNIT})[\u00b2\u00b3]?(?:[/\u00b7-](?:{_NAMED_UNIT}|lbf?|ft)[\u00b2\u00b3]?)?)"
    r"(?![\w\x0e\x0f])"
)


def raised(text: str) -> str:
    """Mark ``text`` as raised, for ``resolved``."""
    return f"{RAISED}{text}{LEVEL}" if text.strip() else text


def lowered(text: str) -> str:
    """Mark ``text`` as lowered, for ``resolved``."""
    return f"{LOWERED}{text}{LEVEL}" if text.strip() else text


def resolved(text: str) -> str:
    """``text`` without the control characters; no raised mark joins a number before it.

    >>> resolved(f"85{raised('1')} Nm")
    '85 Nm ¹'
    >>> resolved(f"2 x 10{raised('-3')} Pa, H{lowered('2')}O, 5 m{raised('2')}")
    '2 x 10⁻³ Pa, H₂O, 5 m²'
    >>> resolved(f"1{raised('1')}/{lowered('2')} inch")
    '1 1/2 inch'
    """
    if RAISED not in text and LOWERED not in text:
        return text.replace(LEVEL, "")
    text = _FRACTION.sub(_fraction, _flat(text))
    out: list[str] = []
    at = 0
    for match in _MARKED.finditer(text):
        if match.start() < at:
            continue
        out.append(text[at : match.start()])
        before = "".join(out[-3:])
        mark = match[2].strip()
        at = match.end()
        if match[1] == LOWERED:
            out.append(_lowered(before, mark))
        elif _is_degree(before, mark, text[at : at + 3]):
            out.append("\u00b0")
        elif _joins(before, mark):
            out.append(_up(mark))
        elif _NUMBER_END.search(before) and (unit := _MEASURE.match(text, at)):
            out += [unit[0], f" {_up(mark)}"]
            at = unit.end()
        elif before and not before[-1].isspace() and before[-1].isalnum():
            separate = before[-1].isdigit()
            out.append(f" {_up(mark)}" if separate else _up(mark))
            if separate and text[at : at + 1].isalnum():
                out.append(" ")
        else:
            out.append(_up(mark))
    out.append(text[at:])
    return "".join(out).translate(dict.fromkeys(map(ord, (RAISED, LOWERED, LEVEL))))


def _flat(text: str) -> str:
    """``text`` with each mark closed, none inside another, and its pieces joined.

    A writer may cut a mark: <sup>1</sup><sup>2</sup>; a mark in a mark belongs to the outer one.
    """
    parts: list[str] = []
    open_marks: list[str] = []
    for piece in _CONTROLS.split(text):
        if piece in (RAISED, LOWERED):
            if not open_marks:
                parts.append(piece)
            open_marks.append(piece)
        elif piece == LEVEL:
            if len(open_marks) == 1:
                parts.append(LEVEL)
            del open_marks[-1:]
        elif piece:
            parts.append(piece)
    if open_marks:
        parts.append(LEVEL)
    return "".join(parts).replace(LEVEL + RAISED, "")


def _fraction(match: re.Match[str]) -> str:
    whole = f"{match[1]} " if match[1] else ""
    return f"{whole}{match[2]}/{match[3] or match[4]}"


def _is_degree(before: str, mark: str, behind: str) -> bool:
    """Whether a raised ``o`` or ``0`` is the sign for degrees."""
    if mark not in {"o", "O", "0", "\u00ba"} or not _DEGREES_OF.search(before):
        return False
    return bool(_DEGREE.match(behind)) or (mark in {"o", "\u00ba"} and before[-1].isdigit())


def _joins(before: str, mark: str) -> bool:
    """Whether ``mark`` is part of what it is raised behind: a power, or the end of an ordinal."""
    if before[-1:].isdigit() and _ORDINAL.fullmatch(mark):
        return True
    if not _POWER.fullmatch(mark):
        return False
    if _BASE.search(before):
        return True
    if _SIGNED.fullmatch(mark):
        return not before[-1:].isspace()
    return bool(_UNIT.search(before))


def _up(mark: str) -> str:
    if not mark:
        return ""
    if _ORDINAL.fullmatch(mark) or (mark[0] == "[" and mark[-1] == "]"):
        return mark
    mark = mark.replace(" ", "") if _POWER.fullmatch(mark) else mark
    if set(mark) <= _UP_ALL:
        return mark.translate(_UP)
    return f"^({mark})" if len(mark) > 1 else mark


def _lowered(before: str, mark: str) -> str:
    if mark and set(mark) <= _DOWN_ALL:
        return mark.translate(_DOWN)
    return f" {mark}" if before[-1:].isdigit() else mark
