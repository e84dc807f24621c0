"""The two ends of a very long text, where answers stand."""

from __future__ import annotations

# Characters. 8,000 tokens, the longest answer that most runs allow, are about 32,000 of them.
_HEAD, _TAIL = 8_000, 32_000


def ends_of(text: str) -> str:
    """`text`, without the middle of one of more than 40,000 characters.

    Keeps the time for an output that loops for ever at some 10 ms; no answer is looked for in
    its middle.
    """
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"
