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
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import parametrize

from training.nano.asking import torch_asker
from training.nano.chat import Turn, encode
from training.nano.gates import DEMO_ONLY, conversation, rates, reversals, word
from training.nano.model import Nano, Shape
from training.nano.tasks import solve

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


def batch(rng: random.Random, rows: int) -> tuple[Tensor, Tensor]:
    """Strings of one length to reverse, all asked alike; so nothing needs padding."""
    length, found = rng.choice(LENGTHS), []
    for _ in range(rows):
        item = solve("reverse", word(rng, length))
        turns = [*conversation(rng, item, DEMO_ONLY), Turn("assistant", item.answer, True)]
        found.append(encode(turns))
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
        ids, targets = batch(rng, rows)
        loss = cross_entropy(model.logits(model(ids)).flatten(0, 1), targets.flatten(),
                             ignore_index=-1)  # fmt: skip
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        steps += 1
    return steps


def exact(model: Nano) -> dict[int, float]:
    """Exact answers by length, 200 strings each."""
    asker = torch_asker(model, new_tokens=24)
    return {n: rates(asker, DEMO_ONLY, reversals([n], f"lora{n}"), "lora").exact for n in LENGTHS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=120)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = shipped(args.folder)
    before = exact(model)
    steps = tune(model, args.seconds)
    after = exact(model)
    print(f"{steps} steps in {args.seconds:g} s of CPU time")
    for n in LENGTHS:
        print(f"{n} letters: {before[n]:.2f} -> {after[n]:.2f}")


if __name__ == "__main__":
    main()
