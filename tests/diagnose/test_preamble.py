"""Words before the answer."""

from __future__ import annotations

import pytest

from tesuji.diagnose import clean
from tesuji.task.formats import make_format

REMOVED = [
    ("Sure! abc", "abc"),
    ("Here is the reversed string: abc", "abc"),
    ("The answer is 42", "42"),
    ("Answer: 42", "42"),
    ("Of course! The reversed string is abc.", "abc."),
    ("Certainly! Here's the translation:\n\n**Bonjour**", "**Bonjour**"),
    ("**Sure!** Here you go:\n- a\n- b", "- a\n- b"),
    ("Sure thing! 😊 Here is a list:\n\n1. one", "1. one"),
    ("I'd be happy to help you with that. Paris is the capital.", "Paris is the capital."),
    ("Hello! I'm happy to help you. A banana is a fruit.", "A banana is a fruit."),
    ("Great question! Cats purr to calm themselves.", "Cats purr to calm themselves."),
    ("Thank you for asking! Smartphones came in 1994.", "Smartphones came in 1994."),
    ("I'm sorry for the confusion. Here is the correct version:\n\nIt rains.", "It rains."),
    ("Here is the solution in the requested format.\n\n{\"a\": 1}", "{\"a\": 1}"),
    ("Based on the text, here are the points:\n* one\n* two", "* one\n* two"),
    ("はい、承知しました。以下が翻訳です：\n\n猫", "猫"),
    ("もちろんです！以下のような表現があります：\n\n1. 風が吠える", "1. 風が吠える"),
    ("以下に三つの例を示します。\n\n1. 犬", "1. 犬"),
    ("鎖国政策について説明します。\n\n江戸時代は…", "江戸時代は…"),
    ("ご質問ありがとうございます。次の通りです。\n東京", "東京"),
    ("答え：42", "42"),
    ("好的，以下是五种咖啡：\n\n| 品牌 |", "| 品牌 |"),
    ("当然可以！这是翻译：\n猫", "猫"),
    ("我很乐意帮助您。猫是动物。", "猫是动物。"),
    ("\n\n Sure, here it is: abc", "abc"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), REMOVED)
def test_an_opening_is_found_and_removed_exactly(found, text: str, answer: str) -> None:
    (finding,) = found("preamble", text)
    assert finding.start == 0
    assert finding.fix == "preamble"
    assert text[finding.end :] == answer
    assert clean(text, ["preamble"]) == answer


STAYS = [
    "Paris is the capital of France.",
    "# Here is the news\n\nIt rained.",
    "Sure enough, the king returned.",
    "Of course the king returned.",
    "Here lies a poet.\n\nHe wrote much.",
    "Here comes the sun.\nIt's all right.",
    "Thank you for your kind review! We hope to see you again.",
    "Hello World",
    "I would love to visit Japan. It is far.",
    "I can help people, but I need to learn first. Study comes first.",
    "To make juice, you need the following ingredients:\n\n* apples",
    "この関数は文字列を変換します。\n引数は一つです。",
    "18歳以下の人は入場できます。\nご注意ください。",
    "次の日、彼は手紙を書きました。\nそれから寝た。",
    "東京は日本の首都です。",
    "北京是中国的首都。",
    "Sure!",
    "Here is the answer:",
    "はい、承知しました。",
    "好的，",
    "Sure! ```\n```",
    "",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_is_or_would_leave_no_answer_stays(found, text: str) -> None:
    assert found("preamble", text) == []
    assert clean(text, ["preamble"]) == text


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Is water wet?", "Yes, water is wet."),
        ("Do cats purr?", "Of course! They purr."),
        ("Can you write code?", "Yes, I can help with code in many languages. Python is one."),
        ("この文は正しいですか？", "はい、この文は正しいです。"),
        ("水是湿的吗？", "是的，水是湿的。"),
        ("Pretend to be a knight. Greet the queen.", "Of course! I'd never fail you, my queen."),
    ],
)
def test_yes_is_an_answer_where_yes_or_no_was_asked(found, prompt: str, text: str) -> None:
    assert found("preamble", text, prompt=prompt) == []


def test_yes_is_chatter_where_something_else_was_asked(found) -> None:
    assert found("preamble", "Yes, abc", prompt="Reverse the string: cba")
    assert found("preamble", "はい、東京です。", prompt="日本の首都はどこですか？")


def test_an_announcement_counts_even_after_a_yes_no_question(found) -> None:
    assert found("preamble", "Sure! Here is the proof:\n\nQED", prompt="Is it true?")


def test_a_label_that_the_format_demands_stays(found) -> None:
    labelled = make_format("text", {"pattern": "Answer: [A-D]"})
    bare = make_format("text", {"pattern": "[A-D]"})
    assert found("preamble", "Answer: C", format=labelled) == []
    assert found("preamble", "Answer: C", format=bare)


def test_a_sentence_is_no_bare_answer(found) -> None:
    text = "The answer is that nobody knows why the chicken really crossed the road."
    assert found("preamble", text) == []


def test_agreement_without_end_is_no_opening(found) -> None:
    assert found("preamble", "Sure! " * 5 + "abc")
    assert found("preamble", "Sure! " * 500 + "abc") == []
