"""Train nano: ``python -m training.nano.train --out DIR``. Kill it anywhere, run it again.

Every 100 steps DIR gets a checkpoint (weights, both optimisers, step); a run that finds one goes
on from it and ends with the weights of an uninterrupted run. Data needs no state: step ``n`` draws
from ``Random(f"{seed}/{n}")``, and nothing else is random after the first weights. The rate stays
until the last ``--fall`` steps and the curriculum counts in steps, so the run's length may be
changed on the way until the fall begins. Loss is on answers only. It doesn't use a GPU.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from training.nano.asking import torch_asker
from training.nano.chat import PAD, Encoded, encode
from training.nano.curriculum import mix_at
from training.nano.gates import quick
from training.nano.model import Nano, Shape
from training.nano.muon import Muon
from training.nano.tasks import dialogue


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the weights. It is saved with them."""

    steps: int = 2800
    batch: int = 64  # conversations per step
    rows: int = 16  # conversations per pass, of like length: little padding, stays in the cache
    muon_lr: float = 0.02
    adam_lr: float = 0.004
    warm: int = 50
    fall: int = 1200  # last steps, in which the rate falls (linearly, to 0)
    seed: int = 7


def batch_of(plan: Plan, step: int) -> list[Encoded]:
    """The conversations of one step, shortest first."""
    rng = random.Random(f"{plan.seed}/{step}")
    mix = mix_at(step)
    return sorted((encode(dialogue(rng, mix)) for _ in range(plan.batch)), key=lambda e: len(e.ids))


def passes(plan: Plan, batch: list[Encoded]) -> Iterator[tuple[Tensor, Tensor]]:
    """``ids`` and ``targets`` ``[rows, length]``, padded right; -1 where nothing is learnt."""
    for start in range(0, len(batch), plan.rows):
        rows = batch[start : start + plan.rows]
        ids = torch.full((len(rows), len(rows[-1].ids)), PAD)
        targets = torch.full_like(ids, -1)
        for r, row in enumerate(rows):
            n = len(row.ids)
            ids[r, :n] = torch.tensor(row.ids)
            targets[r, :n] = torch.where(torch.tensor(row.learn), ids[r, :n], -1)
        yield ids[:, :-1], targets[:, 1:]


def rate_at(plan: Plan, step: int) -> float:
    """The learning rate's factor: warm up, stay, fall to 0."""
    return min(1.0, (step + 1) / plan.warm, (plan.steps - step) / plan.fall)


def optimisers(model: Nano, plan: Plan) -> list[torch.optim.Optimizer]:
    inner = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    rest = [p for n, p in model.named_parameters() if p.dim() != 2 or "embed" in n]
    adam = torch.optim.AdamW(rest, lr=plan.adam_lr, betas=(0.9, 0.98), weight_decay=0.0)
    found: list[torch.optim.Optimizer] = [Muon(inner, lr=plan.muon_lr), adam]
    for optimiser in found:
        for group in optimiser.param_groups:
            group["base"] = group["lr"]
    return found


def slopes(model: Nano, ids: Tensor, targets: Tensor) -> tuple[float, list[Tensor]]:
    """Summed loss of one pass, and its gradients (returned, so that passes may run at once)."""
    wanted = targets >= 0
    logits = model.logits(model(ids)[wanted])
    loss = cross_entropy(logits, targets[wanted], reduction="sum")
    return loss.item(), list(torch.autograd.grad(loss, list(model.parameters())))


def learn(model: Nano, opts: list[torch.optim.Optimizer], plan: Plan, step: int,
          workers: ThreadPoolExecutor) -> float:  # fmt: skip
    """One step. Returns the mean loss per answer byte, in nats.

    Each worker does whole passes alone, longest first. Two threads inside every operation waited
    for each other thousands of times a step: 10 s instead of 0.7 s once other programs used the
    same two cores. Gradients are summed in a fixed order, whoever was first.
    """
    batch = batch_of(plan, step)
    count = sum(sum(row.learn) for row in batch)
    rows = list(passes(plan, batch))[::-1]
    results = list(workers.map(lambda row: slopes(model, *row), rows))
    for parameter, parts in zip(
        model.parameters(), zip(*(grads for _, grads in results), strict=True), strict=True
    ):
        parameter.grad = torch.stack(parts).sum(0) / count
    for optimiser in opts:
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * rate_at(plan, step)
        optimiser.step()
    return sum(loss for loss, _ in results) / count


def save(path: Path, model: Nano, opts: list[torch.optim.Optimizer], **more: Any) -> None:
    """Write a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"model": model.state_dict(), "opts": [o.state_dict() for o in opts], **more}, part)
    part.replace(path)


def continues(kept: dict[str, Any], plan: Plan, shape: Shape) -> bool:
    """Whether a run of this plan would have been at this checkpoint."""
    old = Plan(**kept["plan"])
    early = kept["step"] <= min(old.steps - old.fall, plan.steps - plan.fall)
    same = replace(old, steps=plan.steps, fall=plan.fall) if early else old
    return same == plan and kept["shape"] == asdict(shape)


def forget(log: Path, step: int) -> None:
    """Drop the lines of steps that were lost with a killed run and are made again."""
    lines = log.read_text().splitlines(keepends=True) if log.exists() else []
    log.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))


def train(out: Path, plan: Plan, shape: Shape, save_every: int = 100,
          gate_every: int = 0, stop_at: int | None = None, threads: int = 1) -> Nano:  # fmt: skip
    """Train to the end (or to ``stop_at``), going on from ``out/last.pt`` if it is there."""
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    torch.manual_seed(plan.seed)
    model = Nano(shape)
    opts = optimisers(model, plan)
    step, spent, last = 0, 0.0, out / "last.pt"
    if last.exists():
        kept = torch.load(last)
        if not continues(kept, plan, shape):
            raise SystemExit(f"{last} was trained with another plan: give another --out")
        model.load_state_dict(kept["model"])
        for optimiser, state in zip(opts, kept["opts"], strict=True):
            optimiser.load_state_dict(state)
        step, spent = kept["step"], kept["seconds"]
        forget(out / "log.jsonl", step)
    began, mean, end = time.monotonic() - spent, 0.0, min(plan.steps, stop_at or plan.steps)
    while step < end:
        loss = learn(model, opts, plan, step, workers)
        mean = loss if step % 50 == 0 else mean + (loss - mean) / (step % 50 + 1)
        step += 1
        seconds = round(time.monotonic() - began, 1)
        line: dict[str, Any] = {"step": step, "seconds": seconds, "loss": round(mean, 4)}
        if gate_every and (step % gate_every == 0 or step == plan.steps):
            line |= quick(torch_asker(model, new_tokens=40))
        if step % 50 == 0 or step == end:
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
        if step % save_every == 0 or step == end:
            save(last, model, opts, step=step, seconds=seconds,
                 plan=asdict(plan), shape=asdict(shape))  # fmt: skip
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--gate-every", type=int, default=400)
    for name, value in asdict(Plan()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    for name in ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(Shape(), name))
    args = vars(parser.parse_args())
    out, gate_every, threads = args.pop("out"), args.pop("gate_every"), args.pop("threads")
    plan = Plan(**{k: v for k, v in args.items() if k in asdict(Plan())})
    shape = Shape(**{k: v for k, v in args.items() if k in asdict(Shape())})
    train(out, plan, shape, gate_every=gate_every, threads=threads)


if __name__ == "__main__":
    main()
