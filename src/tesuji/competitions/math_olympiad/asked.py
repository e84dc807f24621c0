"""How a problem is worded around the number that is asked for."""

from __future__ import annotations

MODULUS = 1000


def asked(before: str, what: str, value: int) -> tuple[str, int]:
    """The problem that asks for `what`, as it is or as a remainder; and its answer, 0 to 999."""
    if 0 <= value < MODULUS:
        return f"{before} Find {what}.".strip(), value
    return (
        f"{before} Find the remainder when {what} is divided by ${MODULUS}$.".strip(),
        value % MODULUS,
    )


def terms(coefficients: list[int], names: str) -> str:
    """A sum of multiples, as in 3x - y + 2z; at least one is not 0."""
    text = ""
    for coefficient, name in zip(coefficients, names, strict=True):
        if coefficient:
            sign = "-" if coefficient < 0 else "+" if text else ""
            size = "" if abs(coefficient) == 1 else str(abs(coefficient))
            text += f" {sign} {size}{name}" if text else f"{sign}{size}{name}"
    return text
