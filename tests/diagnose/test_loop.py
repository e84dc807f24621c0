"""Degenerate repetition."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.diagnose import clean
from tesuji.diagnose.anchors import LEAST_INSIDE, anchored_runs, places
from tesuji.diagnose.periods import LONG_PERIOD, SHORTEST, periodic_runs

SENTENCE = "The reaction releases energy while the copper turns around the oxygen. "
BLOCK = " ".join(f"word{i} and thing{i * 7}" for i in range(40)) + ". "


@pytest.mark.parametrize(
    ("cycle", "times"),
    [
        ("no ", 60), ("ha", 200), ("lo lo la ", 12), ("日本の経済を刷新するために、", 6),
        ("because they were warriors who ", 5), (SENTENCE, 3), (SENTENCE * 2 + "So. ", 3),
        (BLOCK, 2), ("!", 600), ("\ufffd", 150), ("😂", 120), ("0, ", 100), ("\n\n", 300),
    ],
)  # fmt: skip
@pytest.mark.parametrize("after", ["", "\nAnd then it went on to say something else."])
def test_loops_are_found_with_onset_and_period(found, cycle: str, times: int, after: str) -> None:
    times = times * 2 if after and len(cycle) < 60 else times
    before = "It begins well enough: "
    text = before + cycle * times + after
    (finding,) = found("loop", text)
    assert abs(finding.start - len(before)) <= len(cycle)
    assert abs(finding.end - len(before + cycle * times)) <= len(cycle)
    assert "period" in finding.evidence
    assert finding.fix == "loop"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10, "a" * 60, "ha ha ha ha ha", "Na na na na na na na na, hey Jude, hey Jude",
        "-" * 120, "=" * 200 + "\ntitle", "| --- " * 20 + "|\n", "." * 80 + " 12",
        "1/3 = 0." + "3" * 60, "1" + "0" * 100, "|  " * 9 + "|\n" + "|  " * 9 + "|\n",
        "Let it be, let it be, let it be, let it be. Whisper words of wisdom, let it be.",
        "We will, we will rock you.\n" * 3 + "Sing it!\n" + "We will, we will rock you.\n" * 3,
        "```html\n" + "    </div>\n" * 8 + "```\nDone.",
        "| Starbucks | coffee and tea | rich | US |\n" * 5 + "\nThe third one is best.",
        "The cat sat. The dog ran. The cat sat. The bird flew. The cat sat.",
    ],
)  # fmt: skip
def test_refrains_tables_rules_and_numbers_are_no_loops(found, text: str) -> None:
    assert found("loop", text) == []


def test_at_the_token_limit_less_is_asked_for(found) -> None:
    text = "So: " + "the fish and the bird, " * 3
    assert found("loop", text) == []
    assert found("loop", text, finish="length")


def test_the_cleaner_leaves_one_cycle() -> None:
    cut = clean("It begins. " + SENTENCE * 5 + "The rea", ["loop"])
    assert cut == "It begins. " + SENTENCE.rstrip(". ")  # the cycle begins at the full stop
    inside = "Start: " + SENTENCE * 4 + "Finally it ends."
    assert clean(inside, ["loop"]) == "Start: " + SENTENCE + "Finally it ends."


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_exact_run_is_found_whole(data: st.DataObject) -> None:
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    period = data.draw(st.sampled_from([1, 2, 3, 8, 13, 16, 17, 24, 25, 40, 121, 400, 406, 501]))
    letters = data.draw(st.sampled_from(["ab", "abc ", "あいうえおかきくけこ。"]))
    cycle = "".join(rng.choice(letters) for _ in range(period))
    if (cycle + cycle).find(cycle, 1) != period:
        return  # not primitive: its own period is shorter
    length = max(SHORTEST, (3 if period <= LONG_PERIOD else 2) * period) + rng.randrange(period)
    before = "".join(rng.choice(letters) for _ in range(rng.randrange(80))) + "<"
    run = (cycle * (length // period + 1))[:length]
    text = before + run + ">" + "".join(rng.choice(letters) for _ in range(rng.randrange(80)))
    assert any(
        r.period == period and (r.start, r.end) == (len(before), len(before) + length)
        for r in periodic_runs(text)
    )


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab\n", max_size=400))
def test_runs_are_what_they_say(text: str) -> None:
    for run in periodic_runs(text):
        assert 0 <= run.start < run.end <= len(text)
        assert text[run.start : run.end - run.period] == text[run.start + run.period : run.end]
        assert run.start == 0 or text[run.start - 1] != text[run.start - 1 + run.period]
        assert run.end == len(text) or text[run.end] != text[run.end - run.period]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_anchors_miss_no_run_that_spans_enough(data: st.DataObject) -> None:
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    period = data.draw(st.sampled_from([5, 7, 12, 13, 40, 60, 61, 73, 200, 500, 501, 1_200, 4_000]))
    cycle = "".join(rng.choice("abcdefghij あいうえお。") for _ in range(period))
    if (cycle + cycle).find(cycle, 1) != period:
        return  # its own period is shorter
    least = max(LEAST_INSIDE + period, (3 if period <= LONG_PERIOD else 2) * period)
    length = least + rng.randrange(period)
    before = "".join(rng.choice("klmnop ") for _ in range(rng.randrange(700)))
    run = (cycle * (length // period + 1))[:length]
    text = before + "<" + run + ">" + "".join(rng.choice("qrst ") for _ in range(rng.randrange(80)))
    assert any(
        (found.period, found.start, found.end)
        == (period, len(before) + 1, len(before) + 1 + length)
        for found in anchored_runs(text, places(text))
    )
