"""A batch of a transformers model whose rows come and go.

All rows end in the same column of the cache, padded on the left, as `generate` has them too; the
attention mask and positions of each row are its own. A row leaves by being left out of the cache's
tensors, one joins by being put there. A beginning that all who join have in common with each other,
or with who joined last (the examples in a prompt, the draws of one prompt), is computed once.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tesuji.models.batching import common_prefix

if TYPE_CHECKING:
    import numpy as np

_WORTH_A_PASS = 64  # tokens: about what reading the weights once more costs on a GPU


class HfStepper:
    """Rows on their way. The cache holds what each has but for its `pending` last token.

    `mask` says which columns of the cache are a row's own, shape (rows, columns); `prefix` is
    the beginning that was shared last: (ids, keys and values of each layer for one row).
    """

    def __init__(self, model: Any, pad: int) -> None:
        self._model, self._pad = model, pad
        names = inspect.signature(model.forward).parameters
        # Logits of the last position alone save memory; a few architectures cannot.
        self._last_only = {"logits_to_keep": 1} if "logits_to_keep" in names else {}
        # transformers 5.24 began to call the cache so.
        self._takes = "cache" if "cache" in names else "past_key_values"
        self._joinable, self._shares = _kinds(model.config)
        self._cache: Any = None
        self._mask: Any = None
        self._pending: Any = None
        self._logits: Any = None
        self._prefix: tuple[list[int], list[tuple[Any, Any]]] = ([], [])

    @property
    def price(self) -> float:
        """A join reads the weights once more, as a step does."""
        return 1.0 if self._joinable else math.inf

    def join(self, prompts: Sequence[Sequence[int]]) -> None:
        """Read all of each prompt but its last token, and put the rows behind the others."""
        import torch

        heads = [list(prompt[:-1]) for prompt in prompts]
        pending = self._tensor([prompt[-1] for prompt in prompts])
        cache, mask = self._read(heads)
        if self._pending is None:
            self._cache, self._mask, self._pending = cache, mask, pending
        else:
            width = max(self._mask.shape[1], mask.shape[1])
            for old, new in zip(self._cache.layers, cache.layers, strict=True):
                old.keys = torch.cat([_widen(old.keys, width), _widen(new.keys, width)])
                old.values = torch.cat([_widen(old.values, width), _widen(new.values, width)])
            self._mask = torch.cat([_pad_left(self._mask, width), _pad_left(mask, width)])
            self._pending = torch.cat([self._pending, pending])
        self._logits = None

    def keep(self, rows: Sequence[int]) -> None:
        """Leave the others out, and the columns that only they had."""
        if not rows:
            self._cache = self._mask = self._pending = self._logits = None
            return
        chosen = self._tensor(rows)
        self._mask, self._pending = self._mask[chosen], self._pending[chosen]
        if self._logits is not None:
            self._logits = self._logits[chosen]
        if not self._joinable:
            self._cache.reorder_cache(chosen)
            return
        empty = int(self._mask.any(0).int().argmax()) if self._mask.shape[1] else 0
        self._mask = self._mask[:, empty:]
        for layer in self._cache.layers:
            layer.keys = layer.keys[chosen, :, empty:]
            layer.values = layer.values[chosen, :, empty:]

    def logits(self) -> np.ndarray:
        """Logits of the next token, shape (rows, vocabulary), float32."""
        logits: np.ndarray = self._next().float().cpu().numpy()
        return logits

    def greedy(self) -> np.ndarray:
        """The likeliest next token of each row, shape (rows,)."""
        picked: np.ndarray = self._next().argmax(-1).cpu().numpy()
        return picked

    def push(self, tokens: np.ndarray) -> None:
        """Go on with these tokens, shape (rows,)."""
        self._pending, self._logits = self._tensor(tokens), None

    def _next(self) -> Any:
        if self._logits is None:
            places = self._mask.sum(1, keepdim=True)
            self._mask = _with(self._mask, self._pending[:, None] * 0 + 1)
            found = self._forward(self._pending[:, None], self._mask, places, self._cache)
            self._logits = found.logits[:, -1]
        return self._logits

    def _read(self, heads: list[list[int]]) -> tuple[Any, Any]:
        """A cache of these texts, one a row, and its mask."""
        import torch

        shared = self._share(heads) if self._shares else 0
        rest = [head[shared:] for head in heads]
        # A row of one token has nothing to read, but a cache has to have layers: an empty column.
        wide = max(0 if shared else 1, *map(len, rest))
        ids = torch.full((len(rest), wide), self._pad, dtype=torch.long)
        own = torch.zeros((len(rest), wide), dtype=torch.long)
        for at, tokens in enumerate(rest):
            if tokens:
                ids[at, -len(tokens) :] = torch.tensor(tokens)
                own[at, -len(tokens) :] = 1
        ids, own = ids.to(self._model.device), own.to(self._model.device)
        cache = self._prefixed(len(heads), shared)
        mask = _with(own.new_ones((len(rest), shared)), own)
        if wide:
            places = (own.cumsum(1) - 1).clamp(min=0) + shared
            self._forward(ids, mask, places, cache)
        return cache, mask

    def _share(self, heads: list[list[int]]) -> int:
        """How many tokens at the beginning of all `heads` the remembered prefix has."""
        known = self._prefix[0]
        common = min(common_prefix(heads[0], head) for head in heads)
        shared = min(common, common_prefix(known, heads[0]))
        if len(heads) > 1 and (len(heads) - 1) * (common - shared) >= _WORTH_A_PASS:
            fresh = self._tensor([heads[0][shared:common]])
            mask = fresh.new_ones((1, common))
            places = mask.cumsum(1)[:, shared:] - 1
            cache = self._prefixed(1, shared)
            self._forward(fresh, mask, places, cache)
            layers = [(layer.keys, layer.values) for layer in cache.layers]
            self._prefix = (heads[0][:common], layers)
            shared = common
        return shared

    def _prefixed(self, rows: int, tokens: int) -> Any:
        """A cache of `rows` rows that hold the first so many tokens of the prefix."""
        from transformers import DynamicCache

        cache = DynamicCache() if self._joinable else DynamicCache(config=self._model.config)
        if tokens:
            for at, (keys, values) in enumerate(self._prefix[1]):
                cache.update(
                    keys[:, :, :tokens].expand(rows, -1, -1, -1),
                    values[:, :, :tokens].expand(rows, -1, -1, -1),
                    at,
                )
        return cache

    def _forward(self, ids: Any, mask: Any, places: Any, cache: Any) -> Any:
        """One pass; `cache` is added to in place."""
        given = {self._takes: cache, "use_cache": True, **self._last_only}
        with inference():
            return self._model(input_ids=ids, attention_mask=mask, position_ids=places, **given)

    def _tensor(self, numbers: Any) -> Any:
        import torch

        return torch.as_tensor(numbers, dtype=torch.long, device=self._model.device)


@contextmanager
def inference() -> Iterator[None]:
    """Without gradients, and without cuDNN's attention: that makes a plan for each new shape, and
    every token that is written is a new shape (on an H100 it made nano three times as slow)."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    kernels = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
    with torch.inference_mode(), sdpa_kernel(kernels):
        yield


def _kinds(config: Any) -> tuple[bool, bool]:
    """Whether rows can join (all layers attend over keys and values), and whether a prefix can be
    shared (none of them over a window: there padding behind the prefix would count)."""
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    kinds = {type(layer) for layer in DynamicCache(config=config).layers}
    return kinds <= {DynamicLayer, DynamicSlidingWindowLayer}, kinds <= {DynamicLayer}


def _with(mask: Any, more: Any) -> Any:
    import torch

    return torch.cat([mask, more], dim=1)


def _pad_left(mask: Any, width: int) -> Any:
    import torch

    return torch.nn.functional.pad(mask, (width - mask.shape[1], 0))


def _widen(states: Any, width: int) -> Any:
    """Keys or values, shape (rows, heads, columns, size), with empty columns on the left."""
    import torch

    return torch.nn.functional.pad(states, (0, 0, width - states.shape[2], 0))
