"""A model's own chat template, rendered and held against the family's.

A fine-tune brings the template it was trained with. The assistant talks to it in the family's, so
both have to render the same. Templates are Jinja and come from outside: they are rendered in a
sandbox, with what transformers gives to a template and nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.parser
import jinja2.sandbox

from fieldkit.core.message import Message
from fieldkit.core.prompt import TEMPLATES
from fieldkit.core.templates import Template
from fieldkit.errors import InvalidInput
from fieldkit.packager.own_template import OwnTemplate, own_template

# A template asks for the date; the families answer with the one that theirs has without a clock.
_TODAY = dt.datetime(2024, 7, 26, tzinfo=dt.UTC)
_LARGEST = 1 << 20  # characters; the longest published ones have 30,000


Render = Callable[[Sequence[Message], bool], str]
"""Messages, and whether an answer is to follow, as a prompt."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """``name`` says in words what it tries; ``usual`` that the assistant holds such ones."""

    name: str
    messages: tuple[Message, ...]
    usual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What ``own``, the model's template, renders otherwise than the ``family``'s, or why not.

    Where ``usual`` is false the assistant never sends such a conversation.
    """

    conversation: str
    usual: bool
    own: str
    family: str

    @property
    def serious(self) -> bool:
        """Whether the assistant would send something else, and not only other white space."""
        return self.usual and "".join(self.own.split()) != "".join(self.family.split())

    def __str__(self) -> str:
        """Both, in one line."""
        return f"{self.conversation}: {self.own!r} in its own template, {self.family!r} in ours"


def _conversation(name: str, *contents: str, usual: bool = False) -> Conversation:
    """A conversation of a system message, unless it is "-", and messages in turn."""
    system, *turns = contents
    messages = [] if system == "-" else [Message(role="system", content=system)]
    for index, content in enumerate(turns):
        role = "assistant" if index % 2 else "user"
        messages.append(Message(role=role, content=content))
    return Conversation(name, tuple(messages), usual)


_SYSTEM = "You answer from the manuals.\nName the page."
_EVIDENCE = "[1] PX-204 p. 7, Torque table: Studs: 320 Nm.\n\nQuestion: Which torque?"

CONVERSATIONS = (
    _conversation("a question", _SYSTEM, "Which oil?", usual=True),
    _conversation("passages and a question", _SYSTEM, _EVIDENCE, usual=True),
    _conversation("a second question", _SYSTEM, "Which oil?", "VG 220. [1]", "And", usual=True),
    _conversation(
        "a third question",
        _SYSTEM,
        "Oil?",
        "VG 220.",
        _EVIDENCE,
        "320 Nm.\n\n- dry",
        "x",
        usual=True,
    ),
    _conversation("a question without a system message", "-", "Which oil?"),
    _conversation("three without a system message", "-", "One?", "1.", "Two?", "2.", "Three?"),
    _conversation("an empty system message", "", "Which oil?", "VG 220.", "Why?"),
    _conversation("a system message of blanks", "  \n", "Which oil?"),
    _conversation(
        "blanks around a system message", " \n Be brief. \n\n", "Which oil?", "1", "Two?"
    ),
    _conversation(
        "blanks around a question", "Be brief.", " \n Which oil?  \n", "VG 220.", " \tWhy? "
    ),
    _conversation("blanks around an answer", "Be brief.", "Which?", "  \n VG 220. \n\n", "Why?"),
    _conversation(
        "other scripts", "Réponds en français.", "Öl? 漢字 🛢️ \u202ex", "Да — 5 µm", "שלום?"
    ),
    _conversation(
        "an unbroken space", "Be brief.", "\u00a0Which oil?\u2028", "\u3000VG", "\x1fWhy?"
    ),
    _conversation("an empty question", "Be brief.", ""),
    _conversation("an empty answer", "Be brief.", "Which oil?", "", "Why?"),
    _conversation("an answer at the end", "Be brief.", "Which oil?", "VG 220."),
    _conversation(
        "Jinja and HTML", "Be {{ brief }}.", "{% raw %} <b>&amp;</b>", "{# 1 #}", "'\"\\n"
    ),
)
"""What is rendered by both. No text has the name of a control token in it."""


def check(text: str, template: str, tokens: Mapping[str, str]) -> list[Difference]:
    """Where the Jinja template ``text`` differs from the family ``template`` before an answer.

    ``tokens`` are the names of the model's tokens, as its tokenizer configuration has them. What
    the model's template refuses is a difference only if the assistant sends it. Raises InvalidInput
    for a text that is no template.
    """
    family = TEMPLATES[template]
    render = compiled(text, tokens)
    differences = []
    for conversation in CONVERSATIONS:
        ours = "".join(piece.text for piece in family.render(conversation.messages, "answer"))
        try:
            own = _rendered(render, family.given(conversation.messages))
        except jinja2.TemplateError as error:
            if not conversation.usual:
                continue
            own = f"refused: {error}"
        own = family.seen(without_bos(own, family, tokens))
        if own != ours:
            differences.append(
                Difference(
                    conversation=conversation.name,
                    usual=conversation.usual,
                    own=own,
                    family=ours,
                )
            )
    return differences


def fitting(own: OwnTemplate) -> list[str]:
    """The families that ``own`` does not differ from seriously, the most similar one first."""
    found = {name: check(own.text, name, own.tokens) for name in TEMPLATES}
    fits = [name for name, them in found.items() if not any(one.serious for one in them)]
    return sorted(fits, key=lambda name: (len(found[name]), name))


def check_folder(folder: Path, template: str) -> list[Difference]:
    """``check`` for the template in a model's ``folder``; nothing if it has none."""
    own = own_template(folder)
    return check(own.text, template, own.tokens) if own is not None else []


def _rendered(render: Render, messages: Sequence[Message]) -> str:
    """``messages`` in a model's template, which may refuse a system message.

    Then it is tried in the first question, where families that know no system message have it.
    """
    try:
        return render(messages, True)
    except jinja2.TemplateError:
        if len(messages) < 2 or messages[0].role != "system":
            raise
        system, question, *rest = messages
        content = f"{system.content}\n\n{question.content}"
        return render([Message(role="user", content=content), *rest], True)


def compiled(text: str, tokens: Mapping[str, str]) -> Render:
    """The template ``text`` as a function of messages and ``add_generation_prompt``.

    It behaves as in transformers' ``apply_chat_template`` without tools. Rendering raises
    jinja2.TemplateError; this raises InvalidInput for a text that is no template.
    """
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Generation, jinja2.ext.loopcontrols],
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = _TODAY.strftime
    try:
        if len(text) > _LARGEST:
            raise InvalidInput(f"the chat template has {len(text)} characters", hint=_HINT)
        template = environment.from_string(text)
    except jinja2.TemplateError as error:
        raise InvalidInput(f"the chat template is not valid: {error}", hint=_HINT) from error

    def render(messages: Sequence[Message], add_generation_prompt: bool) -> str:
        try:
            return template.render(
                **tokens,
                messages=[{"role": one.role, "content": one.content} for one in messages],
                tools=None,
                documents=None,
                add_generation_prompt=add_generation_prompt,
            )
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise jinja2.TemplateError(f"{type(error).__name__}: {error}") from error

    return render


def without_bos(text: str, family: Template, tokens: Mapping[str, str]) -> str:
    """``text`` without the BOS that the template wrote, which the engine adds by itself."""
    bos = tokens.get("bos_token", "")
    if family.bos is False or (family.bos is None and bos in family.markers):
        return text
    return text.removeprefix(bos)


_HINT = "Repair chat_template in the model's tokenizer_config.json, or remove it."


class _Generation(jinja2.ext.Extension):
    """``{% generation %}``: some templates mark answers with it; it renders nothing itself."""

    tags = {"generation"}  # noqa: RUF012 - jinja2 declares it as an attribute of instances

    def parse(self, parser: jinja2.parser.Parser) -> list[jinja2.nodes.Node]:
        """What stands between the tags."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _raise_exception(message: str) -> NoReturn:
    raise jinja2.TemplateError(message)


def _tojson(value: object, indent: int | None = None, **options: Any) -> str:
    """JSON with characters as they are; Jinja's own filter would escape them for HTML."""
    return json.dumps(value, ensure_ascii=bool(options.get("ensure_ascii")), indent=indent)
