"""Trains the model: `python -m recipe.train`. Stops and goes on where its last checkpoint was."""

from __future__ import annotations

import argparse
import logging
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from recipe import curriculum, exam, measure
from recipe.model import Batch, Reader
from recipe.optimizer import Optimizer

LOG = logging.getLogger("recipe.train")
HOME = Path("~/.cache/groundglass-recipe").expanduser()
WARM_UP_STEPS = 30
COOLING_FROM = 0.25
SAVE_EVERY_S = 300.0
AGREE_EVERY = 5
VALIDATION_SEED = 777
# Of characters, shapes, colours, boxes, places, middles and the digits of shapes and of print, when
# only the eyes learn.
DENSE_WEIGHTS = (1.0, 0.5, 0.5, 1.0, 0.3, 0.5, 0.7, 0.7)
JOINT_SCALE = torch.tensor([1.0, 1.0, *(0.5 * weight for weight in DENSE_WEIGHTS[1:])])


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    steps: int
    minutes: float
    seed: int
    home: Path
    earlier: str
    processes: int
    validate_minutes: float
    peak: float


def rate(step: int, progress: float) -> float:
    """The learning rate's fraction: warm-up, full, then half a cosine down to nothing."""
    warm = min(1.0, (step + 1) / WARM_UP_STEPS)
    if progress < COOLING_FROM:
        return warm
    return warm * (0.51 + 0.49 * math.cos(math.pi * (progress - COOLING_FROM) / (1 - COOLING_FROM)))


class Run:
    """One process's share of a training run."""

    def __init__(self, rank: int, options: Options) -> None:
        self.rank, self.options = rank, options
        self.model = Reader()
        if options.earlier:
            self.model.load_earlier(options.earlier)
        self.optimizer = Optimizer(self.model)
        self.step, self.progress, self.best = 0, 0.0, 0.0
        self.spent_s = 0.0
        self.means: torch.Tensor | None = None
        last = options.home / "last.pt"
        if last.exists():
            self._load(last)
        self.questions = exam.questions(VALIDATION_SEED, 2, held_out=False) if rank == 0 else []

    def _load(self, path: Path) -> None:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.optimizer.load(saved["optimizer"])
        self.step, self.progress = saved["step"], saved["progress"]
        self.best, self.spent_s = saved["best"], saved["spent_s"]

    def save(self, name: str) -> None:
        """Writes a checkpoint, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state(),
            "step": self.step,
            "progress": self.progress,
            "best": self.best,
            "spent_s": self.spent_s,
        }
        unfinished = self.options.home / f"{name}.tmp"
        torch.save(state, unfinished)
        unfinished.replace(self.options.home / f"{name}.pt")

    def _losses(self, batch: Batch) -> torch.Tensor:
        """Language loss and the dense ones; what a batch doesn't have is not a number."""
        absent = torch.full((1,), math.nan)
        if not len(batch.patches):
            return torch.cat(
                [self._language(batch, batch.patches, []), absent.repeat(len(DENSE_WEIGHTS))]
            )
        seen, deep = self.model.see(batch)
        dense = self.model.dense_losses(batch, seen)
        if not len(batch.ids):
            return torch.cat([absent, dense])
        return torch.cat([self._language(batch, seen, deep), dense])

    def _language(self, batch: Batch, seen: torch.Tensor, deep: list[torch.Tensor]) -> torch.Tensor:
        logits = self.model.read(batch, seen, deep)
        each = torch.nn.functional.cross_entropy(logits, batch.answers, reduction="none")
        return ((each * batch.weights).sum() / batch.weights.sum())[None]

    def one_step(self) -> None:
        """Draws, learns, shares."""
        batch = curriculum.batch_at(self.options.seed, self.step, self.rank, self.progress)
        losses = self._losses(batch)
        only_eyes = not len(batch.ids)
        scale = torch.tensor([1.0, *DENSE_WEIGHTS]) if only_eyes else JOINT_SCALE
        (losses.nan_to_num(0.0) * scale).sum().backward()
        self.optimizer.share_gradients()
        self.optimizer.step(self.options.peak * rate(self.step, self.progress))
        self.step += 1
        now = losses.detach()
        old = now if self.means is None else self.means
        mixed = torch.where(old.isnan(), now, 0.97 * old + 0.03 * now)
        self.means = torch.where(now.isnan(), old, mixed)

    def advance(self, began: float, spent_before_s: float) -> None:
        """Agrees with the other processes on how far the run has come."""
        self.spent_s = spent_before_s + time.monotonic() - began
        if self.step % AGREE_EVERY:
            return
        by_clock = self.spent_s / 60 / self.options.minutes if self.options.minutes else 0.0
        here = torch.tensor([max(self.step / self.options.steps, by_clock)])
        dist.all_reduce(here, op=dist.ReduceOp.MAX)
        self.progress = min(1.0, here.item())

    def validate(self) -> None:
        """Measures, and keeps the weights if they are the best so far."""
        counts = measure.by_task(self.model, self.questions)
        score = measure.mean_of_tasks(counts)
        LOG.info("validation %.3f %s", score, measure.summary(counts))
        if score > self.best:
            self.best = score
            self.save("best")

    def go(self) -> None:
        """Trains until the steps or the minutes are used up."""
        began, before = time.monotonic(), self.spent_s
        saved = validated = began
        while self.progress < 1:
            self.one_step()
            self.advance(began, before)
            if self.rank:
                continue
            now = time.monotonic()
            if self.step % 25 == 0:
                means = [round(value, 3) for value in self.means.tolist()]
                LOG.info("%d %.0fs %.3f %s", self.step, self.spent_s, self.progress, means)
            if now - validated > self.options.validate_minutes * 60:
                validated = time.monotonic()
                self.validate()
            if now - saved > SAVE_EVERY_S:
                saved = now
                self.save("last")
        if self.rank == 0:
            self.save("last")
            self.validate()


def work(rank: int, options: Options) -> None:
    """The body of one process: one thread each beats several threads in one process."""
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    where = f"file://{options.home / 'meeting-place'}"
    dist.init_process_group("gloo", init_method=where, rank=rank, world_size=options.processes)
    Run(rank, options).go()
    dist.destroy_process_group()


def main() -> None:
    """Reads the command line and starts the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--minutes", type=float, default=0, help="end by the clock, if sooner")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, default=HOME, help="where checkpoints are kept")
    parser.add_argument("--earlier", default="", help="weights of an earlier run to start from")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--validate-minutes", type=float, default=8)
    parser.add_argument("--peak", type=float, default=1.0, help="factor on the learning rates")
    options = Options(**vars(parser.parse_args()))
    options.home.mkdir(parents=True, exist_ok=True)
    (options.home / "meeting-place").unlink(missing_ok=True)
    # Freed pages given back to the system and asked for again cost a third of the time.
    os.environ.update(
        MALLOC_MMAP_MAX_="0", MALLOC_TRIM_THRESHOLD_="10000000000", MALLOC_TOP_PAD_="500000000"
    )
    mp.spawn(work, args=(options,), nprocs=options.processes)


if __name__ == "__main__":
    main()
