"""What stands open at the very end of a text, in whatever language: an address, inline code, a
tag, a bracket of code; and what is far too little: an item much shorter than all before it, a word
or two where paragraphs were, the beginning of a word that was used before.
"""

from __future__ import annotations

import re

from tesuji.diagnose.last_lines import ITEM, Sign, never_closed

_MOST_CODE = 60  # characters of inline code
_LEAST_ITEM = 60  # characters of an item that is a paragraph
_LEAST_ABOVE = 100  # characters of a paragraph of prose
_MOST_STUB = 2  # words
_LEAST_HEAD = 4  # letters of a word's beginning that are enough to know it
_TITLED = re.compile(r"[A-Z][\w'’ ]{1,30} [-–—] [A-Z]")
_TAG = re.compile(r"<[a-zA-Z]+\s[^<>]*=[^<>]*$")
_BEGUN_ADDRESS = re.compile(r"(?:https?:?/{0,2}|\bwww\.)$")
# One letter that is no word of its own, after a word.
_LETTER = re.compile(r"\b[a-z]{3,} [b-df-hj-npr-tvwz]$")
_CODE = re.compile(r"\w[(\[]|[=;]\s")
_ARGUMENT = re.compile(r"\\[a-zA-Z]+\*?\{[^{}\n]*$")
_STATEMENT = re.compile(
    r"\s*(?:(?:if|for|while|return|elif|else|def|print|assert|except|with)\b.{0,3}[\w(]"
    r"|[\w.]{2,40}\(|[\w.\[\]]{1,40} ?[-+*]?= ?"
    r"|[A-Z]\w+<\w+> \w+)"
)
# What may follow on a word's beginning without its being cut: "plan" before "plans", "planning".
_INFLECTED = re.compile(
    r"(.?)(?:s|es|ed|d|ing|er|ers|or|ly|al|ally|ment|ments|ness|y|ies|ied|ion|ions|able|ful|less|n"
    r"|en|ship|hood|like|wise|work|way|time|one|self|line|er|est|ize|ise|ist|ism|ity|ive|ous|'s|’s)"
)
_REST = re.compile(r"\w+")
_FAREWELL = re.compile(
    r"(?:best|kind|warm|regards|sincerely|yours|love|thank|cheers|amen|fin|end|qed|ps)",
    re.IGNORECASE,
)


def open_place(line: str) -> Sign | None:
    """An address, inline code or a tag that the line does not end; a letter of the next word."""
    if line.endswith("/") or line.endswith(":") or line.endswith("."):
        return ("an address is only begun", 0.85) if _BEGUN_ADDRESS.search(line[-12:]) else None
    if "`" in line and line.count("`") % 2 and "``" not in line:
        at = line.rfind("`")
        if 0 < len(line) - at - 1 <= _MOST_CODE and line[at - 1 : at] in ("", " ", "(", '"'):
            return "inline code is never closed", 0.75
    if "<" in line and "=" in line and _TAG.search(line[-400:]):
        return "a tag is never closed", 0.8
    if _LETTER.search(line[-24:]) and not _CODE.search(line):
        return "a word is only begun", 0.7
    return None


def open_bracket(line: str) -> Sign | None:
    """A bracket of code or of a formula that is open where the line ends.

    Where it ends with a letter, the line must look like code that is no part of a sentence.
    """
    if "{" in line and _ARGUMENT.search(line[-_MOST_CODE:]):
        return "'{' is never closed", 0.75
    if "(" not in line and "[" not in line and "{" not in line:
        return None
    opened = never_closed(line)
    if opened is None or not _CODE.search(line) or ITEM.match(line):
        return None
    if line[-1].isalpha() and not _STATEMENT.match(line):
        return None
    return f"{opened} is never closed", 0.7


def is_item(line: str) -> bool:
    """Whether the line is an item of a list, with a mark or with a title and a dash."""
    return ITEM.match(line) is not None or _TITLED.match(line) is not None


def short_item(body: str, line: str) -> Sign | None:
    """An item without end, less than half as long as any of those above, which all have one."""
    if len(line) < 4:
        return None
    lengths = []
    for other in body[: len(body) - len(line)].split("\n")[1:][-10:]:
        other = other.strip().rstrip("*_")
        if not is_item(other) or other[:1] == "#":
            continue
        if other[-1] not in ".!?。！？)）" or len(other) < _LEAST_ITEM:
            return None
        lengths.append(len(other))
    if len(lengths) < 2 or 2 * len(line) > min(lengths):
        return None
    return "the last item stops short", 0.75


def stub(body: str, line: str, prompt: str) -> Sign | None:
    """A last paragraph of a word or two, after prose, that begins a word of the question."""
    words = line.split()
    if len(words) > _MOST_STUB or _FAREWELL.match(line):
        return None
    above = body[: len(body) - len(line)]
    paragraph = above.rstrip()
    if (
        not above.endswith("\n\n")
        or paragraph[-1:] not in (".", "。")
        or (len(paragraph) - paragraph.rfind("\n") < _LEAST_ABOVE)
    ):
        return None
    return begun_word(words[-1], prompt[-2_000:] + " " + above)


def begun_word(word: str, text: str) -> Sign | None:
    """Whether the word is the beginning of one in the text, and no word of the text itself.

    >>> begun_word("innov", "Ten innovative designs for innovators")
    ("ends inside of 'innovative'", 0.7)
    """
    if len(word) < _LEAST_HEAD or not word.isalpha():
        return None
    head, text = word.lower(), text.lower()
    longer = ""
    at = text.find(head)
    while at >= 0:
        end = at + len(head)
        if at == 0 or not text[at - 1].isalnum():
            rest = _REST.match(text, end)
            if rest is None or _INFLECTED.fullmatch(rest[0]):
                return None  # a word of the text itself
            longer = longer or head + rest[0]
        at = text.find(head, end)
    return (f"ends inside of {longer!r}", 0.7) if longer else None
