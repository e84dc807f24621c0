r"""`boxed`: the last `\boxed{...}` of a worked solution, as in competition mathematics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tesuji.task.formats.boxes import boxes, last_box
from tesuji.task.formats.ends import ends_of
from tesuji.task.formats.markers import after_last_marker, first_line
from tesuji.task.formats.options import shown, target_text
from tesuji.task.formats.peel import peeled

_LONGEST_UNBOXED = 300  # characters; what follows "the answer is" at more length is prose


@dataclass(frozen=True, slots=True)
class BoxedFormat:
    r"""A LaTeX string. Any reasoning may stand before the box, so a right-shaped text is one
    that holds a box. Without a box, what follows the last marker of a final answer on its line.
    """

    name: ClassVar[str] = "boxed"

    def parse(self, text: str) -> str | None:
        content = last_box(text)
        if content is not None:
            return content
        tail = after_last_marker(ends_of(text))
        if tail is None:
            return None
        line = first_line(tail).lstrip("*_:： \t").strip()
        if not line or len(line) > _LONGEST_UNBOXED:
            return None
        *_, bare = peeled(line.rstrip("*_"), brackets=False)
        for dollars in ("$$", "$"):
            bare = bare.removeprefix(dollars).removesuffix(dollars)
        return bare.removeprefix("\\(").removesuffix("\\)").strip() or None

    def check(self, text: str) -> str | None:
        contents = {box.content for box in boxes(text)}
        if not contents:
            return "a box that is never closed" if "\\boxed" in text else "no \\boxed{...}"
        if contents == {""}:
            return "an empty box"
        return f"{len(contents)} different boxes" if len(contents) > 1 else None

    def tell(self) -> str:
        return "Reason step by step, and put your final answer within \\boxed{}."

    def constrain(self) -> None:
        """None: a grammar that lets the model reason before the box forbids nothing."""

    def accept(self, value: object) -> str:
        text = target_text(value)
        content = last_box(text)
        answer = text if content is None else content
        if self.parse(self.render(answer)) != answer or self.check(self.render(answer)):
            raise ValueError(f"{shown(text)} has unbalanced braces")
        return answer

    def render(self, answer: Any) -> str:
        return f"\\boxed{{{answer}}}"

    def fallback(self) -> str:
        return "0"
