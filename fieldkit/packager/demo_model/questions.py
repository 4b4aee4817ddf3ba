"""Questions that a sentence of a manual answers, made from the form of the sentence."""

from __future__ import annotations

import random
import re

from fieldkit.packager.demo_model.words import ACTIONS, PARTICIPLES, cap, listed

_BASES = {
    f"{base}{'es' if base.endswith(('s', 'h', 'x', 'o')) else 's'}": base
    for base in listed(
        """
        hold|give|use|take|last|need|contain|reach|run|work|open|start|stop|show|lose|
        weigh|move|beep|smell|sound|cover|carry|require|allow|sit|hang|stand|stay|wear|
        cool|change|burn|come|get|make|fall|wait|look|keep|turn|protect|select|set|fail|
        leak|drive|feed|press|pull|push|cut|lift|go|rest|expect|sign|follow|enter|mean|
        measure|crack|block|call|answer
        """
    )
} | {"has": "have", "carries": "carry", "does": "do", "passes": "pass"}
_SMALL = set(
    listed(
        """
        the|a|an|of|to|in|on|at|is|are|and|or|for|with|by|from|it|its|be|has|have|
        not|no|than|more|less|that|this|these|when|each|all|do|does|only|after|before|
        per|must|can|your|you|as|into|up|down|out|between|below|above|every|until|
        while|then|them|their|he|she|who
        """
    )
)
_IMPERATIVES = {*ACTIONS, *PARTICIPLES} | set(
    listed(
        """
        use|open|close|remove|add|apply|turn|press|hold|wait|start|stop|put|fit|set|
        keep|report|wear|lower|raise|connect|disconnect|let|isolate|pull|push|slide|lift|
        cool|rinse|cover|store|park|read|look|go|stay|call|say|listen|speak|tie|lock|
        place|lay|insert|mount|pour|swap|unlock|release|move|secure|shut|switch|install|
        load|unload|attach|record|leave|hang|throw|write|do|give|take|run|refuel|work|
        charge|mark|note|watch|blow|try
        """
    )
)
_PLACED = set(listed("in|on|at|behind|beside|under|between|above|near|inside|next"))
_ADJECTIVES = {
    "weight": "heavy",
    "dry weight": "heavy",
    "length": "long",
    "height": "high",
    "width": "wide",
    "noise level": "loud",
    "thickness": "thick",
    "speed": "fast",
}
_ASKED_AS = {
    "battery life": ("How long does the battery of the {x} last?",),
    "color": ("Which color has the {x}?", "What color is the {x}?"),
    "material": ("What is the {x} made of?",),
}
_IS = re.compile(r"^(The |A |An |Each |All |Every )?(.+?) (is|are) (.+)$")
_OF = re.compile(r"^(.+?) of (?:the|a|an|each) (.+)$")
_EVERY = re.compile(r"^(\w+) (.+?) (every .+|each .+|once .+)$")
_WHEN = re.compile(
    r"^(\w+) (.+?) ((?:before|after|with|within|when|while|if|until|only|without|between|by|in|"
    r"at|on|from|to|for|below|above|near|because|up to|under|beside) .+)$"
)
_LEAD = re.compile(
    r"^(Below|Above|In|At|Within|Without|Between|With|When|If|After|Before) ([^,]+), (.+)$"
)
_CODE = re.compile(r"^(?:Fault code |Code )?([A-Z]{1,2} ?\d+) means (?:that |an? )?(.+)$")
_HOLDS = re.compile(r"^(?:The |A |An |Each )?(.+?) (\w+s) (?:about |only |no more than )?(.+)$")
_NUMBER = re.compile(r"^-?\d[\d.,/]* ([a-zA-Z3]+(?: per \w+)?)")


def participle(verb: str) -> str:
    """The past participle of ``verb``."""
    if verb in PARTICIPLES:
        return PARTICIPLES[verb]
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


def questions(sentence: str, rng: random.Random) -> list[str]:
    """Some questions that ``sentence`` answers; at least one."""
    text = re.sub(r"^\d{1,2}\. ", "", sentence).rstrip(".!?")
    found = _row(text, rng) if _is_row(text) else _of_sentence(text, rng)
    found = [question for question in found if question]
    if not found or rng.random() < 0.12:
        found.append(keywords(text, rng))
    return found


def _is_row(text: str) -> bool:
    head, colon, rest = text.partition(": ")
    return bool(colon) and len(head.split()) <= 6 and rest[:1].isupper()


def _row(text: str, rng: random.Random) -> list[str]:
    head, _, rest = text.partition(": ")
    cells = [cell.strip() for cell in rest.split(", ")]
    cell = rng.choice(cells)
    match = re.match(r"^([A-Z][A-Za-z]*(?: [a-z]+)*?) (\S.*)$", cell)
    name = match[1].lower() if match else "value"
    what = head if re.search(r"\d", head) or head.isupper() else head[:1].lower() + head[1:]
    found = [
        f"What is the {name} of the {what}?",
        f"What {name} has the {what}?",
        f"{cap(what)}, {name}?",
        f"Which {name} does the {what} have?",
        f"{name} for {what}",
        f"What {name} is given for the {what}?",
    ]
    if name == "torque":
        found += _torque(f"the {what}") * 2
    verb = what.split()[0]
    if verb in _IMPERATIVES and "interval" in rest.lower():
        return _often(verb, " ".join(what.split()[1:]))
    if re.match(r"^[A-Z]{1,2} ?\d+$", head):
        found = _meaning(head) if name in ("meaning", "fault", "cause") else []
        if name not in ("meaning", "fault"):
            found += [
                f"What do I do at fault {head}?",
                f"What is the {name} for {head}?",
                f"The display shows {head}. What must I do?",
            ]
    return found


def _of_sentence(text: str, rng: random.Random) -> list[str]:
    if match := _CODE.match(text):
        return [
            *_meaning(match[1]),
            f"Which code means {match[2]}?",
            f"What is the fault code for {match[2]}?",
        ]
    if match := _LEAD.match(text):
        lead = f"{match[1].lower()} {match[2]}"
        return [
            f"What applies {lead}?",
            f"What happens {lead}?",
            f"What must I do {lead}?",
            keywords(text, rng),
        ]
    if re.match(r"^(Never|Do not) ", text):
        rest = re.sub(r"^(Never|Do not) ", "", text).split(",")[0]
        return [
            f"May I {rest}?",
            f"Can I {rest}?",
            f"Is it allowed to {rest}?",
            f"Am I allowed to {rest}?",
        ]
    return _statement(text, rng)


def _statement(text: str, rng: random.Random) -> list[str]:
    if text.split()[0].lower() in _IMPERATIVES:
        return _imperative(text, rng)
    if match := _IS.match(text):
        return _copula(match[2], match[3], match[4], rng)
    if (match := _HOLDS.match(text)) and match[2] in _BASES:
        return _verb(match[1], _BASES[match[2]], match[3], rng)
    return [keywords(text, rng)]


def _imperative(text: str, rng: random.Random) -> list[str]:
    verb = text.split()[0].lower()
    if verb == "check" and text.lower().startswith("check that "):
        rest = text.split(" ", 2)[2]
        subject = re.split(r" (?:is|are|shows|reads|gives) ", rest)[0]
        return [
            f"What do I check on {subject}?",
            f"What must I check about {subject}?",
            keywords(text, rng),
        ]
    if match := _EVERY.match(text):
        return _often(verb, match[2])
    if match := _WHEN.match(text):
        obj, tail = match[2], match[3].split()[0]
        is_are = "are" if obj.endswith("s") and not obj.endswith("ss") else "is"
        done = participle(verb)
        found = [f"How do I {verb} {obj}?", f"How {is_are} {obj} {done}?"]
        if tail in ("before", "after", "when", "while", "if", "until", "only", "at", "within"):
            found = [
                f"When do I {verb} {obj}?",
                f"When {is_are} {obj} {done}?",
                f"When must I {verb} {obj}?",
            ]
        if tail == "with":
            found = [f"What do I {verb} {obj} with?", f"With what do I {verb} {obj}?", *found]
        if tail in ("in", "on", "under", "beside", "near", "at"):
            found = [f"Where do I {verb} {obj}?", f"Where {is_are} {obj} {done}?", *found]
        if tail == "to" and re.search(r"\d", text):
            found = [f"To what value do I {verb} {obj}?", f"What do I {verb} {obj} to?"]
            if verb == "tighten":
                found = _torque(obj)
        if tail == "for":
            found = [f"How long do I {verb} {obj}?", f"For how long must I {verb} {obj}?"]
        return found
    rest = " ".join(text.split()[1:])
    return [
        f"What do I {verb}?",
        f"Do I {verb} {rest}?",
        keywords(text, rng),
        f"Must I {verb} {rest}?",
    ]


def _copula(subject: str, verb: str, rest: str, rng: random.Random) -> list[str]:
    the = "" if re.search(r"^[A-Z0-9]{2,}|^[A-Z]-\d", subject) else "the "
    of = _OF.match(subject)
    name = the + rng.choice([subject, of[1]] if of and rng.random() < 0.5 else [subject])
    first = rest.split()[0]
    if of and of[1] in ("part number", "order number", "serial prefix"):
        return _order(of[1], of[2])
    if first == "tightened":
        return _torque(f"the {subject}")
    if first in _PLACED:
        return [
            f"Where {verb} {name}?",
            f"Where do I find {name}?",
            f"Where can I find {name}?",
            f"location of {name}",
        ]
    if first in ("replaced", "changed", "tested", "cleaned", "checked", "calibrated", "inspected"):
        return [
            f"When {verb} {name} {first}?",
            f"How often {verb} {name} {first}?",
            f"When must {name} be {first}?",
        ]
    if first.endswith("ed") or first in ("not", "built", "worn", "valid", "kept", "shown"):
        return _passive(subject, verb, rest, name, rng)
    found = [
        f"What {verb} {name}?",
        f"What {verb} {the}{subject}?",
        f"Tell me {name}.",
        f"{name.removeprefix('the ')}?",
        f"Which value has {name}?" if re.search(r"\d", rest) else f"What {verb} {name}?",
        f"I need {the}{subject}.",
        f"Do you know {name}?",
    ]
    return found + (_attribute(of[1], of[2]) if of else [])


def _order(number: str, who: str) -> list[str]:
    return [
        f"What is the {number} of the {who}?",
        f"Which {number} has the {who}?",
        f"I need a new {who}. What is the {number}?",
        f"{number} {who}",
        f"What {number} do I order for the {who}?",
        f"What is the {who} {number}?",
        f"Which part do I order for the {who}?",
    ]


def _passive(subject: str, verb: str, rest: str, name: str, rng: random.Random) -> list[str]:
    first, *tail = rest.split()
    found = [f"How {verb} {name} {first}?", f"What {verb} {name} {first} for?"]
    if tail and tail[0] in ("after", "when", "before", "while", "if"):
        found = [f"When {verb} {name} {first}?"]
    if tail and tail[0] in ("with", "by", "to", "in", "on"):
        ask = rng.choice(("What", "To what", "With what"))
        found = [f"{ask} {verb} {name} {first} {tail[0]}?", f"How {verb} {name} {first}?"]
    return [*found, f"{cap(verb)} {name} {rest}?", keywords(f"{subject} {first}", rng)]


def _attribute(attribute: str, who: str) -> list[str]:
    found = [f"What {attribute} does the {who} have?", f"What is the {who} {attribute}?"]
    if adjective := _ADJECTIVES.get(attribute):
        found += [f"How {adjective} is the {who}?"] * 2
    found += [form.replace("{x}", who) for form in _ASKED_AS.get(attribute, ())]
    if "capacity" in attribute or attribute == "volume":
        found += [f"How much does the {who} hold?", f"How many liters go into the {who}?"]
    if limit := re.match(r"^(maximum|minimum) (.+)$", attribute):
        most = "most" if limit[1] == "maximum" else "least"
        found += [
            f"What {limit[2]} may the {who} have at {most}?",
            f"{limit[1]} {limit[2]} {who}",
            f"What is the {limit[2]} limit of the {who}?",
        ]
    return found


def _verb(subject: str, base: str, rest: str, rng: random.Random) -> list[str]:
    the = "" if re.search(r"^[A-Z0-9]{2,}", subject) else "the "
    of = _OF.match(subject)
    name = of[1] if of and rng.random() < 0.4 else subject
    if match := _NUMBER.match(rest):
        unit = match[1]
        return [
            f"How many {unit} does {the}{name} {base}?",
            f"How much does {the}{name} {base}?",
            f"What does {the}{name} {base}?",
            f"How long does {the}{name} {base}?" if unit in ("hours", "minutes", "seconds") else "",
        ]
    word = rest.split()[0]
    if word in ("at", "when", "if", "after", "before", "while"):
        return [f"When does {the}{name} {base}?", f"At what point does {the}{name} {base}?"]
    if word in ("in", "on", "beside", "behind", "between", "under"):
        return [f"Where does {the}{name} {base}?", f"Where is {the}{name}?"]
    if word in ("from", "to", "between"):
        return [
            f"In what range does {the}{name} {base}?",
            f"What is the range in which {the}{name} {base}s?",
        ]
    nouns = [w for w in re.findall(r"[a-z]+", rest) if w not in _SMALL]
    kind = rng.choice(nouns) if nouns else "thing"
    return [
        f"What does {the}{name} {base}?",
        f"What {kind} does {the}{name} {base}?",
        f"Which {kind} does {the}{name} {base}?",
        keywords(f"{subject} {rest}", rng),
    ]


def _often(verb: str, obj: str) -> list[str]:
    obj = re.sub(r"^(?:the )?", "the ", obj)
    done = participle(verb)
    is_are = "are" if obj.endswith("s") and not obj.endswith("ss") else "is"
    return [
        f"How often do I {verb} {obj}?",
        f"How often must I {verb} {obj}?",
        f"How often {is_are} {obj} {done}?",
        f"When do I {verb} {obj}?",
        f"When {is_are} {obj} {done}?",
        f"After how long must {obj} be {done}?",
        f"What is the interval to {verb} {obj}?",
        f"How often should {obj} be {done}?",
    ]


def _torque(obj: str) -> list[str]:
    bare = obj.removeprefix("the ")
    return [
        f"What torque for {obj}?",
        f"What is the torque of {obj}?",
        f"What is the torque for {obj}?",
        f"How tight {'are' if obj.endswith('s') else 'is'} {obj}?",
        f"How many Nm for {obj}?",
        f"To what torque do I tighten {obj}?",
        f"How tight do I tighten {obj}?",
        f"{bare} torque",
        f"Which torque do {obj} need?",
        f"How hard do I tighten {obj}?",
        f"What is the {bare} torque?",
        f"With how many Nm {'are' if obj.endswith('s') else 'is'} {obj} tightened?",
    ]


def _meaning(code: str) -> list[str]:
    return [
        f"What does {code} mean?",
        f"What does fault code {code} mean?",
        f"What is fault code {code}?",
        f"The display shows {code}. What does it mean?",
        f"What does code {code} stand for?",
        f"Fault {code}?",
        f"Why do I see {code}?",
        f"The panel shows {code}, what is wrong?",
        f"meaning of {code}",
    ]


def keywords(text: str, rng: random.Random) -> str:
    """A question from some content words of ``text``, in their order."""
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z0-9-]*", text) if w.lower() not in _SMALL]
    words = words or text.split()
    count = min(len(words), rng.randint(2, 4))
    start = rng.randint(0, max(0, min(2, len(words) - count)))
    picked = words[start : start + count]
    if rng.random() < 0.3:
        picked = [w for w in words if w in rng.sample(words, count)][:count]
    phrase = " ".join(picked)
    phrase = phrase[:1].lower() + phrase[1:] if not phrase[1:2].isupper() else phrase
    return rng.choice(
        (
            "What about the {}?",
            "What does the manual say about {}?",
            "{}?",
            "Tell me about the {}.",
            "What do I need to know about {}?",
            "What is written about the {}?",
            "{}",
            "I have a question about the {}.",
        )
    ).format(phrase)


def noise(question: str, rng: random.Random) -> str:
    """``question`` as people type it: in lower case, without its mark, with a greeting."""
    chance = rng.random()
    if chance < 0.10:
        question = question.lower()
    elif chance < 0.16:
        question = question.rstrip("?.")
    elif chance < 0.20:
        question = question.lower().rstrip("?.")
    elif chance < 0.26:
        lead = (
            "Please tell me: ",
            "Quick question: ",
            "Hi. ",
            "Can you tell me: ",
            "Help: ",
            "Sorry, ",
        )
        question = rng.choice(lead) + question
    elif chance < 0.28:
        question = question.rstrip("?.") + rng.choice((" please?", ", please?", "??", " again?"))
    return cap(question) if rng.random() < 0.4 else question
