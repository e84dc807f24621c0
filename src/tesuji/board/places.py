"""Where in an export a page of the board lies: from its address to a file's name.

Names are made of numbers and of the board's own words, never of what a model or a data file says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from tesuji.board.asked import read_asked
from tesuji.board.outputs import RUN
from tesuji.board.still import Still
from tesuji.errors import InputError

INDEX = "index.html"
_RUN = re.compile(r"/run/([1-9]\d{0,17})(?:/(samples|sample))?")
_STATIC = re.compile(r"/static/([a-z][\w-]*(?:\.[\w-]+)+)")
_ORDERS = ("score", "score-down", "seconds", "tokens", "length")  # more would be long lists
_WORDS = ("kind", "state", "order", "against", "flip", "page")
_FILE = re.compile(
    r"index\.html|compare-\d+-\d+(?:/sample-\d+)?\.html|static/[a-z][\w.-]*"
    r"|run-\d+/(?:index|sample-\d+|samples(?:-[\w-]+)?)\.html"
)


def is_of_export(name: str) -> bool:
    """Whether a file so called (a path below an export's folder, with `/`) may be of an export.

    >>> is_of_export("run-1/sample-12.html"), is_of_export("thesis.html")
    (True, False)
    """
    return _FILE.fullmatch(name) is not None


@dataclass(frozen=True)
class Places:
    """Which addresses are exported, and under which names."""

    still: Still
    of_file: bool = False

    def file(self, address: str) -> str | None:
        """The file of an address, a path below the export's folder; None where it is left out."""
        path, _, query = address.partition("?")
        asked = dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
        if path == "/":
            return INDEX
        if found := _STATIC.fullmatch(path):
            return f"static/{found[1]}"
        if path in ("/compare", "/compare/sample"):
            return self._comparison(asked, path == "/compare")
        found = _RUN.fullmatch(path)
        if found is None or int(found[1]) not in self.still.parts:
            return None
        run, page = int(found[1]), found[2]
        if page is None:
            return INDEX if self.of_file and run == RUN else f"run-{run}/{INDEX}"
        if page == "sample":
            place = self.still.parts[run].places.get(asked.get("id", ""))
            return None if place is None else f"run-{run}/sample-{place}.html"
        name = list_name(asked)
        return None if name is None else f"run-{run}/{name}.html"

    def _comparison(self, asked: Mapping[str, str], whole: bool) -> str | None:
        """Of two runs; where it is not `whole`, of one sample in them."""
        a, b = asked.get("a", ""), asked.get("b", "")
        if (a, b) not in {(str(first), str(second)) for first, second in self.still.pairs}:
            return None
        if whole:
            return f"compare-{a}-{b}.html"
        first, second = (self.still.parts[int(run)].places for run in (a, b))
        id = asked.get("id", "")
        return (
            f"compare-{a}-{b}/sample-{second[id]}.html" if {id} <= first.keys() & second else None
        )


def list_name(given: Mapping[str, str]) -> str | None:
    """What a list of samples is called: those of one kind, of one state, in one order, or of one
    comparison. None for others, which the forms of the board ask for.

    >>> list_name({}), list_name({"kind": "loop", "page": "2"}), list_name({"text": "x"})
    ('samples', 'samples-kind-loop-2', None)
    """
    if not set(given) <= set(_WORDS):
        return None
    try:
        asked = read_asked(given)
    except InputError:
        return None
    parts = {name: getattr(asked, name) for name in ("kind", "state", "order", "against")}
    chosen = [f"{name}-{value}" for name, value in parts.items() if value]
    if asked.order and asked.order not in _ORDERS:
        return None
    if len(chosen) > 1 or (asked.flip and not asked.against):
        return None
    page = [] if asked.page == 1 else [str(asked.page)]
    flip = [asked.flip] if asked.flip else []
    return "-".join(["samples", *chosen, *flip, *page])
