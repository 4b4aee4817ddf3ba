"""As much of Go's text/template as a Modelfile of ours uses, by Go's own rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_WORD = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[()]|[^\s()]+)')

Scope = Mapping[str, Any]
Node = Callable[[Scope], str]

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "eq": lambda a, b: a == b,
    "len": len,
    "slice": lambda items, start: items[start:],
    "not": lambda value: not value,
    "and": lambda *values: next((value for value in values if not value), values[-1]),
    "or": lambda *values: next((value for value in values if value), values[-1]),
}


def render(template: str, messages: Sequence[Mapping[str, str]]) -> str:
    """Render as Ollama does: ``.System`` is what the system messages say."""
    system = "\n\n".join(entry["Content"] for entry in messages if entry["Role"] == "system")
    root = {"System": system, "Messages": list(messages)}
    return _Parser(template).whole()({"$": root, ".": root})


@dataclass
class _Parser:
    template: str
    pieces: list[str] = field(init=False)
    at: int = 0

    def __post_init__(self) -> None:
        self.pieces = re.split(r"\{\{(.*?)\}\}", self.template, flags=re.DOTALL)

    def whole(self) -> Node:
        node, ended_by = self.block()
        assert ended_by == "", f"a block too many is closed: {ended_by}"
        return node

    def block(self) -> tuple[Node, str]:
        """Nodes up to the action that ends this block, and that action."""
        nodes: list[Node] = []
        while self.at < len(self.pieces):
            text, number = self.pieces[self.at], self.at
            self.at += 1
            if number % 2 == 0:
                nodes.append(lambda _scope, text=text: text)
                continue
            action = text.strip()
            if action == "end" or action.startswith("else"):
                return _joined(nodes), action
            if action.startswith("range "):
                nodes.append(self.each(action))
            elif action.startswith("if "):
                nodes.append(self.choice(action.removeprefix("if ")))
            else:
                nodes.append(lambda scope, action=action: str(_value(action, scope)))
        return _joined(nodes), ""

    def each(self, action: str) -> Node:
        match = re.fullmatch(r"range (\$\w+), (\$\w+) := (\S+)", action)
        assert match, action
        body, ended_by = self.block()
        assert ended_by == "end"
        number, item, items = match.groups()
        return lambda scope: "".join(
            body({**scope, number: i, item: entry, ".": entry})
            for i, entry in enumerate(_value(items, scope))
        )

    def choice(self, condition: str) -> Node:
        then, ended_by = self.block()
        otherwise: Node = _joined([])
        if ended_by.startswith("else if "):
            otherwise = self.choice(ended_by.removeprefix("else if "))
        elif ended_by == "else":
            otherwise, ended_by = self.block()
        return lambda scope: (then if _value(condition, scope) else otherwise)(scope)


def _joined(nodes: Sequence[Node]) -> Node:
    return lambda scope: "".join(node(scope) for node in nodes)


def _value(expression: str, scope: Scope) -> Any:
    value, rest = _command(_WORD.findall(expression), scope)
    assert rest == [], expression
    return value


def _command(words: list[str], scope: Scope) -> tuple[Any, list[str]]:
    """A function with its arguments, or one operand; what is left after it."""
    if words[0] not in _FUNCTIONS:
        return _operand(words, scope)
    function, rest, arguments = _FUNCTIONS[words[0]], words[1:], []
    while rest and rest[0] != ")":
        argument, rest = _operand(rest, scope)
        arguments.append(argument)
    return function(*arguments), rest


def _operand(words: list[str], scope: Scope) -> tuple[Any, list[str]]:
    word, *rest = words
    if word == "(":
        value, rest = _command(rest, scope)
        assert rest[0] == ")"
        return value, rest[1:]
    if word.startswith('"'):
        return word[1:-1], rest
    if word.isdigit():
        return int(word), rest
    base, *names = word.split(".")
    value = scope[base or "."]
    for name in filter(None, names):
        value = value[name]
    return value, rest
