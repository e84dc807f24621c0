"""`flow`, `models` and `stronger` where they reckon: what they propose, leave out, count, draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tesuji as tj
from tests.moves.conftest import SIZE, Bench, answer
from tesuji.errors import ConfigError
from tesuji.moves.evidence import no_run
from tesuji.moves.fit import load_of, misfit
from tesuji.moves.flow import Flow
from tesuji.moves.models import Models
from tesuji.moves.move import Evidence, Usage
from tesuji.moves.naming import model_label
from tesuji.moves.picture import HEIGHT, WIDTH, Point, frontier, scatter
from tesuji.moves.stakes import Stakes
from tesuji.moves.stronger import Stronger
from tesuji.run.budget import Budget
from tesuji.run.ledger import FILE, Ledger, find_run


def evidence(bench: Bench, **changes: object) -> Evidence:
    """Half of sixty answers wrong, a request each."""
    made = no_run(bench.task, "dev")
    made.entry = replace(made.entry, model="nano")
    made.usage = Usage(1.0, 50.0, 10.0, 0.1)
    made.stakes = Stakes(scored=60, wrong=30)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def tried(move: Flow, found: Evidence, budget: Budget | None = None) -> dict[str, object]:
    return {e.flow: e.options for e in move.challengers(found.entry, found, budget)}


def test_what_is_recorded_says_which_flows(bench: Bench) -> None:
    found = evidence(bench)
    assert list(tried(Flow(), found)) == ["check", "vote"]
    found.stakes = Stakes(scored=60, wrong=30, shapeless=12)
    assert list(tried(Flow(), found)) == ["retry", "check", "vote"]
    found.stakes = Stakes(scored=60, wrong=30, drawn=60, split=0)
    assert list(tried(Flow(), found)) == ["check"]  # the draws agree
    found.stakes = Stakes(scored=60, wrong=30, drawn=60, split=9)
    assert "9 of 60" in Flow().relevance(found).why
    found.stakes = Stakes(scored=60, wrong=0)
    assert not tried(Flow(), found)
    assert "as good as can be" in Flow().relevance(found).why


def test_a_vote_is_as_large_as_fits(bench: Bench) -> None:
    found = evidence(bench)
    sizes = {None: 8, 480: 8, 479: 5, 300: 5, 180: 3, 20: 3}
    for requests, n in sizes.items():
        budget = None if requests is None else Budget(requests=requests)
        assert tried(Flow(flows=("vote",)), found, budget)["vote"] == {"n": n, "temperature": 0.8}
    assert tried(Flow(n=12), found)["vote"] == {"n": 12, "temperature": 0.8}


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"requests": 100}, "about 120 requests on the 60 rows of dev, limit 100"),
        ({"tokens": 7000}, "about 7,200 tokens on the 60 rows of dev, limit 7,000"),
        ({"seconds": 11.0}, "about 12 seconds on the 60 rows of dev, limit 11"),
        ({"requests": 120}, None),
    ],
)
def test_limits_of_the_test_split(bench: Bench, limits: dict[str, float], said: str | None) -> None:
    found = evidence(bench, task=replace(bench.task, limits=limits))
    assert misfit(found, load_of(found).grown(2.0)) == said


def test_labels_are_chosen_and_cascaded_by_margin(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda n: f"q{n}")
    toml = (tmp_path / "competition.toml").read_text()
    toml = toml.replace('"text"', '"choice"').replace('pattern = "[a-z]+"', 'labels = ["a", "b"]')
    (tmp_path / "competition.toml").write_text(toml)
    (tmp_path / "train.csv").write_text("id,question,answer\nt,w?,a\n")
    rows = "".join(f"{n},q{n},{'ab'[n % 2]}\n" for n in range(60))
    (tmp_path / "dev.csv").write_text("id,question,answer\n" + rows)
    bench.task = tj.load(tmp_path)
    found = evidence(bench)
    proposed = list(Flow(models=("openai:x",)).challengers(found.entry, found, None))
    assert [(e.flow, "margin" in e.options) for e in proposed] == [
        ("choose", False), ("cascade", True), ("check", False), ("cascade", False),
        ("vote", False),
    ]  # fmt: skip
    assert all(e.models == {"strong": "openai:x"} for e in proposed if e.flow == "cascade")
    assert len({e.name for e in proposed}) == 5


def test_long_answers_are_not_voted_on(bench: Bench) -> None:
    rows = tuple(replace(row, target="a long answer in prose. " * 9) for row in bench.task.dev)
    found = evidence(bench, rows=rows)
    assert "vote" not in tried(Flow(), found)
    plans = {plan.flow: plan.out for plan in Flow().plans(found)}
    assert plans["vote"] == "right answers are long texts: no two draws would say the same"


def test_where_answers_are_numbers_code_and_settled_votes_are_tried(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda n: f"q{n}")
    toml = (tmp_path / "competition.toml").read_text()
    toml = toml.replace('pattern = "[a-z]+"', "modulo = 1000")
    (tmp_path / "competition.toml").write_text(toml.replace('"text"', '"integer"'))
    (tmp_path / "train.csv").write_text("id,question,answer\nt,w?,1\n")
    rows = "".join(f"{n},q{n},{n}\n" for n in range(60))
    (tmp_path / "dev.csv").write_text("id,question,answer\n" + rows)
    bench.task = tj.load(tmp_path)
    found = evidence(bench)
    names = [e.name for e in Flow().challengers(found.entry, found, None)]
    assert names == [
        "base+check", "base+code", "base+vote16-settled", "base+code4", "base+vote8",
        "base+vote8-wary",
    ]  # fmt: skip
    weighed = Flow(flows=("vote",), weigh=("logprob",), reward="openai:judge")
    more = {e.name: e for e in weighed.challengers(found.entry, found, None)}
    assert more["base+vote8-logprob"].options["weigh"] == "logprob"
    assert more["base+vote8-reward"].models == {"reward": "openai:judge"}
    with pytest.raises(ConfigError, match="weigh is 'logprob', not 'luck'"):
        Flow(weigh=("luck",)).check(bench.task)
    # A clock that is too short for eight draws of each leaves what ends with it.
    clocked = evidence(bench, task=replace(bench.task, limits={"seconds": 20.0}))
    names = [e.name for e in Flow().challengers(clocked.entry, clocked, None)]
    assert {"base+vote16-settled", "base+code4"} <= {*names}
    assert "base+vote8" not in names


def test_models_of_one_name_have_names_of_their_own(bench: Bench) -> None:
    uris = ("http://a/v1#m", "http://b/v1#m", "nano", "http://a/v1#m")
    found = evidence(bench)
    move = Models(uris)
    proposed = list(move.challengers(found.entry, found, None))
    assert [e.model for e in proposed] == ["http://a/v1#m", "http://b/v1#m"]
    assert len({e.name for e in proposed}) == 2 and move.reachable(found, None) == 2
    same = Models(("nano",)).relevance(found)
    assert same.why == "the best entry is on nano already" and same.gain == 0


@given(st.text(min_size=1, max_size=60))
def test_any_uri_makes_a_name(uri: str) -> None:
    label = model_label(uri)
    assert 0 < len(label) <= 40 and all(c.isalnum() or c in "._-" for c in label)


def test_models_where_lower_is_better(bench: Bench) -> None:
    toml = bench.folder / "competition.toml"
    toml.write_text(toml.read_text().replace('"accuracy"', '"levenshtein"'))
    task = tj.load(bench.folder)

    def model(name: str, right: int, wrong: str) -> str:
        said = [(f"q{n}", answer(n) if n % 60 < right else wrong) for n in range(SIZE)]
        return bench.record(said, name).model

    tj.run(task, entry=replace(bench.record([(f"q{n}", "ans") for n in range(SIZE)], "base")))
    report = tj.try_move(task, "models", models=[model("good", 50, "an"), model("bad", 0, "an")])
    assert report.kept and report.tried.winner is not None
    assert report.tried.winner.run.model.endswith("good.jsonl")
    beside, pairs, votes = report.tried.tables
    assert [row[-1] for row in beside.rows].count("★") >= 1
    matrix = [row[1:] for row in pairs.rows]
    assert matrix[1][0] == 50 and matrix[0][1] == 10  # 50 right; "ans" is nearer than "an"
    assert f"the best of all on each sample {10 / SIZE:.4g}" in pairs.note
    assert votes.rows[0][0].count("+") == 2


def test_frontier_and_picture() -> None:
    points = [Point("A", 1, 0.5), Point("B", 10, 0.7), Point("C", 100, 0.6), Point("D", 1, 0.4)]
    assert frontier(points, True) == ["A", "B"] and frontier(points, False) == ["D"]
    drawn = scatter(points, unit="US$", score="accuracy", higher_is_better=True)
    lines = drawn.splitlines()
    assert len(lines) == HEIGHT + 3 and max(map(len, lines)) <= WIDTH + 14
    assert "[A]" in drawn and "[B]" in drawn and " C" in drawn and "logarithmic" in drawn
    assert lines[0].lstrip().startswith("0.7") and "[B]" in lines[0]
    assert scatter(points[:1], unit="", score="", higher_is_better=True) == ""


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e3, 1e3)), min_size=2, max_size=25),
    st.booleans(),
)
def test_any_points_can_be_drawn(places: list[tuple[float, float]], higher: bool) -> None:
    points = [Point(chr(65 + at), cost, score) for at, (cost, score) in enumerate(places)]
    drawn = scatter(points, unit="s", score="m", higher_is_better=higher)
    marks = Counter(c for line in drawn.splitlines()[:HEIGHT] for c in line.partition("│")[2])
    assert all(marks[point.mark] <= 1 for point in points)
    assert max(map(len, drawn.splitlines())) <= 80 and frontier(points, higher)


def strong(bench: Bench, right: int) -> str:
    said = [(f"q{n}", answer(n) if n < right else "wrong") for n in range(SIZE)]
    return bench.record(said, "strong").model


def played(bench: Bench, right: int) -> None:
    said = [(f"q{n}", answer(n) if n % 60 < right else "wrong") for n in range(SIZE)]
    tj.run(bench.task, entry=bench.record(said))


def test_the_subset_is_drawn_alike_and_grows_with_what_is_to_be_told(bench: Bench) -> None:
    played(bench, 30)
    with Ledger(bench.folder / FILE) as ledger:
        found = evidence(bench, run=find_run(ledger, "1"))
        for difference, most in ((0.45, 30), (0.3, 59), (0.05, SIZE)):
            rows = Stronger(("x",), difference=difference).subset(found, ledger)
            assert 20 <= len(rows) <= most
            assert rows == Stronger(("x",), difference=difference).subset(found, ledger)
        assert len(rows) == SIZE  # no more than there are
        few = Stronger(("x",), samples=7).subset(found, ledger)
    ids = [int(row.id) for row in few]
    assert len(few) == 7 and ids == sorted(ids) and ids != list(range(7))


def test_a_whole_split_is_not_kept_either(bench: Bench) -> None:
    played(bench, 30)
    report = tj.try_move(bench.task, "stronger", models=[strong(bench, SIZE)], samples=SIZE)
    (attempt,) = report.tried.attempts
    assert attempt.trial.comparison is not None and attempt.trial.comparison.verdict == "better"
    assert not report.kept and tj.runs(bench.task).best == {1}
    assert report.tried.steps[0] == f"run --entry {attempt.trial.run.entry}"
    assert tj.load_entry(bench.folder, attempt.trial.run.entry).model == strong(bench, SIZE)
    room = dict(report.tried.tables[0].rows)
    assert room["samples"] == "60 of 60" and str(room["head-room"]).startswith("+0.5")


def test_where_it_cannot_be_told_more_samples_are_proposed(bench: Bench) -> None:
    played(bench, 30)
    model = strong(bench, 40)
    report = tj.try_move(bench.task, "stronger", models=[model], samples=20)
    comparison = report.tried.attempts[0].trial.comparison
    assert comparison is not None and comparison.verdict == "can't tell"
    if comparison.more:
        assert "--option samples=" in report.tried.steps[0]


def test_the_model_that_is_in_use_already_is_said(bench: Bench) -> None:
    played(bench, 30)
    uri = tj.runs(bench.task).rows[0].model
    with pytest.raises(ConfigError, match="already: name another model"):
        tj.try_move(bench.task, "stronger", models=[uri])


def test_a_metric_of_the_whole_has_its_subset_too(bench: Bench) -> None:
    """There are no scores by sample: every sample with an answer may be drawn."""
    played(bench, 30)
    whole = replace(bench.task, metric=replace(bench.task.metric, sample=None, zero_one=False))
    with Ledger(bench.folder / FILE) as ledger:
        found = evidence(bench, run=find_run(ledger, "1"), task=whole)
        assert len(Stronger(("x",), samples=30).subset(found, ledger)) == 30
        assert 20 <= len(Stronger(("x",)).subset(found, ledger)) <= SIZE
