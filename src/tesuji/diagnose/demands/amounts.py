"""How many words, sentences, paragraphs, list items, lines or characters: demands in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tesuji.diagnose.demands import counting
from tesuji.diagnose.demands.demand import Breach, Demand, before, sentence_around, sought
from tesuji.diagnose.demands.numbers import ENGLISH, EXACT, LESS, MORE, Bounds, english_bounds

CUES = ("word words sentence sentences paragraph paragraphs bullet bullets bulleted lines"
        " characters")  # fmt: skip
_UNITS = ("word", "sentence", "paragraph", "bullet", "lines", "characters")

_COUNT = re.compile(
    rf"(?:\b(?P<compare>{MORE}|{LESS}|{EXACT})\s+(?:a total of\s+)?)?"
    rf"(?:\b(?P<first>{ENGLISH}|(?:(?<=in )|(?<=exactly )|(?<=into ))(?:a single|an?))"
    rf"(?:\s*(?:-|–|to|and)\s*(?P<second>{ENGLISH}))?)"
    r"(?P<post>\s*\+|\s+or (?:more|less|fewer))?"
    r"[\s-]+(?:(?:short|complete|full|concise|different|separate|unique|markdown|simple|brief|main"
    r"|clear|key)\s+){0,2}"
    r"(?P<unit>words?|sentences?|paragraphs?|bullet(?:ed)?[\s-]points?|bullets|lines|characters)\b"
    r"(?P<after>\s+or (?:more|less|fewer)|\s+(?:at (?:most|least)|maximum|minimum|max|min)\b)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.?|roughly|circa|ideally|prefer\w*|suggested"
    r"|typically"
    r"|usually|nearly|almost|some|try|aim(?: for)?|first|last|next|these|those|following|top"
    r"|of the)"
    r"\s+(?:\w+\s+)?|[~≈]\s*)$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:if|when|where|each|every|per|how many|title|heading|headline|subject|introduction"
    r"|conclusion|abstract|stanza|verse|hashtags?|tagline|slogan|name|my|his|her|their)\b[^.\n]*$",
    re.IGNORECASE,
)
_STATES = re.compile(r"\b(?:has|had|have|was|were|is|are)\s+$", re.IGNORECASE)
_ORDERS = re.compile(r"\b(?:must|should|shall|to|please|needs?|will|that)\b", re.IGNORECASE)
_NOT_ALL = re.compile(
    r"^[\s,]*(?:(?:each|per|apiece|every|for (?:each|every)|in (?:each|every)|long each|that\b"
    r"|which"
    r"\b|starting|beginning|ending|rhym|containing|or so|approx|with (?:the|all)?\s*(?:letter|cap)"
    r"|in (?:all )?(?:cap|upper|lower|bold)|of the\b|from\b|related|like\b|such as|is\b|are\b|was\b"
    r"|were\b|above|below|between|a (?:day|minute|page)|per\b|or phrases)|as\s+['\"]?\w+['\"]?$)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:answer|respon[sd]\w*|repl(?:y|ies)|output|write|give|provide|use|using|keep|limit"
    r"|contain"
    r"|include|describe|explain|summari[sz]e|summary|list|make|create|generate|should|must|please"
    r"|rewrite|compose|tell|expand|draft|produce|essay|story|poem|in|with)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:answer|respon[sd]\w*|reply|output|summari[sz]e|keep|limit\w*|using|use|in|within|contain"
    r"|include|with|have|has|be)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:\d+|two|three|four|five|ten|several|some|few"
    r"|different)\s+(?:\w+\s+){0,3}\w+s,?\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:how many|how much|probability|integer|published|novel is)\b", re.IGNORECASE
)
_MEASURES: dict[str, Callable[[str], tuple[int, int]]] = {
    "word": counting.words,
    "sentence": counting.sentences,
    "paragraph": counting.paragraphs,
    "bullet": counting.bullets,
    "line": counting.lines,
    "character": counting.english_characters,
}
_INSIDE = re.compile(r"\b(?:in|with|within|than)\s+(?:\w+\s+){0,3}$")
_FEWEST_CHARACTERS = 20  # "at least 3 characters" are people in a story
_NEAR_WORDS = 0.2  # of a bare "with 43 words": people count, and models too, a little off


def find(prompt: str) -> Iterator[Demand]:
    """Demands such as "in at most 20 words", "exactly 2 paragraphs", "use 3 bullet points"."""
    for match in (m for cue in _UNITS for m in sought(_COUNT, prompt, cue, 60, 25)):
        unit = match["unit"].lower().split()[0].split("-")[0]
        unit = "bullet" if unit.startswith("bullet") else unit.rstrip("s")
        bounds = english_bounds(
            match["compare"], match["first"], match["second"], match["post"] or match["after"]
        )
        if bounds is None or not _is_asked(prompt, match, unit, bounds):
            continue
        bare = not (match["compare"] or match["post"] or match["after"])
        if bare and unit == "word" and bounds.low == bounds.high:
            slack = round((bounds.low or 0) * _NEAR_WORDS) + 1
            if not re.search(r"\b(?:in|with|using|to)\s+$", before(prompt, match.start())):
                continue
            loose = Bounds(max(0, (bounds.low or 0) - slack), (bounds.high or 0) + slack)
            yield Demand(bounds.words() + " words", *match.span(), _counts(unit, bounds, loose))
        elif bare and unit in ("line", "character"):
            continue  # of a poem, a drawing, a story
        else:
            yield Demand(f"{bounds.words()} {unit}s", *match.span(), _counts(unit, bounds, bounds))


def _is_asked(prompt: str, match: re.Match[str], unit: str, bounds: Bounds) -> bool:
    lead = before(prompt, match.start())
    rest = prompt[match.end() : match.end() + 30].split("\n")[0]
    if _ABOUT.search(lead) or _PART.search(lead[-40:]):
        return False
    if _STATES.search(lead) and not _ORDERS.search(lead):
        return False
    if _NOT_ALL.match(rest):
        return False
    if unit == "word" and _MANY.search(lead):  # 50 stories under ten words: each of them
        return False
    sentence = sentence_around(prompt, match.start(), match.end())
    if _ASIDE.search(sentence) or not _ASKS.search(sentence):
        return False
    if (bounds.high or bounds.low or 0) < (_FEWEST_CHARACTERS if unit == "character" else 1):
        return False
    if unit == "word" and (bounds.high or bounds.low or 0) <= 5:
        # Use 3 words of slang; but: answer in at most two words.
        inside = _INSIDE.search(f"{lead}{match[0].split()[0]} ")
        return bool(inside and _WHOLE.search(lead)) and "use" not in lead.lower()
    return True


def _counts(unit: str, bounds: Bounds, loose: Bounds) -> Callable[[str], Breach | None]:
    measure = _MEASURES[unit]

    def check(text: str) -> Breach | None:
        fewest, most = measure(text)
        if unit == "sentence":
            fewest -= fewest // 10  # marks in lists and quotations
        if not loose.broken_by(fewest, most):
            return None
        seen = most if loose.low is not None and most < loose.low else fewest
        return Breach(f"{seen} {unit}{'s' * (seen != 1)} where {bounds.words()} were demanded")

    return check
