"""How finished and unfinished texts end, in English, Japanese, Chinese and some others."""

from __future__ import annotations

import re
from unicodedata import category

from tesuji.diagnose.endings_cased import cased, is_farewell
from tesuji.diagnose.endings_cjk import CJK, cjk
from tesuji.diagnose.endings_open import is_item, open_bracket, open_place, short_item, stub
from tesuji.diagnose.endings_words import FUNCTION
from tesuji.diagnose.last_lines import (
    BARE_LINE,
    HEADING,
    ITEM,
    SENTENCE_END,
    Sign,
    asks_for_verse,
    ends_bare,
    siblings,
)

WINDOW = 1_500  # characters of the end that are looked at
_MOST_LINE = 600  # characters of the last line
_ITEM_ONLY = re.compile(
    r"(?:\n|^)[ \t]*(?:[-*•+]|\(?\d{1,3}[.)、:：]|[-*] ?\*\*\d{0,2}\.?|#{1,6})[ \t]*$"
)
_NUMBER = re.compile(r"\d{1,4}")
_NUMBERED = re.compile(r"(?:^|\n)[ \t*]*(\d{1,4})[.)、．]")
_RULE = re.compile(r"\s*[-*_=]{3,}\s*")
_CASED = re.compile(r"[a-zA-ZÀ-ӿ]")
_ANNOUNCES = re.compile(
    r"\b(?:here (?:is|are)|here['’]s|as follows|following|below|these|include|includes|steps?"
    r"|examples?|summary|conclusion"
    r"|such as|are|is|to|by|code|note|tips?)\b[^\n]{0,60}:[*_]*$|(?:以下|如下|次|下記|例えば"
    r"|例如|包括|通り|よう|です|ます|です。)"
    r"[^\n]{0,40}[：:][*_]*$",
    re.IGNORECASE,
)

_TITLED = re.compile(r"(?:^|\n)[ \t]*(?:[-*+•]|\(?\d[\d.]{0,8}[.)、．]|#{1,6})[ \t]+(?=\S)")
_MOST_FORMULA = 300  # characters; "\\[" may also be a bracket with a needless backslash
_MOST_TITLE = 40  # characters; what stands before a speech is longer
_FEWEST_WORDS = 4  # of a line that announces something: "Signature:" is a field of a form
_LEAST_TITLED = 2  # items or headings above that have something under them
_FIELD = re.compile(
    r"\b(?:sign\w*|name|date|phone|e-?mail|address|contact|note|ps)\b|署名|氏名|名前|日付|連絡先|住所|签名|姓名|日期|电话",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\bend\b|\bfin\b|終|完|おわり|结束|結束|參考|参考|references|thank", re.IGNORECASE
)


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
    if not 2 <= len(last) <= 12 or not last.isalpha() or not last.islower() or last in FUNCTION:
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
    if last == "," and len(line) > 4 and _after_prose(body, line) and not is_farewell(line):
        return "ends with a comma", 0.8
    if (last in "(（「『“[【" or body.endswith(("_{", "^{", "){", ") {"))) and len(line) > 10:
        return "ends with an opening bracket", 0.8
    if (sign := open_place(line[-_MOST_LINE:])) is not None:
        return sign
    if last in ":：" or (last in "*_" and line.rstrip("*_ ")[-1:] in (":", "：")):
        return _announced(body, line)
    if line.startswith("|"):
        return _row(body, line)
    if last in "+=×÷&^" and len(line) > 8:
        return "ends with an operator", 0.6
    if "\\" in body and (opened := _open_formula(body)):
        return f"{opened} is never closed", 0.7
    if last.isalnum() and (sign := open_bracket(line[-_MOST_LINE:])) is not None:
        return sign
    if last.isdigit() and _NUMBER.fullmatch(line) and _next_number(body, line):
        return "a list item is only begun", 0.75
    letter = last.isalnum() or category(last)[0] == "M"
    item = ITEM.match(line)
    if item and last.isalpha() and len(line) - item.end() <= 3 and _long_items(body, line):
        return "a list item is only begun", 0.7
    if item and letter and (":" in body or "：" in body) and _title_alone(body, line):
        return "a part has only its title", 0.7
    if _repeats_part(body, line) and not asks_for_verse(prompt):
        return "the last line is the beginning of one above", 0.75
    if not (letter or last in "-–—'’*_`\"%"):
        return None
    if letter and not ends_bare(prompt) and (sign := _too_little(body, line, prompt)) is not None:
        return sign
    if letter and HEADING.match(line) and _is_title(body, line):
        return "a heading has nothing under it", 0.7
    if letter and "**" in line and _bold_opened(line):
        return "bold text is never closed", 0.7
    if letter and '"' in line and "#" not in line and _quotation_opened(body, line):
        return "a quotation is never closed", 0.7
    line = line[-_MOST_LINE:]
    if CJK.search(line[-30:]):
        sign = cjk(text, body, line) if letter else None
    elif last.isdigit():
        sign = None
    elif last.isascii() or _CASED.search(line[-20:]):
        sign = cased(text, body, line, prompt)
    else:
        sign = _other(line)
    if sign is None and len(line) > 20 and body.count("\ufffd") >= 2:
        sign = "breaks off in garbled text", 0.6
    if sign is None or BARE_LINE.search(line if len(line) < 120 else line[-60:]):
        return None
    if ends_bare(prompt) or (len(body) > 60 and body[-40:] in prompt):
        return None  # asked for so, or an echo of a question that itself breaks off
    return sign


def _too_little(body: str, line: str, prompt: str) -> Sign | None:
    """A last line that stops short of those above, or inside of a word of theirs."""
    if asks_for_verse(prompt):
        return None
    if is_item(line):
        return short_item(body, line)
    return stub(body, line, prompt)


def _announced(body: str, line: str) -> Sign | None:
    """A last line that ends with a colon: what it announces never comes.

    Not where it is a field of a form, one line among others that end so.
    """
    if _ANNOUNCES.search(line):
        return "announces what never comes", 0.7
    plain = line.strip("*_ \t")
    above = body[: len(body) - len(line)].rstrip()
    if above.rstrip("*_ ")[-1:] in (":", "：") or "\n" in above[-2:]:
        return None
    if len(plain.split()) >= _FEWEST_WORDS or (CJK.search(plain) and len(plain) >= 12):
        return "announces what never comes", 0.7
    if len(plain) > 2 and _after_prose(body, line) and not _FIELD.search(plain):
        return "announces what never comes", 0.7
    if ITEM.match(line) and len(_TITLED.findall(above)) >= _LEAST_TITLED:
        return "a part has only its title", 0.75
    return None


def _after_prose(body: str, line: str) -> bool:
    """Whether the line above, blank ones apart, is a sentence."""
    above = body[: len(body) - len(line)].rstrip()
    return len(above) > 100 and above[-1] in ".。" and len(above) - above.rfind("\n") > 30


def _is_title(body: str, line: str) -> bool:
    """Whether a heading follows on others, and is no "The end"."""
    above = body[: len(body) - len(line)]
    return above.count("\n#") >= _LEAST_TITLED and not _OVER.search(line)


def _open_formula(body: str) -> str | None:
    """A LaTeX environment or formula that is open at the end."""
    at = body.rfind("\\begin{")
    if at >= 0 and body.find("\\end{", at) < 0:
        return repr("\\begin{")
    at = body.rfind("\\[", len(body) - _MOST_FORMULA if len(body) > _MOST_FORMULA else 0)
    if at < 0 or body.find("\\]", at) >= 0 or body.find("\n\n", at) >= 0:
        return None
    return repr("\\[") if body[at + 2 : at + 3] in ("\n", " ", "\\") else None


def _next_number(body: str, line: str) -> bool:
    """Whether the line is the beginning of the number that the next list item would have."""
    above = _NUMBERED.findall(body[: len(body) - len(line)])
    return len(above) >= 3 and str(int(above[-1]) + 1).startswith(line)


def _title_alone(body: str, line: str) -> bool:
    """Whether all items above are titles with a colon and text, and the last is neither."""
    if ":" in line or "：" in line or "**" in line:
        return False
    above = body[: len(body) - len(line)].split("\n")[1:]
    items = [other for other in above if ITEM.match(other)]
    return len(items) >= 3 and all(
        (":" in other or "：" in other) and len(other) >= 2 * len(line) for other in items
    )


def _quotation_opened(body: str, line: str) -> bool:
    """Whether the line's last quotation mark begins a quotation: three words, or an item's end."""
    at = line.rfind('"')
    if line.count('"') % 2 == 0 or line[at + 1].isspace():
        return False
    speech = line[max(0, at - 2) : at] in (", ", ": ") and at > _MOST_TITLE
    if (
        len(line[at + 1 :].split()) < 3
        and not speech
        and not (ITEM.match(line) and siblings(body, line, True))
    ):
        return False
    return line[at - 1 : at] in ("", " ", "(", "\t", "-") if at else True


def _bold_opened(line: str) -> bool:
    """Whether the last "**" of the line begins bold text."""
    at = line.rfind("**")
    if at < 0 or line.count("**") % 2 == 0 or "*" in line[at + 2 :]:
        return False
    after = line[at + 2 : at + 3]
    return bool(after) and not after.isspace() and line[at - 1 : at] in ("", " ", "\t")


def _other(line: str) -> Sign | None:
    """In scripts without capitals: a last sentence without the full stop of those before."""
    pieces = SENTENCE_END.split(line)
    if len(pieces) > 1 and len(pieces[-1].split()) >= 3 and not ITEM.match(line):
        return "the last sentence has no end", 0.65
    return None


def _long_items(body: str, line: str) -> bool:
    """Whether there are items above, none nearly as short as the last one."""
    above = body[: len(body) - len(line)].split("\n")
    items = [len(other) for other in above if ITEM.match(other)]
    return len(items) >= 2 and min(items[1:]) >= 15


def _repeats_part(body: str, line: str) -> bool:
    """Whether lines above begin with all of the last one's words and go on, and none ends so."""
    item = ITEM.match(line)
    content = line[item.end() :] if item else line
    if not any(map(str.isalpha, content)):
        return False
    above = body[: len(body) - len(line)]
    at = above.rfind(content)
    if at < 0 or above[at + len(content)] == "\n":
        return False
    lines = [ITEM.sub("", other, count=1) for other in above.split("\n")[1:-1]]
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
