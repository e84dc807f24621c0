"""Outputs that stop too early."""

from __future__ import annotations

import time

import pytest

from tesuji.diagnose.observation import Observation
from tesuji.diagnose.truncated import detect_truncated


def test_the_servers_word_is_certain(found) -> None:
    (finding,) = found("truncated", "The quick brown fo", finish="length")
    assert finding.confidence == 1
    assert (finding.start, finding.end) == (0, 18)
    assert found("truncated", "", finish="length")


@pytest.mark.parametrize(
    "text",
    [
        "Code:\n```python\nprint(1)\n",
        "- item\n  ```\n  x = 1",
        '{"a": [1, 2',
        '{"a": {"b": 1}',
        "[Step 1]\n```js\nlet a = {}",
        '{"a": "the text bre',
        '```json\n[{"a": 1}, {"b": "\\"}]',
        '[{"id": 1}, {"id": 2},',
    ],
)
def test_open_code_and_open_json_are_seen(found, text: str) -> None:
    (finding,) = found("truncated", text, finish="")
    assert 0.5 < finding.confidence < 1
    assert finding.end == len(text)


CUT = [
    "Rivers carry sand to the sea. When they slow down, the sand sinks and builds up a",
    "Rivers carry sand to the sea. When they slow down, the heavy sand sinks to their",
    "Rivers carry sand to the sea. Over many years this builds new land for farm",
    "Rivers carry sand. They build deltas, such as the Nile,",
    "Here are three rivers:\n\n1. The Nile flows north.\n2. The Po flows east.\n3.",
    "Here are the rivers of the plain:",
    "| River | Length |\n| --- | --- |\n| Nile | 6650 |\n| Po | 6",
    "The sea is salty, since rivers bring minerals (mostly sodium and chlor",
    "The first paragraph is complete, and it says what has to be said.\n\n"
    "The second one was meant to say much more about the subject, yet it never got around",
    "川は砂を海まで運びます。流れが遅くなると、砂は底に沈んで",
    "川は砂を海まで運びます。流れが遅くなると、",
    "川は砂を海まで運びます。長い年月をかけて新しい土地を",
    "河流把沙子带到大海。水流变慢时，沙子会沉到河底并",
    "河流把沙子带到大海。水流变慢时，沙子",
    "河流把大量的沙子带到大海，",
    "Los ríos llevan arena al mar. Con los años forman nuevas tierras para los",
    "Rivers carry sand to the sea, where it sinks and builds up new land over the years. Some",
    "Rivers carry sand to the sea, where it sinks and builds up new land over the years. It'll",
    "Rivers carry sand to the sea, and they have done so for many thousands of years now, as all"
    " of us have seen.\n\nOverall,",
    "Rivers carry sand to the sea, as they have for many thousands of years now.\n\nSo while",
    "1. Open the page of the river.\n2. Choose the map and wait.\n3. Look for the name of the"
    ' town.\n4. Click on "Rou',
    "The rivers of the plain are long, and they are slow as well.\n\nThe delta is a place that",
    "Rivers are very, very long. Should we ask the people of the WHO",
    'A guide told us: "The river carries sand all the way down',
    "1. A river.\n2. A lake.\n" + "".join(f"{n}. A pond.\n" for n in range(3, 13)) + "1",
    "- **Rivers:** they carry sand.\n- **Lakes:** they keep it.\n- **Seas:**",
    "Three:\n- Rivers: they carry sand.\n- Lakes: they keep it.\n- Seas: they take it.\n- Ponds",
    "# Waters\n# Rivers\nThey carry sand.\n# Lakes\nThey keep it.\n# Seas",
    "Los cinco ríos más largos del país son los siguientes:",
    "The sum is\n\\begin{align}\nx &= 1 + 2",
    "The length is given by \\[ l = a +\\frac{b}{c",
    "砂は海まで運ばれます。そこで新しい土地が",
    "砂は川の流れによって海まで運ばれ、そこで長い年月をかけて積もります。\n\nまた波が砂を動かすので、海岸の形は少しずつ変わっていきます。\n\nしたがって、川と海",
    "砂は海まで運ばれます。そこで土地が生まれます。長い年月をかけて、平野が広がってい",
    "1. 川は砂を海まで運びます。\n2. 海は砂を底に沈めます。\n3. 広い平野は長い年月をかけて",
    "川です。\n- 利根川：関東を流れる。\n- 信濃川：最も長い。\n- 石狩川：北にある。\n- 木曽",
    "河流把大量的沙子带到大海，日积月累。但我",
    "नदी रेत लाती है। समुद्र के पास नई भूमि बनती",
    "猫が寝ている\ufffd"[:-1] + "。犬も寝てい\ufffd",
]


@pytest.mark.parametrize("text", CUT)
def test_an_end_that_no_sentence_has_is_seen(found, text: str) -> None:
    (finding,) = found("truncated", text, finish="")
    assert finding.confidence > 0.5
    assert finding.end == len(text)
    assert text[finding.start : finding.end] in text.splitlines()[-1]


@pytest.mark.parametrize("text", CUT)
def test_against_the_servers_word_it_is_only_a_guess(found, text: str) -> None:
    assert all(finding.confidence <= 0.5 for finding in found("truncated", text, finish="stop"))


def test_a_loop_that_stops_inside_of_a_word_is_cut(found) -> None:
    loop = "We walked along the river until the evening came. "
    assert found("truncated", loop * 12 + "We walked alo", finish="")


WHOLE = [
    "No full stop here",
    "```\nx\n```",
    "````markdown\n```python\nx\n```\n````",
    "```markdown\n```python\nx\n```\n```",
    '{"a": "}"}',
    '{"a": [1, 2]} and more {',
    "[1] According to the source",
    "[Insert name here",
    "{ not json",
    '["a", {"b": 1]',
    "Use ``` to open a fence",
    "```\nx = 1\n\nThe block was never closed, but this sentence ends as it should.",
    "- apples\n- pears\n- plums",
    "The three longest:\n1. Nile\n2. Amazon\n3. Yangtze",
    "We had a great time by the river! Come and see it too. #river #summer",
    "Thank you for your time.\n\nBest regards,\nAnn Miller",
    "The page is here. See https://example.org/rivers/list",
    "Six times seven is needed. So x = 42",
    "The answer is easy to see. A: 42",
    "What a lovely day\nThe sun shines on the bay\nAnd all the children play",
    "| River | Length |\n| --- | --- |\n| Nile | 6650 |",
    "The rivers flow to the sea.<|im_end|>",
    "川の名前は次のとおりです。\n\n1. 利根川\n2. 信濃川\n3. 石狩川",
    "山は高い。海は深い。旅は終わる。静かな夜",
    "三つの川を挙げます。\n- 利根川：関東を流れる\n- 信濃川：最も長い",
    "最长的三条河如下。\n1. 长江\n2. 黄河\n3. 珠江",
    "こんにちは\n\n敬具\n山田太郎",
    '{"said": "He said "no" to it"}',
    '{\n  "said": "He said "no" to it"\n}',
    '```json\n{"said": "He said "no" to it"}\n```\nThe value is a string.',
    '{"code": "```\\nx = 1\\n```"}',
    "```\nx = 1\n```<|endoftext|>",
    "We walked along the river for the whole day, and then we came home again. Thank you",
    "We walked along the river for the whole day, as we had read in a book by Dr. Seuss",
    "We walked along the river for the whole day, and we liked it very much indeed.\n\nBest,",
    "# Rivers\nThey carry sand.\n# Lakes\nThey keep it.\n# The end",
    "Name:\nDate:\nSignature of the applicant and date:",
    "Please fill in the form and send it back to us before the end of this month, or later if you"
    " need more time.\n\nSignature:",
    "Sign here: \\[your name]",
    'The board is 5 feet 6" wide',
    "川は砂を海まで運びます。海は広いです。以上",
    "- 川は砂を運びます。\n- 海は砂を沈めます。\n- 平野が広がります",
    "今日は楽しかったです！また行きましょうね！ 🌊☀️",
    "P.P.S",
]


@pytest.mark.parametrize("text", WHOLE)
def test_finished_texts_are_not_flagged(found, text: str) -> None:
    assert found("truncated", text, finish="") == []


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Write a poem about rivers.", "The river runs. It sings of stones and of the"),
        (
            "Describe a river without any punctuation.",
            "The river is wide. It flows down past the old mill and then turns south again",
        ),
        (
            "Décris une rivière sans utiliser de virgules.",
            "La rivière est large. Elle passe devant le vieux moulin et tourne vers le sud",
        ),
    ],
)
def test_what_the_prompt_asks_for_may_end_bare(found, prompt: str, text: str) -> None:
    assert found("truncated", text, prompt, finish="") == []


@pytest.mark.parametrize(
    "text",
    [
        "word " * 200_000,
        "これは文です" * 150_000,
        "(「[" * 300_000 + "a",
        "a\n" * 500_000,
        "```\n" * 100_000 + "x",
        "~~~\n```\n" * 100_000 + "x",
        " " * 45 + "``` " * 250_000,
    ],
)
def test_long_texts_take_linear_time(text: str) -> None:
    seen = Observation(text, "")
    begun = time.process_time()
    list(detect_truncated(seen))
    assert time.process_time() - begun < 3  # 0.3 s on a quiet core


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("Getting wa", "How do you get water in the desert?"),
        ('"Unlock yo', "Write a caption for a sale."),
        ("「春はあけぼ", "枕草子の冒頭を書いてください。"),
    ],
)
def test_an_answer_cut_in_its_first_words(found, text: str, prompt: str) -> None:
    assert found("truncated", text, prompt, finish="")


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("The cat", "Who sleeps, the cat or the dog?"),
        ("Blue whale", "Which of the whales is the largest?"),
        ("Paris, probably in", "Where? (invited guests included)"),
        ('"Yes"', "Quote one word."),
    ],
)
def test_short_answers_are_whole(found, text: str, prompt: str) -> None:
    assert not found("truncated", text, prompt, finish="")
