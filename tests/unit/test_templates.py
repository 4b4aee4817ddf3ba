"""Chat templates: what each family writes, and what holds for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.core.message import Message, Segment, joined
from fieldkit.core.prompt import TEMPLATES, render, render_closed, render_open
from fieldkit.core.templates import MARKERS

SYSTEM = Message(role="system", content="Be brief.")
TURNS = (
    Message(role="user", content="Which oil?"),
    Message(role="assistant", content="VG 220."),
    Message(role="user", content="Why?"),
)
EXPECTED = {
    "chatml": "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhich oil?<|im_end|>\n"
    "<|im_start|>assistant\nVG 220.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n"
    "<|im_start|>assistant\n",
    "gemma": "<start_of_turn>user\nBe brief.\n\nWhich oil?<end_of_turn>\n<start_of_turn>model\n"
    "VG 220.<end_of_turn>\n<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\n",
    "llama2": "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWhich oil? [/INST] VG 220. </s><s>"
    "[INST] Why? [/INST]",
    "llama3": "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nWhich oil?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\nVG 220.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "llama3.1": "<|start_header_id|>system<|end_header_id|>\n\n"
    "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nWhich oil?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\nVG 220.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "mistral": "[INST] Which oil?[/INST] VG 220.</s>[INST] Be brief.\n\nWhy?[/INST]",
    "mistral-nemo": "[INST]Which oil?[/INST]VG 220.</s>[INST]Be brief.\n\nWhy?[/INST]",
    "mixtral": " [INST] Be brief.\n\nWhich oil? [/INST] VG 220.</s> [INST] Why? [/INST]",
    "phi3": "<|system|>Be brief.<|end|><|user|>Which oil?<|end|><|assistant|>VG 220.<|end|>"
    "<|user|>Why?<|end|><|assistant|>",
}
EXPECTED["phi3.5"] = EXPECTED["phi4"] = EXPECTED["phi3"]
EXPECTED["qwen2"] = EXPECTED["smollm2"] = EXPECTED["chatml"]

settings.register_profile("templates", parent=settings.default, max_examples=40)
few = settings(settings.get_profile("templates"))
families = pytest.mark.parametrize("family", sorted(TEMPLATES))
texts = st.text(max_size=40) | st.lists(
    st.sampled_from([*sorted(MARKERS), "<<SYS>>", "\n", " ", "x", "é"]), max_size=6
).map("".join)


def text(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.text for segment in segments)


def specials(segments: tuple[Segment, ...]) -> list[str]:
    return [segment.text for segment in segments if segment.special]


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Conversations whose last message is a question."""
    contents = draw(st.lists(texts, min_size=1, max_size=5).filter(lambda these: len(these) % 2))
    roles = ("user", "assistant")
    messages = [
        Message(role=roles[index % 2], content=content) for index, content in enumerate(contents)
    ]
    system = draw(st.none() | texts)
    return messages if system is None else [Message(role="system", content=system), *messages]


@families
def test_a_conversation(family: str) -> None:
    assert text(render(family, [SYSTEM, *TURNS])) == EXPECTED[family]


@pytest.mark.parametrize(
    ("family", "added"),
    [
        ("qwen2", "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."),
        ("smollm2", "You are a helpful AI assistant named SmolLM, trained by Hugging Face"),
    ],
)
def test_a_family_s_own_system_message_stands_where_there_is_none(family: str, added: str) -> None:
    own = Message(role="system", content=added)
    assert render(family, TURNS) == render(family, [own, *TURNS])


def test_without_a_system_message_the_dates_still_stand() -> None:
    assert text(render("llama3.1", TURNS[:1])).startswith(
        "<|start_header_id|>system<|end_header_id|>\n\n"
        "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|>"
    )


@pytest.mark.parametrize(
    ("family", "rendered"),
    [
        ("phi3", "<|system|><|end|><|user|>Which oil?<|end|><|assistant|>"),
        ("phi3.5", "<|user|>Which oil?<|end|><|assistant|>"),
        ("gemma", "<start_of_turn>user\nWhich oil?<end_of_turn>\n<start_of_turn>model\n"),
        ("llama2", "[INST] <<SYS>>\n\n<</SYS>>\n\nWhich oil? [/INST]"),
    ],
)
def test_an_empty_system_message(family: str, rendered: str) -> None:
    empty = Message(role="system", content="")
    assert text(render(family, [empty, TURNS[0]])) == rendered


@pytest.mark.parametrize(
    ("family", "rendered"),
    [
        ("phi3", "<|user|>Hi \n<|end|><|assistant|>\u200bYes \n<|end|>"),
        ("chatml", "<|im_start|>user\n \nHi \n<|im_end|>\n<|im_start|>assistant\n\u200bYes \n"),
        ("gemma", "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n\u200bYes<end_of"),
        ("llama2", "[INST] Hi [/INST] \u200bYes </s>"),
        ("mixtral", " [INST]  \nHi \n [/INST] \u200bYes \n</s>"),
        ("mistral", "[INST]  \nHi \n[/INST] \u200bYes</s>"),
    ],
)
def test_blanks_around_texts(family: str, rendered: str) -> None:
    messages = [
        Message(role="user", content=" \nHi \n"),
        Message(role="assistant", content="\u200bYes \n"),  # no white space: it stays everywhere
    ]
    assert text(render(family, messages)).startswith(rendered)


def test_gemma_begins_the_first_question_with_the_system_message() -> None:
    given = TEMPLATES["gemma"].given([Message(role="system", content=" Be brief. \n"), *TURNS])
    assert given == [Message(role="user", content="Be brief.\n\nWhich oil?"), *TURNS[1:]]
    assert render("gemma", given) == render("gemma", [SYSTEM, *TURNS])
    assert TEMPLATES["gemma"].given(TURNS) is TURNS


def test_only_the_last_question_of_mistral_has_the_system_message() -> None:
    assert "Be brief." not in text(render_closed("mistral", [SYSTEM, *TURNS[:2]]))
    assert text(render_closed("mistral", [SYSTEM])) == ""
    assert text(render("mistral", [SYSTEM, *TURNS])).count("Be brief.") == 1


@pytest.mark.parametrize(
    ("family", "rendered"),
    [
        ("phi3", "<|user|>Which"),
        ("gemma", "<start_of_turn>user\nBe brief.\n\nWhich"),
        ("llama2", "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWhich"),
        ("mistral", "[INST] Be brief.\n\nWhich"),
    ],
)
def test_a_question_that_is_still_typed(family: str, rendered: str) -> None:
    typed = Message(role="user", content="Which oi")
    assert text(render_open(family, [SYSTEM, typed])).endswith(rendered)


def test_the_space_that_a_tokenizer_may_bring_is_marked() -> None:
    segments = render("mistral", TURNS)
    assert [s.text for s in segments if s.spaced] == [" Which oil?", " VG 220.", " Why?"]
    assert not any(segment.spaced for segment in render("mixtral", TURNS))


def test_neighbouring_texts_are_one() -> None:
    end = Segment("</s>", special=True)
    pieces = [Segment(" ", spaced=True), Segment("a"), Segment(""), Segment("b"), end, Segment("")]
    assert joined(pieces) == (Segment(" ab", spaced=True), end)


@families
@few
@given(messages=conversations())
def test_nothing_in_a_text_becomes_a_control_token(family: str, messages: list[Message]) -> None:
    harmless = [Message(role=m.role, content="x" if m.content else "") for m in messages]
    segments = render(family, messages)
    assert specials(segments) == specials(render(family, harmless))
    assert set(specials(segments)) <= TEMPLATES[family].markers
    written = "\0".join(segment.text for segment in segments if not segment.special)
    for message in messages:
        assert message.content.strip() in written


@families
@few
@given(messages=conversations(), answer=texts, question=texts)
def test_a_longer_conversation_begins_as_the_shorter_one(
    family: str, messages: list[Message], answer: str, question: str
) -> None:
    longer = [
        *messages,
        Message(role="assistant", content=answer),
        Message(role="user", content=question),
    ]
    begins = render if TEMPLATES[family].appends else render_closed
    assert text(render(family, longer)).startswith(text(begins(family, messages)))


@families
@few
@given(messages=conversations(), answer=texts, question=texts)
def test_only_the_last_turn_may_have_to_be_read_again(
    family: str, messages: list[Message], answer: str, question: str
) -> None:
    """What is before a question begins the conversation with it, and with the next one."""
    kept = text(render_closed(family, messages[:-1]))
    longer = [
        *messages,
        Message(role="assistant", content=answer),
        Message(role="user", content=question),
    ]
    assert text(render(family, messages)).startswith(kept)
    assert text(render(family, longer)).startswith(kept)


@families
@few
@given(messages=conversations(), typed=st.text(max_size=20))
def test_whatever_is_certain_begins_the_whole(
    family: str, messages: list[Message], typed: str
) -> None:
    *before, last = messages
    longer = Message(role="user", content=f"{last.content}{typed}")
    whole = text(render(family, [*before, longer]))
    assert whole.startswith(text(render_open(family, messages)))
    assert whole.startswith(text(render_closed(family, before)))


@families
@few
@given(messages=conversations())
def test_texts_are_joined_and_never_empty(family: str, messages: list[Message]) -> None:
    segments = render(family, messages)
    assert joined(segments) == segments


@families
def test_what_can_be_asked_of_every_family(family: str) -> None:
    template = TEMPLATES[family]
    assert family == family.lower()
    assert template.closing
    assert template.markers & set(template.closing)  # the answer's end is part of the history
    assert render_closed(family, []) == ()
    for messages in ([], [SYSTEM], [TURNS[1]], [SYSTEM, TURNS[1]], TURNS[:2]):
        for segments in (render(family, messages), render_closed(family, messages)):
            assert set(specials(segments)) <= template.markers
