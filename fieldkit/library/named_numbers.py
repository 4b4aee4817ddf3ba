"""Numbers that name things: ``alarm 2``, ``state 18``, ``register 33105``, ``N° 183``.

Such a number says nothing alone; beside its noun, or as the key of a row in a table about that
noun, it names one thing. The index holds the keys of rows, items and steps as ``key18``; a question
is looked for by noun and key together. A number that measures something names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fieldkit.library.language import fold
from fieldkit.library.normal import normal

_KEY = "key"
_DIGITS = 4  # longer numbers are codes of their own (numbers.py)
# "ID 42: Low oil", "2 - Cold", "3 = Open", and "4. Open the valve" where a statement begins.
_NAMES_A_ROW = re.compile(
    rf"(?<![\w.,/-])(0{{0,4}}[0-9]{{1,{_DIGITS}}})"
    r"(?:[ ]?[:=](?![0-9])|[ ]-(?=[ ]?[^\W\d])|[.)][ ]+(?=[^\W\d]))"
)
_WORD_OR_NUMBER = re.compile(r"#|[^\W_]+(?:[.,/-][0-9][^\W_]*)*")
_NUMBER = re.compile(rf"[0-9]{{1,{_DIGITS}}}")

# Words between a noun and its number, and those that stand for any noun.
_LABELS = frozenset(
    "# no nr n num numb number numbers nos code codes kod id ids item"
    " nummer kennung kennziffer ziffer numero numeros codigo codigos numer"
    " nombre identifiant identificador kode koder koodi codice nummeret"
    " 编号 代码 号码 番号".split()
)
_BETWEEN = frozenset("is was = ist war est es er e reads shows says value wert valor valeur".split())
# What a list of numbers is about: where a library knows the noun but not this number of it,
# nothing else answers.
_LISTED = frozenset(
    """
    alarm alarms alert alerts error errors fault faults failure failures warning warnings message
    messages event events register registers parameter parameters pid state status trouble
    fehler fehlernummer fehlermeldung fehlercode storung storungen storungsnummer meldung meldungen
    warnung alarme alarmmeldung zustand parameters
    erreur erreurs defaut defauts alarme alarmes panne message registre registres parametre
    parametres etat avertissement
    alarma alarmas fallo fallos averia averias mensaje registro registros parametro parametros
    estado aviso avisos
    erro erros falha falhas mensagem mensagens
    feil feilkode feilmelding alarmer varsel melding meldinger tilstand
    errore errori guasto allarme allarmi storing foutcode fout melding registri
    报警 错误 故障 告警 警报 寄存 状态
    """.split()
)
# Things that stand in a row, each with its number.
_NUMBERED = frozenset(
    """
    step steps position pos terminal terminals pin pins channel channels fuse relay valve sensor
    menu address function cell unit zone input output line port
    schritt klemme klemmen stift kanal sicherung relais ventil fuhler menu adresse funktion
    heizkreis eingang ausgang teil
    etape borne broche canal fusible vanne sonde fonction adresse piece repere entree sortie
    paso borne borna canal fusible rele valvula sonda funcion direccion pieza posicion entrada
    salida
    passo borne terminal canal fusivel rele valvula sonda funcao endereco peca posicao entrada
    saida
    trinn klemme kanal sikring rele ventil foler adresse funksjon del posisjon
    步骤 端子 通道
    """.split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """A number of a question that names something.

    ``noun`` is the word it belongs to in lower case, "" where any will do; ``listed`` says that
    things of this noun are told apart by their numbers alone (alarms, registers).
    """

    number: str
    noun: str
    listed: bool


def key_of(number: str) -> str:
    """What the index holds of ``number`` as the key of a row: ``key18``."""
    return f"{_KEY}{number.lstrip('0') or '0'}"


def keys(text: str) -> tuple[str, ...]:
    """The keys of the rows, items and steps of a ``normal`` text, each once."""
    return tuple(dict.fromkeys(key_of(number) for number in _NAMES_A_ROW.findall(text)))


def asked(
    question: str, stop_words: Collection[str], measuring: Collection[str] = ()
) -> Iterator[Named]:
    """Yield the numbers of ``question`` that name something.

    ``measuring`` are the numbers that measure something, like the 5 of "5 mm".
    """
    words = [match[0] for match in _WORD_OR_NUMBER.finditer(_apart(normal(question)))]
    for place, word in enumerate(words):
        if not _NUMBER.fullmatch(word) or word in measuring:
            continue
        labelled, noun = _before(words[:place], stop_words)
        behind = fold(words[place + 1]) if place + 1 < len(words) else ""
        if not noun and not labelled and _kind(behind):
            noun = behind  # "the 42 alarm"
        listed = _kind(noun) == "listed"
        if listed or labelled or _kind(noun) or (noun and _ends(behind, stop_words)):
            yield Named(word, noun, listed)


def _apart(text: str) -> str:
    """``text`` with spaces between characters of Chinese and Japanese and the digits beside them."""
    return re.sub(r"(?<=[\u3040-\u30ff\u4e00-\u9fff])(?=[0-9])", " ", text)


def _before(words: list[str], stop_words: Collection[str]) -> tuple[bool, str]:
    """Whether a label like "no." ends ``words``, and the noun before it ("" where there is none)."""
    labelled = False
    for word in reversed(words[-4:]):
        folded = fold(word)
        if folded in _LABELS or folded[-2:] in _LABELS:
            labelled = True
        elif folded in _BETWEEN:
            continue
        elif folded in stop_words or word.lower() in stop_words or not word[-1].isalpha():
            return labelled, ""
        else:
            return labelled, _pair_at_end(word)
    return labelled, ""


def _pair_at_end(word: str) -> str:
    return word[-2:] if "\u3040" <= word[-1] <= "\u9fff" else word.lower()


def _ends(behind: str, stop_words: Collection[str]) -> bool:
    """Whether no noun follows that the number could count."""
    return not behind or behind in stop_words or not behind[0].isalpha()


def _kind(noun: str) -> str:
    folded = fold(noun)
    if not folded:
        return ""
    for kind, nouns in (("listed", _LISTED), ("numbered", _NUMBERED)):
        if folded in nouns:
            return kind
    # German and Norwegian write compounds in one word: Kesselzustand, Störungsmeldung.
    long_ones = (noun for noun in _LISTED if len(noun) > 5)
    return "listed" if any(folded.endswith(noun) for noun in long_ones) else ""
