"""How many characters, sentences, paragraphs, list items: demands in Japanese and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tesuji.diagnose.demands import counting
from tesuji.diagnose.demands.demand import Breach, Check, Demand, sentence_around
from tesuji.diagnose.demands.numbers import CJK, Bounds, cjk_bounds, number

CUES = (
    "字",
    "段落",
    "箇条書",
    "行",
    "つ",
    "個",
    "段话",
    "句",
    "点",
    "个",
    "种",
    "条",
    "列出",
    "列举",
    "文で",
    "文に",
)

_ABOUT = re.compile(
    r"程度|ほど|くらい|ぐらい|前後|約|およそ|左右|大约|大約|大概|约|できれば|なるべく|目安"
)
_EACH = re.compile(
    r"それぞれ|各|ずつ|ごと|毎に|タイトル|題名|見出し|每|分别|标题|につき|一つ目|名前は"
)
_ASIDE = re.compile(
    r"何(?:文字|字|通り|個|つ|行)|いくつ|多少|几个|キーワード|単語|という|熟語|漢字|ひらがな|カタカナ|成语|字母"
)
_CHARACTERS = re.compile(
    rf"(?P<lead>不超过|不超過|不得超过|不能超过|少于|不多于|至少|不少于|不低于|最多|最大|最低)?\s?"
    rf"(?P<n>{CJK})\s?(?:文字|个字|個字|字)(?P<after>以内|以下|以上|未満|未满|之内|まで)?"
)
_MOST_LEAD = ("不超过", "不超過", "不得超过", "不能超过", "不多于", "最多", "最大")
_LEAST_LEAD = ("至少", "不少于", "不低于", "最低")
_JA_UNITS = re.compile(
    rf"(?P<n>{CJK})\s?(?:つの|個の)?(?P<unit>箇条書き|段落|行|文)(?![章字])"
    r"(?P<after>以内|以下|以上|未満)?(?:の文章)?(?P<rest>で(?!す|あ|始|し|は)|に(?:まと|分|収|要約)|から|構成)"
)
_ZH_UNITS = re.compile(
    rf"(?:用|以|分(?:成|为)?|写|写成)\s?(?P<n>{CJK})\s?(?:个)?(?P<unit>句话|段话|段落|段|句|要点|点)"
    r"(?P<after>以内|以上|之内)?"
)
_ASKED = re.compile(
    r"ください|下さい|なさい|せよ|して。|ること|書け|答え|回答|述べ|説明|要約|まとめ|请|請|总结|概括|写|回答|输出|描述"
    r"|要求|控制|字数|以内|$"
)
_ITEMS = re.compile(
    rf"(?P<most>最大|最低|少なくとも|最多|至少)?(?P<n>{CJK})\s?(?:つ|個|点)(?P<after>以上|以内|以下)?"
    r"(?:ほど|程度|くらい)?(?:を|に|、)?(?:挙げ|あげ|述べ|考え|提案|紹介|列挙|リストアップ|教えて|箇条書き)"
    rf"|(?:列出|列举|列舉|给出|提供|写出|推荐|举出)(?:出)?(?P<zh>{CJK})(?:个|種|种|条|項|项|部|本|首|位)"
)
_NUMBERED = re.compile(r"^(?:[#*\s]{0,6})(\d{1,3})[.)．、）]", re.MULTILINE)


def find(prompt: str) -> Iterator[Demand]:
    """Demands such as 「400文字以内で」, 「3段落の文章で」, 「5つ挙げて」, "不超过100字"."""
    yield from _of_characters(prompt)
    for pattern in (_JA_UNITS, _ZH_UNITS):
        for match in pattern.finditer(prompt):
            bounds = cjk_bounds(match["n"], match["after"] or "")
            if bounds is not None and _is_asked(prompt, match):
                unit = match["unit"]
                yield Demand(f"{bounds.words()} {unit}", *match.span(), _units(unit, bounds))
    yield from _of_items(prompt)


def _of_characters(prompt: str) -> Iterator[Demand]:
    for match in _CHARACTERS.finditer(prompt):
        lead, after = match["lead"] or "", match["after"] or ""
        count = number(match["n"])
        if count is None or count < 5 or not (lead or after):
            continue
        if lead in _MOST_LEAD:
            bounds = Bounds(None, count)
        elif lead in _LEAST_LEAD:
            bounds = Bounds(count, None)
        elif lead == "少于":
            bounds = Bounds(None, count - 1)
        else:
            bounds = cjk_bounds(match["n"], after) or Bounds(None, None)
        if bounds.low == bounds.high or not _is_asked(prompt, match):
            continue
        yield Demand(
            f"{bounds.words()} characters", *match.span(),
            _counted(counting.characters, bounds, "characters"),
        )  # fmt: skip


def _is_asked(prompt: str, match: re.Match[str]) -> bool:
    sentence = sentence_around(prompt, *match.span())
    near = prompt[max(0, match.start() - 12) : match.end() + 8]
    if _ABOUT.search(near) or _ASIDE.search(sentence):
        return False
    return not _EACH.search(sentence) and bool(_ASKED.search(sentence))


def _units(unit: str, bounds: Bounds) -> Check:
    if unit in ("段落", "段话", "段"):
        return _counted(counting.paragraphs, bounds, "paragraphs")
    if unit == "箇条書き":
        return _counted(counting.bullets, bounds, "list items")
    if unit == "行":
        return _counted(counting.lines, bounds, "lines")
    if unit in ("要点", "点"):
        return _counted(counting.bullets, Bounds(bounds.low, None), "list items")
    high = None if bounds.high is None else bounds.high + 1  # a colon, a quotation …
    return _counted(counting.sentences, Bounds(bounds.low, high), "sentences")


def _counted(measure: Callable[[str], tuple[int, int]], bounds: Bounds, unit: str) -> Check:
    def check(text: str) -> Breach | None:
        fewest, most = measure(text)
        if not bounds.broken_by(fewest, most):
            return None
        seen = most if bounds.low is not None and most < bounds.low else fewest
        return Breach(f"{seen} {unit} where {bounds.words()} were demanded")

    return check


def _of_items(prompt: str) -> Iterator[Demand]:
    found = list(_ITEMS.finditer(prompt))
    if len(found) != 1 or _ABOUT.search(found[0][0]) or not _is_asked(prompt, found[0]):
        return
    match = found[0]
    bounds = cjk_bounds(match["n"] or match["zh"], match["after"] or "")
    if bounds is None or (bounds.high or bounds.low or 0) < 2:
        return
    if match["most"]:
        least = match["most"] in ("最低", "少なくとも", "至少")
        bounds = Bounds(bounds.low, None) if least else Bounds(None, bounds.high)
    yield Demand(f"{bounds.words()} items", *match.span(), numbered_items(bounds))


def numbered_items(bounds: Bounds) -> Check:
    """A check of one numbered list 1, 2, 3 …; no judgement of none, or of several."""

    def check(text: str) -> Breach | None:
        numbers = [int(item[1]) for item in _NUMBERED.finditer(text)]
        if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
            return None
        if not bounds.broken_by(len(numbers), len(numbers)):
            return None
        return Breach(f"{len(numbers)} items where {bounds.words()} were demanded", confidence=0.8)

    return check
