"""Training nano: kill it, run it again, and the weights are those of an uninterrupted run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from training.nano.model import Nano, Shape  # noqa: E402
from training.nano.train import Plan, rate_at, train  # noqa: E402

TINY = Shape(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48)
SHORT = Plan(steps=8, batch=6, rows=3, warm=2, fall=4)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # sums in another order give other last digits


def test_a_killed_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", SHORT, TINY)
    train(tmp_path / "cut", SHORT, TINY, stop_at=3)
    with (tmp_path / "cut/log.jsonl").open("a") as log:  # written, but its step was lost
        log.write('{"step": 5, "loss": 9.9}\n')
    cut = train(tmp_path / "cut", SHORT, TINY)
    for (name, a), b in zip(whole.named_parameters(), cut.parameters(), strict=True):
        assert torch.equal(a, b), name
    steps = [json.loads(line)["step"] for line in (tmp_path / "cut/log.jsonl").open()]
    assert steps == [3, 8]


def test_the_weights_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    one = train(tmp_path / "one", SHORT, TINY, threads=1)
    two = train(tmp_path / "two", SHORT, TINY, threads=2)
    for (name, a), b in zip(one.named_parameters(), two.parameters(), strict=True):
        assert torch.equal(a, b), name


def test_another_plan_does_not_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    train(tmp_path, SHORT, TINY, stop_at=1)
    with pytest.raises(SystemExit, match="another plan"):
        train(tmp_path, replace(SHORT, seed=8), TINY)


def test_the_length_may_change_until_the_rate_falls(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", SHORT, TINY)
    train(tmp_path / "cut", replace(SHORT, steps=20), TINY, stop_at=4)
    cut = train(tmp_path / "cut", SHORT, TINY)
    assert torch.equal(whole.model.embed_tokens.weight, cut.model.embed_tokens.weight)
    with pytest.raises(SystemExit, match="another plan"):
        train(tmp_path / "cut", replace(SHORT, steps=20), TINY)


def test_training_learns(tmp_path: Path) -> None:
    plan = Plan(steps=40, batch=16, rows=16, warm=2, fall=20, muon_lr=0.05)
    train(tmp_path, plan, TINY, stop_at=1)
    train(tmp_path, plan, TINY)
    losses = [json.loads(line)["loss"] for line in (tmp_path / "log.jsonl").open()]
    assert losses[0] > 5 > losses[-1]


def test_the_rate_warms_up_and_falls_to_nothing() -> None:
    plan = Plan(steps=100, warm=10, fall=50)
    rates = [rate_at(plan, step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10] == rates[50] == 1.0
    assert rates[100] == 0.0


def test_the_model_is_a_llama() -> None:
    """The same weights give transformers' Llama the same logits."""
    transformers = pytest.importorskip("transformers")
    from training.nano.export import model_config

    torch.manual_seed(1)
    ours = Nano(TINY)
    config = transformers.LlamaConfig(**{**model_config(TINY), "dtype": "float32"})
    theirs = transformers.LlamaForCausalLM(config)
    theirs.load_state_dict(ours.state_dict(), strict=False)
    theirs.tie_weights()
    ids = torch.randint(0, 256, (2, 40))
    with torch.no_grad():
        assert torch.allclose(ours.logits(ours(ids)), theirs(ids).logits, atol=1e-4)
