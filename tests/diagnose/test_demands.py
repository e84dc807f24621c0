"""What a prompt demands, and which texts keep it."""

from __future__ import annotations

import pytest

from tesuji.diagnose import Finding
from tesuji.diagnose.demands import demands

WORDS = "word " * 30
LONG = "This is a paragraph that is long enough to be taken for prose by anyone who reads it.\n\n"

# prompt, a text that keeps the demand, one that breaks it
KEPT_AND_BROKEN = [
    # French and Spanish
    ("Décris la mer. Ta réponse doit contenir au moins 10 mots.", WORDS, "La mer est bleue."),
    ("Describe el mar. Responde con menos de 10 palabras.", "El mar es azul.", WORDS),
    (
        "Describe el mar con un máximo de 2 frases en tu respuesta.",
        "Es azul. Es grande.",
        "Es azul. Es grande. Es frío. Es hondo.",
    ),
    ("Décris la mer. Veuillez ne pas utiliser de virgules.", "Bleue et vaste", "Bleue, vaste"),
    ("Décris la mer sans employer de chiffres arabes.", "Deux mers", "2 mers"),
    ("Describe el mar. Escribe tu respuesta sin emplear comas.", "azul y frío", "azul, frío"),
    ("Décris la mer. Évitez d'employer le caractère ç dans votre texte.", "Elle est là", "Ça va"),
    ("Décris la mer. Votre réponse ne doit pas contenir d'accents.", "Elle va", "Elle allée"),
    (
        "Décris la mer. Votre texte doit être entièrement en minuscules.",
        "la mer est bleue",
        "La mer est bleue",
    ),
    (
        "Décris la mer. Rédigez votre réponse en majuscules, sans utiliser de minuscules.",
        "LA MER",
        "La mer",
    ),
    ("Describe el mar. Usa sólo letras mayúsculas en tu respuesta.", "EL MAR", "El mar"),
    ("Décris la mer. N'utilisez pas les mots ['vague', 'sel'] dans votre texte.", "eau", "le sel"),
    ('Describe el mar. No uses la palabra clave "ola" en tu respuesta.', "agua", "una ola"),
    ('Describe el mar. No olvides incluir las palabras "ola" y "sal".', "ola, sal", "ola"),
    ('Décris la mer. Le mot "vague" doit figurer au moins deux fois.', "vague vague", "vague"),
    ('Describe el mar. La letra "z" debe aparecer al menos 2 veces.', "azul azul", "azul"),
    (
        "Describe el mar. Incluye palabras en mayúsculas al menos 2 veces en tu respuesta.",
        "EL MAR",
        "El mar",
    ),
    ('Describe el mar. En tu respuesta debe haber 2 palabras con la letra "ñ".', "niño año", "año"),
    ("Décris la mer. Encadrez toute votre réponse avec des guillemets.", '"Bleue"', "Bleue"),
    ("Describe el mar. Toda tu respuesta debe estar entre comillas dobles.", "«Azul»", "Azul"),
    ("Décris la mer. Ajoutez un titre entouré de doubles dièses.", "##Mer##\nB", "Mer\nB"),
    ("Describe el mar en formato JSON.", '{"a": 1}', "azul"),
    (
        "Décris la mer. Votre texte doit inclure au moins 2 espaces réservés, comme [nom].",
        "[a] et [b]",
        "[a]",
    ),
    (
        "Describe el mar. Resalta al menos 2 secciones de tu respuesta, como *esta*.",
        "*a* y *b*",
        "*a*",
    ),
    ("Terminez votre texte par un post-scriptum qui commence par P.S.", "Oui.\nP.S. Non", "Oui."),
    ('Termina tu respuesta con la frase exacta "Hasta pronto".', "Ya. Hasta pronto", "Ya."),
    (
        "Décris la mer. Votre texte doit comporter 2 parties, chacune commençant par Partie X.",
        "Partie 1\na\nPartie 2\nb",
        "Partie 1\na",
    ),
    (
        "Describe el mar. Tu respuesta debe tener 2 párrafos, separados por ***.",
        "a\n***\nb",
        "a\n\nb",
    ),
    (
        "La mer est-elle bleue ? Répondez uniquement par l'une de ces options : ('Oui.', 'Non.').",
        "Oui.",
        "Oui. Elle l'est.",
    ),
    ("Describe el mar. Incluye una pregunta o más en tu respuesta.", "¿Azul?", "Azul."),
    # English and Japanese
    (
        "Tell a joke. Make sure your entire response is wrapped in double quotation marks.",
        '"Ha"',
        "Ha",
    ),
    ("Write a song. The words moon and june cannot be in the response.", "sun", "the moon"),
    ('Write a song. Make sure the word "moon" should not appear.', "sun", "the moon"),
    ("Write a song. Use at least 2 words or phrases in all capital letters.", "OH NO", "Oh no"),
    (
        "Is it late? Choose one of the following: ('It is.', 'It is not.')",
        "I would say: it is not.",
        "Perhaps.",
    ),
    ("Write 2 sections, each marked with Part X.", "Part 1\na\nPart 2\nb", "Part 1\na"),
    (
        "Write a note. Finish your note with this exact phrase: That is all.",
        "Hello. That is all.",
        "Hello.",
    ),
    ("海について2つの章に分けて書いてください。", "第1章\n青い。\n第2章\n広い。", "第1章\n青い。"),
    ("海について書いてください。全ての文末を「ます」で統一してください。", "光ります。", "光る。"),
    ("海について、体言止めを2回使って書いてください。", "青い海。白い波。", "青い海です。波です。"),
    ("海について書いてください。「う」を使う回数を2回未満にしてください。", "うみ", "うううみ"),
    ("Describe the sea in at most 20 words.", "Blue and wide.", WORDS),
    ("Write about tea. Your answer should contain at least 10 words.", WORDS, "Tea is nice."),
    (
        "Explain gravity in exactly 2 sentences.",
        "It pulls. It holds.",
        "A. It pulls us. It holds us. It stays so. It wins.",
    ),
    ("Your essay must have exactly 2 paragraphs.", LONG * 2, LONG * 4),
    ("Give me advice. Use exactly 3 bullet points.", "* a\n* b\n* c", "* a\n* b\n* c\n* d"),
    ("Who won? Please do not use any commas in your reply.", "France did", "France, of course"),
    ("Tell a joke. Use only lowercase letters.", "a duck walks in", "A duck walks in"),
    (
        "Tell a joke. Your entire response should be in all capital letters.",
        "A DUCK",
        "A duck walks",
    ),
    ('Write a song. Do not use the words "moon" and "june".', "sun in may", "the Moon above"),
    ("Write a song. The word river should appear at least 2 times.", "river, river", "river"),
    ("Write a song. The letter z should appear at least 3 times.", "zzz", "zebra"),
    (
        "Write a poem with a title in double angular brackets, such as <<title>>.",
        "<<Ode>>\nO",
        "Ode",
    ),
    (
        "Write a letter that includes at least 2 placeholders, such as [name].",
        "[name] [day]",
        "[name]",
    ),
    ("Explain it. Highlight at least 2 sections, i.e. *highlighted*.", "*a* and *b*", "only *a*"),
    ("Write an email. At the end add a postscript starting with P.S.", "Hi.\nP.S. Bye", "Hi. Bye"),
    ("Wrap your entire response with double quotation marks.", '"So be it."', "So be it."),
    ("Give two different responses, separated by six asterisks: ******.", "a\n******\nb", "a\n\nb"),
    (
        'Write a poem. Finish your poem with this exact phrase: "So it goes on."',
        "La.\nSo it goes on.",
        "La.",
    ),
    ("Is fish meat? Answer with only yes or no.", "No.", "No, it is not meat."),
    ("Which one is it? Answer with only the letter.", "(B)", "The right one is B, of course."),
    ("What is the capital? Answer in one word.", "Rome.", "It is the city of Rome."),
    ('Will it rain? Only answer with "Yes." or "No."', "Yes.", "Yes. It will rain a lot."),
    (
        'Describe a dog in JSON format with the keys "name" and "age".',
        '{"name": 1, "age": 2}',
        '{"name": 1}',
    ),
    ("Return only valid JSON, please.", '```json\n{"a": 1}\n```', 'Here it is: {"a": 1}'),
    ("Reply in JSON format.", 'Sure:\n```json\n{"a": 1}\n```', '{"a": 1'),
    ("List the moons of Mars in a table.", "|a|b|\n|-|-|\n|c|d|", "Phobos and Deimos. " * 9),
    (
        "Write a haiku about rain.\nFirst repeat the request word for word, then answer.",
        "Write a haiku about rain.\nDrip",
        "Drip drop",
    ),
    ("海について50文字以内で説明してください。", "海は広くて大きい。", "海は広くて大きい。" * 9),
    ("海について100文字以上で説明してください。", "海は広くて大きい。" * 20, "海は広い。"),
    ("読点を使わずに秋を語ってください。", "秋は静かだ。", "秋は、静かだ。"),
    ("ひらがなだけを使って書いてください。", "あきはいい", "秋はいい"),
    ("カタカナを使わないで説明してください。", "秋は良い", "アキは良い"),
    ("「紅葉」という単語を使わないで秋を説明してください。", "秋は静か", "紅葉の秋"),
    ("「秋」という単語を3回以上使って書いてください。", "秋、秋、秋", "秋と冬"),
    (
        "《》で囲む: 少なくとも2つのセクションを《》の記号を用いて強調してください。",
        "《一》と《二》",
        "《一》",
    ),
    ("応答全体を鉤括弧「」で囲んで答えてください。", "「はい」", "はい"),
    ("アスタリスク3つ（***）で区切られた2つの段落で書いてください。", "あ\n***\nい", "あ\n\nい"),
    ("最後に次の文章を出力してください。「以上で終わりです。」", "秋。以上で終わりです。", "秋。"),
    ("「はい。」「いいえ。」のいずれかで答えてください。", "はい。", "はい。秋だからです。"),
    ("果物を3つ挙げてください。", "1. 梨\n2. 柿\n3. 桃", "1. 梨\n2. 柿\n3. 桃\n4. 栗"),
    ("犬についてJSON形式で出力してください。", '{"名前": "ポチ"}', "名前はポチです。"),
    ("数字は全て漢数字で書いてください。", "二月三日", "2月3日"),
    ("请用不超过20字描述大海。", "大海很蓝。", "大海很蓝。" * 9),
    ("请写一首诗，不要使用逗号。", "秋天来了", "秋天，来了"),
    ("请列出三种水果。", "1. 梨\n2. 桃\n3. 杏", "1. 梨\n2. 桃\n3. 杏\n4. 枣"),
    ("请以JSON格式输出。", '{"a": 1}', "没有"),
    ("请以表格形式输出水果和颜色。", "|果|色|\n|--|--|\n|桃|红|", "桃是红的。" * 20),
]

NO_DEMAND = [
    "",
    "Write about the sea.",
    "How many words are in this sentence?",
    "My essay has exactly 3 paragraphs. Is that enough?",
    "Describe the sea in about 100 words.",
    "Write a story of roughly 3 paragraphs.",
    "Write a Python function that returns JSON.",
    "What does CSV mean?",
    "Write a travel plan; each day summarized in at most 20 words.",
    "Write 50 short stories under ten words.",
    "Write a story with at least 3 characters.",
    "Convert this sentence to lowercase letters: HELLO",
    "What is the difference between JSON and XML?",
    "Is an Oxford comma needed here, or should I use no comma?",
    "He told me not to use the word. What did he mean?",
    "Write a story about a man who avoids using the letter e.",
    "If it is a multiple choice question, answer with only the letter.",
    "海について300文字程度で説明してください。",
    "それぞれ50文字以内で説明してください。",
    "次の文は何文字ですか。",
    "以下の一文で始まる話を書いてください。",
    "小説の一文です。続きを書いてください。",
    "漢字の書き方を教えてください。",
    "請介紹大海。",
    "请用大约100字描述大海。",
    "这个词有几个字？",
]


@pytest.mark.parametrize(("prompt", "kept", "broken"), KEPT_AND_BROKEN)
def test_a_demand_is_kept_or_broken(found, prompt: str, kept: str, broken: str) -> None:
    assert found("format", kept, prompt=prompt) == []
    (finding, *_) = found("format", broken, prompt=prompt)
    assert 0 <= finding.start < finding.end <= len(broken)


@pytest.mark.parametrize("prompt", NO_DEMAND)
def test_what_is_not_clearly_demanded_is_no_demand(prompt: str) -> None:
    assert demands(prompt) == ()


def test_the_span_of_a_demand_is_the_words_that_say_it() -> None:
    prompt = "Tell me of the sea in at most 20 words, and do not use any commas."
    assert [prompt[d.start : d.end] for d in demands(prompt)] == [
        "at most 20 words", "do not use any commas",
    ]  # fmt: skip
    far = "x " * 5_000 + prompt
    assert {far[d.start : d.end] for d in demands(far)} == {
        "at most 20 words", "do not use any commas",
    }  # fmt: skip


def test_evidence_has_the_count_and_the_words_of_the_prompt(found) -> None:
    (finding,) = found("format", "a b c d e f g h i j k l", prompt="Answer in at most 10 words.")
    assert finding.evidence == "12 words where at most 10 were demanded: 'at most 10 words'"


@pytest.mark.parametrize(
    ("prompt", "text", "shown"),
    [
        ("Do not use any commas.", "one, two", ","),
        ('Do not mention the word "moon".', "O moon!", "moon"),
        ("Use only lowercase letters.", "oh My", "M"),
        ("Return only JSON.", 'Here: {"a": 1}', "Here: "),
        ("読点を使わずに書いてください。", "秋、冬", "、"),
    ],
)
def test_the_finding_shows_what_breaks_it(found, prompt: str, text: str, shown: str) -> None:
    (finding,) = found("format", text, prompt=prompt)
    assert text[finding.start : finding.end] == shown


def test_refusals_and_empty_outputs_are_left_to_their_own_detectors(found) -> None:
    kinds: list[Finding] = found("format", "", prompt="Answer in JSON format.")
    assert kinds == []


def test_a_contradiction_between_repeating_and_forbidding_is_not_held_against_the_answer(
    found,
) -> None:
    prompt = "Write a haiku, please, on rain. Use no commas.\nFirst repeat the request above."
    assert found("format", prompt.split("\n")[0] + "\nDrip drop", prompt=prompt) == []
