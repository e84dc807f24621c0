"""A user template taken apart: the instruction, and the question that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tesuji.task.template import ANSWER_FORMAT, parts

_OPENED = ("「", "『", "“", "（", '"', "'", "`", "(", "[", "<")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LABEL = 3  # so many words, or twice as many characters of Chinese or Japanese, are no instruction


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
    before that ("Reverse the string: {original}"), where they are more than a label and open no
    quotes or brackets. A template of fields and labels alone has none.
    """
    pieces = parts(user)
    fields = [name for _, name in pieces if name is not None]
    if not fields or fields[0] == ANSWER_FORMAT:
        return None
    before = escaped(pieces[0][0])
    above, _, label = before.rpartition("\n")
    if above.strip():
        said, question = above.strip(), user[len(above) + 1 :].strip("\n")
    elif _is_label(label):
        said, question = "", user.strip("\n")
    elif label.rstrip().endswith(_OPENED):
        return None
    else:
        said, question = label.strip().rstrip(":：").strip(), user[len(before) :].strip("\n")
    words = "".join(text + ("\0" if name else "") for text, name in parts(question))
    plain = all(_is_label(line.replace("\0", " ")) for line in words.split("\n"))
    return Split(said, question, plain) if said or plain else None


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


def _is_label(text: str) -> bool:
    wide = len(_WIDE.findall(text))
    return len(text.split()) < _LABEL and wide < 2 * _LABEL
