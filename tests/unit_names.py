"""Writes `fieldkit/library/unit_names.py`: what units are called, and what they measure.

The names come from the Unicode CLDR, as Babel brings it: of each unit its long and short names, one
and several, in the languages that questions are asked in. `python -m tests.unit_names` writes the
file, `--check` only compares. pint was tried instead: 0.4 s of processor time to be ready, no names
but English ones, and to it `ft-lb` is a subtraction.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from babel.units import format_unit

from fieldkit.library.language import fold
from fieldkit.library.normal import normal
from fieldkit.library.units import PARTS

FILE = Path(__file__).resolve().parents[1] / "fieldkit" / "library" / "unit_names.py"
_WIDTH = 100  # of a line of code
LANGUAGES = ("en", "da", "de", "es", "fr", "it", "nb", "nl", "pt", "sv")
# Units by what they measure: their sign here, the CLDR's name for them ("": it has none), and what
# people write that the CLDR does not have.
_UNITS: dict[str, dict[str, tuple[str, str]]] = {
    "charge": {"Ah": ("", "ah amp-hours ampere-hours amperestunden"), "mAh": ("", "mah")},
    "current": {
        "A": ("electric-ampere", "amp amps ampere amperes"),
        "mA": ("electric-milliampere", ""),
    },
    "frequency": {
        "Hz": ("frequency-hertz", "hertz"),
        "kHz": ("frequency-kilohertz", ""),
        "MHz": ("frequency-megahertz", ""),
        "GHz": ("frequency-gigahertz", ""),
    },
    "length": {
        "km": ("length-kilometer", ""),
        "m": ("length-meter", "mtr mtrs"),
        "cm": ("length-centimeter", "cm"),
        "mm": ("length-millimeter", "mm"),
        "µm": ("length-micrometer", ""),
        "mi": ("length-mile", ""),
        "yd": ("length-yard", ""),
        "ft": ("length-foot", ""),
        "in": ("length-inch", "in inches"),
        "mil": ("", "mils thou"),
    },
    "mass": {
        "t": ("mass-tonne", "tons"),
        "kg": ("mass-kilogram", "kilo kilos kgs"),
        "g": ("mass-gram", ""),
        "mg": ("mass-milligram", ""),
        "lb": ("mass-pound", "lb lbs pounds"),
        "oz": ("mass-ounce", ""),
    },
    "noise": {"dB": ("", "db dba db(a) decibel decibels dezibel decibelios decibeis")},
    "power": {
        "W": ("power-watt", ""),
        "kW": ("power-kilowatt", ""),
        "MW": ("power-megawatt", ""),
        "hp": ("power-horsepower", "hp bhp horsepower"),
        "PS": ("", "ps cv"),
        "VA": ("", "va"),
        "kVA": ("", "kva"),
    },
    "pressure": {
        "bar": ("pressure-bar", "bars barg"),
        "mbar": ("pressure-millibar", ""),
        "Pa": ("pressure-pascal", ""),
        "hPa": ("pressure-hectopascal", ""),
        "kPa": ("pressure-kilopascal", "kpa"),
        "MPa": ("pressure-megapascal", "mpa"),
        "atm": ("pressure-atmosphere", ""),
        "psi": ("pressure-pound-force-per-square-inch", "psig"),
        "kgf/cm²": ("", "kg/cm2 kgf/cm2 kp/cm2"),
    },
    "speed": {
        "km/h": ("speed-kilometer-per-hour", "km/h kmh kph"),
        "m/s": ("speed-meter-per-second", ""),
        "mph": ("speed-mile-per-hour", "mph"),
        "kn": ("speed-knot", "kn knots"),
        "rpm": ("", "rpm 1/min u/min r/min min-1 o/min tr/min"),
        "spm": ("", "spm"),
    },
    "temperature": {
        "°C": ("temperature-celsius", "celsius centigrade degc"),
        "°F": ("temperature-fahrenheit", "fahrenheit degf"),
        "K": ("temperature-kelvin", "kelvin"),
    },
    "time": {
        "year": ("duration-year", ""),
        "month": ("duration-month", ""),
        "week": ("duration-week", ""),
        "day": ("duration-day", ""),
        "h": ("duration-hour", ""),
        "min": ("duration-minute", ""),
        "s": ("duration-second", ""),
        "ms": ("duration-millisecond", ""),
    },
    "torque": {
        "Nm": (
            "torque-newton-meter",
            (
                "nm n-m n.m n*m newtonmeter newtonmeters newton-meters newton-meter newton-metres"
                " newtonmetre newtonmetres"
            ),
        ),
        "lb-ft": (
            "torque-pound-force-foot",
            (
                "ft-lb ft-lbs ft-lbf lb-ft lbs-ft lbf-ft ft.lb ft.lbs lb.ft lbf.ft lbft ftlb ftlbs"
                " ft/lb ft/lbs lb/ft foot-pounds foot-pound footpounds pound-feet pounds-feet"
                " pound-foot"
            ),
        ),
        "lb-in": (
            "",
            (
                "in-lb in-lbs in-lbf lb-in lbs-in lbf-in in.lb in.lbs inch-pounds inch-pound"
                " pound-inches"
            ),
        ),
        "kgf·m": ("", "kgm kg-m kgf-m kgf.m kp-m kpm mkg"),
        "daNm": ("", "dan.m danm dan-m"),
    },
    "voltage": {"V": ("electric-volt", "volts")},
    "volume": {
        "L": ("volume-liter", "litres liters litre liter ltr ltrs"),
        "mL": ("volume-milliliter", ""),
        "cL": ("volume-centiliter", ""),
        "dL": ("volume-deciliter", ""),
        "m³": ("volume-cubic-meter", ""),
        "cm³": ("volume-cubic-centimeter", "cc ccm"),
        "in³": ("volume-cubic-inch", ""),
        "gal": ("volume-gallon", "gals gal"),
        "qt": ("volume-quart", "qts"),
        "pt": ("volume-pint", ""),
        "bbl": ("volume-barrel", ""),
    },
}
_SIGNS = re.compile(r"[\d°º\u200e\u200f]")
_NUMBERS = (1, 2)


def collected() -> dict[str, dict[str, set[str]]]:
    """The names of units by what they measure, folded, their words joined by single spaces."""
    return {
        quantity: {
            sign: {name for name in _names(cldr, more) if len(name) > 1}
            for sign, (cldr, more) in units.items()
        }
        for quantity, units in _UNITS.items()
    }


def _names(cldr: str, more: str) -> Iterator[str]:
    yield from map(name_of, more.split())
    for locale, length, number in itertools.product(
        LANGUAGES if cldr else (), ("long", "short"), _NUMBERS
    ):
        text = format_unit(number, cldr, length, locale=locale)
        if cldr not in text:  # as it is where the CLDR has no name
            yield name_of(_SIGNS.sub(" ", text))


def name_of(text: str) -> str:
    """``Newtonmeter`` -> ``newtonmeter``, ``ft-lb`` -> ``ft lb``: as questions are compared."""
    return " ".join(PARTS.split(fold(normal(text)))).replace("\u2019", "'").strip()


def written() -> str:
    """The text of the file."""
    lines = []
    for quantity, units in sorted(collected().items()):
        lines.append(f'    "{quantity}": {{')
        for sign, names in units.items():
            text = "|".join(sorted(names))
            if len(line := f'        "{sign}": "{text}",') <= _WIDTH:
                lines.append(line)
                continue
            rows = textwrap.wrap(text.replace(" ", "\u00a0").replace("|", "| "), 80)
            body = "\n".join(f'        "{_escaped(row)}"' for row in rows)
            lines.append(f'        "{sign}": {body.lstrip()},')
        lines.append("    },")
    return _HEAD + "\n".join(lines) + "\n}\n"


def _escaped(row: str) -> str:
    """A row of names; those of several words keep their spaces."""
    return row.replace("| ", "|").replace("\u00a0", " ")


_HEAD = '''"""What units are called in ten languages, by what they measure; data, no code.

Written by `python -m tests.unit_names`. Names come from the Unicode CLDR, Copyright 2004-2025
Unicode, Inc., under the Unicode License v3 (LICENSE.unicode), and from what people write.
"""

from __future__ import annotations

# By quantity and sign. Names are folded, several words joined by a space, and divided by "|".
NAMES_OF_UNITS = {
'''


def main() -> int:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    text = written()
    if parser.parse_args().check:
        return 0 if FILE.read_text(encoding="utf-8") == text else 1
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
