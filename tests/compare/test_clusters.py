"""Samples that belong together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tesuji as tj
from tesuji.compare import compare_scores, compare_whole
from tesuji.errors import InputError


def grouped_pair(
    rng: np.random.Generator, groups: int, each: int, gain: float = 0.0
) -> tuple[list[float], list[float], list[int]]:
    """0/1 scores of A and B that are equal within a group in most cases, and the groups."""
    names = np.repeat(np.arange(groups), each)
    draw = rng.random(groups)[names]
    a = np.where(draw < 0.2 + gain / 2, 0.0, 1.0)
    b = np.where((draw > 0.2 + gain / 2) & (draw < 0.4), 0.0, 1.0)
    noise = rng.random(len(names)) < 0.05
    return np.where(noise, 1 - a, a).tolist(), b.tolist(), names.tolist()


@pytest.mark.parametrize("zero_one", [True, False])
def test_samples_of_a_group_count_as_one_where_they_go_together(zero_one: bool) -> None:
    rng = np.random.default_rng(1)
    rounds, alone, together, missed = 60, 0, 0, 0
    for seed in range(rounds):
        a, b, groups = grouped_pair(rng, 30, 8)
        if not zero_one:
            scale = rng.uniform(0.9, 1.1, len(a))
            a, b = (a * scale).tolist(), (b * scale).tolist()
        plain = compare_scores(a, b, higher_is_better=True, zero_one=zero_one, seed=seed)
        by_group = compare_scores(
            a, b, higher_is_better=True, zero_one=zero_one, groups=groups, seed=seed
        )
        alone += plain.verdict != "can't tell"
        together += by_group.verdict != "can't tell"
        missed += not by_group.low <= 0.0 <= by_group.high
    assert alone / rounds > 0.25
    assert together / rounds <= 0.12 and missed / rounds <= 0.15  # 5 % and 60 rounds


def test_groups_of_one_say_what_samples_say() -> None:
    rng = np.random.default_rng(2)
    a = (rng.random(200) < 0.5).astype(float)
    b = np.where(rng.random(200) < 0.2, 1.0, a)
    plain, by_group = (
        compare_scores(a.tolist(), b.tolist(), higher_is_better=True, zero_one=True, groups=groups)
        for groups in (None, range(200))
    )
    assert by_group.gain == plain.gain and by_group.verdict == plain.verdict == "better"
    assert by_group.low == pytest.approx(plain.low, abs=0.015)
    assert "by 200 groups" in by_group.method
    slight = np.where(rng.random(200) < 0.5, a, 1 - a)
    plain, by_group = (
        compare_scores(
            a.tolist(), slight.tolist(), higher_is_better=True, zero_one=True, groups=groups
        )
        for groups in (None, range(200))
    )
    assert by_group.p == pytest.approx(plain.p, abs=0.02)
    assert plain.more is None or by_group.more == pytest.approx(plain.more, rel=0.1)


def test_a_real_gain_is_seen_by_groups_too() -> None:
    a, b, groups = grouped_pair(np.random.default_rng(3), 200, 4, gain=0.15)
    assert compare_scores(
        a, b, higher_is_better=True, zero_one=True, groups=groups
    ).verdict == "better"  # fmt: skip


def test_hardly_any_groups() -> None:
    one = compare_scores([0.0] * 9, [1.0] * 9, higher_is_better=True, zero_one=True, groups=[1] * 9)
    assert one.verdict == "can't tell" and "one group" in one.method
    two = compare_scores(
        [0.0] * 4, [1.0] * 4, higher_is_better=True, zero_one=True, groups=[1, 1, 2, 2]
    )
    assert two.verdict == "can't tell"
    same = compare_scores(
        [1.0] * 4, [1.0] * 4, higher_is_better=True, zero_one=True, groups=[1, 1, 2, 2]
    )
    assert (same.p, same.gain, same.more) == (1.0, 0.0, None)
    for compare in (
        lambda: compare_scores([1.0], [1.0], higher_is_better=True, zero_one=True, groups=[1, 2]),
        lambda: compare_whole(_share, [1], [1], [1], higher_is_better=True, groups=[1, 2]),
    ):
        with pytest.raises(InputError, match="2 groups for 1 samples"):
            compare()


def _share(answers, targets) -> float:  # type: ignore[no-untyped-def]
    return sum(a == t for a, t in zip(answers, targets, strict=True)) / len(targets)


def test_a_metric_of_the_whole_draws_whole_groups() -> None:
    a, b, groups = grouped_pair(np.random.default_rng(4), 25, 10)
    targets = [1.0] * 250
    plain, by_group = (
        compare_whole(_share, a, b, targets, higher_is_better=True, resamples=200, groups=drawn)
        for drawn in (None, groups)
    )
    assert by_group.high - by_group.low > 1.8 * (plain.high - plain.low)
    assert "by 25 groups" in by_group.method and by_group.gain == plain.gain


TOML = """
name = "grouped"
metric = "accuracy"
model = "nano"
[data]
train = "train.csv"
id = "id"
target = "label"
[split]
dev = 40
{group}
[answer]
format = "choice"
labels = ["yes", "no"]
[prompt]
user = "{{text}}"
"""


def test_runs_are_compared_by_the_groups_of_the_split(tmp_path: Path) -> None:
    rows = [f"{n},sample {n},text {n // 8},{('yes', 'no')[n % 2]}" for n in range(80)]
    (tmp_path / "train.csv").write_text("id,text,source,label\n" + "\n".join(rows) + "\n")
    methods = {}
    for group in ("", 'group = "source"'):
        (tmp_path / "competition.toml").write_text(TOML.format(group=group))
        task = tj.load(tmp_path)
        for name, wrong in (("half", 40), ("good", 16)):
            path = tmp_path / f"{name}.jsonl"
            with path.open("w") as lines:
                for n in range(80):
                    said = ("yes", "no")[(n % 2) ^ (n % 40 < wrong // 2)]
                    lines.write(json.dumps({"prompt": f"sample {n}", "output": said}) + "\n")
            tj.run(task, entry=tj.Entry(name, f"replay:{path}", task.template))
        methods[group] = tj.compare(task, "half", "good").method
    assert "McNemar" in methods[""] and "by 5 groups" in methods['group = "source"']
    assert task.groups["dev"]["8"] == task.groups["dev"]["9"] != task.groups["dev"]["0"]
