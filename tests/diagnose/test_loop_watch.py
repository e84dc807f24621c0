"""Loops seen while the text streams in."""

from __future__ import annotations

import asyncio
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.diagnose.loop import loops
from tesuji.diagnose.loop_watch import CHECK_EVERY, NEAR_EVERY, LoopWatch
from tesuji.diagnose.observation import Observation
from tesuji.diagnose.periods import Run
from tesuji.models.base import Request, Sampling
from tesuji.models.registry import open_model
from tesuji.task.sample import Message

PROSE = (
    "A cold wind came from the lake, and Marta pulled her coat tight. Nobody had told her that the "
    "ferry left at noon; the timetable on the pier was three years old. She counted her coins, "
    "bought a pretzel, and asked the boy with the kite about buses. He pointed uphill. "
)
KINDS = {
    "word": "no, ", "clause": "because it is what it is, ", "ja": "それはとても大切なことです。",
    "zh": "因此我们必须继续努力工作。", "block": PROSE,
    "exchange": "User: Thank you so much!\nBot: You are welcome.\n",
}  # fmt: skip


def feed(text: str, sizes: list[int], watch: LoopWatch | None = None) -> tuple[int, Run | None]:
    """How many characters had come when the watch saw a loop, and the loop."""
    watch = watch or LoopWatch()
    at = turn = 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        run = watch.feed(text[at : at + size])
        at, turn = at + size, turn + 1
        if run is not None:
            return min(at, len(text)), run
    return at, None


@pytest.mark.parametrize("name", KINDS)
def test_a_loop_is_seen_soon_after_its_third_cycle(name: str) -> None:
    cycle = KINDS[name]
    before = "It began well. " + PROSE[:150] + "\n"
    text = before + cycle * (2_000 // len(cycle) + 6)
    paid, run = feed(text, [3, 4])
    assert run is not None
    assert abs(run.start - len(before)) <= len(cycle)
    assert run.period == len(cycle)
    # A word must come eight times, or fill 100 characters; a clause four.
    assert paid - len(before) <= max(4 * len(cycle), 100) + len(cycle) + 2 * CHECK_EVERY


@pytest.mark.parametrize(
    "cycle", ["{}. Take a walk in the green park.\n", "{}. 毎日、公園を散歩しましょう。\n",
              "{}. 每天在公园里散步，保持健康。\n"]
)  # fmt: skip
def test_an_inexact_loop_is_seen_too(cycle: str) -> None:
    text = PROSE[:200] + "\n" + "".join(cycle.replace("{}", str(n)) for n in range(1, 90))
    paid, run = feed(text, [5])
    assert run is not None
    assert not run.exact
    assert abs(run.start - 201) <= len(cycle) + 2
    assert paid <= 201 + 8 * len(cycle) + 2 * NEAR_EVERY


@pytest.mark.parametrize(
    "text",
    [
        PROSE, PROSE * 2, "-" * 300, "| a | b |\n" * 3, "ha ha ha ha ha! That is funny. " + PROSE,
        "\n".join(f"{a} x {b} = {a * b}" for a in range(30) for b in range(10)),
        "".join(f"{n}. {word} is what I bring.\n" for n, word in enumerate(PROSE.split())),
        "1" + "0" * 100, "",
    ],
)  # fmt: skip
def test_what_is_no_loop_does_not_stop_the_text(text: str) -> None:
    assert feed(text, [4])[1] is None


def test_a_repetition_that_was_asked_for_goes_on() -> None:
    assert feed("I will be good. " * 100, [4], LoopWatch("Write it 100 times."))[1] is None


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["", PROSE[:70], PROSE, "日本語の文章です。そして、また別の文。"]),
    st.one_of(
        st.sampled_from(sorted(KINDS.values())), st.text("abc 。\n", min_size=1, max_size=40)
    ),
    st.integers(1, 40),
    st.lists(st.integers(1, 300), min_size=1, max_size=8),
)
def test_any_chunks_give_the_same_and_the_detector_agrees(
    before: str, cycle: str, times: int, sizes: list[int]
) -> None:
    text = before + cycle * times
    paid, run = feed(text, sizes)
    one_by_one, same = feed(text, [1])
    assert run == same
    if run is not None:
        assert one_by_one <= paid <= one_by_one + max(sizes)
        assert 0 <= run.start < run.end <= one_by_one
        assert loops(Observation(text[:one_by_one]))


def _brute_period(text: str) -> tuple[int, int]:
    """The smallest period whose run at the end of the text is longest, and that run's length."""
    best = (0, 0)
    for period in range(1, len(text) // 2 + 1):
        length = period
        while length < len(text) and text[-length - 1] == text[-length - 1 + period]:
            length += 1
        if length > best[1]:
            best = (period, length)
    return best


def test_real_outputs_of_the_built_in_model_forced_into_repetition() -> None:
    model = open_model("nano")
    dice = Random(4)
    words = ["".join(dice.choices("abcdefghij", k=dice.randrange(4, 14))) for _ in range(30)]

    async def answers() -> list[str]:
        asked = [
            Request(
                (Message("user", f"Reverse the string: {word}"),),
                Sampling(temperature=1.2, max_tokens=80, seed=number),
                0,
            )
            for number, word in enumerate(words)
        ]
        return [output.text for output in await asyncio.gather(*map(model.generate, asked))]

    texts = [text for text in asyncio.run(answers()) if text.strip()]
    looping, plain = [], [*texts, *("\n".join(dice.sample(texts, 2)) for _ in range(30))]
    for number in range(100):
        cycle = dice.choice(texts) + dice.choice([" ", "\n", ", "])
        looping.append(dice.choice(texts) + "\n" + cycle * dice.randrange(60, 90))
        assert _brute_period(looping[-1][-12 * len(cycle) :])[1] >= 11 * len(cycle), number
    found = [(loops(Observation(text)), feed(text, [3])[1]) for text in looping]
    assert sum(bool(seen) for seen, _ in found) >= 98
    assert sum(run is not None for _, run in found) >= 98
    for text, (_, run) in zip(looping, found, strict=True):
        assert run is None or not run.exact or run.period == _brute_period(text[-2_000:])[0]
    for text in plain:
        period, length = _brute_period(text)
        assert length >= 3 * period + 20 or not loops(Observation(text)), text


def test_a_character_costs_less_than_a_microsecond_and_memory_is_bounded() -> None:
    dice = Random(2)
    text = "".join(dice.choices("abcdefghijklmnop ,.\n", k=400_000))
    watch = LoopWatch()
    begun = time.process_time()
    for at in range(0, len(text), 4):
        watch.feed(text[at : at + 4])
    assert time.process_time() - begun < 2  # 0.1 s on a quiet core
    held = [value for value in vars(watch).values() if isinstance(value, str | list)]
    assert sum(map(len, held)) < 40_000
