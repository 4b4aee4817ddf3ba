"""A model's own chat template against its family's. The templates here are made up."""

from __future__ import annotations

import json
from pathlib import Path

import jinja2
import pytest

from fieldkit.core.message import Message
from fieldkit.errors import InvalidInput
from fieldkit.packager.own_template import OwnTemplate, own_template
from fieldkit.packager.template_check import (
    CONVERSATIONS,
    check,
    check_folder,
    compiled,
    fitting,
)

TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
CHATML = """\
{%- for one in messages %}
    {{- "<|im_start|>" ~ one["role"] ~ "\\n" ~ one.content ~ "<|im_end|>\\n" }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- "<|im_start|>assistant\\n" }}
{%- endif %}
"""
HELLO = (Message(role="user", content="Hello"),)


def names(text: str, family: str = "chatml") -> list[str]:
    return [difference.conversation for difference in check(text, family, TOKENS)]


def test_the_same_template_has_no_differences() -> None:
    assert check(CHATML, "chatml", TOKENS) == []


def test_a_difference_shows_both() -> None:
    first, *rest = check(CHATML.replace("|>assistant", "|>bot"), "chatml", TOKENS)
    assert first.conversation == "a question"
    assert first.usual
    assert first.own.endswith("<|im_start|>bot\n")
    assert first.family.endswith("<|im_start|>assistant\n")
    assert "'ours'" not in str(first)
    assert "<|im_start|>bot\\n' in its own template" in str(first)
    assert len(rest) == len(CONVERSATIONS) - 1


def test_what_the_assistant_never_sends_is_told_apart() -> None:
    added = '{%- if messages[0].role != "system" %}{{- "<|im_start|>system\\n<|im_end|>\\n" }}'
    differences = check(f"{added}{{%- endif %}}\n{CHATML}", "chatml", TOKENS)
    assert {difference.usual for difference in differences} == {False}
    assert not any(difference.serious for difference in differences)
    assert [difference.conversation for difference in differences] == [
        "a question without a system message",
        "three without a system message",
    ]


def test_trimmed_texts_are_found() -> None:
    found = names(CHATML.replace("one.content", "one.content | trim"))
    assert found
    assert all("blank" in name or "space" in name for name in found)


@pytest.mark.parametrize("family", ["chatml", "phi3"])
def test_bos_may_be_written_where_the_vocabulary_decides_on_it(family: str) -> None:
    text = CHATML
    if family == "phi3":
        text = text.replace("<|im_start|>", "<|").replace(' ~ "\\n" ~', ' ~ "|>\\n" ~')
        text = text.replace("<|im_end|>", "<|end|>").replace("<|assistant\\n", "<|assistant|>\\n")
    assert names(text, family) == names("{{- bos_token }}" + text, family) == []


def test_bos_of_a_family_that_has_none_is_a_difference() -> None:
    qwen = CHATML.replace(
        "{%- for",
        '{%- if messages[0].role != "system" %}{{- "<|im_start|>system\\nYou are Qwen, created by '
        'Alibaba Cloud. You are a helpful assistant.<|im_end|>\\n" }}{%- endif %}{%- for',
    )
    assert names(qwen, "qwen2") == []
    assert len(names("{{- bos_token }}" + qwen, "qwen2")) == len(CONVERSATIONS)


def test_a_template_without_a_system_message_gets_it_in_the_first_question() -> None:
    no_system = '{%- if messages[0].role == "system" %}{{ raise_exception("No!") }}{%- endif %}'
    differences = check(no_system + CHATML, "chatml", TOKENS)
    assert all("<|im_start|>user\n" in difference.own for difference in differences)
    assert sum(difference.serious for difference in differences) == 4


def test_a_refusal_counts_where_the_assistant_would_meet_it() -> None:
    differences = check('{{ raise_exception("No!") }}', "chatml", TOKENS)
    assert [difference.own for difference in differences] == ["refused: No!"] * 4
    assert all(difference.serious for difference in differences)


def test_other_white_space_is_a_difference_but_no_serious_one() -> None:
    differences = check(CHATML.replace("\\n", " "), "chatml", TOKENS)
    assert len(differences) == len(CONVERSATIONS)
    assert not any(difference.serious for difference in differences)


def test_the_families_that_a_template_fits() -> None:
    own = OwnTemplate(text=CHATML, tokens=TOKENS)
    assert fitting(own) == ["chatml", "qwen2", "smollm2"]
    assert fitting(OwnTemplate(text="{{ messages[0].content }}", tokens={})) == []


def test_a_family_that_merges_the_system_message_never_meets_that_refusal() -> None:
    gemma = """\
{{- bos_token }}
{%- for one in messages %}
    {%- if one.role == "system" %}{{ raise_exception("No!") }}{% endif %}
    {%- set name = {"user": "user", "assistant": "model"}[one.role] %}
    {{- "<start_of_turn>" ~ name ~ "\\n" ~ one.content | trim ~ "<end_of_turn>\\n" }}
{%- endfor %}
{{- "<start_of_turn>model\\n" }}
"""
    assert check(gemma, "gemma", {"bos_token": "<bos>"}) == []
    assert len(check(gemma, "llama3", {"bos_token": "<bos>"})) > 3


def test_what_transformers_gives_to_a_template() -> None:
    text = (
        '{{ {"é": "<b>"} | tojson }}|{{ strftime_now("%d %b %Y") }}|{{ tools is none }}|'
        "{{ eos_token }}"
        "{% for one in messages %}{% generation %}{{ one.content }}{% endgeneration %}"
        "{% break %}{% endfor %}"
    )
    assert compiled(text, TOKENS)(HELLO, True) == '{"é": "<b>"}|26 Jul 2024|True|</s>Hello'


@pytest.mark.parametrize(
    "text",
    [
        "{{ messages.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ ''.__class__.__base__.__subclasses__()[0]() }}",
        "{% for x in range(999999999) %}{% endfor %}",
        "{{ messages.append(1) }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(text: str) -> None:
    with pytest.raises(jinja2.TemplateError):
        compiled(text, TOKENS)(HELLO, True)


@pytest.mark.parametrize("text", ["{% for %}", "{{ x", " " * 1_048_577])
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="the chat template") as caught:
        check(text, "chatml", TOKENS)
    assert "tokenizer_config.json" in caught.value.hint


@pytest.mark.parametrize("text", ["{{ 1 // 0 }}", "{{ messages[9].content }}", "{{ nothing.x }}"])
def test_a_template_that_fails_is_a_refusal(text: str) -> None:
    assert all(found.own.startswith("refused: ") for found in check(text, "chatml", TOKENS))


def test_a_folder_s_template(tmp_path: Path) -> None:
    assert own_template(tmp_path) is None
    assert check_folder(tmp_path, "chatml") == []
    config = {
        "bos_token": {"content": "<s>", "special": True},
        "eos_token": "</s>",
        "unk_token": None,
        "chat_template": [
            {"name": "tool_use", "template": "{{ tools }}"},
            {"name": "default", "template": CHATML},
        ],
    }
    path = tmp_path / "tokenizer_config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    own = own_template(tmp_path)
    assert own is not None
    assert own.text == CHATML
    assert own.tokens == TOKENS
    assert check_folder(tmp_path, "chatml") == []
    (tmp_path / "chat_template.jinja").write_text("{{ bos_token }}!", encoding="utf-8")
    assert {difference.own for difference in check_folder(tmp_path, "chatml")} == {"!"}


@pytest.mark.parametrize("content", [b"{", b"[]", b'"\xff"'])
def test_a_folder_whose_configuration_cannot_be_read(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer_config.json"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"tokenizer_config\.json"):
        own_template(tmp_path)
