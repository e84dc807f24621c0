"""Putting an answer into the shape that was asked for: the least change that makes the check pass.

`width`   full-width letters, digits and marks become plain ones (Unicode NFKC)
`fence`   the content of the one fenced block, without all else
`json`    JSON repaired: quotes, commas, line ends, brackets that were never closed
`format`  the answer that the task's format can read from the text, alone
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

from tesuji.diagnose.demands import Demand
from tesuji.diagnose.observation import Observation
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.formats.fences import blocks
from tesuji.task.formats.json_values import storable

_LONGEST_JSON = 20_000  # characters; longer ones take seconds to repair
_LONGEST_WIDE = 100_000
_DEEPEST = 100  # open brackets; repairing recurses


def mended(format: AnswerFormat, text: str) -> str | None:
    """`text` as exactly a right-shaped answer, if an answer can be found in it; else None."""
    answer = format.parse(text)
    if answer is None:
        return None
    rendered = format.render(answer)
    return rendered if format.check(rendered) is None else None


def in_plain_width(text: str) -> str | None:
    """`text` in NFKC, without a full stop after it; None where nothing is wide."""
    if text.isascii() or len(text) > _LONGEST_WIDE:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("。．｡")
    return plain if plain != text else None


def in_fence(text: str) -> str | None:
    """The content of the one fenced block; None where there are none or several."""
    found = blocks(text)
    if len(found) != 1 or not found[0].closed:
        return None
    return found[0].text.strip() or None


def repaired_json(text: str) -> str | None:
    """The JSON in `text`, repaired and written anew; None if nothing can be made of it."""
    if len(text) > _LONGEST_JSON or text.count("[") + text.count("{") > _DEEPEST:
        return None
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0:
        return None
    from json_repair import repair_json

    fenced = in_fence(text)
    try:
        value = repair_json(fenced or text[start:], return_objects=True, skip_json_loads=True)
    except Exception:  # a library that guesses; what it cannot guess stays as it is
        return None
    if not isinstance(value, dict | list) or not value or not storable(value):
        return None
    return json.dumps(value, ensure_ascii=False)


def mend(name: str, seen: Observation, demand: Demand | None, text: str) -> str | None:
    """`text` after the mending `name`, if it then is what was asked for; else None.

    `demand` is the one that the text breaks, or None where the task's own format is broken.
    """
    if name == "format":
        return mended(seen.format, text) if demand is None and seen.format is not None else None
    if name == "json" and not _wants_json(seen, demand):
        return None
    if demand is not None and (name == "width" or (name == "fence" and not demand.alone)):
        return None
    change: Callable[[str], str | None] = _CHANGES[name]
    changed = change(text)
    if changed is None or changed == text:
        return None
    return changed if _accepted(seen, demand, changed) else None


def fix_for(seen: Observation, demand: Demand | None, text: str) -> str | None:
    """The least drastic mending that makes the text what was asked for; None if none does."""
    for name in ORDER:
        if name == "json" and demand is not None:
            # Repairing takes a millisecond: what has a bracket and the keys can be repaired.
            if demand.what == "JSON" and _repairable(demand, text):
                return name
        elif mend(name, seen, demand, text) is not None:
            return name
    return None


def _repairable(demand: Demand, text: str) -> bool:
    if len(text) > _LONGEST_JSON or text.count("[") + text.count("{") > _DEEPEST:
        return False
    held = re.search(r"\{\s*[\"']|\[\s*[\[{\"']", text)
    return held is not None and all(key in text for key in demand.keys)


ORDER = ("width", "fence", "json", "format")
_CHANGES = {"width": in_plain_width, "fence": in_fence, "json": repaired_json}


def _wants_json(seen: Observation, demand: Demand | None) -> bool:
    if demand is not None:
        return demand.what == "JSON"
    return seen.format is not None and seen.format.name == "json"


def _accepted(seen: Observation, demand: Demand | None, text: str) -> bool:
    if demand is not None:
        return demand.check(text) is None
    return seen.format is not None and seen.format.check(text) is None
