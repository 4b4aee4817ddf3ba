"""Which unit the words or signs behind a number are: ``Nm``, ``pounds per square inch``, ``°C``."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from fieldkit.library.claims.unit_factors import FACTORS
from fieldkit.library.language import fold
from fieldkit.library.unit_names import NAMES_OF_UNITS

PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Unit:
    """``sign`` is how it is shown; a rate is ``sign`` of what, ``per`` which time or volume.

    ``quantity`` is what it measures ("length", "volume/time"). In ``base`` units of that quantity
    one is ``factor``, and ``zero`` is added for temperatures. Without a ``factor`` (0) the unit
    is converted to none. ``reference`` is what a pressure is measured from, where it is written:
    ``gauge`` or ``absolute``.
    """

    sign: str
    quantity: str
    factor: Fraction = Fraction(0)
    zero: Fraction = Fraction(0)
    reference: str = ""


# Signs whose capitals count, as they are written.
_SIGNS: Mapping[str, str] = {
    "N": "N", "kN": "kN", "lbf": "lbf", "kgf": "kgf", "A": "A", "kA": "kA", "uA": "µA", "V": "V",
    "mV": "mV", "kV": "kV", "W": "W", "mW": "mW", "MW": "MW", "Pa": "Pa", "MPa": "MPa",
    "m": "m", "g": "g", "t": "t", "L": "L", "l": "L", "h": "h", "H": "h", "s": "s", "S": "s",
    "J": "J", "kJ": "kJ", "MJ": "MJ", "Wh": "Wh", "kWh": "kWh", "K": "K", "C": "°C", "F": "°F",
    "°C": "°C",
    "°F": "°F", "°K": "K", "°": "°", "%": "%", "dB": "dB", "VA": "VA", "MVA": "MVA",
    "Ω": "Ω", "kΩ": "kΩ", "MΩ": "MΩ", "mΩ": "mΩ", "ω": "Ω", "kω": "kΩ", "mω": "mΩ",
    '"': "in", "''": "in", "'": "ft", "″": "in", "′": "ft", "”": "in", "’": "ft", "d": "day",
    "sq in": "in²",
}  # fmt: skip
# Names that the Unicode CLDR does not have; folded.
_NAMES: Mapping[str, str] = {
    "N": "newton newtons",
    "kN": "kn/force kilonewton kilonewtons",
    "kgf": "kgf kp",
    "lbf": "lbf pounds-force",
    "A": "amp. ampères amperios",
    "V": "volt volts voltios vdc vac",
    "mV": "mv",
    "kV": "kv",
    "kA": "ka",
    "MW": "megawatts",
    "W": "watt watts wattios vatios",
    "mL": "ml milliliters millilitres mililitros",
    "L": "l litern liters litres litri lts lt",
    "cL": "cl",
    "dL": "dl desiliter",
    "Pa": "pa",
    "hPa": "hpa",
    "m": "metern meteren",
    "mm": "millimetern millimeteren millimetros",
    "cm": "zentimetern",
    "µm": "micron microns mikron um",
    "km": "kilometern kms",
    "ft": "ft. foots fußes fuß",
    "in": "inch inches in. zolls zoll-rohr tommers pulg pulg. plg pol pol.",
    "mi": "milles",
    "yd": "verges verge yds",
    "mil": "mil",
    "nmi": "nmi nautical-miles",
    "t": "tonnen tonner tonnes",
    "g": "gr gramms grammen",
    "kg": "kgs quilos kilogramos kilos",
    "lb": "lb. lbs. pfunden libras",
    "h": "h std std. stunden hrs hrs. hr. hours betriebsstunden operating-hours working-hours"
    " running-hours driftstimer heures-de-service horas-de-servicio horas-de-funcionamiento"
    " horas-de-operación timers heures-de-fonctionnement horas-de-serviço engine-hours",
    "min": "mins min. minuten minutters mn minutos",
    "s": "sec. secs sek. seconds sekunden s.",
    "ms": "msec msecs ms",
    "µs": "us usec usecs microsecond microseconds mikrosekunden microsecondes microsegundos",
    "ns": "nsec nanoseconds",
    "bit": "bit bits",
    "byte": "byte bytes octets",
    "kB": "kb kib kilobyte kilobytes",
    "MB": "mb mib megabyte megabytes",
    "GB": "gb gib gigabyte gigabytes",
    "baud": "baud bauds bd",
    "bps": "bps bit/s bits/s",
    "kbps": "kbps",
    "dBm": "dbm",
    "lx": "lux lx",
    "lm": "lumen lumens",
    "pixel": "pixel pixels px",
    "day": "day days tagen dager døgn giorni kalendertage",
    "week": "wochen uker ukers semaine",
    "month": "monaten måneders",
    "year": "jahren år année années",
    "°C": "degrees-c degree-c deg-c deg.c grad-c grados-c degres-c grader-c graus-c degc °c c."
    " grad-celsius degrees-centigrade grados-centígrados degrees-celcius celcius",
    "°F": "degrees-f degree-f deg-f deg.f grad-f grados-f degres-f grader-f graus-f degf °f",
    "°": "degrees degree deg grad grados degres grader graus gradi graden grado grau gr° deg.",
    "%": "percent per-cent prozent pour-cent por-ciento por-cento prosent procent per-cento"
    " pourcent pourcents pct vol%",
    "ppm": "ppm",
    "dB": "dba db",
    "VA": "va",
    "kVA": "kva",
    "MVA": "mva",
    "kW": "kws kilowatts kilowattios",
    "kWh": "kwh kilowattstunden kilowatt-hours kilowattimer",
    "Wh": "wh",
    "kJ": "kj",
    "BTU": "btu btus",
    "Nm": "nm n*m newton-meters newton-metros newtonmetern",
    "kNm": "knm",
    "cNm": "cnm",
    "lb-in": "pounds-inch inch-pounds zollpfund",
    "lb-ft": "lb-pi pi-lb lbf-pi lb-pie pie-lb lb-pé"
    " libras-pie libras-pies pies-libras pie-libra pieds-livres livre-pied livres-pieds"
    " pfund-fuß fußpfund pund-fot fotpund pés-libras libras-pé",
    "oz-in": "oz-in in-oz ozf-in",
    "kgf·m": "kgf*m m-kg",
    "kgf·cm": "kgf-cm kg-cm kgcm",
    "bar": "bar bars bares",
    "barg": "barg baru bar(g) bar-g bar-gauge bar-überdruck barü bars-relatifs",
    "bar abs": "bara bar(a) bar-abs bar-absolute bar-a",
    "mbar": "mbar",
    "psig": "psig psi(g) psi-g psi-gauge",
    "psi": "psi lb/in2 lbs/in2 lbf/in2 pounds-per-square-inch pounds-square-inch"
    " libras-por-pulgada-cuadrada pfund-pro-quadratzoll",
    "psi abs": "psia psi(a)",
    "MPa": "mpa n/mm2",
    "kPa": "kpa",
    "ksi": "ksi",
    "inHg": "inhg in-hg",
    "mmHg": "mmhg torr mm-hg",
    "PS": "ps cv ch pferdestärken pferdestärke caballos chevaux caballos-de-vapor hk hestekrefter"
    " chevaux-vapeur cavalos cavalos-vapor cavalli cavallo pk",
    "hp": "hp bhp horsepower",
    "rev": "revolution revolutions rev revs turn turns umdrehung umdrehungen tour tours revolución"
    " revoluciones vuelta vueltas rotação rotações omdreining omdreininger omdrejning"
    " omdrejninger varv giri giro toeren rotation rotations",
    "stroke": "stroke strokes hub hübe hüben doppelhübe doppelhüben coup coups courses carreras"
    " emboladas embolada golpes slag cursos pancadas colpi slagen",
    "cycle": "cycle cycles zyklus zyklen ciclo ciclos sykluser syklus cicli cyclus",
    "shift": "shift shifts schicht schichten turno turnos skift turni equipes",
    "time": "times mal fois veces vez ganger gange vezes volte keer gånger",
    "m²": "m2 qm square-meters square-metres quadratmeter kvadratmeter mètres-carrés"
    " metros-cuadrados",
    "mm²": "mm2 qmm square-millimeters quadratmillimeter",
    "cm²": "cm2 square-centimeters",
    "ft²": "ft2 sq-ft square-feet",
    "in²": "in2 sq-in square-inches",
    "m³": "m3 cbm kubikmetern mètres-cubes",
    "cm³": "cm3 ccm",
    "ft³": "ft3 cubic-feet cu-ft",
    "gal": "gal gals gallonen us-gal us-gallons us-gallon galones galões",
    "imp gal": "imp-gal imperial-gallons imperial-gallon",
    "fl oz": "fl-oz fluid-ounces fl.oz",
    "bbl": "bbls",
    "cSt": "cst mm2/s",
    "Ω": "ohm ohms",
    "kΩ": "kohm kilohm kiloohm kilo-ohms",
    "MΩ": "megohm megohms megaohm mohm",
    "µA": "ua",
}
_SHORT = {"rev/min": "rpm", "stroke/min": "spm"}
_REFERENCES: Mapping[str, tuple[str, str]] = {
    "barg": ("bar", "gauge"), "psig": ("psi", "gauge"), "bar abs": ("bar", "absolute"),
    "psi abs": ("psi", "absolute"),
}  # fmt: skip
# Rates in one word.
_RATES: Mapping[str, str] = {
    "gpm": "gal/min", "lpm": "l/min", "slpm": "l/min", "cfm": "ft3/min", "ppg": "lb/gal",
    "ips": "in/s", "fpm": "ft/min", "upm": "rev/min", "u/min": "rev/min", "r/min": "rev/min",
    "o/min": "rev/min", "tr/min": "rev/min", "t/min": "rev/min", "1/min": "rev/min",
    "omdr/min": "rev/min", "str/min": "stroke/min", "rpms": "rev/min", "sl/min": "stroke/min",
}  # fmt: skip
# Names of the CLDR that are more often other words, and the languages in which they are units.
_ONLY: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("no", "nos", "nd", "quarto", "quartos", "cuarto", "cuartos", "quarti", "uns",
                     "once", "te", "td", "tdr", "kt"), frozenset()),
    **dict.fromkeys(("po", "pi", "an", "sem"), frozenset({"fr"})),
    **dict.fromkeys(("timer", "fat", "fot", "tonde"), frozenset({"no", "nb", "nn", "da", "sv"})),
    **dict.fromkeys(
        ("mes", "pie", "ano", "anos", "dia", "dias"), frozenset({"es", "pt", "", "it"})
    ),
    **dict.fromkeys(("pe", "pes"), frozenset({"pt"})),
    **dict.fromkeys(("pol",), frozenset({"pt"})),
    **dict.fromkeys(("mon", "wo", "tg", "man", "tim", "mese", "ora", "ore", "jr", "md"),
                    frozenset({"de", "it", "nl", "da"})),
    **dict.fromkeys(("mil",), frozenset({"en", ""})),
    **dict.fromkeys(("grad", "grau", "grado"), frozenset({"de", "es", "pt", "it", ""})),
}  # fmt: skip
_ACCENTED = {"ar": "år", "man": "mån"}  # folded: other words without their accents
# "3 in the box" is no length; "3 in long" is.
_IN = re.compile(
    r"\s*(?:$|[^\w\s]|\d|x\b|×|(?:diameter|long|wide|thick|deep|high|of|from|and|or|to|on|at|below"
    r"|above|pipes?|hoses?|wrench|spanner|bolts?|nominal|less|more|per|apart|away|clearance)\b)"
)
_PER = re.compile(r"[ ]?/[ ]?|[ ](?:per|pro|par|por|pr|je|in der|al|a|an|i)[.]?[ ]")
_TEXT = re.compile(
    r"[ ]{0,2}[-]?(?P<unit>%|[\"'″′”’]{1,2}"
    r"|(?:°[ ]?[CFK]?(?![A-Za-z])|1/min\b|[^\W\d_]+[23]?(?:\([agAG]\))?)"
    r"(?:(?:[ ]?[·⋅*./-][ ]?|[ ])(?:\(?[^\W\d_]+\)?[23]?|1(?!\d))){0,7}+)",
)
_WORDS = re.compile(r"[^\W\d_]+[23]?(?:\([agAG]\))?|°[ ]?[CFK]?|[%\"'″′”’]+|1")
_MOST_WORDS = 6
_DIVIDERS = re.compile(r"[\s.*·⋅-]+")


def _unit(sign: str, quantity: str, factor: str, zero: str = "0") -> Unit:
    return Unit(sign, quantity, Fraction(factor), Fraction(zero))


@functools.cache
def _quantities() -> dict[str, Unit]:
    """All units by their signs."""
    found = {
        sign: _unit(sign, quantity, *text.split())
        for quantity, units in FACTORS.items()
        for sign, text in units.items()
    }
    for sign, (plain, reference) in _REFERENCES.items():
        found[sign] = replace(found[plain], sign=sign, reference=reference)
    for sign, quantity in (
        ("dB", "noise"), ("%", "share"), ("ppm", "share"), ("cycle", "cycles"),
        ("shift", "shifts"), ("time", "times"), ("bit", "data"), ("byte", "data"), ("kB", "data"),
        ("MB", "data"), ("GB", "data"), ("baud", "data rate"), ("bps", "data rate"),
        ("kbps", "data rate"), ("dBm", "level"), ("lx", "light"), ("lm", "light"),
        ("pixel", "pixels"),
    ):  # fmt: skip
        found[sign] = Unit(sign, quantity)
    for sign, quantity, rate in (("rev", "turns", "rpm"), ("stroke", "strokes", "spm")):
        found[sign] = Unit(sign, quantity, Fraction(1))
        found[rate] = Unit(rate, f"{quantity}/time", Fraction(1, 60))
    return found


def unit(sign: str) -> Unit | None:
    """The unit that is shown as ``sign``: ``lb-ft``; None: none is."""
    return _quantities().get(sign)


@functools.cache
def _by_name() -> dict[str, str]:
    """The sign of a unit by its folded name, words joined by single spaces."""
    known = _quantities()
    found = {
        name: sign
        for units in NAMES_OF_UNITS.values()
        for sign, names in units.items()
        for name in names.split("|")
        if sign in known
    }
    for sign, names in _NAMES.items():
        for name in names.split():
            found[key(name)] = sign
    return found


def key(text: str) -> str:
    """``text`` as names of units are compared: ``ft. lbs`` -> ``ft lbs``."""
    return " ".join(_DIVIDERS.split(fold(text))).strip()


def named_unit(text: str, language: str = "") -> Unit | None:
    """The unit that ``text`` is as a whole, in ``language`` ("": not known); None: it is none."""
    text = text.strip()
    sign = _SIGNS.get(text) or _SIGNS.get(text.replace(" ", ""))
    if sign is None:
        name = key(text)
        sign = _by_name().get(name)
        if sign is None:
            return _rate(text, language)
        if name in _ONLY and language not in _ONLY[name]:
            return None
        if name in _ACCENTED and _ACCENTED[name] not in text.lower():
            return None
    return unit(sign)


def _rate(text: str, language: str) -> Unit | None:
    """A unit per another: ``liters per minute``, ``kg/l``, ``gpm``."""
    text = _RATES.get(text.lower().replace(" ", ""), text)
    match = _PER.search(text)
    if match is None or not 0 < match.start() < match.end() < len(text):
        return None
    over, under = (
        named_unit(part, language) for part in (text[: match.start()], text[match.end() :])
    )
    if over is None or under is None or not under.factor or "/" in over.quantity:
        return None
    if under.quantity not in ("time", "volume", "length", "area", "mass"):
        return None
    sign = f"{over.sign}/{under.sign}"
    if sign in _SHORT:
        return unit(_SHORT[sign])
    quantity = f"{over.quantity}/{under.quantity}"
    quantity = "speed" if quantity == "length/time" else quantity
    return Unit(sign, quantity, over.factor / under.factor)


def unit_at(text: str, start: int, language: str = "") -> tuple[Unit, int, int] | None:
    """The unit behind a number that ends at ``start`` of a normal text, and where it is written.

    Of several readings the longest counts: ``kg per liter`` before ``kg``. None: there is none.
    """
    match = _TEXT.match(text, start)
    if match is None:
        return None
    begin = match.start("unit")
    words = []
    for word in _WORDS.finditer(text, begin, match.end("unit")):
        words.append(word.end())
        if len(words) == _MOST_WORDS:
            break
    for end in reversed(words):
        if end < len(text) and text[end].isalnum():
            continue
        found = _remembered(text[begin:end], language)
        if found is None or not _fits(text, start, begin, end):
            continue
        return found, begin, end
    return None


@functools.lru_cache(maxsize=4096)
def _remembered(text: str, language: str) -> Unit | None:
    return named_unit(text, language)


def _fits(text: str, start: int, begin: int, end: int) -> bool:
    """Whether the words from ``begin`` to ``end`` are a unit where they are."""
    written = text[begin:end]
    if written == "in":
        return _IN.match(text, end) is not None
    if written[0] in "\"'’”″′":
        if begin != start:
            return False
        quote = written[0]
        return text.count(quote, 0, begin) % 2 == 0
    if written in ("A", "C", "F", "H", "S", "K", "d"):
        return not re.match(r"[.-]?\w", text[end : end + 2]) and begin - start <= 1
    return True
