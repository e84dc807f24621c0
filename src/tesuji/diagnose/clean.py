"""The cleaners: what mends the failures that the detectors find.

A cleaner is driven by the findings of its own detector, and so never touches an output in which
that failure is not seen. It works until nothing is left to mend: cleaning twice is cleaning once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from tesuji.diagnose.format import detect_format, mended
from tesuji.diagnose.loop import loops
from tesuji.diagnose.observation import Observation, last_user_text
from tesuji.diagnose.preamble import detect_preamble
from tesuji.errors import ConfigError
from tesuji.models.base import Request
from tesuji.task.formats.base import AnswerFormat

Cleaner: TypeAlias = Callable[[Observation], str]
"""The text of an observation, mended."""


def clean_preamble(seen: Observation) -> str:
    """Without the words before the answer."""
    while finding := next(iter(detect_preamble(seen)), None):
        seen = replace(seen, text=seen.text[: finding.start] + seen.text[finding.end :])
    return seen.text


def clean_format(seen: Observation) -> str:
    """The answer alone, in exactly the right shape, where one can be found in the text."""
    finding = next(iter(detect_format(seen)), None)
    if finding is None or finding.fix is None or seen.format is None:
        return seen.text
    shaped = mended(seen.format, seen.text)
    return seen.text if shaped is None else shaped


def clean_loop(seen: Observation) -> str:
    """With one cycle of each loop. A cut cycle at the end of the text goes too."""
    while found := loops(seen):
        text = seen.text
        printed = len(text.rstrip())
        pieces, position = [], 0
        for run in found:
            pieces.append(text[position : run.start + run.period])
            whole = (run.end - run.start) // run.period * run.period
            position = len(text) if run.end >= printed else run.start + whole
        seen = replace(seen, text="".join(pieces) + text[position:])
    return seen.text


CLEANERS: Mapping[str, Cleaner] = MappingProxyType(
    {"preamble": clean_preamble, "format": clean_format, "loop": clean_loop}
)
"""Every cleaner, by the name that findings give in `fix`."""


def check_names(names: Sequence[str]) -> None:
    """ConfigError for a name that is no cleaner's."""
    for name in names:
        if name not in CLEANERS:
            raise ConfigError(
                f"there is no cleaner {name!r}; the cleaners are: {', '.join(CLEANERS)}"
            )


def clean(
    text: str,
    names: Sequence[str],
    *,
    format: AnswerFormat | None = None,
    request: Request | None = None,
    finish: str = "stop",
) -> str:
    """`text` after the cleaners `names`, in that order. ConfigError for an unknown name.

    >>> clean("Sure! Here is the word: level", ["preamble"])
    'level'
    """
    check_names(names)
    prompt = last_user_text(request)
    for name in names:
        text = CLEANERS[name](Observation(text, finish, prompt, format))
    return text
