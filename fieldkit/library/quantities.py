"""Words that name a quantity, and the units its figures stand before; data, little code.

"How tight" asks for a torque, and a page may answer it with ``45 Nm`` alone. Units are the same in
most languages but for those of time, temperature and volume.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from fieldkit.library.language import fold
from fieldkit.library.normal import normal

# Units behind a figure, as regular expressions of text in lower case without accents.
_UNITS = {
    "charge": r"m?ah",
    "current": r"[mk]?a|amps?|amperes?|amperios?",
    "frequency": r"[kmg]?hz",
    "length": r"[kmcdu]?m|met(?:re|er)s?|metros?|inch(?:es)?|in|ft|feet|microns?|zoll|pulgadas?"
    r"|pouces?|polegadas?",
    "mass": r"[kmu]?g|t|tons?|tonnes?|tonnen|toneladas?|tonn|lbs?|pounds?|kilos?",
    "noise": r"dba?",
    "pressure": r"m?bar|psi|[hkm]?pa|atm",
    "power": r"[kmg]?va|[kmg]?w|hp|ps|cv",
    "speed": r"rpm|km/h|kmh|m/s|mph|knots?|kn|u/min|r/min|o/min|tr/min|min-1|1/min|hz"
    r"|(?:strokes|turns|revolutions|km|met(?:re|er)s) (?:per|a) (?:minute|hour|second)",
    "temperature": r"[cfk]|degrees?|grad|grados?|degres?|grader|graus?",
    "time": r"s|sec|seconds?|min|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?"
    r"|sekunden?|minuten?|stunden?|tage?n?|wochen?|monaten?|jahren?"
    r"|segundos?|minutos?|horas?|dias?|semanas?|mes(?:es)?|anos?"
    r"|secondes?|heures?|jours?|semaines?|mois|ans|annees?"
    r"|sekund(?:er)?|minutt(?:er)?|timer?|dager?|dogn|uker?|maned(?:er)?|ar",
    "torque": r"n ?m|ft[- ]?lbf?|lbf?[- ]?ft|in[- ]?lbf?|kgf?[- ]?m",
    "voltage": r"[mk]?v|volts?|voltios?",
    "volume": r"[mc]?l|lit(?:re|er)s?|litern?|litros?|m3|cubic|gallons?|gal|barrels?|bbl",
}
# A figure, or one in words before a unit that is no word of another kind: "three hours".
_FIGURE = r"(?<![\w.,])(?:\d[\d.,]*[ \u00a0-]?[°º]?[ ]?|[a-z]{3,}[ -](?=[a-z]{3}))"

_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "charge": "capacity",
        "current": "current amperage",
        "frequency": "frequency",
        "length": "broad close deep depth diameter distance far height high length long narrow "
        "short size tall thick thickness thin wide width",
        "mass": "capacity heavy light load mass payload weigh weighs weight",
        "noise": "loud noise noisy",
        "power": "output power rating",
        "pressure": "pressure",
        "speed": "fast quick rate slow speed",
        "temperature": "cold cool hot temperature warm",
        "time": "age duration interval lifetime old period",
        "torque": "tight tighten tightening torque",
        "voltage": "voltage",
        "volume": "amount capacity quantity volume",
    },
    "de": {
        "charge": "kapazität",
        "current": "strom stromaufnahme",
        "frequency": "frequenz",
        "length": "abstand breit breite dick dicke durchmesser größe hoch höhe lang länge tief "
        "tiefe weit",
        "mass": "gewicht last masse schwer traglast wiegen wiegt",
        "noise": "lärm laut",
        "power": "leistung",
        "pressure": "druck",
        "speed": "drehzahl geschwindigkeit schnell",
        "temperature": "grad heiß kalt temperatur warm",
        "time": "abstand alter dauer frist intervall lebensdauer",
        "torque": "anziehen anzugsmoment drehmoment fest",
        "voltage": "spannung",
        "volume": "füllmenge inhalt menge volumen",
    },
    "es": {
        "charge": "capacidad",
        "current": "corriente",
        "frequency": "frecuencia",
        "length": "alto altura ancho diámetro distancia espesor largo longitud profundidad "
        "profundo",
        "mass": "carga masa pesa pesado peso",
        "noise": "ruido ruidoso",
        "power": "potencia",
        "pressure": "presión",
        "speed": "rápido velocidad",
        "temperature": "caliente frío temperatura",
        "time": "duración edad intervalo plazo tiempo",
        "torque": "apretar apriete par torque",
        "voltage": "tensión voltaje",
        "volume": "cantidad capacidad volumen",
    },
    "fr": {
        "charge": "capacité",
        "current": "courant intensité",
        "frequency": "fréquence",
        "length": "diamètre distance épaisseur hauteur large largeur long longueur profond "
        "profondeur",
        "mass": "charge lourd masse pèse poids",
        "noise": "bruit bruyant",
        "power": "puissance",
        "pressure": "pression",
        "speed": "rapide régime vitesse",
        "temperature": "chaud froid température",
        "time": "âge délai durée intervalle",
        "torque": "couple serrage serrer",
        "voltage": "tension",
        "volume": "capacité contenance quantité volume",
    },
    "no": {
        "charge": "kapasitet",
        "current": "strøm",
        "frequency": "frekvens",
        "length": "avstand bred bredde diameter dyp dypt dybde høy høyde lang lengde tykk tykkelse",
        "mass": "last tung vekt veier",
        "noise": "støy",
        "power": "effekt",
        "pressure": "trykk",
        "speed": "fart fort hastighet turtall",
        "temperature": "kald temperatur varm varmt",
        "time": "alder intervall levetid",
        "torque": "hardt moment tiltrekkingsmoment tiltrekningsmoment",
        "voltage": "spenning",
        "volume": "mengde volum",
    },
    "pt": {
        "charge": "capacidade",
        "current": "corrente",
        "frequency": "frequência",
        "length": "altura alto comprimento diâmetro distância espessura largo largura profundidade "
        "profundo",
        "mass": "carga massa pesa pesado peso",
        "noise": "barulho ruído",
        "power": "potência",
        "pressure": "pressão",
        "speed": "rápido rotação velocidade",
        "temperature": "frio quente temperatura",
        "time": "duração idade intervalo prazo tempo",
        "torque": "apertar aperto binário torque",
        "voltage": "tensão voltagem",
        "volume": "capacidade quantidade volume",
    },
    "da": {
        "charge": "kapacitet",
        "current": "strøm",
        "frequency": "frekvens",
        "length": "afstand bred bredde diameter dyb dybde høj højde lang længde tyk tykkelse",
        "mass": "masse tung vejer vægt",
        "noise": "larm støj",
        "power": "effekt",
        "pressure": "tryk",
        "speed": "fart hastighed hurtig omdrejninger omdrejningstal",
        "temperature": "kold temperatur varm varmt",
        "time": "alder interval levetid",
        "torque": "moment spændemoment tilspændingsmoment",
        "voltage": "spænding",
        "volume": "mængde volumen",
    },
    "fi": {
        "charge": "kapasiteetti",
        "current": "virta",
        "frequency": "taajuus",
        "length": "etäisyys halkaisija korkea korkeus leveys leveä paksu paksuus pituus pitkä "
        "syvyys syvä",
        "mass": "massa painaa paino raskas",
        "noise": "melu äänekäs",
        "power": "teho",
        "pressure": "paine",
        "speed": "kierrosluku nopea nopeus",
        "temperature": "kuuma kylmä lämmin lämpötila",
        "time": "aikaväli ikä kesto väli",
        "torque": "kiristysmomentti kireä momentti vääntömomentti",
        "voltage": "jännite",
        "volume": "määrä tilavuus vetoisuus",
    },
    "it": {
        "charge": "capacità",
        "current": "corrente",
        "frequency": "frequenza",
        "length": "alta altezza alto diametro distanza larga larghezza largo lunga lunghezza lungo "
        "profondità profondo spessore",
        "mass": "carico massa pesa pesante peso",
        "noise": "rumore rumoroso",
        "power": "potenza",
        "pressure": "pressione",
        "speed": "giri regime veloce velocità",
        "temperature": "calda caldo fredda freddo temperatura",
        "time": "durata età intervallo scadenza tempo",
        "torque": "coppia serraggio serrare stringere",
        "voltage": "tensione voltaggio",
        "volume": "capacità quantità volume",
    },
    "nl": {
        "charge": "capaciteit",
        "current": "stroom stroomsterkte",
        "frequency": "frequentie",
        "length": "afstand breed breedte diameter diep diepte dik dikte hoog hoogte lang lengte",
        "mass": "gewicht last massa weegt zwaar",
        "noise": "geluid lawaai luid",
        "power": "vermogen",
        "pressure": "druk",
        "speed": "snel snelheid toerental",
        "temperature": "heet koud temperatuur warm",
        "time": "duur interval leeftijd levensduur termijn",
        "torque": "aandraaimoment aanhaalmoment draaimoment koppel",
        "voltage": "spanning",
        "volume": "hoeveelheid inhoud volume",
    },
    "ro": {
        "charge": "capacitate",
        "current": "curent",
        "frequency": "frecvență",
        "length": "adânc adâncime diametru distanță grosime înalt înălțime lat lățime lung lungime",
        "mass": "greu greutate masă sarcină",
        "noise": "zgomot",
        "power": "putere",
        "pressure": "presiune presiunea",
        "speed": "rapid turație viteză viteza",
        "temperature": "cald rece temperatură temperatura",
        "time": "durată interval termen vârstă",
        "torque": "cuplu cuplul strângere",
        "voltage": "tensiune tensiunea",
        "volume": "cantitate capacitate volum",
    },
    "ru": {
        "charge": "ёмкость емкость",
        "current": "ток тока",
        "frequency": "частота",
        "length": "высота глубина диаметр длина расстояние толщина ширина",
        "mass": "вес весит масса нагрузка тяжелый",
        "noise": "шум",
        "power": "мощность",
        "pressure": "давление",
        "speed": "быстро обороты скорость",
        "temperature": "горячий температура холодный",
        "time": "возраст интервал период срок",
        "torque": "затяжка затяжки момент",
        "voltage": "напряжение",
        "volume": "количество объем объём",
    },
    "sv": {
        "charge": "kapacitet",
        "current": "ström",
        "frequency": "frekvens",
        "length": "avstånd bred bredd diameter djup höjd hög lång längd tjock tjocklek",
        "mass": "massa tung vikt väger",
        "noise": "buller ljud",
        "power": "effekt",
        "pressure": "tryck",
        "speed": "fart hastighet snabb varvtal",
        "temperature": "kall temperatur varm varmt",
        "time": "intervall livslängd ålder",
        "torque": "moment vridmoment åtdragningsmoment",
        "voltage": "spänning",
        "volume": "mängd volym",
    },
}


def named(word: str, language: str) -> frozenset[str]:
    """Return the quantities that ``word`` of a ``language`` (a code like ``en``) may name."""
    return _named(language).get(fold(word), frozenset())


def names(language: str) -> frozenset[str]:
    """Return the words of a ``language`` that may name quantities, without accents."""
    return frozenset(_named(language))


def names_of(quantity: str, language: str) -> tuple[str, ...]:
    """Return the words that may name ``quantity`` in a ``language``, a code like ``en``."""
    return tuple(_NAMES.get(language, {}).get(quantity, "").split())


def held(quantities: frozenset[str], text: str) -> bool:
    """Whether ``text`` holds a figure of one of ``quantities``."""
    return bool(quantities) and bool(_pattern(quantities).search(fold(normal(text))))


def figures(quantities: frozenset[str], text: str) -> list[tuple[int, int]]:
    """Return where ``text`` holds figures of ``quantities``, with their units."""
    plain = fold(normal(text))
    if len(plain) != len(text):
        plain = text.lower()
    if not quantities or len(plain) != len(text):
        return []
    return [match.span() for match in _pattern(quantities).finditer(plain)]


def measured(text: str) -> frozenset[str]:
    """Return the digits of ``text`` that stand before a unit: of ``4.7 m`` both 4 and 7."""
    figures = _pattern(frozenset(_UNITS)).finditer(fold(normal(text)))
    return frozenset(digits for figure in figures for digits in re.findall(r"\d+", figure[0]))


@functools.cache
def _named(language: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for quantity, words in _NAMES.get(language, {}).items():
        for word in words.split():
            found[fold(word)] = found.get(fold(word), frozenset()) | {quantity}
    return found


@functools.cache
def _pattern(quantities: frozenset[str]) -> re.Pattern[str]:
    units = "|".join(_UNITS[name] for name in sorted(quantities))
    return re.compile(rf"{_FIGURE}(?:{units})\b")
