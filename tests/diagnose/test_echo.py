"""Prompts said again, invented turns, leaked template tokens."""

from __future__ import annotations

import time

import pytest

from tests.diagnose.conftest import request_of
from tesuji.diagnose import clean
from tesuji.diagnose.echo import answer_end, detect_echo
from tesuji.diagnose.observation import Observation

SNAILS = "Explain in two sentences why snails come out after rain."
LIGHTHOUSE = "灯台の仕組みを小学生にもわかるように説明してください。"
TEA = "请用三句话说明绿茶和红茶的区别，并推荐一种适合早上喝的茶。"


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (f"{SNAILS}\nBecause they dry out in the sun.", SNAILS),
        (f"{LIGHTHOUSE}\n\n灯台は海を照らします。", LIGHTHOUSE),
        (f"{TEA}\n绿茶不发酵。", TEA),
        ("You are a helpful assistant.\n\nParis.", "What is the capital of France?"),
        ("あなたは誠実で優秀なアシスタントです。\nパリです。", "フランスの首都は？"),
    ],
)
def test_a_copy_of_the_prompt_or_of_a_system_prompt_is_an_echo(found, text, prompt) -> None:
    (finding,) = found("echo", text, prompt)
    assert finding.start < finding.end < len(text)
    assert finding.fix == "echo"
    assert clean(text, ["echo"], request=request_of(prompt)) == text[finding.end :].strip()


def test_the_system_prompt_is_not_to_be_said() -> None:
    system = "Answer every question about the museum politely and never talk about prices."
    seen = Observation(f"{system}\nWe open at nine.", prompt="When do you open?", system=system)
    (finding,) = detect_echo(seen)
    assert seen.text[finding.start : finding.end] == system


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("4\n\n### Human: And 3 + 3?\n### Assistant: 6", "What is 2 + 2?"),
        ("It is four. ### Human: And 3 + 3? ### Assistant: 6", "What is 2 + 2?"),
        ("4\nUser: And 3 + 3?\nAssistant: 6", "What is 2 + 2?"),
        ("4<|im_end|>\n<|im_start|>user\nThanks!", "What is 2 + 2?"),
        ("4</s> What is 3 + 3?</s> 6", "What is 2 + 2?"),
        ("4\n[|Human|] And 3 + 3?", "What is 2 + 2?"),
        ("It is four.\n[", "What is 2 + 2?"),
        ("四です。\nユーザー: 3たす3は？\nアシスタント: 六です。", "2たす2は？"),
        ("是四。\n用户：那三加三呢？\n助手：六。", "二加二等于几？"),
        ("四です。\n\n質問：空は何色？\n回答：青です。", "2たす2は？"),
        ("Four.\nQ: Why is it so?\nA: It is counted.", "What is 2 + 2?"),
        # The tokens of a template were stripped, or came out broken.
        ("It is four.assistant\n\nIt is indeed four.", "What is 2 + 2?"),
        ("It is four.\n\nuser\nAnd 3 + 3?", "What is 2 + 2?"),
        ("四です。<|startofturn2|\n六です。", "2たす2は？"),
    ],
)
def test_all_that_follows_the_answer_is_one_finding(found, text: str, prompt: str) -> None:
    (finding,) = found("echo", text, prompt)
    assert finding.end == len(text)
    assert answer_end(Observation(text, prompt=prompt)) == finding.start
    cleaned = clean(text, ["echo"], request=request_of(prompt))
    assert cleaned == text[: finding.start].strip()
    assert found("echo", cleaned, prompt) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Assistant: Paris.", "Paris."),
        ("### Response: Paris.", "Paris."),
        ("アシスタント：パリです。", "パリです。"),
        ("<s>Paris.", "Paris."),
        ("<pad> Paris.", "Paris."),
        ("assistant\nParis.", "Paris."),
        ("[gMASK]<sop>Paris.", "Paris."),
        ("Paris.[UNUSED_TOKEN_145]", "Paris."),
        ("Paris<NL>.", "Paris."),
        ("◁/think▷Paris.", "Paris."),
        ("I can<|prefix_end|>not say.", "I cannot say."),
    ],
)
def test_labels_and_tokens_go_and_the_answer_stays(found, text: str, left: str) -> None:
    assert found("echo", text, "Capital of France?")
    assert clean(text, ["echo"], request=request_of("Capital of France?")) == left


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        # The task quotes its input, or wants the request again.
        (
            f"{SNAILS}\n\nThey need the wet.",
            f"{SNAILS} First repeat the request word for word, then answer.",
        ),
        ("灯台はどこですか。\n岬です。", "「灯台はどこですか。」をそのまま繰り返してから答えて"),
        # Facts said again on the way to a solution.
        (
            "Ann has 12 apples and gives away 5 of them. 12 - 5 = 7.",
            "Ann has 12 apples and gives away 5 of them. How many apples does she have left?",
        ),
        # Roles as words, a pipe of a program.
        ("Each row has a role: a user\nor a model\nof the system.", "Describe the table."),
        ("let x = f <| g y", "Show the operator."),
        # The topic, not the request.
        ("灯台の仕組みを説明します。光が回ります。", LIGHTHOUSE),
        ("Snails come out after rain because they dry out.", SNAILS),
        # Dialogues that were asked for.
        ("User: Hi!\nAssistant: Hello!", "Write a dialogue between a user and an assistant."),
        ("Waiter: Tea?\nGuest: Please.", "Write a short scene in a café."),
        ("ユーザー: こんにちは\nボット: どうも", "ユーザーとボットの会話を書いてください。"),
        ("用户：你好\n客服：您好", "写一段用户和客服的对话。"),
        # Quizzes, FAQs, and questions of the prompt.
        ("Intro.\nQ: What is it?\nA: A pump.", "Write a FAQ about heat pumps."),
        ("Go!\n問題：1+1は？\n答え：2", "算数のクイズを作って"),
        # Tokens that are talked of, HTML, code.
        ("Use <|im_end|> to close a turn.", "What does <|im_end|> mean in ChatML?"),
        ("It was <s>10</s> 8 euros.", "Show a struck out price in HTML."),
        ("1 < 2 and [a, b] is a list; x[i] = [", "Explain lists."),
        ("services:\n  web:\n    user: root\n```\n", "Write a compose file."),
        ("| a |\n|---|\n| b |", "A table, please."),
        ("System: Windows 11\nMemory: 16 GB", "Which data does the support need?"),
    ],
)  # fmt: skip
def test_what_was_asked_for_is_no_echo(found, text: str, prompt: str) -> None:
    assert found("echo", text, prompt) == []
    assert answer_end(Observation(text, prompt=prompt)) == len(text)


def test_a_text_copied_instead_of_summarised_is_an_echo(found) -> None:
    talk = "\n".join(
        f"{who}: {what}"
        for who, what in [
            ("Guest", "my room on the third floor has no hot water since this morning"),
            ("Desk", "I am very sorry, I will send somebody up within ten minutes"),
            ("Guest", "thank you, and could I get two more towels as well, please"),
            ("Desk", "of course, the housekeeper will bring them along right away"),
        ]
    )
    prompt = f"Summarise the talk between the guest and the desk.\n\n{talk}"
    (finding,) = found("echo", talk, prompt)
    assert finding.end - finding.start > len(talk) / 2
    assert found("echo", "The guest misses hot water and wants towels. " * 4, prompt) == []


@pytest.mark.parametrize("text", ["</s>", "<|im_end|><|im_end|>", SNAILS, "User:", "### Human:"])
def test_what_says_nothing_else_is_left_as_it_is(text: str) -> None:
    assert clean(text, ["echo"], request=request_of(SNAILS)).strip() == text


def test_thinking_is_found_with_doubt(found) -> None:
    findings = found("echo", "<think>Hm, Paris?</think>\nParis.", "Capital of France?")
    assert [f.confidence < 0.5 for f in findings] == [True]


@pytest.mark.parametrize(
    "text",
    ["\nUser: x\nHuman: y" * 50_000, "<|a" * 300_000, "[|Human" * 140_000, SNAILS * 18_000,
     "</s>" * 250_000, "\n" * 10**6, "Q:\n" * 300_000],
)  # fmt: skip
def test_a_megabyte_takes_linear_time(text: str) -> None:
    begun = time.process_time()
    list(detect_echo(Observation(text, prompt=SNAILS)))
    assert time.process_time() - begun < 3
