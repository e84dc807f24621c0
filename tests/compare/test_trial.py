"""Trials: which run is the best, and which runs cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tesuji as tj
from tesuji.errors import InputError
from tesuji.reports import RunReport

TOML = """
name = "signs"
metric = "{metric}"
model = "nano"
[data]
train = "train.csv"
test = "test.csv"
id = "id"
target = "label"
[split]
dev = 40
[answer]
{answer}
[prompt]
user = "{{text}}"
"""
CHOICE = 'format = "choice"\nlabels = ["yes", "no"]'
CHANCE = 'format = "number"'


class Bench:
    """A competition whose "models" are files of recorded outputs, right a given share of times."""

    def __init__(self, folder: Path, metric: str, answer: str, labels: tuple[str, str]) -> None:
        self.folder, self.answer, self.labels = folder, answer, labels
        rows = [f"{n},sample {n},{labels[n % 2]}" for n in range(60)]
        (folder / "train.csv").write_text("id,text,label\n" + "\n".join(rows) + "\n")
        (folder / "test.csv").write_text("id,text\n0,sample 0\n1,sample 1\n")
        self.measure(metric)

    def measure(self, metric: str) -> None:
        """Change the metric of competition.toml."""
        text = TOML.format(metric=metric, answer=self.answer)
        (self.folder / "competition.toml").write_text(text)
        self.task = tj.load(self.folder)

    def play(
        self, name: str, wrong: int, limit: int | None = None, split: str = "dev"
    ) -> RunReport:
        """Run an entry that answers every `wrong`-th sample wrongly (0: none)."""
        path = self.folder / f"{name}.jsonl"
        with path.open("w") as lines:
            for n in range(60):
                right = not wrong or n % wrong > 1
                said = self.labels[n % 2] if right else self.labels[1 - n % 2]
                lines.write(json.dumps({"prompt": f"sample {n}", "output": said}) + "\n")
        entry = tj.Entry(name, f"replay:{path}", self.task.template)
        return tj.run(self.task, entry=entry, limit=limit, split=split)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, "accuracy", CHOICE, ("yes", "no"))


def test_the_first_whole_run_is_the_best(bench: Bench) -> None:
    part = bench.play("part", 3, limit=10)
    assert not part.trial.kept and part.trial.comparison is None
    whole = bench.play("whole", 3)
    assert whole.trial.kept and whole.trial.before is None
    assert tj.runs(bench.task).best == {whole.run.id}


def test_only_a_better_run_is_kept(bench: Bench) -> None:
    bench.play("fair", 4)
    worse = bench.play("worse", 2)
    assert worse.trial.comparison and worse.trial.comparison.verdict == "worse"
    assert not worse.trial.kept
    same = bench.play("same", 4)
    assert same.trial.comparison and same.trial.comparison.verdict == "can't tell"
    assert not same.trial.kept
    better = bench.play("better", 0)
    assert better.trial.kept and better.trial.before and better.trial.before.entry == "fair"
    assert tj.runs(bench.task).best == {better.run.id}
    assert bench.play("better", 0).trial.kept  # again: it still is


def test_a_run_on_fewer_samples_is_compared_but_never_kept(bench: Bench) -> None:
    bench.play("poor", 2)
    part = bench.play("part", 0, limit=30)
    assert part.trial.comparison and part.trial.comparison.verdict == "better"
    assert part.trial.comparison.n == 30
    assert not part.trial.kept


def test_another_metric_asks_for_another_run(bench: Bench) -> None:
    old = bench.play("old", 4)
    bench.measure("exact")
    new = bench.play("new", 3)
    assert new.trial.kept and new.trial.before is None  # the first by this metric
    with pytest.raises(InputError, match="run it again first") as error:
        tj.compare(bench.task, old.run.id, new.run.id)
    assert f"run {old.run.id} (old)" in str(error.value)
    again = bench.play("old", 4)
    assert again.run.sent == 0  # what was recorded is not asked for again
    assert tj.compare(bench.task, again.run.id, new.run.id).n == 40


def test_runs_on_other_samples_cannot_be_compared(bench: Bench) -> None:
    """The ids of two splits may be alike: they are other samples all the same."""
    dev, train = bench.play("a", 4), bench.play("a", 4, split="train")
    with pytest.raises(InputError, match="split"):
        tj.compare(bench.task, dev.run.id, train.run.id)


def test_runs_without_a_common_sample_cannot_be_compared(bench: Bench) -> None:
    bench.play("a", 4, limit=3)
    silent = bench.folder / "silent.jsonl"
    silent.write_text('{"prompt": "nothing of these", "output": "yes"}\n')
    entry = tj.Entry("silent", f"replay:{silent}", bench.task.template)
    report = tj.run(bench.task, entry=entry, limit=3)
    assert report.run.errors == 3 and report.run.score is None and not report.trial.kept
    with pytest.raises(InputError, match="no sample in common"):
        tj.compare(bench.task, "a", "silent")


@pytest.mark.parametrize(
    ("metric", "answer", "labels"),
    [("macro_f1", CHOICE, ("yes", "no")), ("auc", CHANCE, ("1", "0"))],
)
def test_metrics_of_the_whole_compare_too(
    tmp_path: Path, metric: str, answer: str, labels: tuple[str, str]
) -> None:
    pytest.importorskip("sklearn")
    bench = Bench(tmp_path, metric, answer, labels)
    poor, good = bench.play("poor", 4), bench.play("good", 0)
    comparison = good.trial.comparison
    assert comparison and comparison.verdict == "better" and good.trial.kept
    assert (comparison.mean_a, comparison.mean_b) == pytest.approx((poor.score, 1.0))
    assert comparison.wins is None and "bootstrap" in comparison.method


def test_a_comparison_the_other_way_round_says_the_opposite(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "qwk", CHOICE, ("yes", "no"))
    bench.play("poor", 4)
    good = bench.play("good", 0).trial.comparison
    assert good and good.verdict == "better" and good.wins is None
    back = tj.compare(bench.task, "good", "poor")
    assert back.verdict == "worse" and back.gain == pytest.approx(-good.gain)


def test_a_split_that_judged_many_says_so(bench: Bench) -> None:
    bench.play("first", 3)
    assert [one.challengers for one in tj.runs(bench.task).judged] == [0]
    for wrong in (4, 5, 6, 7):
        bench.play(f"next{wrong}", wrong)
    bench.play("next7", 7)  # again: the same challenger
    judged = tj.runs(bench.task).judged[0]
    assert judged.challengers == 4 and judged.optimism is not None
    assert 0 < judged.optimism < 0.3
    said = judged.sentence()
    assert said.startswith("the dev split has judged 4 challengers: if none were any better")
    assert said.endswith(f"by about {100 * judged.optimism:.1f} points")
