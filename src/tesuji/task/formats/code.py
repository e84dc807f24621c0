"""`code(language)`: a program, in a fenced block or bare."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

from tesuji.task.formats.fences import blocks
from tesuji.task.formats.options import shown, string_option

_ALIASES = {
    "py": "python", "python3": "python", "py3": "python", "ipython": "python",
    "js": "javascript", "node": "javascript", "ts": "typescript", "c++": "cpp", "cc": "cpp",
    "sh": "shell", "bash": "shell", "zsh": "shell", "rs": "rust", "golang": "go", "rb": "ruby",
    "yml": "yaml", "cs": "csharp", "c#": "csharp", "postgresql": "sql", "mysql": "sql",
    "sqlite": "sql",
}  # fmt: skip
# Line beginnings that prose does not have, in the languages that contests ask for.
_CODE_LINE = re.compile(
    r"""
      (?:from[ ]\S+[ ]import|import|package|using|require|include|use)[ ]\S+[;\w"'>*]$
    | (?:async[ ])?(?:def|fn|func|function)[ ]\w+\s?[(<]
    | (?:class|struct|interface|enum|trait|impl|namespace)[ ]\w+.*[:{(]$
    | (?:public|private|static|const|let|var|export|template|typedef)[ <].*[;{(=>]$
    | (?:SELECT|INSERT|UPDATE|DELETE|CREATE|WITH)[ ].*\b(?:FROM|INTO|SET|TABLE|AS)\b
    | \#include\s*[<"] | \#!/ | @\w+ | <\?php | <!DOCTYPE | (?:int|void)[ ]main\s?\(
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LOOKED_AT = 200  # lines
# CPython's parser can take exponential time on deeply nested wrong input; real code is shallower.
_DEEPEST = 20
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class CodeFormat:
    """Source text; lines end in \\n, without blank lines around it.

    The last fenced block: with `language`, the last one of that language, else the last one that
    names none. A text without fences is code if it parses as Python, or if its first lines begin
    as no prose does. A fence that is never closed reaches to the end. Nothing is run here.
    """

    name: ClassVar[str] = "code"
    language: str | None = None

    def __post_init__(self) -> None:
        if self.language is not None:
            string_option("language", self.language)

    def parse(self, text: str) -> str | None:
        found = blocks(text)
        if found:
            named = [block for block in found if self._is_mine(block.language)]
            chosen = named or [block for block in found if not block.language]
            return next((code for b in reversed(chosen) if (code := _tidy(b.text))), None)
        code = _tidy(text)
        return code if code and self._looks_like_code(code) else None

    def check(self, text: str) -> str | None:
        found = blocks(text)
        if not found:
            if not text.strip():
                return "empty"
            return None if self.parse(text) is not None else "no code"
        if len(found) > 1:
            return f"{len(found)} code blocks"
        if text[: found[0].start].strip() or text[found[0].end :].strip():
            return "text outside the code block"
        if not found[0].closed:
            return "a code block that is never closed"
        if not found[0].text.strip():
            return "an empty code block"
        return None if self.parse(text) is not None else f"a code block that is not {self.language}"

    def tell(self) -> str:
        language = f" of {self.language}" if self.language else ""
        return f"Answer with one fenced code block{language} and nothing else."

    def constrain(self) -> None:
        """None: there is no grammar for any language."""

    def accept(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError("it is empty" if value in (None, "") else "it is not code in a string")
        code = self.parse(value) if not self.check(value) else None
        code = _tidy(value) if code is None else code
        if self.parse(self.render(code)) != code:
            raise ValueError(f"{shown(value)} cannot be written as a code block")
        return code

    def render(self, answer: Any) -> str:
        """The code as it is; in a fence where it would not be seen to be code."""
        code = str(answer)
        if self.check(code) is None and self.parse(code) == code:
            return code
        runs = re.findall(r"`{3,}", code)
        fence = "`" * (max(map(len, runs), default=2) + 1)
        return f"{fence}{self.language or ''}\n{code}\n{fence}"

    def fallback(self) -> str:
        return "pass" if self._is_mine("python") else "# no answer"

    def _is_mine(self, language: str) -> bool:
        if self.language is None:
            return True
        mine = self.language.lower()
        return _ALIASES.get(language, language) == _ALIASES.get(mine, mine)

    def _looks_like_code(self, code: str) -> bool:
        if self._is_mine("python") and _is_python(code):
            return True
        lines = code.split("\n", _LOOKED_AT)[:_LOOKED_AT]
        first = next((line.strip()[:1000] for line in lines if line.strip()), "")
        return bool(_CODE_LINE.match(first))


def _tidy(code: str) -> str:
    """LF line ends, no blank lines before, no white space after; indentation stays."""
    code = code.replace("\r\n", "\n").rstrip()
    begin = len(code) - len(code.lstrip())
    return code[code.rfind("\n", 0, begin) + 1 :]


def _is_python(code: str) -> bool:
    """Whether this is Python that does something: "yes" parses too, as a name."""
    if len(code) > _LONGEST or not _shallow(code):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    idle = (ast.Name, ast.Constant, ast.Tuple, ast.Attribute, ast.Compare, ast.BinOp, ast.UnaryOp)
    return any(not (isinstance(node, ast.Expr) and isinstance(node.value, idle)) for node in body)


def _shallow(code: str) -> bool:
    depth = 0
    operators = 0
    for match in re.finditer(r"[(\[{]|[)\]}]|\n|[-+*/~.]|\bnot\b|\blambda\b", code):
        token = match[0]
        if token == "\n":
            operators = 0
        elif token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(0, depth - 1)
        else:
            operators += 1
        if depth > _DEEPEST or operators > 500:
            return False
    return True
