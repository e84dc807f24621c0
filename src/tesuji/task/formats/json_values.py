"""JSON values in a text: alone, in a fence, or amid prose. Linear on any text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tesuji.task.formats.fences import blocks

_START = re.compile(r"\{(?=\s{0,200}[\"}])|\[(?=\s{0,200}[\[{\"\]\-0-9tfn])")
# Starts tried in one text. Each failing one costs what it read, and a count of all lines before.
_ATTEMPTS = 300
_FENCES = 20  # the last ones
_READ = 4  # characters read over all attempts, as a multiple of the text's length


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if value - value != 0:
        raise ValueError(f"{digits} is too large")
    return value


# strict=False: models write raw line breaks and tabs inside strings.
_LENIENT = json.JSONDecoder(strict=False, parse_constant=_refuse, parse_float=_finite)
_STRICT = json.JSONDecoder(strict=True, parse_constant=_refuse, parse_float=_finite)


def json_values(text: str) -> Iterator[Any]:
    """Candidates, best first: the whole text; fences, the last first; objects and lists amid
    the prose, the last first. A number or a string counts only where it stands alone."""
    text = text.strip().removeprefix("\ufeff")
    for piece in (text, *(block.text for block in blocks(text)[: -_FENCES - 1 : -1])):
        value = whole_json(piece, strict=False)
        if value is not None:
            yield value
    yield from reversed(list(_amid_prose(text)))


def whole_json(text: str, strict: bool) -> Any | None:
    """`text` as one JSON value; None if it is not, or is null."""
    text = text.strip()
    try:
        value, end = (_STRICT if strict else _LENIENT).raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if end == len(text) and storable(value) else None


def storable(value: Any) -> bool:
    """Whether `value` can be written as JSON in UTF-8: no lone surrogates, no endless depth."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError, TypeError):
        return False
    return True


def _amid_prose(text: str) -> Iterator[Any]:
    position, budget = 0, _READ * len(text) + 10_000
    for _ in range(_ATTEMPTS):
        start = _START.search(text, position)
        if start is None or budget <= 0:
            return
        try:
            value, end = _LENIENT.raw_decode(text, start.start())
        except json.JSONDecodeError as error:
            position = start.end()
            budget -= error.pos - start.start()
            continue
        except (ValueError, RecursionError):
            # It gives no position: what it read is unknown, and it may have been everything.
            position = start.end()
            budget -= len(text) - start.start()
            continue
        budget -= end - start.start()
        position = end
        if storable(value):
            yield value
