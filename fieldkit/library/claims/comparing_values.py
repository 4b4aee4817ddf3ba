"""Whether two values are the same, however they are written, rounded or converted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fieldkit.library.claims.unit_words import Unit, unit
from fieldkit.library.claims.values import Numbers, Value, ValueKind

# How far a converted value may be from the exact one, as a part of it: whatever digits it shows
# (a person multiplied by 14.5 for 14.504), rounded to fewer digits, and called approximate.
_EXACT = Fraction(1, 2000)
_ROUNDED = Fraction(1, 50)
_ABOUT = Fraction(1, 20)
_PART = Fraction(3, 20)  # about a half, a quarter
_SHOWN = Fraction(1, 10)  # rounded to the digits shown: 1 m = 3 ft
_LONGEST = 40  # digits of a number that is converted


class Likeness(StrEnum):
    """How two values are alike. ``UNIT`` is a fault: the same number in another unit.

    ``BARE``: the same number, and one of them has no unit. ``PART``: one end of a range, a value
    without its tolerance, a thread without its pitch.
    """

    SAME = "same"
    CONVERTED = "converted"
    ROUNDED = "rounded"
    PART = "part"
    BARE = "bare"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Match:
    """How a value said is ``alike`` one of a manual; ``label``: ``345 bar = 5,004 psi``."""

    alike: Likeness
    label: str = ""

    @property
    def supports(self) -> bool:
        """Whether the value of the manual supports the value said."""
        return self.alike is not Likeness.UNIT


def compare(said: Value, given: Value) -> Match | None:
    """Compare what an answer ``said`` with what a manual has ``given``; None: another value."""
    if said.code or given.code:
        return _coded(said, given)
    if said.unit is not None and given.unit is None and given.near is not None:
        given = replace(given, unit=given.near, near=None)
    if said.unit is None or given.unit is None or said.unit == given.unit:
        return _plain(said, given)
    return _in_other_unit(said, said.unit, given, given.unit)


def _in_other_unit(said: Value, one: Unit, given: Value, other: Unit) -> Match | None:
    if _one_unit(one, other):
        return _plain(said, given)
    if _degrees(one, other):
        return Match(Likeness.BARE) if _equal(said, given) else None
    label = f"{given.text} = {said.text}"
    if _convertible(one, other) and _is_converted_or_end(said, given):
        return Match(Likeness.CONVERTED, label)
    if _is_converted_without_rate(said, one, given, other):
        return Match(Likeness.CONVERTED, label)
    return Match(Likeness.UNIT) if _equal(said, given) or _is_end(said, given) else None


def _is_converted_without_rate(said: Value, one: Unit, given: Value, other: Unit) -> bool:
    """Whether a rate is converted, and its time left out: 1840 liters per minute, 486 gallons."""
    over = unit(other.sign.partition("/")[0]) if "/" in other.quantity else None
    return (
        over is not None
        and over != one
        and _convertible(one, over)
        and _is_converted(said, replace(given, unit=over))
    )


def _coded(said: Value, given: Value) -> Match | None:
    if said.code == given.code:
        return Match(Likeness.SAME)
    if said.code and given.code:
        if given.code.startswith(f"{said.code}x") and said.code[:1] == "m":
            return Match(Likeness.PART)
        return None
    if said.kind is ValueKind.NUMBER and given.kind is ValueKind.CODE:
        digits = given.code.lstrip("abcdefghijklmnopqrstuvwxyz")
        if digits.isdigit() and len(digits) < _LONGEST and Decimal(digits) in said.low:
            return Match(Likeness.BARE)
    return None


def _one_unit(a: Unit, b: Unit) -> bool:
    """Whether both are one unit under two names: mL and cm³, bar and barg."""
    return _convertible(a, b) and a.factor == b.factor and a.zero == b.zero


def _degrees(a: Unit, b: Unit) -> bool:
    """Whether one is degrees of no kind and the other a temperature."""
    return {a.quantity, b.quantity} == {"angle", "temperature"} and "°" in (a.sign, b.sign)


def _plain(said: Value, given: Value) -> Match | None:
    bare = (said.unit is None) != (given.unit is None)
    if _equal(said, given):
        return Match(Likeness.BARE if bare else Likeness.SAME)
    if bare:
        return Match(Likeness.BARE) if _is_end(said, given) else None
    if _is_end(said, given):
        return Match(Likeness.PART)
    if said.about and not said.is_range and not given.is_range and _about(said, given):
        return Match(Likeness.ROUNDED, f"{given.text} = {said.text}")
    return None


def _equal(said: Value, given: Value) -> bool:
    return (
        _any_equal(said.low, given.low)
        and _any_equal(said.high, given.high)
        and (not said.tolerance or _any_equal(said.tolerance, given.tolerance))
        and said.is_range == given.is_range
        and bool(said.tolerance) == bool(given.tolerance)
    )


def _is_end(said: Value, given: Value) -> bool:
    """Whether ``said`` is one end of a range, or a value or limit of one with a tolerance."""
    if said.tolerance:
        return False
    if given.tolerance:
        limits = [
            (tuple(n - t for n, t in zip(given.low, given.tolerance, strict=False)),) * 2,
            (tuple(n + t for n, t in zip(given.low, given.tolerance, strict=False)),) * 2,
            (given.low, given.low),
            (given.tolerance, given.tolerance),
        ]
        if said.is_range:
            return _any_equal(said.low, limits[0][0]) and _any_equal(said.high, limits[1][0])
        return any(_any_equal(said.low, low) for low, _ in limits)
    if given.is_range and not said.is_range:
        return _any_equal(said.low, given.low) or _any_equal(said.low, given.high)
    return False


def _any_equal(a: Numbers, b: Numbers) -> bool:
    return not set(a).isdisjoint(b)


def _about(said: Value, given: Value) -> bool:
    return any(
        _close(said, s, Fraction(g)) for s in said.low for g in given.low if _short(s) and _short(g)
    )


def _convertible(a: Unit, b: Unit) -> bool:
    references = {a.reference, b.reference}
    return (
        a.quantity == b.quantity
        and bool(a.factor and b.factor)
        and references != {"gauge", "absolute"}
    )


def _is_converted_or_end(said: Value, given: Value) -> bool:
    if _is_converted(said, given):
        return True
    ends = given.ends if given.is_range or given.tolerance else ()
    return not said.is_range and any(_is_converted(said, end) for end in ends)


def _is_converted(said: Value, given: Value) -> bool:
    if said.is_range != given.is_range or bool(said.tolerance) > bool(given.tolerance):
        return False
    if said.difference or given.difference:
        whole = _ends_close(said, given, difference=True)
        return whole or (
            not (said.difference and given.difference)
            and _ends_close(said, given, difference=False)
        )
    return _ends_close(said, given, difference=False)


def _ends_close(said: Value, given: Value, *, difference: bool) -> bool:
    pairs: list[tuple[Numbers, Numbers, bool]] = [(said.low, given.low, difference)]
    if said.is_range:
        pairs.append((said.high, given.high, difference))
    if said.tolerance:
        pairs.append((said.tolerance, given.tolerance, True))
    assert given.unit is not None
    assert said.unit is not None
    return all(
        any(
            _close(said, s, converted(g, given.unit, said.unit, difference=is_difference))
            for s in _shorts(saids)
            for g in _shorts(givens[:1])  # the likeliest reading
        )
        for saids, givens, is_difference in pairs
    )


def _short(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) < _LONGEST


def _shorts(numbers: Numbers) -> Iterable[Decimal]:
    return (number for number in numbers if _short(number))


def converted(number: Decimal, of: Unit, to: Unit, *, difference: bool = False) -> Fraction:
    """``number`` units ``of`` in units ``to`` of the same quantity, exactly."""
    value = Fraction(number) * of.factor
    if not difference:
        value += of.zero - to.zero
    return value / to.factor


def _close(said: Value, shown: Decimal, exact: Fraction) -> bool:
    """Whether ``shown`` is ``exact`` as a person rounds it."""
    off = abs(Fraction(shown) - exact)
    size = abs(exact)
    if off <= size * (_ROUNDED if said.about else _EXACT):
        return True
    if said.parts:
        return off <= Fraction(1, 2 * said.parts) and off <= size * (
            _PART if said.about else _ABOUT
        )
    _, digits, exponent = shown.as_tuple()
    assert isinstance(exponent, int)
    half = Fraction(10) ** exponent / 2
    if off <= half and off <= size * _SHOWN:
        return True
    zeros = len(digits) - len(str(int("".join(map(str, digits)))).rstrip("0")) if any(digits) else 0
    rounded = Fraction(10) ** (exponent + zeros) / 2
    most = _ABOUT if said.about else _ROUNDED
    return off <= rounded and off <= size * most
