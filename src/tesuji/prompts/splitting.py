"""A user template taken apart: the instruction, and the question that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tesuji.task.template import ANSWER_FORMAT, parts

_ENDS = (":", "：", ".", "。", "!", "！", "?", "？")
_COLONS = (":", "：")
_QUOTES = " \t「」『』“”\"'`<>"
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LABEL = 3  # so many words, or twice as many characters of Chinese or Japanese, are no label


@dataclass(frozen=True, slots=True)
class Split:
    """`said` is the instruction ("" where there is none), `question` the rest, with all fields;
    `plain` says that the question is nothing but fields and short labels."""

    said: str
    question: str
    plain: bool


def split_user(user: str) -> Split | None:
    """The instruction before the question; None where the two cannot be told apart.

    Lines above the first field are the instruction. If the first line has a field, it is the words
    before that, where they end as a sentence or a heading does ("Reverse the string: {original}"),
    or where nothing but the field follows. A template of fields and labels alone has none.
    """
    pieces = parts(user)
    fields = [name for _, name in pieces if name is not None]
    if not fields or fields[0] == ANSWER_FORMAT:
        return None
    before = escaped(pieces[0][0])
    above, _, line = before.rpartition("\n")
    if above.strip():
        question = user[len(above) + 1 :].strip("\n")
        return Split(above.strip(), question, _is_plain(question))
    if _is_label(line.rstrip(_QUOTES)):
        return Split("", user.strip("\n"), True) if _is_plain(user.strip("\n")) else None
    question = user[len(before) :].strip("\n")
    alone = question == f"{{{fields[0]}}}"
    if _is_short(line) or not (line.rstrip().endswith(_ENDS) or alone):
        return None
    return Split(line.strip().rstrip(":：").strip(), question, _is_plain(question))


def fields_of(template: str) -> list[str]:
    """The columns that a template names, in order, each once; not the answer format.

    ConfigError for a malformed one.
    """
    found = [name for _, name in parts(template) if name is not None and name != ANSWER_FORMAT]
    return list(dict.fromkeys(found))


def escaped(text: str) -> str:
    """Text as a template that says just that.

    >>> escaped("{x}")
    '{{x}}'
    """
    return text.replace("{", "{{").replace("}", "}}")


def _is_plain(question: str) -> bool:
    """Whether each line is a field, behind a label or not, or a label."""
    marked = "".join(text + ("\0" if name else "") for text, name in parts(question))
    for line in marked.split("\n"):
        label, field, rest = line.strip(_QUOTES).partition("\0")
        if not _is_label(label.rstrip(_QUOTES)) or (field and rest.strip(_QUOTES)):
            return False
    return True


def _is_label(text: str) -> bool:
    """Whether it is a short heading ("Q:"), or nothing."""
    return not text.strip() or (_is_short(text) and text.rstrip().endswith(_COLONS))


def _is_short(text: str) -> bool:
    return len(text.split()) < _LABEL and len(_WIDE.findall(text)) < 2 * _LABEL
