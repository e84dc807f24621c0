"""`json(schema)`: a JSON value, valid under a JSON schema where one is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from tesuji.errors import ConfigError
from tesuji.task.formats.base import Grammar
from tesuji.task.formats.json_values import json_values, storable, whole_json
from tesuji.task.formats.options import shown

_PATTERN_SECONDS = 0.2
_EMPTY: dict[str, Any] = {
    "object": {}, "array": [], "string": "", "number": 0, "integer": 0, "boolean": False,
}  # fmt: skip
_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """A JSON value that is not null. Parsing looks at the whole text, then at fences (the last
    first), then at objects and lists amid prose (the last first), and takes the first that is
    valid. Schemas are draft 2020-12 unless they say otherwise; nothing is fetched for a `$ref`.
    """

    name: ClassVar[str] = "json"
    schema: Mapping[str, Any] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        if self.schema is None:
            return
        if not isinstance(self.schema, Mapping):
            raise ConfigError(
                f"[answer] schema: must be a JSON schema as a table, not {shown(self.schema)}"
            )
        _validator(self._schema_text())

    def parse(self, text: str) -> Any | None:
        for count, value in enumerate(json_values(text)):
            if count >= _CANDIDATES:
                break
            if self._problem(value) is None:
                return value
        return None

    def check(self, text: str) -> str | None:
        if not text.strip():
            return "empty"
        value = whole_json(text, strict=True)
        return "not one JSON value alone" if value is None else self._problem(value)

    def tell(self) -> str:
        if self.schema is None:
            return "Answer with one JSON value and nothing else."
        return (
            "Answer with one JSON value and nothing else, valid under this JSON schema: "
            + self._schema_text()
        )

    def constrain(self) -> Grammar:
        return Grammar("json", self._schema_text())

    def accept(self, value: object) -> Any:
        if isinstance(value, str):
            read = whole_json(value, strict=False)
            if read is None:
                raise ValueError(f"{shown(value)} is not JSON")
            value = read
        if value is None or not storable(value):
            raise ValueError("it is empty" if value is None else "it cannot be written as JSON")
        problem = self._problem(value)
        if problem:
            raise ValueError(problem)
        return value

    def render(self, answer: Any) -> str:
        return json.dumps(answer, ensure_ascii=False)

    def fallback(self) -> Any:
        """The schema's default or first enumerated value, else an empty value of its type."""
        schema = self.schema or {}
        if "default" in schema:
            return schema["default"]
        if schema.get("enum"):
            return schema["enum"][0]
        kind = schema.get("type", "object")
        return _EMPTY.get(kind if isinstance(kind, str) else "object", {})

    def _schema_text(self) -> str:
        return json.dumps(dict(self.schema or {}), ensure_ascii=False)

    def _problem(self, value: Any) -> str | None:
        """The first thing that is wrong with `value`, with the place of it."""
        if self.schema is None:
            return None
        try:
            error = next(_validator(self._schema_text()).iter_errors(value), None)
        except RecursionError:
            return "nested too deeply"
        if error is None:
            return None
        place = "".join(f"[{part!r}]" for part in error.absolute_path)
        return f"{place or 'the value'}: {error.message[:200]}"


@lru_cache(maxsize=16)
def _validator(schema_text: str) -> Any:
    """A validator that no value can hang: timed patterns, linear `uniqueItems`, no network."""
    import jsonschema
    import referencing

    schema = json.loads(schema_text)
    base = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
    try:
        base.check_schema(schema)
    except (jsonschema.SchemaError, RecursionError) as error:
        reason = str(getattr(error, "message", error))[:200]
        raise ConfigError(f"[answer] schema: is not a valid JSON schema: {reason}") from None
    checked = {"pattern": _timed_pattern, "uniqueItems": _unique_items}
    kind = jsonschema.validators.extend(base, checked)  # type: ignore[no-untyped-call]
    return kind(schema, registry=referencing.Registry())


def _timed_pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[Any]:
    import jsonschema
    import regex

    if not isinstance(value, str):
        return
    try:
        found = regex.search(pattern, value, timeout=_PATTERN_SECONDS)
    except TimeoutError:
        yield jsonschema.ValidationError(f"the pattern {pattern!r} took too long on it")
        return
    if not found:
        yield jsonschema.ValidationError(f"{shown(value)} does not match {pattern!r}")


def _unique_items(validator: Any, wanted: bool, value: Any, schema: Any) -> Iterator[Any]:
    import jsonschema

    if not wanted or not isinstance(value, list):
        return
    # JSON holds 1 and 1.0 equal, and a dump does not: only numbers that are the same text count.
    seen = {json.dumps(item, sort_keys=True) for item in value}
    if len(seen) < len(value):
        yield jsonschema.ValidationError("it has items that are equal")
