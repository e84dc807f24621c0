"""Demands in French and Spanish on marks, places and structure: JSON, quotation marks, titles,
placeholders, parts, sections, the first and the last words, one of given answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.demands.answers import any_of, one_of
from tesuji.diagnose.demands.demand import Demand, lowered, near, sentence_around
from tesuji.diagnose.demands.ends import ends_with, repeated, starts_with
from tesuji.diagnose.demands.marks import (
    HIGHLIGHTED,
    PLACEHOLDER,
    TITLED,
    at_least,
    divided,
    paragraph_starts,
    wrapped,
)
from tesuji.diagnose.demands.numbers import ROMANCE, number
from tesuji.diagnose.demands.structure import json_check

_N = rf"(?P<n>{ROMANCE})"
_ITEM = re.compile(r"[\"“«'‘]\s?([^\"“”«»'‘’\n]{1,30}?)\s?[\"”»'’]")
_JSON = re.compile(r"\b(?:format[oe]?|en|au format|in)\s+(?:un )?JSON\b", re.IGNORECASE)
_QUOTES = re.compile(
    r"(?:encadr|envelopp|encapsul|entour|plac|met|envuelt|envuelv|encerr|entre|pon)\w*[^.\n]{0,80}?"
    r"(?:guillemets|comillas)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"int[eé]gral|ensemble|enti[eè]|toute?\b|toda|totalidad|votre réponse|completa", re.IGNORECASE
)
_PLACEHOLDERS = re.compile(
    rf"{_N}\s+(?:espaces? réservés?|emplacements?|éléments manquants|marcador(?:es)? de posición)",
    re.IGNORECASE,
)
_HIGHLIGHT = re.compile(
    rf"(?:en avant|en évidence|surbrillance|surlign\w+|resalt\w+|italique)[^.\n]{{0,30}}?\b{_N}\b"
    rf"|{_N.replace('<n>', '<n2>')} secciones resaltadas",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(
    r"(?:post-?scriptum|posdata)[^\n]{0,50}?(?:commen|débu|empe|empie|inici)\w*[^\n]{0,8}?[ \"“«]"
    r"(?P<mark>P[.-]{0,2}\s?P[.-]{0,2}\s?S|P[.-]{0,2}\s?[SD]|Nota)\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:termin|conclu|clôtur|finaliz|finiss)\w*[^.\n]{0,60}(?:phrase|frase)[^\"“«\n]{0,50}[\"“«]\s?"
    r"(?P<phrase>[^\"“”«»\n]{3,160}?)\s?[\"”»]",
    re.IGNORECASE,
)
_START = re.compile(
    r"\b(?:commen|débu|comien|empie)\w*\s+(?:par|avec|con)\s+(?:la (?:siguiente )?(?:phrase|frase)"
    r"[^\"“«.\n]{0,20})[\"“«]\s?(?P<phrase>[^\"“”«»\n]{3,160}?)\s?[\"”»]",
    re.IGNORECASE,
)
_REPEAT = re.compile(
    r"\b(?:répét(?:ez|er?)|reprenez|repite)\b[^.\n]{0,30}\b(?P<what>demande|petición|solicitud)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?:\bpar|\bcon|mention|avec|cada una con)\s+[\"“«']?(?P<name>[A-ZÉÀ][\wéóÉÓ]{3,14}) [Xx]\b"
)
_SECTIONS = re.compile(rf"{_N}\s+(?:parties|sections|secciones|sección|chapitres)", re.IGNORECASE)
_PARTS = re.compile(
    rf"{_N}\s+(?:\w+\s+)?(?:paragraphes|párrafos|réponses|versions?|versiones|respuestas|variantes"
    r"|répliques|options)",
    re.IGNORECASE,
)
_ORDINALS = "premier primer deuxième segundo troisième tercer quatrième cuarto cinquième quinto"
_NTH = re.compile(
    rf"(?:(?P<nth>{_ORDINALS.replace(' ', '|')}) (?:paragraphe|párrafo)|párrafo (?P<nth2>primero))"
    r"[^.\n]{0,40}?(?:commenc|début|démarr|empie|empez|comen|comien)\w*"
    r"\s+(?:par|avec|con)\s+[^\"“«.\n]{0,20}[\"“«]\s?(?P<word>[^\"“”«»\n]{1,30}?)\s?[\"”»]",
    re.IGNORECASE,
)
_OPTIONS = re.compile(
    r"(?:options?|alternatives?|opciones|alternativas)[^\n]{0,40}?:\s*\(?(?P<list>[\"“'][^\n]{8,90})",
    re.IGNORECASE,
)
_ONLY = re.compile(r"uniquement|limiter|únicamente|s[oó]lo", re.IGNORECASE)
_MARK = re.compile(
    r"(?:al menos|como mínimo|au moins) un[ae]?\s+(?P<mark>pregunta|exclamación|question"
    r"|exclamation)"
    r"|una? (?P<mark2>pregunta|exclamación)s? o más|una o más (?P<mark3>pregunta|exclamación)",
    re.IGNORECASE,
)


def find(prompt: str) -> Iterator[Demand]:
    """Demands on marks, places and structure, in French and Spanish."""
    low = lowered(prompt)
    yield from _of_marks(prompt, low)
    yield from _of_places(prompt, low)


def _first(
    pattern: re.Pattern[str], prompt: str, cues: str, back: int, ahead: int
) -> re.Match[str] | None:
    return next(near(pattern, prompt, cues, back, ahead), None)


def _of_marks(prompt: str, low: str) -> Iterator[Demand]:
    if "json" in low and (match := _first(_JSON, prompt, "json", 20, 0)):
        yield Demand("JSON", *match.span(), json_check((), False))
    match = _first(_QUOTES, prompt, "guillemets|comillas", 110, 0)
    if match is not None and _WHOLE.search(sentence_around(prompt, *match.span())):
        yield Demand("in quotation marks", *match.span(), wrapped('"“”«„', '"”»“', '"…"'))
    for cue, pattern, shown in (
        ("dobles corchetes angulares", TITLED, "<<…>>"),
        ("doubles dièses", re.compile(r"##[^#\n]{1,120}##"), "##…##"),
    ):
        if (at := low.find(cue)) >= 0:
            yield Demand("a title", at, at + len(cue), at_least(pattern, 1, shown))
    held = "réservé|emplacement|éléments manquants|marcador"
    if "[" in prompt and (match := _first(_PLACEHOLDERS, prompt, held, 30, 30)):
        least = number(match["n"]) or 1
        yield Demand("placeholders", *match.span(), at_least(PLACEHOLDER, least, "[…]"))
    shown = "en avant|en évidence|surbrillance|surlign|resalt|italique"
    if "*" in prompt and (match := _first(_HIGHLIGHT, prompt, shown, 30, 60)):
        least = number(match["n"] or match["n2"]) or 1
        yield Demand("highlights", *match.span(), at_least(HIGHLIGHTED, least, "*…*"))
    if "***" in prompt:
        yield from divided(prompt, _PARTS)
    match = _first(_SECTION, prompt, " x", 50, 2)
    if match is not None and match["name"][0].isupper():
        count = _SECTIONS.search(prompt)
        pattern = re.compile(
            rf"{_without_accents(match['name'])}\s*(?:\d+|[IVX]+\b)", re.IGNORECASE
        )
        least = (number(count["n"]) if count else 1) or 1
        yield Demand("sections", *match.span(), at_least(pattern, least, f"{match['name']} 1"))
    if match := _first(_MARK, prompt, "pregunta|exclamaci|question", 30, 30):
        said = (match["mark"] or match["mark2"] or match["mark3"]).lower()
        pattern = re.compile("[!！]" if said.startswith("excl") else "[?？]")
        yield Demand("a mark", *match.span(), at_least(pattern, 1, pattern.pattern[1]))


def _without_accents(name: str) -> str:
    return re.sub(r"[^\x00-\x7f]", r"\\w", name)


def _of_places(prompt: str, low: str) -> Iterator[Demand]:
    for match in near(_END, prompt, "phrase|frase", 80, 220):
        yield Demand("ends with a phrase", *match.span(), ends_with(match["phrase"]))
    for match in near(_START, prompt, "phrase|frase", 60, 190):
        yield Demand("starts with a phrase", *match.span(), starts_with(match["phrase"]))
    if "scriptum" in low or "posdata" in low:
        for match in near(_POSTSCRIPT, prompt, "scriptum|posdata", 6, 90):
            letters = re.sub(r"[\s.-]", "", match["mark"])
            mark = re.compile(r"[\s.-]*".join(letters), re.IGNORECASE)
            yield Demand("postscript", *match.span(), at_least(mark, 1, match["mark"]))
    for match in near(_NTH, prompt, "paragraphe|párrafo", 14, 110):
        yield Demand("paragraph's start", *match.span(), paragraph_starts(1, match["word"]))
    if "répét" in low or "repite" in low or "reprenez" in low:
        yield from repeated(prompt, _REPEAT)
    if given := _first(_OPTIONS, prompt, "option|alternativ|opcion", 0, 150):
        options = _ITEM.findall(given["list"])
        if 2 <= len(options) <= 6:
            strict = _ONLY.search(sentence_around(prompt, *given.span())) is not None
            check = one_of(options) if strict else any_of(options)
            yield Demand("one of the given", *given.span(), check, alone=strict)
