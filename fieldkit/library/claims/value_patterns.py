"""What stands around the numbers of a text and says what they are; patterns, no code.

All are for ``normal`` text: dashes are "-", special spaces are spaces. None of them can take more
than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fieldkit.library.language import fold

_GROUPED = r"[0-9]{1,3}(?:[ '’][0-9]{3}){1,8}(?:[.,][0-9]{1,30})?(?![0-9])"
_POINTED = (
    r"[0-9]{1,3}(?:,[0-9]{3}){1,8}\.[0-9]{1,30}(?![.,]?[0-9])"
    r"|[0-9]{1,3}(?:\.[0-9]{3}){1,8},[0-9]{1,30}(?![.,]?[0-9])"
    r"|[0-9]{1,3}(?:,[0-9]{3}){2,8}(?![.,]?[0-9])|[0-9]{1,3}(?:\.[0-9]{3}){2,8}(?![.,]?[0-9])"
)
_SIMPLE = r"[0-9]{1,30}(?:[.,][0-9]{1,30})?|(?<![0-9A-Za-z.,])[.,][0-9]{1,30}"
NUMBER = re.compile(rf"{_GROUPED}|{_POINTED}|{_SIMPLE}")
# A number, perhaps with a fraction, or a word.
SCAN = re.compile(
    r"(?P<number>(?:(?P<whole>[0-9]{1,3})[ -])?(?P<over>[0-9]{1,2})/(?P<under>[0-9]{1,2})"
    r"(?![0-9.,]*[0-9])"
    rf"|{_GROUPED}|{_POINTED}|{_SIMPLE})"
    r"|(?P<word>[^\W\d_]+)"
)
TOGETHER = re.compile(r"[ -]?(?P<word>[^\W\d_]+)")

# Marks of citations: [1], [1, 2], [1-3], [Source 1].
_MARK = re.compile(r"[\[【](?:[^\W\d_]{1,12}[ ]?)?\d{1,2}(?:[ ]?[,;-][ ]?\d{1,2}){0,12}[\]】]")
# "2. Open the valve", "3) Wait", at the beginning of a line or of a sentence.
_ITEM = re.compile(
    r"(?:^|\n|[.;:!?][ ])[ \t]*(?:[*_#>•-]{1,4}[ \t]*)?(?P<no>\(?\d{1,3}(?:\.\d{1,3}){0,3}[.)])"
    r"(?=[ \t]+[^\W\d])"
)
_ORDINAL = re.compile(
    r"(?<![\w.,])\d{1,3}(?:st|nd|rd|th|ter|tes|te|ten|er|re|ere|ère|e|ème|eme|:e|:a)\b"
)
_REFERENCES = (
    "page|pages|p|pp|fig|figs|figure|figures|table|tables|section|sections|sec|chapter|step|steps"
    "|item|items|note|notes|appendix|passage|passages|source|sources|paragraph|annex|drawing"
    "|seite|seiten|s|abb|abbildung|bild|tabelle|tab|abschnitt|kapitel|schritt|schritte|schritten"
    "|punkt|quelle|anhang|pagina|página|páginas|pág|figura|figuras|tabla|tablas|sección|seccion"
    "|capítulo|capitulo|paso|pasos|apartado|fuente|tableau|tableaux|étape|étapes|etape|chapitre"
    "|rubrique|annexe|side|sider|figur|tabell|avsnitt|kapittel|trinn|kilde|punkter|passo|passos"
    "|seção|secção|secao|tabela|etapa|fonte|kapitler|stap|hoofdstuk|steg|sida|afsnit|trin|tabel"
)
_REFERENCE = re.compile(
    rf"\b(?:{_REFERENCES})\b\.?[ ]?(?:no\.?|nr\.?|n°|#)?[ ]?\(?"
    r"(?P<no>\d{1,4}(?:[.-]\d{1,3}){0,4}[a-z]?\b"
    r"(?:[ ]?(?:-|to|and|or|,|bis|und|oder|y|et|ou|og|e|a|à|til)[ ]?\d{1,4}\b(?!\.\d)){0,6})",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^[ ]{0,3}#{1,6}[ ]+(?P<no>\d{1,3}(?:\.\d{1,3}){0,4}\.?)(?=[ ])", re.MULTILINE
)
NO_VALUES = (_MARK, _HEADING, _ITEM, _ORDINAL, _REFERENCE)
NOT_WITH_UNIT = frozenset({_REFERENCE, _ORDINAL})
_DOTTED = re.compile(
    r"\b(?:der|die|das|dem|den|des|im|am|zum|zur|jede[rsn]?|beim|vom)[ ]"
    r"(?P<no>\d{1,3}\.)(?=[ ][^\W\d])",
    re.IGNORECASE,
)
_DOTTED_LOWER = re.compile(r"(?<![\w.,])(?P<no>\d{1,3}\.)(?=[ ][a-zæøå])")
_RAISED = re.compile(r"(?<![\w.,])\d{1,3}\.?[oaºª]\b")
ORDINAL_IN: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "de": (_DOTTED,),
    "no": (_DOTTED_LOWER,), "nb": (_DOTTED_LOWER,), "nn": (_DOTTED_LOWER,),
    "da": (_DOTTED_LOWER,),
    "es": (_RAISED,), "pt": (_RAISED,), "it": (_RAISED,),
}  # fmt: skip

ABOUT = re.compile(
    r"(?:\b(?:(?:a little|just|a bit|slightly)[ ](?:over|under|above|below|more than|less than)"
    r"|about|approximately|approx|roughly|around|nearly|almost|some|ca|circa|etwa|ungefähr"
    r"|rund|zirka|knapp|gut|environ|approximativement|près de|aproximadamente|aprox|unos|unas"
    r"|cerca de|alrededor de|omtrent|omkring|rundt|ungefær|cirka|omring|ongeveer|por volta de)\b\.?"
    r"|[~≈])[ ]?\Z",
    re.IGNORECASE,
)
# Before a change of a value, or a difference of two.
BY = re.compile(
    r"\b(?:by|um|difference of|differenz von|unterschied von|différence de|écart de|diferencia de"
    r"|diferença de|rise of|drop of|steps of|forskjell på)[ ](?:(?:about|max|at most|up to)[ ])?\Z"
    r"|\b(?:baiss|rédui|augment|diminu|abaiss|reduzca|reduc|aument|suba|baje|reduza|øk|senk|reduser)"
    r"[^\W\d_]{0,6}[ ](?:[^\W\d_]{1,10}[ ])?(?:de|en|em|med)[ ]\Z",
    re.IGNORECASE,
)
MINUS = re.compile(
    r"(?:(?:\A|(?<=[\s(;:,=/~<>\[|\"']))-(?P<apart>[ ])?"
    r"|(?<!\bau[ ])(?<!\ble[ ])(?<!\bal[ ])(?<!\blo[ ])(?<!pelo[ ])(?<!\bao[ ])(?<!\bdu[ ])"
    r"\b(?:minus|moins|menos|meno|negative)[ ])\Z",
    re.IGNORECASE,
)
PLUS_MINUS = re.compile(
    r"(?:±|\+/-|\+-|\bplus(?:[ ]or[ ]|/|[ ]ou[ ]|[ ]oder[ ])minus)[ ]?\Z", re.IGNORECASE
)
BELOW_ZERO = re.compile(
    r"[ ](?:below zero|unter null|sous zéro|en dessous de zéro|bajo cero|under null"
    r"|abaixo de zero|negativos)\b",
    re.IGNORECASE,
)
# Between the ends of a range.
TO = re.compile(
    r"[ ]?(?:-|\.\.\.?|~|…)[ ]?\+?"
    r"|[ ](?:to|bis|à|a|al|au|até|ate|til|till|tot|through|up to)[ ]\+?",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\b(?:between|zwischen|entre|mellom|mellem|mellan|tra|fra|tussen)[ ](?:[^\W\d_]{1,5}[ ])?\Z",
    re.IGNORECASE,
)
BETWEEN_AND = re.compile(r"[ ](?:and|und|et|y|e|og|och|en|ed)[ ]", re.IGNORECASE)
# The unit of a column, before its cell: "Torque (Nm): 320", "Torque Nm 320".
HEADER = re.compile(
    r"(?:[(\[]|\bin[ ]|,[ ]|[^\W\d_][ ])(?P<unit>[^\s()\[\],:=|]{1,12})[)\]]?[ ]?[:=|]?[ ]?\Z"
)
# A cell that is the unit of its row: "| 4.2 | V |", "Unit V".
UNIT_CELL = re.compile(
    r"(?:\|[ ]*|\b(?:units?|einheit|unité|unidad|unidade|enhet|enhed|unità|eenheid)[ ]?:?[ ])"
    r"(?P<unit>[^\s\d|:;,]{1,12})[ ]*(?=$|[|;,.\n])",
    re.IGNORECASE,
)
THOUSAND = re.compile(
    r"[ ](?:thousand|tausend|mil(?:le)?|tusen|mila|duizend)\b(?!\.)", re.IGNORECASE
)
TIMES = re.compile(r"[ ]?[x×](?=[ ][^\d])")

# "three quarters of a turn".
OF_A = re.compile(
    r"[ ](?:of|de|d'|einer?|eines|av)[ ]?(?:an?[ ]|une?[ ]|en[ ]|et[ ]|um[ ]|uma[ ])?"
)
QUARTERS = re.compile(
    r"[ -](?:quarters?|viertel|quarts?|cuartos?|quartos?|kvart|kvarter)\b", re.IGNORECASE
)

HALF = re.compile(
    r"(?:half(?:[ -](?:an?|of an?))?|eine[rn]?[ ]halben?|halben?|demi[e]?|une?[ ]demi[e]?|medi[oa]"
    r"|mei[oa]|en[ ]halv|et[ ]halvt|halvt?|(?P<quarter>quarter[ ](?:of[ ])?an?))[ -]",
    re.IGNORECASE,
)
EVERY = re.compile(
    r"(?:every|each|jede[rsnm]?|chaque|cada|hver(?:t|eneste)?|ogni|varje|elke|toda|todos[ ]os"
    r"|todas[ ]as|tous[ ]les|toutes[ ]les|todos[ ]los|todas[ ]las|once[ ]an?|once[ ]per"
    r"|once[ ]every|une[ ]fois[ ]par|una[ ]vez|einmal[ ](?:pro|im|am)|én[ ]gang[ ](?:i|per))"
    r"[ ](?:(?P<nth>other|second|third|fourth|fifth|sixth|zweiten?|zweite[rsm]|dritten?|dritte[rsm]"
    r"|vierten?|fünften?|sechsten?|andre|annen|annet|tredje|fjerde|femte|sjette|segundo|terceros?"
    r"|deux|troisièmes?)[ ])?"
    r"(?:(?:al|à|la|le|por|per|à la|a la)[ ])?",
    re.IGNORECASE,
)
# "Twice a year": every half of one.
TWICE = re.compile(
    r"(?:twice|two[ ]times|zweimal|deux[ ]fois|dos[ ]veces|to[ ]ganger|duas[ ]vezes|due[ ]volte"
    r"|twee[ ]keer|två[ ]gånger|to[ ]gange)[ ]"
    r"(?:an?|per|every|each|pro|am|im|in[ ]der|je|par|al|por|i|om|ao|à|pr)[ ](?:la[ ]|a[ ])?",
    re.IGNORECASE,
)
_NTH = {
    2: "other second zweite andre annen annet segundo deux",
    3: "third dritte tredje tercero troisieme",
    4: "fourth vierte fjerde",
    5: "fifth funfte femte",
    6: "sixth sechste sjette",
}
NTH: Mapping[str, int] = {word: number for number, words in _NTH.items() for word in words.split()}
A = re.compile(r"an?[ ]", re.IGNORECASE)
# Words that are a number even before a unit that may be another thing: "one foot".
NO_ARTICLES = frozenset({"one", "zero", "null", "eins", "cero"})
_INTERVALS = {
    ("1", "h"): "hourly stündlich",
    ("1", "day"): "daily täglich quotidien quotidiennement diariamente diario diaria daglig"
    " diário diária journalier",
    ("1", "week"): "weekly wöchentlich hebdomadaire semanal semanalmente ukentlig ugentlig",
    ("1", "month"): "monthly monatlich mensuel mensuelle mensuellement mensual mensualmente"
    " månedlig mensal mensalmente",
    ("3", "month"): "quarterly vierteljährlich trimestriel trimestral kvartalsvis",
    ("2", "week"): "fortnightly biweekly fortnight",
    ("6", "month"): "semiannually biannually halbjährlich semestriel semestral halvårlig",
    ("1", "year"): "yearly annually annual jährlich annuel annuelle annuellement anual anualmente"
    " årlig",
}
# Adverbs that say how often, folded: the number and the sign of its unit.
INTERVALS: Mapping[str, tuple[str, str]] = {
    fold(word): interval for interval, words in _INTERVALS.items() for word in words.split()
}
