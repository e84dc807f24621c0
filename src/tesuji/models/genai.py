"""A batch in onnxruntime-genai's generator, for ONNX models that cannot be run directly.

A generator's batch is fixed when it starts. So rows that end stay in it, unread, until rows that
wait are worth a new generator, which reads all that has been written so far once more. What that
costs is measured as it goes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_LEAST = -1e30


class GenaiStepper:
    """Rows in a generator. Tokens of our choice are pushed as logits that allow no other."""

    def __init__(self, model: Any, pad: int, context: int) -> None:
        self._model, self._pad, self._context = model, pad, context
        self._texts: list[list[int]] = []  # all tokens of each row
        self._places: list[int] = []  # where in the generator each row is
        self._generator: Any = None
        self._end = 0  # tokens that fit in the generator
        self._forced: np.ndarray | None = None
        self._per_token = self._per_step = 0.0  # seconds
        self._pushing: float | None = None  # seconds of a push whose logits were not asked for yet

    @property
    def price(self) -> float:
        """What reading all rows once more costs, in steps."""
        if not self._per_step:
            return 1.0
        return sum(map(len, self._texts)) * self._per_token / self._per_step

    def join(self, prompts: Sequence[Sequence[int]]) -> None:
        """Add rows: a new generator comes with the next step."""
        self._texts += [list(prompt) for prompt in prompts]
        self._generator = None

    def keep(self, rows: Sequence[int]) -> None:
        """Look at these rows alone from now on."""
        self._texts = [self._texts[row] for row in rows]
        if self._generator is not None:
            self._places = [self._places[row] for row in rows]

    def logits(self) -> np.ndarray:
        """Logits of the next token, shape (rows, vocabulary), float32."""
        if self._generator is None:
            self._begin()
        began = time.perf_counter()
        logits: np.ndarray = self._generator.get_logits()
        if self._pushing is not None:  # genai does the work of a step when its logits are asked for
            self._per_step = self._pushing + time.perf_counter() - began
            self._pushing = None
        return logits.reshape(self._in_all, -1)[self._places]

    def greedy(self) -> np.ndarray:
        """The likeliest next token of each row, shape (rows,)."""
        tokens: np.ndarray = self.logits().argmax(-1)
        return tokens

    def push(self, tokens: np.ndarray) -> None:
        """Go on with these tokens, shape (rows,)."""
        import numpy as np

        for text, token in zip(self._texts, tokens, strict=True):
            text.append(int(token))
        if self._generator is None or self._generator.token_count() + 1 >= self._end:
            self._generator = None  # no room in it for one more
            return
        if self._forced is None:
            vocabulary = self._generator.get_logits().size // self._in_all
            self._forced = np.empty((self._in_all, vocabulary), dtype=np.float32)
        self._forced.fill(_LEAST)
        self._forced[:, self._pad] = 0.0
        self._forced[self._places, self._pad] = _LEAST
        self._forced[self._places, tokens] = 0.0
        began = time.perf_counter()
        self._generator.set_logits(self._forced.reshape(self._in_all, 1, -1))
        self._generator.generate_next_token()
        self._pushing = time.perf_counter() - began

    def _begin(self) -> None:
        import numpy as np
        import onnxruntime_genai as genai

        began = time.perf_counter()
        rows, longest = len(self._texts), max(map(len, self._texts))
        # Room for twice the longest: a batch that outgrows it is begun again.
        self._end = min(max(2 * longest, 256), self._context)
        settings = genai.GeneratorParams(self._model)
        settings.set_search_options(
            batch_size=rows,
            max_length=self._end,
            min_length=0,
            do_sample=False,
            num_beams=1,
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
        )
        self._generator = genai.Generator(self._model, settings)
        # Padded on the right with the pad token, which is how genai itself pads and masks.
        ids = np.full((rows, longest), self._pad, dtype=np.int32)
        for at, text in enumerate(self._texts):
            ids[at, : len(text)] = text
        self._generator.append_tokens(ids)
        self._in_all, self._places, self._forced = rows, list(range(rows)), None
        self._pushing = None
        self._per_token = (time.perf_counter() - began) / ids.size
