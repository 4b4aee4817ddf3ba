"""The Modelfile by which Ollama asks a model as this assistant does.

Its template is Go's text/template over ``.Messages``, with the few constructs that the templates of
Ollama's own library use. What it renders is the text of ``core.templates``, with one difference:
Go's templates cannot trim a text. Ollama adds BOS itself, so none is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fieldkit.core.message import Segment
from fieldkit.core.release import Assistant
from fieldkit.core.sampling import Sampling
from fieldkit.core.templates import TEMPLATES, Template
from fieldkit.core.templates.instruct import Instruct
from fieldkit.core.templates.tagged import Tagged
from fieldkit.core.text import clean, clean_line

_CONTENT = "{{ .Content }}"
_NOTE = """\
# {name}: the model of a fieldkit release, as the assistant asks it.
# It answers without the manuals: passages, citations and refusals are the assistant's own.
"""


def modelfile(assistant: Assistant, model: str, licences: Sequence[str]) -> str:
    """Return the Modelfile for the GGUF file ``model``, a plain name beside it.

    ``licences`` are texts. Raises KeyError for a template that this version does not know.
    """
    family = TEMPLATES[assistant.template]
    lines = [
        _NOTE.format(name=clean_line(assistant.name)),
        f"FROM ./{model}",
        f"TEMPLATE {_quoted(go_template(family))}",
    ]
    if prompt := clean(assistant.system_prompt).strip():
        lines.append(f"SYSTEM {_quoted(prompt)}")
    parameters: dict[str, object] = {
        **_samplers(assistant.sampling),
        "num_ctx": int(assistant.context),
        "num_predict": int(assistant.max_tokens),
    }
    lines += [f"PARAMETER {name} {value}" for name, value in parameters.items()]
    lines += [f'PARAMETER stop "{stop}"' for stop in family.closing]
    lines += [f"LICENSE {_quoted(clean(text).strip())}" for text in licences]
    return "\n".join(lines) + "\n"


def _samplers(sampling: Sampling) -> dict[str, object]:
    """All of the samplers that Ollama would otherwise set as it likes.

    It would penalise repetition, also of what the passages say, and a manual's words are there to
    be repeated: so only what the release asks for is penalised.
    """
    if sampling.temperature <= 0:
        return {"temperature": 0, "repeat_penalty": 1}
    return {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "min_p": sampling.min_p,
        "repeat_penalty": sampling.repeat_penalty,
        "seed": sampling.seed,
    }


def go_template(family: Template) -> str:
    """Return the family's template in Go's language; raises TypeError for one of another kind."""
    if isinstance(family, Tagged):
        return _tagged(family)
    if isinstance(family, Instruct):
        return _instruct(family)
    raise TypeError(type(family).__name__)


def _tagged(family: Tagged) -> str:
    end = _text(family.end)

    def started(role: str) -> str:
        name = family.names.get(role, role)
        return "".join(literal(piece.text.format(role=name)) for piece in family.start)

    user, answer = started("user"), started("assistant")
    before = started("system") + literal(family.preface)
    system = before + _CONTENT + end
    if family.merges:  # the first question goes on where the system message ends
        system = user + _CONTENT + "\n\n"
        user = _when("not (and (eq $i 1) $.System)", user)
    if family.merges or family.drops:
        system = _when(".Content", system)
    default = ""
    if family.default is not None:
        default = _when("not .System", before + literal(family.default) + end)
    turns = {"system": system, "user": user + _CONTENT + end, "assistant": answer + _CONTENT + end}
    return default + _each(turns) + answer


def _instruct(family: Instruct) -> str:
    (ask, asked), (answer, answered) = map(_text, family.asks), map(_text, family.answers)
    if family.place == "last":
        where = "and (eq (len (slice $.Messages $i)) 1) $.System"
    else:  # a system message is the first one, and the first question then the second
        where = "and (eq $i 1) $.System"
    before, after = map(literal, family.system)
    again = _text(family.again)
    if again:
        again = _when("not (or (eq $i 0) (and (eq $i 1) $.System))", again)
    system = _when(where, before + "{{ $.System }}" + after)
    return _each(
        {
            "user": again + ask + system + _CONTENT + asked,
            "assistant": answer + _CONTENT + answered,
        }
    )


def _each(turns: Mapping[str, str]) -> str:
    """Each message as its role is written."""
    cases = [f'if eq .Role "{role}" }}}}{text}' for role, text in turns.items()]
    return "{{ range $i, $_ := .Messages }}{{ " + "{{ else ".join(cases) + "{{ end }}{{ end }}"


def _when(condition: str, text: str) -> str:
    return f"{{{{ if {condition} }}}}{text}{{{{ end }}}}"


def literal(text: str) -> str:
    """``text`` as a template that renders it: its own braces are no actions."""
    return text.replace("{{", '{{ "{{" }}')


def _text(pieces: Iterable[Segment]) -> str:
    return "".join(literal(piece.text) for piece in pieces)


def _quoted(text: str) -> str:
    """``text`` as a value of a Modelfile, in which nothing can stand for three quotation marks."""
    return '"""' + text.replace('"""', "'''") + '"""'
