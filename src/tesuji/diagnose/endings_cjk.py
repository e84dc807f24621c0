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
    r"|という|といった|ような|ように|なが|そ|こ|さら)$"
)
_JA_DONE = re.compile(
    r"(?:です|ます|ました|ません|でした|でしょう|ましょう|ください|下さい|だ|た|る|う|く|す|つ"
    r"|ぬ|む|ぶ|ぐ|い|ね|よ|か|な|ぞ|わ|さ|など|こと|もの"
    r"|とき|ため|まで|から|より|のみ|だけ)$"
)
_ZH_CUT = re.compile(
    r"(?:[的和在与與是为為对對将將把被从從向以及或并並而但因由让讓使于於地]|以及|并且|例如|比如"
    r"|包括|通过|根据|因为|所以|如果|可以|能够|一个|一种|这个|第[一二三四五六七八九十]种\w{0,3})$"
)


def cjk(text: str, body: str, line: str) -> Sign | None:
    item = ITEM.match(line)
    content = line[item.end() :] if item else line
    pieces = SENTENCE_END.split(content)
    tail = pieces[-1].strip()
    if len(tail) < 4 and len(pieces) < 2:
        return None
    japanese = _KANA.search(body[-200:]) is not None
    stops = text.count("。", max(0, len(text) - 6000))
    if not stops:
        return None
    opened = never_closed(tail)
    if opened and len(tail) >= 10:
        return f"{opened} is never closed", 0.75
    in_prose = len(pieces) > 1 and len(pieces[0]) > 8
    long = len(tail) >= 12
    if japanese:
        if _JA_CUT.search(tail) and (in_prose or long):
            return "ends in the middle of a Japanese sentence", 0.8
        if _JA_DONE.search(tail):
            return None
        if in_prose and len(tail) >= 4 and not item:
            return "the last sentence has no end", 0.7
        if (
            not item
            and len(tail) >= 25
            and stops >= 2
            and "、" in tail
            and siblings(body, line, False)
        ):
            return "the last sentence has no end, others have", 0.65
        return None
    if _ZH_CUT.search(tail) and (in_prose or long):
        return "ends in the middle of a Chinese sentence", 0.8
    if in_prose and len(tail) >= 4:
        return "the last sentence has no end", 0.7
    if len(tail) >= 14 and stops >= 2 and siblings(body, line, bool(item)):
        return "the last sentence has no end, others have", 0.65
    return None
