"""Loops in which something changes from cycle to cycle."""

from __future__ import annotations

import time
from random import Random

import pytest

from tesuji.diagnose import clean
from tesuji.diagnose.loop import loops
from tesuji.diagnose.near_loops import near_loops
from tesuji.diagnose.observation import Observation


@pytest.mark.parametrize(
    "cycle",
    [
        "{}. Visit the old lighthouse on the northern shore.\n",
        "Step {}: turn the valve to the left and wait. ",
        "{}) Brush your teeth after every meal\n",
        "- Item {}: A friendly talk with the whole team\n",
        "{}. 毎日少しずつ単語を覚えることが大切です。\n",
        "第{}に、健康のために水をたくさん飲みましょう。",
        "{}. 我们应该保护环境，减少污染。\n",
        "第{}步：把水倒进锅里，然后加热。\n",
        "{}. Mary\n{}. Maria Magdalena of the river\n",
    ],
)
@pytest.mark.parametrize(
    "after", ["", "\nThat is all there is to say about it.", " dfj кий 88 wq?"]
)
def test_a_loop_with_a_counter_is_found(found, cycle: str, after: str) -> None:
    before = "Here is what I would do about it:\n"
    body = "".join(cycle.replace("{}", str(number)) for number in range(1, 15))
    (finding,) = found("loop", before + body + after)
    assert abs(finding.start - len(before)) <= 2 * len(cycle)
    assert abs(finding.end - len(before + body)) <= 2 * len(cycle)
    assert "nearly the same" in finding.evidence
    assert "period" in finding.evidence
    assert finding.fix == "loop"


@pytest.mark.parametrize(
    ("cycles", "gap"),
    [
        ("The garden is full of {} flowers and it is very nice to see. ", ("red", "blue")),
        ("If the pain goes on, you may want to try a {} to make it less. ", ("cream", "spray")),
        ("この町の{}はとても美しくて、たくさんの人が訪れます。", ("公園", "海岸")),
        ("这座城市的{}非常美丽，每年都有很多游客来参观。", ("公园", "海边")),
    ],
)
def test_one_word_that_swaps_among_few_is_a_loop(found, cycles: str, gap: tuple[str, ...]) -> None:
    dice = Random(1)
    text = "".join(cycles.replace("{}", dice.choice(gap)) for _ in range(20))
    assert found("loop", text)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"It goes on{mark} And on and on it goes{mark}{space}"
                for mark, space in zip("!.!?,!?.!.,." * 3, [" ", "  ", "\n"] * 12, strict=True)),
        "".join("雨が降っています。" + space for space in ["", " ", "\n", "　", ""] * 4),
    ],
)  # fmt: skip
def test_drifting_punctuation_and_spaces_do_not_hide_a_loop(found, text: str) -> None:
    assert found("loop", text)


NAMES = [
    "Ann",
    "Bob",
    "Carl",
    "Dora",
    "Eve",
    "Frank",
    "Gina",
    "Hugo",
    "Iris",
    "Jack",
    "Kim",
    "Leo",
    "Mia",
    "Ned",
    "Olga",
    "Pia",
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{a} x {b} = {a * b}" for a in range(1, 10) for b in range(1, 10)),
        "\n".join(f"7 times {b} is {7 * b}." for b in range(1, 21)),
        "\n".join(f"{n}. {name} brings something to eat" for n, name in enumerate(NAMES, 1)),
        "\n".join(f"- {name}さんは、{n * 7}歳です。" for n, name in enumerate(NAMES, 3)),
        "\n".join(f"| {name} | teacher | Lisbon | {n * 37 % 11} |" for n, name in enumerate(NAMES)),
        "id,name,city\n" + "\n".join(f"{n},{name},Paris" for n, name in enumerate(NAMES)),
        "[" + ",\n".join(f'{{"id": {n}, "name": "{m}", "ok": true}}'
                         for n, m in enumerate(NAMES)) + "]",
        "```python\n" + "for i in range(3):\n    print(i)\n" * 6 + "```\nThat prints it.",
        "".join(f"def test_{n}():\n    assert run({n * n}) == {n ** 3}\n\n" for n in range(12)),
        "\n".join(f"{n}. e{n} e{9 - n} Nf{n} Nc{n}" for n in range(1, 9)),
        "".join(f"Anna: {a}?\nBen: No.\n" for a in
                ("Was it rain", "Was it snow", "Did the dog bark", "Who came", "Are you well")),
        "".join(f"I have a dream that one day {a}.\n" for a in
                ("the hills will sing", "my children will be free", "rivers will run clear",
                 "every door will stand open", "we shall sit at one table", "no one is alone")),
        "".join(f"春が来て、{a}。\n" for a in ("花が咲く", "鳥が鳴く", "雪が解ける", "人が笑う",
                                          "風がそよぐ", "川が光る", "空が晴れる")),
        "".join(f"我喜欢{a}。\n" for a in ("苹果", "看书", "游泳", "爬山", "唱歌", "跳舞", "旅行")),
        "Row, row, row your boat,\nGently down the stream.\nMerrily, merrily, merrily,\n"
        "Life is but a dream.\n\n" * 2,
        "\n".join(f"1.{n}. Budget {n * 1_300} euro for the year {n * n + 2_001}"
                  for n in range(1, 12)),
    ],
)  # fmt: skip
def test_lists_tables_code_poems_and_dialogues_are_no_loops(found, text: str) -> None:
    assert found("loop", text) == []


@pytest.mark.parametrize(
    "prompt",
    [
        "Write \"I must not talk in class.\" 20 times.", "Repeat the sentence until I say stop.",
        "「宿題を忘れません」と20回書いてください。", "次の文を繰り返してください。",
        "把这句话写二十遍。", "请重复这句话20次。",
    ],
)  # fmt: skip
def test_a_repetition_that_was_asked_for_is_no_loop(found, prompt: str) -> None:
    text = "\n".join(f"{n}. I must not talk in class." for n in range(1, 21))
    assert found("loop", text, prompt="Why is the sky blue?")
    assert found("loop", text, prompt=prompt) == []
    assert found("loop", "I must not talk in class.\n" * 20, prompt=prompt) == []


def test_the_cleaner_keeps_the_first_cycle_and_drops_a_cut_one() -> None:
    items = "".join(f"{n}. Take a walk in the green park.\n" for n in range(1, 12))
    assert clean("Ideas:\n" + items + "12. Take a walk in", ["loop"]) == (
        "Ideas:\n1. Take a walk in the green park.\n"
    )
    inside = clean("Ideas:\n" + items + "That was it.", ["loop"])
    assert inside == "Ideas:\n1. Take a walk in the green park.\nThat was it."
    assert clean(inside, ["loop"]) == inside


_EN = (
    "the a old new red house river walks sees takes gives stone light over under and then bread "
    "winter morning carpenter whistle engine quietly paper nobody garden"
)
_JA = "私 猫 空 山 川 町 花 朝 夜 時間 電車 学校 本 友達 仕事 が を に は で も 見る 行く 話す"
_ZH = "我 你 他 山 水 城 花 早上 晚上 时间 火车 学校 书 朋友 工作 在 是 有 看 去 说 和 的"
WORDS = {"en": _EN.split(), "ja": _JA.split(), "zh": _ZH.split()}


def _sentence(dice: Random, language: str, length: int) -> str:
    join, stop = (" ", ". ") if language == "en" else ("", "。")
    sentence = ""
    while len(sentence) < length:
        sentence += dice.choice(WORDS[language]) + join
    return sentence[:length].rstrip() + stop


def _loop(dice: Random, number: int) -> str:
    language = ("en", "ja", "zh")[number % 3]
    before = "".join(_sentence(dice, language, dice.randrange(10, 60)) for _ in range(4))
    period = dice.choice([2, 3, 6, 10, 18, 30, 55, 90, 160, 350, 700, 1_500, 4_000])
    block = ""
    while len(block) < period:
        block += _sentence(dice, language, min(period, dice.randrange(8, 70)))
    block = block[:period]
    with_counter = number % 4 == 0 and 18 <= period <= 500
    cycles = 3 if period > 500 else 200 // period + 10
    after = "" if number % 2 else "\n" + _sentence(dice, language, 80) + _sentence(dice, "en", 50)
    rows = (f"{n}. {block}\n" if with_counter else block for n in range(1, cycles + 1))
    return before + "\n" + "".join(rows) + after


def _no_loop(dice: Random, number: int) -> str:
    language = ("en", "ja", "zh")[number % 3]
    pool = [_sentence(dice, language, dice.randrange(8, 70)) for _ in range(30)]
    kind = number % 4
    if kind == 0:
        return "".join(dice.sample(pool, 25))
    if kind == 1:
        return "\n".join(
            f"| {n} | {dice.choice(WORDS[language])} | {dice.randrange(1_000)} | yes |"
            for n in range(30)
        )
    if kind == 2:
        return "\n".join(f"{n}. {sentence}" for n, sentence in enumerate(pool, 1))
    return "".join(
        f"if x == {dice.randrange(99)}:\n    y = f({dice.randrange(99)})\n" for _ in range(20)
    )


def test_a_thousand_loops_made_and_a_thousand_texts_without() -> None:
    dice = Random(20)
    made = [_loop(dice, number) for number in range(1_000)]
    seen = [bool(loops(Observation(text))) for text in made]
    assert sum(seen) >= 990
    without = [_no_loop(dice, number) for number in range(1_000)]
    assert sum(bool(loops(Observation(text))) for text in without) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "a.\n" * 300_000, "1. a b c d e f g\n" * 60_000, ". ! ? " * 170_000,
        "".join(f"{n % 7} word and so on {n}.\n" for n in range(40_000)),
        ("x" * 5_000 + "." + "x" * 4_999 + "y.") * 100,
    ],
    ids=["short", "counter", "marks", "numbers", "long"],
)  # fmt: skip
def test_a_megabyte_of_units_takes_linear_time(text: str) -> None:
    begun = time.process_time()
    near_loops(text)
    assert time.process_time() - begun < 4  # 0.4 s on a quiet core


def test_a_short_item_under_every_number_is_a_loop_from_its_first_number(found) -> None:
    text = "".join(f"{number}. plums\n" for number in range(1, 30))
    (finding,) = found("loop", text)
    assert (finding.start, finding.end) == (0, len(text))


@pytest.mark.parametrize("cut", [0, 17])
def test_cycles_of_one_length_that_differ_in_a_letter_are_a_loop(found, cut: int) -> None:
    cycles = [f"The {letter}oat lies in the harbour, and it rains. " for letter in "bcgmbxqzrt"]
    text = "".join(cycles)
    (finding,) = found("loop", text[: len(text) - cut])
    assert finding.start == 0
    assert finding.end >= len(text) - cut - 1


@pytest.mark.parametrize(
    "text",
    [
        "".join(
            f"The share in the year 20{n:02} was {10 + n * n % 83} percent of all sales.\n"
            for n in range(12)
        ),
        "".join(f"| {word} | is a noun that has | {word} |\n" for word in "abcdefghij"),
        "".join(
            f"{word} rhymes with nothing that I know of, {word}.\n" for word in ("silver", "orange")
        ),
    ],
)
def test_rows_of_one_length_with_other_figures_are_no_loop(found, text: str) -> None:
    assert not found("loop", text)
