"""An answer that comes piece by piece (server-sent events), put together and watched on its way.

Events are `data: {…}` lines as OpenAI's servers send them. What is put together reads like an
answer that came whole, so that `wire.read_chat` reads both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tesuji.models.base import Watch
from tesuji.models.wire import MalformedAnswerError, parse

_BYTES_A_TOKEN = 4  # of English and of code; of Japanese, with 3 bytes a character, much the same
_LONGEST_EVENT = 2**20  # bytes


class StreamReader:
    """Feed it the bytes of one answer; it says when enough was seen.

    What the model thinks aloud is watched too, apart from the answer: a loop there costs as much.
    """

    def __init__(self, prompt_bytes: int, watch: Callable[[], Watch]) -> None:
        self._prompt_bytes = prompt_bytes
        self._answer, self._thought = watch(), watch()
        self._rest = b""
        self._texts: list[str] = []
        self._logprobs: list[Any] = []
        self._usage: object = None
        self._pieces = 0
        self._finish: str | None = None
        self._ended = False
        self.looped = False

    def feed(self, data: bytes) -> bool:
        """Take more bytes; True once the rest is not worth paying for."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_EVENT:
            raise MalformedAnswerError("an event of the stream never ends")
        return any(self._line(line.rstrip(b"\r")) for line in lines)

    def payload(self) -> dict[str, Any]:
        """The answer as if it had come whole; MalformedAnswerError where it broke off."""
        self._line(self._rest)
        if not (self._ended or self._finish or self.looped):
            raise MalformedAnswerError("the stream broke off before the answer's end")
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"content": "".join(self._texts)},
            "finish_reason": "loop" if self.looped else self._finish,
        }
        if self._logprobs:
            choice["logprobs"] = {"content": self._logprobs}
        return {"choices": [choice], "usage": self._usage or self._guess()}

    def _guess(self) -> dict[str, int]:
        """Servers count at the end: of an answer stopped before, a piece is taken for a token."""
        return {
            "prompt_tokens": -(-self._prompt_bytes // _BYTES_A_TOKEN),
            "completion_tokens": self._pieces,
        }

    def _line(self, line: bytes) -> bool:
        if not line.startswith(b"data:") or self.looped:
            return False
        data = line[5:].strip()
        if data == b"[DONE]":
            self._ended = True
            return False
        event = parse(data)
        if not isinstance(event, dict):
            raise MalformedAnswerError("an event of the stream is no object")
        if event.get("error"):
            raise MalformedAnswerError(f"an error in the stream: {str(event['error'])[:2000]}")
        self._usage = event.get("usage") or self._usage
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        return isinstance(choice, dict) and self._piece(choice)

    def _piece(self, choice: dict[str, Any]) -> bool:
        if isinstance(choice.get("finish_reason"), str):
            self._finish = choice["finish_reason"]
        logprobs = choice.get("logprobs")
        if isinstance(logprobs, dict) and isinstance(logprobs.get("content"), list):
            self._logprobs += logprobs["content"]
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return False
        text, thought = delta.get("content"), delta.get("reasoning_content")
        if isinstance(text, str) and text:
            self._pieces += 1
            self._texts.append(text)
            self.looped = self._answer.feed(text) is not None
        if isinstance(thought, str) and thought:
            self._pieces += 1
            self.looped = self.looped or self._thought.feed(thought) is not None
        return self.looped
