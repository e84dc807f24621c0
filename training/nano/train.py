"""Train nano: ``python -m training.nano.train --out DIR``. Kill it anywhere, run it again.

Every 100 steps of a stage the lessons' exams are taken, a line is logged, and DIR gets a checkpoint
(weights, both optimisers, place); a run that finds one goes on from it and ends with the weights of
an uninterrupted run. A stage ends once its gates hold, or after its steps. Data needs no state:
step ``n`` draws from ``Random(f"{seed}/{n}")``, and nothing else is random after the first weights,
which ``--from FILE`` gives (a ``model.safetensors``). Stages to come may be changed on the way.
Loss is on answers, and on hints where a stage says so. It doesn't use a GPU, and a start from
scratch with these stages was not tried.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from training.nano.chat import PAD, Encoded, encode
from training.nano.curriculum import EDITIONS, Stage
from training.nano.exams import exams
from training.nano.lessons import draw
from training.nano.model import Nano, Shape
from training.nano.muon import Muon


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the weights, beside the stages. It is saved with them."""

    rows: int = 4  # conversations per pass, of like length: little padding, stays in the cache
    muon_lr: float = 0.016
    adam_lr: float = 0.003
    warm: int = 50
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run is: steps made, the stage, and the steps made in it."""

    step: int = 0
    stage: int = 0
    within: int = 0


def batch_of(plan: Plan, stage: Stage, step: int) -> list[Encoded]:
    """The conversations of one step, shortest first."""
    rng = random.Random(f"{plan.seed}/{step}")
    drawn = [draw(rng, stage.lessons) for _ in range(stage.batch)]
    if not stage.spots:
        drawn = [[t if isinstance(t.hint, str) else replace(t, hint="") for t in d] for d in drawn]
    return sorted(map(encode, drawn), key=lambda e: len(e.ids))


def passes(plan: Plan, batch: list[Encoded]) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """``ids``, ``targets`` and ``hints`` ``[rows, length]``, padded right; -1 where nothing is."""
    for start in range(0, len(batch), plan.rows):
        rows = batch[start : start + plan.rows]
        ids = torch.full((len(rows), len(rows[-1].ids)), PAD)
        targets, hints = torch.full_like(ids, -1), torch.full_like(ids, -1)
        for r, row in enumerate(rows):
            n = len(row.ids)
            ids[r, :n] = torch.tensor(row.ids)
            targets[r, :n] = torch.where(torch.tensor(row.learn), ids[r, :n], -1)
            hints[r, :n] = torch.tensor(row.hints)
        yield ids[:, :-1], targets[:, 1:], hints[:, :-1]


def rate_at(plan: Plan, stages: Sequence[Stage], place: Place) -> float:
    """The learning rate's factor: warm up, then what the stage says, from its begin to its end."""
    warm = min(1.0, (place.step + 1) / plan.warm)
    stage = stages[place.stage]
    begin, end = stage.rate
    return min(warm, begin + (end - begin) * place.within / stage.steps)


def optimisers(model: Nano, plan: Plan) -> list[torch.optim.Optimizer]:
    inner = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    rest = [p for n, p in model.named_parameters() if p.dim() != 2 or "embed" in n]
    adam = torch.optim.AdamW(rest, lr=plan.adam_lr, betas=(0.9, 0.98), weight_decay=0.0)
    found: list[torch.optim.Optimizer] = [Muon(inner, lr=plan.muon_lr), adam]
    for optimiser in found:
        for group in optimiser.param_groups:
            group["base"] = group["lr"]
    return found


def slopes(model: Nano, hinted: float, ids: Tensor, targets: Tensor, hints: Tensor
           ) -> tuple[float, list[Tensor]]:  # fmt: skip
    """Loss of one pass, and its gradients (returned, so that passes may run at once).

    A conversation counts by the square root of its answer bytes. By the byte, a letter's share
    would be lost in the 35 bytes of a worked sum; all alike, most of those bytes would be wasted.
    A hint weighs ``hinted`` answer bytes, in the middle of the network (deep supervision, Lee et
    al. 2015).
    """
    wanted = targets >= 0
    share = (1 / wanted.sum(1, keepdim=True).sqrt()).expand(wanted.shape)
    middle, last = model.thoughts(ids)
    loss = _loss(model.logits(last[wanted]), targets[wanted], share[wanted])
    if hinted and bool((found := hints >= 0).any()):
        loss = loss + hinted * _loss(model.logits(middle[found]), hints[found], share[found])
    return loss.item(), list(torch.autograd.grad(loss, list(model.parameters())))


def _loss(logits: Tensor, targets: Tensor, shares: Tensor) -> Tensor:
    return (cross_entropy(logits, targets, reduction="none") * shares).sum()


def learn(model: Nano, opts: list[torch.optim.Optimizer], plan: Plan, batch: list[Encoded],
          rate: float, workers: ThreadPoolExecutor, hinted: float = 0.0) -> float:  # fmt: skip
    """One step. Returns the loss.

    Each worker does whole passes alone, longest first. Two threads inside every operation waited
    for each other thousands of times a step: 10 s instead of 0.7 s once other programs used the
    same two cores. Gradients are summed in a fixed order, whoever was first.
    """
    weight = sum(math.sqrt(sum(row.learn)) for row in batch)
    rows = list(passes(plan, batch))[::-1]
    results = list(workers.map(lambda row: slopes(model, hinted, *row), rows))
    for parameter, parts in zip(
        model.parameters(), zip(*(grads for _, grads in results), strict=True), strict=True
    ):
        parameter.grad = torch.stack(parts).sum(0) / weight
    for optimiser in opts:
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * rate
        optimiser.step()
    return sum(loss for loss, _ in results) / weight


def save(path: Path, model: Nano, opts: list[torch.optim.Optimizer], **more: Any) -> None:
    """Write a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"model": model.state_dict(), "opts": [o.state_dict() for o in opts], **more}, part)
    part.replace(path)


def forget(log: Path, step: int) -> None:
    """Drop the lines of steps that were lost with a killed run and are made again."""
    lines = log.read_text().splitlines(keepends=True) if log.exists() else []
    log.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))


def onward(place: Place, stages: Sequence[Stage], marks: Mapping[str, float]) -> Place:
    """The place after one more step: the next stage if this one's gates hold or time is up."""
    stage = stages[place.stage]
    held = bool(stage.gates) and all(k in marks and marks[k] >= v for k, v in stage.gates.items())
    if held or place.within + 1 >= stage.steps:
        return Place(place.step + 1, place.stage + 1, 0)
    return Place(place.step + 1, place.stage, place.within + 1)


def begun(out: Path, plan: Plan, shape: Shape, start: Path | None
          ) -> tuple[Nano, list[torch.optim.Optimizer], Place, float]:  # fmt: skip
    """Model, optimisers, place and seconds spent: of the checkpoint, or of a new run."""
    torch.manual_seed(plan.seed)
    model = Nano(shape)
    if start is not None:
        from safetensors.torch import load_file

        model.load_state_dict({k: v.float() for k, v in load_file(start).items()})
    opts, last = optimisers(model, plan), out / "last.pt"
    if not last.exists():
        return model, opts, Place(), 0.0
    kept = torch.load(last)
    if kept["plan"] != asdict(plan) or kept["shape"] != asdict(shape):
        raise SystemExit(f"{last} was trained with another plan: give another --out")
    model.load_state_dict(kept["model"])
    for optimiser, state in zip(opts, kept["opts"], strict=True):
        optimiser.load_state_dict(state)
    forget(out / "log.jsonl", kept["place"]["step"])
    return model, opts, Place(**kept["place"]), kept["seconds"]


def train(out: Path, plan: Plan, shape: Shape, stages: Sequence[Stage], every: int = 100,
          stop_at: int | None = None, threads: int = 1, start: Path | None = None
          ) -> Nano:  # fmt: skip
    """Train to the end (or to step ``stop_at``), going on from ``out/last.pt`` if it is there.

    Every so many steps of a stage its exams are taken, a line is logged and a checkpoint written.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    model, opts, place, spent = begun(out, plan, shape, start)
    began, losses = time.monotonic() - spent, list[float]()
    while place.stage < len(stages) and place.step != stop_at:
        stage = stages[place.stage]
        batch = batch_of(plan, stage, place.step)
        rate = rate_at(plan, stages, place)
        losses.append(learn(model, opts, plan, batch, rate, workers, stage.hinted))
        due = (place.within + 1) % every == 0 or place.within + 1 == stage.steps
        marks = exams(model, stage.lessons) if due else {}
        place = onward(place, stages, marks)
        if due or place.step == stop_at:
            seconds = round(time.monotonic() - began, 1)
            mean, losses = sum(losses) / len(losses), []
            line = {"step": place.step, "stage": stage.name, "seconds": seconds,
                    "loss": round(mean, 4), **marks}  # fmt: skip
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            save(out / "last.pt", model, opts, place=asdict(place), seconds=seconds,
                 plan=asdict(plan), shape=asdict(shape))  # fmt: skip
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", dest="start", type=Path, help="weights to begin with")
    parser.add_argument("--edition", choices=EDITIONS, default="third")
    parser.add_argument("--threads", type=int, default=1)
    for name, value in asdict(Plan()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    args = vars(parser.parse_args())
    out, start, threads = args.pop("out"), args.pop("start"), args.pop("threads")
    stages = EDITIONS[args.pop("edition")]
    train(out, Plan(**args), Shape(), stages, threads=threads, start=start)


if __name__ == "__main__":
    main()
