"""Words in another language than the one that was asked for."""

from __future__ import annotations

import time

import pytest

from tesuji.diagnose.expected import asked_language, normalise
from tesuji.diagnose.guess import language_of
from tesuji.diagnose.language import detect_language, expected_language
from tesuji.diagnose.observation import Observation

WHERE_IS = "市役所はどこにありますか。"


def spans(text: str, prompt: str = "", language: str | None = None) -> list[str]:
    """The stretches found to be in another language."""
    seen = Observation(text, "", prompt, None, language)
    return [text[found.start : found.end] for found in detect_language(seen)]


@pytest.mark.parametrize(
    ("language", "text", "stretch"),
    [
        ("ja", "駅前のпарк公園で待ち合わせましょう。", "парк"),
        ("ja", "毎朝のさんぽがた노しいです。", "노"),
        ("ja", "この规定は来月から施行されます。", "规"),
        ("ja", "答えは三つあります。请问您还有别的问题吗？", "请问您还有别的问题吗"),
        ("ja", "予算は三억円です。", "억"),
        (
            "ja",
            "市役所は駅の北にあります。I hope this helps you find it!",
            "I hope this helps you find it!",
        ),
        (
            "ja",
            "Here is the route to the station:\n駅を出て右です。",
            "Here is the route to the station:",
        ),
        ("zh", "我们在公园里ベンチ坐了一会儿。", "ベンチ"),
        ("zh", "工人们正在働いている。", "働いている"),
        (
            "zh",
            "他今天没有来。The meeting is at the office on Monday.",
            "The meeting is at the office on Monday.",
        ),
        ("zh", "市场上有很多 большой 商品。", "большой"),
        ("en", "Turn left at the corner and walk 一直往前走 until you see the park.", "一直往前走"),
        ("en", "The soup is very вкусный and it is served hot with bread.", "вкусный"),
        ("en", "You can put it in the フォルダ that we made for you.", "フォルダ"),
        ("ko", "오늘은 날씨가 좋아서 とても 기분이 좋습니다.", "とても"),
        ("ru", "Сегодня мы идём в 公园 вместе с детьми.", "公园"),
        ("th", "วันนี้อากาศดี and we should all go to the beach with the children", "and we should"),
        ("es", "Mañana iremos al mercado con los niños 因为 es barato.", "因为"),
    ],
)
def test_an_intruding_stretch_is_found(language: str, text: str, stretch: str) -> None:
    found = spans(text, "", language)
    assert found
    assert stretch[:12] in found[0] or found[0] in stretch


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "The city hall is on the north side of the station."),
        ("ja", "市政厅在车站的北边，您可以步行过去。"),
        ("zh", "市役所は駅の北側にあります。"),
        ("zh", "You can walk to the station in ten minutes from here."),
        ("ko", "Good morning! How are you today, and what can I do for you?"),
        ("en", "El ayuntamiento está al norte de la estación y puede ir a pie desde aquí."),
        ("en", "Das Rathaus ist nicht weit von hier, und Sie können auch mit dem Bus fahren."),
        ("en", "駅の北側にあります。歩いて十分ほどです。"),
        ("es", "The town hall is north of the station, and you can walk there from here."),
        ("fr", "The town hall is north of the station, and you can walk there from here."),
        ("de", "La mairie est au nord de la gare et vous pouvez y aller à pied avec les enfants."),
        ("ca", "The town hall is north of the station, and you can walk there from here."),
        ("ru", "The town hall is north of the station, and you can walk there from here."),
    ],
)
def test_a_whole_answer_in_another_language_is_found(language: str, text: str) -> None:
    assert spans(text, "", language)


@pytest.mark.parametrize(
    ("language", "text", "prompt"),
    [
        ("ja", "PythonでAPIを呼び出すには、requestsを使います。", ""),
        ("ja", "`print the sum of the list to the screen` と表示されます。", ""),
        ("ja", "```\n# this is the sum of all the items in the list\n```\n以上です。", ""),
        ("ja", "看板には「Please keep off the grass of the park」と書いてあります。", ""),
        ("ja", "中国語では「谢谢」と言います。", "ありがとうを中国語で何と言いますか。"),
        ("ja", "ソウル（서울）は韓国の首都です。", "韓国の首都は？"),
        ("ja", "角度をα、波長をλとすると、μは次の式になります。", ""),
        ("ja", "詳しくは https://example.com/the/of/and/is をご覧ください。", ""),
        ("ja", "42", WHERE_IS),
        ("ja", "東京", WHERE_IS),
        ("ja", "やったね ٩(ˊᗜˋ*)و ♪", ""),
        ("ja", "The Quick Brown Foxという本です。", ""),
        (
            "ja",
            "「私は駅へ行く」は I am going to the station with my friend. です。",
            "次の文を英語に訳し、日本語で解説して。",
        ),
        ("ja", "丁寧な挨拶、日々の努力、国際的な視野が大切です。", ""),
        ("zh", "使用Python调用API时，可以用requests库。", ""),
        ("zh", "日语里说「ありがとう」。", "谢谢用日语怎么说？"),
        ("zh", "這個問題很簡單，我們可以用兩種方法來解決。", ""),
        ("zh", "苹果公司（Apple）发布了iPhone。", ""),
        (
            "en",
            "Kyoto (京都) was the capital of Japan for a thousand years.",
            "Tell me about Kyoto.",
        ),
        ("en", "The word karaoke comes from Japanese 空 and オーケストラ.", ""),
        ("en", "She shrugged: ¯\\_(ツ)_/¯ and left the room.", ""),
        ("en", "The energy is E = ħω, where ω is the angular frequency.", ""),
        ("en", "The sign said “Il est interdit de fumer dans les salles”.", ""),
        ("en", "Visit the Place de la Concorde and the Musée des Beaux Arts.", ""),
        ("en", "Bonjour means hello in French, and merci means thank you.", ""),
        ("en", "Milk, eggs, bread, butter, cheese", ""),
        ("en", "", ""),
        (
            "en",
            "¿Dónde está la biblioteca de la universidad? Está en el centro.",
            "Give me an example dialogue in an easy Spanish lesson.",
        ),
        (
            "es",
            "La conferencia «The Art of the Possible» fue muy interesante para los alumnos.",
            "",
        ),
        ("ko", "서울(首爾)은 대한민국의 수도입니다.", ""),
        ("ko", "AI와 API는 널리 쓰입니다.", ""),
        ("ru", "Библиотека NumPy написана на языке C.", ""),
        ("th", "ใช้ Python กับ API ได้", ""),
        ("xx", "anything at all", ""),
    ],
)
def test_what_the_answer_calls_for_is_let_be(language: str, text: str, prompt: str) -> None:
    assert spans(text, prompt, language) == []


@pytest.mark.parametrize(
    ("prompt", "code"),
    [
        ("Where is the town hall?", "en"),
        ("Where is the town hall? Answer in French.", "fr"),
        ("Write a poem about rain. Your entire response should be in Hindi.", "hi"),
        ("Translate the following into Japanese:\n\nThe cat sat on the mat.", "ja"),
        ("Translate this Japanese sentence to English: 猫が好きです。", "en"),
        ("List five fruits using only the Swahili language.", "sw"),
        ("Explain tides in Korean, please.", "ko"),
        ("In German, explain how the tides work.", "de"),
        (WHERE_IS, "ja"),
        ("市役所はどこですか。英語で答えてください。", "en"),
        ("次の文章を日本語に翻訳してください。\n\nThe cat sat on the mat.", "ja"),
        ("次の文章を要約してください。\n\nThe cat sat on the mat and it was happy.", "ja"),
        ("以下を和訳してください。\nThe cat sat on the mat.", "ja"),
        ("英語で書かれた本について教えてください。", "ja"),
        ("市政厅在哪里？", "zh"),
        ("市政厅在哪里？请用英文回答。", "en"),
        ("把下面的句子翻译成日语：我喜欢猫。", "ja"),
        ("市政廳在哪裡？請用法語回答。", "fr"),
        ("¿Dónde está el ayuntamiento? Responde en inglés.", "en"),
        ("¿Dónde está el ayuntamiento y cómo puedo ir?", "es"),
        ("Écrivez un poème. Votre réponse doit être entièrement en allemand.", "de"),
        ("Où est la mairie et comment est-ce que je peux y aller ?", "fr"),
        ("Где находится ратуша и как туда добраться?", "ru"),
        (
            "### Human: Hi, how are you? ### Assistant: Fine. ### Human: 今日は？ ### Assistant:",
            "ja",
        ),
        ("Translate to French. Then explain your answer in German.", None),
        ("How do you say good evening in French?", None),
        ("Hi", None),
        ("", None),
        ("123 + 456", None),
    ],
)
def test_the_language_that_a_prompt_asks_for(prompt: str, code: str | None) -> None:
    assert asked_language(prompt) == code
    assert expected_language(Observation("…", prompt=prompt)) == code


def test_the_task_knows_better_than_the_prompt() -> None:
    seen = Observation("…", prompt="Translate to French: the cat", language="ja")
    assert expected_language(seen) == "ja"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ja", "ja"),
        ("JA", "ja"),
        ("ja-JP", "ja"),
        ("zh-CN", "zh"),
        ("zh_TW", "zh"),
        ("Japanese", "ja"),
        ("日本語", "ja"),
        ("中文", "zh"),
        ("français", "fr"),
        ("eng", "en"),
        ("", None),
        ("any", None),
        ("whatever you like", None),
    ],
)
def test_names_of_languages(name: str, code: str | None) -> None:
    assert normalise(name) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The weather is fine today, and we are going to the beach.", "en"),
        ("El tiempo es bueno hoy y vamos a la playa con los niños.", "es"),
        ("Il fait beau aujourd'hui et nous allons à la plage avec les enfants.", "fr"),
        ("Das Wetter ist heute schön, und wir gehen mit den Kindern an den Strand.", "de"),
        ("O tempo está bom hoje e nós vamos para a praia com as crianças, mas não agora.", "pt"),
        ("Oggi il tempo è bello e andiamo alla spiaggia con i bambini, ma non ora.", "it"),
        ("Avui fa bon temps i anem a la platja amb els nens, però això no és tot.", "ca"),
        ("Het weer is vandaag mooi en wij gaan met de kinderen naar het strand.", "nl"),
        ("Hali ya hewa ni nzuri leo na tunakwenda pwani kwa ajili ya watoto wa shule.", "sw"),
        ("Hôm nay thời tiết đẹp và chúng tôi sẽ đi biển với các bạn.", "vi"),
        ("Bugün hava çok güzel ve biz çocuklar ile plaja gidiyoruz.", "tr"),
        ("Dzisiaj jest ładna pogoda i nie ma deszczu, ale to się zmieni.", "pl"),
        ("Hari ini cuaca cerah dan kami akan pergi ke pantai dengan anak yang kecil.", "id"),
        ("今日はいい天気ですね。", "ja"),
        ("今天天气很好，我们去海边吧。", "zh"),
        ("今天天氣很好，我們去海邊吧。", "zh"),
        ("PythonのAPIを使ってJSONをPOSTします。", "ja"),
        ("오늘은 날씨가 좋습니다.", "ko"),
        ("Сегодня хорошая погода, и мы идём на пляж.", "ru"),
        ("Сьогодні гарна погода, і ми йдемо на пляж.", "uk"),
        ("วันนี้อากาศดี", "th"),
        ("الطقس جميل اليوم", "ar"),
        ("מזג האוויר יפה היום", "he"),
        ("आज मौसम अच्छा है", "hi"),
        ("Ο καιρός είναι καλός σήμερα", "el"),
        ("આજે હવામાન સારું છે", "gu"),
        ("12345 !?", None),
        ("", None),
        ("Xyzzy plugh", None),
    ],
)
def test_the_language_of_a_text(text: str, code: str | None) -> None:
    assert language_of(text) == code


def test_evidence_names_both_languages_and_the_words() -> None:
    (found,) = detect_language(Observation("駅前のпаркで会いましょう。", language="ja"))
    assert found.evidence == "Cyrillic in Japanese: 'парк'"
    (found,) = detect_language(Observation("この规定は来月からです。", language="ja"))
    assert found.evidence == "Chinese (simplified) in Japanese: '规'"


def test_near_stretches_are_one_finding() -> None:
    text = (
        "道が 옛날 길 이다 と続きます。" + "そして長い長い長い長い日本語が続き、" + "また 길 です。"
    )
    assert len(spans(text, "", "ja")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1_000_000,
        "\"'`«「" * 200_000,
        "a@" * 500_000,
        "_" * 1_000_000,
        "x" * 1_000_000,
        "这" * 1_000_000,
        "这 a" * 300_000,
        "the is of " * 100_000,
        "que la de " * 100_000,
        "的是了" * 300_000,
        "的是了，" * 300_000,
        "さд " * 300_000,
        "`a" * 500_000,
        "```\n" * 250_000,
        "\ud800" * 1_000_000,
        "「这」" * 300_000,
        "\\α" * 500_000,
    ],
    ids=lambda text: repr(text[:8]),
)
@pytest.mark.parametrize("language", ["ja", "en", "zh", "es"])
def test_a_megabyte_of_anything_takes_linear_time(language: str, text: str) -> None:
    begun = time.process_time()
    list(detect_language(Observation(text, "", "Say it.", None, language)))
    assert time.process_time() - begun < 5  # 0.5 s on a quiet core
