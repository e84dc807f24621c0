"""The planner on made-up situations with an obvious right answer, and on real ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tesuji as tj
from tests.moves.conftest import SIZE, Bench, answer
from tesuji.moves.advice import Plan
from tesuji.moves.move import Relevance, Usage
from tesuji.moves.planner import plan
from tesuji.moves.rules import BOOK, RULES
from tesuji.moves.situation import Situation, derived_share
from tesuji.moves.stakes import Stakes
from tesuji.run.budget import Budget
from tesuji.run.ledger import FILE, Ledger, Try
from tesuji.task.metrics import METRICS
from tesuji.task.sample import Sample

HERE = dict.fromkeys(RULES)  # every move exists, none says more than the planner's rule
TWO_HUNDRED = Situation(
    stakes=Stakes(scored=200, wrong=80, plain=80),
    relevance=HERE,
    tries={"baseline": Try(1, "baseline", 3, None, False, -0.2, None, 0.0)},
)
"""200 samples, 40 % wrong, nothing the matter with their shape, the baseline tried."""


def dropped(*moves: str) -> dict[str, Try]:
    """These moves were tried on the best run and brought nothing."""
    return {name: Try(1, name, 2, None, False, -0.1, None, 0.0) for name in moves}


def made(**changes: Any) -> Situation:
    return replace(TWO_HUNDRED, **changes)


SITUATIONS: dict[str, tuple[Situation, str]] = {
    "60 % preamble": (
        made(stakes=Stakes(200, 140, mendable=120, shapeless=130, plain=10)), "process",
    ),
    "draws disagree, the right one among them, format fine": (
        made(temperature=0.8, flow="vote",
             stakes=Stakes(200, 80, plain=80, drawn=200, split=90, latent=60)), "flow",
    ),
    "the answer is often not right-shaped, no cleaner mends it": (
        made(stakes=Stakes(200, 90, shapeless=70, plain=10)), "flow",
    ),
    "four labels, and a model that scores them": (
        made(format="choice", labels=4, train=30, metric="accuracy",
             stakes=Stakes(200, 80, shapeless=10, plain=70)), "flow",
    ),
    "fifty training rows of a pure function of strings": (
        made(train=50, derived=1.0, tries={},
             stakes=Stakes(200, 160, mendable=60, shapeless=60, plain=90)), "baseline",
    ),
    "nothing is wrong": (made(score=1.0, stakes=Stakes(200)), "predict"),
    "three answers are wrong": (made(score=0.985, stakes=Stakes(200, 3, plain=3)), "predict"),
    "a metric of embeddings": (
        made(metric="sharpened_cosine", zero_one=False, embedding=True, best_possible=None,
             stakes=Stakes(200, 200, plain=200)), "attack",
    ),
    "no run and nothing looked at": (
        made(run=None, looked=False, tries={}, stakes=Stakes()), "first",
    ),
    "looked at, no run": (made(run=None, tries={}, stakes=Stakes()), "run"),
    "only a baseline was run": (
        made(model="baseline:rules", models=("baseline:rules",), looked=False), "first",
    ),
    "a baseline gets everything right": (
        made(model="baseline:rules", models=("baseline:rules",), stakes=Stakes(200)), "predict",
    ),
    "a run that was cut short": (
        made(whole=False, unfinished="1 (base)", stakes=Stakes(40, 20, plain=20)), "run",
    ),
    "nothing left to spend, nothing to mend": (
        made(left=Budget(requests=10), tries=dropped("baseline", "survey")), "predict",
    ),
    "little left to spend, something to mend": (
        made(left=Budget(requests=10), stakes=Stakes(200, 80, mendable=40, shapeless=40, plain=40)),
        "process",
    ),
    "right-shaped answers that lack facts, what is cheaper tried": (
        made(flow="vote", models=("a", "b", "c"), stakes=Stakes(200, 120, plain=120, drawn=200),
             tries=dropped("baseline", "models", "stronger", "prompt")), "rag",
    ),
    "many training rows, all else tried": (
        made(format="probabilities", labels=3, train=50_000, flow="choose", tries=dropped(
            "baseline", "models", "prompt", "stronger", "survey", "rag", "flow"
        )), "finetune",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_obvious_comes_first(name: str) -> None:
    situation, expected = SITUATIONS[name]
    made = plan(situation)
    assert made.advice[0].move == expected
    assert made.top[0].move == expected and made.top[0].command.startswith("tesuji ")


def test_every_move_is_in_the_plan_once_with_a_reason() -> None:
    for situation, _ in SITUATIONS.values():
        made = plan(situation)
        names = [one.move for one in made.advice if not one.step]
        assert sorted(names) == sorted(BOOK) == sorted(RULES) and len(BOOK) == 12
        assert all(len(one.why) > 10 for one in made.advice)
        for one in made.advice:
            assert bool(one.command) == (one.state != "missing") or not one.most
            assert 0 <= one.expected <= one.most <= 1 or one.step
            assert one.evidence or not one.expected


def test_what_this_version_lacks_is_named_and_never_proposed() -> None:
    without = {name: None for name in RULES if name not in ("attack", "rag")}
    situation = replace(SITUATIONS["a metric of embeddings"][0], relevance=without)
    made = plan(situation)
    assert made.advice[0].move == "attack" and made.advice[0].state == "missing"
    assert made.advice[0].command == ""
    assert made.top and not {"attack", "rag"} & {one.move for one in made.top}


def test_on_a_small_dev_split_it_says_that_no_test_can_tell() -> None:
    (note,) = plan(made(dev=8, stakes=Stakes(8, 6, plain=6))).notes
    assert "8 samples: no test can tell a gain under 62 points" in note
    assert "no move promises" not in note
    hopeless = made(dev=10, left=Budget(requests=1), stakes=Stakes(10, 6, mendable=2, plain=1),
                    tries=dropped("baseline", "survey"))  # fmt: skip
    assert [one.move for one in plan(hopeless).top] == ["process"]
    assert "no move promises as much" in plan(hopeless).notes[0]
    assert "[split] dev" in plan(hopeless).notes[0]
    assert "even one of 26 it would often miss" in note
    (more,) = plan(made(dev=48, stakes=Stakes(48, 30, plain=30))).notes
    assert "a gain under 10 points there" in more and "only one of 19 or more" in more
    assert plan(made()).notes == ()


@pytest.mark.parametrize(("zero_one", "dev"), [(z, n) for z in (True, False) for n in (9, 48, 49)])
def test_the_smallest_gain_that_can_be_told_is_what_the_referee_needs(
    zero_one: bool, dev: int
) -> None:
    from tesuji.compare.paired import compare_scores

    fewest = made(dev=dev, zero_one=zero_one).fewest
    for changed, verdict in ((fewest, "better"), (fewest - 1, "can't tell")):
        after = [1.0] * changed + [0.0] * (dev - changed)
        found = compare_scores([0.0] * dev, after, higher_is_better=True, zero_one=zero_one)
        assert found.verdict == verdict, changed


def test_limits_put_off_what_costs_more() -> None:
    poor = plan(made(left=Budget(requests=300), stakes=Stakes(200, 80, shapeless=60, plain=20)))
    assert poor.of("prompt").state == "later"
    assert "1,600 requests, and 300 are left" in poor.of("prompt").why
    assert poor.of("flow").state == "now"
    clock = made(limits={"seconds": 30.0}, pace=0.1, test=200, flow="ask",
                 stakes=Stakes(200, 80, plain=80, drawn=200, split=90, latent=60))  # fmt: skip
    assert "would pass the limit of 30 seconds" in plan(clock).of("flow").why
    tight = plan(made(limits={"seconds": 22.0}, pace=0.1))
    assert any("22 seconds" in note and "little is left" in note for note in tight.notes)
    over = plan(made(limits={"tokens": 1000}, usage=Usage(1, 50, 20, 0.1)))
    assert any("would be cut short" in note for note in over.notes)


def test_costs_are_those_of_the_recorded_samples() -> None:
    s = made(usage=Usage(2.0, 400.0, 100.0, 3.0), pace=0.5, model="openai:gpt-4o-mini")
    cost = plan(s).of("prompt").cost
    assert cost.requests == 1600 and cost.tokens == 1600 * 250 and cost.seconds == 800
    assert cost.usd == pytest.approx((1600 * 200 * 0.15 + 1600 * 50 * 0.60) / 1e6)
    assert plan(made(model="https://far/v1#m")).of("prompt").cost.usd is None
    assert plan(made()).of("process").cost.free


def test_what_a_move_says_of_itself_counts() -> None:
    own = Relevance("cleaners have work in 9 of 200 outputs", 0.045, 0, 0.04, "measured")
    s = made(relevance={**HERE, "process": own}, stakes=Stakes(200, 80, mendable=60, plain=20))
    found = plan(s).of("process")
    assert found.why == own.why and found.most == 0.045
    assert found.expected == 0.04 and found.evidence == "measured"
    rules = Relevance("rules can be fitted to 100 rows", 0.4, 0)
    s = replace(s, relevance={**HERE, "baseline": rules}, tries={})
    assert plan(s).of("baseline").why == rules.why
    told = plan(replace(s, derived=1.0)).of("baseline").why
    assert told.startswith("the answers are made of") and told.endswith(rules.why)
    nothing = Relevance("no failure that a cleaner mends", 0.0, 0)
    assert plan(replace(s, relevance={**HERE, "process": nothing})).of("process").state == "later"
    asked = Relevance("three prompts", 0.3, 600)
    assert plan(replace(s, relevance={**HERE, "prompt": asked})).of("prompt").cost.requests == 600


def test_nothing_is_prompted_or_cleaned_where_no_model_answers() -> None:
    found = plan(made(model="baseline:rules", models=("baseline:rules", "nano")))
    assert found.advice[0].move not in ("first", "run")
    assert "one model was run" in found.of("models").why
    for move in ("prompt", "flow", "process"):
        assert found.of(move).state == "later" and "without an LLM" in found.of(move).why


def test_a_move_that_lacks_a_package_is_put_off_and_says_so(bench: Bench) -> None:
    from tesuji.errors import ConfigError, MissingExtraError
    from tesuji.moves.evidence import no_run
    from tesuji.moves.looking import relevances
    from tesuji.moves.survey import Survey

    class Poor(Survey):
        def check(self, task: tj.Task) -> None:
            raise MissingExtraError("optuna", "tune", "the move")

    class Unset(Survey):
        def check(self, task: tj.Task) -> None:
            raise ConfigError("name a model: --with URI")

    found = relevances({"poor": Poor, "unset": Unset}, no_run(bench.task, "dev"))
    poor, unset = found["poor"], found["unset"]
    assert poor is not None and poor.gain == 0 and "pip install 'tesuji[tune]'" in poor.why
    assert unset is not None and unset.gain > 0 and not unset.why
    asked = replace(unset, gain=0.4)
    assert (
        "one model"
        in plan(made(relevance={**HERE, "models": asked}, models=("a",))).of("models").why
    )


OUTCOMES = {
    "kept": (Try(0, "prompt", 3, 1, True, 1.2, None, 0.0), "kept +1.2", "now"),
    "dropped": (Try(1, "prompt", 3, None, False, -0.3, None, 0.0), "dropped -0.3", "done"),
    "dropped before": (
        Try(0, "prompt", 3, None, False, 0.1, None, 0.0), "dropped +0.1 on run 0", "now",
    ),
    "cut short": (Try(1, "prompt", 1, None, False, None, "the budget", 0.0), "cut short", "now"),
    "nothing to compare": (Try(1, "prompt", 0, None, False, None, None, 0.0), "looked", "done"),
    "kept and undone": (
        Try(1, "prompt", 3, 2, True, 0.3, None, 0.0), "kept +0.3, undone", "done",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_was_tried_is_marked(name: str) -> None:
    tried, outcome, state = OUTCOMES[name]
    found = plan(made(tries={"prompt": tried})).of("prompt")
    assert (found.outcome, found.state) == (outcome, state)


def test_answers_made_of_a_fields_letters_are_told_from_others() -> None:
    def share(pairs: list[tuple[str, Any]]) -> float:
        return derived_share([Sample(str(n), {"text": a}, b) for n, (a, b) in enumerate(pairs)])

    assert share([("abcde", "edcba"), ("hello", "ehllo"), ("a-b-c", "abc")]) == 1
    assert share([("what is the capital of france?" * 9, "paris")]) == 0
    assert share([("abc", "abcc"), ("abc", "xyz"), ("ab", "ba"), ("a", None)]) == 0
    assert share([]) == 0


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("format", ["text", "choice", "number", "json", "code", "probabilities"])
def test_any_format_and_metric_has_a_plan(format: str, metric: str) -> None:
    for stakes in (Stakes(), Stakes(200), Stakes(200, 200, 200, 200, 200, 200, 200, 200)):
        s = made(format=format, metric=metric, stakes=stakes, labels=3 * (format == "choice"),
                 score=None if not stakes.scored else 0.1)  # fmt: skip
        assert isinstance(plan(s), Plan) and len(plan(s).advice) >= 12
    assert plan(made(format=format, metric=metric, run=None, train=0, test=0, dev=1)).top


REAL: dict[str, tuple[str, str, str, str, str]] = {
    # metric, answer format, a target as a cell of a CSV file, a right output, a wrong one
    "choice": ("qwk", 'format = "choice"\nlabels = ["yes", "no"]', "yes", "yes", "no"),
    "numbers": ("rmse", 'format = "integer"', "12", "12", "7"),
    "boxed": ("exact", 'format = "boxed"', "12", r"\boxed{12}", r"so \boxed{7}"),
    "json": ("exact", 'format = "json"', '"{""a"": 1}"', '{"a": 1}', '{"a": 2}'),
    "probabilities": (
        "log_loss", 'format = "probabilities"\nlabels = ["yes", "no"]', "yes",
        '{"yes": 0.8, "no": 0.2}', '{"yes": 0.3, "no": 0.7}',
    ),
    "text": ("levenshtein", 'format = "text"', "abc", "abc", "cba"),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_runs_of_any_format_are_counted(name: str, tmp_path: Path) -> None:
    """Thirty questions, of which ten are answered right, whatever an answer is."""
    metric, format, target, right, wrong = REAL[name]
    rows = "".join(f"{n},q{n},{target}\n" for n in range(30))
    (tmp_path / "dev.csv").write_text("id,question,answer\n" + rows)
    (tmp_path / "train.csv").write_text(f"id,question,answer\nt,w,{target}\n")
    (tmp_path / "competition.toml").write_text(
        f'metric = "{metric}"\n[data]\ntrain = "train.csv"\ndev = "dev.csv"\nid = "id"\n'
        f'target = "answer"\n[answer]\n{format}\n[prompt]\nuser = "{{question}}"\n'
    )
    said = [{"prompt": f"q{n}", "output": wrong if n % 3 else right} for n in range(30)]
    (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, said)))
    task = tj.load(tmp_path)
    assert tj.run(task, f"replay:{tmp_path}/said.jsonl").run.answered == 30
    report = tj.next_moves(task)
    assert (report.plan.situation.stakes.scored, report.plan.situation.stakes.wrong) == (30, 20)
    assert report.plan.top and report.to_json()["stakes"]["wrong"] == 20


def test_stakes_are_counted_in_what_is_recorded(bench: Bench) -> None:
    """A vote of three: sixty questions of which every kind of failure has its own ten."""
    said: list[tuple[str, str]] = []
    for n in range(SIZE):
        right, wrong = answer(n), "other"
        draws = {
            0: (right, right, right), 1: (wrong, wrong, right), 2: (wrong, wrong, wrong),
            3: ("Sure! " + wrong,) * 3, 4: ("123 456",) * 3, 5: (right, right, wrong),
        }[n % 6]  # fmt: skip
        said += [(f"q{n}", text) for text in draws]
    entry = bench.record(said)
    tj.run(bench.task, entry=tj.derive(entry, flow="vote", options={"n": 3}, name="three"))
    stakes = tj.next_moves(bench.task).plan.situation.stakes
    assert stakes.scored == SIZE and stakes.wrong == 40
    assert stakes.split == 20 and stakes.latent == 10
    assert stakes.mendable == 10 and stakes.shapeless >= 10 and stakes.plain >= 10


def test_looking_sends_and_writes_nothing(bench: Bench) -> None:
    assert tj.next_moves(bench.task).plan.advice[0].move == "first"
    assert not (bench.folder / FILE).exists()
    entry = bench.record([(f"q{n}", f"Sure! {answer(n)}") for n in range(SIZE)])
    tj.run(bench.task, entry=entry, limit=30)
    with Ledger(bench.folder / FILE) as ledger:
        before = "\n".join(ledger.connection.iterdump())
    bench.outputs.unlink()  # the model is gone
    report = tj.next_moves(bench.task)
    with Ledger(bench.folder / FILE) as ledger:
        assert "\n".join(ledger.connection.iterdump()) == before
    assert report.plan.situation.stakes.scored == 30
    assert "<td" in report._repr_html_()


def test_after_a_move_the_plan_knows_it(bench: Bench) -> None:
    tj.run(bench.task, entry=bench.record([(f"q{n}", f"Sure! {answer(n)}") for n in range(SIZE)]))
    assert tj.next_moves(bench.task).plan.top[0].move == "process"
    assert tj.try_move(bench.task, "process").kept
    done = tj.next_moves(bench.task).plan
    assert done.of("process").state == "later" and "kept +" in done.of("process").outcome
    assert not done.top  # all is right, and there is no test split to predict
    assert [link.move for link in tj.best(bench.task).chain] == ["run", "process"]
    tj.undo(bench.task)
    again = tj.next_moves(bench.task).plan.of("process")
    assert again.state == "done" and "undone" in again.outcome


def test_the_pace_of_a_best_that_sent_nothing_is_that_of_the_run_behind_it(bench: Bench) -> None:
    said = [answer(n) if n % 3 else "dunno" for n in range(SIZE)]
    entry = bench.record([(f"q{n}", f"Sure! Here it is:\n\n{said[n]}") for n in range(SIZE)])
    first = tj.run(bench.task, entry=entry).run
    tried = tj.try_move(bench.task, "process")
    assert tried.kept and tried.tried.sent == 0
    costs = [one.cost for one in tj.next_moves(bench.task).plan.advice if one.cost.requests]
    assert costs
    for cost in costs:
        assert cost.seconds == pytest.approx(cost.requests * first.all_seconds / first.all_sent)
