"""Fine-tuning nano by LoRA: it begins where the model is, and leaves its weights alone."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from training.nano.gates import reversals  # noqa: E402
from training.nano.lora import adapt, exact, tensors, tune  # noqa: E402
from training.nano.model import Nano, Shape  # noqa: E402

TINY = Shape(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48)


@pytest.fixture
def model() -> Nano:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    return Nano(TINY)


def test_updates_change_nothing_at_first(model: Nano) -> None:
    ids, _ = tensors(reversals([14], "x", 4))
    before = model(ids)
    trained = adapt(model, rank=4, scale=2.0)
    assert torch.allclose(before, model(ids), atol=1e-6)
    assert all(min(p.shape) == 4 for p in trained) and len(trained) == 2 * 7 * 2


def test_only_answers_are_taken_as_targets() -> None:
    items = reversals([14], "x", 3)
    _, targets = tensors(items)
    for row, item in zip(targets, items, strict=True):
        kept = [int(t) for t in row if t >= 0]
        assert bytes(kept[:-1]).decode() == item.answer


def test_tuning_lowers_the_loss_and_leaves_the_weights(model: Nano) -> None:
    kept = {name: p.clone() for name, p in model.named_parameters()}
    ids, targets = tensors(reversals([14], "x", 32))

    def loss() -> float:
        with torch.no_grad():
            logits = model.logits(model(ids)).flatten(0, 1)
        found = torch.nn.functional.cross_entropy(logits, targets.flatten(), ignore_index=-1)
        return float(found)

    before = loss()
    assert tune(model, seconds=2.0, rank=4) > 1
    assert loss() < before
    for name, p in model.named_parameters():
        base = name.replace(".parametrizations.weight.original", ".weight")
        if base in kept:
            assert torch.equal(p, kept[base])
    assert 0.0 <= exact(model, 14) <= 1.0
