"""Training: a prompt's passages are read once for several questions, each with its own mask."""

from __future__ import annotations

import logging
import math
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import torch
from torch.nn import functional

from fieldkit.core.conversation import question_content
from fieldkit.core.message import Message
from fieldkit.packager.demo_model.corpus import Corpus, Example
from fieldkit.packager.demo_model.network import Network, Shape
from fieldkit.packager.demo_model.optimizer import Optimizer
from fieldkit.packager.demo_model.seeding import Seed, count_passages, grow, look_wider, moved
from fieldkit.packager.demo_model.tokenizer import Tokenizer

log = logging.getLogger("fieldkit.demo_model")

_MARK = 4.0  # the weight of the number in an answer's mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a training run is made with."""

    seed: int = 20261121
    minutes: float = 75
    processes: int = 3
    batch_tokens: int = 2048
    branches: int = 5
    muon_rate: float = 0.02
    adam_rate: float = 0.003
    decay: float = 0.02
    warmup_steps: int = 60
    cooldown: float = 0.4
    recall_share: float = 0.1
    prompt_share: float = 0.2
    prompt_weight: float = 0.3
    checkpoint_minutes: float = 3
    copying_from: float = 0.44  # the share of the time after which the copying layers come in


@dataclass(frozen=True, slots=True)
class Packed:
    """One example as tokens: a shared prefix and branches that see it and themselves."""

    tokens: list[int]
    positions: list[int]
    branch: list[int]
    targets: list[int]
    weights: list[float]  # of the answers' targets, 0 for the others


def pack(example: Example, tokenizer: Tokenizer) -> Packed:
    """Tokenize ``example`` exactly as each of its prompts would be by itself."""
    prompts = []
    for question, answer in example.branches:
        system = [Message(role="system", content=example.system)] if example.system else []
        messages = list(system)
        for old, reply in example.history:
            messages.append(Message(role="user", content=question_content(old, example.passages)))
            messages.append(Message(role="assistant", content=reply))
        passages = () if example.history else example.passages
        messages.append(Message(role="user", content=question_content(question, passages)))
        prompt = tokenizer.prompt(messages)
        prompts.append((prompt, [*tokenizer.text(answer), tokenizer.end]))
    start, most = 0, min(len(prompt) for prompt, _ in prompts) - 1
    while start < most and len({prompt[start] for prompt, _ in prompts}) == 1:
        start += 1
    prefix = prompts[0][0][:start]
    tokens, positions, branch = list(prefix), list(range(start)), [0] * start
    targets, weights = [*prefix[1:], -1], [0.0] * start
    bracket = tokenizer.text("a [1]")[-3]
    for index, (prompt, said) in enumerate(prompts, 1):
        mine = [*prompt[start:], *said]
        tokens += mine
        positions += range(start, start + len(mine))
        branch += [index] * len(mine)
        targets += [*mine[1:], -1]
        weights += [0.0] * (len(prompt) - start - 1)
        weights += [_MARK if old == bracket else 1.0 for old in [-1, *said[:-1]]] + [0.0]
    return Packed(tokens, positions, branch, targets, weights)


def recall(packed: Packed, order: random.Random) -> Packed:
    """A pure copying task: the passage's tokens shuffled, then pieces of that to be continued.

    Nothing but looking up what followed a token can predict a piece, so copying is learned early.
    """
    start = packed.branch.index(1)
    prefix = packed.tokens[1:start]
    order.shuffle(prefix)
    prefix = prefix[: order.randint(24, 90)]
    tokens, positions, branch = list(prefix), list(range(len(prefix))), [0] * len(prefix)
    targets, weights = [-1] * len(prefix), [0.0] * len(prefix)
    for index in range(1, 6):
        first = order.randrange(max(1, len(prefix) - 12))
        piece = prefix[first : first + order.randint(10, 24)]
        tokens += piece
        positions += range(len(prefix), len(prefix) + len(piece))
        branch += [index] * len(piece)
        targets += [*piece[1:], -1]
        weights += [0.0] + [1.0] * (len(piece) - 2) + [0.0]
    return Packed(tokens, positions, branch, targets, weights)


def batches(
    corpus: Corpus, tokenizer: Tokenizer, recipe: Recipe, progress: list[float]
) -> Iterator[list[Packed]]:
    """Batches of about ``batch_tokens`` tokens from examples of about one length."""
    order = random.Random(corpus.rng.random())
    while True:
        pool = []
        for _ in range(96):
            packed = pack(corpus.example(progress[0], recipe.branches), tokenizer)
            if order.random() < recipe.recall_share * (1 - progress[0]) and 1 in packed.branch:
                packed = recall(packed, order)
            if max(packed.positions) < 900:
                pool.append(packed)
        pool.sort(key=lambda packed: len(packed.tokens))
        found: list[list[Packed]] = []
        current: list[Packed] = []
        for packed in pool:
            if current and (len(current) + 1) * len(packed.tokens) > recipe.batch_tokens:
                found.append(current)
                current = []
            current.append(packed)
        order.shuffle(found)
        yield from found


def collate(batch: list[Packed]) -> tuple[torch.Tensor, ...]:
    """Tokens, positions, mask, targets and weights of answers, padded to one length."""
    length = max(len(packed.tokens) for packed in batch)

    def table(rows: list[list[int]], empty: int) -> torch.Tensor:
        return torch.tensor([[*row, *[empty] * (length - len(row))] for row in rows])

    tokens = table([packed.tokens for packed in batch], 0)
    positions = table([packed.positions for packed in batch], 0)
    branch = table([packed.branch for packed in batch], 0)
    targets = table([packed.targets for packed in batch], -1)
    weights = torch.zeros(tokens.shape)
    for row, packed in zip(weights, batch, strict=True):
        row[: len(packed.weights)] = torch.tensor(packed.weights)
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    same = branch.unsqueeze(2) == branch.unsqueeze(1)
    mask = causal & (same | (branch == 0).unsqueeze(1))
    return tokens, positions, mask.unsqueeze(1), targets, weights


def loss_of(
    network: Network, batch: list[Packed], recipe: Recipe, generator: torch.Generator
) -> tuple[torch.Tensor, float, float]:
    """The weighted loss, the mean loss of the answers, and the share of answer tokens got right."""
    tokens, positions, mask, targets, weighted = collate(batch)
    answers = weighted > 0
    hidden = network(tokens, positions, mask)
    drawn = torch.rand(targets.shape, generator=generator) < recipe.prompt_share
    chosen = (targets >= 0) & (answers | drawn)
    logits = network.logits(hidden[chosen])
    wanted, is_answer = targets[chosen], answers[chosen]
    losses = functional.cross_entropy(logits, wanted, reduction="none")
    weights = torch.where(is_answer, weighted[chosen], recipe.prompt_weight)
    with torch.no_grad():
        mean = losses[is_answer].mean().item()
        right = (logits[is_answer].argmax(-1) == wanted[is_answer]).float().mean().item()
    return (losses * weights).sum() / weights.sum(), mean, right


def rate(recipe: Recipe, step: int, progress: float) -> float:
    """The learning rate's scale: warm-up, constant, then a straight way down."""
    scale = min(1.0, (step + 1) / recipe.warmup_steps)
    if progress > 1 - recipe.cooldown:
        scale *= max(0.02, (1 - progress) / recipe.cooldown)
    return scale


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the processes of a run share."""

    network: Network
    optimizer: Optimizer
    gradients: tuple[dict[str, torch.Tensor], ...]
    measures: torch.Tensor
    progress: torch.Tensor
    ready: Barrier
    done: Barrier
    until: float


def make(
    make_corpus: Callable[[int], Corpus], tokenizer: Path, recipe: Recipe, checkpoint: Path
) -> int:
    """The whole training, with the copying layers inserted on the way; returns the steps."""
    state = torch.load(checkpoint, weights_only=True) if checkpoint.is_file() else {}
    if state.get("spent", 0.0) < recipe.copying_from * recipe.minutes * 60:
        run(make_corpus, tokenizer, recipe, checkpoint, until=recipe.copying_from)
        state = {}
    if state.get("scale", 1.0) == 1.0:
        enlarge(checkpoint, make_corpus(recipe.seed), Tokenizer(tokenizer), Seed())
    return run(make_corpus, tokenizer, recipe, checkpoint)


def run(
    make_corpus: Callable[[int], Corpus],
    tokenizer: Path,
    recipe: Recipe,
    checkpoint: Path,
    *,
    until: float = 1.0,
) -> int:
    """Train until the share ``until`` of the minutes is spent; continues from ``checkpoint``.

    Each of ``recipe.processes`` computes the gradients of its own batch on one thread, then updates
    its share of the parameters: on a busy machine they wait for each other once a step only.
    """
    torch.manual_seed(recipe.seed)
    state = torch.load(checkpoint, weights_only=True) if checkpoint.is_file() else {}
    network = Network(Shape(**state.get("shape", {})))
    network.share_memory()
    optimizer = Optimizer(
        network,
        muon=recipe.muon_rate,
        adam=recipe.adam_rate,
        decay=recipe.decay,
        scale=state.get("scale", 1.0),
    )
    step, spent = 0, 0.0
    if state:
        network.load_state_dict(state["network"])
        optimizer.load(state["optimizer"])
        step, spent = state["step"], state["spent"]
    context = multiprocessing.get_context("fork")
    ranks = recipe.processes
    shared = Shared(
        network=network,
        optimizer=optimizer,
        gradients=tuple(
            {
                name: torch.zeros_like(p.data).share_memory_()
                for name, p in optimizer.parameters.items()
            }
            for _ in range(ranks)
        ),
        measures=torch.zeros(ranks, 3).share_memory_(),
        progress=torch.tensor([spent, float(step)], dtype=torch.float64).share_memory_(),
        ready=context.Barrier(ranks),
        done=context.Barrier(ranks),
        until=until,
    )
    log.info("%d parameters, step %d, %.0f s spent", network.size(), step, spent)
    workers = [_Worker(rank, recipe, shared, checkpoint) for rank in range(ranks)]
    helpers = [
        context.Process(target=worker.work, args=(make_corpus, tokenizer), daemon=True)
        for worker in workers[1:]
    ]
    for helper in helpers:
        helper.start()
    workers[0].work(make_corpus, tokenizer)
    return int(shared.progress[1])


class _Worker:
    """One process of a run; the first one keeps the time, the log and the checkpoints."""

    def __init__(self, rank: int, recipe: Recipe, shared: Shared, checkpoint: Path) -> None:
        self.rank, self.recipe, self.shared, self.checkpoint = rank, recipe, shared, checkpoint
        self.step = int(shared.progress[1])
        self.began = self.saved = time.monotonic()
        self.before = float(shared.progress[0])
        self.progress = [self.before / (recipe.minutes * 60)]
        self.mine = shared.optimizer.shares(recipe.processes)[rank]
        self.sums = torch.zeros(3)
        self.counted = 0

    def work(self, make_corpus: Callable[[int], Corpus], vocabulary: Path) -> None:
        """Take part in the run until its time is over."""
        torch.set_num_threads(1)
        seed = self.recipe.seed + 1000 * self.rank + self.step
        generator = torch.Generator().manual_seed(seed)
        stream = batches(make_corpus(seed), Tokenizer(vocabulary), self.recipe, self.progress)
        for batch in stream:
            self._differentiate(batch, generator)
            if self.rank == 0:
                self.shared.progress[0] = self.before + time.monotonic() - self.began
            self.shared.ready.wait()
            self.progress[0] = float(self.shared.progress[0]) / (self.recipe.minutes * 60)
            self._update()
            self.step += 1
            over = self.progress[0] >= self.shared.until
            self.shared.done.wait()
            if self.rank == 0:
                self._report(over)
            if over:
                return

    def _differentiate(self, batch: list[Packed], generator: torch.Generator) -> None:
        network, rank = self.shared.network, self.rank
        loss, mean, right = loss_of(network, batch, self.recipe, generator)
        loss.backward()
        for name, parameter in self.shared.optimizer.parameters.items():
            if parameter.grad is not None:
                self.shared.gradients[rank][name].copy_(parameter.grad)
                parameter.grad = None
        tokens = sum(len(packed.tokens) for packed in batch)
        self.shared.measures[rank] = torch.tensor([mean, right, tokens])

    def _update(self) -> None:
        gradients = {
            name: torch.stack([part[name] for part in self.shared.gradients]).mean(0)
            for name in self.mine
        }
        scale = rate(self.recipe, self.step, self.progress[0])
        self.shared.optimizer.update(self.mine, gradients, self.step, scale)

    def _report(self, over: bool) -> None:
        spent = float(self.shared.progress[0])
        self.shared.progress[1] = self.step
        self.sums += self.shared.measures.mean(0)
        self.counted += 1
        if self.step % 20 == 0:
            loss, right, tokens = (self.sums / self.counted).tolist()
            log.info(
                "step %d %.1f min loss %.3f right %.3f, %.0f tokens a step",
                *(self.step, spent / 60, loss, right, tokens * self.recipe.processes),
            )
            self.sums, self.counted = torch.zeros(3), 0
            if not math.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss} at step {self.step}")
        if over or time.monotonic() - self.saved > self.recipe.checkpoint_minutes * 60:
            network, optimizer = self.shared.network, self.shared.optimizer
            save(network, optimizer, self.step, spent, self.checkpoint)
            self.saved = time.monotonic()


def load(checkpoint: Path) -> tuple[Network, int, float]:
    """The network of a checkpoint, its steps and the seconds they took."""
    state = torch.load(checkpoint, weights_only=True)
    network = Network(Shape(**state.get("shape", {})))
    network.load_state_dict(state["network"])
    return network, int(state["step"]), float(state["spent"])


def enlarge(checkpoint: Path, corpus: Corpus, tokenizer: Tokenizer, seed: Seed) -> None:
    """Insert the copying layers into the network of ``checkpoint``."""
    state = torch.load(checkpoint, weights_only=True)
    packed = [pack(corpus.example(0.9), tokenizer) for _ in range(80)]
    prompts = [one.tokens[: one.branch.index(1)] for one in packed if 1 in one.branch]
    network = grow(load(checkpoint)[0], prompts, seed)
    count_passages(network, prompts, tokenizer.newline, seed)
    look_wider(network, prompts, seed)
    optimizer = Optimizer(network, muon=0, adam=0, decay=0, scale=seed.scale)
    old = state["optimizer"]
    for kind, ours in (("moments", optimizer.moments), ("squares", optimizer.squares)):
        for name, value in old[kind].items():
            ours[moved(name, seed)].copy_(value)
    for name, factor in optimizer.rates.items():
        optimizer.moments[name].div_(factor)
        optimizer.squares[name].div_(factor**2)
    save(network, optimizer, state["step"], state["spent"], checkpoint)


def save(network: Network, optimizer: Optimizer, step: int, spent: float, checkpoint: Path) -> None:
    """Write a checkpoint whole."""
    aside = checkpoint.with_suffix(".part")
    torch.save(
        {
            "network": network.state_dict(),
            "optimizer": optimizer.state(),
            "shape": network.shape.as_dict(),
            "scale": optimizer.rates["embedding"],
            "step": step,
            "spent": spent,
        },
        aside,
    )
    aside.replace(checkpoint)
