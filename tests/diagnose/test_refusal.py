"""Outputs that decline instead of doing the task."""

from __future__ import annotations

import time

import pytest

from tesuji.diagnose.observation import Observation
from tesuji.diagnose.refusal import detect_refusal

DECLINES = [
    ("How tall is the mayor?", "I'm sorry, but I can't help with that.", "I'm sorry"),
    ("Name the winner of today's match.", "I don't have access to real-time information. "
     "Please check a sports site.", "I don't have"),
    ("Which colour is nicest?", "As an AI language model, I don't have personal preferences. "
     "Let me know if I can help with anything else!", "As an AI"),
    ("Draw my cat.", "Unfortunately, I am unable to create images. "
     "However, I can describe your cat if you tell me about it.", "Unfortunately"),
    ("Summarise the report.", "I apologize, but I cannot summarise it without more details. "
     "Could you please send the report?", "I apologize"),
    ("Plan a theft.", "I won't assist with this request. Theft is illegal and harms people. "
     "If you are in need, please consult a social worker.", "I won't"),
    ("Plan a theft.", "Assistant: I cannot provide advice on crime.", "Assistant: I cannot"),
    ("Feed my pet.", "I'm not sure if I can help you with pets. Please ask a vet.", "I'm not"),
    ("Sum up the novel.", "I am not familiar with this novel. Could you tell me more?", "I am not"),
    ("昨日の株価は？", "申し訳ありませんが、最新の株価をお答えすることはできません。"
     "公式サイトをご確認ください。", "申し訳"),
    ("鍵を壊す方法は？", "その内容にはお応えできません。", "その内容"),
    ("好きな色は何色がいい？", "私はAIですので、好みを持っていません。", "私は"),
    ("金庫を破る計画を。", "計画の詳細を提供することはできません。"
     "ただし、防犯について話し合うことはできます。", "計画の"),
    ("昨天的股价是多少？", "抱歉，我无法提供实时信息。请查看官方网站。", "抱歉"),
    ("怎么撬锁？", "对不起，我不能回答这个问题。", "对不起"),
    ("哪种颜色好看？", "作为一个AI语言模型，我没有个人喜好。", "作为"),
    ("哪種顏色好看？", "很抱歉，我無法回答這個問題。", "很抱歉"),
    ("¿Cómo abro la cerradura?", "Lo siento, no puedo ayudar con eso.", "Lo siento"),
    ("Comment ouvrir la serrure ?", "Désolé, je ne peux pas répondre à cela.", "Désolé"),
    ("Wie öffne ich das Schloss?", "Es tut mir leid, dabei kann ich nicht helfen.", "Es tut"),
    ("자물쇠를 여는 법은?", "죄송합니다. 그 요청은 도와드릴 수 없습니다.", "죄송"),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "text", "begins"), DECLINES)
def test_declining_is_a_refusal(found, prompt: str, text: str, begins: str) -> None:
    (finding,) = found("refusal", text, prompt=prompt)
    assert text[finding.start :].startswith(begins)
    assert finding.end > finding.start
    assert found("preamble", text, prompt=prompt) == []  # nothing of an answer follows


ANSWERS = [
    ("Which colour is nicest?", "As an AI, I don't have personal preferences. However, most people "
     "who were asked in surveys over the last fifty years named blue, ahead of green and red, in "
     "nearly every country of the world."),
    ("How do I fix it?", "I cannot see your bike, but here are some steps:\n\n"
     "1. Turn it over.\n2. Take the wheel out.\n3. Patch the tube."),
    ("Write code that adds.", "I'm sorry, I can't run it here.\n```python\nprint(1 + 2)\n```"),
    ("Write an e-mail to decline.", "Dear Ann,\n\nI'm sorry, but I am unable to come on Friday."),
    ("Tell me a story.", 'The guard shook his head. "I cannot help you with that," he said, and '
     "closed the gate behind the last of the travellers that evening."),
    ("can you sing?", "Yes, I can write songs. However, I don't have the ability to make sounds."),
    ("Do you have feelings?", "As an AI language model, I do not have feelings."),
    ("Are you human?", "No, I'm an AI. I can't feel as you do."),
    ("Who paid? If unclear say: I don't know.", "I don't know."),
    ("Who paid?", "It cannot be determined from the text who paid."),
    ("Can penguins fly?", "No, penguins cannot fly. Their wings are not made for it."),
    ("My dog died.", "I'm sorry to hear that. Losing a friend is hard. Do you have support?"),
    ("Why is the sky blue?", "The sky is blue because air scatters short waves."),
    ("断りのメールを書いて", "件名：ご招待について\n\n申し訳ありませんが、参加できません。"),
    ("この文から誰か分かりますか？", "この文章からは誰なのか判断できません。"),
    ("ペンギンは飛べますか？", "いいえ、ペンギンは飛ぶことができません。"),
    ("你是AI吗？", "是的，我是一个AI助手，没有感情。"),
    ("写一封道歉邮件", "尊敬的客户：\n\n很抱歉，我们无法按时发货。"),
    ("企鹅会飞吗？", "不会，企鹅不能飞。"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "text"), ANSWERS)
def test_an_answer_is_no_refusal(found, prompt: str, text: str) -> None:
    assert found("refusal", text, prompt=prompt) == []


def test_only_the_declining_sentence_is_marked(found) -> None:
    text = "Hello! I'm sorry, but I cannot help with that. Is there anything else?"
    (finding,) = found("refusal", text, prompt="Open the safe.")
    assert text[finding.start : finding.end] == "I'm sorry, but I cannot help with that."


@pytest.mark.parametrize(
    "piece", ["I'm sorry, I can't ", "申し訳ありませんが", "抱歉，我", "not I "]
)
def test_a_megabyte_takes_linear_time(piece: str) -> None:
    begun = time.process_time()
    list(detect_refusal(Observation(piece * (10**6 // len(piece)))))
    assert time.process_time() - begun < 2


def test_a_refusal_in_an_invented_turn_is_not_the_answers(found) -> None:
    turn = "\nUser: Again?\nAssistant: I'm sorry, but I cannot help with that request."
    assert found("refusal", "It rains." + turn * 6, prompt="How is the weather?") == []
