"""How finished and unfinished texts end, in English, Japanese, Chinese and some others."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias
from unicodedata import category

WINDOW = 1_500  # characters of the end that are looked at
_MOST_LINE = 600  # characters of the last line
Sign: TypeAlias = tuple[str, float]
"""What shows that a text is cut, and how surely."""

_FUNCTION_WORDS = """\
the a an of and or to my your our their its his is are was were be been being because than
that which who whose if when while although though such as with for from by into onto upon
between among at but nor so has have had will would should can could may might must not very
this these those every each both either neither including like through during about against
i we they he she there also where what how on in until unless since whether just only even
el la los las un una unos unas de del que y o en con para por se su sus como al lo es son le
les des du et ou dans pour sur avec qui une est sont aux au ce cette der die das den dem des
ein eine einen einem und oder zu mit für von auf ist sind im am als dass o os as um uma e do
da dos das em no na com é são il gli di che per con della dei и в на с не что как для из по
к от это или но а у за при
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
# May end a question, a command or a phrasal verb ("log in", "what it is for"): not alone.
_WEAK_WORDS = """\
on in by at to for with from about up out off over as is are was were so it not such can
will like just only even this that these those when how what where who be been i we they he
she also do has have had may could would should there e o a no se es au am im des los
"""
_WEAK = frozenset(_WEAK_WORDS.split())
_ITEM_ONLY = re.compile(
    r"(?:\n|^)[ \t]*(?:[-*•+]|\(?\d{1,3}[.)、:：]|[-*] ?\*\*\d{0,2}\.?|#{1,6})[ \t]*$"
)
_ITEM = re.compile(r"[ \t]*(?:[-*•+・●]|\(?\d{1,3}[.)、．:：]|[a-zA-Z][.)]|#{1,6}[ \t]|[|>])[ \t]*")
_RULE = re.compile(r"\s*[-*_=]{3,}\s*")
_LINKS = frozenset(
    ["and", "but", "the", "however", "therefore", "additionally", "moreover", "also", "so", "or"]
)
_BARE_LINE = re.compile(
    r"#\w|https?://|www\.|\S@\S|\\\]|\$|\\boxed|^[A-Z][\w ]{0,30}: ?[^\n]{0,40}$|[=≈→]|^[-–—*_]+$",
    re.MULTILINE,
)
# It begins with one set of characters, so that the search skips fast.
_SENTENCE_END = re.compile(
    r"[.!?。！？।॥؟](?:[\"”’')\]*_]{0,3}(?:\s+|\[\d+\]\s*)(?=[^\s\d])"
    r"|(?<=[。！？!?])[」』”）)]{0,3}(?=[^\s。！？」』”）)]))"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*$")
_CASED = re.compile(r"[a-zA-ZÀ-ӿ]")
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_ANNOUNCES = re.compile(
    r"\b(?:here (?:is|are)|here['’]s|as follows|following|below|these|include|includes|steps?"
    r"|examples?|summary|conclusion"
    r"|such as|are|is|to|by|code|note|tips?)\b[^\n]{0,60}:[*_]*$|(?:以下|如下|次|下記|例えば"
    r"|例如|包括|通り|よう|です|ます|です。)"
    r"[^\n]{0,40}[：:][*_]*$",
    re.IGNORECASE,
)
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
_OPEN = {"(": ")", "（": "）", "「": "」", "『": "』", "“": "”", "[": "]", "【": "】", "{": "}"}
_VERSE = re.compile(
    r"\b(?:poem|haiku|lyrics?|song|verse|rap|limerick|sonnet|acrostic|title|headline"
    r"|hashtags?)\b|詩|俳句|短歌|川柳|歌詞|タイトル|诗|詩|歌词|句|对联|标题",
    re.IGNORECASE,
)
_UNPUNCTUATED = re.compile(
    r"\b(?:no|without|avoid|any|not (?:use|include|contain))\b[^.\n]{0,30}\b(?:punctuation"
    r"|commas?|periods?|full stops?|dots?)\b|句読点|標點|标点|句号",
    re.IGNORECASE,
)


def is_listed(line: str) -> bool:
    """Whether the line is a list item, a table row, an address: such end bare."""
    return bool(_ITEM.match(line) or _BARE_LINE.search(line))


def short_cut(body: str, prompt: str) -> Sign | None:
    """What is unfinished about a few words: an open quotation, the beginning of a prompt's word.

    >>> short_cut("Getting wa", "How do you get water in the desert?")
    ("ends inside of 'water'", 0.7)
    """
    words = body.split()
    if not body or "\n" in body:
        return None
    if body[0] in '"“「『' and body[-1].isalnum() and not any(c in body[1:] for c in '"”」』'):
        return "a quotation is never closed", 0.7
    if len(words) < 2:
        return None
    last = words[-1]
    if not 2 <= len(last) <= 12 or not last.isalpha() or not last.islower() or last in _FUNCTION:
        return None
    asked = re.findall(r"[^\W\d_]+", prompt[-_MOST_LINE:].lower())
    longer = [word for word in asked if word.startswith(last) and len(word) >= len(last) + 2]
    plural = ("s", "es", "ed", "ing", "er", "ly", "d", "al", "ally", "ment", "ness")
    if last in asked or not longer or any(word[len(last) :] in plural for word in longer):
        return None
    return f"ends inside of {longer[0]!r}", 0.7


def item_begun(body: str) -> Sign | None:
    """A list item that is only its number: "3." at the very end."""
    if body[-1] not in ".)" or not (match := _ITEM_ONLY.search(body, max(0, len(body) - 12))):
        return None
    number = match[0].strip(" \t\n().")
    if number.isdigit() and int(number) > 1 and f"\n{int(number) - 1}" not in body[:-4]:
        return None
    return ("a list item is only begun", 0.8) if "\n" in match[0] else None


def open_end(text: str, body: str, prompt: str) -> Sign | None:
    """What is unfinished about a text that ends without a full stop."""
    line = body[body.rfind("\n") + 1 :]
    last = body[-1]
    if (
        "\n" in body
        and not _RULE.fullmatch(line)
        and _ITEM_ONLY.search(body, max(0, len(body) - 12))
    ):
        return "a list item is only begun", 0.8
    if last in ",，、" and len(line) > 8:
        return "ends with a comma", 0.85
    if last in "(（「『“[【" and len(line) > 10:
        return "ends with an opening bracket", 0.8
    if last in ":：":
        return ("announces what never comes", 0.7) if _ANNOUNCES.search(line) else None
    if line.startswith("|"):
        return _row(body, line)
    if last in "+=×÷&^" and len(line) > 8:
        return "ends with an operator", 0.6
    item = _ITEM.match(line)
    if item and last.isalpha() and len(line) - item.end() <= 3 and _long_items(body, line):
        return "a list item is only begun", 0.7
    if _repeats_part(body, line) and not _asks_for_verse(prompt):
        return "the last line is the beginning of one above", 0.75
    letter = last.isalnum() or category(last)[0] == "M"
    if not (letter or last in "-–—'’*_`\"%"):
        return None
    line = line[-_MOST_LINE:]
    if _CJK.search(line[-30:]):
        sign = _cjk(text, body, line) if letter else None
    elif last.isdigit():
        sign = None
    elif last.isascii() or _CASED.search(line[-20:]):
        sign = _cased(text, body, line, prompt)
    else:
        sign = _other(line)
    if sign is None and len(line) > 20 and body.count("\ufffd") >= 2:
        sign = "breaks off in garbled text", 0.6
    if sign is None or _BARE_LINE.search(line if len(line) < 120 else line[-60:]):
        return None
    if _ends_bare(prompt) or (len(body) > 60 and body[-40:] in prompt):
        return None  # asked for so, or an echo of a question that itself breaks off
    return sign


@lru_cache(maxsize=4096)
def _ends_bare(prompt: str) -> bool:
    """Whether the prompt forbids punctuation."""
    return _UNPUNCTUATED.search(prompt[-1_500:]) is not None


@lru_cache(maxsize=4096)
def _asks_for_verse(prompt: str) -> bool:
    return _VERSE.search(prompt[:1_500]) is not None


def _other(line: str) -> Sign | None:
    """In scripts without capitals: a last sentence without the full stop of those before."""
    pieces = _SENTENCE_END.split(line)
    if len(pieces) > 1 and len(pieces[-1].split()) >= 3 and not _ITEM.match(line):
        return "the last sentence has no end", 0.65
    return None


def _long_items(body: str, line: str) -> bool:
    """Whether there are items above, none nearly as short as the last one."""
    above = body[: len(body) - len(line)].split("\n")
    items = [len(other) for other in above if _ITEM.match(other)]
    return len(items) >= 2 and min(items[1:]) >= 15


def _repeats_part(body: str, line: str) -> bool:
    """Whether lines above begin with all of the last one's words and go on, and none ends so."""
    item = _ITEM.match(line)
    content = line[item.end() :] if item else line
    if not any(map(str.isalpha, content)):
        return False
    above = body[: len(body) - len(line)]
    at = above.rfind(content)
    if at < 0 or above[at + len(content)] == "\n":
        return False
    lines = [_ITEM.sub("", other, count=1) for other in above.split("\n")[1:-1]]
    longer = sum(other.startswith(content) for other in lines)
    return longer >= (2 if len(content) >= 6 else 4) and content not in lines


def _row(body: str, line: str) -> Sign | None:
    above = body.rfind("\n|", 0, len(body) - len(line) - 1)
    if line.endswith("|"):
        rows = body.rsplit("\n", 2)
        if len(rows) == 3 and rows[1].startswith("|") and line.count("|") < rows[1].count("|"):
            return "a table row is cut", 0.8
        return None
    if above < 0 and not body.startswith("|"):
        return None
    other = body[above + 1 : body.find("\n", above + 1)]
    return ("a table row is cut", 0.85) if other.rstrip().endswith("|") else None


def _cased(text: str, body: str, line: str, prompt: str) -> Sign | None:
    words = line.split()
    found = _WORD.search(line)
    word = found[0].lower() if found else ""
    item = _ITEM.match(line)
    content = line[item.end() :] if item else line
    pieces = _SENTENCE_END.split(content)
    tail = pieces[-1]
    count = len(tail.split())
    lower = bool(word) and found is not None and found[0][0].islower()
    if word in _LINKS and count <= 2 and len(pieces) > 1 and len(content) > 40:
        return f"ends with {word!r}", 0.75
    if found is not None and line[found.start() - 1 : found.start()] == ".":
        return None  # the end of an address
    if word in _FUNCTION and lower and len(words) >= 4 and not _asks_for_verse(prompt):
        if word not in _WEAK:
            return f"ends with {word!r}", 0.8
        if count >= 10 or (count >= 6 and (len(pieces) > 1 or _siblings(body, line, bool(item)))):
            return f"ends with {word!r}", 0.7
    if line[-1] in "-–—" and count >= 3:
        return "ends with a hyphen", 0.6
    opened = _never_closed(tail)
    if opened and count >= 4:
        return f"{opened} is never closed", 0.7
    clear_prose = word and count >= 8 and len(pieces) > 1
    if not lower and line[-1] not in "*_\"'’" and not clear_prose:
        # A name or an abbreviation at the end: only clear prose is looked at.
        return None
    if line[-1] in "*_\"'’":
        return None
    if _asks_for_verse(prompt):
        return None
    if len(pieces) > 1 and count >= 3 and len(content) - len(tail) > 20:
        return "the last sentence has no end", 0.75 if count >= 5 else 0.7
    if (count >= 7 or (count >= 3 and _cut_word(text, word))) and _siblings(body, line, bool(item)):
        return "the last sentence has no end, others have", 0.7
    if count >= 45:
        return "a sentence without end", 0.6
    return None


def _siblings(body: str, line: str, item: bool) -> bool:
    """Whether the lines above, of the same kind, end with a full stop: two, or the only one."""
    ended = bare = 0
    for other in body[: len(body) - len(line)].split("\n")[-14:]:
        other = other.strip()
        if len(other) < 30 or bool(_ITEM.match(other)) != item:
            continue
        if other[-1] in ".!?。！？\"”')…":
            # A long item is a paragraph, and as good as two short ones.
            ended += 2 if len(other) > 100 else 1
        elif other[-1] not in ":：":
            bare += 1
    least = 1 if len(line.split()) >= 10 else 2
    return ended >= least and bare == 0 if item else ended > 2 * bare


def _cut_word(text: str, word: str) -> bool:
    """Whether the last word is the beginning of one used before, and never used itself."""
    if len(word) < 3:
        return False
    head = text[-6000 : -len(word)].lower()
    found = re.search(r"(?<!\w)" + re.escape(word) + r"(\w*)", head)
    return (
        found is not None
        and bool(found[1])
        and not re.search(r"(?<!\w)" + re.escape(word) + r"(?!\w)", head)
    )


def _never_closed(tail: str) -> str | None:
    for opening, closing in _OPEN.items():
        if opening in tail and tail.rfind(opening) > tail.rfind(closing):
            return repr(opening)
    return None


def _cjk(text: str, body: str, line: str) -> Sign | None:
    item = _ITEM.match(line)
    content = line[item.end() :] if item else line
    pieces = _SENTENCE_END.split(content)
    tail = pieces[-1].strip()
    if len(tail) < 4 and len(pieces) < 2:
        return None
    japanese = _KANA.search(body[-200:]) is not None
    stops = text.count("。", max(0, len(text) - 6000))
    if not stops:
        return None
    opened = _never_closed(tail)
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
            and _siblings(body, line, False)
        ):
            return "the last sentence has no end, others have", 0.65
        return None
    if _ZH_CUT.search(tail) and (in_prose or long):
        return "ends in the middle of a Chinese sentence", 0.8
    if in_prose and len(tail) >= 4:
        return "the last sentence has no end", 0.7
    if len(tail) >= 14 and stops >= 2 and _siblings(body, line, bool(item)):
        return "the last sentence has no end, others have", 0.65
    return None
