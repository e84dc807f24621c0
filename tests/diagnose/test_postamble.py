"""Closing words that are no part of the answer."""

from __future__ import annotations

import time

import pytest

from tests.diagnose.conftest import request_of
from tesuji.diagnose import clean
from tesuji.diagnose.observation import Observation
from tesuji.diagnose.postamble import clean_postamble, detect_postamble

ANSWER = "The heart pumps blood through the body. It has four chambers."
JA_ANSWER = "心臓は血液を全身に送り出します。部屋は四つあります。"
ZH_ANSWER = "心脏把血液输送到全身。它有四个腔室。"

CLOSINGS = [
    (ANSWER, " Let me know if you have any other questions!"),
    (ANSWER, "\n\nI hope this helps! Let me know if anything is unclear."),
    (ANSWER, "\n\nFeel free to ask for more details. 😊"),
    (ANSWER, "\n\nIs there anything else I can help you with?"),
    (ANSWER, " Would you like me to explain the valves as well?"),
    (ANSWER, "\n\nIf you need more detail, I'd be happy to go deeper."),
    (ANSWER, "\n\nPlease don't hesitate to reach out if something is missing."),
    (ANSWER, "\n\n---\n\nGood luck with your exam!"),
    (ANSWER, "\n\nHappy studying!"),
    (JA_ANSWER, "\n\n他に質問があれば、お気軽にどうぞ。"),
    (JA_ANSWER, "もっと詳しく知りたい場合は教えてください。"),
    (JA_ANSWER, "\n\nご参考になれば幸いです。"),
    (JA_ANSWER, "\n\n必要であれば、図の説明も追加できますのでお知らせください。"),
    (JA_ANSWER, "\n他に何かお手伝いできることはありますか？"),
    (JA_ANSWER, "\n\n勉強、頑張ってください！"),
    (ZH_ANSWER, "\n\n如果你还有其他问题，请随时告诉我。"),
    (ZH_ANSWER, "希望这对你有帮助！"),
    (ZH_ANSWER, "\n\n您还需要其他帮助吗？"),
    ("心臟把血液輸送到全身。", "\n\n如果您還有任何問題，歡迎隨時提問。"),
    ("El corazón bombea la sangre.", "\n\n¿Hay algo más en lo que pueda ayudarte?"),
    ("Das Herz pumpt Blut.", "\n\nFalls Sie weitere Fragen haben, lassen Sie es mich wissen."),
]

MORE_CLOSINGS = [
    (ANSWER, "\n\nEnjoy learning about the circulation!"),
    (ANSWER, "\n\nHappy heart drawing!"),
    (ANSWER, "\n\nI hope this sketch suits you. It leaves out the valves on purpose."),
    (ANSWER, "\n\nI'm happy to explain what Dr. Harvey found as well."),
    (ANSWER, "\n\nThese are only rough estimates and depend on the person."),
    ("Le cœur pompe le sang.", "\n\nQue puis-je faire d'autre pour vous ?"),
    ("El corazón bombea la sangre.", "\n\nEspero haberte ayudado."),
    (JA_ANSWER, "\n\n年齢を教えていただければ、より正確な値もお答えできます。"),
    (JA_ANSWER, "\n\nこれらの情報は一般的なもので、個人によって異なる場合があります。"),
]


@pytest.mark.parametrize(("answer", "closing"), CLOSINGS + MORE_CLOSINGS)
def test_leave_taking_is_seen_and_taken_away(found, answer: str, closing: str) -> None:
    text = answer + closing
    (finding,) = found("postamble", text)
    assert (finding.start, finding.end) == (len(answer), len(text))
    assert finding.fix == "postamble"
    assert clean(text, ["postamble"]) == answer


NOTES = [
    (
        "Translate into French: The cat sleeps.",
        "Le chat dort.",
        '\n\nNote: "dort" is the third person singular of "dormir".',
    ),
    (
        "Correct the grammar of this sentence: He go home.",
        "He goes home.",
        "\n\n**Changes made:**\n- go → goes",
    ),
    (
        "Write a Python function that doubles a number.",
        "```python\ndef double(x):\n    return 2 * x\n```",
        "\n\nThis function multiplies its argument by two and returns the product.",
    ),
    (
        "Answer only with the letter of the right option.\nA) red\nB) blue",
        "B.",
        " The sky looks blue because short waves are scattered the most.",
    ),
    (
        "英語に翻訳してください：猫が寝ている。",
        "The cat is sleeping.",
        "\n\n※ 現在進行形で訳しました。",
    ),
    (
        "次の文を訂正してください。\n私は昨日行く。",
        "私は昨日行きました。",
        "\n\n**変更点:**\n- 「行く」を過去形にしました。",
    ),
    (
        "日付をJSON形式で出力してください。五月三日",
        '```json\n{"month": 5, "day": 3}\n```',
        "\n\nこのJSONは、月と日を数値で表しています。ご確認いただけます。",
    ),
    ("把下面的句子翻译成英文：猫在睡觉。", "The cat is sleeping.", "\n\n注：这里用了现在进行时。"),
    (
        "Write a poem about the sea.",
        "The sea is wide,\nthe sea is blue,\nit hums at night\nand sings to you.",
        "\n\nThis short poem captures how calm water looks and sounds after dark.",
    ),
    (
        "Suggest five band names for a jazz trio.",
        "1. Blue Ladder\n2. Three Corners\n3. Slow Brass\n4. Tin Moon\n5. The Late Set",
        "\n\nThese band names all hint at night clubs and a slow tempo.",
    ),
    (
        "Give me some search queries about growing tomatoes.",
        "1. tomato leaves turning yellow\n2. best soil for tomatoes\n3. when to prune tomatoes",
        "\n\nThese search queries address common worries of new gardeners.",
    ),
    (
        "Rewrite this sentence politely: Give me the keys.",
        "Could you please hand me the keys?",
        "\n\nI have kept the original meaning and softened the tone.",
    ),
    (
        "Write a rhyme of twenty words about tea.",
        "A pot of tea, a quiet chair,\nthe steam that curls up in the air,\nno hurry.",
        "\n\n(Word count: 18)",
    ),
    (
        "Write a cover letter for a baker.",
        "Dear Ms Lang,\n\nI bake bread every morning and would love to join you.\n\nYours,\nTom",
        "\n\nRemember to personalize this letter with the name of the shop.",
    ),
    (
        "Paraphrase: He was late because of the rain.",
        "Rain delayed him.",
        "\n\nRemember that you can pick a longer form when you write to a client.",
    ),
    (
        "海についての詩を書いてください。",
        "波がよせて\n波がかえす\n夜の海は静かに歌う",
        "\n\n---\n\nこの詩では、夜の海の静けさを表現しています。",
    ),
    (
        "次の文を自然な文に直してください。\n私は本が読むです。",
        "私は本を読みます。",
        "\n\n（助詞を修正し、丁寧な形に整えました）",
    ),
    (
        "次の文章を要約してください。\n鯨は海に住む哺乳類で、肺で呼吸する。",
        "鯨は肺で呼吸する海の哺乳類である。",
        "\n\nこの要約では、住む場所と呼吸の仕方だけを残しました。",
    ),
    (
        "次の文を敬語に直してください。\n明日行く。",
        "明日伺います。",
        "\n\n### 改訂点\n- 「行く」→「伺います」",
    ),
    (
        "请写一首关于海的诗。",
        "海浪轻轻\n拍着夜晚\n月亮不说话",
        "\n\n这首诗以夜晚的海为背景，表达了安静的心情。",
    ),
    (
        "Écris un poème. Write a poem about snow in French.",
        "La neige tombe\nsans faire de bruit\nsur les toits gris.",
        "\n\nCe poème évoque le silence d'un soir d'hiver à la campagne.",
    ),
]


@pytest.mark.parametrize(("prompt", "answer", "notes"), NOTES)
def test_notes_after_a_deliverable_are_seen(found, prompt: str, answer: str, notes: str) -> None:
    (finding,) = found("postamble", answer + notes, prompt)
    assert finding.start == len(answer)
    assert finding.confidence < 0.9
    cleaned = clean(answer + notes, ["postamble"], request=request_of(prompt))
    assert cleaned == answer


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("", ANSWER),
        ("", JA_ANSWER),
        ("", ZH_ANSWER),
        ("", "In conclusion, sleep helps us to learn, and we should get enough of it."),
        ("", "If symptoms last, don't hesitate to contact your doctor."),
        ("", "症状が続く場合は、専門家に相談してください。"),
        ("", "如果症状持续，应当去医院检查。"),
        ("", "Let me know if you have any questions."),  # nothing would be left
        ("hello", "Hello! How can I help you today?"),
        (
            "Write an email to my team about Friday.",
            "Dear all,\n\nwe meet on Friday. Let me know if you can come.\n\nBest,\nAnn",
        ),
        (
            "Write an email to my team about Friday.",
            "Dear all,\n\nwe meet on Friday at noon. Please let me know if you can come.",
        ),
        (
            "新しい店の広告を書いてください。",
            "駅前に新しいパン屋が開店しました。ご予約はお気軽にお問い合わせください。",
        ),
        (
            "请写一封邀请朋友的邮件。",
            "亲爱的朋友：\n周五来我家吃饭吧。如果有问题请随时联系我。\n祝好",
        ),
        (
            'Explain rain. End with "Is there anything else I can help with?"',
            "Drops fall from clouds.\n\nIs there anything else I can help with?",
        ),
        (
            "Write a function that doubles a number and explain it step by step.",
            "```python\ndef double(x):\n    return 2 * x\n```\n\nThis function multiplies by two.",
        ),
        ("Translate into French and explain why: cat", "chat\n\nExplanation: it comes from Latin."),
        (
            "Write a blog post about a trip to Rome.",
            "We went in May.\n\nThis trip to Rome was more than a holiday; it changed our year.",
        ),
        (
            "Write a short story about a clock.",
            "The clock stopped at noon.\n\nThis story is one that my father told me as a child.",
        ),
        (
            "How do I make a soup? Explain why it thickens.",
            "Boil the roots.\n\nThis soup thickens because starch swells in hot water, slowly.",
        ),
        (
            "この文章を書いた人の意図は何ですか。説明文を書いてください。",
            "筆者は平和を願っている。\n\nこの文章は、争いのむなしさを伝えている。",
        ),
        (
            "Write a paper on bees and cite your sources.",
            "Bees dance. " * 30 + "\n\nReferences:\n- Frisch, The Dancing Bees",
        ),
        (
            "Fais une lettre. Termine par la phrase « Que puis-je faire pour vous ? ».",
            "Bravo, tu as réussi.\n\nQue puis-je faire pour vous ?",
        ),
        (
            "Fais une lettre à un ami. Termine par « Que puis-je faire pour vous ? »",
            "Bravo, tu as réussi.\n\nQue puis-je faire pour toi maintenant ?",
        ),
        (
            "Give me a table of bread and its price. Add a postscript that starts with P.S.",
            "| bread | price |\n|---|---|\n| rye | 3 "
            "|\n\nP.S. Prices rise in winter, as flour does.",
        ),
        ("Give an oath.", "I swear it. I hope that this oath will bind us all to the town."),
        ("Write a story.", 'The door closed. "If you need me, let me know," she said.'),
        ("Summarise the call.", "用户：谢谢\n客服：请问还有其他可以帮到您的吗？"),
    ],
)
def test_what_belongs_to_the_answer_stays(found, prompt: str, text: str) -> None:
    assert found("postamble", text, prompt) == []
    request = request_of(prompt) if prompt else None
    assert clean(text, ["postamble"], request=request) == text


def test_a_closing_under_a_mail_is_outside_of_it(found) -> None:
    mail = "Dear all,\n\nwe meet on Friday.\n\nBest,\nAnn"
    text = mail + "\n\n---\n\nFeel free to adjust it as needed!"
    (finding,) = found("postamble", text, "Write an email to my team.")
    assert finding.start == len(mail)


def test_a_refusal_keeps_its_reason_and_loses_its_offer() -> None:
    refusal = "I'm sorry, but I can't help with that."
    assert clean(refusal + " Let me know if I can help otherwise.", ["postamble"]) == refusal


@pytest.mark.parametrize(
    "text",
    [
        "Let me know if you can. " * 40_000,
        "他に質問があれば、" * 100_000,
        "\n\nNote: " * 120_000,
        "| a |\n" * 160_000,
        "(\n\n※" * 200_000,
        "```\n" * 100_000,
    ],
)
def test_long_texts_take_linear_time(text: str) -> None:
    seen = Observation(text, "", "Translate this. Write a table.")
    begun = time.process_time()
    list(detect_postamble(seen))
    clean_postamble(seen)
    assert time.process_time() - begun < 3  # 0.2 s on a quiet core


@pytest.mark.parametrize(
    "closing",
    [
        "Pick the one that you like best, or feel free to modify any of them!",
        "---\n\nRemember to customize this with your own dates. It is also wise to talk to your "
        "manager before you send it.",
        "Please note that this information may be outdated.",
        "> *注: この回答は一般的なガイダンスであり、具体的な状況によって異なる場合があります。*",
    ],
)
def test_disclaimers_and_advice_on_the_text_itself_close_it(found, closing: str) -> None:
    text = "Here stands what was asked for, at some length.\n\n" + closing
    (finding,) = found("postamble", text, "Give me three names for a boat.")
    assert text[finding.start :].strip().startswith(closing[:20])
    assert clean(text, ["postamble"]) == "Here stands what was asked for, at some length."


@pytest.mark.parametrize(
    "text",
    [
        "Note that this river is the longest of all, and remember the two beside it.",
        "Pick the red wire.\n\nThen choose the blue one and connect both.",
    ],
)
def test_notes_that_are_content_stay(found, text: str) -> None:
    assert not found("postamble", text, "What should I know?")


def test_sources_that_nobody_asked_for_are_seen(found) -> None:
    answer = "Bees tell each other where flowers are by dancing. " * 8
    text = answer.rstrip() + "\n\nSources:\n- A book on bees\n- Another one"
    (finding,) = found("postamble", text, "What do bees do?")
    assert finding.start == len(answer.rstrip())
    assert found("postamble", text, "What do bees do? Give sources.") == []


def test_a_word_count_that_was_asked_for_stays(found) -> None:
    prompt = "Write a rhyme about tea and state the word count."
    assert found("postamble", "A pot of tea,\na chair for me.\n\nWord count: 8", prompt) == []
