"""The cleaners: what mends the failures that the detectors find.

A cleaner stands beside its detector and is driven by that detector's findings: it never touches an
output in which the failure is not seen, and works until nothing is left to mend, so that cleaning
twice is cleaning once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tesuji.diagnose.echo import clean_echo
from tesuji.diagnose.format import clean_fence, clean_format, clean_json, clean_width
from tesuji.diagnose.garbled import clean_unicode
from tesuji.diagnose.loop import clean_loop
from tesuji.diagnose.observation import Cleaner, observe
from tesuji.diagnose.postamble import clean_postamble
from tesuji.diagnose.preamble import clean_preamble
from tesuji.errors import ConfigError
from tesuji.models.base import Request
from tesuji.task.formats.base import AnswerFormat

CLEANERS: Mapping[str, Cleaner] = MappingProxyType(
    {
        "echo": clean_echo,
        "loop": clean_loop,
        "preamble": clean_preamble,
        "postamble": clean_postamble,
        "unicode": clean_unicode,
        "width": clean_width,
        "fence": clean_fence,
        "json": clean_json,
        "format": clean_format,
    }
)
"""Every cleaner, by the name that findings give in `fix`, in a sensible order of use."""


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
    language: str | None = None,
) -> str:
    """`text` after the cleaners `names`, in that order. ConfigError for an unknown name.

    >>> clean("Sure! Here is the word: level", ["preamble"])
    'level'
    """
    check_names(names)
    for name in names:
        text = CLEANERS[name](observe(text, finish, request, format, language))
    return text
