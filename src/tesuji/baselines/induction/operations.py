"""The library: operations on strings, lists of strings, and whole numbers.

Every operation is total up to ValueError, IndexError and ZeroDivisionError, runs in time linear in
its input (sorting aside), and evaluates nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from math import gcd, isqrt
from string import ascii_lowercase, ascii_uppercase

from tesuji.baselines.induction.numerals import english, in_base, roman
from tesuji.baselines.induction.programs import Value

_VOWELS = frozenset("aeiouAEIOU")
_ATBASH = str.maketrans(
    ascii_lowercase + ascii_uppercase, ascii_lowercase[::-1] + ascii_uppercase[::-1]
)
_KATAKANA = str.maketrans({chr(code): chr(code + 96) for code in range(0x3041, 0x3097)})
_HIRAGANA = str.maketrans({chr(code): chr(code - 96) for code in range(0x30A1, 0x30F7)})


def shifted(text: str, by: int) -> str:
    """Letters moved along the alphabet (Caesar), digits and all else kept."""
    moved = (
        ascii_lowercase[by % 26 :] + ascii_lowercase[: by % 26]
        + ascii_uppercase[by % 26 :] + ascii_uppercase[: by % 26]
    )  # fmt: skip
    return text.translate(str.maketrans(ascii_lowercase + ascii_uppercase, moved))


def shared_start(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    low, high = min(texts), max(texts)
    same = next((at for at, c in enumerate(low) if high[at : at + 1] != c), len(low))
    return low[:same]


def _kept(test: Callable[[str], bool]) -> Callable[[str], str]:
    return lambda text: "".join(filter(test, text))


def _by_word(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: " ".join(change(word) for word in text.split(" "))


def _neighbours(text: str) -> str:
    return "".join(text[at : at + 2][::-1] for at in range(0, len(text), 2))


def _runs(text: str) -> str:
    """aaab → a3b1."""
    out, at = [], 0
    while at < len(text):
        end = at
        while end < len(text) and text[end] == text[at]:
            end += 1
        out.append(f"{text[at]}{end - at}")
        at = end
    return "".join(out)


def _single_runs(text: str) -> str:
    return "".join(c for at, c in enumerate(text) if at == 0 or text[at - 1] != c)


def _plain_letters(text: str) -> str:
    """Accents taken off."""
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def _snake(text: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and at else c for at, c in enumerate(text))


def _camel(text: str) -> str:
    first, *rest = text.replace("_", " ").replace("-", " ").split(" ")
    return first.lower() + "".join(word.capitalize() for word in rest)


STRING_TO_STRING: dict[str, Callable[[str], str]] = {
    "reverse": lambda x: x[::-1],
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "capitalise": str.capitalize,
    "swap_case": str.swapcase,
    "strip": str.strip,
    "sort": lambda x: "".join(sorted(x)),
    "sort_down": lambda x: "".join(sorted(x, reverse=True)),
    "unique": lambda x: "".join(dict.fromkeys(x)),
    "without_vowels": _kept(lambda c: c not in _VOWELS),
    "vowels": _kept(lambda c: c in _VOWELS),
    "letters": _kept(str.isalpha),
    "digits": _kept(str.isdigit),
    "capitals": _kept(str.isupper),
    "without_digits": _kept(lambda c: not c.isdigit()),
    "without_spaces": _kept(lambda c: not c.isspace()),
    "without_punctuation": _kept(lambda c: c.isalnum() or c.isspace()),
    "without_first": lambda x: x[1:],
    "without_last": lambda x: x[:-1],
    "first": lambda x: x[:1],
    "last": lambda x: x[-1:],
    "first_half": lambda x: x[: len(x) // 2],
    "second_half": lambda x: x[len(x) // 2 :],
    "odd_places": lambda x: x[::2],
    "even_places": lambda x: x[1::2],
    "twice": lambda x: x + x,
    "each_twice": lambda x: "".join(c + c for c in x),
    "rotate_left": lambda x: x[1:] + x[:1],
    "rotate_right": lambda x: x[-1:] + x[:-1],
    "swap_ends": lambda x: x[-1] + x[1:-1] + x[0] if len(x) > 1 else x,
    "swap_neighbours": _neighbours,
    "mirror_alphabet": lambda x: x.translate(_ATBASH),
    "rot13": lambda x: shifted(x, 13),
    "run_lengths": _runs,
    "single_runs": _single_runs,
    "reverse_each_word": _by_word(lambda word: word[::-1]),
    "unique_words": lambda x: " ".join(dict.fromkeys(x.split(" "))),
    "initials": lambda x: "".join(word[:1] for word in x.split()),
    "longest_word": lambda x: max(x.split(), key=len),
    "shortest_word": lambda x: min(x.split(), key=len),
    "one_space": lambda x: " ".join(x.split()),
    "snake_case": _snake,
    "camel_case": _camel,
    "normal_width": lambda x: unicodedata.normalize("NFKC", x),
    "without_accents": _plain_letters,
    "katakana": lambda x: x.translate(_KATAKANA),
    "hiragana": lambda x: x.translate(_HIRAGANA),
    "piglatin": _by_word(lambda w: w[1:] + w[:1] + "ay"),
    "bits_inverted": lambda x: x.translate(str.maketrans("01", "10")),
}


def whole(text: str) -> int:
    """A whole number in ASCII digits, of at most 15."""
    bare = text.strip().removeprefix("-")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 15):
        raise ValueError(text[:20])
    return int(text)


def numbers_in(text: str) -> tuple[str, ...]:
    """The runs of digits of a text."""
    return tuple("".join(c if c in "0123456789" else " " for c in text).split())


def number_in(text: str, place: int) -> int:
    """The number at a place among the numbers of a text, with its minus."""
    found = re.findall(r"(?<![\w.])-?[0-9]{1,15}|[0-9]{1,15}", text)
    return int(found[place])


STRING_TO_INT: dict[str, Callable[[str], int]] = {
    "number": whole,
    "length": len,
    "count_words": lambda x: len(x.split()),
    "count_vowels": lambda x: sum(c in _VOWELS for c in x),
    "count_consonants": lambda x: sum(c.isalpha() and c not in _VOWELS for c in x),
    "count_letters": lambda x: sum(map(str.isalpha, x)),
    "count_digits": lambda x: sum(map(str.isdigit, x)),
    "count_capitals": lambda x: sum(map(str.isupper, x)),
    "count_distinct": lambda x: len(set(x)),
    "count_lines": lambda x: x.count("\n") + 1,
    "digit_sum": lambda x: sum(int(c) for c in x if c in "0123456789"),
    "letter_sum": lambda x: sum(ord(c) - 96 for c in x.lower() if "a" <= c <= "z"),
    "code_of_first": lambda x: ord(x[0]),
    "from_binary": lambda x: int(x, 2) if len(x) < 50 and set(x) <= {"0", "1"} else int(""),
    "from_hexadecimal": lambda x: int(x, 16) if len(x) < 13 and x.isalnum() else int(""),
}


def _digits_reversed(n: int) -> int:
    return int(str(n)[::-1]) if n >= 0 else -int(str(-n)[::-1])


def _factorial(n: int) -> int:
    if not 0 <= n <= 15:
        raise ValueError(n)
    out = 1
    for factor in range(2, n + 1):
        out *= factor
    return out


def _fibonacci(n: int) -> int:
    if not 0 <= n <= 70:
        raise ValueError(n)
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


INT_TO_INT: dict[str, Callable[[int], int]] = {
    "{0} + 1": lambda n: n + 1,
    "{0} - 1": lambda n: n - 1,
    "2·{0}": lambda n: 2 * n,
    "{0}²": lambda n: n * n,
    "-{0}": lambda n: -n,
    "{0} div 2": lambda n: n // 2,
    "{0} mod 2": lambda n: n % 2,
    "{0} mod 10": lambda n: n % 10,
    "reversed_digits": _digits_reversed,
    "digit_sum_of": lambda n: sum(map(int, str(abs(n)))),
    "factorial": _factorial,
    "fibonacci": _fibonacci,
    "root": lambda n: isqrt(n),
}
INT_TO_STRING: dict[str, Callable[[int], str | None]] = {
    "binary": lambda n: in_base(n, 2),
    "octal": lambda n: in_base(n, 8),
    "hexadecimal": lambda n: in_base(n, 16),
    "Roman": roman,
    "English": english,
    "character": lambda n: chr(n) if 32 <= n < 0xD800 else None,
    "with_commas": lambda n: f"{n:,}",
}
INTS_TO_INT: dict[str, Callable[[int, int], int]] = {
    "({0} + {1})": lambda a, b: a + b,
    "({0} - {1})": lambda a, b: a - b,
    "({0} · {1})": lambda a, b: a * b,
    "({0} div {1})": lambda a, b: a // b,
    "({0} mod {1})": lambda a, b: a % b,
    "max": max,
    "min": min,
    "gcd": gcd,
}
LIST_TO_LIST: dict[str, Callable[[tuple[str, ...]], tuple[str, ...]]] = {
    "reversed_list": lambda x: x[::-1],
    "sorted_list": lambda x: tuple(sorted(x)),
    "sorted_by_number": lambda x: tuple(sorted(x, key=lambda t: whole(t))),
    "sorted_by_length": lambda x: tuple(sorted(x, key=len)),
    "unique_list": lambda x: tuple(dict.fromkeys(x)),
    "stripped_list": lambda x: tuple(t.strip() for t in x),
}
LIST_TO_INT: dict[str, Callable[[tuple[str, ...]], int]] = {
    "count": len,
    "sum": lambda x: sum(map(whole, x)),
    "largest": lambda x: max(map(whole, x)),
    "smallest": lambda x: min(map(whole, x)),
}
PLACES = (0, 1, 2, 3, -1, -2)
CUTS = (2, 3, 4, 5)
SEPARATORS = (" ", ",", ", ", "-", "_", "/", ":", ";", ".", "|", "@", "\t", "\n", "=", "、", "。")


def typed(value: Value) -> type:
    """str, int or tuple."""
    return str if isinstance(value, str) else int if isinstance(value, int) else tuple
