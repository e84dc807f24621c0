"""Last paragraphs that speak of the answer itself instead of going on with it.

"This poem captures …", "I kept the tone friendly, as you asked.", "(Word count: 120)",
「この詩では…」「（より自然な表現に直しました）」, "这首诗…", and a list of sources that nobody
asked for. What counts is of what a paragraph speaks: of the thing that was to be made (a noun
that the prompt has after "write", or one that names a piece of work), or of the writer's doing.
"""

from __future__ import annotations

import re
from itertools import pairwise

from tesuji.diagnose.deliverable import addressed, asks_to_explain, demanded
from tesuji.diagnose.made import made, singular
from tesuji.diagnose.remarks_cjk import cjk_remarks

# What a model calls the thing that it has made; a text seldom calls itself so.
_WORKS = (
    "poem|haiku|limerick|sonnet|song|verse|rap|letter|e-?mail|memo|tweet|caption|slogan|tagline"
    "|headline|title|ad|advertisement|advert|description|bio|resume|résumé|rubric|outline"
    "|itinerary"
    "|schedule|playlist|translation|version|adaptation|revision|rewrite|rephrasing|paraphrase"
    "|summary|response|reply|script|scene|dialogue|conversation|joke|riddle|pun|template|pitch"
    "|deck|invitation|announcement|message|lyrics|parody|notation|rendition|correction|format"
    "|formatting|phrasing|wording|structure|prompt|blog post|cover letter|sample|draft|sentence"
)
# These do speak of themselves at their end, so that only talk of how they are made counts.
_SELF = (
    "essay|article|report|story|speech|post|blog|paper|guide|review|tale|passage|paragraph|piece"
)
_CRAFT = (
    "captur|incorporat|adher|maintain|combin|uses? |is written|was written|is designed"
    "|aims? to|meets?"
    "|contains?|follows? the|effectively|not only|should (?:help|give|provide|meet|be)|includes?"
    "|strikes?|keeps? |avoids?|conveys?|is tailored|highlights? the key|serves as|sets? "
)
# What only speaks of itself, whatever was asked.
_ANSWER = re.compile(r"(?:response|answer|reply|explanation)", re.IGNORECASE)
_BY_MEANS = re.compile(
    r"by (?:using|including|incorporating|adding|making|rephrasing|replacing|applying|combining)"
    r" (?:this|these|the above|such|more|the)\b",
    re.IGNORECASE,
)
# Words about wording: in a last paragraph after a rewritten text they are about the rewriting.
_WORDING = re.compile(
    r"\b(?:rewrit\w+|revis\w+|rephras\w+|paraphras\w+|correct(?:ed|ions?)|translat\w+|version"
    r"|wording|phrasing|phrase|sentence|clarity|tone|grammar|grammatical\w*|ambigu\w+|polite\w*"
    r"|formal\w*|language|original|expression|alternatives?|synonyms?|readab\w+)\b",
    re.IGNORECASE,
)
_OF_WORDING = re.compile(
    r"(?:additionally|overall|in summary|however|finally|note|remember|by|these|this|both|the"
    r" (?:revised|corrected|rewritten|updated|improved|edited|new|main|key|original|first|second"
    r"|word|phrase|sentence|translation))\b",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"\s*(?:list|enter|write down|name|come up with|suggest|provide|make a list|create a list|give"
    r"|think of|find)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:overall|in summary|together|as (?:requested|you can see)|(?:please )?note(?: that|:)?"
    r"|each of|both of)?[,*_]{0,3}\s?"
    r"(?:this|these|the (?:above|resulting)|both|all (?:of )?(?:the |these )?)\s"
    r"(?P<words>(?:[\w'’-]{1,20},?\s){1,5}[\w'’-]+)",
    re.IGNORECASE,
)
_NAMES_A_WORK = re.compile(rf"(?:{_WORKS})s?", re.IGNORECASE)
_NAMES_ITSELF = re.compile(rf"(?:{_SELF})s?", re.IGNORECASE)
_IS_CRAFT = re.compile(_CRAFT, re.IGNORECASE)
_NO_VERB_WORDS = """\
of to about that who which in from for and or on with we you i he she they it by as at
"""
_NO_VERB = frozenset(_NO_VERB_WORDS.split())
_DOING = re.compile(
    r"(?:please note(?: that)?|note(?: that|:)?|overall,)?\s?i(?:['’]ve| have)? (?:also |only "
    r"|simply )?"
    r"(?:tried|made sure|used|kept|changed|corrected|replaced|removed|added|itali[cz]i[sz]ed"
    r"|highlighted|included|incorporated|avoided|written|rewritten|structured|ensured|aimed|chose"
    r"|chosen|translated|rephrased|adjusted|modified|fixed|capitali[sz]ed|repeated|omitted|bolded"
    r"|left|put|formatted|provided|created|wrote|made|rewrote)\b",
    re.IGNORECASE,
)
_DONE_TO = re.compile(
    r"as (?:you )?(?:requested|asked|instructed)|your (?:request|instructions?|requirements?"
    r"|prompt"
    r"|text|sentence|constraints?|criteria)|the (?:original|text|poem|story|letter|e-?mail"
    r"|sentences?"
    r"|words?|keywords?|instructions?|requirements?|grammar|spelling|punctuation|tone|title|names"
    r"|placeholders?|phrase|response|answer|translation|structure|commas?)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"[(\[（*_ ]{0,4}(?:(?:total )?(?:word|character|letter|line|syllable|sentence)s? ?count\b"
    r"|(?:total |approximately |about |exactly )?\d{1,4} (?:words|characters)[)\]*_. ]{0,4}$"
    r"|the (?:letter|word|keyword) ['\"“‘*][^\n]{1,40} (?:appears?|is used|occurs?|was used)\b"
    r"|in (?:this|the above) (?:response|answer|text|paragraph|version), (?:the|i|all|each"
    r"|every)\b"
    r"|(?:en esta respuesta|en este texto|dans cette réponse|dans ce texte|in dieser antwort"
    r"|nesta resposta|in questa risposta),"
    r"|(?:合計|総)?文字数|(?:約|全|計)?\d{1,4}(?:文字|字|語)[）)\s]{0,3}$|字数[:：])",
    re.IGNORECASE,
)
_COUNT_ASKED = re.compile(
    r"(?:word|character|letter) count|number of (?:words|characters)|count the|文字数を|字数を",
    re.IGNORECASE,
)
_MAKING = re.compile(
    r"訳|修正|変更|直し|書き|表現|文字|使用|注|補足|調整|並べ|抽出|意味|回答|例です|翻译|译"
    r"|修改|字|"
    r"\b(?:note|notes|literal\w*|translat\w+|version|style|tone|explanation|changed?|corrected"
    r"|added"
    r"|removed|replaced|original|sentence|alternative\w*|informal|formal|assuming)\b",
    re.IGNORECASE,
)
_OTHER_SUBJECT = re.compile(
    r"(?:ce|cette|cet|este|esta|dieses?|dieser?|questo|questa) (?:poème|lettre|texte|dialogue"
    r"|chanson|traduction|version|réponse|poema|carta|texto|diálogo|canción|traducción|versión"
    r"|respuesta|gedicht|brief|übersetzung|antwort|poesia|lettera|canzone|traduzione|tradução"
    r"|resposta|parodie|slogan|discours|discurso) [\wéèêçñ'’]+",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(?:phrases|words|names|titles|synonyms|antonyms|headlines|slogans|skills|keywords"
    r"|sentences"
    r"|alliterations|hashtags|jokes|riddles|questions)\b", re.IGNORECASE
)  # fmt: skip
_SOURCES = re.compile(
    r"\n{1,3}[ \t*_#【\[(（]{0,6}(?:references|sources?|bibliography|works cited|参考文献|参考資料"
    r"|参考サイト|出典"
    r"|情報源|引用元|参考资料|资料来源|参考)[】\])）*_]{0,4}\s?[:：]?[*_]{0,3}[ \t]*\n",
    re.IGNORECASE,
)
_SOURCES_ASKED = re.compile(
    r"\b(?:sources?|references?|cit(?:e|ed|ation\w*|ing)|bibliograph\w*|links?|urls?|essay|papers?"
    r"|article|report|thesis|review|resume|cv|MLA|APA|website)\b|出典|参考|引用|情報源|論文"
    r"|レポート|報告|文書|来源|资料",
    re.IGNORECASE,
)
_TAIL = 1_500
_FIRST_SENTENCE = 240
_NAMED = re.compile(r"\b(?:an?|the|this|your) ([\w-]+)", re.IGNORECASE)
_SHORT_PROMPT = 300  # characters; in a longer one a word may be of the material
MAY_REMARK = re.compile(
    r"[\s*_#>【]{0,8}(?:[(（\[［0-9]|こ(?:の|れ)|なお|そ[れの]|ただ|※|補|修|変|改|以上|上[記述]"
    r"|本|今|这|這|[総合計約全字文元原表他「]"
    r"|(?:th(?:is|ese|e (?:above|letter|word|keyword|revised|corrected|rewritten|updated"
    r"|improved|edited"
    r"|new|main|key|original|first|second|phrase|sentence|translation))|remember|each of|both"
    r"|all (?:of|the)|note"
    r"|i(?:['’]ve)?|overall|additionally|in summary|however|finally|by"
    r"|in (?:this|the above)|please note|as "
    r"(?:requested|you)|together,|ce(?:t|tte)?|est[ea]|diese[rs]?|quest[oa]|total|word|character"
    r"|en est[ea]|dans ce|in dieser|nesta)\b)",
    re.IGNORECASE,
)
"""What a paragraph about the answer begins with, roughly."""


def remarks_on_the_answer(text: str, start: int, end: int, prompt: str) -> bool:
    """Whether the paragraph of `text` from `start` to `end`, its last, speaks of the answer.

    MAY_REMARK matches at its start.
    """
    while text[start] in " \t\n*_#>【":
        start += 1
    paragraph = text[start : min(end, start + 400)].rstrip()
    first = paragraph[0]
    if first in "(（[［":
        return _in_brackets(paragraph, prompt)
    if first >= "\u3000":
        return cjk_remarks(paragraph, prompt) or _counts(paragraph, prompt)
    if first.isdigit():
        return _counts(paragraph, prompt) and demanded(prompt) != ""
    if paragraph.count("\n") > 3:
        return False
    if _counts(paragraph, prompt):
        return True
    if paragraph[:8].lower() == "remember":
        return _advises(paragraph, prompt)
    if _of_the_wording(paragraph, prompt):
        return True
    if _DOING.match(paragraph) and _DONE_TO.search(paragraph):
        return True
    if len(paragraph) <= 50:
        return False
    if _OTHER_SUBJECT.match(paragraph):
        return demanded(prompt) != ""
    return _of_the_work(paragraph, prompt)


def _of_the_work(paragraph: str, prompt: str) -> bool:
    """Whether the subject of the first sentence is the thing that was to be made."""
    by = _BY_MEANS.match(paragraph)
    match = _SUBJECT.match(paragraph[by.end() - len(by[0].split()[-1]) :] if by else paragraph)
    if match is None:
        return False
    words = match["words"].split()
    nouns, kind = made(prompt), demanded(prompt)
    for noun, verb in pairwise(words):
        if noun.lower() in _NO_VERB or noun.endswith(("'s", "’s")):
            return False
        if verb.lower() in _NO_VERB and noun[-1] != ",":
            continue
        noun = noun.rstrip(",")
        if _ANSWER.fullmatch(noun) and not demanded(prompt) and _IS_CRAFT.search(paragraph[:200]):
            return True
        if (
            len(prompt) < _SHORT_PROMPT
            and noun.endswith("s")
            and _LISTS.match(prompt)
            and noun.lower() in prompt.lower()
            and not asks_to_explain(prompt)
            and "nclude" not in prompt
        ):
            return True
        if singular(noun) in nouns and not asks_to_explain(prompt):
            return True
        if kind in ("work", "text", "block"):
            if _NAMES_A_WORK.fullmatch(noun) and not _NAMES_A_WORK.fullmatch(verb):
                return True
            sentence = paragraph[match.start("words") : match.start("words") + 200]
            if _NAMES_ITSELF.fullmatch(noun) and _IS_CRAFT.search(sentence):
                return True
    return False


def _of_the_wording(paragraph: str, prompt: str) -> bool:
    """Whether it speaks of wording, after a text that was to be worded anew."""
    if demanded(prompt) != "text" or not _OF_WORDING.match(paragraph):
        return False
    return _WORDING.search(paragraph, 0, 240) is not None and not asks_to_explain(prompt)


def _advises(paragraph: str, prompt: str) -> bool:
    """Whether it is advice to the user after a text or a list that has no reader of its own.

    "Remember, a whitepaper should …" after a whitepaper is.
    """
    kind = demanded(prompt)
    first = paragraph[:_FIRST_SENTENCE].partition(". ")[0]
    nouns = made(prompt)
    if any(singular(noun) in nouns for noun in _NAMED.findall(first)):
        return True
    listed = kind == "work" and _LISTED.search(prompt) is not None
    apart = not addressed(prompt) or any(_LISTED.search(noun + "s") for noun in nouns)
    return (listed or kind in ("text", "block")) and apart and bool(
        re.search(r"\byou", paragraph, re.IGNORECASE)
    )  # fmt: skip


def _in_brackets(paragraph: str, prompt: str) -> bool:
    """Whether the paragraph is a bracketed remark: "(I kept the tone formal.)"."""
    if paragraph.rstrip("*_。. ")[-1:] not in (")", "）", "]", "］") or "\n\n" in paragraph:
        return False
    if _counts(paragraph, prompt):
        return True
    if paragraph[0] in "[［" or len(paragraph) < 12:
        return False
    kind = demanded(prompt)
    if kind in ("text", "label"):
        return paragraph[1:40] not in prompt
    return kind != "" and _MAKING.search(paragraph) is not None


def _counts(paragraph: str, prompt: str) -> bool:
    """Whether the paragraph tells how many words or letters there are, unasked."""
    return _COUNT.match(paragraph) is not None and not _COUNT_ASKED.search(prompt[-2_000:])


def lists_sources(text: str, at: int, end: int, prompt: str) -> bool:
    """Whether a closing list of sources that nobody asked for begins with the line end at `at`."""
    return (
        at > max(200, end - _TAIL)
        and _SOURCES.match(text, at, end) is not None
        and _SOURCES_ASKED.search(prompt[-2_000:]) is None
    )
