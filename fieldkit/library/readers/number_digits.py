"""Digits of numbers under a format: fixed, scientific, as a fraction, and General."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from fieldkit.library.readers.format_code import Token

_PRECISION = 15  # significant digits of a spreadsheet's numbers
_WIDTH = 11  # characters of General


def rounded(value: float) -> Decimal:
    """``value`` with the fifteen digits that spreadsheets hold: 0.1 + 0.2 is 0.3."""
    return Decimal(f"{value:.{_PRECISION}g}")


def general(value: Decimal) -> str:
    """``value`` as the format General shows it in a column that is wide enough.

    Whole numbers keep all their digits, also where Excel would show 4.00638E+12: most that are so
    long are numbers of parts.
    """
    sign, value = ("-" if value < 0 else ""), abs(value)
    if not value:
        return "0"
    if value < Decimal("1e-4") or value >= Decimal("1e15"):
        return sign + _short_exponent(value)
    digits = max(value.adjusted() + 1, 1)
    decimals = max(_WIDTH - 1 - digits, 0)
    if value >= Decimal("1e11"):
        decimals = _PRECISION - digits
    text = f"{_to(value, decimals):f}"
    return sign + (text.rstrip("0").rstrip(".") if "." in text else text)


def _short_exponent(value: Decimal) -> str:
    exponent = value.adjusted()
    mantissa = _to(value.scaleb(-exponent), 5)
    if mantissa >= 10:
        mantissa, exponent = mantissa.scaleb(-1), exponent + 1
    text = f"{mantissa:f}".rstrip("0").rstrip(".")
    return f"{text}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _to(value: Decimal, decimals: int) -> Decimal:
    with localcontext() as context:
        context.prec = 400
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def fixed(tokens: Sequence[Token], value: Decimal) -> tuple[str, bool]:
    """``value``, not negative, and whether only zeros are left of it."""
    point = next((i for i, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    before = [i for i in range(point) if tokens[i].kind == "digit"]
    behind = [i for i in range(point, len(tokens)) if tokens[i].kind == "digit"]
    percents = sum(1 for token in tokens if token.kind == "percent")
    grouped = bool(before) and any(t.kind == "comma" for t in tokens[before[0] : before[-1]])
    scales = _commas_behind(tokens, before) + _commas_behind(tokens, behind)
    scaled = _to(value.scaleb(2 * percents - 3 * scales), len(behind))
    whole, _, part = f"{scaled:f}".partition(".")
    out = [token.text if token.kind in ("lit", "percent") else "" for token in tokens]
    _fill_whole(out, tokens, before, whole.lstrip("0"), grouped=grouped)
    if point < len(tokens):
        filled = _fill_part(out, tokens, behind, part)
        lead = "" if before else whole.lstrip("0")
        out[point] = f"{lead}{'.' if filled else ''}"
    return "".join(out), not scaled


def _commas_behind(tokens: Sequence[Token], places: Sequence[int]) -> int:
    """How many commas follow the last of ``places``: each divides by a thousand."""
    scales = 0
    if places:
        for token in tokens[places[-1] + 1 :]:
            if token.kind != "comma":
                break
            scales += 1
    return scales


def _fill_whole(
    out: list[str], tokens: Sequence[Token], places: Sequence[int], whole: str, *, grouped: bool
) -> None:
    """Write the digits of ``whole`` into their places, from the right; the first takes the rest."""
    count = len(places)
    for order, place in enumerate(places):
        right = count - 1 - order  # how many places are to the right
        if order == 0:
            digits = whole[: max(len(whole) - right, 0)]
        else:
            digits = (
                whole[len(whole) - right - 1 : len(whole) - right] if right < len(whole) else ""
            )
        if not digits:
            digits = {"0": "0", "?": " ", "#": ""}[tokens[place].text]
        if grouped and digits.strip():
            digits = _with_commas(digits, right)
        out[place] = digits


def _with_commas(digits: str, right: int) -> str:
    """``digits`` with a comma behind each that has a multiple of three digits to its right."""
    pieces = []
    for index, digit in enumerate(digits):
        following = len(digits) - 1 - index + right
        pieces.append(f"{digit}," if following and following % 3 == 0 else digit)
    return "".join(pieces)


def _fill_part(out: list[str], tokens: Sequence[Token], places: Sequence[int], part: str) -> bool:
    """Write the digits behind the point; whether there are any."""
    kept = len(part.rstrip("0"))
    needed = max((o + 1 for o, place in enumerate(places) if tokens[place].text == "0"), default=0)
    for order, place in enumerate(places):
        if order < max(kept, needed):
            out[place] = part[order]
        else:
            out[place] = " " if tokens[place].text == "?" else ""
    return bool(max(kept, needed))


def scientific(tokens: Sequence[Token], value: Decimal) -> str:
    """``value`` as a mantissa and a power of ten: a multiple of the digits before the point."""
    at = next(i for i, token in enumerate(tokens) if token.kind == "exp")
    mantissa, rest = tokens[:at], tokens[at + 1 :]
    point = next((i for i, token in enumerate(mantissa) if token.kind == "point"), len(mantissa))
    places = sum(1 for token in mantissa[:point] if token.kind == "digit")
    decimals = sum(1 for token in mantissa[point:] if token.kind == "digit")
    step = max(places, 1)
    exponent = 0
    if value:
        exponent = value.adjusted() // step * step if places else value.adjusted() + 1
        if _to(value.scaleb(-exponent), decimals) >= Decimal(10) ** places:
            exponent += step
    text, _ = fixed(mantissa, value.scaleb(-exponent))
    digits = sum(1 for token in rest if token.kind == "digit" and token.text == "0")
    sign = "-" if exponent < 0 else ("+" if tokens[at].text.endswith("+") else "")
    tail = "".join(token.text for token in rest if token.kind != "digit")
    return f"{text}E{sign}{abs(exponent):0{max(digits, 1)}d}{tail}"


def fraction(tokens: Sequence[Token], value: Decimal) -> tuple[str, bool] | None:
    """``value`` under a format such as ``# ?/?`` or ``# ??/16``; None where it is not one."""
    slash = next((i for i, token in enumerate(tokens) if token == Token("lit", "/")), 0)
    start = slash
    while start and tokens[start - 1].kind == "digit":
        start -= 1
    end = slash + 1
    while end < len(tokens) and (tokens[end].kind == "digit" or tokens[end].text.isdecimal()):
        end += 1
    if start == slash or end == slash + 1:
        return None
    whole_at = [i for i in range(start) if tokens[i].kind == "digit"]
    denominator = "".join(token.text for token in tokens[slash + 1 : end])
    whole, top, bottom = _parts(value, denominator, mixed=bool(whole_at))
    first = whole_at[0] if whole_at else start
    lead = "".join(token.text for token in tokens[:first])
    tail = "".join(token.text for token in tokens[end:])
    shows_zero = any(tokens[i].text == "0" for i in whole_at) or not top
    number = str(whole) if whole_at and (whole or shows_zero) else ""
    if top or not whole_at:
        number = f"{number} {top}/{bottom}".strip()
    return f"{lead}{number}{tail}", not whole and not top


def _parts(value: Decimal, denominator: str, *, mixed: bool) -> tuple[int, int, int]:
    """Whole number, numerator and denominator."""
    whole = int(value) if mixed else 0
    rest = Fraction(value) - whole
    if denominator.isdecimal() and len(denominator) < 9 and int(denominator):
        bottom = int(denominator)
        top = int(rest * bottom + Fraction(1, 2))
    else:
        found = rest.limit_denominator(10 ** min(len(denominator), 7) - 1)
        top, bottom = found.numerator, found.denominator
    if mixed and top == bottom:
        return whole + 1, 0, bottom
    return whole, top, bottom
