"""Names that the user got wrong: what is there, and which of it was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 30
"""How many known names an error lists before it says how many more there are."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is near.

    >>> nearest("tarin", ["train", "test"])
    'train'
    """
    import difflib

    names = {one[:80].casefold(): one for one in reversed(list(known))}
    found = difflib.get_close_matches(name[:80].casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def listed(names: Iterable[str]) -> str:
    """The names, quoted, with commas; a long list is cut and counted.

    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    every = list(names)
    more = f" … and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(repr(name) for name in every[:SHOWN]) + more


def meant(name: str, known: Iterable[str]) -> str:
    """The tail of an error about an unknown name: the nearest known one, and all there are."""
    names = list(known)
    near = nearest(name, names)
    return (f"; did you mean {near!r}?" if near else "") + f" (there are: {listed(names)})"
