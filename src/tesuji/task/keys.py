"""Every key of competition.toml: what it may hold. Read by config.py, and checked against docs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """What a key may hold: `ok` tells, `allowed` says it in words."""

    allowed: str
    ok: Callable[[Any], bool]
    required: bool = False

    def wrong(self, value: object) -> str | None:
        """Why `value` is not allowed, or None if it is."""
        if self.ok(value):
            return None
        shown = repr(value)
        return f"must be {self.allowed}, not {shown[:60]}{'…' if len(shown) > 60 else ''}"


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _name(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _names(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, str) for one in value)
        and len(set(value)) == len(value)
    )


def _language(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    first, *rest = value.split("-")
    return first.isascii() and first.islower() and len(first) in (2, 3) and all(rest)


def _fraction_or_count(value: Any) -> bool:
    return (_whole(value) and value >= 1) or (isinstance(value, float) and 0 < value < 1)


def _text(value: Any) -> bool:
    return isinstance(value, str)


_PATH = ".csv, .tsv, .jsonl (or each with .gz) or .parquet, as a text"

TOP: Mapping[str, Key] = {
    "name": Key("a text", _name),
    "metric": Key("a metric's name, or a table { name = …, its options }",
                  lambda v: _name(v) or isinstance(v, dict)),
    "language": Key('a language code in lower case, such as "en" or "ja"', _language),
    "model": Key('a model\'s URI, such as "nano" or "http://localhost:8000/v1#NAME"', _name),
    "flow": Key("a flow's name", _name),
    "data": Key("a table", lambda v: isinstance(v, dict)),
    "split": Key("a table", lambda v: isinstance(v, dict)),
    "answer": Key("a table", lambda v: isinstance(v, dict)),
    "prompt": Key("a table", lambda v: isinstance(v, dict)),
    "sampling": Key("a table", lambda v: isinstance(v, dict)),
    "limits": Key("a table", lambda v: isinstance(v, dict)),
    "prices": Key('tables [prices."MODEL URI"]', lambda v: isinstance(v, dict)),
    "models": Key('tables [models."MODEL URI"]', lambda v: isinstance(v, dict)),
}  # fmt: skip

METRIC: Mapping[str, Key] = {"name": Key("a metric's name", _name, required=True)}

DATA: Mapping[str, Key] = {
    "train": Key(f"the path of a data file ({_PATH})", _name, required=True),
    "target": Key("the column with the right answers; or a list of columns, one a label",
                  lambda v: _text(v) or (_names(v) and len(v) >= 2), required=True),
    "test": Key(f"the path of a data file ({_PATH})", _name),
    "dev": Key(f"the path of a data file ({_PATH})", _name),
    "id": Key("a column's name", _text),
    "fields": Key("a list of different column names", _names),
    "submission": Key("a list of two or more different column names",
                      lambda v: _names(v) and len(v) >= 2),
}  # fmt: skip

SPLIT: Mapping[str, Key] = {
    "dev": Key("a fraction between 0 and 1, such as 0.2, or a count of rows, such as 200",
               _fraction_or_count),
    "seed": Key("a whole number", _whole),
    "stratify": Key("true (by the target), false, or a column's name",
                    lambda v: isinstance(v, (bool, str))),
    "group": Key("a column's name", _text),
}  # fmt: skip

ANSWER: Mapping[str, Key] = {
    "format": Key("an answer format's name", _name),
    "fallback": Key("an answer of this format", lambda v: v is not None),
}

PROMPT: Mapping[str, Key] = {
    "user": Key("a template, with {column} where a value belongs", _name, required=True),
    "system": Key("a template, with {column} where a value belongs", _text),
    "examples": Key("a count of examples, 0 to 100", lambda v: _whole(v) and 0 <= v <= 100),
}

SAMPLING: Mapping[str, Key] = {
    "temperature": Key("a number from 0 to 10", lambda v: _number(v) and 0 <= v <= 10),
    "top_p": Key("a number above 0, up to 1", lambda v: _number(v) and 0 < v <= 1),
    "max_tokens": Key("a whole number above 0", lambda v: _whole(v) and v > 0),
    "stop": Key("a list of different texts", _names),
    "seed": Key("a whole number", _whole),
    "stop_loops": Key("true or false", lambda v: isinstance(v, bool)),
}

LIMITS: Mapping[str, Key] = {
    "seconds": Key("a number above 0", lambda v: _number(v) and v > 0),
    "requests": Key("a whole number above 0", lambda v: _whole(v) and v > 0),
    "tokens": Key("a whole number above 0", lambda v: _whole(v) and v > 0),
    "usd": Key("a number above 0", lambda v: _number(v) and v > 0),
    "one_at_a_time": Key("true or false", lambda v: isinstance(v, bool)),
}

PRICE: Mapping[str, Key] = {
    "input": Key("USD per million tokens", lambda v: _number(v) and v >= 0, required=True),
    "output": Key("USD per million tokens", lambda v: _number(v) and v >= 0, required=True),
}

SECTIONS: Mapping[str, Mapping[str, Key]] = {
    "": TOP, "metric": METRIC, "data": DATA, "split": SPLIT, "answer": ANSWER, "prompt": PROMPT,
    "sampling": SAMPLING, "limits": LIMITS, "prices": PRICE,
}  # fmt: skip
"""All keys by section; "" is the top."""
