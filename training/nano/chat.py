"""How a conversation becomes token ids: bytes, and one special token per role.

A byte is its own id, so there is no vocabulary to learn and any text (Japanese, emoji, broken
UTF-8) has an encoding. A turn is ``<|role|>text<|end|>``; the model answers after
``<|assistant|>`` and stops at ``<|end|>``. ``TEMPLATE`` says the same in Jinja, for the loaders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]

PAD, BEGIN, SYSTEM, USER, ASSISTANT, END = range(256, 262)
SPECIALS = ("<|pad|>", "<|begin|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>",
            "<|spare0|>", "<|spare1|>")  # fmt: skip
VOCABULARY = 256 + len(SPECIALS)
ROLE_IDS: dict[Role, int] = {"system": SYSTEM, "user": USER, "assistant": ASSISTANT}

TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. ``learn`` marks an answer that the loss is taken on, or which of its bytes.

    ``hint`` is what has to be found first to find this answer: in some stages of training the
    middle of the network is to think of its first byte before the answer begins. Within a text
    it is given for each byte, -1 for none.
    """

    role: Role
    text: str
    learn: bool | tuple[bool, ...] = False
    hint: str | tuple[int, ...] = ""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids, and for each whether the model is to predict it (answers and their end).

    ``hints`` has the byte to think of at a token, -1 for most.
    """

    ids: tuple[int, ...]
    learn: tuple[bool, ...]
    hints: tuple[int, ...]


def encode(turns: Sequence[Turn]) -> Encoded:
    """Encode a whole conversation for training."""
    ids: list[int] = []
    learn: list[bool] = []
    hints: list[int] = []
    for turn in turns:
        body = [*turn.text.encode(), END]
        ids += [ROLE_IDS[turn.role], *body]
        if isinstance(turn.hint, tuple):
            hints += [-1, *turn.hint, -1]
        else:
            hints += [*([*turn.hint.encode()[:1]] or [-1]), *[-1] * len(body)]
        each = turn.learn if isinstance(turn.learn, tuple) else (turn.learn,) * (len(body) - 1)
        learn += [False, *each, each[-1] if each else turn.learn is True]
    return Encoded(tuple(ids), tuple(learn), tuple(hints))


def prompt_ids(turns: Sequence[Turn]) -> list[int]:
    """Encode the turns before an answer, and ask for that answer."""
    return [*encode(turns).ids, ASSISTANT]


def text_of(ids: Sequence[int]) -> str:
    """The text of answer ids up to ``<|end|>``; bytes that are no UTF-8 become U+FFFD."""
    kept = list(ids)
    if END in kept:
        kept = kept[: kept.index(END)]
    return bytes(i for i in kept if i < 256).decode(errors="replace")
