"""Baselines: each finds what it is made for, and answers any row with what its format holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from tesuji.baselines.fitted import Fitted
from tesuji.baselines.methods import METHODS, check_serves, find_method, serving
from tesuji.baselines.pool import Pool, draw, make_pool
from tesuji.errors import ConfigError, InputError
from tesuji.task.formats import make_format
from tesuji.task.metrics import make_metric, user_metric
from tesuji.task.metrics.base import Metric
from tesuji.task.sample import Sample

WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "apple",
    "river",
    "stone",
    "cloud",
    "green",
    "seven",
    "happy",
    "quiet",
]


def pool(
    rows: Sequence[tuple[dict[str, Any], Any]], format: str = "text",
    metric: str | Metric = "exact", seconds: float = 30.0, groups: Sequence[str] | None = None,
    **options: Any,
) -> Pool:  # fmt: skip
    shape = make_format(format, options)
    samples = [Sample(str(at), row, shape.accept(target)) for at, (row, target) in enumerate(rows)]
    measure = make_metric(metric, {}, shape) if isinstance(metric, str) else metric
    return make_pool(samples, shape, measure, seconds=seconds, groups=groups)


def word(at: int, kind: str = "") -> str:
    return WORDS[draw(0, f"{kind}{at}")[0] % len(WORDS)]


def number(at: int, kind: str = "") -> int:
    return int.from_bytes(draw(0, f"{kind}{at}")[:2]) % 100


def fitted(name: str, given: Pool) -> Fitted:
    method = find_method(name)
    check_serves(method, given)
    return method.fit(given)


def answers(one: Fitted, *rows: dict[str, str]) -> list[Any]:
    return [guess.answer for guess in one.predict(rows)]


# What each is made for.


@pytest.mark.parametrize(
    ("metric", "best"),
    [
        ("rmse", 22),
        (user_metric(lambda a, t: abs(a - t), higher_is_better=False, name="error"), 3),
        ("accuracy", 1),
    ],
)
def test_the_constant_is_the_one_that_the_metric_likes(metric: str | Metric, best: int) -> None:
    targets = [1, 1, 1, 3, 3, 5, 140]  # mean 22, median 3, commonest 1
    one = fitted("constant", pool([({"x": ""}, t) for t in targets], "integer", metric))
    assert answers(one, {"x": "?"}) == [best]


def test_the_constant_of_probabilities_is_the_shares_of_the_labels() -> None:
    rows = [({"x": ""}, label) for label in "aaab" * 10]
    one = fitted("constant", pool(rows, "probabilities", "log_loss", labels=["a", "b", "c"]))
    (shares,) = answers(one, {"x": ""})
    assert shares["a"] == pytest.approx(0.75, abs=0.03) and shares["b"] == pytest.approx(
        0.25, abs=0.03
    )
    assert 0 < shares["c"] < 0.02 and math.fsum(shares.values()) == pytest.approx(1)


def test_the_constant_text_is_near_to_all_others() -> None:
    rows = [
        ({"x": ""}, t) for t in ("zzzzzzzz", "zzzzzzzz", "abcd", "abce", "abcf", "abcg", "abch")
    ]
    one = fitted("constant", pool(rows, "text", "levenshtein"))
    assert answers(one, {})[0].startswith("abc")  # though another is commoner


def test_constants_of_several_labels_are_ranked() -> None:
    rows = [({"x": ""}, label) for label in "C" * 9 + "A" * 5 + "B" * 2]
    one = fitted("constant", pool(rows, "choice", "map@3", labels=list("ABCDE"), top=3))
    assert answers(one, {}) == [["C", "A", "B"]]


@pytest.mark.parametrize(
    ("make", "target", "said"),
    [
        (
            lambda n: f"take {number(n)} of {number(n, 'b')} apples",
            lambda n: number(n, "b"),
            "last",
        ),
        (
            lambda n: word(n) + " " + word(n, "b"),
            lambda n: len(word(n) + word(n, "b")) + 1,
            "length",
        ),
        (lambda n: f"{word(n)}は{number(n)}です", lambda n: number(n), "number"),
    ],
)
def test_copy_finds_the_function_of_the_input(make: Any, target: Any, said: str) -> None:
    rows = [({"q": make(n), "noise": word(n, "z")}, target(n)) for n in range(40)]
    one = fitted("copy", pool(rows, "integer", "accuracy"))
    assert said in one.words and "`q`" in one.words and one.score == 1.0
    assert answers(one, {"q": make(99), "noise": ""}) == [target(99)]


def test_copy_finds_that_the_right_option_is_the_longest() -> None:
    def row(n: int) -> tuple[dict[str, str], str]:
        right = "ABC"[draw(0, n)[0] % 3]
        return {
            "prompt": word(n),
            **{c: word(n, c) * (3 if c == right else 1) for c in "ABC"},
        }, right

    one = fitted(
        "copy", pool([row(n) for n in range(60)], "choice", "accuracy", labels=list("ABC"))
    )
    assert "longest" in one.words and one.score == 1.0
    ranked = fitted(
        "copy", pool([row(n) for n in range(60)], "choice", "map@3", labels=list("ABC"), top=2)
    )
    assert all(len(a) == 2 and a[0] == row(77)[1] for a in answers(ranked, row(77)[0]))


def test_copy_decides_by_one_number_where_that_tells_something() -> None:
    """The longer answer wins, mostly: a table by the difference in length."""

    def row(n: int) -> tuple[dict[str, str], str]:
        a, b = word(n) * (1 + n % 4), word(n, "b") * (1 + (n // 4) % 4)
        noisy = draw(0, n)[1] < 25
        return {"a": a, "b": b}, "a" if (len(a) > len(b)) != noisy else "b"

    given = pool([row(n) for n in range(150)], "probabilities", "log_loss", labels=["a", "b"])
    one, prior = fitted("copy", given), fitted("constant", given)
    assert one.score is not None and prior.score is not None and one.score < prior.score - 0.1
    (shares,) = answers(one, {"a": "x" * 40, "b": "y"})
    assert shares["a"] > 0.7


def test_rules_find_the_rule_for_all_rows_by_themselves() -> None:
    rows = [({"n": n, "s": word(n) + str(n)}, (word(n) + str(n))[::-1]) for n in range(40)]
    one = fitted("rules", pool(rows, "text", "levenshtein"))
    assert "reverse(s)" in one.words and "40 of 40" in one.words and one.score == 0.0
    (guess,) = one.predict([{"s": "もじ"}])
    assert guess.answer == "じも" and guess.sure


def test_rules_may_need_two_columns() -> None:
    rows = [({"first": word(n), "noise": "x", "last": word(n, "b")}, f"{word(n, 'b')}-{word(n)}")
            for n in range(20)]  # fmt: skip
    one = fitted("rules", pool(rows, "text", "exact"))
    assert one.words.startswith("last + '-' + first, fits 20 of 20")
    assert answers(one, {"first": "Ada", "last": "Lovelace"}) == ["Lovelace-Ada"]


def test_rules_read_the_examples_in_each_prompt() -> None:
    def puzzle(n: int) -> tuple[dict[str, str], str]:
        def hidden(text: str) -> str:
            return text.upper() if n % 2 else text[::-1]

        shown = [f"{word(n, str(k))} -> {hidden(word(n, str(k)))}" for k in range(4)]
        lines = ["Find the rule:", *shown, f"Now, answer for: {word(n, 'asked')}xy"]
        return {"prompt": "\n".join(lines)}, hidden(word(n, "asked") + "xy")

    one = fitted("rules", pool([puzzle(n) for n in range(30)], seconds=4.0))
    assert "each `prompt`" in one.words and one.score is not None and one.score > 0.9
    assert answers(one, puzzle(99)[0], puzzle(98)[0]) == [puzzle(99)[1], puzzle(98)[1]]
    assert answers(one, {"prompt": "no examples here"}) == [None]


def test_neighbours_give_the_answer_of_the_most_similar_row() -> None:
    rows = [
        ({"q": f"how do I {word(n)} the {word(n, 'b')} no {n}?"}, f"answer {n}") for n in range(30)
    ]
    one = fitted("neighbours", pool(rows))
    assert answers(one, {"q": f"how do i {word(7)} the {word(7, 'b')} no 7"}) == ["answer 7"]


def test_linear_weighs_words_and_boosted_numbers() -> None:
    spam = [({"t": f"{word(n)} {'prize' if n % 3 == 0 else 'lunch'} {word(n, 'b')}"},
             "spam" if n % 3 == 0 else "ham") for n in range(60)]  # fmt: skip
    linear = fitted("linear", pool(spam, "choice", "accuracy", labels=["ham", "spam"]))
    assert linear.score == 1.0 and answers(linear, {"t": "a prize for you"}) == ["spam"]
    near = [({"x": str(number(n)), "y": str(number(n, "y"))},
             "in" if abs(number(n) - 50) < 25 else "out") for n in range(160)]  # fmt: skip
    boosted = fitted("boosted", pool(near, "choice", "accuracy", labels=["in", "out"]))
    assert boosted.score is not None and boosted.score > 0.9
    assert answers(boosted, {"x": "51", "y": "1"}, {"x": "3", "y": "51"}) == ["in", "out"]


def test_numbers_and_rankings_are_learned() -> None:
    sums = [({"x": str(number(n)), "y": str(number(n, "y"))}, number(n) * 2 + 7) for n in range(80)]
    for name in ("linear", "boosted", "copy"):
        one = fitted(name, pool(sums, "number", "rmse"))
        assert one.score is not None and one.score < 12  # the targets spread by about 57
    right = user_metric(lambda a, t: float(a == t), name="right")
    odd, even = ["b", "a", "c"], ["a", "c", "b"]
    orders = [({"t": word(n), "k": "odd" if n % 2 else "even"}, odd if n % 2 else even)
              for n in range(60)]  # fmt: skip
    given = pool(orders, "ranking", right, items=["a", "b", "c"])
    for name in ("neighbours", "linear", "boosted"):
        assert answers(fitted(name, given), {"t": word(5), "k": "odd"}) == [odd], name


# What must hold for all of them.

SHAPES: dict[str, tuple[dict[str, Any], str, list[Any]]] = {
    "choice": ({"labels": ["yes", "no", "たぶん"]}, "accuracy", ["yes", "no", "たぶん"]),
    "ranked": ({"labels": list("ABCDE"), "top": 3}, "map@3", ["A", "B", "E"]),
    "probabilities": ({"labels": ["0", "1"]}, "log_loss", ["0", {"0": 0.3, "1": 0.7}]),
    "integer": ({"min": 0, "max": 999}, "accuracy", [0, 5, 999]),
    "number": ({"tolerance": 0.01}, "numeric", [0.5, -3, 1e6]),
    "boxed": ({}, "exact", ["\\frac{1}{2}", "7"]),
    "text": ({}, "levenshtein", ["犬", "cat", "cat"]),
    "ranking": ({"items": ["x", "y", "z"]}, "ranked", [["x", "y", "z"], ["z", "y", "x"]]),
    "json": ({}, "same", [{"a": 1}, {"b": [2]}]),
}  # fmt: skip
ODD_ROWS = [
    {},
    {"q": "", "n": ""},
    {"q": "\ud800 \x00", "n": "nan"},
    {"q": "日本語の文章です。" * 3, "n": "１２"},
    {"q": "x" * 200_000 + "\n" + "y " * 50_000, "n": "-1e400"},
    {"q": "{*} {q} [a](b)", "n": "9" * 500},
]


def shaped(kind: str, size: int, *, one_class: bool = False, seconds: float = 1.0) -> Pool:
    options, metric, targets = SHAPES[kind]
    measure: str | Metric = metric
    if metric in ("ranked", "same"):
        measure = user_metric(lambda a, t: float(a == t), name=metric)
    format = "choice" if kind == "ranked" else kind
    rows = [
        ({"q": f"{word(n)} {word(n, 'b')}" * (n % 3), "n": number(n) if n % 4 else None},
         targets[0 if one_class else n % len(targets)])
        for n in range(size)
    ]  # fmt: skip
    return pool(rows, format, measure, seconds=seconds, **options)


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("size", [1, 2, 30])
def test_any_row_gets_an_answer_that_its_format_reads_back(kind: str, size: int) -> None:
    given = shaped(kind, size)
    methods = serving(given)
    assert methods[0].name == "constant"
    for method in methods:
        if size < 30 and method.name == "boosted":
            pytest.fail("trees for so few rows")
        for guess in method.fit(given).predict(ODD_ROWS):
            if guess.answer is not None:
                read = given.format.parse(given.format.render(guess.answer))
                assert read == pytest.approx(guess.answer) if kind == "probabilities" else (
                    read == guess.answer), method.name  # fmt: skip


@pytest.mark.parametrize("kind", SHAPES)
def test_one_class_is_what_everyone_answers_or_says_why_not(kind: str) -> None:
    given = shaped(kind, 12, one_class=True)
    for name, method in METHODS.items():
        why = method.serves(given)
        if name in ("linear", "boosted"):
            assert why is not None and "\n" not in why
            with pytest.raises(InputError, match=f"baseline:{name} cannot be fitted: "):
                check_serves(method, given)
        elif why is None and name != "rules":
            (guess,) = method.fit(given).predict([{"q": "?", "n": ""}])
            if guess.answer is not None and kind in ("choice", "integer", "ranking"):
                assert guess.answer == given.targets[0]


def test_the_same_rows_and_seed_give_the_same_answers() -> None:
    rows = [{"q": f"{word(n)} {n}", "n": str(n)} for n in range(100, 120)]
    for method in serving(shaped("choice", 40)):
        seconds = 1.0 if method.name == "rules" else 60.0  # its work is counted in steps
        first, again = (
            method.fit(shaped("choice", 40, seconds=seconds)).predict(rows) for _ in range(2)
        )
        assert first == again, method.name


def test_nothing_is_learned_from_noise() -> None:
    """A score that were taken on rows that a method has seen would be near 1 here."""
    rows = [
        ({"q": f"{word(n)} {word(n, 'b')} {n * 7919 % 1000}"}, "ab"[draw(1, n)[0] % 2])
        for n in range(90)
    ]
    given = pool(rows, "choice", "accuracy", labels=["a", "b"], seconds=2.0)
    for method in serving(given):
        score = method.fit(given).score  # None: no rule was found
        assert score is None or score < 0.75, method.name


def test_a_group_never_stands_on_both_sides() -> None:
    """Each text is there twice: with groups, its twin is no help."""
    rows = [
        ({"q": f"{word(n // 2, 'g')} {n // 2 * 7919}"}, "ab"[draw(2, n // 2)[0] % 2])
        for n in range(80)
    ]
    loose = pool(rows, "choice", "accuracy", labels=["a", "b"])
    whole = pool(
        rows, "choice", "accuracy", labels=["a", "b"], groups=[str(n // 2) for n in range(80)]
    )
    for name in ("neighbours", "linear"):
        with_twin, without = fitted(name, loose).score, fitted(name, whole).score
        assert with_twin is not None and without is not None
        assert with_twin >= 0.85 and without < 0.7, name


def test_an_unknown_method_names_those_there_are() -> None:
    with pytest.raises(
        ConfigError, match=r"no baseline 'linaer'; did you mean 'linear'\?.*boosted"
    ):
        find_method("linaer")
