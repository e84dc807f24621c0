"""Words in another language than the one that was asked for.

Three looks. Letters of a script that the expected language does not have (one pass of `re`); a
whole answer, or a clause, in Latin letters where another script is expected; and clauses of another
language where both are written in Latin letters. What the prompt speaks of, quotations, terms in
brackets, code, names and addresses are let be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice

from tesuji.diagnose.expected import asked_language, demanded_languages, normalise
from tesuji.diagnose.fences import code_spans
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.guess import language_of
from tesuji.diagnose.latin import FUNCTION_WORDS, may_hold_another, other_language, words_of
from tesuji.diagnose.observation import Observation, fact
from tesuji.diagnose.scripts import (
    foreign_letters,
    letters,
    only_chinese,
    only_simplified,
    script_of,
    scripts_of,
)
from tesuji.diagnose.spoken_of import ANY_LANGUAGE, languages_in, name_of

__all__ = ["detect_language", "expected_language", "language_of"]

_NAMES = {
    "en": "English", "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "es": "Spanish",
    "fr": "French", "de": "German", "pt": "Portuguese", "it": "Italian", "ca": "Catalan",
    "nl": "Dutch", "sw": "Swahili", "vi": "Vietnamese", "tr": "Turkish", "pl": "Polish",
    "id": "Indonesian", "ro": "Romanian", "sv": "Swedish", "da": "Danish", "fi": "Finnish",
    "cs": "Czech", "hu": "Hungarian", "tl": "Tagalog", "ru": "Russian", "uk": "Ukrainian",
    "th": "Thai", "ar": "Arabic", "he": "Hebrew", "hi": "Hindi", "el": "Greek",
}  # fmt: skip
_SCRIPT_LANGUAGES = {
    "Hangul": {"ko"}, "kana": {"ja"}, "Han": {"zh", "ja"}, "Cyrillic": {"ru", "uk"},
    "Greek": {"el"}, "Hebrew": {"he"}, "Arabic": {"ar", "fa", "ur"}, "Thai": {"th"},
    "Devanagari": {"hi", "mr", "ne"},
}  # fmt: skip
_LONG_QUOTE = 20  # letters of another script that nobody quotes unasked
_ANNOUNCED = 50  # characters between a language's name and a word of it
_SOUP = 7  # of so many words around one at least is common where the text is English prose
_NEAR = 12  # characters between foreign stretches that are one finding
_MOST_FINDINGS = 20
_MOST_STRETCHES = 100  # foreign stretches that are looked at; a text with more has findings enough
_WINDOWS = (130, 320, 900)  # characters in which a language shows itself
_PLAIN_ENGLISH = frozenset(("the", "of", "and", "with", "that", "this"))
_ONLY_ENGLISH = FUNCTION_WORDS["en"] & set(
    "the of and with for that this your it is are or you from".split()  # noqa: SIM905
)
_NEIGHBOURS = ("en", "es", "fr", "de", "it", "pt", "ca", "nl")
_ANY_ENGLISH = FUNCTION_WORDS["en"]
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<![\w.])[\w.]{1,64}@[\w.]+")
_INLINE_CODE = re.compile(r"`[^`\n]{1,200}`")
_QUOTED = re.compile(
    r"\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|«[^»\n]{1,300}»|「[^「」\n]{1,300}」|『[^『』\n]{1,300}』"
    r"|《[^《》\n]{1,300}》|\([^()\n]{1,300}\)|（[^（）\n]{1,300}）|【[^【】\n]{1,100}】"
    r"|\[[^\[\]\n]{1,300}\]|[‘'](?<!\w.)[^'’\n]{1,100}['’](?!\w)|〈[^〈〉\n]{1,100}〉"
)


@fact
def expected_language(seen: Observation) -> str | None:
    """The ISO 639-1 code of the language that the answer should be in; None where unknown.

    What the task says; else what the prompt demands; else the language the prompt is written in.
    """
    if seen.language and (code := normalise(seen.language)):
        return code
    return asked_language(seen.prompt) if seen.prompt else None


@lru_cache(maxsize=1024)
def _spoken_of(prompt: str) -> frozenset[str]:
    """The languages whose words may be there; a demand for one language rules out any other."""
    languages = languages_in(prompt)
    if ANY_LANGUAGE in languages and demanded_languages(prompt):
        return languages - {ANY_LANGUAGE}
    return languages


def detect_language(seen: Observation) -> Iterable[Finding]:
    """Each stretch in another language than the one expected."""
    text = seen.text
    expected = expected_language(seen)
    if expected is None or not text:
        return ()
    if scripts_of(expected) == ("Latin",):
        strange = not text.isascii() and foreign_letters(expected).search(text) is not None
        if not strange and expected in FUNCTION_WORDS and _shows_itself(text, expected):
            return ()
        found = list(_foreign_scripts(seen, expected)) if strange else []
        if expected in FUNCTION_WORDS:
            found += _foreign_sentences(seen, expected)
        return found
    found = []
    if foreign_letters(expected).search(text):
        found = list(_foreign_scripts(seen, expected))
    if not letters(*scripts_of(expected)).search(text):
        found += _foreign_answer(seen, expected)
    elif " the " in text or " to " in text or " is " in text or " you" in text or " a " in text:
        found += _latin_clauses(seen, expected)
    if expected == "ja" and not found:
        found += _chinese_answer(seen)
    return found


def _shows_itself(text: str, language: str) -> bool:
    """Whether the beginning, the middle and the end hold common words of the language alone."""
    common = _own_words(language)
    if language != "en" and not _PLAIN_ENGLISH.isdisjoint(text[: _WINDOWS[1]].split()):
        return False
    half = len(text) // 2
    for size in _WINDOWS:
        if common.isdisjoint(text[:size].split()):
            continue
        if len(text) <= size:
            return True
        if not (
            common.isdisjoint(text[-size:].split())
            or (len(text) > 3 * size and common.isdisjoint(text[half : half + size].split()))
        ):
            return True
    return False


@cache
def _own_words(language: str) -> frozenset[str]:
    """Common words of a language that its neighbours don't have, with capitals as well."""
    if language == "en":
        own = _ONLY_ENGLISH
    else:
        others = (FUNCTION_WORDS[code] for code in _NEIGHBOURS if code != language)
        own = FUNCTION_WORDS[language].difference(*others)
    return own | {word.capitalize() for word in own}


@fact
def _let_be(seen: Observation) -> str:
    """The text with code, addresses and thoughts blanked out, each character by a space."""
    text = seen.text
    if spans := code_spans(seen):
        pieces, at = [], 0
        for start, end in spans:
            pieces += [text[at:start], " " * (end - start)]
            at = end
        text = "".join(pieces) + text[at:]
    if "`" in text:
        text = _INLINE_CODE.sub(_blank, text)
    if "://" in text or "www." in text or "@" in text:
        text = _ADDRESS.sub(_blank, text)
    if "</think>" in text:
        end = text.rindex("</think>") + 8
        text = " " * end + text[end:]
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


# --- letters of another script


def _foreign_scripts(seen: Observation, expected: str) -> Iterator[Finding]:
    """Stretches with letters of scripts that the expected language does not have."""
    text = _let_be(seen)
    spoken_of = _spoken_of(seen.prompt)
    if ANY_LANGUAGE in spoken_of:
        spoken_of = spoken_of | frozenset(
            code for row in _SCRIPT_LANGUAGES.values() for code in row
        )
    quotes = [match.span() for match in _QUOTED.finditer(text)]
    stretches: list[tuple[int, int, str]] = []
    for match in islice(_runs(expected).finditer(text), _MOST_STRETCHES):
        start, end = match.span()
        script = script_of(text[start]) or "Han"
        if _is_allowed(script, expected, spoken_of, seen.prompt, match[0]):
            continue
        if not _is_word(text, start, end, script):
            continue
        if stretches and start - stretches[-1][1] <= _NEAR and stretches[-1][2] == script:
            stretches[-1] = (stretches[-1][0], end, script)
        else:
            stretches.append((start, end, script))
    shown = 0
    at = 0
    for start, end, script in stretches:
        if _is_announced(text, start, script):
            continue
        while at < len(quotes) and quotes[at][1] <= start:
            at += 1
        if at < len(quotes) and quotes[at][0] < start and end < quotes[at][1]:
            long = scripts_of(expected) == ("Latin",) and end - start >= _LONG_QUOTE
            if not long and not _is_mixed(text, start, end, expected):
                continue
        if expected == "en" and end - start < _LONG_QUOTE and _is_soup(text, start, end):
            continue
        yield _script_finding(text, start, end, script, expected)
        shown += 1
        if shown == _MOST_FINDINGS:
            return


@cache
def _runs(language: str) -> re.Pattern[str]:
    return re.compile(foreign_letters(language).pattern + "+")


def _is_allowed(
    script: str, expected: str, spoken_of: frozenset[str], prompt: str, stretch: str
) -> bool:
    """Whether the prompt has brought the script, or this very word, in."""
    if script == "Han" and expected in ("ja", "zh"):
        other = "zh" if expected == "ja" else "ja"
        if other in spoken_of:
            return True
        return all(char in prompt for char in stretch) or _has_language(prompt, other)
    if spoken_of & _SCRIPT_LANGUAGES.get(script, frozenset()):
        return True
    return letters(script).search(prompt) is not None


@lru_cache(maxsize=1024)
def _has_language(prompt: str, code: str) -> bool:
    """Whether a Japanese or Chinese prompt holds words of the other language."""
    pattern = foreign_letters("ja" if code == "zh" else "zh")
    return any(script_of(char) in ("Han", "kana") for char in pattern.findall(prompt))


def _is_mixed(text: str, start: int, end: int, expected: str) -> bool:
    """Whether a foreign stretch in a quotation is glued to letters of the expected language."""
    own = scripts_of(expected)
    before, after = text[start - 1 : start], text[end : end + 1]
    if expected in ("ja", "zh"):
        return script_of(before) in own or script_of(after) in own
    return script_of(before) in own


def _is_word(text: str, start: int, end: int, script: str) -> bool:
    """Not a face such as ¯\\_(ツ)_/¯, a formula's α, or a lone letter among symbols."""
    if script == "Greek":
        return end - start >= 4 and "\\" not in text[max(0, start - 20) : start]
    if end - start > 1 or script in ("Han", "Hangul"):
        return True
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any(char.isalpha() for char in around)


def _is_announced(text: str, start: int, script: str) -> bool:
    """Whether the words before have named the language: "the Greek word ψυχή"."""
    names = name_of(frozenset(_SCRIPT_LANGUAGES.get(script, ())))
    return names.search(text, max(0, start - _ANNOUNCED), start) is not None


def _is_soup(text: str, start: int, end: int) -> bool:
    """Whether tokens at random surround a stretch: hardly a common English word; a lone letter."""
    words = words_of(text[max(0, start - 150) : start] + " " + text[end : end + 150])
    common = sum(word in _ANY_ENGLISH for word in words)
    if len(words) > 8 and common * _SOUP < len(words):
        return True
    alone = foreign_letters("en").search(text, end) is None
    return end - start == 1 and alone and foreign_letters("en").search(text, 0, start) is None


def _script_finding(text: str, start: int, end: int, script: str, expected: str) -> Finding:
    words = text[start : min(end, start + 30)]
    if script == "Han":
        if expected == "zh":
            script = "Japanese"
        elif any(char in only_simplified() for char in words):
            script = "Chinese (simplified)"
        else:
            script = "Chinese"
    elif script == "kana":
        script = "Japanese"
    elif script == "Hangul":
        script = "Korean"
    name = _NAMES.get(expected, expected)
    confidence = 0.95 if end - start > 3 else 0.85
    return Finding("language", start, end, f"{script} in {name}: {words!r}", confidence)


# --- Latin letters where another script is expected

_LATIN_RUN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9'’,.!?;: \-]+")
_CODE_SIGNS = re.compile(r"[={}<>\\_|]|//|--|^\s*[#$>]|;\s*$")


def _latin_clauses(seen: Observation, expected: str) -> Iterator[Finding]:
    """English clauses inside a text of another script."""
    if not _holds_clause(seen.text):
        return
    spoken_of = _spoken_of(seen.prompt)
    if "en" in spoken_of or ANY_LANGUAGE in spoken_of or _holds_clause(seen.prompt):
        return
    text = _QUOTED.sub(_blank, _let_be(seen))
    shown = 0
    for match in _LATIN_RUN.finditer(text):
        run = match[0]
        if not _is_clause(run) or run.strip() in seen.prompt:
            continue
        line_end = text.find("\n", match.end())
        line_end = line_end if 0 <= line_end < match.end() + 100 else match.end() + 20
        line_start = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 100)
        if _CODE_SIGNS.search(text[line_start:line_end]):
            continue
        end = match.start() + len(run.rstrip())
        name = _NAMES.get(expected, expected)
        yield Finding(
            "language", match.start(), end, f"English in {name}: {run[:40].strip()!r}", 0.85
        )
        shown += 1
        if shown == _MOST_FINDINGS:
            return


def _is_clause(run: str) -> bool:
    """Whether a stretch of Latin letters is a clause of English prose, not a name or a title."""
    if run.count(" ") < 4 or len(words := run.split()) < 5:
        return False
    common = sum(word.lower().strip(".,!?;:") in FUNCTION_WORDS["en"] for word in words)
    lower = sum(word[0].islower() for word in words)
    return common >= 2 and common * 5 >= len(words) and lower * 2 > len(words)


def _holds_clause(text: str) -> bool:
    return any(_is_clause(match[0]) for match in _LATIN_RUN.finditer(text))


def _foreign_answer(seen: Observation, expected: str) -> Iterator[Finding]:
    """A whole answer without a letter of the expected language's scripts."""
    spoken_of = _spoken_of(seen.prompt)
    text = _let_be(seen)
    words = words_of(text[:4_000])
    if len(words) < 4 or (seen.language is None and ({"en", ANY_LANGUAGE} & spoken_of)):
        return
    if _CODE_SIGNS.search(text[:2_000]) and len(words) < 20:
        return
    language = other_language(words, expected)
    if language is None:
        return
    here = _NAMES.get(language, language)
    start = len(seen.text) - len(seen.text.lstrip())
    end = max(start, len(seen.text.rstrip()))
    yield Finding(
        "language", start, end, f"the whole answer is {here}, not {_NAMES.get(expected, expected)}"
    )


_CHINESE_RUN = re.compile(r"[\u4e00-\u9fff，、；]{12,}")
_CHINESE_WORDS = re.compile(r"[的是了我他她你在不這那和都也就]")


def _chinese_answer(seen: Observation) -> Iterator[Finding]:
    """Chinese in ideographs that Japanese has too: long, with its function words, no kana."""
    if "的" not in seen.text or not ("，" in seen.text or "是" in seen.text):
        return
    if "zh" in _spoken_of(seen.prompt) or not only_chinese():
        return
    for match in _CHINESE_RUN.finditer(seen.text):
        if len(set(_CHINESE_WORDS.findall(match[0]))) >= 3 and match[0] not in seen.prompt:
            evidence = f"Chinese in Japanese: {match[0][:30]!r}"
            yield Finding("language", match.start(), match.end(), evidence, 0.8)
            return


# --- Latin letters where others of them are expected

_SENTENCE = re.compile(r"[^.!?\n:;]+")
_FEWEST_WORDS = 6


def _foreign_sentences(seen: Observation, expected: str) -> Iterator[Finding]:
    """Clauses of another language with an alphabet like the expected one's."""
    spoken_of = _spoken_of(seen.prompt)
    text = _let_be(seen)
    words = words_of(text[:6_000])
    whole = other_language(words, expected) and other_language(
        words_of(_QUOTED.sub(_blank, text[:6_000])), expected
    )
    if whole and whole not in spoken_of and (seen.language or ANY_LANGUAGE not in spoken_of):
        evidence = f"{_NAMES[whole]}, not {_NAMES.get(expected, expected)}"
        stripped = seen.text.strip()
        start = seen.text.find(stripped)
        yield Finding("language", start, start + len(stripped), evidence, 0.9)
        return
    if ANY_LANGUAGE in spoken_of:
        return
    text = _QUOTED.sub(_blank, text)
    if not may_hold_another(words_of(text), expected):
        return
    own_prompt: str | None = None
    last: Finding | None = None
    for match in _SENTENCE.finditer(text):
        words = words_of(match[0])
        if len(words) < _FEWEST_WORDS or sum(map(str.islower, match[0].split())) * 2 <= len(words):
            continue  # too short; a name such as Place du Commerce et des Arts
        language = other_language(words, expected)
        if language is None or language in spoken_of:
            continue
        if own_prompt is None:
            own_prompt = language_of(seen.prompt) or ""
        if match[0].strip() in seen.prompt:
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        evidence = f"{_NAMES[language]} in {_NAMES.get(expected, expected)}: "
        if last and last.evidence.startswith(evidence) and start - last.end <= _NEAR:
            last = Finding("language", last.start, match.end(), last.evidence, 0.9)
            continue
        if last:
            yield last
        last = Finding("language", start, match.end(), evidence + repr(match[0].strip()[:40]), 0.8)
    if last:
        yield last
