"""What a client asks with ``POST /v1/chat/completions``, in the assistant's own terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Request
from fieldkit.core.refusal import as_said
from fieldkit.core.text import clean, clean_line
from fieldkit.serve.body import Fields
from fieldkit.serve.problem import invalid

# Older questions are not even looked up: no context of a laptop's model holds so many.
MOST_TURNS = 64
_TOP_P = 0.95
_MOST_STOPS = 64
_MOST_STOP = 256
_SEEDS = 2**31 - 1
# How Open WebUI begins what it wants beside the answers: a title, tags, follow-up questions.
_TASK = "### Task:"
# A question of so many characters for each token of the context cannot fit into it.
CHARACTERS_PER_TOKEN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How to answer: what the client chose, and what the release does where it did not.

    ``drawn``: the client chose ``temperature`` or ``top_p``.
    """

    max_tokens: int
    temperature: float
    top_p: float
    seed: int
    stop: tuple[str, ...]
    drawn: bool = True

    def apply(self, request: Request) -> Request:
        """``request`` answered this way; as the release does where nothing was said of chance."""
        if self.drawn:
            request = replace(request, temperature=self.temperature, top_p=self.top_p)
        return replace(
            request,
            max_tokens=min(self.max_tokens, request.max_tokens),
            seed=self.seed,
            stop=self.stop,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: the last question, the turns before it (without passages), and how to answer."""

    question: str
    history: tuple[Turn, ...]
    sampling: Sampling
    stream: bool
    usage: bool


def read(fields: Fields, *, context: int, max_tokens: int) -> Asked:
    """Return what ``fields`` ask for; raises ApiProblem when that is not valid.

    ``context`` and ``max_tokens`` are the assistant's own. Messages of the roles ``system`` and
    ``developer`` are left out: the assistant is evaluated with its own prompt.
    """
    if fields.whole("n", 1, least=1, most=128) != 1:
        raise invalid("One answer at a time: 'n' has to be 1.", param="n")
    _refuse_what_it_cannot_do(fields)
    *before, (question, _) = _exchanges(fields)
    if len(question) > context * CHARACTERS_PER_TOKEN:
        raise too_long()
    if question.startswith(_TASK):
        raise invalid(
            "This service answers questions from the manuals and makes no titles, tags or other "
            "texts about a chat. Switch these tasks off in the client.",
            param="messages",
        )
    return Asked(
        question=question,
        history=tuple(Turn(question=asked, answer=as_said(answer)) for asked, answer in before),
        sampling=_sampling(fields, max_tokens),
        stream=fields.flag("stream"),
        usage=fields.inner("stream_options").flag("include_usage"),
    )


def too_long() -> Exception:
    """The refusal of a question that does not fit into the context."""
    return invalid(
        "The question is too long for this model's context. Ask it in fewer words.",
        param="messages",
        code="context_length_exceeded",
    )


def _refuse_what_it_cannot_do(fields: Fields) -> None:
    """Reject what changes the form of an answer: ignoring it would give a wrong one."""
    kind = fields.inner("response_format").text("type", "text")
    if kind != "text":
        raise invalid(
            f"'response_format' has to be text: this service writes sentences with sources, not "
            f"{clean_line(kind)[:40]}. The sources are fields of the answer.",
            param="response_format",
        )
    for name in ("tools", "functions"):
        if fields.get(name):
            raise invalid(f"'{name}' has to be absent or empty: it calls no tools.", param=name)
    if fields.get("logprobs"):
        raise invalid("'logprobs' has to be false: it reports none.", param="logprobs")
    modalities = fields.get("modalities")
    if modalities not in (None, [], ["text"]):
        raise invalid("'modalities' has to be text: it answers in nothing else.", "modalities")


def _most_tokens(fields: Fields, name: str, default: int) -> int:
    """The limit of an answer; -1 is how some clients say that they set none."""
    value = fields.whole(name, default, least=-1, most=1 << 31)
    if value == 0:
        raise invalid(
            f"'{name}' is 0, which leaves no room for an answer. Leave it out, or send -1, for "
            "the release's own limit.",
            param=name,
        )
    return default if value < 0 else value


def _sampling(fields: Fields, max_tokens: int) -> Sampling:
    most = _most_tokens(fields, "max_tokens", max_tokens)
    return Sampling(
        max_tokens=_most_tokens(fields, "max_completion_tokens", most),
        temperature=fields.number("temperature", 0.0, least=0.0, most=2.0),
        top_p=fields.number("top_p", _TOP_P, least=0.0, most=1.0),
        seed=fields.whole("seed", 0, least=-(1 << 63), most=(1 << 63) - 1) & _SEEDS,
        stop=_stops(fields),
        drawn=any(fields.get(name) is not None for name in ("temperature", "top_p")),
    )


def _stops(fields: Fields) -> tuple[str, ...]:
    given = fields.get("stop")
    stops = [given] if isinstance(given, str) else given or []
    if (
        not isinstance(stops, list)
        or len(stops) > _MOST_STOPS
        or not all(isinstance(stop, str) and len(stop) <= _MOST_STOP for stop in stops)
    ):
        raise fields.problem(
            "stop", f"a string or up to {_MOST_STOPS}, each of at most {_MOST_STOP} characters"
        )
    return tuple(dict.fromkeys(filter(None, stops)))


def _exchanges(fields: Fields) -> list[tuple[str, str]]:
    """Questions with their answers, oldest first; the last has none."""
    found: list[tuple[str, str]] = []
    role = ""
    for role, content in _messages(fields):
        if role == "user" and found and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{content}", "")
        elif role == "user":
            found.append((content, ""))
        elif found:  # an answer without a question is a greeting
            found[-1] = (found[-1][0], "\n".join(filter(None, (found[-1][1], content))))
    if role == "assistant" and found:
        raise invalid(
            "The last message has to be a question of the role 'user': it continues no answer "
            "that was begun.",
            param="messages",
        )
    if role != "user" or not found[-1][0]:
        raise invalid("The last message has to be a question of the role 'user'.", param="messages")
    return found[-MOST_TURNS:]


def _messages(fields: Fields) -> Iterator[tuple[str, str]]:
    """Role and text of each message that counts."""
    for number, entry in enumerate(fields.items("messages")):
        name = f"messages[{number}]"
        if not isinstance(entry, dict):
            raise invalid(f"'{name}' has to be an object.", param=name)
        message = Fields(entry, f"{name}.")
        role = message.text("role")
        if role in {"system", "developer"}:
            continue
        if role not in {"user", "assistant"}:
            raise message.problem("role", "system, developer, user or assistant: it has no tools")
        yield role, clean(_content(message)).strip()


def _content(message: Fields) -> str:
    """The text of a message, which may come in parts; an assistant's may be absent."""
    content = message.get("content")
    if content is None and message.get("role") == "assistant":
        return ""
    if isinstance(content, list):
        return "\n".join(_part(message, part) for part in content)
    return message.text("content")


def _part(message: Fields, part: Any) -> str:
    if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    raise message.problem("content", "text: it reads neither images nor sound nor files")
