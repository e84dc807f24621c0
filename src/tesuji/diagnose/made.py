"""What a prompt asks to be made: the nouns after "write", "list", "turn it into"."""

from __future__ import annotations

import re
from functools import lru_cache

# No closing words: what the noun is asked for says, or a noun that content begins with.
_NO_WORKS_WORDS = """\
recipe tip step way reason thing idea example method fact advantage essay article report story
speech post blog guide paper review text answer question people person word me us time day product
world country place film movie book game event experience journey trip company argument
theory approach process effect impact role problem change difference benefit challenge factor
"""
_NO_WORKS = frozenset(_NO_WORKS_WORDS.split())
_MADE = re.compile(
    r"(?<!how to )(?<!how do i )(?<!how can i )(?<!should i )\b(?:write|compose|create"
    r"|generate|draft|make|give|provide|suggest|list|come up with|think of"
    r"|design|develop|prepare|produce|craft|curate|build|invent|identify|find|publish|recommend)"
    r"(?: down| up)?(?: me| us)? ((?:[\w'-]+ ){0,6}?[\w'-]+)(?=[.,:;!?\n]|$"
    r"| (?:about|on|for|that|which|with|to|from|in|using|by|where|who|based|titled|called|and"
    r"|as)\b)",
    re.IGNORECASE,
)
_TURNED_INTO = re.compile(
    r"\b(?:as|into|in the form of) an? (?:[\w-]+ ){0,2}?(song|poem|rap|letter|e-?mail|list|table"
    r"|script|dialogue|limerick|haiku|tweet|resume|conversation|playlist|rubric)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def made(prompt: str) -> frozenset[str]:
    """The nouns that name what a prompt asks to be made, in the singular.

    >>> sorted(made("Come up with ten search queries about Rome."))
    ['query']
    """
    nouns = set()
    for phrase in _MADE.findall(
        prompt[:700] + "\n" + prompt[-300:] if len(prompt) > 1_000 else prompt
    ):
        for part in phrase.lower().split(" of "):
            nouns.add(singular(part.split()[-1]))
    nouns.update(map(singular, _TURNED_INTO.findall(prompt)))
    return frozenset(nouns - _NO_WORKS)


def singular(noun: str) -> str:
    """The noun without a plural ending, roughly."""
    noun = noun.lower()
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
