"""The families, as their publishers' tokenizer configurations describe them."""

from __future__ import annotations

from fieldkit.core.message import Segment
from fieldkit.core.templates.instruct import Instruct, spaced
from fieldkit.core.templates.tagged import Tagged
from fieldkit.core.templates.template import Template


def _token(name: str) -> Segment:
    return Segment(name, special=True)


# Phi-3-mini, 4k and 128k (tokenizer config of July 2024). The newline that the template writes
# after each control token is taken away again by the tokenizer.
PHI3 = Tagged(
    start=(_token("<|{role}|>"),),
    end=(_token("<|end|>"),),
    closing=("<|end|>", "<|endoftext|>"),
    blanks="eaten",
)
PHI3_5 = Tagged(start=PHI3.start, end=PHI3.end, closing=PHI3.closing, blanks="eaten", drops=True)
# Phi-4-mini writes no newlines and has another vocabulary, without BOS; its tokens are the same.
PHI4 = Tagged(start=PHI3.start, end=PHI3.end, closing=PHI3.closing, blanks="eaten", bos=False)

LLAMA3 = Tagged(
    start=(
        _token("<|start_header_id|>"),
        Segment("{role}"),
        _token("<|end_header_id|>"),
        Segment("\n\n"),
    ),
    end=(_token("<|eot_id|>"),),
    closing=("<|eot_id|>", "<|end_of_text|>"),
    bos=True,
    blanks="trimmed",
)
# Llama 3.1 and 3.2 begin with two dates. Today's would make every day's prompts different: no
# prompt read before could be reused and no answer be repeated, and a laptop without a network may
# not know the date. It is the one that the template itself takes where there is no clock.
LLAMA3_1 = Tagged(
    start=LLAMA3.start,
    end=LLAMA3.end,
    closing=(*LLAMA3.closing, "<|eom_id|>"),
    bos=True,
    blanks="trimmed",
    default="",
    preface="Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n",
)

CHATML = Tagged(
    start=(_token("<|im_start|>"), Segment("{role}\n")),
    end=(_token("<|im_end|>"), Segment("\n")),
    closing=("<|im_end|>",),
)
QWEN2 = Tagged(
    start=CHATML.start,
    end=CHATML.end,
    closing=("<|im_end|>", "<|endoftext|>"),
    bos=False,
    default="You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
)
SMOLLM2 = Tagged(
    start=CHATML.start,
    end=CHATML.end,
    closing=CHATML.closing,
    bos=False,  # its BOS is <|im_start|>, which the first message begins with anyway
    default="You are a helpful AI assistant named SmolLM, trained by Hugging Face",
)

# Gemma and Gemma 2. Their own template refuses a system message; here it begins the first question,
# with an empty line after it, as in llama.cpp.
GEMMA = Tagged(
    start=(_token("<start_of_turn>"), Segment("{role}\n")),
    end=(_token("<end_of_turn>"), Segment("\n")),
    closing=("<end_of_turn>", "<eos>"),
    bos=True,
    blanks="trimmed",
    names={"assistant": "model"},
    merges=True,
)

# Llama 2 chat and Code Llama. [INST] and <<SYS>> are no tokens of these models but text, in their
# own template too: a question in which somebody types them looks like an instruction.
LLAMA2 = Instruct(
    asks=((Segment("[INST] "),), (Segment(" [/INST]"),)),
    answers=((Segment(" "),), (Segment(" "), _token("</s>"))),
    closing=("</s>",),
    system=("<<SYS>>\n", "\n<</SYS>>\n\n"),
    again=(_token("<s>"),),
    trims_question=True,
    trims_answer=True,
)

# Mixtral 8x7B and Mistral 7B up to v0.2 ("v1"): [INST] is text here as well.
MIXTRAL = Instruct(
    asks=((Segment(" [INST] "),), (Segment(" [/INST]"),)),
    answers=((Segment(" "),), (_token("</s>"),)),
    closing=("</s>",),
)
# Mistral 7B v0.3 ("v3"): [INST] is a token. The system message belongs to the last question and
# moves on with the next, so that the turn before it has to be read again.
MISTRAL = Instruct(
    asks=((_token("[INST]"), spaced(Segment(" "))), (_token("[/INST]"),)),
    answers=((spaced(Segment(" ")),), (_token("</s>"),)),
    closing=("</s>",),
    place="last",
    trims_answer=True,
)
# Mistral Nemo ("v3-tekken"): the same without spaces.
MISTRAL_NEMO = Instruct(
    asks=((_token("[INST]"),), (_token("[/INST]"),)),
    answers=((), (_token("</s>"),)),
    closing=("</s>",),
    place="last",
)

FAMILIES: dict[str, Template] = {
    "chatml": CHATML,
    "gemma": GEMMA,
    "llama2": LLAMA2,
    "llama3": LLAMA3,
    "llama3.1": LLAMA3_1,
    "mistral": MISTRAL,
    "mistral-nemo": MISTRAL_NEMO,
    "mixtral": MIXTRAL,
    "phi3": PHI3,
    "phi3.5": PHI3_5,
    "phi4": PHI4,
    "qwen2": QWEN2,
    "smollm2": SMOLLM2,
}
