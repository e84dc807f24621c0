"""Text decoded as what it is not, and escapes left as they are: found, and turned back."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import NamedTuple

# What UTF-8's continuation bytes 80–BF look like in Latin-1 and in Windows-1252.
_QUOTES = "“”‘’–—…•™"
_REST = "\x80-\xbf€‚ƒ„†‡ˆ‰Š‹ŒŽ˜š›œžŸ"
_LATIN = re.compile(
    f"(?:[ÂÃ][{_REST}{_QUOTES}]"
    f"|â€[{_REST}{_QUOTES}]?"
    # After é a quotation mark and a dash may well stand: one of two must be no such mark.
    f"|[à-ï](?:[{_REST}][{_REST}{_QUOTES}]|[{_QUOTES}][{_REST}])"
    f"|(?<=[{_REST}])[à-ï][{_QUOTES}]{{2}}"
    f"|ð[{_REST}{_QUOTES}]{{3}})+"
    # Greek, Cyrillic, Hebrew, Arabic: two bytes a letter, so that two letters are asked for.
    f"|(?:[ÎÏÐÑ×ØÙ][{_REST}{_QUOTES}]){{2,}}"
)
# Common in such text are a and o in Cyrillic, alef, alpha, the letters of Indic scripts and Thai,
# the Chinese characters from 一 to 中, syllables of Korean; whole texts are read so.
_MOST_SIGNS = 4_000  # characters of a text in which these are looked for
# Bytes and word marks as tokenizers write them, where a model's pieces were joined badly.
_BYTE_TOKENS = re.compile(r"(?:<0x[0-9A-Fa-f]{2}>)+")
_WORD_MARKS = re.compile(r"[ĠĊ▁](?=[A-Za-zĠĊ])")
_HEX = re.compile(r"x([0-9A-Fa-f]{2})")
_FEWEST_MARKS = 3
_BYTES = re.compile(r"(?:\\x[0-9a-fA-F]{2}){2,}")
# UTF-8 kana read as Shift JIS begin with 縺, 繧 or 繝 each; the three hardly ever meet elsewhere.
_SHIFT_JIS = re.compile(r"[^\x00-\x7f]{0,3}(?:[縺繧繝][^\x00-\x7f縺繧繝\s]{0,3}){2,}")
_GBK = re.compile(r"(?:锟斤拷?|斤拷)+")
_UNICODE = re.compile(r"(?:\\u[0-9a-fA-F]{4}){2,}|\\u(?:[1-9a-cA-C][0-9a-fA-F]{3}|0[1-9a-f]\w\w)")
_LINE_END = re.compile(
    r"(?<=[.!?:。！？：)）>」\w])(?:\\r)?\\n(?=\\n|[ \-*#<]|[A-Z][a-z ]|[^\x00-\x7f]|\Z)"
)
_ENTITY = re.compile(
    r"&(?:amp|quot|apos|lt|gt|hellip|[mn]dash|[lr][sd]quo|eacute|egrave|agrave|[auo]uml|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]+")
_ZERO_WIDTH = re.compile(r"[\u200b\u2060\ufeff]{3,}")
_ESCAPES_MEANT = re.compile(
    r"json|\bcode|regex|html|xml|unicode|escape|latex|python|javascript|java\b|c\+\+|\bsql\b|bash"
    r"|script|program|function|markdown|エスケープ|コード|正規表現|プログラム|関数|文字列|代码|代碼|转义"
    r"|轉義|程序|字符串|正则|函数|改行",
    re.IGNORECASE,
)


class Broken(NamedTuple):
    """A broken stretch: where, what is wrong with it, what it should have been (None: unknown)."""

    start: int
    end: int
    what: str
    mended: str | None


def _from_latin(wrong: str) -> str | None:
    raw = bytearray()
    for char in wrong:
        try:
            raw += char.encode("cp1252")
        except UnicodeEncodeError:
            if char > "\xff":
                return None
            raw.append(ord(char))
    return _decoded(bytes(raw))


def _from_shift_jis(wrong: str) -> str | None:
    try:
        return _decoded(wrong.encode("cp932"))
    except UnicodeEncodeError:
        return None


def _decoded(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _from_escapes(wrong: str) -> str | None:
    mended: str = json.loads(f'"{wrong}"')
    return None if any("\ud800" <= char <= "\udfff" for char in mended) else mended


def _from_hex(wrong: str) -> str | None:
    return _decoded(bytes.fromhex("".join(_HEX.findall(wrong))))


def _read_as_latin(text: str) -> bool:
    """Whether it is worth looking for UTF-8 read as Latin-1: by single characters, cheaply."""
    if "Ã" in text or "Â" in text or "ã" in text or ("â" in text and "â€" in text):
        return True
    if ("ï" in text and "ï¼" in text) or ("ð" in text and "ðŸ" in text):
        return True
    if "。" in text or len(text) > _MOST_SIGNS:
        return False
    return (
        ("Ð" in text and ("Ð°" in text or "Ð¾" in text))
        or ("Ø" in text and "Ø§" in text)
        or ("Î" in text and "Î±" in text)
        or ("à" in text and ("à¤" in text or "à¸" in text))
        or ("ä" in text and "ä¸" in text)
        or ("ì" in text and ("ì•" in text or "ì\x9d" in text))
    )


def broken(text: str, prompt: str) -> list[Broken]:
    """The broken stretches of a text, by start; none overlapping."""
    found: list[Broken] = []

    def look(pattern: re.Pattern[str], what: str, mend: Callable[[str], str | None]) -> None:
        found.extend(Broken(*m.span(), what, mend(m[0])) for m in pattern.finditer(text))

    if not text.isascii():
        if _read_as_latin(text):
            look(_LATIN, "UTF-8 read as Latin-1", _from_latin)
        if "縺" in text:
            look(_SHIFT_JIS, "UTF-8 read as Shift JIS", _from_shift_jis)
        if "锟斤" in text:
            look(_GBK, "lost characters read as GBK", lambda _: None)
        if "\u200b\u200b\u200b" in text:
            look(_ZERO_WIDTH, "zero-width characters", lambda _: "")
        if ("▁" in text or "Ġ" in text) and len(_WORD_MARKS.findall(text)) >= _FEWEST_MARKS:
            look(_WORD_MARKS, "a tokenizer's marks", lambda mark: "\n" if mark == "Ċ" else " ")
    if "<" in text and "<0x" in text:
        look(_BYTE_TOKENS, "bytes as tokens", _from_hex)
    if "\x00" in text or "\x1b" in text or "\x08" in text:
        look(_CONTROL, "control characters", lambda _: "")
    if (
        "\\" in text
        and ("\\u" in text or "\\n" in text or "\\x" in text)
        and not _in_code(text, prompt)
    ):
        look(_UNICODE, "a literal escape", _from_escapes)
        look(_BYTES, "a literal escape", _from_hex)
        look(_LINE_END, "a literal line break", lambda _: "\n")
    if "&" in text and _ENTITY.search(text) and "</" not in text and not _in_code(text, prompt):
        look(_ENTITY, "a literal HTML entity", html.unescape)
    if not found:
        return found
    found = [
        b
        for b in found
        if text[b.start : b.end] not in prompt and b.mended != text[b.start : b.end]
    ]
    found.sort()
    return [b for i, b in enumerate(found) if i == 0 or b.start >= found[i - 1].end]


def _in_code(text: str, prompt: str) -> bool:
    """Whether escapes belong to what the text is: code, JSON, LaTeX, or talk of such things."""
    if "```" in text or "\\(" in text or "\\[" in text or "$" in text or "`" in text:
        return True
    if text.lstrip()[:1] in ("{", "[", "<") or '": ' in text or "=" in text or '\\"' in text:
        return True
    return '"\\' in text or "'\\" in text or _ESCAPES_MEANT.search(prompt[:20_000]) is not None
