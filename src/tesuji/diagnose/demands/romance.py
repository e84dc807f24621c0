"""Demands in French and Spanish: the families of IFEval as M-IFEval words them in these languages
(https://arxiv.org/abs/2502.04688), with its own: accents, ç and œ, words with ñ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tesuji.diagnose.demands import counting
from tesuji.diagnose.demands.demand import (
    Breach,
    Check,
    Demand,
    before,
    lowered,
    near,
    sentence_around,
)
from tesuji.diagnose.demands.letters import all_lower, all_upper, none_of
from tesuji.diagnose.demands.numbers import ROMANCE, Bounds, number
from tesuji.diagnose.demands.wording import often, with_all, without

# Of words with accents, the pieces between them.
CUES = ("ponse respuesta virgules comas palabras palabra lettre letra phrases frases"
        " paragraphes rrafos majuscules minuscules sculas chiffres guillemets comillas assurez"
        " assure rase aseg veuillez veillez votre termina terminez concluez pite tez pondez formato"
        " totalidad risques asteriscos parateur divisor abstente abstenir seule superes marcador"
        " scriptum posdata finissez output toiles repite reprenez petici demande mot titre tulo"
        " terme")  # fmt: skip
BESIDE = "de le la les el los que des un une una en votre tu y et"

_N = rf"(?P<n>{ROMANCE})"
_MORE = r"au moins|(?:au|un) minimum(?: de)?|minimum|al menos(?: de)?|(?:como|un) mínimo(?: de)?"
_OVER = r"plus de|dépasser|más de"
_LESS = (
    r"au (?:maximum|plus)|un maximum de|(?:como|un) máximo(?: de)?|no más de|jusqu['’]à"
    r"|no (?:\w+ )?(?:superes?|exceder|superar|excedas) (?:las|los)|ne dépass\w+ pas"
    r"|no (?:usar|uses) más de"
)
_UNDER = r"(?:à )?moins d(?:e |['’])|menos de|inférieure? à"
_COMPARE = rf"(?:(?P<less>{_LESS})|(?P<under>{_UNDER})|(?P<more>{_MORE})|(?P<over>{_OVER}))\s*"
_NEGATED = re.compile(r"\b(?:no|ne|n)\b", re.IGNORECASE)  # "ne pas dépasser", "no … más de"
_COUNT = re.compile(
    rf"(?:\b{_COMPARE})?\b{_N}\s+(?:\w+\s+)?(?P<unit>mots?|palabras|phrases?|frases|oraciones"
    r"|paragraphes|párrafos|puces|points|puntos|elementos)\b(?=(?P<after>[^.\n]{0,60}))",
    re.IGNORECASE,
)
_TIMES = rf"{_COMPARE}{_N}\.?\s*(?:fois|veces|vez|occurrences?)"
_Q = r"[\"“”'‘’«»]\s?"
_LETTER_TIMES = re.compile(
    rf"\b(?:lettre|letra) {_Q}(?P<letter>\w){_Q}[^.\n]{{0,50}}?\b{_TIMES}", re.IGNORECASE
)
_WORD_TIMES = re.compile(
    rf"\b(?:mot|terme|palabra) {_Q}(?P<word>[^\"“”«»'\n]{{2,30}}?){_Q}[^.\n]{{0,50}}?\b{_TIMES}",
    re.IGNORECASE,
)
_ITEM = re.compile(r"[\"“«'‘]\s?([^\"“”«»'‘’\n]{1,30}?)\s?[\"”»'’]")
_WORDS = re.compile(
    r"\b(?:mots|termes|mot|terme|palabras?(?: clave)?)(?:-clés?| clés?)?\s*:?\s*"
    r"(?P<list>\[?[\"“«'‘][^\"“”«»'‘’\n]{1,30}[\"”»'’](?:\s*(?:,|et|y|ou|o|e)?\s*[\"“«'‘]"
    r"[^\"“”«»'‘’\n]{1,30}[\"”»'’]){0,8})",
    re.IGNORECASE,
)
_NOT = (
    r"(?:\bne pas|\bne \w+ pas|\bn['’]\w+ pas|\bsans|évite\w*|\bsin|\bno|\bevita\w*|\baucune?"
    r"|\bningun\w*|\babst\w+)\b(?!\s+(?:olvid|oubli))"
)
_NOT_BEFORE = re.compile(rf"{_NOT}[^.\n]{{0,50}}$", re.IGNORECASE)
_WANTED = re.compile(
    r"(?:\b(?:incl|int[eéè]gr|introdui|incorpor|ins[eéè]r|utilis|emplo|contien|conten|usar|usa\b|util))",
    re.IGNORECASE,
)
_PROSCRIBED = re.compile(r"proscri|interdi|prohib|bannir", re.IGNORECASE)
_CHARACTER = re.compile(
    r"\b(?:lettre|caractère|graphème|letra|carácter)s? [\"“'«]?(?P<letter>\w)(?!\w)",
    re.IGNORECASE,
)
_CASED = re.compile(r"(?P<case>majuscul|minuscul|mayúscul|minúscul)", re.IGNORECASE)
_NO_CASE = re.compile(
    r"(?:sans|aucune?|no incluyas|no se permiten?|ninguna|sin)\s+(?:\w+['’\s]+){0,3}?"
    r"(?P<case>majuscul|minuscul|mayúscul|minúscul)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"enti[eè]rement|int[eé]gral|compl[eè]t|uniquement|exclusiv|s[oó]lo\b|solamente|totalmente"
    r"|enteramente|\btout|\btoda\b",
    re.IGNORECASE,
)
_OF_WORDS = re.compile(r"\b(?:mots?|palabras?)\b", re.IGNORECASE)
_ACCENTED = re.compile(r"\w*[áéíóúàâäèêëîïôöùûÁÉÍÓÚ]\w*")
_ACCENTS = re.compile(r"[áàâäéèêëíîïóôöúùûÁÀÂÄÉÈÊËÍÎÏÓÔÖÚÙÛ]")
_CAPITALS = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-Þ]{2,}(?![\w'’])")
_WITH_LETTER = re.compile(r"letra [\"“'](?P<letter>\w)")


def find(prompt: str) -> Iterator[Demand]:
    """Demands in French and Spanish."""
    low = lowered(prompt)
    yield from _of_counts(prompt)
    yield from _of_frequency(prompt)
    if any(cue in low for cue in ("mot", "terme", "palabra")):
        yield from _of_words(prompt)
    yield from _of_characters(prompt, low)
    yield from _of_case(prompt, low)


def _bounds(match: re.Match[str]) -> Bounds | None:
    count = number(match["n"])
    if count is None:
        return None
    if match["less"] or match["under"]:
        return Bounds(None, count - bool(match["under"]))
    if match["over"] and _NEGATED.search(
        match.string[max(0, match.start("over") - 25) : match.start("over")]
    ):
        return Bounds(None, count)
    if match["more"] or match["over"]:
        return Bounds(count + bool(match["over"]), None)
    return Bounds(count, count)


def _of_counts(prompt: str) -> Iterator[Demand]:
    units = "mots|palabras|phrase|frase|oracion|paragraphe|párrafo|puce|points|puntos|elementos"
    for match in near(_COUNT, prompt, units, 34, 70):
        bounds = _bounds(match)
        lead = before(prompt, match.start())
        if bounds is None or re.search(
            r"chaque|cada|environ|unos|unas|aprox", lead[-30:], re.IGNORECASE
        ):
            continue
        bare = bounds.low == bounds.high
        unit, after = match["unit"].lower(), match["after"].lower()
        counted: Callable[[str], tuple[int, int]] | None = None
        if unit in ("mots", "mot", "palabras"):
            pattern, what = _kind_of_words(after)
            if pattern is not None:
                yield Demand(
                    f"{bounds.words()} {what}", *match.span(), _found(pattern, bounds, what)
                )
            elif not bare and not re.search(r"^\s*(?:avec|con|qu\w*|de|clave)\b", after):
                counted = counting.words
        elif unit.startswith(("phrase", "frase", "oracion")):
            counted = None if bare else counting.sentences
        elif unit.startswith(("para", "párra")):
            counted = None if "***" in prompt else counting.paragraphs
        elif bare and (
            "puce" in prompt or "lista" in after or "lista" in unit or "Markdown" in prompt
        ):
            counted = counting.bullets
        if counted is not None:
            yield Demand(f"{bounds.words()} {unit}", *match.span(), _counted(counted, bounds, unit))


def _kind_of_words(after: str) -> tuple[re.Pattern[str] | None, str]:
    """Which words are counted, as what follows says: in capitals, with accents, with a letter."""
    if re.match(r"[^,;]{0,30}\b(?:majuscule|mayúscula)", after):
        return _CAPITALS, "words in capitals"
    if re.match(r"\s*(?:con tilde|acentuadas|accentués)", after):
        return _ACCENTED, "words with an accent"
    if letter := _WITH_LETTER.search(after):
        return re.compile(
            rf"\w*{letter['letter']}\w*", re.IGNORECASE
        ), f"words with {letter['letter']}"
    return None, ""


def _counted(measure: Callable[[str], tuple[int, int]], bounds: Bounds, unit: str) -> Check:
    def check(text: str) -> Breach | None:
        fewest, most = measure(text)
        if not bounds.broken_by(fewest, most):
            return None
        seen = most if bounds.low is not None and most < bounds.low else fewest
        return Breach(f"{seen} {unit} where {bounds.words()} were demanded")

    return check


def _found(pattern: re.Pattern[str], bounds: Bounds, what: str) -> Check:
    return _counted(lambda text: (len(pattern.findall(text)),) * 2, bounds, what)


_CAPITALS_TIMES = re.compile(
    rf"\b(?:mots|palabras)\b[^.\n\"“]{{0,40}}(?:majuscules|mayúsculas)[^.\n]{{0,40}}?\b{_TIMES}"
    rf"|\b(?:mots|palabras)\b[^.\n]{{0,40}}(?:majuscules|mayúsculas)[^.\n]{{0,20}}"
    rf"(?:inférieure? à|menor (?:a|que|de))\s+(?P<below>{ROMANCE})"
    rf"|\bpalabras[^.\n]{{0,20}} letra [\"“'](?P<letter>\w)[\"”'][^.\n]{{0,20}}?\b(?:aparecer"
    rf"|ser)\s+(?P<exact>{ROMANCE})\s+(?:veces|en total)",
    re.IGNORECASE,
)


def _of_frequency(prompt: str) -> Iterator[Demand]:
    for match in near(_LETTER_TIMES, prompt, "lettre|letra", 0, 110):
        yield from _often_letter(match)
    for match in near(_WORD_TIMES, prompt, "mot |terme |palabra ", 2, 110):
        if (bounds := _bounds(match)) is not None:
            yield Demand("word frequency", *match.span(), often(match["word"].strip(), bounds))
    for match in near(_CAPITALS_TIMES, prompt, "mots|palabras", 0, 130):
        if match["exact"]:
            count = number(match["exact"]) or 0
            pattern = re.compile(rf"\w*{match['letter']}\w*", re.IGNORECASE)
            what = f"words with {match['letter']}"
            yield Demand(what, *match.span(), _found(pattern, Bounds(count, count), what))
        elif match["below"]:
            bounds = Bounds(None, (number(match["below"]) or 1) - 1)
            yield _capitals(match, bounds)
        elif (bounds := _bounds(match)) is not None:
            yield _capitals(match, bounds)


def _capitals(match: re.Match[str], bounds: Bounds) -> Demand:
    what = "words in capitals"
    return Demand(what, *match.span(), _found(_CAPITALS, bounds, what))


def _often_letter(match: re.Match[str]) -> Iterator[Demand]:
    bounds = _bounds(match)
    if bounds is not None:
        pattern = re.compile(re.escape(match["letter"]), re.IGNORECASE)
        what = f"letters {match['letter']!r}"
        yield Demand(f"{bounds.words()} {what}", *match.span(), _found(pattern, bounds, what))


def _of_words(prompt: str) -> Iterator[Demand]:
    for match in near(_WORDS, prompt, "mot|terme|palabra", 0, 300):
        rest = sentence_around(prompt, match.start(), match.end())
        words = [word.strip() for word in _ITEM.findall(match["list"])]
        lead = before(prompt, match.start(), 90)
        if not words or re.search(rf"{_TIMES}", rest, re.IGNORECASE):
            continue
        if _NOT_BEFORE.search(lead) or _PROSCRIBED.search(rest):
            yield Demand("forbidden words", *match.span(), without(words))
        elif _WANTED.search(lead) and not re.search(r"commenc|débu|démarr|empie|comien", lead):
            yield Demand("required words", *match.span(), with_all(words))


def _of_characters(prompt: str, low: str) -> Iterator[Demand]:
    for cue, pattern, what in (
        ("virgule", re.compile(","), "a comma"), ("comas", re.compile(","), "a comma"),
        ("chiffres arabes", re.compile(r"\d"), "a digit"), ("accents", _ACCENTS, "an accent"),
    ):  # fmt: skip
        at = low.find(cue)
        if at >= 0 and len(low) == len(prompt) and _NOT_BEFORE.search(before(prompt, at, 60)):
            yield Demand(f"no {cue}", at, at + len(cue), none_of(pattern, what))
    for match in near(_CHARACTER, prompt, "lettre|caract|carác|graph|letra", 0, 16):
        lead = before(prompt, match.start(), 70)
        sentence = sentence_around(prompt, *match.span())
        if _NOT_BEFORE.search(lead) and not re.search(r"(?<!seule )\bfois|veces|vez\b", sentence):
            letter = match["letter"]
            pattern = re.compile(re.escape(letter), re.IGNORECASE)
            yield Demand(f"no {letter}", *match.span(), none_of(pattern, f"the letter {letter!r}"))


def _of_case(prompt: str, low: str) -> Iterator[Demand]:
    if "uscul" not in low and "úscul" not in low:
        return
    for match in near(_CASED, prompt, "majuscul|minuscul|mayúscul|minúscul", 0, 0):
        sentence = sentence_around(prompt, *match.span())
        if _OF_WORDS.search(before(prompt, match.start(), 45)) and "sans aucun mot" not in sentence:
            continue
        forbidden = _NO_CASE.search(sentence)
        if forbidden:
            upper = forbidden["case"].lower().startswith("min")
        elif _ALL.search(sentence) and re.search(
            r"\b(?:en|solo|sólo|utiliz|utilis|usand)", sentence
        ):
            first = _CASED.search(sentence)
            upper = first is not None and first["case"].lower().startswith("ma")
        else:
            continue
        what = "all upper case" if upper else "all lower case"
        yield Demand(what, *match.span(), all_upper if upper else all_lower)
        return
