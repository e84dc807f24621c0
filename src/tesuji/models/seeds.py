"""One seed, many draws: each repeated draw of a prompt gets its own reproducible seed."""

from __future__ import annotations

from hashlib import blake2b


def draw_seed(seed: int | None, index: int) -> int | None:
    """The seed of draw number `index` of a prompt, 0 to 2**31 - 1; None where none is asked for.

    Draw 0 keeps the seed as it is given. The others hash seed and index together, so that draw 1
    of seed 7 is not draw 0 of seed 8. Servers take 32 bits, some of them signed: hence 31.
    """
    if seed is None:
        return None
    if index == 0:
        return seed % 2**31
    digest = blake2b(f"{seed}:{index}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % 2**31
