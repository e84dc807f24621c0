"""JSON, CSV, tables and lists: demands on the structure of the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tesuji.diagnose.demands.demand import Breach, Check, Demand, lowered, sentence_around, sought

CUES = "json csv table tabular bullet bullets bulleted bulletpoint bulletpoints numbered"
CJK_CUES = ("JSON", "json", "Json", "CSV", "csv", "表", "箇条書", "リスト", "分点", "列表")

_PROGRAM = re.compile(
    r"\b(?:function|script|program|code that|python|javascript|java|php|api|file|parse|convert"
    r"|endpoint|schema|class"
    r"|server|library|sql|query|method|html|difference|what is|explain|how (?:to|do|can))\b"
    r"|プログラム|スクリプト|コード|関数を(?:作|書)",
    re.IGNORECASE,
)
_JSON = re.compile(
    r"(?:\b(?:answer|outputs?|respon[sd]\w*|reply|return|provide|give|describe|list|generate"
    r"|create|summari[sz]e|present\w*|format\w*|wrap\w*|put|want|write)\b"
    r"[^.\n]{0,80}?\b(?:in|as|using|into|with|follow\w*)\s+(?:(?:a|an|the|valid|following|proper"
    r"|this|single|strict|only)\s+){0,4}"
    r"|(?:^|[.,:;\n]\s*|\b(?:and|please|should|must|to)\s+)(?:only\s+)?(?:return|output"
    r"|respond with|reply with|answer with|contain|produce)"
    r"\s+(?:(?:only|just|a|an|the|valid|single)\s+){0,4})json\b",
    re.IGNORECASE,
)
_JSON_CJK = re.compile(
    r"JSON\s?(?:形式|オブジェクト|フォーマット)?\s?(?:のみ|だけ)?(?:で|として|に|を)[^。\n]{0,80}?(?:回答|答え|出力|返|送|格納|囲)"
    r"|JSON\s?(?:形式|フォーマット)で、?[^。\n]{0,60}(?:作成|ください)"
    r"|出力[^。\n]{0,20}JSON\s?形式で"
    r"|(?:以|用|按|按照|使用|返回|输出)[^。\n,，]{0,8}JSON\s?(?:格式|对象|字符串)?",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\bonly[^.\n]{0,40}json|json[^.\n]{0,20}\bonly\b|\bentire (?:output|response"
    r"|answer)[^.\n]{0,30}json"
    r"|nothing (?:else|but|other)|anything before|json\.loads"
    r"|JSON[^。\n]{0,10}(?:のみ|だけ)|出力全体を"
    r"|只(?:输出|返回|以|能)"
    r"|仅(?:输出|返回|以)",
    re.IGNORECASE,
)
_ALONE_CUES = (
    "only",
    "Only",
    "ONLY",
    "entire",
    "nothing",
    "anything",
    "loads",
    "のみ",
    "だけ",
    "全体",
    "只",
    "仅",
)
_KEYS = re.compile(r"\b(?:keys?|fields?)\b|キー|格納|字段|键", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“「`']([A-Za-z_][\w-]{0,30})[\"”」`']")
_FENCED = re.compile(
    r"^[ \t]*(?:```|~~~)[ \t]*(\w*)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SPEAKER = re.compile(r"\s*(\w{1,8})\s?[:：]")  # of a dialogue that was copied, not put into points
_MOST_TEMPLATE = 2_000  # characters of a template that are read for keys

_CSV = re.compile(
    r"\b(?:in|as|using|into)\s+(?:a\s+)?csv\b|\bcsv (?:format|string) only|CSV\s?(?:形式|文字列"
    r"|フォーマット)?(?:で|として)[^。\n]{0,20}(?:返|出力|答|回答|変換|し)"
    r"|(?:以|用)\s?CSV",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"\b(?:as|in|into|using|with) (?:a |an )?(?:\w+ )?(?:table"
    r"|tabular)(?: form(?:at)?)?(?=[\s.,;:?!]*(?:$|\n|[.,;:?!]|with\b|that\b|of\b|form))"
    r"|(?:^|[.!?\n]\s*|\bplease\s+)(?:create|make|draw|generate|prepare|give me"
    r"|provide)(?: me)? (?:a|the) (?:\w+ )?table (?:with|of|for|showing|listing|that"
    r"|containing)(?! contents)"
    r"|(?:以|用)表格(?:的)?(?:格式|形式|方式)?(?:输出|呈现|展示|回答|列出|给出|总结)|表形式で(?:[^。\n]{0,20})(?:まとめ|出力|答|回答|示"
    r"|作|比較|ください)|(?:比較)?表(?:にして|にまとめ|を作)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:in|as|using|with|into) (?:the form of )?(?:a )?(?:bullet(?:ed)?[\s-]?(?:points?|list)"
    r"|bullets|numbered list)"
    r"|箇条書きで|番号付きリストで|分点(?:总结|列出|说明|回答|描述|阐述)",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"^[ \t#>*_]*(?:[-*+•・●○◦▪■◆►–—·※]|\(?\d{1,3}\s?[.)．、）:：】]|[①-⑳]"
    r"|[（(]?[一二三四五六七八九十]{1,3}[、.）)]|[A-Za-z][.)]|第)",
    re.MULTILINE,
)


def find(prompt: str) -> Iterator[Demand]:
    """Demands on structure, in English."""
    if "json" in lowered(prompt):
        yield from _of_json(prompt, _JSON)
    yield from _shapes(prompt)


def find_cjk(prompt: str) -> Iterator[Demand]:
    """Demands on structure, in Japanese and Chinese."""
    if "json" in lowered(prompt):
        yield from _of_json(prompt, _JSON_CJK)
    yield from _shapes(prompt)


def _of_json(prompt: str, pattern: re.Pattern[str]) -> Iterator[Demand]:
    match = next(sought(pattern, prompt, "json", 130, 110), None)
    if match is None:
        return
    sentence = sentence_around(prompt, *match.span())
    if _PROGRAM.search(sentence):
        return
    keys = _template_keys(prompt, match.end())
    if not keys and _KEYS.search(sentence):
        keys = tuple(_QUOTED.findall(sentence))
    alone = any(cue in prompt for cue in _ALONE_CUES) and bool(_ALONE.search(prompt))
    yield Demand("JSON", *match.span(), json_check(keys, alone), alone, keys)


def _shapes(prompt: str) -> Iterator[Demand]:
    low = lowered(prompt)
    for cues, pattern, what, check in _SHAPES:
        said = [cue for cue in cues if cue in low]
        if not said:
            continue
        found = (match for cue in said for match in sought(pattern, prompt, cue, 40, 40))
        match = next(found, None)
        if match is not None and not _PROGRAM.search(sentence_around(prompt, *match.span())):
            if what == "a table" and (_CSV.search(prompt) or "json" in low):
                continue
            yield Demand(what, *match.span(), check)


def _template_keys(prompt: str, start: int) -> tuple[str, ...]:
    """The keys of the first object after `start`, of its outermost level."""
    begin = prompt.find("{", start, start + 300)
    if begin < 0:
        return ()
    depth = 0
    keys: list[str] = []
    for token in re.finditer(
        r'"([^"\n]{1,60})"\s*(:)?|[{}\[\]]', prompt[begin : begin + _MOST_TEMPLATE]
    ):
        mark = token[0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
            if depth == 0:
                return tuple(keys)
        elif depth == 1 and token[2] and not token[1].startswith("<"):
            keys.append(token[1])
    return ()


def json_blocks(text: str) -> list[tuple[int, int]]:
    """The spans that are meant as JSON: all of it, fenced blocks, or from the first bracket on."""
    stripped = text.strip()
    begin = text.find(stripped) if stripped else 0
    if stripped.startswith(("{", "[")) and stripped.endswith(("}", "]")):
        return [(begin, begin + len(stripped))]
    fences = [m for m in _FENCED.finditer(text) if m[1].lower() in ("", "json", "jsonc", "json5")]
    blocks = [m.span(2) for m in fences if m[2].lstrip().startswith(("{", "["))]
    if blocks:
        return blocks
    start = re.search(r'\{\s*"|\[\s*[\[{"]|\{\s*\}', text)
    if start is None:
        return []
    try:
        _, end = json.JSONDecoder().raw_decode(text, start.start())
    except (ValueError, RecursionError):
        end = max(text.rfind("}"), text.rfind("]")) + 1
    return [(start.start(), max(end, start.end()))]


def json_check(keys: tuple[str, ...], alone: bool) -> Check:
    """A check for JSON with an object that has all `keys`; `alone`: nothing but it."""

    def check(text: str) -> Breach | None:
        blocks = json_blocks(text)
        if not blocks:
            return Breach("no JSON")
        values = []
        for start, end in blocks:
            try:
                values.append(json.loads(text[start:end]))
            except RecursionError:
                return None
            except ValueError as error:
                reason = str(error).split(": line")[0]
                small = "control character" in reason or "\\escape" in reason
                return Breach(
                    f"JSON that is not valid ({reason})", start, end, 0.6 if small else 0.9
                )
        if keys and not any(_has_keys(value, keys, 6) for value in values):
            held = "', '".join(keys[:8])
            return Breach(f"no JSON object with the keys '{held}'", *blocks[0])
        if alone:
            return _chatter(text, blocks)
        return None

    return check


def _chatter(text: str, blocks: list[tuple[int, int]]) -> Breach | None:
    """Words before the first block or after the last one; fences around them are none."""
    for start, end in ((0, blocks[0][0]), (blocks[-1][1], len(text))):
        outside = re.sub(
            r"(?m)^[ \t]{0,12}(?:```|~~~)[ \t]{0,4}\w{0,20}[ \t]{0,4}$", "", text[start:end]
        )
        if re.search(r"[^\W_]", outside):
            return Breach("words around the JSON, where it was demanded alone", start, end)
    return None


def _has_keys(value: Any, keys: tuple[str, ...], depth: int) -> bool:
    if isinstance(value, dict):
        if all(key in value for key in keys):
            return True
        parts = list(value.values())
    elif isinstance(value, list):
        parts = value
    else:
        return False
    return depth > 0 and any(_has_keys(part, keys, depth - 1) for part in parts[:100])


def _csv(text: str) -> Breach | None:
    counts = [line.count(",") + line.count("，") for line in text.split("\n") if line.strip()]
    rows = [count for count in counts if count]
    if len(rows) >= 2 or (rows and max(rows) >= 2) or text.count(";") > 3 or text.count("\t") > 1:
        return None
    return Breach("no CSV", confidence=0.8)


def _table(text: str) -> Breach | None:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    rows = [
        line for line in lines if line.count("|") >= 2 or line.count("│") or line.count("｜") > 1
    ]
    if len(rows) >= 2:
        closed = sum(row.endswith("|") for row in rows)
        if lines[-1].startswith("|") and not lines[-1].endswith("|") and closed > len(rows) // 2:
            start = text.rfind(lines[-1])
            return Breach("a table that ends inside a row", start, start + len(lines[-1]))
        return None
    simple = sum(line.count("|") == 1 or "\t" in line or line.count(",") > 1 for line in lines)
    if simple >= 2 or "<table" in text or "<tr" in text or "\\begin{tab" in text or "+--" in text:
        return None
    columns = sum(bool(re.search(r"\S {2,}\S", line)) for line in lines)
    return None if columns >= 2 else Breach("no table", confidence=0.7)


def _list(text: str) -> Breach | None:
    if _MARK.search(text) or "<li" in text or len(text) < 120:
        return None
    lines = [line for line in text.split("\n") if line.strip()]
    speakers = [said[1] for line in lines if (said := _SPEAKER.match(line))]
    copied = len(speakers) > max(5, len(lines) * 0.7) and len(set(speakers)) <= 4
    if len(lines) > 3 and not copied:  # a list without marks
        return None
    return Breach("no list", confidence=0.7)


_SHAPES: tuple[tuple[tuple[str, ...], re.Pattern[str], str, Check], ...] = (
    (("csv",), _CSV, "CSV", _csv),
    ((" table", "tabular", "表"), _TABLE, "a table", _table),
    (("bullet", "numbered list", "箇条書", "リスト", "分点"), _LIST, "a list", _list),
)
