"""How unfinished sentences end in languages that have capitals."""

from __future__ import annotations

import re

from tesuji.diagnose.endings_open import begun_word
from tesuji.diagnose.last_lines import (
    ITEM,
    SENTENCE_END,
    Sign,
    asks_for_verse,
    never_closed,
    siblings,
)

_FUNCTION_WORDS = """\
the a an of and or to my your our their its his is are was were be been being because than
that which who whose if when while although though such as with for from by into onto upon
between among at but nor so has have had will would should can could may might must not very
this these those every each both either neither including like through during about against
i we they he she there also where what how on in until unless since whether just only even
el la los las un una unos unas de del que y o en con para por se su sus como al lo es son le
les des du et ou dans pour sur avec qui une est sont aux au ce cette der die das den dem des
ein eine einen einem und oder zu mit für von auf ist sind im am als dass o os as um uma e do
da dos das em no na com é são il gli di che per con della dei и в на с не что как для из по
к от это или но а у за при más muy pero sin sobre entre cuando donde sus esta este ese esa
desde hasta también porque sino mais ses leur leurs cette comme plus très sans entre vers où
behind within without across along any some more other you're we're they're i'm you'll we'll
they'll it'll don't can't doesn't
"""
FUNCTION = frozenset(_FUNCTION_WORDS.split())
# May end a question, a command or a phrasal verb ("log in", "what it is for"): not alone.
_WEAK_WORDS = """\
on in by at to for with from about up out off over as is are was were so it not such can
will like just only even this that these those when how what where who be been i we they he
she also do has have had may could would should there e o a no se es au am im des los
más sin sobre esta este ese esa también plus mais entre où behind within without across along
any some more other don't can't doesn't
"""
_WEAK = frozenset(_WEAK_WORDS.split())
_LINKS = frozenset(
    ["and", "but", "the", "however", "therefore", "additionally", "moreover", "also", "so", "or"]
)
_FAREWELL_WORDS = """\
thank thanks amen cheers enjoy namaste yes no sincerely goodbye bye good love regards best yours
happy stay peace please qed warm warmly kind fin option answer choice source ps gracias saludos
merci cordialement danke
"""
_FAREWELLS = frozenset(_FAREWELL_WORDS.split())
_FIRST = re.compile(r"[^\W\d_]+")
_SHORTENED = re.compile(
    r"(?:^|[\s(])(?:\w|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|No|vol|Vol|ed|pp?|approx)$"
)
_VOCABULARY = 3_000  # characters before the end whose words are known
_PROSE_BEFORE = 60  # characters of whole sentences before one that is only begun
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*$")


def cased(text: str, body: str, line: str, prompt: str) -> Sign | None:
    words = line.split()
    found = _WORD.search(line)
    word = found[0].lower() if found else ""
    item = ITEM.match(line)
    content = line[item.end() :] if item else line
    pieces = SENTENCE_END.split(content)
    tail = pieces[-1]
    count = len(tail.split())
    lower = bool(word) and found is not None and found[0][0].islower()
    if word in _LINKS and count <= 2 and len(pieces) > 1 and len(content) > 40:
        return f"ends with {word!r}", 0.75
    if found is not None and line[found.start() - 1 : found.start()] == ".":
        return None  # the end of an address
    if word in FUNCTION and lower and len(words) >= 4 and not asks_for_verse(prompt):
        if word not in _WEAK:
            return f"ends with {word!r}", 0.8
        if count >= 10 or (count >= 5 and (len(pieces) > 1 or siblings(body, line, bool(item)))):
            return f"ends with {word!r}", 0.7
    if (
        len(words) < 4
        and word in FUNCTION
        and word not in _WEAK
        and words[0][0].isupper()
        and body[: len(body) - len(line)].rstrip()[-1:] == "."
    ):
        return f"ends with {word!r}", 0.75
    if lower and count >= 3 and len(pieces) + bool(item) > 1:
        if (sign := begun_word(word, text[-_VOCABULARY : -len(word)])) is not None:
            return sign
    if line[-1] in "-–—" and count >= 3:
        return "ends with a hyphen", 0.6
    if (
        count <= 2
        and len(pieces) > 1
        and len(content) - len(tail) >= _PROSE_BEFORE
        and _only_begun(tail, pieces[-2])
        and not asks_for_verse(prompt)
        and (not item or siblings(body, line, True))
    ):
        return "the last sentence is only begun", 0.7
    opened = never_closed(tail)
    if opened and count >= 4:
        return f"{opened} is never closed", 0.7
    clear_prose = word and len(pieces) > 1 and (count >= 8 or (count >= 5 and _is_prose(tail)))
    if not lower and line[-1] not in "*_\"'’" and not clear_prose:
        # A name or an abbreviation at the end: only clear prose is looked at.
        return None
    if line[-1] in "*_\"'’":
        return None
    if asks_for_verse(prompt):
        return None
    if len(pieces) > 1 and count >= 3 and len(content) - len(tail) > 20:
        return "the last sentence has no end", 0.75 if count >= 5 else 0.7
    long = count >= 7 or (count >= 5 and "," in tail)
    if (long or (count >= 3 and _cut_word(text, word))) and siblings(body, line, bool(item)):
        return "the last sentence has no end, others have", 0.7
    if count >= 45:
        return "a sentence without end", 0.6
    return None


def is_farewell(text: str) -> bool:
    """Whether the text begins with a word of thanks or good wishes."""
    first = _FIRST.match(text)
    return first is not None and first[0].lower() in _FAREWELLS


def _only_begun(tail: str, before: str) -> bool:
    """Whether one or two words after a whole sentence begin another, and are no farewell."""
    words = tail.split()
    if not words or not words[0][0].isupper() or not words[-1][-1].isalpha():
        return False
    if is_farewell(words[0]) or is_farewell(words[-1]):
        return False
    return len(before.split()) >= 4 and not _SHORTENED.search(before)


def _is_prose(tail: str) -> bool:
    return sum(word in FUNCTION for word in tail.split()) >= 2


def _cut_word(text: str, word: str) -> bool:
    """Whether the last word is the beginning of one used before, and never used itself."""
    if len(word) < 3:
        return False
    head = text[-6000 : -len(word)].lower()
    found = re.search(r"(?<!\w)" + re.escape(word) + r"(\w*)", head)
    return (
        found is not None
        and bool(found[1])
        and not re.search(r"(?<!\w)" + re.escape(word) + r"(?!\w)", head)
    )
