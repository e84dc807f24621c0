"""Words before the answer."""

from __future__ import annotations

import pytest

from tesuji.diagnose import clean
from tesuji.task.formats import make_format

RYE = (
    "rye bread sells well in most of the towns near the coast, wheat bread comes second there, and "
    "oat bread is bought by few, as the bakers of the region have said for years."
)
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
    ("Assistant: Sure! Here you go: abc", "abc"),
    ("<s> Certainly! abc", "abc"),
    ("The following table shows the planets:\n\n| Mars |", "| Mars |"),
    ("After reading both letters, here is my summary:\n\n- short", "- short"),
    ("I've rewritten the sentence for you:\n\nIt rains.", "It rains."),
    ("Let's solve this step by step:\n\n```json\n{}1\n```", "```json\n{}1\n```"),
    ("What a fascinating question! Bees dance.", "Bees dance."),
    ("Gladly! Bees dance.", "Bees dance."),
    ("お任せください！\n1. 春", "1. 春"),
    ("それは素敵な計画ですね！春は京都が良いです。", "春は京都が良いです。"),
    ('Here is a plan for "Code: a start":\n\n- read', "- read"),
    ("以下は、三月の売上を集計した表です。\n| 3 |", "| 3 |"),
    ("こんにちは！旅の計画について、お手伝いできます。\n\n一日目は奈良。", "一日目は奈良。"),
    ("とても興味深い質問ですね。虹は光の屈折で生じます。", "虹は光の屈折で生じます。"),
    ("根据您的要求，我已经整理了清单。\n1. 米", "1. 米"),
    ("根据文章内容，主要观点如下：\n\n1. 水", "1. 水"),
    ("很高兴为您服务！猫是动物。", "猫是动物。"),
    ("感谢您的提问！猫是动物。", "猫是动物。"),
    ("¡Claro! Aquí tienes la lista:\n- pan", "- pan"),
    ("Bien sûr ! Voici la liste :\n- pain", "- pain"),
    ("Natürlich! Hier ist die Liste:\n- Brot", "- Brot"),
    ("Claro! Aqui está a lista:\n- pão", "- pão"),
    ("Certo! Ecco la lista:\n- pane", "- pane"),
    ("Конечно! Вот список:\n- хлеб", "- хлеб"),
    ("물론입니다! 다음은 목록입니다:\n- 빵", "- 빵"),
    ("¡Hola! Claro, el pan se hornea.", "el pan se hornea."),
    ("Excellente question ! Le pain se cuit.", "Le pain se cuit."),
    ("Gute Frage! Brot wird gebacken.", "Brot wird gebacken."),
    ("¡Muy interesante! El pan se hornea.", "El pan se hornea."),
    ("Je serais ravi de vous aider. Le pain se cuit.", "Le pain se cuit."),
    ("En tant qu'IA, je ne mange pas, mais le pain se cuit.", "le pain se cuit."),
    ("That's an intriguing and rather deep question. Bees dance.", "Bees dance."),
    ("This is a very interesting topic! Bees dance.", "Bees dance."),
    ("Congratulations on your new oven! Bread bakes slowly.", "Bread bakes slowly."),
    ("You've come to the right place! Bread bakes slowly.", "Bread bakes slowly."),
    ("I'm glad you're learning to bake. Bread bakes slowly.", "Bread bakes slowly."),
    ("I don't have personal tastes, but " + RYE, RYE),
    ("I do not have personal views. However, " + RYE, RYE),
    ("As an AI assistant, I can give you some hints on bread.\n\n1. Knead", "1. Knead"),
    ("Here are ten kinds of bread.\n1. rye", "1. rye"),
    ("面白い問題ですね!\n\n1. 口", "1. 口"),
    ("非常に素敵な企画ですね。\n1. 茶道", "1. 茶道"),
    ("文を短く言い換えます。\n\n猫が寝る。", "猫が寝る。"),
    ("引っ越しの費用について、以下の通り試算いたします。\n\n- 家賃", "- 家賃"),
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
    "To bake bread, follow these steps:\n\n1. Mix.",
    "First, let's add the numbers: 1 + 2 = 3.",
    "Dear Ann,\n\nThank you for your letter. We are well.",
    "I'm sorry to hear that you are ill. Rest and drink water.",
    "Hello Ann,\n\nwe are well.",
    "Bears eat fish. Here's an example:\n\n- a salmon",
    "Let's meet at noon. I know a place.",
    "これらは次のような点で似ています：\n\n1. 色",
    "値段を決めるためには、以下の方法があります：\n\n1. 比較",
    "犬は忠実な動物です。以下に理由を示します。\n1. 群れで暮らす",
    "春天来了，花开了。\n鸟也回来了。",
    "Claro que la luna brilla.",
    "<think>\nOkay, let me see. The",
    "Okay, let's see: 1 + 1 is 2.",
    "毒は様々ですが、以下に例を示します。\n1. 茸",
    "Hier regnet es oft.\nDort nicht.",
    "Sure, I'd be happy to help! Please send me the text.",
    "Of course! What would you like to know?",
    "はい、承知しました。翻訳する文を教えてください。",
    "Hello! How can I help you today? 😊",
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


def test_a_label_that_the_prompt_dictates_stays(found) -> None:
    prompt = 'Say "My answer is yes" or "My answer is no".'
    assert found("preamble", "My answer is no", prompt=prompt) == []
    assert found("preamble", "My answer is no", prompt="Rain today?")


def test_a_sentence_is_no_bare_answer(found) -> None:
    text = "The answer is that nobody knows why the chicken really crossed the road."
    assert found("preamble", text) == []


def test_agreement_without_end_is_no_opening(found) -> None:
    assert found("preamble", "Sure! " * 5 + "abc")
    assert found("preamble", "Sure! " * 500 + "abc") == []


def test_a_greeting_is_chatter_unless_one_was_asked_for(found) -> None:
    text = "Hello! Bees dance to tell each other where flowers are."
    assert found("preamble", text, prompt="Why do bees dance?")
    assert found("preamble", text, prompt="Hi! Why do bees dance?")
    assert found("preamble", text, prompt="Hi there, friend!") == []
    assert found("preamble", text, prompt="Write a message about bees.") == []


def test_a_disclaimer_before_a_real_answer_counts_unless_the_model_was_asked_about(found) -> None:
    text = "As an AI, I don't have personal opinions, but " + "blue is named most often. " * 12
    (finding,) = found("preamble", text, prompt="Which colour is nicest?")
    assert text[finding.end :].startswith("blue is")
    assert found("preamble", text, prompt="Do you have opinions?") == []


def test_an_opening_after_a_leaked_thought_is_found_there(found) -> None:
    text = "<think>\nEasy.\n</think>\n\nSure! abc"
    (finding,) = found("preamble", text, prompt="Reverse the string: cba")
    assert text[finding.start : finding.end].strip() == "Sure!"


@pytest.mark.parametrize(
    "prompt",
    ["次の文は冗談ですか？\n時計なんて放っとけい", "can steel be magnetic", "Could birds talk?"],
)
def test_yes_answers_questions_of_every_shape(found, prompt: str) -> None:
    text = "はい、冗談です。" if not prompt.isascii() else "Yes, in some cases that is so."
    assert found("preamble", text, prompt=prompt) == []


@pytest.mark.parametrize(
    ("prompt", "text", "opening"),
    [
        ("How do I fix a dripping tap?", "The dreaded dripping tap! Turn it off.", "The dreaded"),
        ("Hi, how do I keep bees?", "Hello! Keep them in a hive.", "Hello"),
        ("Can you give me a recipe for flat bread?", "Yes! Mix flour and water.", "Yes"),
        ("What is a fugue?", "What a lovely subject! A fugue is a form.", "What a lovely"),
        (
            "茶会を開きたいのですが、手順は？",
            "茶会、素敵ですね！まず道具を揃えます。",
            "茶会、素敵",
        ),
        ("娘のいうブイログとは何？", "動画日記のことですね。日々を撮るものです。", "動画日記"),
    ],
)
def test_an_exclamation_before_an_answer_is_an_opening(found, prompt, text, opening) -> None:
    (finding,) = found("preamble", text, prompt)
    assert text[: finding.end].startswith(opening)
    assert finding.end < len(text)


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Write an advertisement for a bakery.", "The smell of rye! Come in and taste it."),
        ("You are the king. What do you see?", "What a splendid army! I see it march."),
        ("In Rust, does a move copy the bytes?", "Yes, the bytes are copied, shallowly."),
        ("can you write code?", "Yes, I can write code in most languages."),
        ("hello", "Hello! What brings you here on such a day?"),
        ("Is bread vegan?", "The best ones are! Most are made of flour and water."),
        ("この文はダジャレですか？", "ダジャレですね。「時計」と「ほっとけい」が似ています。"),
        ("あなたは海賊です。何が見える？", "島のことですね。遠くに見えます。"),
    ],
)
def test_an_exclamation_that_is_the_answer_stays(found, prompt: str, text: str) -> None:
    assert found("preamble", text, prompt) == []
