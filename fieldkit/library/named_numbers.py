"""Numbers that name things: ``alarm 2``, ``state 18``, ``register 33105``, ``N° 183``.

Such a number says nothing alone; beside its noun, or as the key of a row in a table about that
noun, it names one thing. The index holds the keys of rows, items and steps as ``key18``; a question
is looked for by noun and key together. A number that measures something names nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
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
_LETTERS = re.compile(r"[^\W\d_]{3,}|[\u4e00-\u9fff]{2}")
_LABEL = 60  # characters before a row's number that may name it
_NUMBER = re.compile(rf"[0-9]{{1,{_DIGITS}}}")

# Words between a noun and its number, and those that stand for any noun.
_LABEL_WORDS = (
    "# no nr n num numb number numbers nos code codes kod id ids"
    " nummer kennung kennziffer ziffer numero numeros codigo codigos numer"
    " nombre identifiant identificador kode koder koodi codice nummeret"
    " 编号 代码 号码 番号"
)
_LABELS = frozenset(_LABEL_WORDS.split(" "))
_BETWEEN_WORDS = "is was = ist war est es er e reads shows says value wert valor valeur"
_BETWEEN = frozenset(_BETWEEN_WORDS.split(" "))
# Nouns whose things stand in lists, each under its number, by what they mean in many languages.
_CLASSES: Mapping[str, str] = {
    "alarm": "alarm alarms alert alerts alarme alarmes alarma alarmas allarme allarmi alarmer"
    " 报警 告警 警报",
    "error": "error errors fehler erreur erreurs erro erros errore errori feil fout err 错误",
    "fault": "fault faults failure failures trouble storung storungen defaut defauts panne pannes"
    " fallo fallos averia averias falha falhas guasto guasti storing 故障",
    "warning": "warning warnings warnung warnungen avertissement aviso avisos varsel advarsel",
    "message": "message messages meldung meldungen mensaje mensajes mensagem mensagens melding"
    " meldinger messaggio",
    "event": "event events ereignis evenement evento eventos hendelse",
    "state": "state states status zustand zustande etat estado estados tilstand stato 状态",
    "register": "register registers registre registres registro registros registri 寄存",
    "parameter": "parameter parameters parametre parametres parametro parametros parametri 参数",
    "step": "step steps schritt etape paso passo trinn 步骤",
    "position": "position positions pos posicion posicao posisjon repere item items part teil"
    " piece pieza peca del",
    "terminal": "terminal terminals klemme klemmen borne borna bornes pin pins stift broche 端子",
    "channel": "channel channels kanal canal 通道",
    "fuse": "fuse fuses sicherung fusible fusivel sikring",
    "menu": "menu function funktion fonction funcion funcao funksjon",
}
_FAULTS = ("error", "fault", "alarm", "warning", "message", "event")
# Where a library lists things of these classes, a number that is not on the list has no answer.
LISTED = frozenset((*_FAULTS, "state", "register", "parameter"))
_CLASS_OF = {word: name for name, nouns in _CLASSES.items() for word in nouns.split()}
# German and Norwegian write compounds in one word: Kesselzustand, Fehlerpuffer, Fehlernr.
_IN_COMPOUNDS = tuple(word for word in _CLASS_OF if len(word) > 5)


@dataclass(frozen=True, slots=True)
class Named:
    """A number of a question that names something.

    ``noun`` is the word it belongs to in lower case, "" where any will do; ``meaning`` is its class
    (``alarm``), "" where it has none.
    """

    number: str
    noun: str
    meaning: str

    @property
    def joined(self) -> str:
        """Noun and number as one code: ``err38``."""
        return f"{fold(self.noun)}{self.number}"

    def shown_in(self, text: str) -> str:
        """Noun and number as ``text``, which is normal, has them: ``Fehler 9999``."""
        between = r"\W{1,3}(?:\w{1,12}\W{1,3}){0,2}?"
        written = re.search(
            rf"{re.escape(self.noun)}{between}{self.number}(?!\w)", text, re.IGNORECASE
        )
        return written[0] if self.noun and written else self.number

    @property
    def own(self) -> tuple[str, ...]:
        """What the index holds of this thing as a row of a list about its noun."""
        words = dict.fromkeys(word for word in (fold(self.noun), self.meaning) if word)
        return tuple(_bound(word, self.number) for word in words)

    @property
    def kindred(self) -> tuple[str, ...]:
        """The same number in lists of what is like it: a technician's fault is the book's error."""
        if self.meaning not in _FAULTS:
            return ()
        return tuple(_bound(name, self.number) for name in _FAULTS if name != self.meaning)

    @property
    def first(self) -> tuple[str, ...]:
        """What the index holds where it lists things of this noun at all."""
        words = [fold(self.noun)] if fold(self.noun) != self.meaning else []
        return tuple(_bound(word, str(n)) for word in (*words, self.meaning) for n in range(10))


def key_of(number: str) -> str:
    """What the index holds of ``number`` as the key of a row: ``key18``."""
    return f"{_KEY}{number.lstrip('0') or '0'}"


def is_key(word: str) -> bool:
    """Whether ``word`` is what the index holds of a row's key."""
    return word.startswith(_KEY) and word[-1:].isdigit()


def _bound(word: str, number: str) -> str:
    return f"{_KEY}{word}{number.lstrip('0') or '0'}"


def keys(text: str, heading: str = "", title: str = "") -> tuple[str, ...]:
    """The keys of the rows, items and steps of a ``normal`` text, each once.

    Each stands alone (``key18``) and with the nouns that its row, its ``heading`` and the ``title``
    of the document name it by (``keyalarm18``).
    """
    found: dict[str, None] = {}
    above = [*_nouns(heading), *_nouns(title)]
    for match in _NAMES_A_ROW.finditer(text):
        found[key_of(match[1])] = None
        begin = max(text.rfind(". ", 0, match.start()), text.rfind("; ", 0, match.start()), 0)
        label = text[max(begin, match.start() - _LABEL) : match.start()]
        for word in dict.fromkeys((*_nouns(label), *above)):
            found[_bound(word, match[1])] = None
    return tuple(found)


def _nouns(text: str) -> list[str]:
    """The nouns of lists in ``text``: each as it is written, and its class."""
    found: list[str] = []
    for word in _LETTERS.findall(text):
        if meaning := _class_of(word):
            found += [fold(word), meaning]
    return found


@functools.lru_cache(maxsize=10_000)
def _class_of(noun: str) -> str:
    folded = fold(noun)
    if known := _CLASS_OF.get(folded, ""):
        return known
    for word in _IN_COMPOUNDS:
        if folded.endswith(word) or folded.startswith(word):
            return _CLASS_OF[word]
    return ""


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
        behind = words[place + 1].lower() if place + 1 < len(words) else ""
        if not noun and not labelled and _class_of(behind):
            noun = behind  # "the 42 alarm"
        meaning = _class_of(noun) if noun else ""
        if labelled or noun:
            yield Named(word, noun, meaning)


def _apart(text: str) -> str:
    """``text`` with spaces between Chinese or Japanese characters and the digits beside them."""
    return re.sub(r"(?<=[\u3040-\u30ff\u4e00-\u9fff])(?=[0-9])", " ", text)


def _before(words: list[str], stop_words: Collection[str]) -> tuple[bool, str]:
    """Whether a label like "no." ends ``words``, and the noun before it, "" for none."""
    labelled = False
    for word in reversed(words[-4:]):
        folded = fold(word)
        if folded in _LABELS or _pair_at_end(word) in _LABELS:
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
