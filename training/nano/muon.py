"""Muon (Keller Jordan 2024): momentum whose update is made orthogonal by Newton-Schulz.

``torch.optim.Muon`` iterates in bf16, which a CPU without bf16 hardware emulates slowly. This one
is fp32 and treats all matrices of one shape in one batched product.
"""

# mypy: disable-error-code="misc, untyped-decorator"
# (PyTorch is untyped in this project's checks, so its classes look like Any.)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


def orthogonal(g: Tensor, steps: int = 5) -> Tensor:
    """Nearest-orthogonal of each matrix of ``[n, rows, columns]``, roughly (quintic iteration)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = g.shape[-2] > g.shape[-1]
    x = g.mT if tall else g
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        s = x @ x.mT
        x = a * x + (b * s + c * s @ s) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """For weight matrices only; embeddings and norms go to AdamW."""

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.95,
                 weight_decay: float = 0.01) -> None:  # fmt: skip
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        for group in self.param_groups:
            alike: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for p in group["params"]:
                alike[p.shape].append(p)
            for shape, params in alike.items():
                looks = []
                for p in params:
                    assert p.grad is not None
                    past = self.state[p].setdefault("momentum", torch.zeros_like(p))
                    past.lerp_(p.grad, 1 - group["momentum"])
                    looks.append(p.grad.lerp(past, group["momentum"]))  # Nesterov
                step = orthogonal(torch.stack(looks))
                size = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                for p, s in zip(params, step, strict=True):
                    p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(s, alpha=size)
