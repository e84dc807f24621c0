"""Which of the labels in a text is its answer.

A box beats a declaration ("The answer is B", 答えはB, "B is correct"), a declaration a line of its
own, that the only label emphasised, and that the only label mentioned. Of several declarations
the last counts. Where two labels are equally good there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tesuji.task.formats.boxes import last_box
from tesuji.task.formats.ends import ends_of
from tesuji.task.formats.labels import LabelReader, Mention, is_article, is_negated
from tesuji.task.formats.markers import first_line, marker_ends

_LINE = 300  # characters looked at behind a marker
_LINES = 200  # at the beginning and at the end
_DECLARATIONS = 100  # the last ones are looked at, no more
_CHOOSES = re.compile(
    r"""
      \b(?:choose|chose|select|selected|pick|picked|(?:go|going)[ ]with)\b [ :：*_]{0,4}
    | \b(?:choice|conclusion|verdict|prediction|label|class|classification|category|sentiment
        |option) [*_"'`]{0,3} (?:[ ]is\b [:：]? | \s?[:：=])
    | (?:選択肢|結論|ラベル|分類|判定|予測|感情) (?:は|[:：])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_IS_RIGHT = re.compile(
    r"""[\s)\]*"'.`」』]{0,4}(?:
      (?:is|seems|must[ ]be|would[ ]be)[ ](?:the[ ]|clearly[ ]|thus[ ]|therefore[ ])?
      (?:most[ ]|only[ ]|best[ ]|single[ ])?
      (?:correct|right|best|answer|true|appropriate|accurate)(?![A-Za-z])
    | [がは](?:正解|答え|正しい|最も|適切) | を選 | です[。\s]*$ | だ[。\s]*$
    )""",
    re.VERBOSE,
)
_FILLER = re.compile(
    r"[\s*_\"'`(\[{$\\<「『（【:：=#>-]{1,20}"
    r"|(?:the|an|option|choice|letter|label|answer|probably|likely|clearly|definitely|thus|text"
    r"|boxed|mathrm|mathbf|textbf|therefore|most|correct|is|選択肢|番号)(?![A-Za-z])",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"[\s)\]*\"'.`」]{0,4}(?:,?\s?(?:or|and)(?![A-Za-z])|[/,&、]|か|または|と)[\s(\[*\"'`「]{0,4}"
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n]")
_DELIMITED = re.compile(r"[)\].:：、．]|\s*[-–—]\s|\*\*")
_EMPHASIS = re.compile(r"\*\*[^*\n]{1,80}\*\*|\([^()\n]{1,40}\)|`[^`\n]{1,40}`|「[^「」\n]{1,40}」")


def declared_label(text: str, reader: LabelReader) -> str | None:
    """The label that `text` gives as its answer; None where there is none or several."""
    alone = reader.alone(text.strip())
    if alone is not None:
        return alone
    text = reader.plain(ends_of(text))
    content = last_box(text)
    boxed = None if content is None else leading(content, reader) or reader.alone(content)
    return (
        boxed
        or _last_declared(text, reader)
        or _own_line(text, reader)
        or _only(_emphasised(text, reader))
        or _only(mention.label for mention in reader.mentions(text))
    )


def leading(tail: str, reader: LabelReader) -> str | None:
    """The label that a declaration's tail begins with, or the only one of its sentence."""
    line = first_line(tail)[:_LINE]
    position = 0
    for _ in range(8):
        mention = reader.at(line, position)
        if mention and not is_article(line, mention):
            return None if _has_rival(line, mention, reader) else mention.label
        filler = _FILLER.match(line, position)
        if filler is None:
            break
        position = filler.end()
    end = _SENTENCE_END.search(line, position)
    sentence = line[: end.start()] if end else line
    return _only(mention.label for mention in reader.mentions(sentence))


def _has_rival(line: str, mention: Mention, reader: LabelReader) -> bool:
    joint = _ANOTHER.match(line, mention.end)
    other = reader.at(line, joint.end()) if joint else None
    return other is not None and other.label != mention.label and not is_article(line, other)


def _last_declared(text: str, reader: LabelReader) -> str | None:
    letter = reader.key("A") not in reader.keys
    ends = marker_ends(text, letter) + [match.end() for match in _CHOOSES.finditer(text)]
    rights = [mention for mention in reader.mentions(text) if _IS_RIGHT.match(text, mention.end)]
    last_right = rights[-1] if rights else None
    for end in sorted(ends, reverse=True)[:_DECLARATIONS]:
        if last_right and last_right.start > end:
            break
        label = leading(text[end : end + _LINE], reader)
        if label is not None:
            return label
    return last_right.label if last_right else None


def _own_line(text: str, reader: LabelReader) -> str | None:
    """A line that is a label; else the only label that lines begin with, as in "B) Paris"."""
    lines = [line for line in text.split("\n") if len(line) <= _LINE and line.strip()]
    lines = lines[:_LINES] + lines[_LINES:][-_LINES:]
    alone = [label for line in lines if (label := reader.alone(line)) is not None]
    if alone:
        return _only(alone)
    begun: set[str] = set()
    for line in lines:
        start = len(line) - len(line.lstrip(" \t*_(["))
        mention = reader.at(line, start)
        if mention and _DELIMITED.match(line, mention.end):
            begun.add(mention.label)
    return _only(begun)


def _emphasised(text: str, reader: LabelReader) -> list[str]:
    return [
        label
        for match in _EMPHASIS.finditer(text)
        if (label := reader.alone(match[0])) is not None
        and not is_negated(text, Mention(match.start(), match.end(), label))
    ]


def _only(labels: Iterable[str]) -> str | None:
    """The label, if all are the same one."""
    distinct = set(labels)
    return distinct.pop() if len(distinct) == 1 else None
