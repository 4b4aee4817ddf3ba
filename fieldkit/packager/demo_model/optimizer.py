"""Muon for the matrices of the layers, AdamW for the embedding and the norms.

Muon (momentum whose matrices are made orthogonal by Newton-Schulz steps) learns to copy in far
fewer steps than AdamW alone; matrices of one shape are handled as one batch. The work is shared by
the processes of a run: each updates its share of the parameters, which live in shared memory.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fieldkit.packager.demo_model.network import Network

_MOMENTUM = 0.95
_BETAS = (0.9, 0.98)


def orthogonal(stack: Tensor, steps: int = 5) -> Tensor:
    """Each matrix of ``stack`` (rows <= columns) made nearly orthogonal."""
    x = stack / (stack.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * (gram @ gram)) @ x
    return x


class Optimizer:
    """The state of both optimizers, in shared memory, and one process's part of an update."""

    def __init__(
        self, network: Network, *, muon: float, adam: float, decay: float, scale: float = 1.0
    ) -> None:
        self.rates = {"embedding": scale, "output_norm": 1 / scale}
        self.muon, self.adam, self.decay = muon, adam, decay
        self.parameters = dict(network.named_parameters())
        self.moments = {name: torch.zeros_like(p.data) for name, p in self.parameters.items()}
        self.squares = {
            name: torch.zeros_like(p.data)
            for name, p in self.parameters.items()
            if not self._is_matrix(name)
        }
        for state in (*self.moments.values(), *self.squares.values()):
            state.share_memory_()

    def _is_matrix(self, name: str) -> bool:
        return self.parameters[name].dim() == 2 and name != "embedding"

    def shares(self, ranks: int) -> list[list[str]]:
        """The names of the parameters that each of ``ranks`` processes updates."""
        found: list[list[str]] = [[] for _ in range(ranks)]
        matrices = sorted(
            (name for name in self.parameters if self._is_matrix(name)),
            key=lambda name: self.parameters[name].numel(),
        )
        for index, name in enumerate(matrices):
            found[index % ranks].append(name)
        found[-1] += [name for name in self.parameters if not self._is_matrix(name)]
        return found

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def update(
        self, names: list[str], gradients: dict[str, Tensor], step: int, scale: float
    ) -> None:
        """Update the parameters ``names`` with the learning rates times ``scale``."""
        stacks: dict[tuple[int, int], list[tuple[str, Tensor]]] = {}
        for name in names:
            gradient, moment = gradients[name], self.moments[name]
            if not self._is_matrix(name):
                self._adam(name, gradient, step, scale)
                continue
            moment.lerp_(gradient, 1 - _MOMENTUM)
            change = gradient.lerp(moment, _MOMENTUM)
            change = change.mT if change.shape[0] > change.shape[1] else change
            rows, columns = change.shape
            stacks.setdefault((rows, columns), []).append((name, change))
        rate = self.muon * scale
        for members in stacks.values():
            changes = orthogonal(torch.stack([change for _, change in members]))
            for (name, _), change in zip(members, changes, strict=True):
                parameter = self.parameters[name].data
                rows, columns = parameter.shape
                parameter.mul_(1 - rate * self.decay)
                parameter.add_(
                    change.mT if rows > columns else change,
                    alpha=-rate * max(1.0, rows / columns) ** 0.5,
                )

    def _adam(self, name: str, gradient: Tensor, step: int, scale: float) -> None:
        first, second = _BETAS
        moment, square = self.moments[name], self.squares[name]
        moment.lerp_(gradient, 1 - first)
        square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        size = (square / (1 - second ** (step + 1))).sqrt_().add_(1e-8)
        rate = self.adam * self.rates.get(name, 1.0) * scale / (1 - first ** (step + 1))
        self.parameters[name].data.addcdiv_(moment, size, value=-rate)

    def state(self) -> dict[str, dict[str, Tensor]]:
        """What a checkpoint keeps."""
        return {"moments": self.moments, "squares": self.squares}

    def load(self, state: dict[str, dict[str, Tensor]]) -> None:
        """Continue from a checkpoint."""
        for name, moment in state["moments"].items():
            self.moments[name].copy_(moment)
        for name, square in state["squares"].items():
            self.squares[name].copy_(square)
