"""Questions that the letters of a keyword answer: order, beginnings, letters, lengths, lists.

The wordings are those that the contest's agents were seen to use, and their like. What a question
means is read by patterns, never evaluated; a pattern of a partner's own (`matches the regex …`) is
tried only where it cannot run away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tesuji.games.keywords import matches
from tesuji.games.lengths import compared
from tesuji.games.letters import SetOfLetters, letters_in, letters_named

Judge: TypeAlias = Callable[[re.Match[str], "Asked"], "bool | None"]

_QUOTES = str.maketrans("“”„‟«»‘’‚`´", '""""""\'\'\'\'\'')


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the keyword: as given, in lower case, and its letters and digits alone."""

    question: str
    keyword: str

    @property
    def lower(self) -> str:
        return self.keyword.lower()

    @property
    def letters(self) -> str:
        return letters_in(self.keyword)


def by_spelling(question: str, keyword: str) -> bool | None:
    """What the keyword's letters answer; None: the question is not about them.

    >>> by_spelling('Does the keyword (in lowercase) precede "lake" in alphabetical order?', "Kite")
    True
    >>> by_spelling("Does it have more than five letters?", "Kite")
    False
    >>> by_spelling("Does it fly?", "Kite") is None
    True
    """
    text = " ".join(question.translate(_QUOTES).split())
    part, text = _part_of(text, keyword)
    if part is None:
        return False  # it has no such word
    asked = Asked(text, part)
    for pattern, judge in _RULES:
        found = pattern.search(text)
        verdict = judge(found, asked) if found else None
        if verdict is not None:
            return verdict != (judge not in _WHOLE and _is_negated(text))
    return None


def listed(question: str) -> tuple[str, ...]:
    """The items of a question such as "Is it one of these: a kite, a lamp?"; none for others.

    >>> listed("Is it one of these: a kite, a lamp or masks?")
    ('kite', 'lamp', 'masks')
    """
    text = " ".join(question.translate(_QUOTES).split())
    for pattern, judge in _RULES:
        found = pattern.search(text) if judge is _listed else None
        if found:
            return tuple(_items(found["items"]))
    return ()


_WHICH_WORD = re.compile(r"\bthe (first|second|third|last) word(?: of the keyword| in it)?\b", re.I)
_WHICH = {"first": 0, "second": 1, "third": 2, "last": -1}


def _part_of(text: str, keyword: str) -> tuple[str | None, str]:
    """The word of the keyword that is asked about, and the question as one about a keyword."""
    found = _WHICH_WORD.search(text)
    if not found:
        return keyword, text
    words, at = keyword.replace("-", " ").split(), _WHICH[found[1].lower()]
    text = text[: found.start()] + "the keyword" + text[found.end() :]
    return (words[at] if at < len(words) else None), text


_NEGATED = re.compile(
    r"\b(?:not|never|lacks?|lacking|missing|without)\b(?! (?:more|less|fewer|longer|shorter))", re.I
)


def _is_negated(text: str) -> bool:
    """ "Does it not …"; "doesn't it …" is answered as if it were "does it …"."""
    outside = re.sub(r"\"[^\"]*\"|(?<!\w)'[^']*'", "", text)
    return _NEGATED.search(outside) is not None


def _ordered(found: re.Match[str], asked: Asked) -> bool | None:
    """Alphabetical order as the contest's agents compare: lower case, by code point."""
    word, before = found["word"].lower().strip(), found["before"] is not None
    if re.search(r"\bor (?:be |is )?(?:equal|the same)|\bequal to or\b", asked.question, re.I):
        return asked.lower <= word if before else asked.lower >= word
    return asked.lower < word if before else asked.lower > word


def _between(found: re.Match[str], asked: Asked) -> bool | None:
    low, high = sorted((found["low"].lower(), found["high"].lower()))
    return low <= asked.lower <= high or (asked.lower.startswith(high) and len(high) == 1)


def _begins(found: re.Match[str], asked: Asked) -> bool | None:
    named = letters_named(found["rest"])
    return None if named is None else named.begins(asked.letters, asked.keyword)


def _ends(found: re.Match[str], asked: Asked) -> bool | None:
    named = letters_named(found["rest"])
    return None if named is None else named.ends(asked.letters, asked.keyword)


_NTH = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "2nd": 2,
    "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8,
}  # fmt: skip


def _nth(found: re.Match[str], asked: Asked) -> bool | None:
    named = letters_named(found["rest"])
    at = _NTH[found["nth"].lower()]
    if named is None:
        return None
    return len(asked.letters) >= at and named.begins(asked.letters[at - 1], asked.letters[at - 1])


def _contains(found: re.Match[str], asked: Asked) -> bool | None:
    named: SetOfLetters | None = letters_named(found["rest"])
    return None if named is None else named.occurs(asked.letters, asked.keyword)


def _contains_text(found: re.Match[str], asked: Asked) -> bool | None:
    return found["text"].lower() in asked.lower


_MARKS: dict[str, Callable[[str], bool]] = {
    "space": lambda word: " " in word.strip(),
    "hyphen": lambda word: "-" in word,
    "dash": lambda word: "-" in word,
    "apostrophe": lambda word: "'" in word or "’" in word,
    "digit": lambda word: any(c.isdigit() for c in word),
    "number": lambda word: any(c.isdigit() for c in word),
    "numeral": lambda word: any(c.isdigit() for c in word),
    "punctuation": lambda word: any(not c.isalnum() and not c.isspace() for c in word),
}


def _has_mark(found: re.Match[str], asked: Asked) -> bool | None:
    return _MARKS[found["mark"].lower()](asked.keyword)


def _double(found: re.Match[str], asked: Asked) -> bool | None:
    return any(a == b for a, b in zip(asked.lower, asked.lower[1:], strict=False) if a.isalpha())


def _counted(found: re.Match[str], asked: Asked) -> bool | None:
    """Numbers of letters or words."""
    verdict = compared(asked.question)
    if verdict is None:
        return None
    unit, holds = verdict
    if unit == "word":
        return holds(len(asked.keyword.replace("-", " ").split()))
    if unit == "character" and re.search(r"includ\w+ (?:the )?spaces", asked.question, re.I):
        return holds(len(asked.keyword))
    return holds(len(asked.letters))


def _listed(found: re.Match[str], asked: Asked) -> bool | None:
    return any(matches(name, _bare(asked.keyword)) for name in _items(found["items"]))


def _items(text: str) -> list[str]:
    parts = re.split(r"[,;|\n]|\s+or\s+", text.strip(" ?.:[](){}"))
    items = [
        _bare(re.sub(r"^(?:and|or|either)\s+", "", part.strip(" \"'[]().?"), flags=re.I))
        for part in parts
    ]
    items += [_bare(half) for item in items for half in item.split(" and ")[1:]]
    items += [half for item in items if " and " in item for half in item.split(" and ")[:1]]
    return [item for item in items if item]


def _is_named(found: re.Match[str], asked: Asked) -> bool | None:
    return matches(_bare(found["word"]), _bare(asked.keyword))


def _is_exactly(found: re.Match[str], asked: Asked) -> bool | None:
    """A plain "Is it a kite?" is yes for the kite; for others it asks about the world."""
    return matches(_bare(found["word"]), _bare(asked.keyword)) or None


def _bare(word: str) -> str:
    return re.sub(r"^(?:an?|the)\s+", "", word.strip(), flags=re.I)


def _matches(found: re.Match[str], asked: Asked) -> bool | None:
    pattern = found["pattern"]
    quantifiers = re.findall(r"[*+?{]", pattern)
    if len(quantifiers) > 2 or re.search(r"\)[*+?{]|\\\d|\(\?", pattern):
        return None  # such a pattern may take for ever
    try:
        return re.search(pattern, asked.keyword[:200], re.I) is not None
    except (re.error, RecursionError, OverflowError):
        return None


_WORD = r'"(?P<word>[^"]+)"'
_KEYWORD = r"(?:keyword|word|name|answer|term|spelling|phrase)"
_BEFORE = (
    r"(?:(?P<before>precedes?|before|earlier than|less than|smaller than|ahead of|above)"
    r"|(?:follows?|after|later than|greater than|larger than|behind|below))"
)
_MARK = rf"(?P<mark>{'|'.join(_MARKS)})(?:s| marks?)?"
_ORDER = r"(?:alphabet|order|lexico|dictionary|sort)"


_WHOLE = (_listed, _is_named, _is_exactly)
"""What these are asked about is a name: a "not" or "without" may be part of it."""


def _rule(pattern: str, judge: Judge) -> tuple[re.Pattern[str], Judge]:
    return re.compile(pattern, re.IGNORECASE), judge


_RULES: tuple[tuple[re.Pattern[str], Judge], ...] = (
    _rule(r"\bmatch(?:es)?\b.*?\b(?:regex|regular expression|pattern)\b[^\"'/]*"
          r"(?P<quote>[\"'/])(?P<pattern>.+)(?P=quote)", _matches),
    _rule(rf'\bbetween "(?P<low>[^"]{{2,}})" and "(?P<high>[^"]+)".*{_ORDER}', _between),
    _rule(rf"{_BEFORE}(?: or (?:be |is )?(?:equal to|the same as))? (?:the (?:word|keyword) )?"
          rf"{_WORD}.*{_ORDER}", _ordered),
    _rule(rf"{_ORDER}.*\b{_BEFORE} (?:the (?:word|keyword) )?{_WORD}", _ordered),
    _rule(rf"\b{_BEFORE} (?:the word )?(?P<word>[\w' -]+?) (?:in (?:the )?(?:alphabet|dict|lexico)"
          r"|alphabetically)", _ordered),
    _rule(rf"\b(?:one|any|some|part|among|amongst|either) (?:of )?(?:the )?(?:following|these|this)"
          rf"(?: (?:{_KEYWORD}s?|items?|things?|objects?|options?|list|places?))?\s*[:?\-]\s*"
          r"(?P<items>\S.*)$", _listed),
    _rule(r"\b(?:one|any) of\s*[:\[(]\s*(?P<items>\S.*)$", _listed),
    _rule(r"\bin (?:the|this)(?: following)? (?:list|set)(?: of \w+)?\s*[:\[(]\s*(?P<items>\S.*)$",
          _listed),
    _rule(r"^is (?:it|the (?:secret )?\w+) in (?P<items>[\[(].*[\])])\W*$", _listed),
    _rule(r"\b(?:first|initial|starting|beginning|leading) (?:letter|character)\b(?P<rest>.*)$",
          _begins),
    _rule(r"\b(?:start|begin)(?:s|ning|ing)?(?: off)? (?:with|by|in)\b(?P<rest>.*)$", _begins),
    _rule(r"\b(?:last|final|ending) (?:letter|character)\b(?P<rest>.*)$", _ends),
    _rule(r"\bend(?:s|ing)? (?:with|in|on|by)\b(?P<rest>.*)$", _ends),
    _rule(rf"\b(?P<nth>{'|'.join(_NTH)}) (?:letter|character)\b(?P<rest>.*)$", _nth),
    _rule(rf"\b{_KEYWORD}\b.*?\b(?:contains?|has|have|includes?) (?:an? |any )?{_MARK}\W*$",
          _has_mark),
    _rule(rf"\b(?:contain|have|include|is there|are there) (?:an? |any )?{_MARK} "
          rf"(?:with)?in (?:it|its|the) ?{_KEYWORD}\b", _has_mark),
    _rule(r"\b(?:double|repeated|consecutive identical) (?:letters?|consonants?|vowels?)\b",
          _double),
    _rule(r"\b(?:letters?|characters?|words?|long|longer|shorter|length)\b", _counted),
    _rule(r"\b(?:contains?|includes?|including|has|have|having|is there|are there|appears?|uses?|"
          r"lacks?|spelled with|any of the letters)\b(?P<rest>.*\b(?:letters?|vowels?)\b.*)$",
          _contains),
    _rule(r"\b(?P<rest>letters? .+?) (?:in|within|appear\w*|occur\w*|part of|present)\b",
          _contains),
    _rule(rf"\b{_KEYWORD}\b.*\b(?:contains?|includes?|has|have)\b[^\"']*"
          r"(?P<quote>[\"'])(?P<text>[^\"']+)(?P=quote)", _contains_text),
    _rule(rf"^(?:so )?is (?:it|the (?:secret )?{_KEYWORD})(?: the (?:word|phrase)| called| named|"
          r" exactly| simply)* (?P<quote>[\"'])(?P<word>.+)(?P=quote)\W*$", _is_named),
    _rule(rf"^(?:so )?is (?:it|the (?:secret )?{_KEYWORD})(?: called| named)? (?P<word>[^?]+)\?*$",
          _is_exactly),
)  # fmt: skip
