"""The signs of an end that was not meant: what stands open, what stops short, single words."""

from __future__ import annotations

import time

import pytest

from tesuji.diagnose.endings_open import begun_word
from tesuji.diagnose.endings_words import FUNCTION, SELDOM_LAST, WEAK, often_last

PARAGRAPH = (
    "Rivers carry sand to the sea, and they have done so for many thousands of years, as all of"
    " us have seen. The sand sinks where they slow down.\n\n"
)
CUT = [
    PARAGRAPH + "For a longer account of it see https://",
    PARAGRAPH + "Run it with `river --map`, and then ask for the sand with `riv",
    '<p>Rivers.</p>\n<img class="map" src="/images/riv',
    "The field is\n\\vec{F}(x) = \\frac{1}{2} \\hat{v}_{",
    "import math\n\nlengths = sorted([3, 5, 8, 13, 2",
    "import math\n\nlengths = [3, 5]\nprint(math.sqrt(len",
    "1. Take the map of the river and unfold it carefully on the floor.\n"
    "2. Mark the places where the water is slow and the sand sinks down.\n3. Colours: draw del",
    "1. Measure it. Update the map regularly, and show it to all the others.\n"
    "2. Show the map of the sand to those who live beside it. Ask them.\n3. Lastly, colour t",
    "Five rivers:\nNile - The longest river there is, it flows north into the sea.\n"
    "Amazon - The mightiest of them, it carries more water than any.\nDanube - It passes",
    PARAGRAPH + "Sedi",
    PARAGRAPH + "So, in the end, these",
    PARAGRAPH + "As you can see, this shows the main",
    PARAGRAPH + "- Move the map to where it belongs and fix it there. Here's",
    PARAGRAPH + 'It is all told in the book -"What every river knows about',
    "川は砂を運びます。海は広いです。\nそれでは",
    "- 利根川：関東を流れる川\n- 信濃川：最も長い川\n- 石狩川：蛇行して流れて行っ",
    "这条河很长，也很宽阔。它把沙子带到大海。但我们",
]


@pytest.mark.parametrize("text", CUT)
def test_what_stands_open_or_stops_short_is_seen(found, text: str) -> None:
    prompt = "How do rivers build land? Explain sedimentation."
    (finding,) = found("truncated", text, prompt, finish="")
    assert finding.confidence > 0.5
    assert finding.end == len(text)


WHOLE = [
    PARAGRAPH + "It costs $5",
    PARAGRAPH + "Use the `river` command",
    "for all x (or y [or z]) choose 12",
    "The smaller one: 3 < 5",
    "1. Nile\n2. Amazon\n3. Po",
    "1. Take the map of the river and unfold it carefully on the floor.\n"
    "2. Mark the places where the water is slow and the sand sinks down.\n"
    "3. Colour the map, and hang it where all of them can see it well",
    PARAGRAPH + "Best wishes",
    PARAGRAPH + "The Long Rivers of the World and the Main",
    "I think it was the rain. They went home, and that was the end of all their troubles",
    "He asked nobody about it. So the best is to ask those who live beside the rivers",
    "- 利根川：関東を流れる川\n- 信濃川：流域が広く、変更の可能性あり",
    "春が来た\nそれでは",
    "```\nx = 1\n\nThe block was never closed, but this sentence ends as it should. 🌊",
]


@pytest.mark.parametrize("text", WHOLE)
def test_what_only_lacks_its_stop_is_whole(found, text: str) -> None:
    assert found("truncated", text, "How do rivers build land?", finish="") == []


def test_token_soup_breaks_off(found) -> None:
    words = "riverMap94 sandHolm deltaRus bankNote71 stoneWerk floodGate reedXi mudLark moorHen88"
    soup = " ".join(word.replace("e", letter) for letter in "eou" for word in words.split())
    text = "Rivers carry sand to the sea and build land. " + soup
    assert found("truncated", text, "How?", finish="")


def test_a_words_beginning_is_known_by_the_text() -> None:
    assert begun_word("sedim", "Sedimentation is slow.") is not None
    assert begun_word("plan", "She planned it.") is None  # an inflected form of it
    assert begun_word("rive", "It is all about rives and rivers.") is None
    assert begun_word("r1v", "r1vers") is None
    assert begun_word("", "") is None


def test_no_word_is_of_two_minds() -> None:
    assert not WEAK & SELDOM_LAST
    assert not FUNCTION & SELDOM_LAST
    assert not any(map(often_last, SELDOM_LAST))
    assert often_last("rivers") and often_last("again")
    assert not often_last("various") and not often_last("thus")


@pytest.mark.parametrize(
    "text",
    ["`" * 1_000_000, "<a b=" * 200_000, "sed " * 250_000 + "sedi", "- x (" * 200_000 + "1"],
)
def test_long_ends_take_linear_time(found, text: str) -> None:
    began = time.process_time()
    found("truncated", text, "sedimentation", finish="")
    assert time.process_time() - began < 5
