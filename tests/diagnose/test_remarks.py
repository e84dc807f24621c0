"""Notes on what was made, and closings that speak of the answer itself."""

from __future__ import annotations

import pytest

REMARKS = [
    ("Write a whitepaper for our fund.", "Our fund is sound. It grows.",
     "\n\nRemember, a whitepaper should be short and should not promise too much."),
    ("Write a daily exercise routine.", "Monday: run.\nTuesday: rest.",
     "\n\nRemember to listen to your body and adjust the routine as needed."),
    ("Design a syllabus for the course.", "1. Rivers\n2. Lakes\n3. Seas",
     "\n\n**Note:** This syllabus is a general guide and may be adjusted to the class."),
    ("List a few popular songs from the album.", "- River\n- Sand\n- Delta",
     "\n\nThese songs, among others, made the album a success in many countries."),
    ("Give me a list of 5 words where the letters are in order.", "1. act\n2. ago\n3. dim",
     "\n\nHowever, I should say that the list may not be exhaustive."),
    ("Rewrite the sentence using less ambiguous words. The fish is ready to eat.",
     "The cooked fish can now be eaten.",
     "\n\nAdditionally, these rewrites show how much the context of a sentence helps."),
    ("What does the @ in Python do?", "It marks a decorator, or multiplies matrices.",
     "\n\nThis response maintains a clear style and gives what was asked for, with an example."),
    ("Correct the transcription of a longer excerpt that contains some errors. I got got it.",
     "I got it.", "\n\nCorrections made:\n\n1. The second verb was taken out."),
    ("Develop a C++ program that counts words.", "```cpp\nint main() {}\n```",
     "\n\nThe program reads the file line by line, and counts what it finds."),
    ("川の情報を詳しく説明してください。ただし回答はJSON形式で答えてください。",
     '```json\n{"川": "利根川"}\n```', "\n\nこのJSONデータは、川の名前を含んでいます。"),
    ("次の文を自然な日本語に直してください。川が砂を歩く。", "川が砂を運ぶ。",
     "\n\n修正により、意味がはっきりし、自然な文章になりました。"),
    ("客観的な事実を抽出してください。雨だ。残念だ。", "- 雨が降っている",
     "\n\nそれ以外の内容は話者の感想であり、事実とは言えません。"),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "answer", "remark"), REMARKS)
def test_remarks_on_the_answer_are_seen(found, prompt: str, answer: str, remark: str) -> None:
    (finding,) = found("postamble", answer + remark, prompt)
    assert (finding.start, finding.end) == (len(answer), len(answer + remark))


CLOSINGS = [
    ("How do I get to the station? Answer in all lowercase letters.", "take the bus.",
     " hope this helps, and safe travels!"),
    ("How do rivers build land?", "They carry sand.", " Good luck! :)"),
    ("How do rivers build land?", "They carry sand.", "\n\nedit: I hope this clarifies it"),
    ("How do rivers build land?", "They carry sand.",
     "\n\nHowever, if you have any other questions feel free to ask!"),
    ("How do I cook fish?", "Fry it for six minutes.",
     "\n\nEnjoy your fish! It goes well with rice."),
    ("Plan a trip for us.", "Day 1: the river.\nDay 2: the sea.",
     "\n\nAnd there you have it, a plan for two days!"),
    ("¿Cómo corren los ríos?", "Corren hacia el mar.",
     " Espero que estos consejos te ayuden. ¡Buena suerte!"),
    ("川はどう流れますか。", "海へ流れます。",
     "\n\nもし地域の情報がありましたら、より詳しくお調べすることができます。"),
    ("川はどう流れますか。", "海へ流れます。", "\n\nこの情報が学習の一助となれば幸いです。"),
    ("川について友人に話す文章を書いてください。", "川へ行ったよ！",
     "\n\n---\n\nいかがでしょうか？明るく書きました！"),
    ("川の流れを教えてください。", "海へ流れます。",
     "\n\nこれらの数字はあくまで概算であり、年によって変わります。"),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "answer", "closing"), CLOSINGS)
def test_closings_are_seen(found, prompt: str, answer: str, closing: str) -> None:
    (finding,) = found("postamble", answer + closing, prompt)
    assert (finding.start, finding.end) == (len(answer), len(answer + closing))


STAYS = [
    ("Give me tips for a talk.", "1. Breathe.\n2. Smile.\n\nBy using these tips, you talk well."),
    ("Name the top cities. Include the best of each.",
     "1. Paris: art.\n2. Lyon: food.\n\nThese cities offer something for everybody."),
    ("Write a rap about rivers.",
     "Down it goes\n\nSo, there you have it, a river, a sea,\nIt flows"),
    ("Écris un dialogue entre un robot et Ann.",
     "Ann : Merci.\n\nRobot : Avec plaisir. N'hésite pas à revenir si tu as des questions."),
    ("川の傾向を教えてください。",
     "短くなります。\n\nただし、これらはあくまで一般的な傾向であり、例外もあります。"),
    ("薬について教えてください。",
     "危険です。\n\nもし研究が必要であれば、専門家と共に進めることをお勧めいたします。"),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "text"), STAYS)
def test_conclusions_stay(found, prompt: str, text: str) -> None:
    assert found("postamble", text, prompt) == []
