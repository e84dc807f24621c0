"""Metrics: values against their definitions and the libraries they come from."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import ConfigError, InputError
from tesuji.task.formats import make_format
from tesuji.task.metrics import METRICS, Metric, make_metric, metrics_for, user_metric

LETTERS = {"labels": ["A", "B", "C", "D", "E"]}


def metric(name: str, format: str, options: dict[str, Any] | None = None, **extra: Any) -> Metric:
    return make_metric(name, extra, make_format(format, options or {}))


@pytest.mark.parametrize(
    ("name", "format", "options", "answer", "target", "value"),
    [
        ("exact", "text", {}, "abc", "abc", 1),
        ("exact_match", "text", {}, "abc", "Abc", 0),
        ("exact", "number", {}, 18, 18.0, 1),
        ("levenshtein", "text", {}, "kitten", "sitting", 3),
        ("levenshtein_ratio", "text", {}, "abcd", "abce", 0.75),
        ("accuracy", "choice", LETTERS, "A", "A", 1),
        ("accuracy", "choice", {**LETTERS, "top": 3}, ["A", "B"], ["A"], 1),
        ("map@3", "choice", {**LETTERS, "top": 3}, ["B", "C", "A"], ["A"], 1 / 3),
        ("map@3", "choice", {**LETTERS, "top": 5}, ["B", "C", "D", "A"], ["A"], 0),
        ("map@1", "choice", LETTERS, "A", "A", 1),
        ("rmse", "number", {}, 1, 4, 9),
        ("rmse", "integer", {}, 10**299, 0, math.inf),
        ("numeric", "number", {"tolerance": 0.01}, 99, 100, 1),
        ("numeric", "number", {"tolerance": 0.01}, 98.9, 100, 0),
        ("numeric", "number", {"absolute": 0.5}, 0.5, 0, 1),
        ("numeric", "number", {}, 0.1 + 0.2, 0.3, 1),
        ("numeric", "text", {}, "12.0", "12", 1),
        ("numeric", "text", {}, "XII", "XII", 1),
        ("numeric", "text", {}, "XII", "12", 0),
    ],
)
def test_one_samples_value(
    name: str, format: str, options: dict[str, Any], answer: Any, target: Any, value: float
) -> None:
    made = metric(name, format, options)
    assert made.sample is not None
    assert made.sample(answer, target) == pytest.approx(value)
    if made.zero_one:
        assert made.sample(answer, target) in (0, 1)


def test_map_at_3_counts_places_as_the_science_exam_does() -> None:
    made = metric("map@3", "choice", {**LETTERS, "top": 3})
    assert made.sample is not None
    assert made.sample(["A", "A", "A"], ["A"]) == 1
    assert made.sample(["B", "B", "A"], ["A"]) == pytest.approx(1 / 3)
    orders = [random.Random(seed).sample("ABCDE", 3) for seed in range(20_000)]
    assert made.score(orders, [["A"]] * len(orders)) == pytest.approx(0.3667, abs=0.01)


def test_rmse_is_the_root_of_the_mean() -> None:
    made = metric("rmse", "number")
    assert made.score([1, 2, 7], [1, 2, 3]) == pytest.approx(math.sqrt(16 / 3))
    assert not made.higher_is_better


def test_a_tolerance_may_be_given_to_the_metric() -> None:
    made = metric("numeric", "text", {}, tolerance=0.01)
    assert made.score(["100.9", "102"], ["100", "100"]) == 0.5


def test_kappa_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import cohen_kappa_score

    draw = random.Random(0)
    targets = [draw.randrange(5) for _ in range(300)]
    answers = [min(4, max(0, t + draw.choice([-1, 0, 0, 1, 3]))) for t in targets]
    known = cohen_kappa_score(targets, answers, labels=range(5), weights="quadratic")
    assert metric("qwk", "integer").score(answers, targets) == pytest.approx(known)
    letters = metric("qwk", "choice", LETTERS)
    as_letters = [["ABCDE"[i] for i in row] for row in (answers, targets)]
    assert letters.score(*as_letters) == pytest.approx(known)


def test_kappa_outlives_an_absurd_answer() -> None:
    assert metric("qwk", "integer").score([10**200, 1, 2], [1, 1, 2]) == pytest.approx(0, abs=1e-9)
    assert metric("qwk", "integer").score([3, 3], [3, 3]) == 1


def test_macro_f1_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    answers, targets = list("AABBCA"), list("ABBBCC")
    known = f1_score(targets, answers, average="macro")
    assert metric("macro_f1", "choice", LETTERS).score(answers, targets) == pytest.approx(known)


def test_probability_metrics_agree_with_scikit_learn() -> None:
    from sklearn.metrics import log_loss, roc_auc_score

    made = make_format("probabilities", {"labels": ["A", "B", "C"]})
    draw = random.Random(1)
    right = [draw.choice("ABC") for _ in range(200)]
    answers = [made.accept({label: draw.random() for label in "ABC"}) for _ in right]
    answers[0] = made.accept("A" if right[0] != "A" else "B")  # certain, and wrong
    matrix = [list(answer.values()) for answer in answers]
    targets = [made.accept(label) for label in right]
    known = log_loss(right, matrix, labels=["A", "B", "C"])
    assert make_metric("log_loss", {}, made).score(answers, targets) == pytest.approx(known)
    area = roc_auc_score(right, matrix, multi_class="ovr", labels=["A", "B", "C"])
    assert make_metric("auc", {}, made).score(answers, targets) == pytest.approx(area)


def test_auc_of_two_labels_and_of_numbers() -> None:
    made = make_format("probabilities", {"labels": ["no", "yes"]})
    answers = [made.accept({"no": 1 - p, "yes": p}) for p in (0.1, 0.4, 0.35, 0.8)]
    targets = [made.accept(label) for label in ("no", "no", "yes", "yes")]
    assert make_metric("auc", {}, made).score(answers, targets) == 0.75
    assert metric("auc", "number").score([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) == 0.75
    assert math.isnan(metric("auc", "number").score([0.1, 0.4], [1, 1]))


def test_uniform_probabilities_score_ln_of_their_number() -> None:
    made = make_format("probabilities", {"labels": ["a", "b", "tie"]})
    score = make_metric("log_loss", {}, made).score([made.fallback()], [made.accept("tie")])
    assert score == pytest.approx(1.0986, abs=1e-4)


@pytest.mark.parametrize("name", [name for name in METRICS if name != "map@k"])
def test_a_metrics_best_is_what_targets_score(name: str) -> None:
    targets: dict[str, list[Any]] = {
        "text": ["a", "b"], "choice": ["A", "B"], "number": [0, 1], "integer": [0, 1],
        "probabilities": [{"A": 0.0, "B": 1.0}, {"A": 1.0, "B": 0.0}],
        "boxed": ["x", "y"], "code": ["x = 1", "y = 1"], "json": [{}, []],
        "ranking": [["A", "B"], ["B", "A"]],
    }  # fmt: skip
    needed: dict[str, dict[str, Any]] = {
        "choice": {"labels": ["A", "B"]}, "ranking": {"items": ["A", "B"]},
        "probabilities": {"labels": ["A", "B"]},
    }  # fmt: skip
    for format in METRICS[name].formats:
        made = metric(name, format, needed.get(format))
        assert made.best is not None
        assert made.score(targets[format], targets[format]) == pytest.approx(made.best)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("levenstein", {}, r"no metric 'levenstein' \(did you mean 'levenshtein'\?\); there are"),
        ("map@k", {}, "did you mean 'map@3'"),
        ("map@0", {}, "no metric 'map@0'"),
        ("rmse", {}, "metric 'rmse' cannot score format 'choice'; formats it can: integer, number"),
        ("rmse", {}, "metrics for 'choice': exact, levenshtein"),
        ("exact", {"k": 1}, "metric 'exact' has no option 'k'; its options: none"),
    ],
)
def test_a_wrong_metric_is_named(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        make_metric(name, options, make_format("choice", LETTERS))
    assert "\n" not in str(caught.value)


def test_every_format_has_a_metric() -> None:
    for format in ("text", "choice", "json", "ranking", "probabilities", "code", "boxed"):
        assert "exact" in metrics_for(format)
    with pytest.raises(ConfigError, match="tolerance must be a number"):
        metric("numeric", "number", {}, tolerance="1%")


def test_nothing_cannot_be_scored() -> None:
    with pytest.raises(InputError, match="no samples"):
        metric("exact", "text").score([], [])
    with pytest.raises(InputError, match="1 answers for 2 targets"):
        metric("exact", "text").score(["a"], ["a", "b"])


def test_a_users_function_is_a_metric() -> None:
    def overlap(answer: str, target: str) -> float:
        return len(set(answer) & set(target)) / len(set(target))

    made = user_metric(overlap)
    assert (made.name, made.higher_is_better, made.zero_one) == ("overlap", True, False)
    assert made.score(["ab", "cd"], ["ab", "ce"]) == 0.75
    with pytest.raises(ConfigError, match="'bad': must return a finite number, not 'x'"):
        user_metric(lambda answer, target: "x", name="bad").score(["a"], ["a"])  # type: ignore[arg-type,return-value]


@given(st.text(max_size=30), st.text(max_size=30))
def test_distances_are_symmetric_and_bounded(left: str, right: str) -> None:
    distance, ratio = metric("levenshtein", "text"), metric("levenshtein_ratio", "text")
    assert distance.score([left], [right]) == distance.score([right], [left])
    assert distance.score([left], [right]) <= max(len(left), len(right))
    assert 0 <= ratio.score([left], [right]) <= 1
