"""The language that an answer should come in, and whether it did.

A question in a language that the manuals are not in is answered in its own where the model can.
What is asked of the model is one short sentence in English behind the question: models follow that
best, and the prompt of a question in the manuals' language stays as it is.
"""

from __future__ import annotations

from fieldkit.core.languages import NAMES
from fieldkit.library.language import WORD, Language
from fieldkit.library.language_votes import by_script, votes
from fieldkit.library.normal import normal

_SURE = 1.9  # votes: two words that are of this language alone, or more that few others have
_CLOSE = 0.6  # of these votes: another language may be the question's, as Danish for Norwegian
_WORDS = 5  # of an answer; fewer show no language
_READ = 4_000  # characters of an answer
# Of the votes for the answer's language, at most so many are for the question's.
_OTHER = 0.34


def instruction(question: str, spoken: Language, at_home: Language) -> str:
    """Return what to ask the model for besides ``question``; "" where nothing is to be said.

    ``spoken`` is the language of the question, ``at_home`` that of the manuals.
    """
    found = _known(question, least=1)
    sure = found.pop(spoken.code, 0.0)
    if spoken.spoken == at_home.spoken or sure < _SURE:
        return ""
    name = NAMES.get(spoken.spoken)
    close = max(found.values(), default=0.0) > _CLOSE * sure
    return "Answer in the language of the question." if close or not name else f"Answer in {name}."


def other_language(question: str, answer: str) -> str:
    """Return the code of the language of ``answer`` where ``question`` is surely in another.

    "" where they are in the same, or where one of them does not show its language.
    """
    asked, said = _known(question, least=1), _known(answer[:_READ], least=_WORDS)
    if not asked or not said:
        return ""
    most = max(said.values())
    best = max(said, key=lambda code: said[code])
    wanted = [code for code, count in asked.items() if count >= max(asked.values()) - 1e-9]
    if max(asked.values()) < _SURE or most < _SURE:
        return ""
    return "" if any(said.get(code, 0.0) > _OTHER * most for code in wanted) else best


def _known(text: str, *, least: int) -> dict[str, float]:
    """The votes for the languages of ``text``; none where it has fewer than ``least`` words."""
    plain = normal(text)
    if code := by_script(plain):
        return {code: 2 * _SURE}
    words = WORD.findall(plain.lower())
    return votes(words) if len(words) >= least else {}
