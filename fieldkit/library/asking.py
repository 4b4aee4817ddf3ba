"""How people ask: phrases that say that something is asked, and nothing about what; data and code.

"Can you tell me", "step by step", "was bedeutet" stand in many questions and on no page for a
reason. They are taken out of a question in whatever of ten languages, unless nothing else is asked.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence

from fieldkit.library.language import WORD, fold
from fieldkit.library.stopwords import STOP_WORDS

# One phrase a line; of what stands in brackets one is said, and nothing where it ends with "|".
_PHRASES = """
    step by step
    (the|) (step|steps) (to|for)
    (what|which) (are|is) the steps
    (the|a|) (procedure|procedures|instruction|instructions|process|guide|tutorial) (to|for|on)
    (the|a|) (right|correct|proper) way to
    (please|pls|plz|thanks|thx)
    thank you
    (can|could|would|will) (you|u|someone|anyone) (please|) (tell|show|explain|give) (me|us|)
    (can|could|would|will) (you|u|someone|anyone|anybody) (please|) help (me|us) (with|)
    (can|could) you (please|) (let me know|explain)
    i (need|want|have|like) to (know|find out|understand|see|ask)
    (i would|id|i d) like to (know|find out|understand|see|ask)
    i need (help|info|information|instructions) (on|with|about|for)
    (i am|im|i m|) looking for (info|information|instructions|) (on|about|)
    (please|) (tell|show) (me|us) (about|)
    explain (to me|me|us|)
    (do you know|any idea|does anyone know|i wonder|i was wondering)
    quick question
    help (me|us) (with|to|)
    what does it mean (if|when)
    (what is|whats|what s) the meaning of

    schritt (fur|fuer) schritt
    (die|) schritte (zum|zur|fur|bei|beim)
    (eine|die|) (anleitung|vorgehensweise|prozedur) (zu|zum|zur|fur|bei|beim)
    (bitte|danke)
    vielen dank
    (kannst du|konnen sie|konnt ihr) (mir|uns|) (bitte|) (sagen|zeigen|erklaren|helfen)
    erklar (mir|uns|)
    erklare (mir|uns|)
    erklaren sie (mir|uns|)
    ich (muss|mochte|will|wurde gern|wurde gerne) wissen
    ich brauche (hilfe|infos|informationen|eine anleitung) (zu|zum|zur|bei|beim|uber|fur)
    (was bedeutet|was bedeuten|was heisst)

    paso a paso
    (los|) pasos (para|de)
    (el|un|una|la|) (procedimiento|instrucciones|guia) para
    (por favor|gracias|dime|digame|dinos)
    (me|) (puede|puedes|podria|podrias) (decir|explicar|mostrar|indicar|ayudar)
    (puede|puedes|podria|podrias) (decirme|explicarme|mostrarme|indicarme|ayudarme) (con|)
    (explica|explique|explicame|expliqueme)
    (necesito|quiero|quisiera|me gustaria) saber
    (que significa|que significan|que quiere decir)

    etape par etape
    pas a pas
    (les|) etapes pour
    (la|une|le|un|) (procedure|guide|instructions) pour
    (svp|merci)
    s il (vous|te) plait
    (peux tu|pouvez vous|pourrais tu|pourriez vous) (me|m|nous|) (dire|expliquer|montrer|aider)
    (dis|dites) moi
    (explique|expliquez) (moi|)
    (j ai besoin de|je veux|je voudrais|je dois|j aimerais) savoir
    (que signifie|que signifient|que veut dire|est ce que|est ce qu)
    qu est ce que (c est|) (que|)

    (trinn for trinn|steg for steg|trinnvis|trin for trin)
    (fremgangsmaten|fremgangsmate|prosedyren|prosedyre|veiledning) (for|ved|til) (a|)
    (vennligst|takk|venligst|snalla)
    (vaer|vær) sa snill
    kan (du|dere) (si|fortelle|forklare|vise|hjelpe|fortaelle) (meg|oss|mig|)
    (fortell|fortael) (meg|oss|mig)
    forklar (meg|mig|)
    jeg (ma|vil|trenger a|onsker a|vil gjerne) vite
    jeg (skal|vil) vide
    jeg lurer pa
    (hva|hvad|vad|kva) (betyr|betyder|tyder)
    kan du (beratta|saga|forklara|visa) (mig|for mig|)
    (beratta|forklara) (for mig|)
    jag (behover|vill|maste) veta

    passo a passo
    (os|) passos para
    (o|um|uma|a|) (procedimento|guia) para
    (obrigado|obrigada)
    (pode|poderia|podes) (me|nos|) (dizer|explicar|mostrar|ajudar) (me|)
    (diga me|me diga|diz me|me diz)
    (explique|explica) (me|)
    (preciso|quero|gostaria de|preciso de) saber
    o que (significa|quer dizer)

    passo (dopo|per) passo
    passo passo
    (i|) passaggi per
    (la|una|le|) (procedura|istruzioni|guida) per
    (per favore|grazie)
    (puoi|puo|potresti|potrebbe) (dirmi|spiegarmi|mostrarmi|aiutarmi)
    (dimmi|mi dica)
    (devo|vorrei|voglio) sapere
    (cosa|che cosa) (significa|vuol dire)

    stap voor stap
    (de|) stappen (om|voor)
    (de|een|) (procedure|handleiding) (om|voor)
    (alsjeblieft|alstublieft|bedankt)
    (kun je|kunt u|kan je|kan u) (me|mij|ons|) (vertellen|zeggen|uitleggen)
    vertel (me|mij|ons)
    ik (moet|wil|zou graag) weten
    wat betekent
"""
# What is left of a verb: I've, won't, the motor's.
_CONTRACTED = re.compile(r"(?<=[^\W\d_])['\u2019](?:ve|ll|re|d|s|m|t)\b", re.IGNORECASE)
# What people call the answer that they want; on a page it says little, too.
_ANSWERS = """
    procedure procedures instruction instructions steps tutorial howto
    anleitung vorgehensweise vorgehen schritte
    procedimiento instrucciones pasos
    etapes marche
    fremgangsmate fremgangsmaten prosedyre prosedyren veiledning trinn
    procedimento instrucoes passos
    procedura istruzioni passaggi
    stappen handleiding tillvagagangssatt instruktioner
"""
ANSWERS = frozenset(_ANSWERS.split())
# With these a question is addressed to somebody, at its beginning.
_GREETINGS_TEXT = """
    hi hello hey hallo moin hola bonjour salut hei hej ola oi ciao
"""
_GREETINGS = frozenset(_GREETINGS_TEXT.split())
# Of a guide or a process a manual may tell ("crosshead guide for ..."): no word stands before one.
_THINGS_TEXT = """
    guide process step guia procedure guida prozedur manual
"""
_THINGS = ANSWERS | frozenset(_THINGS_TEXT.split())
STOPS = frozenset().union(*({fold(word) for word in words} for words in STOP_WORDS.values()))


def without_asking(question: str) -> str:
    """Return ``question`` with blanks for what only says that something is asked.

    Where nothing but stop words would be left, the question stays as it is.
    """
    plain = _CONTRACTED.sub(lambda match: " " * len(match[0]), question)
    words = [(match.start(), match.end(), fold(match[0])) for match in WORD.finditer(plain)]
    phrases = _phrases()
    letters = list(plain)
    at = 0
    if words and words[0][2] in _GREETINGS:
        letters[: words[0][1]] = " " * words[0][1]
        at = 1
    while at < len(words):
        size = _size(words, at, phrases, letters)
        if size:
            start, end = words[at][0], words[at + size - 1][1]
            letters[start:end] = " " * (end - start)
        at += size or 1
    rest = "".join(letters)
    return rest if rest == question or says_something(rest) else question


def _size(
    words: Sequence[tuple[int, int, str]],
    at: int,
    phrases: Mapping[str, Sequence[tuple[str, ...]]],
    letters: Sequence[str],
) -> int:
    """How many of ``words`` from ``at`` on are a phrase of asking; ``letters`` are what is left."""
    known = phrases.get(words[at][2])
    if known is None:
        return 0
    thing = words[at][2] in _THINGS and at > 0
    follows = thing and words[at - 1][2] not in STOPS and letters[words[at - 1][0]] != " "
    for phrase in known:
        if follows and "by" not in phrase:
            continue
        if tuple(word for _, _, word in words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def says_something(text: str) -> bool:
    """Whether ``text`` holds a word that is no stop word of any language."""
    return any(fold(word) not in STOPS for word in WORD.findall(text))


@functools.cache
def _phrases() -> dict[str, tuple[tuple[str, ...], ...]]:
    """All phrases by their first words, the longest first."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for line in _PHRASES.splitlines():
        parts = [part.split("|") for part in re.split(r"[()]", line) if part.strip()]
        for chosen in itertools.product(*parts):
            words = tuple(fold(word) for part in chosen for word in part.split())
            if words:
                found.setdefault(words[0], set()).add(words)
    return {
        first: tuple(sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))
        for first, phrases in found.items()
    }
