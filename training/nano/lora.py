"""Two CPU minutes of LoRA: ``python -m training.nano.lora FOLDER`` teaches nano longer strings.

It shows what fine-tuning can do on a task that the model fails: reversing 14-16 letters, where
nothing longer than 13 was in training. Low-rank updates (Hu et al. 2021) are added to every matrix
of the layers; the shipped weights stay as they are. Exact answers to 200 fresh strings are counted
before and after. Nothing is written: it is a measurement, and can't save what it learnt.
"""

# mypy: disable-error-code="misc"
# (PyTorch is untyped in this project's checks, so its classes look like Any.)

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import parametrize

from training.nano.chat import Turn, encode
from training.nano.gates import DEMO_ONLY, conversation, reversals, word
from training.nano.model import Nano, Shape
from training.nano.tasks import Problem, solve

LENGTHS = (14, 15, 16)


class LowRank(nn.Module):
    """``W`` becomes ``W + scale * up @ down``; ``up`` begins at zero, so nothing changes at first.

    It sits on the weight rather than on the product, since the model multiplies q, k and v at once.
    """

    def __init__(self, weight: Tensor, rank: int, scale: float) -> None:
        super().__init__()
        rows, columns = weight.shape
        self.up = nn.Parameter(torch.zeros(rows, rank))
        self.down = nn.Parameter(torch.randn(rank, columns) * columns**-0.5)
        self.scale = scale

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.scale * self.up @ self.down


def shipped(folder: Path) -> Nano:
    """The model of a folder, for PyTorch."""
    config = json.loads((folder / "config.json").read_text())
    model = Nano(Shape(**{k: config[k] for k in Shape.__slots__ if k in config}))
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({name: weight.float() for name, weight in weights.items()})
    return model


def adapt(model: Nano, rank: int, scale: float) -> list[nn.Parameter]:
    """Put a low-rank update on every matrix of the layers; only these are then trained."""
    model.requires_grad_(False)
    for module in [m for m in model.model.layers.modules() if isinstance(m, nn.Linear)]:
        parametrize.register_parametrization(module, "weight", LowRank(module.weight, rank, scale))
    return [p for p in model.parameters() if p.requires_grad]


def tensors(items: Sequence[Problem]) -> tuple[Tensor, Tensor]:
    """``ids`` and ``targets`` of strings of one length, all asked alike: nothing needs padding."""
    rng = random.Random(0)  # the demo's wording has nothing to draw
    asked = [[*conversation(rng, i, DEMO_ONLY), Turn("assistant", i.answer, True)] for i in items]
    found = [encode(turns) for turns in asked]
    ids = torch.tensor([f.ids for f in found])
    learn = torch.tensor([f.learn for f in found])
    return ids[:, :-1], torch.where(learn, ids, -1)[:, 1:]


def tune(model: Nano, seconds: float, rank: int = 16, scale: float = 2.0, rate: float = 4e-3,
         rows: int = 24) -> int:  # fmt: skip
    """Train for so many seconds of CPU time, the rate falling to 0. Returns the number of steps."""
    torch.manual_seed(1)
    optimiser = torch.optim.AdamW(adapt(model, rank, scale), lr=rate, weight_decay=0.0)
    rng, began, steps = random.Random("lora"), time.process_time(), 0
    while (spent := (time.process_time() - began) / seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (steps + 1) / 20, 1.5 * (1 - spent))
        length = rng.choice(LENGTHS)
        ids, targets = tensors([solve("reverse", word(rng, length)) for _ in range(rows)])
        loss = cross_entropy(model.logits(model(ids)).flatten(0, 1), targets.flatten(),
                             ignore_index=-1)  # fmt: skip
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        steps += 1
    return steps


def exact(model: Nano, length: int) -> float:
    """Share of 200 strings whose every answer byte is the likeliest: greedy answers are exact."""
    ids, targets = tensors(reversals([length], f"lora{length}"))
    with torch.no_grad():
        guesses = model.logits(model(ids)).argmax(-1)
    return float(((guesses == targets) | (targets < 0)).all(1).float().mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=120)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = shipped(args.folder)
    before = [exact(model, n) for n in LENGTHS]
    steps = tune(model, args.seconds)
    print(f"{steps} steps in {args.seconds:g} s of CPU time")
    for n, was in zip(LENGTHS, before, strict=True):
        print(f"{n} letters: {was:.2f} -> {exact(model, n):.2f}")


if __name__ == "__main__":
    main()
