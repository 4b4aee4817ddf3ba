"""Phi-3's architecture in torch, small, with the output tied to the embedding."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network; every matrix row is a multiple of 256 for the K-quants."""

    vocabulary: int = 3072
    width: int = 256
    layers: int = 5
    heads: int = 4
    feed_forward: int = 512
    context: int = 1024
    rope_base: float = 10000.0
    epsilon: float = 1e-5
    bare: tuple[int, ...] = ()  # layers that only attend: their feed-forward part stays zero

    @property
    def head(self) -> int:
        """The width of one head."""
        return self.width // self.heads

    def as_dict(self) -> dict[str, Any]:
        """The sizes by name."""
        return asdict(self)


class Layer(nn.Module):  # type: ignore[misc]
    """One block: attention and gated feed-forward, each after an RMS norm."""

    def __init__(self, shape: Shape, *, bare: bool) -> None:
        super().__init__()
        self.shape, self.bare = shape, bare
        width, inner = shape.width, shape.feed_forward
        self.attn_norm = nn.Parameter(torch.ones(width))
        self.q = nn.Parameter(torch.empty(width, width))
        self.k = nn.Parameter(torch.empty(width, width))
        self.v = nn.Parameter(torch.empty(width, width))
        self.o = nn.Parameter(torch.empty(width, width))
        if bare:
            return
        self.ffn_norm = nn.Parameter(torch.ones(width))
        self.gate = nn.Parameter(torch.empty(inner, width))
        self.up = nn.Parameter(torch.empty(inner, width))
        self.down = nn.Parameter(torch.empty(width, inner))

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> Tensor:
        """``x`` after this block; ``mask`` is True where a token may look."""
        shape, (batch, length, width) = self.shape, x.shape
        y = functional.rms_norm(x, (width,), self.attn_norm, shape.epsilon)
        size = (batch, length, shape.heads, shape.head)
        q = rotate(functional.linear(y, self.q).view(size), cos, sin).transpose(1, 2)
        k = rotate(functional.linear(y, self.k).view(size), cos, sin).transpose(1, 2)
        v = functional.linear(y, self.v).view(size).transpose(1, 2)
        y = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        x = x + functional.linear(y.transpose(1, 2).reshape(batch, length, width), self.o)
        if self.bare:
            return x
        y = functional.rms_norm(x, (width,), self.ffn_norm, shape.epsilon)
        y = functional.silu(functional.linear(y, self.gate)) * functional.linear(y, self.up)
        return x + functional.linear(y, self.down)


class Network(nn.Module):  # type: ignore[misc]
    """The whole model."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.empty(shape.vocabulary, shape.width))
        self.layers = nn.ModuleList(
            Layer(shape, bare=index in shape.bare) for index in range(shape.layers)
        )
        self.output_norm = nn.Parameter(torch.ones(shape.width))
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                scale = 0.02 if name == "embedding" else 0.5 * parameter.shape[1] ** -0.5
                nn.init.normal_(parameter, std=scale)
            if name.endswith((".o", ".down")):
                nn.init.normal_(parameter, std=0.1 * parameter.shape[1] ** -0.5)

    def forward(self, tokens: Tensor, positions: Tensor, mask: Tensor | None = None) -> Tensor:
        """The hidden states of ``tokens`` after the last norm."""
        x = self.states(tokens, positions, mask)[-1]
        return functional.rms_norm(x, (self.shape.width,), self.output_norm, self.shape.epsilon)

    def states(
        self, tokens: Tensor, positions: Tensor, mask: Tensor | None = None, layers: int = 99
    ) -> list[Tensor]:
        """The hidden states before each of the first ``layers`` layers and after the last."""
        half = self.shape.head // 2
        steps = torch.arange(half, dtype=torch.float32) * (-2.0 / self.shape.head)
        angles = positions.float().unsqueeze(-1) * (self.shape.rope_base**steps)
        cos, sin = angles.cos().unsqueeze(2), angles.sin().unsqueeze(2)
        found = [functional.embedding(tokens, self.embedding)]
        for layer in list(self.layers)[:layers]:
            found.append(layer(found[-1], cos, sin, mask))
        return found

    def logits(self, hidden: Tensor) -> Tensor:
        """The scores of all tokens after each of ``hidden``."""
        return functional.linear(hidden, self.embedding)

    def size(self) -> int:
        """The number of parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding, NEOX order: the halves of a head are the pairs."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)
