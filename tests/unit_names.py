"""Writes `fieldkit/library/unit_names.py`: what units are called, and what they measure.

The names come from the Unicode CLDR, as Babel brings it: of each unit its long and short names, one
and several, in the languages that questions are asked in. `python -m tests.unit_names` writes the
file, `--check` only compares. pint was tried instead: 0.4 s of processor time to be ready, no names
but English ones, and to it `ft-lb` is a subtraction.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections import defaultdict
from pathlib import Path

from babel.units import format_unit

from fieldkit.library.language import fold
from fieldkit.library.normal import normal
from fieldkit.library.units import PARTS

FILE = Path(__file__).resolve().parents[1] / "fieldkit" / "library" / "unit_names.py"
LANGUAGES = ("en", "da", "de", "es", "fr", "it", "nb", "nl", "pt", "sv")
# Units of the CLDR by what they measure.
_UNITS = {
    "current": "electric-ampere electric-milliampere",
    "frequency": "frequency-hertz frequency-kilohertz frequency-megahertz frequency-gigahertz",
    "length": "length-kilometer length-meter length-centimeter length-millimeter"
    " length-micrometer length-mile length-yard length-foot length-inch",
    "mass": "mass-tonne mass-kilogram mass-gram mass-milligram mass-pound mass-ounce",
    "power": "power-watt power-kilowatt power-megawatt power-horsepower",
    "pressure": "pressure-bar pressure-millibar pressure-pascal pressure-hectopascal"
    " pressure-kilopascal pressure-megapascal pressure-atmosphere"
    " pressure-pound-force-per-square-inch",
    "speed": "speed-kilometer-per-hour speed-meter-per-second speed-mile-per-hour speed-knot",
    "temperature": "temperature-celsius temperature-fahrenheit temperature-kelvin",
    "time": "duration-year duration-month duration-week duration-day duration-hour"
    " duration-minute duration-second duration-millisecond",
    "torque": "torque-newton-meter torque-pound-force-foot",
    "voltage": "electric-volt",
    "volume": "volume-liter volume-milliliter volume-centiliter volume-deciliter"
    " volume-cubic-meter volume-cubic-centimeter volume-cubic-inch volume-gallon volume-quart"
    " volume-pint volume-barrel",
}
# What people write and the CLDR does not have.
_MORE = {
    "charge": "ah mah amp-hours ampere-hours amperestunden",
    "current": "amp amps ampere amperes",
    "frequency": "hertz",
    "length": "in inches mtr mtrs mm cm mils thou",
    "mass": "kilo kilos kgs lb lbs pounds tons",
    "noise": "db dba db(a) decibel decibels dezibel decibelios decibeis",
    "power": "hp bhp ps cv kva va horsepower",
    "pressure": "psig bars kg/cm2 kgf/cm2 kp/cm2 barg mpa kpa",
    "speed": "rpm 1/min u/min r/min min-1 o/min tr/min spm mph kn knots km/h kmh kph",
    "temperature": "celsius fahrenheit kelvin centigrade degc degf",
    "torque": "nm n-m n.m n*m newtonmeter newtonmeters newton-meters newton-meter newton-metres"
    " newtonmetre newtonmetres ft-lb ft-lbs ft-lbf lb-ft lbs-ft lbf-ft ft.lb ft.lbs lb.ft lbf.ft"
    " lbft ftlb ftlbs ft/lb ft/lbs lb/ft foot-pounds foot-pound footpounds pound-feet pounds-feet"
    " pound-foot in-lb in-lbs in-lbf lb-in lbs-in lbf-in in.lb in.lbs inch-pounds inch-pound"
    " pound-inches kgm kg-m kgf-m kgf.m kp-m kpm mkg dan.m danm dan-m",
    "voltage": "volts",
    "volume": "litres liters litre liter ltr ltrs gals gal qts cc ccm",
}
_SIGNS = re.compile(r"[\d°º\u200e\u200f]")
_NUMBERS = (1, 2)


def collected() -> dict[str, set[str]]:
    """The names of units by what they measure, folded, their words joined by single spaces."""
    found: dict[str, set[str]] = defaultdict(set)
    for quantity, units in _UNITS.items():
        for unit in units.split():
            for locale in LANGUAGES:
                for length in ("long", "short"):
                    for number in _NUMBERS:
                        text = format_unit(number, unit, length, locale=locale)
                        if unit not in text:  # as it is where the CLDR has no name
                            found[quantity].add(name_of(_SIGNS.sub(" ", text)))
    for quantity, more in _MORE.items():
        found[quantity].update(map(name_of, more.split()))
    return {
        quantity: {name for name in names if len(name) > 1} for quantity, names in found.items()
    }


def name_of(text: str) -> str:
    """``Newtonmeter`` -> ``newtonmeter``, ``ft-lb`` -> ``ft lb``: as questions are compared."""
    return " ".join(PARTS.split(fold(normal(text)))).replace("\u2019", "'").strip()


def written() -> str:
    """The text of the file."""
    lines = []
    for quantity, names in sorted(collected().items()):
        text = "|".join(sorted(names))
        rows = textwrap.wrap(text.replace(" ", "\u00a0").replace("|", "| "), 84)
        body = "\n".join(f'    "{_escaped(row)}"' for row in rows)
        lines.append(f'    "{quantity}": {body.lstrip()},')
    return _HEAD + "\n".join(lines) + "\n}\n"


def _escaped(row: str) -> str:
    """A row of names; those of several words keep their spaces."""
    return row.replace("| ", "|").replace("\u00a0", " ")


_HEAD = '''"""What units are called in ten languages, by what they measure; data, no code.

Written by `python -m tests.unit_names`. Names come from the Unicode CLDR, Copyright 2004-2025
Unicode, Inc., under the Unicode License v3 (LICENSE.unicode), and from what people write.
"""

from __future__ import annotations

# Names are folded, several words joined by a space, and divided by "|".
UNIT_NAMES = {
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
