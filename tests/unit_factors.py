"""Writes `fieldkit/library/claims/unit_factors.py`: how units are converted, from pint.

`python -m tests.unit_factors` writes the file, `--check` only compares. The factors are exact
fractions. pint itself stays on the machine of a developer: to be imported and to read its
definitions it takes 0.4 s of processor time and 3 MB, which a check of a sentence does not have.
"""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "fieldkit" / "library" / "claims" / "unit_factors.py"
# By what they measure: the sign of a unit and its name in pint. The first is the unit that the
# factors are for.
PINT: dict[str, dict[str, str]] = {
    "angle": {"°": "degree"},
    "area": {
        "m²": "meter**2", "mm²": "millimeter**2", "cm²": "centimeter**2", "ft²": "foot**2",
        "in²": "inch**2",
    },
    "charge": {"Ah": "ampere*hour", "mAh": "milliampere*hour"},
    "current": {"A": "ampere", "mA": "milliampere", "kA": "kiloampere", "µA": "microampere"},
    "energy": {
        "J": "joule", "kJ": "kilojoule", "MJ": "megajoule", "Wh": "watt*hour",
        "kWh": "kilowatt*hour", "BTU": "british_thermal_unit",
    },
    "force": {"N": "newton", "kN": "kilonewton", "lbf": "force_pound", "kgf": "force_kilogram"},
    "frequency": {
        "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
    },
    "length": {
        "m": "meter", "km": "kilometer", "cm": "centimeter", "mm": "millimeter",
        "µm": "micrometer", "mi": "mile", "yd": "yard", "ft": "foot", "in": "inch",
        "mil": "thou", "nmi": "nautical_mile",
    },
    "mass": {
        "kg": "kilogram", "t": "metric_ton", "g": "gram", "mg": "milligram", "lb": "pound",
        "oz": "ounce",
    },
    "power": {
        "W": "watt", "mW": "milliwatt", "kW": "kilowatt", "MW": "megawatt", "hp": "horsepower",
        "PS": "metric_horsepower",
    },
    "apparent power": {"VA": "volt*ampere", "kVA": "kilovolt*ampere", "MVA": "megavolt*ampere"},
    "pressure": {
        "bar": "bar", "mbar": "millibar", "Pa": "pascal", "hPa": "hectopascal",
        "kPa": "kilopascal", "MPa": "megapascal", "atm": "atmosphere",
        "psi": "pound_force_per_square_inch", "kgf/cm²": "force_kilogram/centimeter**2",
        "inHg": "inch_Hg", "mmHg": "millimeter_Hg", "ksi": "kip_per_square_inch",
    },
    "resistance": {"Ω": "ohm", "mΩ": "milliohm", "kΩ": "kiloohm", "MΩ": "megaohm"},
    "speed": {
        "m/s": "meter/second", "km/h": "kilometer/hour", "mph": "mile/hour", "kn": "knot",
    },
    "temperature": {"K": "kelvin", "°C": "degC", "°F": "degF"},
    "time": {
        "s": "second", "ms": "millisecond", "µs": "microsecond", "ns": "nanosecond",
        "min": "minute", "h": "hour", "day": "day",
        "week": "week", "month": "month", "year": "year",
    },
    "torque": {
        "Nm": "newton*meter", "kNm": "kilonewton*meter", "cNm": "centinewton*meter",
        "daNm": "decanewton*meter", "lb-ft": "force_pound*foot",
        "lb-in": "force_pound*inch", "oz-in": "force_ounce*inch",
        "kgf·m": "force_kilogram*meter", "kgf·cm": "force_kilogram*centimeter",
    },
    "viscosity": {"cSt": "centistokes"},
    "voltage": {"V": "volt", "mV": "millivolt", "kV": "kilovolt"},
    "volume": {
        "L": "liter", "mL": "milliliter", "cL": "centiliter", "dL": "deciliter",
        "m³": "meter**3", "cm³": "centimeter**3", "mm³": "millimeter**3", "in³": "inch**3",
        "ft³": "foot**3", "gal": "gallon", "imp gal": "imperial_gallon", "qt": "quart",
        "pt": "pint", "fl oz": "fluid_ounce", "bbl": "oil_barrel",
    },
}  # fmt: skip


def collected() -> dict[str, dict[str, tuple[Fraction, Fraction]]]:
    """Of each unit the factor and the number to add for the first unit of its quantity."""
    import pint

    registry = pint.UnitRegistry(
        non_int_type=Fraction, autoconvert_offset_to_baseunit=True, cache_folder=None
    )

    def of(unit: str, base: str, number: int) -> Fraction:
        return Fraction(registry.Quantity(Fraction(number), unit).to(base).magnitude)

    found: dict[str, dict[str, tuple[Fraction, Fraction]]] = {}
    for quantity, units in PINT.items():
        base = next(iter(units.values()))
        found[quantity] = {}
        for sign, unit in units.items():
            zero = of(unit, base, 0)
            found[quantity][sign] = (of(unit, base, 1) - zero, zero)
    return found


def written() -> str:
    """The text of the file."""
    lines = []
    for quantity, units in collected().items():
        lines.append(f'    "{quantity}": {{')
        for sign, (factor, zero) in units.items():
            text = f"{factor}" + (f" {zero}" if zero else "")
            lines.append(f'        "{sign}": "{text}",')
        lines.append("    },")
    return _HEAD + "\n".join(lines) + "\n}\n"


_HEAD = '''"""How units are converted, by what they measure; data, no code.

Written by `python -m tests.unit_factors` from pint (https://pint.readthedocs.io, BSD license).
"""

from __future__ import annotations

# Of each unit the factor to the first of its quantity, and for temperatures the number to add then.
FACTORS = {
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
