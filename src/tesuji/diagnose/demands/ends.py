"""How the answer must begin and end, and the request that must be repeated first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.demands.demand import Breach, Check, Demand, lowered

CUES = "end finish conclude start begin repeat last"
BESIDE = "with repeat should"
CJK_CUES = ("最後", "終わ", "始め", "繰り返", "一言一句", "開始", "结尾", "结束", "开头")

_PHRASE = r"[\"“”](?P<phrase>[^\"“”\n]{3,160})[\"“”]"
_END = re.compile(
    rf"\b(?:end|finish|conclude)\s+(?:your|the|it|this)?\s*(?:\w+\s+){{0,3}}?with\s+(?:this"
    rf"|the)?\s*(?:exact\s+)?"
    rf"(?:phrase|sentence|words?)?\s*(?:of\s*)?[:,]?\s*{_PHRASE}"
    rf"|\b(?:very )?last sentence of (?:your"
    rf"|the) (?:entire )?\w+ should be\s*:?\s*[\"“](?P<phrase2>[^\"“”\n]{{3,160}})[\"”]",
    re.IGNORECASE,
)
_END_UNQUOTED = re.compile(
    r"\b(?:end|finish|conclude)\s+(?:\w+\s+){1,4}?with (?:this|the) exact (?:phrase|sentence"
    r"|words)\s*:\s*(?P<phrase>[^\"“”\s][^\"“”\n]{2,120}?)\s*(?:$|\n)",
    re.IGNORECASE,
)
_START = re.compile(
    r"\b(?:start|begin)\s+(?:your|the)\s+(?:entire\s+)?(?:response|answer|reply|output)\s+with\s+"
    rf"(?:the\s+)?(?:exact\s+)?(?:words?|phrase|sentence)?\s*[:,]?\s*{_PHRASE}"
    r"|\b(?:your|the) (?:entire )?(?:response|answer|reply|output) (?:should|must) (?:start"
    r"|begin) with"
    r"\s+(?:the\s+)?(?:words?|phrase)?\s*[:,]?\s*[\"“](?P<phrase2>[^\"“”\n]{3,160})[\"”]",
    re.IGNORECASE,
)
_REPEAT = re.compile(
    r"\b(?:first,? (?:please )?repeat|(?:please|let's|just|must|should) repeat"
    r"|need to (?:first )?repeat) (?:the |this )?"
    r"(?P<what>(?:entire )?first (?:line|sentence)|(?:exact )?(?:request|prompt|question"
    r"|sentence)(?: above| itself)?)",
    re.IGNORECASE,
)

_JA_END = re.compile(
    r"最後に(?:次の(?:フレーズ|文章|文|言葉)を(?:そのまま)?出力して(?:ください|下さい"
    r"|終わ[^。\n]{0,12})?[:：。]?\s*)?「(?P<phrase>[^」\n]{4,80})」"
    r"(?:を出力|と出力|を書い|で終わ|[\s。]*(?:この(?:フレーズ|文)の後|$))"
    r"|次の文章で終わる[^「\n]{0,20}「(?P<phrase2>[^」\n]{4,80})」"
)
_JA_REPEAT = re.compile(
    r"(?:最初|はじめ|初め)に(?:リクエスト|プロンプト|指示文?|質問|この指示)を(?:一言一句変えずに|そのまま)(?:繰り返|出力)"
)
_SPACE = re.compile(r"[\W_]+")
_HEAD = 24  # characters of the request that must come again


def find(prompt: str) -> Iterator[Demand]:
    """Demands on the start and the end, in English."""
    quoted = '"' in prompt or "“" in prompt or "”" in prompt
    for match in _END.finditer(prompt) if quoted else ():
        phrase = match["phrase"] or match["phrase2"]
        yield Demand("ends with a phrase", *match.span(), ends_with(phrase))
    for match in _END_UNQUOTED.finditer(prompt) if "exact" in prompt else ():
        yield Demand("ends with a phrase", *match.span(), ends_with(match["phrase"]))
    for match in _START.finditer(prompt) if quoted else ():
        phrase = match["phrase"] or match["phrase2"]
        yield Demand("starts with a phrase", *match.span(), starts_with(phrase))
    if "repeat" in lowered(prompt):
        yield from repeated(prompt, _REPEAT)


def find_cjk(prompt: str) -> Iterator[Demand]:
    """Demands on the start and the end, in Japanese."""
    for match in _JA_END.finditer(prompt):
        phrase = match["phrase"] or match["phrase2"]
        yield Demand("ends with a phrase", *match.span(), ends_with(phrase))
    yield from repeated(prompt, _JA_REPEAT)


def _bare(text: str) -> str:
    return _SPACE.sub("", text).casefold()


def ends_with(phrase: str) -> Check:
    wanted = _bare(phrase)

    def check(text: str) -> Breach | None:
        if not wanted or _bare(text[-len(phrase) * 2 - 200 :]).endswith(wanted):
            return None
        at = text.rfind(phrase)
        if at >= 0:
            return Breach("words after the demanded end", at + len(phrase), len(text))
        return Breach("does not end with the demanded words")

    return check


def starts_with(phrase: str) -> Check:
    wanted = _bare(phrase)

    def check(text: str) -> Breach | None:
        if not wanted or _bare(text[: len(phrase) * 2 + 100]).startswith(wanted):
            return None
        return Breach("does not start with the demanded words")

    return check


def repeated(prompt: str, pattern: re.Pattern[str]) -> Iterator[Demand]:
    match = pattern.search(prompt)
    if match is None:
        return
    lead = prompt[: match.start()].strip()
    request = _bare(lead.split("\n")[0])[:_HEAD]
    if len(request) < 12:  # the request comes after, or it is not clear which it is
        return
    yield Demand("repeats the request first", *match.span(), _repeats(request))


def _repeats(request: str) -> Check:
    def check(text: str) -> Breach | None:
        head = _bare(text[:600])
        if request in head:
            return None
        return Breach("does not repeat the request first")

    return check
