"""Sentences of the prompt that stand in an output as they stood in the prompt."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_SENTENCE = re.compile(
    r"[^.!?。！？\n]+(?:[.!?。！？](?![\s\n]|\Z)[^.!?。！？\n]+){0,20}[.!?。！？]{0,3}"
)
# What tells a request from what the prompt only tells: copied facts are a way to solve a problem.
_REQUEST = re.compile(
    r"[?？]\s*\Z|(?:ください|下さい|なさい|せよ|しよう|(?:述べ|答え|求め|挙げ|書け|示せ|作れ)よ?|か|お願いします)"
    r"[。．.]?\s*\Z|^(?:请|請|写|寫|给|給|列出|解释|解釋|根据|根據|说明|說明|描述|生成|帮|幫|告诉|设计|分析|总结)"
    r"|^\W*(?:please|can you|could you|(?:re-?)?write|explain|give|list|describe|tell|create|make"
    r"|generate|provide|suggest|name|find|compose|design|discuss|summari[sz]e|translate|convert|compare"
    r"|identify|analy[sz]e|calculate|compute|solve|help|show|recommend|answer|complete|classify"
    r"|draft|outline|come up|i want you|i need|i would like|i'd like|act as|imagine|define|propose"
    r"|explica|escrib|describ|enumera|proporciona|d[eé]cri|expliqu|rédige|écri|donne|propose"
    r"|напиши|объясни|расскажи|опиши|составь|придумай|create)",
    re.IGNORECASE,
)
_QUOTES_INPUT = re.compile(
    r"\brepeat|\brestat|word for word|verbatim|\bcopy\b|\brephras|\bparaphras|\brewrit|\bgrammar"
    r"|\bproof-?read|\btranslat|\bcorrect|\bedit\b|\brefactor|\bquot|répét|repren|recopi|repet|repit"
    r"|reit[eé]r|copia|transcri|traduc|tradui|reproduc|reprodui|mêmes? mot|mot pour mot|palabra por"
    r"|繰り返|くりかえ|復唱|そのまま|書き直|言い換え|書き換え|翻訳|訳し|校正|添削|引用|コピー|訂正|直して"
    r"|修正|重复|重複|复述|複述|改写|改寫|翻译|翻譯|润色|潤色|原文|抄写|纠正|修改|повтор|перевед|перепи",
    re.IGNORECASE,
)
_CONDENSES = re.compile(r"summar|要約|まとめ|总结|總結|概括|摘要|概要|提炼", re.IGNORECASE)
_LABELS_BEFORE = re.compile(
    r"(?:\A|\n)[\s#>*_\-\"'「『“(【\[]{0,12}(?:(?:question|prompt|q|instruction|task|request|input|query"
    r"|user|human|問題|質問|指示|タスク|お題|課題|依頼|题目|问题|指令|问|任务)[\]*\"】）)]{0,3}\s?[:：]?[*\s\"「]{0,6})?\Z",
    re.IGNORECASE,
)
_MARKS = ".?!。？！ \n"
_ENDS = frozenset(["", *"\n\r.?!。？！\"”」』*_)）#<`'»:："])
_BEFORE = frozenset('\n .?!。？！"「『“*#')
_TAIL = 15  # characters of a sentence's end that are looked for first
_LEAST = 30  # widths of Latin letters that a copied sentence has; a Chinese character counts two
_NEAR_HEAD = 1_500  # characters in which any but the last sentence of a prompt is looked for
_LEAK = 250  # characters at the head in which a system prompt leaks, or nowhere
_HEAD = 20  # characters of an output that are looked for in the prompt
_SENTENCES = 6
_LEAST_INPUT = 80  # characters of a text to be condensed
_MOST_PROMPT = 20_000  # characters of a prompt or an output that are compared
_LABEL = re.compile(r"\A[ \t*\-]*\w{1,10}[:：]")
_HALF_WIDTH = str.maketrans("，：？！", ",:?!")
_LEADS_IN = re.compile(
    r"(?:\A|\n)[ \t>*\"“]{0,4}(?:You are (?:a|an) (?:\w+,? ){0,6}(?:AI |language )?assistant\b"
    r"|A chat between a curious (?:human|user)"
    r"|Below is an instruction that describes a task"
    r"|あなたは(?:[\w、]{0,30})アシスタントです。|以下は、?タスクを説明する指示"
    r"|你是一[个個名](?:[\w，、]{0,20})(?:助手|助理)[。，])"
)
_MAYBE_LEAD = (
    "You are a",
    "A chat be",
    "Below is an i",
    "アシスタントです",
    "以下は、タスク",
    "以下はタスク",
    "你是一",
)


class Copy(NamedTuple):
    """A stretch of an output that is the prompt's, or a system prompt's."""

    start: int
    end: int
    what: str


def width(text: str) -> int:
    """How long a text is, where a Chinese or Japanese character counts two."""
    return len(text) if text.isascii() else len(text) + sum(c >= "\u2e80" for c in text)


@lru_cache(maxsize=1024)
def _sentences(prompt: str) -> tuple[str, ...]:
    """The first and the last six longer sentences of a prompt, without their last marks."""
    found = [match[0].strip().rstrip(_MARKS) for match in _SENTENCE.finditer(prompt[:_MOST_PROMPT])]
    found = [sentence for sentence in found if width(sentence) >= _LEAST]
    return tuple(found[:_SENTENCES] + found[_SENTENCES:][-_SENTENCES:])


def _is_request(sentence: str, prompt: str) -> bool:
    """Whether a sentence of the prompt asks for something, and is no part of its input."""
    # What is labelled ("Topic: …") or an item of a list is input: an answer may head its parts
    # with it.
    if re.match(r"\W*\w{1,8}[:：]|[-*・•]|\(?\d{1,2}[.)、．）]|[①-⑳]", sentence):
        return False
    after = prompt[prompt.find(sentence) + len(sentence) :][:1]
    return _REQUEST.search(sentence + after) is not None


@lru_cache(maxsize=1024)
def _quotes_input(prompt: str) -> bool:
    return _QUOTES_INPUT.search(prompt[:_MOST_PROMPT]) is not None


def copies(text: str, prompt: str, system: str) -> list[Copy]:
    """Requests of the prompt, and system prompts, that stand as lines of their own in the text."""
    found = []
    for source, what in ((prompt, "the prompt"), (system, "the system prompt")):
        if not source or not _may_copy(text, source):
            continue
        sentences = _sentences(source)
        for sentence in sentences:
            at = text.find(sentence, 0, len(text) if sentence is sentences[-1] else _NEAR_HEAD)
            if (
                at >= 0
                and (end := _own_line(text, at, at + len(sentence)))
                and (source is system or _is_request(sentence, source))
                and not _quotes_input(prompt)
            ):
                found.append(Copy(at, end, what))
    head = text[:_LEAK]
    if any(map(head.__contains__, _MAYBE_LEAD)):
        for match in _LEADS_IN.finditer(text):
            start = match.end() - len(match[0].lstrip())
            if text[start : match.end()] not in prompt:
                line = text.find("\n", match.end())
                found.append(Copy(start, line if line > 0 else len(text), "a system prompt"))
                break
    return sorted(found)


def _may_copy(text: str, source: str) -> bool:
    """Whether the source's end, or a sentence of it at the head, stands in the text: cheaply."""
    head = text[:80].lstrip('\n #*>_"「“')[:_HEAD]
    at = source.find(head) if len(head) == _HEAD else -1
    if at == 0 or (at > 0 and source[at - 1] in _BEFORE):
        return True
    tail = source[-60:].rstrip(_MARKS)[-_TAIL:]
    at = text.find(tail)
    return at >= 0 and text[at + len(tail) : at + len(tail) + 1] in _ENDS


def _own_line(text: str, start: int, end: int) -> int:
    """Where the copy from `start` ends, marks included; 0 if it is part of another sentence."""
    if text[end : end + 1] not in _ENDS:
        return 0
    if not _LABELS_BEFORE.search(text[max(0, start - 40) : start] if start > 40 else text[:start]):
        return 0
    while end < len(text) and text[end] in ".?!。？！":
        end += 1
    return end


def copied_input(text: str, prompt: str) -> Copy | None:
    """A text that was to be condensed, standing in the answer as it was, most of it."""
    if len(text) < _LEAST_INPUT or len(prompt) < _LEAST_INPUT:
        return None
    # A cheap look first: seven pieces of the answer, of which three are the prompt's.
    step = min(len(text), len(prompt)) // 10
    hits = 0
    for nth in range(2, 9):
        hits += text[nth * step : nth * step + 8] in prompt
        if nth == 4 and not hits:
            return None
    if hits < 3:
        return None
    if not _CONDENSES.search(prompt[:_MOST_PROMPT]) or _quotes_input(prompt):
        return None
    source = _squeezed(prompt)
    same: list[str] = []
    for line in text[:_MOST_PROMPT].splitlines():
        said = _squeezed(_LABEL.sub("", line))
        if len(said) >= 2 and said in source:
            same.append(line)
    copied = width("".join(same))
    if copied < 2 * _LEAST_INPUT or copied < 0.4 * width(source):
        return None
    start = text.find(same[0])
    return Copy(start, text.rfind(same[-1]) + len(same[-1]), "the text of the prompt")


def _squeezed(text: str) -> str:
    """Without white space; full-width marks as ASCII."""
    return "".join(text.split()).translate(_HALF_WIDTH)
