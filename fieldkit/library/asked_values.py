"""What kind of value a question asks for: "how long" a time, "what does it weigh" a mass.

A statement that holds such a value answers better than one that only shares the question's words.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fieldkit.library.language import fold
from fieldkit.library.normal import normal
from fieldkit.library.quantities import held, named

ANY = "any"
_DIGIT = re.compile(r"\d")

# How a question asks, without accents, as regular expressions; by what it asks for.
_WAYS: Mapping[str, str] = {
    "time": r"how (?:long|often|soon|old|many (?:hours|days|minutes|seconds|weeks|months|years))"
    r"|(?:what|which) interval|every how"
    r"|wie (?:lange|oft|alt)|nach wie viele?n? (?:stunden|tagen|minuten)|wieviele? (?:stunden|tage)"
    r"|combien de (?:temps|fois|jours|heures|minutes|mois)|tous les combien|quelle frequence"
    r"|cuanto tiempo|cada cuanto|cuantas (?:horas|veces)|cuantos (?:dias|meses)"
    r"|quanto tempo|quanto em quanto|quantas (?:horas|vezes)|quantos (?:dias|meses)"
    r"|hvor (?:lenge|ofte|gammel)|quanto spesso|ogni quanto|hoe (?:lang|vaak)"
    r"|多长时间|多久|几小时|几天|周期|どのくらいの時間|何時間",
    "mass": r"(?:how (?:heavy|much does .* weigh)|weighs?\b|weight)|wiegt|gewicht|wie schwer"
    r"|\bpese\b|poids|\bpesa\b|\bpeso\b|veier|\bvekt|多重|重量",
    "torque": r"how tight|torque|drehmoment|anzugsmoment|\bcouple\b|\bpar de\b|moment\b|扭矩",
    "length": r"how (?:far|thick|deep|high|wide|tall)|wie (?:weit|dick|tief|hoch|breit)"
    r"|quelle (?:distance|epaisseur|longueur|hauteur)|hvor (?:langt|tykk|dyp|hoy|bred)|多高|多厚",
    "temperature": r"how (?:hot|cold|warm)|wie (?:heiss|warm|kalt)|hvor (?:varmt|kaldt)"
    r"|多少度|温度",
    "speed": r"how fast|wie schnell|a quelle vitesse|que velocidade?|hvor (?:fort|raskt)",
    "voltage": r"(?:how many|what) volts?|wie viel volt|combien de volts|电压",
    "current": r"(?:how many|what) amps?|wie viel ampere|quel courant|电流",
    "volume": r"how much (?:\w+ )?(?:oil|water|coolant|fuel|diesel|fluid|antifreeze)"
    r"|wie viel (?:\w+ )?(?:ol|wasser|kuhlmittel|diesel|kraftstoff)"
    r"|wieviel (?:ol|wasser|kuhlmittel)|combien (?:d'huile|d'eau|de carburant|de liquide)"
    r"|cuant[oa] (?:aceite|agua|refrigerante|gasoil)|quant[oa] (?:oleo|agua|olio|acqua)"
    r"|hvor mye (?:olje|vann|diesel|kjolevaeske)",
    ANY: r"how (?:much|many)|(?:what|which) (?:value|number|size|setting|address|register|id"
    r"|password|pin|rate|limit|capacity|pressure|frequency|power|section|diameter|voltage|current)"
    r"|password|wie ?viele?|welche[rsn]? (?:wert|nummer|adresse|register|druck|grosse)|passwort"
    r"|combien|quelle (?:valeur|section|taille|adresse|pression)|mot de passe"
    r"|cuant[oa]s?|contrasena|que (?:valor|numero|presion|tamano)"
    r"|quant[oa]s?|senha|qual (?:o|a) (?:valor|numero|pressao|diametro|rosca|codigo)"
    r"|hvor (?:mye|mange)|passord|quanti|hoeveel|多少|几个|几|密码|いくつ|何",
}


@functools.cache
def _ways() -> tuple[tuple[str, re.Pattern[str]], ...]:
    # Chinese and Japanese have no spaces before a word.
    return tuple((kind, re.compile(rf"(?<![a-z0-9])(?:{ways})")) for kind, ways in _WAYS.items())


@dataclass(frozen=True, slots=True)
class AskedValue:
    """The value that is asked for: one of ``quantities``, or ``any`` figure; neither: none."""

    quantities: frozenset[str] = frozenset()
    any: bool = False

    def __bool__(self) -> bool:
        """Whether a value is asked for at all."""
        return self.any or bool(self.quantities)

    def is_in(self, statement: str) -> float:
        """How well ``statement`` holds such a value: 1, half for another figure, or 0."""
        if self.quantities and held(self.quantities, statement):
            return 1.0
        if not _DIGIT.search(statement):
            return 0.0
        return 1.0 if self.any and not self.quantities else 0.5


def asked_value(question: str, language: str = "") -> AskedValue:
    """Return what kind of value ``question`` asks for.

    Its words count in every language, and the names of quantities in ``language``, too.
    """
    text = fold(normal(question))
    kinds = {kind for kind, ways in _ways() if ways.search(text)}
    if language:
        asks = bool(kinds) or bool(
            re.search(r"(?<![^\W_])(?:what|which|welch|quel|que|qual)", text)
        )
        for word in text.split() if asks else ():
            kinds |= named(word.strip("?.,!"), language)
    return AskedValue(frozenset(kinds - {ANY}), ANY in kinds)
