"""Write the network as an F16 GGUF that llama.cpp loads as ``phi3``."""

from __future__ import annotations

import os
from pathlib import Path

import gguf
import numpy as np
import torch

from fieldkit.packager.demo_model.network import Network
from fieldkit.packager.demo_model.tokenizer import CONTROL, Tokenizer

NAME = "fieldkit-demo"
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'system' %}"
    "{{'<|system|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'user' %}"
    "{{'<|user|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'assistant' %}"
    "{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}"
    "{% else %}{{ eos_token }}{% endif %}"
)


def write(network: Network, tokenizer: Tokenizer, path: Path) -> None:
    """Write ``network`` to ``path``; a reader sees the old file or the new one."""
    shape = network.shape
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    writer = gguf.GGUFWriter(str(aside), "phi3")
    writer.add_name(NAME)
    writer.add_license("MIT")
    writer.add_description("Demonstration model of fieldkit, trained from scratch")
    writer.add_context_length(shape.context)
    writer.add_rope_scaling_orig_ctx_len(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_block_count(shape.layers)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_dimension_count(shape.head)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    _vocabulary(writer, tokenizer)
    for name, tensor in _tensors(network):
        kind = np.float16 if tensor.dim() == 2 else np.float32
        writer.add_tensor(name, np.ascontiguousarray(tensor.detach().numpy().astype(kind)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    aside.replace(path)


def _tensors(network: Network) -> list[tuple[str, torch.Tensor]]:
    found = [("token_embd.weight", network.embedding.data)]
    width, inner = network.shape.width, network.shape.feed_forward
    for index, layer in enumerate(network.layers):
        prefix = f"blk.{index}"
        part = {name: value.data for name, value in layer.named_parameters()}
        part.setdefault("ffn_norm", torch.ones(width))
        for name, rows, columns in (
            ("gate", inner, width),
            ("up", inner, width),
            ("down", width, inner),
        ):
            part.setdefault(name, torch.zeros(rows, columns))
        found += [
            (f"{prefix}.attn_norm.weight", part["attn_norm"]),
            (f"{prefix}.attn_qkv.weight", torch.cat([part[name] for name in "qkv"])),
            (f"{prefix}.attn_output.weight", part["o"]),
            (f"{prefix}.ffn_norm.weight", part["ffn_norm"]),
            (f"{prefix}.ffn_up.weight", torch.cat([part["gate"], part["up"]])),
            (f"{prefix}.ffn_down.weight", part["down"]),
        ]
    return [*found, ("output_norm.weight", network.output_norm.data)]


def _vocabulary(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    processor = tokenizer.processor
    tokens, scores, kinds = [], [], []
    for index in range(processor.get_piece_size()):
        tokens.append(processor.id_to_piece(index).encode("utf-8"))
        scores.append(processor.get_score(index))
        if processor.is_unknown(index):
            kinds.append(gguf.TokenType.UNKNOWN)
        elif processor.is_control(index):
            kinds.append(gguf.TokenType.CONTROL)
        elif processor.is_byte(index):
            kinds.append(gguf.TokenType.BYTE)
        else:
            kinds.append(gguf.TokenType.NORMAL)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(tokenizer.bos)
    writer.add_eos_token_id(tokenizer.end)
    writer.add_eot_token_id(tokenizer.end)
    writer.add_unk_token_id(processor.unk_id())
    writer.add_pad_token_id(processor.piece_to_id(CONTROL[0]))
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(True)
    writer.add_chat_template(CHAT_TEMPLATE)
