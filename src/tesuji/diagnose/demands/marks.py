"""Marks that the answer must bear: a title in brackets, placeholders, highlights, sections,
a postscript, parts divided by asterisks, quotation marks around everything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.demands.demand import Breach, Check, Demand, lowered, sentence_around, sought
from tesuji.diagnose.demands.numbers import CJK, ENGLISH, number

CUES = ("section sections angular title placeholder placeholders highlight highlighted"
        " highlighting italic italics italicize italicise bold emphasize emphasise p postscript"
        " mark marked quote quotes"
        " quotation paragraph separate separated separator separating divide divided divider"
        " delimiter delimited")  # fmt: skip
CJK_CUES = (
    "《",
    "プレースホルダ",
    "追伸",
    "章",
    "節",
    "項",
    "アスタリスク",
    "***",
    "鉤括弧",
    "二重",
    "ふりがな",
    "段落",
    "体言止め",
    "文末",
    "語尾",
)

_N = rf"(?P<n>{ENGLISH})"
_TITLE = re.compile(r"\bdouble angular brackets|<<\s?title[^<>\n]{0,40}>>", re.IGNORECASE)
TITLED = re.compile(r"<<[^<>\n]{1,200}>>")
_PLACEHOLDERS = re.compile(
    rf"\b(?:at least|minimum of|contain|include|with)\s+(?:at least\s+)?{_N}\s+placeholders?",
    re.IGNORECASE,
)
_HIGHLIGHT = re.compile(
    rf"\b(?:highlight|italici[sz]e|bold|emphasi[sz]e)\w*\s+(?:at least|a minimum of)\s+{_N}\b"
    rf"|\bto\s+(?:highlight|italici[sz]e|bold"
    rf"|emphasi[sz]e)\s+(?:at least\s+)?(?P<n2>{ENGLISH})\s+(?:\w+\s+)?"
    r"(?:sections?|parts?|phrases?)",
    re.IGNORECASE,
)
_MARKDOWN = re.compile("highlight|italici|bold|emphasi")
HIGHLIGHTED = re.compile(
    r"(?<![*\w])\*{1,3}[^*\n]+\*{1,3}|(?<![_\w])_{1,3}[^_\n]+_{1,3}(?!\w)|<(?:i|b|em|strong|mark)>"
)
_POSTSCRIPT = re.compile(
    r"\b(?:postscript|add|include|with|end|ending)\b[^.\n]{0,60}\b(?P<mark>P\.\s?P\.\s?S"
    r"|P\.\s?S)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"\b(?:mark|note|label|start|beg[iu]n|divid|separat)\w*\b[^.\n]{0,60}?\b(?:with|as|by)\s+"
    r"(?:the word\s+)?['\"“]?(?P<name>[A-Z]\w{2,14}) X\b",
    re.IGNORECASE,
)
_SECTIONS = re.compile(rf"\b(?P<n>{ENGLISH})[\s-]+(?:\w+\s+)?(?:sections?|parts)\b", re.IGNORECASE)
_STARS = re.compile(r"(?P<stars>\*{3}(?:\*{3})?)(?!\*)")
_DIVIDE = re.compile(r"\bs[eé]par\w*|\bdividi\w*|\bdivide[rds]*\b|\bdelimit\w*|区切", re.IGNORECASE)
_PARTS = re.compile(
    rf"(?P<n>{ENGLISH})\s+(?:\w+\s+){{0,2}}(?:paragraphs|parts|versions|responses|sections|jokes"
    rf"|poems)\b",
    re.IGNORECASE,
)
_PARTS_JA = re.compile(rf"(?P<n>{CJK})\s?(?:種類の|個の|つの|に)?(?:段落|異なる|答え)")
_QUOTES = re.compile(
    r"\b(?:wrap\w*|put|enclose\w*|surround\w*)\b[^.\n]{0,60}\b(?:entire|whole|full|your)\s+"
    r"(?:response|answer|reply|output|one-sentence response)\b[^.\n]{0,70}\bdouble quot"
    r"|\b(?:entire|whole|full|your)\s+(?:response|answer|reply|output)\b[^.\n]{0,30}\b(?:wrapped"
    r"|enclosed|put|placed|surrounded)\b[^.\n]{0,40}\bdouble quot"
    r"|\bdouble quot\w+ (?:marks? )?(?:should|must) be (?:placed|put) around (?:your|the)"
    r" (?:entire|whole)"
    r"|\bdouble quot\w+ marks? around (?:your|the) (?:entire|whole)"
    r"|\b(?:wrap\w*|put)\b[^.\n]{0,20}\bdouble quot[^.\n]{0,30}\baround (?:your|the) (?:entire"
    r"|whole)",
    re.IGNORECASE,
)
_NTH = re.compile(
    r"\b(?:paragraph (?P<a>\d{1,2})|the (?P<b>first|second|third|fourth|fifth"
    r"|last) paragraph)\s+(?:must|should|has to|needs to)"
    r"\s+(?:start|begin) with (?:the )?(?:word |phrase )?['\"“]?(?P<word>[\w-]+)",
    re.IGNORECASE,
)
_NTH_JA = re.compile(
    r"(?P<a>[0-9０-９一二三四五六])段落目(?:は|を)「(?P<word>[^」\n]{1,20})」(?:という単語)?(?:で|から)(?:書き)?始め"
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}

_JA_MARKED = re.compile(r"(?P<n>[0-9０-９]{1,2})(?:つ|個|箇所)の(?:セクション|部分|箇所)を《》")
_JA_PLACEHOLDERS = re.compile(
    r"プレースホルダーを(?:少なくとも|最低)?(?P<n>[0-9０-９]{1,2})個|(?P<n2>[0-9０-９]{1,2})個の?プレースホルダー"
)
_JA_TITLE = re.compile(r"二重(?:鉤括弧|かぎ括弧|カギ括弧)(?:『』)?で囲(?:まれた|んだ)タイトル")
_JA_QUOTES = re.compile(
    r"(?:応答|回答|返答|答え|文章)?(?:全体)?(?:を|は)(?:全て|すべて)?(?:鉤括弧|かぎ括弧|カギ括弧|「」)(?:「」)?で囲[んっみ]"
)
_JA_POSTSCRIPT = re.compile(
    r"「?(?P<mark>追伸|P\.\s?P\.\s?S|P\.\s?S)[^。\n]{0,20}追伸を(?:追加|加|書|入|つけ)"
)
_JA_SECTIONS = re.compile(rf"(?P<n>{CJK})つの(?P<unit>章|節|項)に(?:分けて|分け)")
_JA_NOUN_ENDS = re.compile(rf"体言止めを(?:少なくとも)?(?P<n>{CJK})(?:回|か所|箇所)")
_NOUN_END = re.compile(r"[一-鿿ァ-ヶー][」』）]?(?:。|[ 　]*(?:\n|\Z))")
_JA_ALL_END = re.compile(
    r"(?:全て|すべて)の(?:文末|語尾)[がをは]「(?P<end>[^」\n]{1,10})」(?:で|に)統一"
)
_FURIGANA = re.compile(
    r"(?:全て|すべて)の漢字に(?:（）で囲まれた)?ふりがな|漢字を用いた場合[^。\n]{0,30}ふりがな"
)


def find(prompt: str) -> Iterator[Demand]:
    """Demands on marks, in English."""
    low = lowered(prompt)
    for match in _TITLE.finditer(prompt) if "<<" in prompt or "angular" in low else ():
        if re.search("title|wrapped|answer", sentence_around(prompt, *match.span()), re.IGNORECASE):
            yield Demand("title in <<>>", *match.span(), at_least(TITLED, 1, "<<…>>"))
            break
    for match in sought(_PLACEHOLDERS, prompt, "placeholder", 60, 0):
        if "[" in prompt or "square bracket" in prompt:
            least = number(match["n"]) or 1
            yield Demand("placeholders", *match.span(), at_least(PLACEHOLDER, least, "[…]"))
    for match in _HIGHLIGHT.finditer(prompt) if _MARKDOWN.search(low) else ():
        least = number(match["n"] or match["n2"]) or 1
        if "*" in prompt or "markdown" in prompt.lower():
            yield Demand("highlights", *match.span(), at_least(HIGHLIGHTED, least, "*…*"))
    for match in _POSTSCRIPT.finditer(prompt) if "p.s" in low or "p. s" in low else ():
        yield Demand("postscript", *match.span(), _postscript(match["mark"]))
    for match in sought(_SECTION, prompt, " x", 110, 2):
        if match["name"][0].isupper() and prompt[match.end() - 1] == "X":
            count = _SECTIONS.search(prompt)
            least = (number(count["n"]) if count else 1) or 1
            name = re.escape(match["name"])
            numbered = re.compile(rf"{name}\s*(?:\d+|[IVX]+\b|[A-H]\b)", re.IGNORECASE)
            yield Demand("sections", *match.span(), at_least(numbered, least, f"{match['name']} 1"))
            break
    for match in _QUOTES.finditer(prompt) if "double quot" in low else ():
        yield Demand("in quotation marks", *match.span(), wrapped('"“”«„', '"”»“', '"…"'))
    if "***" in prompt:
        yield from divided(prompt, _PARTS)
    for match in _NTH.finditer(prompt) if "paragraph" in low else ():
        at = int(match["a"]) if match["a"] else _ORDINALS[match["b"].lower()]
        yield Demand("paragraph's start", *match.span(), paragraph_starts(at, match["word"]))


def find_cjk(prompt: str) -> Iterator[Demand]:
    """Demands on marks, in Japanese and Chinese."""
    for match in _JA_MARKED.finditer(prompt):
        least = number(match["n"]) or 1
        pattern = re.compile(r"《[^《》\n]+》")
        yield Demand("《》", *match.span(), at_least(pattern, least, "《…》"))
    for match in _JA_PLACEHOLDERS.finditer(prompt):
        least = number(match["n"] or match["n2"]) or 1
        yield Demand("placeholders", *match.span(), at_least(PLACEHOLDER, least, "[…]"))
    for match in _JA_TITLE.finditer(prompt):
        yield Demand("『』", *match.span(), at_least(re.compile("『[^』\n]+』"), 1, "『…』"))
    for match in _JA_QUOTES.finditer(prompt):
        yield Demand("「」", *match.span(), wrapped("「『", "」』", "「…」"))
    for match in _JA_POSTSCRIPT.finditer(prompt):
        yield Demand("追伸", *match.span(), _postscript(match["mark"]))
    for match in _JA_SECTIONS.finditer(prompt):
        numbered = re.compile(rf"第\s?[0-9０-９一二三四五六七八九十]{{1,3}}\s?{match['unit']}")
        least = number(match["n"]) or 1
        yield Demand(match["unit"], *match.span(), at_least(numbered, least, f"第1{match['unit']}"))
    for match in _JA_NOUN_ENDS.finditer(prompt):
        least = number(match["n"]) or 1
        yield Demand("体言止め", *match.span(), at_least(_NOUN_END, least, "体言止め"))
    for match in _JA_ALL_END.finditer(prompt):
        yield Demand("文末", *match.span(), _all_end(match["end"]))
    for match in _FURIGANA.finditer(prompt):
        yield Demand("ふりがな", *match.span(), _furigana)
    yield from divided(prompt, _PARTS_JA)
    for match in _NTH_JA.finditer(prompt):
        at = number(match["a"]) or 1
        yield Demand("段落の始め", *match.span(), paragraph_starts(at, match["word"]))


PLACEHOLDER = re.compile(r"[\[［【][^\[\]［］【】\n]{1,80}[\]］】](?!\()")


def at_least(pattern: re.Pattern[str], least: int, shown: str) -> Check:
    def check(text: str) -> Breach | None:
        count = sum(1 for _ in pattern.finditer(text))
        if count >= least:
            return None
        return Breach(f"{count} {shown} where at least {least} were demanded")

    return check


def _postscript(mark: str) -> Check:
    plain = re.sub(r"[\s.]", "", mark).upper()
    if plain == "追伸":
        pattern = re.compile("追伸|P\\.?\\s?S")
    else:
        pattern = re.compile(r"[\s.]*".join(plain), re.IGNORECASE)

    def check(text: str) -> Breach | None:
        return None if pattern.search(text) else Breach(f"no postscript {mark}")

    return check


def wrapped(opens: str, closes: str, shown: str) -> Check:
    def check(text: str) -> Breach | None:
        bare = text.strip().strip("*_`\n ")
        if bare and bare[0] in opens and bare[-1] in closes:
            return None
        return Breach(f"not wrapped in {shown}")

    return check


def divided(prompt: str, parts: re.Pattern[str]) -> Iterator[Demand]:
    for match in _STARS.finditer(prompt):
        sentence = prompt[max(0, match.start() - 160) : match.end() + 60]
        if not _DIVIDE.search(sentence):
            continue
        counts = {number(found["n"]) for found in parts.finditer(prompt)}
        count = counts.pop() if len(counts) == 1 else None
        yield Demand("parts divided by asterisks", *match.span(), in_parts(match["stars"], count))
        break


def in_parts(stars: str, count: int | None) -> Check:
    divider = re.compile(rf"(?<!\*)\*{{{len(stars)}}}(?!\*)|(?<![\w\\])(?:\\\*){{{len(stars)}}}")

    def check(text: str) -> Breach | None:
        found = sum(bool(p.strip()) for p in divider.split(text))
        if found < 2 and (count is None or count > 1):
            return Breach(f"no parts divided by {stars}")
        if count is not None and count > 1 and found != count:
            return Breach(f"{found} parts divided by {stars} where {count} were demanded")
        return None

    return check


def paragraph_starts(at: int, word: str) -> Check:
    def check(text: str) -> Breach | None:
        blocks = [b for b in re.split(r"\n\s*\n|\n\s*\*{3}\s*\n", text) if b.strip(" *#\n")]
        starts = [re.sub(r"^[\W_]+", "", b).casefold() for b in blocks]
        # A heading or a greeting may stand before the first paragraph: any block will do.
        if any(start.startswith(word.casefold()) for start in starts):
            return None
        return Breach(f"no paragraph that starts with {word!r}")

    return check


def _all_end(end: str) -> Check:
    def check(text: str) -> Breach | None:
        for match in re.finditer(r"[^。！？\n]+。", text):
            if not match[0].rstrip("。」』）").endswith(end):
                return Breach(f"a sentence that does not end with {end!r}", *match.span(), 0.8)
        return None

    return check


def _furigana(text: str) -> Breach | None:
    kanji = re.search("[一-鿿]{1,40}", text)
    if kanji is None or re.search("[一-鿿々][（(《][ぁ-ゖァ-ヺー・ ]{1,40}[）)》]", text):
        return None
    return Breach("no ふりがな after the 漢字", *kanji.span())
