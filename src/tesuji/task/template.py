"""Prompt templates: columns filled into text, and few-shot examples as turns of a chat.

A template is text with `{column}` where a value belongs; `{{` and `}}` are braces. It is filled
in one pass and nothing in it is evaluated: braces in the data stay braces, and a name is a column
name verbatim (spaces and Japanese included), never an attribute or an index. `{*}` is the whole
row, never its target, as a JSON object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tesuji.errors import ConfigError
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.nearest import meant
from tesuji.task.sample import Message, Sample
from tesuji.task.shown import PICKS, Pick, preferred
from tesuji.task.writing import cell_text

ANSWER_FORMAT = "answer_format"
"""The pseudo-field that stands for the sentence that asks for the answer format's shape."""

ALL_FIELDS = "*"
"""The pseudo-field that stands for all the sample's fields as one JSON object."""

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt: system and user templates, and how many examples go before the question.

    `pick` says which (`tesuji.task.shown`), `seed` chooses among them, together with the sample's
    id. ConfigError for another word than random, similar or balanced.
    """

    user: str
    system: str = ""
    examples: int = 0
    seed: int = 0
    pick: Pick = "random"

    def __post_init__(self) -> None:
        if self.pick not in PICKS:
            raise ConfigError(
                f"[prompt] pick: {self.pick!r} says not which examples to show; "
                f"it is one of {', '.join(PICKS)}"
            )

    def render(
        self, sample: Sample, pool: Sequence[Sample], format: AnswerFormat,
        columns: Sequence[str] | None = None,
    ) -> tuple[Message, ...]:  # fmt: skip
        """The messages that ask for `sample`'s answer.

        Examples are turns (user, assistant) made from `pool`, the same in every run, and never
        the sample itself: neither its id nor its question. `columns` are those that `{*}` shows
        (None: all): what only the training rows have may give the answer away. ConfigError for an
        unknown field.
        """
        question = fill(self.user, sample.fields, format, "[prompt] user", columns)
        messages = []
        system = fill(self.system, sample.fields, format, "[prompt] system", columns)
        if system:
            messages.append(Message("system", system))
        for shown in self._examples(sample, question, pool, format, columns):
            messages.extend(shown)
        return (*messages, Message("user", question))

    def _examples(
        self, sample: Sample, question: str, pool: Sequence[Sample], format: AnswerFormat,
        columns: Sequence[str] | None,
    ) -> list[tuple[Message, Message]]:  # fmt: skip
        if not self.examples:
            return []
        asked, shown = {question}, list[tuple[Message, Message]]()
        named = [name for _, name in parts(self.user) if name is not None]
        compared = [name for name in named if name in sample.fields]
        compared = compared or [name for name in columns or sample.fields if name in sample.fields]
        for at in preferred(self.pick, sample, pool, compared, self.seed):
            example = pool[at]
            if example.id == sample.id or example.target is None:
                continue
            text = fill(self.user, example.fields, format, "[prompt] user", columns)
            if text in asked:
                continue  # the same question under another id would give the answer away
            asked.add(text)
            shown.append(
                (Message("user", text), Message("assistant", format.render(example.target)))
            )
            if len(shown) == self.examples:
                break
        return shown[::-1] if self.pick == "similar" else shown


@lru_cache(maxsize=256)
def parts(template: str, where: str = "template") -> tuple[tuple[str, str | None], ...]:
    """The template as pairs (text, the field after it or None); ConfigError for a lone brace."""
    pieces: list[tuple[str, str | None]] = []
    text, end = "", 0
    for match in _PIECE.finditer(template):
        text, end = text + template[end : match.start()], match.end()
        found = match.group()
        if found in ("{{", "}}"):
            text += found[0]
        elif match.group(1) is None:
            line = template.count("\n", 0, match.start()) + 1
            raise ConfigError(
                f"{where}: line {line} of the template: a single {found}; "
                f"a field is {{column}}, and a brace itself is written {found * 2}"
            )
        else:
            pieces.append((text, match.group(1)))
            text = ""
    return (*pieces, (text + template[end:], None))


def fill(
    template: str, fields: Mapping[str, Any], format: AnswerFormat, where: str,
    columns: Sequence[str] | None = None,
) -> str:  # fmt: skip
    """The template with its fields filled in, once; ConfigError for a field that is not there.

    `columns` are those that `{*}` shows, of those there are; None: all of them.
    """
    out = []
    for text, name in parts(template, where):
        out.append(text)
        if name is None:
            continue
        if name in fields:
            out.append(cell_text(fields[name]))
        elif name == ANSWER_FORMAT:
            out.append(format.tell())
        elif name == ALL_FIELDS:
            shown = fields if columns is None else [name for name in columns if name in fields]
            row = {name: fields[name] for name in shown}
            out.append(json.dumps(row, ensure_ascii=False, default=str))
        else:
            raise ConfigError(_unknown(name, fields, where))
    return "".join(out)


def named_columns(template: PromptTemplate, columns: Collection[str]) -> set[str]:
    """The columns that a prompt shows: those that it names, or all of `columns` by `{*}`."""
    texts = (template.user, template.system)
    named = {name for text in texts for _, name in parts(text) if name is not None}
    return named | set(columns) if ALL_FIELDS in named - set(columns) else named


def check_template(
    template: PromptTemplate, columns: Collection[str], where: str = "competition.toml"
) -> None:
    """Raise ConfigError, before a run, if the template is malformed or names no known column."""
    for key in ("system", "user"):
        at = f"{where}: [prompt] {key}"
        for _, name in parts(getattr(template, key), at):
            if name is not None and name not in (*columns, ANSWER_FORMAT, ALL_FIELDS):
                raise ConfigError(_unknown(name, columns, at))


def _unknown(name: str, columns: Collection[str], where: str) -> str:
    hint = "" if re.fullmatch(r"[\w ]*", name) else "; a brace itself is written {{ or }}"
    return f"{where}: no field {{{name}}}{hint}{meant(name, [*columns, ANSWER_FORMAT])}"
