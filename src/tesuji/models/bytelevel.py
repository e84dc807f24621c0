"""Token ids to text for byte-level tokenizers, by the rule of GPT-2's `bytes_to_unicode`.

onnxruntime-genai hands text over as a C string: whatever follows a NUL is lost, and a run of
broken bytes becomes one U+FFFD where Python (and `tokenizers`) give one for each. So where the
tokenizer is byte-level, as most are, its bytes are put together here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path


def byte_decoder(folder: Path) -> Callable[[Sequence[int]], str] | None:
    """A decoder made from `tokenizer.json` in `folder`; None if it is not a byte-level one."""
    try:
        tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        decoder, vocabulary = tokenizer["decoder"], tokenizer["model"]["vocab"]
        added = tokenizer.get("added_tokens") or []
        if decoder["type"] != "ByteLevel" or not isinstance(vocabulary, dict):
            return None
        table = _table()
        pieces = {number: _piece(token, table) for token, number in vocabulary.items()}
        for token in added:
            pieces[token["id"]] = b"" if token.get("special") else token["content"].encode()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None

    def decode(ids: Sequence[int]) -> str:
        return b"".join(pieces.get(i, b"") for i in ids).decode(errors="replace")

    return decode


def _table() -> dict[str, int]:
    """Which byte each character of a byte-level vocabulary stands for."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {chr(b): b for b in shown} | {chr(256 + at): b for at, b in enumerate(hidden)}


def _piece(token: str, table: dict[str, int]) -> bytes:
    if all(c in table for c in token):
        return bytes(table[c] for c in token)
    return token.encode()
