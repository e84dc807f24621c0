"""Outputs that are not what was asked for: by the task's answer format, or by the prompt's words.

Where a task has a format, its strict check rules. In free text the plain demands of the prompt do
(see `demands`): "in at most 20 words", "JSON only", 「読点を使わずに」.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tesuji.diagnose.demands import Demand, demands
from tesuji.diagnose.echo import answer_end
from tesuji.diagnose.empty import is_empty
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact
from tesuji.diagnose.refusal import detect_refusal
from tesuji.diagnose.shapes import fix_for, mend
from tesuji.task.formats.base import AnswerFormat

_MOST_TURNS = 20  # of mending; each leaves less, or nothing to mend
_LONGEST_REFUSAL = 2_500  # characters, with its reasons and offers
_LONGEST_WORDS = 80  # characters of a demand's words in the evidence


def free(format: AnswerFormat | None) -> bool:
    """Whether the answer may be any text, so that the prompt's own demands hold."""
    return format is None or (format.name == "text" and getattr(format, "pattern", None) is None)


def _may_decline(text: str) -> bool:
    """Whether it is worth asking for a refusal: those are short, and hold no JSON."""
    return len(text) <= _LONGEST_REFUSAL and "{" not in text[:200]


@fact
def breaches(seen: Observation) -> tuple[tuple[Demand, Finding], ...]:
    """The demands of the prompt that the text breaks, each with its finding without a fix."""
    asked = demands(seen.prompt) if seen.prompt and free(seen.format) else ()
    if not asked or is_empty(seen):
        return ()
    text = seen.text[: answer_end(seen)]
    found: list[tuple[Demand, Finding]] = []
    told: set[str] = set()
    for demand in asked:
        # Said twice in a prompt, it is one demand.
        breach = None if demand.what in told else demand.check(text)
        if breach is not None:
            told.add(demand.what)
            words = " ".join(seen.prompt[demand.start : demand.end].split())
            if len(words) > _LONGEST_WORDS:
                words = words[: _LONGEST_WORDS - 1] + "…"
            if not found and _may_decline(text) and any(True for _ in detect_refusal(seen)):
                return ()  # who declines to answer breaks every demand
            end = len(text) if breach.end is None else min(breach.end, len(text))
            evidence = f"{breach.reason}: '{words}'"
            found.append(
                (
                    demand,
                    Finding("format", min(breach.start, end), end, evidence, breach.confidence),
                )
            )
    return tuple(found)


def detect_format(seen: Observation) -> Iterator[Finding]:
    """What breaks the answer format, or a demand of the prompt: the place, or the whole text.

    An empty output is left to its own detector: it would break every format.
    """
    if seen.format is not None and (reason := seen.format.check(seen.text)) is not None:
        if not is_empty(seen):
            yield Finding("format", 0, len(seen.text), reason, fix=fix_for(seen, None, seen.text))
        return
    if seen.prompt and (found := breaches(seen)):
        text = seen.text[: answer_end(seen)]
        for demand, finding in found:
            yield replace(finding, fix=fix_for(seen, demand, text))


def _clean(name: str, seen: Observation) -> str:
    """The text after the mending `name`, again while a finding names it."""
    for _ in range(_MOST_TURNS):
        changed = _mended_once(name, seen)
        if changed is None:
            break
        seen = replace(seen, text=changed)
    return seen.text


def _mended_once(name: str, seen: Observation) -> str | None:
    if seen.format is not None and seen.format.check(seen.text) is not None:
        named = not is_empty(seen) and fix_for(seen, None, seen.text) == name
        return mend(name, seen, None, seen.text) if named else None
    text = seen.text[: answer_end(seen)]
    for demand, _ in breaches(seen):
        if fix_for(seen, demand, text) == name:
            return mend(name, seen, demand, text)
    return None


clean_width = partial(_clean, "width")
clean_fence = partial(_clean, "fence")
clean_json = partial(_clean, "json")
clean_format = partial(_clean, "format")
