"""What tells the model repositories of seven families apart: configuration, tokenizer, tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests import tokenizer_files
from tests.tokenizer_files import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The sizes of a transformer; ``experts`` is 0 for a dense one."""

    layers: int = 2
    embedding: int = 256
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    feed_forward: int = 512
    context: int = 4096
    experts: int = 0


@dataclass(frozen=True, kw_only=True)
class Family:
    """What tells one architecture's repository from another's.

    ``template`` names a chat template of ``tests.published``; ``tied`` says that the output
    matrix is the embedding's and not in the files.
    """

    architecture: str
    model_type: str
    gguf: str
    vocabulary: Callable[[bool], Vocabulary]
    template: str
    tokenizer: dict[str, Any]
    config: dict[str, Any]
    tied: bool = False
    biased: bool = False
    norms: Sequence[str] = ("input_layernorm", "post_attention_layernorm")
    sizes: Sizes = field(default_factory=Sizes)


def _only_real(make: Callable[[], Vocabulary]) -> Callable[[bool], Vocabulary]:
    """The converter knows a byte-level tokenizer by its token numbers, so there is no small one."""

    def vocabulary(small: bool) -> Vocabulary:
        assert not small, "this family has no small vocabulary"
        return make()

    return vocabulary


FAMILIES = {
    "phi3": Family(
        architecture="Phi3ForCausalLM",
        model_type="phi3",
        gguf="phi3",
        vocabulary=lambda small: tokenizer_files.phi3(small=small),
        template="Phi-3.5-mini",
        tokenizer={
            "tokenizer_class": "LlamaTokenizer",
            "bos_token": "<s>",
            "eos_token": "<|endoftext|>",
            "pad_token": "<|endoftext|>",
            "unk_token": "<unk>",
            "add_bos_token": False,
            "add_eos_token": False,
            "legacy": False,
            "padding_side": "left",
        },
        config={
            "hidden_act": "silu",
            "original_max_position_embeddings": 4096,
            "rms_norm_eps": 1e-05,
            "rope_scaling": None,
            "rope_theta": 10000.0,
            "sliding_window": 2047,
        },
        sizes=Sizes(kv_heads=4),
    ),
    "llama": Family(
        architecture="LlamaForCausalLM",
        model_type="llama",
        gguf="llama",
        vocabulary=_only_real(tokenizer_files.llama3),
        template="Llama 3.1",
        tokenizer={
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": "<|begin_of_text|>",
            "eos_token": "<|eot_id|>",
            "model_input_names": ["input_ids", "attention_mask"],
        },
        config={
            "hidden_act": "silu",
            "mlp_bias": False,
            "attention_bias": False,
            "rms_norm_eps": 1e-05,
            "rope_theta": 500000.0,
            "rope_scaling": {
                "factor": 8.0,
                "high_freq_factor": 4.0,
                "low_freq_factor": 1.0,
                "original_max_position_embeddings": 8192,
                "rope_type": "llama3",
            },
        },
        tied=True,
        sizes=Sizes(context=131072),
    ),
    "mistral": Family(
        architecture="MistralForCausalLM",
        model_type="mistral",
        gguf="llama",
        vocabulary=lambda small: tokenizer_files.mistral(small=small),
        template="Mistral v3",
        tokenizer={
            "tokenizer_class": "LlamaTokenizer",
            "bos_token": "<s>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "add_bos_token": True,
            "add_eos_token": False,
            "legacy": False,
        },
        config={
            "hidden_act": "silu",
            "rms_norm_eps": 1e-05,
            "rope_theta": 1000000.0,
            "sliding_window": None,
        },
        sizes=Sizes(context=32768),
    ),
    "mixtral": Family(
        architecture="MixtralForCausalLM",
        model_type="mixtral",
        gguf="llama",
        vocabulary=lambda small: tokenizer_files.llama2(small=small),
        template="Mistral v1",
        tokenizer={
            "tokenizer_class": "LlamaTokenizer",
            "bos_token": "<s>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "add_bos_token": True,
            "add_eos_token": False,
            "legacy": False,
        },
        config={
            "hidden_act": "silu",
            "num_experts_per_tok": 2,
            "rms_norm_eps": 1e-05,
            "rope_theta": 1000000.0,
            "router_aux_loss_coef": 0.02,
            "sliding_window": None,
        },
        sizes=Sizes(context=32768, experts=4),
    ),
    "qwen2": Family(
        architecture="Qwen2ForCausalLM",
        model_type="qwen2",
        gguf="qwen2",
        vocabulary=_only_real(tokenizer_files.qwen2),
        template="Qwen2.5",
        tokenizer={
            "tokenizer_class": "Qwen2Tokenizer",
            "bos_token": None,
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "unk_token": None,
            "add_bos_token": False,
            "add_prefix_space": False,
        },
        config={
            "hidden_act": "silu",
            "max_window_layers": 2,
            "rms_norm_eps": 1e-06,
            "rope_theta": 1000000.0,
            "sliding_window": 32768,
            "use_sliding_window": False,
        },
        tied=True,
        biased=True,
        sizes=Sizes(context=32768),
    ),
    "gemma": Family(
        architecture="GemmaForCausalLM",
        model_type="gemma",
        gguf="gemma",
        vocabulary=lambda _small: tokenizer_files.gemma(),
        template="Gemma",
        tokenizer={
            "tokenizer_class": "GemmaTokenizer",
            "bos_token": "<bos>",
            "eos_token": "<eos>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "add_bos_token": True,
            "add_eos_token": False,
        },
        config={
            "hidden_act": "gelu",
            "hidden_activation": "gelu_pytorch_tanh",
            "rms_norm_eps": 1e-06,
            "rope_theta": 10000.0,
        },
        tied=True,
        sizes=Sizes(heads=2, kv_heads=1, head_dim=128, context=8192),
    ),
    "gemma2": Family(
        architecture="Gemma2ForCausalLM",
        model_type="gemma2",
        gguf="gemma2",
        vocabulary=lambda _small: tokenizer_files.gemma(),
        template="Gemma 2",
        tokenizer={
            "tokenizer_class": "GemmaTokenizer",
            "bos_token": "<bos>",
            "eos_token": "<eos>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "add_bos_token": True,
            "add_eos_token": False,
        },
        config={
            "attn_logit_softcapping": 50.0,
            "final_logit_softcapping": 30.0,
            "hidden_act": "gelu_pytorch_tanh",
            "hidden_activation": "gelu_pytorch_tanh",
            "query_pre_attn_scalar": 128,
            "rms_norm_eps": 1e-06,
            "rope_theta": 10000.0,
            "sliding_window": 4096,
        },
        tied=True,
        norms=(
            "input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm",
            "post_feedforward_layernorm",
        ),
        sizes=Sizes(heads=2, kv_heads=1, head_dim=128, context=8192),
    ),
}  # fmt: skip
