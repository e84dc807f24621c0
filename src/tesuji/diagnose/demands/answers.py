"""Bare answers: only the letter, yes or no, one word, a number, one of given sentences; and
"nothing else", that is, no words around the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.demands.demand import (
    Breach,
    Check,
    Demand,
    before,
    lowered,
    sentence_around,
    sought,
)

CUES = ("only just word yes nothing other explain explaining explanation explanations phrases"
        " choose options either")  # fmt: skip
CJK_CUES = ("のみ", "だけ", "余計な", "不要", "いずれか", "只", "仅", "説明は", "無視")

_SAID = ("only", "just ", "one word", "one-word", "single word", "yes or no", "nothing else",
         "no explanation", "don't explain", "do not explain", "no other", "without expl",
         "without any expl", "one of the following", "choose from", "options:")  # fmt: skip
_VERB = r"(?:answer|respond|reply|output|return|provide|give|write|print|say|tell)"
_LETTER = re.compile(
    rf"\b(?:{_VERB}\s+(?:me\s+)?(?:with\s+)?(?:only|just)|only\s+{_VERB}(?:\s+me)?(?:\s+with)?"
    rf"|just\s+{_VERB}(?:\s+with)?)\s+(?:the\s+|a\s+|one\s+)?"
    r"(?:single\s+)?(?:correct\s+)?(?:option\s+)?(?:letter|option letter)\b(?!\s+(?:to|for"
    r"|of rec))",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    rf"\b{_VERB}\s+(?:with\s+)?(?:only|just"
    rf"|simply)\s+(?:with\s+)?[\"'“]?yes[\"'”]?\s+or\s+[\"'“]?no\b"
    rf"|\b{_VERB}\s+(?:with\s+)?[\"'“]?yes[\"'”]?\s+or\s+[\"'“]?no[\"'”]?\s+only"
    rf"|\bonly\s+{_VERB}\s+(?:with\s+)?[\"'“]?yes[\"'”]?\s+or\s+[\"'“]?no\b|yes/no only",
    re.IGNORECASE,
)
_ONE_WORD = re.compile(
    rf"\b{_VERB}\s+(?:\w+\s+){{0,4}}?(?:in|with|using)\s+(?:only\s+|just\s+|exactly\s+)?(?:one"
    rf"|a single|1)[\s-]word\b(?!\s+(?:or|that|of|per|for))"
    r"|\bone[\s-]word answers? only\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"\b(?:{_VERB}\s+(?:me\s+)?(?:with\s+)?(?:only|just)"
    rf"|only\s+{_VERB}(?:\s+me)?(?:\s+with)?)\s+(?:the\s+|a\s+|one\s+)?(?:single\s+|final\s+)?"
    r"(?:number|integer|numeric(?:al)? (?:value|answer))(?=\s*(?:[.,!?\n]|$|and|as|with(?:out"
    r"| no)))",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b(?:only (?:give|tell|provide|output|return|write|answer with)(?: me)?|(?:give|tell"
    r"|provide|output|return)(?: me)? only|just (?:give|tell)(?: me)?)"
    r"\s+(?:the|a)\s+(?:\w+\s+){0,2}(?:name|title|word|date|year|term)(?=\s*(?:[.,!?\n]|$))",
    re.IGNORECASE,
)
_NOTHING_ELSE = re.compile(
    r"\b(?:(?:and|with) nothing else|nothing else|(?:do not|don't|without)\s+(?:provid\w+\s+"
    r"|includ\w+\s+|add\w*\s+|giv\w+\s+|writ\w+\s+)?(?:any\s+)?(?:other\s+|additional\s+"
    r"|further\s+)?"
    r"(?:explanations?|explaining|explain(?: anything| your answer| it)?|commentary|text)\b(?! of)"
    r"|no (?:other text|explanations?(?: needed| necessary)?|commentary|additional text)"
    r"|only (?:output|return|respond with|reply with|give me|provide)\s+(?:the\s+)?(?:code"
    r"|translation|answer|result|list|rewritten|corrected|revised|sentence|poem|story)\b)",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\b(?:if|for|when|unless|whenever|in case)\b", re.IGNORECASE)
_IN_CODE = re.compile(
    r"\b(?:function|script|class|button|user|reader|model should)\b", re.IGNORECASE
)
_ANY_OF = re.compile(
    r"\b(?:one of the following|choose (?:from|one|between)|following options|these options)"
    r"[^\n:]{0,60}:\s*\(?(?P<list>[\"“”'‘][^\n]{6,240})",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"[\"“”'‘]([^\"“”‘\n]{1,60}?)[\"”'’](?=\s*(?:,|\)|or\b|and\b|\.|$|-))")
_ITS_ONLY = re.compile(
    rf"\b{_VERB}\s+(?:me\s+)?(?:with\s+)?(?:the|a|an)\s+(?:\w+\s+)?(?:translation|answer|label"
    r"|category|class|code|result|list|sentence|name|sentiment)\s+only\b",
    re.IGNORECASE,
)
_OPTIONS = re.compile(
    r"\b(?:just|only) (?:say|answer|reply"
    r"|respond)(?: with)?(?: one of)?\s*:?\s*(?P<list>[\"“”][^\"“”\n]{2,60}[\"“”](?:\s*(?:,|or"
    r"|, or)?\s*[\"“”][^\"“”\n]{2,60}[\"“”]){1,6})",
    re.IGNORECASE,
)
_JA_OPTIONS = re.compile(
    r"(?P<list>(?:「[^」\n]{1,40}」(?:、|か|または|もしくは|と)?){2,6})の?(?:いずれか|どちらか|どれか)(?:一つ|1つ)?(?:のみ"
    r"|だけ)?で(?:答|回答|応答)"
)
_ITEM = re.compile(r"[\"“”「]([^\"“”「」\n]{1,60})[\"“”」]")
_JA_NOTHING = re.compile(
    r"余計な(?:こと|もの|文|説明|言葉)[はをも]?[^。\n]{0,12}(?:ない|不要|なし)|(?:説明|解説|理由|前置き|補足)(?:は|も"
    r"|文は)(?:一切)?(?:不要|いらない|必要ありません|要りません|つけない|書かない|しない)"
    r"|(?:以外|他)(?:に|は|の(?:もの|文|言葉|文章|文字)は?)(?:何も|一切)(?:出力|書か|言わ|答え|含め|記載)[^。\n]{0,6}な"
    r"|(?:答え|回答|結果|翻訳|訳文?|コード|文章|リスト|記号|番号|単語|数字|数値)(?:のみ|だけ)(?:を|で)?(?:出力|回答|返|答え|書い|記入|教え|提示)"
)
_ZH_NOTHING = re.compile(
    r"(?:不要|无需|不需要|禁止|请勿|不得)(?:输出|添加|包含|附加|写|有|做|给出)?(?:任何)?(?:其他|其它|多余|额外)?的?(?:内容|解释|说明|文字|信息)"
    r"|(?:只|仅)(?:需|要|能)?(?:输出|返回|回答|给出|回复)[^。\n，]{1,12}(?:即可|就行|$|[。，\n])"
)


def find(prompt: str) -> Iterator[Demand]:
    """Demands for bare answers, in English."""
    low = lowered(prompt)
    if not any(cue in low for cue in _SAID):
        return
    for cue, pattern, what, check in (
        ("letter", _LETTER, "only the letter", _letter),
        ("yes", _YES_NO, "only yes or no", _yes_no),
        ("word", _ONE_WORD, "one word", _one_word), ("num", _NUMBER, "only the number", _number),
        ("integer", _NUMBER, "only the number", _number), ("only", _NAME, "only the name", _name),
        ("just ", _NAME, "only the name", _name),
    ):  # fmt: skip
        match = next(sought(pattern, prompt, cue), None)
        if match is not None and _holds(prompt, match):
            yield Demand(what, *match.span(), check, alone=True)
    for match in sought(_OPTIONS, prompt, "only", 10, 400) if '"' in prompt else ():
        if _holds(prompt, match):
            yield Demand(
                "one of the given", *match.span(), one_of(_ITEM.findall(match["list"])), True
            )
    for match in sought(_ANY_OF, prompt, "following", 40, 320):
        options = _GIVEN.findall(match["list"])
        if 2 <= len(options) <= 6 and _holds(prompt, match):
            yield Demand("one of the given", *match.span(), any_of(options))
    its = next(sought(_ITS_ONLY, prompt, " only", 60, 2), None)
    if its is not None and _holds(prompt, its):
        yield Demand("nothing else", *its.span(), _no_chatter(prompt), alone=True)
    cues = ("nothing", "expla", "comment", "text", "only")
    least = next((m for cue in cues for m in sought(_NOTHING_ELSE, prompt, cue, 40)), None)
    if least is not None and _holds(prompt, least):
        yield Demand("nothing else", *least.span(), _no_chatter(prompt), alone=True)


def find_cjk(prompt: str) -> Iterator[Demand]:
    """Demands for bare answers, in Japanese and Chinese."""
    for match in _JA_OPTIONS.finditer(prompt):
        yield Demand("one of the given", *match.span(), one_of(_ITEM.findall(match["list"])), True)
    for pattern in (_JA_NOTHING, _ZH_NOTHING):
        found = pattern.search(prompt)
        if found is not None:
            yield Demand("nothing else", *found.span(), _no_chatter(prompt), alone=True)


def _holds(prompt: str, match: re.Match[str]) -> bool:
    lead = before(prompt, match.start(), 200)
    return not _CONDITIONAL.search(lead) and not _IN_CODE.search(
        sentence_around(prompt, *match.span())
    )


_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def _letter(text: str) -> Breach | None:
    bare = text.strip().strip("*_`()[]\"'. ：:")
    if not bare:
        return None
    if len(bare) <= 40 and re.fullmatch(r"[A-Za-z](?:\s*[,、/&]?\s*[A-Z]){0,5}", bare):
        return None
    if re.match(r"\(?[A-Za-z][).:]\s", bare) and len(_WORDS.findall(bare)) <= 12:
        return None  # the letter with its option: grey
    return Breach("more than the letter", confidence=0.8)


def _yes_no(text: str) -> Breach | None:
    words = _WORDS.findall(text)
    if len(words) <= 1:
        return None
    first = re.match(r"\W*(?:yes|no)\b[\s,.!:;]*", text, re.IGNORECASE)
    return Breach("more than yes or no", first.end() if first else 0)


def _one_word(text: str) -> Breach | None:
    words = _WORDS.findall(text)
    return None if len(words) <= 2 else Breach(f"{len(words)} words where one was demanded")


def _number(text: str) -> Breach | None:
    words = re.findall(r"[^\W\d_]{2,}", text)
    return None if len(words) <= 1 else Breach("words where only a number was demanded")


def _name(text: str) -> Breach | None:
    words = _WORDS.findall(text)
    sentence = re.search(r"\b(?:is|was|are|were)\b", text) and text.strip().endswith(
        (".", '."', ".”")
    )
    if len(words) > 25 or (sentence and len(words) > 6):
        return Breach("a whole sentence", confidence=0.8)
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def one_of(options: list[str]) -> Check:
    wanted = {_bare(option) for option in options}

    def check(text: str) -> Breach | None:
        bare = _bare(text)
        if bare in wanted:
            return None
        opening = next((o for o in options if text.lstrip('「"“ \n').startswith(o)), None)
        if opening:
            return Breach(
                "words after the demanded answer", text.find(opening) + len(opening), None
            )
        return Breach("none of the demanded answers alone")

    return check


def _no_chatter(prompt: str) -> Check:
    def check(text: str) -> Breach | None:
        from tesuji.diagnose.observation import Observation
        from tesuji.diagnose.postamble import detect_postamble
        from tesuji.diagnose.preamble import detect_preamble

        seen = Observation(text, prompt=prompt)
        for detector, where in ((detect_preamble, "before"), (detect_postamble, "after")):
            for finding in detector(seen):
                if where == "after" and finding.start == 0:
                    continue
                return Breach(
                    f"words {where} the answer, where nothing else was wanted",
                    finding.start, finding.end, min(0.8, finding.confidence),
                )  # fmt: skip
        return None

    return check


def any_of(options: list[str]) -> Check:
    """A check that one of the options stands in the answer; words around it may."""

    wanted = [option.strip(" .").casefold() for option in options]

    def check(text: str) -> Breach | None:
        low = text.casefold()
        return None if any(option in low for option in wanted) else Breach("none of the options")

    return check
