"""How unfinished sentences end in Japanese and Chinese."""

from __future__ import annotations

import re

from tesuji.diagnose.last_lines import ITEM, SENTENCE_END, Sign, never_closed, siblings

CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_JA_CUT = re.compile(
    r"(?:(?<![\u3041-\u3096])[をにはがへとでもの]|[一-鿿ァ-ヶー」）)a-zA-Z0-9](?:を|に|は|が|へ"
    r"|と|で|も|の|や|から|まで|より|として|について"
    r"|における|において|に対して|による|により|によって|という|には|では|とは|への|との"
    r"|など[のを])"
    r"|こと[がをはにもで]|もの[がをはにで]|ため(?:に|の)|(?:し|り|い|き|て|で|っ|んで)(?:、|て)"
    r"|ており|であり|ではな|され|させ|なけれ"
    r"|(?:です|ます)(?:が|ので|し)|しか|しかし|また|そして|その|この|例えば|[るたい]の(?:は|が"
    r"|を|で|に)|ま|でしょ|くださ|であ|だっ|かもしれ|ことができ"
    r"|[てで]い|[けめれげべせね]て|という|といった|ような|ように|なが|そ|こ|さら)$"
)
_JA_DONE = re.compile(
    r"(?:です|ます|ました|ません|でした|でしょう|ましょう|ください|下さい|だ|た|る|う|く|す|つ"
    r"|ぬ|む|ぶ|ぐ|い|ね|よ|か|な|ぞ|わ|さ|など|こと|もの"
    r"|とき|ため|まで|から|より|のみ|だけ|あり|なし)$"
)
_POLITE = re.compile(r"(?:です|ます|ました|ません|でした|でしょう|ください|下さい)$")
_ZH_CUT = re.compile(
    r"(?:[的和在与與是为為对對将將把被从從向以及或并並而但因由让讓使于於地]|以及|并且|例如|比如"
    r"|包括|通过|根据|因为|所以|如果[还您你]?|可以|能够|一个|一种|这个|我们|他们|它们|这些|那些|但|需要"
    r"|进行|具有|关于|随着|为了|第[一二三四五六七八九十]种\w{0,3})$"
)
# A topic or an object, and then one character: the verb or the noun that it begins never came.
# No line of a list or a poem ends so.
_SURELY = re.compile(
    r"(?:[ぁ-んァ-ヶ一-鿿]っ|でしょ|くださ|ませ|でし|ており|的に|第[一二三四五]种\w{0,4})$"
)
_ALONE = re.compile(
    r"(?:それでは|しかし|また|そして|さらに|つまり|ただし|一方で?|なお|例如|比如|例えば|たとえば"
    r"|したがって|次に|最後に|但是?|此外|因此|首先|其次|最后)"
)
_JA_INSIDE = re.compile(r"(?:は|が|を|では|には|ので|ため)、?[一-鿿]$")
_JA_CLAUSE = re.compile(
    r"[はがをに]、|(?:したがって|つまり|また|さらに|しかし|一方|なお|ただし|そして|例えば)、"
)
_WORDS_OF_END = re.compile(r"以上|終|完|了|笑|おわり|谢谢|謝|敬|草|結")
_LABEL = re.compile(r"[^、。]{1,12}[:：]")


def cjk(text: str, body: str, line: str) -> Sign | None:
    item = ITEM.match(line)
    content = line[item.end() :] if item else line
    pieces = SENTENCE_END.split(content)
    tail = pieces[-1].strip()
    if len(tail) < 4 and len(pieces) < 2 and not _ALONE.fullmatch(line):
        return None
    stops = text.count("。", max(0, len(text) - 6000))
    if (_ALONE.fullmatch(line) and stops) or (_SURELY.search(tail) and "\n" in body):
        return "breaks off", 0.75
    if not stops:
        return None
    opened = never_closed(tail)
    if opened and len(tail) >= 10:
        return f"{opened} is never closed", 0.75
    in_prose = len(pieces) > 1 and len(pieces[0]) > 8
    if 0 < len(tail) < 4 and not (_JA_CUT.search(tail) or _ZH_CUT.search(tail)):
        begun = in_prose and not item and tail.isalnum() and not _WORDS_OF_END.search(tail)
        return ("the last sentence is only begun", 0.7) if begun else None
    judge = _japanese if _KANA.search(body[-200:]) else _chinese
    return judge(body, line, tail, in_prose, stops)


def _japanese(body: str, line: str, tail: str, in_prose: bool, stops: int) -> Sign | None:
    item = ITEM.match(line) is not None
    long = len(tail) >= 12
    if (_JA_CUT.search(tail) or _JA_INSIDE.search(tail)) and (in_prose or long):
        return "ends in the middle of a Japanese sentence", 0.8
    if _JA_DONE.search(tail):
        if item and not _POLITE.search(tail) and _items_end(body, line, tail):
            return "the last sentence has no end, others have", 0.65
        nominal = tail.endswith(("こと", "もの", "とき", "ため", "から"))
        if nominal and not item and len(tail) >= 40 and _clause_in(body, line, tail):
            return "the last sentence has no end, others have", 0.65
        return None
    if in_prose and len(tail) >= 4 and (not item or _item_goes_on(body, line, tail)):
        return "the last sentence has no end", 0.7
    if item and _items_end(body, line, tail):
        return "the last sentence has no end, others have", 0.65
    if not item and stops >= 2:
        if len(tail) >= 25 and "、" in tail and siblings(body, line, False):
            return "the last sentence has no end, others have", 0.65
        if len(tail) >= 7 and _clause_in(body, line, tail):
            return "the last sentence has no end, others have", 0.65
    return None


def _items_end(body: str, line: str, tail: str) -> bool:
    """Whether the items above, and the one just above, end with their full stops."""
    above = body[: len(body) - len(line)].rstrip()
    other = above[above.rfind("\n") + 1 :]
    ended = other.endswith("。") and ITEM.match(other) is not None
    return ended and len(tail) >= 8 and siblings(body, line, True)


def _item_goes_on(body: str, line: str, tail: str) -> bool:
    """Whether an item's last words are a sentence, not a label and its value."""
    return not _LABEL.match(tail) and siblings(body, line, True)


def _clause_in(body: str, line: str, tail: str) -> bool:
    """Whether the tail has a clause, and the paragraphs above end with their full stops."""
    return _JA_CLAUSE.search(tail) is not None and siblings(body, line, False)


def _chinese(body: str, line: str, tail: str, in_prose: bool, stops: int) -> Sign | None:
    if _ZH_CUT.search(tail) and (in_prose or len(tail) >= 12):
        return "ends in the middle of a Chinese sentence", 0.8
    if in_prose:
        return "the last sentence has no end", 0.7
    if len(tail) >= 14 and stops >= 2 and siblings(body, line, ITEM.match(line) is not None):
        return "the last sentence has no end, others have", 0.65
    return None
