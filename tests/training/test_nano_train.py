"""Training nano: kill it, run it again, and the weights are those of an uninterrupted run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from training.nano.asking import torch_asker  # noqa: E402
from training.nano.chat import ASSISTANT, Turn  # noqa: E402
from training.nano.curriculum import Stage  # noqa: E402
from training.nano.exams import exam, right  # noqa: E402
from training.nano.model import Nano, Shape  # noqa: E402
from training.nano.train import (  # noqa: E402
    Place,
    Plan,
    batch_of,
    onward,
    passes,
    rate_at,
    slopes,
    train,
)

TINY = Shape(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48)
SHORT = Plan(rows=3, warm=2)
STAGES = (
    Stage("first", 4, {"pairs": 1.0}, batch=6),
    Stage("last", 4, {"pairs": 0.5, "strings": 0.5}, batch=6),
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # sums in another order give other last digits


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "log.jsonl").open()]


@pytest.mark.parametrize("stop", [3, 4, 6])
def test_a_killed_run_ends_with_the_same_weights(tmp_path: Path, stop: int) -> None:
    whole = train(tmp_path / "whole", SHORT, TINY, STAGES)
    train(tmp_path / "cut", SHORT, TINY, STAGES, stop_at=stop)
    with (tmp_path / "cut/log.jsonl").open("a") as log:  # written, but its step was lost
        log.write('{"step": 7, "loss": 9.9}\n')
    cut = train(tmp_path / "cut", SHORT, TINY, STAGES)
    for (name, a), b in zip(whole.named_parameters(), cut.parameters(), strict=True):
        assert torch.equal(a, b), name
    assert [line["step"] for line in lines(tmp_path / "cut")] == sorted({4, 8, stop})


def test_the_weights_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    one = train(tmp_path / "one", SHORT, TINY, STAGES, threads=1)
    two = train(tmp_path / "two", SHORT, TINY, STAGES, threads=2)
    for (name, a), b in zip(one.named_parameters(), two.parameters(), strict=True):
        assert torch.equal(a, b), name


def test_another_plan_does_not_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    train(tmp_path, SHORT, TINY, STAGES, stop_at=1)
    with pytest.raises(SystemExit, match="another plan"):
        train(tmp_path, replace(SHORT, seed=8), TINY, STAGES)


def test_a_stage_ends_when_its_gates_hold_and_not_before(tmp_path: Path) -> None:
    easy = replace(STAGES[0], steps=100, gates={"pairs": 0.0})
    hard = replace(STAGES[0], gates={"pairs": 1.0})
    train(tmp_path / "easy", SHORT, TINY, (easy, STAGES[1]), every=2)
    train(tmp_path / "hard", SHORT, TINY, (hard, STAGES[1]), every=2)
    assert [line["stage"] for line in lines(tmp_path / "easy")] == ["first", "last", "last"]
    assert [line["stage"] for line in lines(tmp_path / "hard")] == ["first"] * 2 + ["last"] * 2


def test_a_gate_that_was_not_examined_does_not_hold() -> None:
    stages = (replace(STAGES[0], gates={"pairs": 0.5}), STAGES[1])
    assert onward(Place(), stages, {}) == Place(1, 0, 1)
    assert onward(Place(), stages, {"pairs": 0.5}) == Place(1, 1, 0)
    assert onward(Place(3, 0, 3), stages, {}) == Place(4, 1, 0)


def test_a_run_begins_with_the_weights_it_is_given(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    torch.manual_seed(3)
    given = Nano(TINY)
    save_file(given.state_dict(), tmp_path / "model.safetensors")
    still = replace(SHORT, muon_lr=0.0, adam_lr=0.0)
    found = train(tmp_path / "run", still, TINY, STAGES, start=tmp_path / "model.safetensors")
    for (name, a), b in zip(given.named_parameters(), found.parameters(), strict=True):
        assert torch.equal(a, b), name


def test_training_learns(tmp_path: Path) -> None:
    stages = (Stage("first", 20, {"pairs": 1.0}, batch=16), Stage("last", 20, {"pairs": 1.0}))
    train(tmp_path, Plan(rows=16, warm=2, muon_lr=0.05), TINY, stages, stop_at=1)
    train(tmp_path, Plan(rows=16, warm=2, muon_lr=0.05), TINY, stages)
    losses = [line["loss"] for line in lines(tmp_path)]
    assert losses[0] > 5 > 3.5 > losses[-1]


def test_the_rate_warms_up_and_goes_where_each_stage_says() -> None:
    plan = Plan(warm=10)
    stages = (replace(STAGES[0], steps=50), replace(STAGES[1], steps=100, rate=(1.0, 0.0)))
    assert rate_at(plan, stages, Place(0, 0, 0)) == pytest.approx(0.1)
    assert rate_at(plan, stages, Place(49, 0, 49)) == 1.0
    assert rate_at(plan, stages, Place(50, 1, 0)) == 1.0
    assert rate_at(plan, stages, Place(149, 1, 99)) == pytest.approx(0.01)


def test_hints_teach_the_layers_before_the_middle_alone() -> None:
    torch.manual_seed(3)
    model, stage = Nano(TINY), Stage("hops", 1, {"hops": 1.0}, batch=3)
    row = next(passes(SHORT, batch_of(SHORT, stage, 1)))
    (loss, plain), (more, hinted) = slopes(model, 0.0, *row), slopes(model, 1.0, *row)
    assert more > loss + 1
    for (name, _), a, b in zip(model.named_parameters(), plain, hinted, strict=True):
        late = name.startswith("model.layers.1.")
        assert torch.allclose(a, b, atol=1e-6) == late, name


def test_hints_within_texts_come_where_a_stage_says_so() -> None:
    plain = Stage("hops", 1, {"hops": 1.0}, batch=3)
    for stage in (plain, replace(plain, spots=True)):
        inside = [i for row in batch_of(SHORT, stage, 1)
                  for i, hint in zip(row.ids, row.hints, strict=True)
                  if hint >= 0 and i != ASSISTANT]  # fmt: skip
        assert bool(inside) == stage.spots


def test_an_exam_says_right_where_greedy_decoding_would_be() -> None:
    """One pass with the right bytes before each byte says the same as writing it out."""
    torch.manual_seed(3)
    model = Nano(TINY)
    turns = [Turn("user", "ab"), Turn("assistant", "x", True)]
    assert right(model, turns) == [torch_asker(model, 3)([turns[:1]])[0] == "x"]
    favourite = torch_asker(model, 1)([turns[:1]])[0]
    with torch.no_grad():
        model.model.norm.weight.zero_()  # then every token is as likely: the first wins
    assert right(model, [turns[0], Turn("assistant", "\0", True)]) == [False]  # but no end
    assert favourite and exam(model, "pairs", 2) == 0.0


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
