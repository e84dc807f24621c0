"""Which language a text in Latin letters is in, told by its commonest words.

A short table of function words finds clauses of six words and more; it weighs nothing, and needs
only a set look-up for each word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain

from tesuji.diagnose.prompt_words import ascii_words

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

# The commonest words of each language, without content words and most that others share.
_FUNCTION_WORDS = {
    "en": "the of and to in a on is are was were be been that this these those with for from by "
    "not it its you your they their we our he she his her have has had will would can could "
    "should may might which what when where who how there here then than but or if about "
    "into just only also as at an i i'm it's don't let me my sure do does did hope please "
    "some such more most any all",
    "es": "el la los las de del que y en un una unos por con para su sus se lo al como más pero "
    "es son está están fue ser este esta estos estas no sin sobre entre cuando muy también "
    "hay qué cómo porque desde puede pueden ha han tiene tienen yo mi nuestro usted si cada "
    "donde aquí ya",
    "fr": "le la les des du de et est une un que qui dans pour pas sur avec au aux ce cette ces "
    "il elle ils nous vous je en sont par plus ne se son sa ses mais ou où être avoir fait "
    "leur leurs comme aussi peut très c'est d'un d'une j'ai n'est qu'il votre notre sans "
    "entre été voici",
    "de": "der die das und ist nicht ein eine einen einem einer eines zu den dem des mit von für "
    "auf im ich sie er wir es sich auch als an bei nach wie aus oder aber wenn werden wird "
    "sind war hat haben kann können dass durch nur noch über vom zum zur ihr ihre sein "
    "ihnen diese dieser",
    "pt": "o os a as do da dos das que e em um uma para com não por mais se no na nos nas ao à "
    "sua seu seus suas como mas é são foi ser está também pelo pela você eles elas isso "
    "este esta ou quando muito já há ter tem sobre entre até aqui",
    "it": "il lo la gli le di del della dei delle che e è un una in con per non si da dal nel "
    "nella sono come più ma questo questa questi queste anche al alla ai alle essere ha "
    "hanno ho suo sua loro quando molto perché dove l'uomo dell'anno se su tra o io ti mi "
    "ci ecco può",
    "ca": "el la els les de del dels que i en un una per amb no és són al als seu seva seus com "
    "més però aquest aquesta aquests també es ha han va van si sobre entre quan molt pot "
    "poden hi ho perquè des fins ser estar això us tant",
    "nl": "de het een en van is dat in niet op te zijn met voor er aan om dan ook maar als door "
    "naar bij uit nog wel geen wordt worden heeft hebben kan kunnen ik je jij hij wij ze "
    "zij deze dit die hun over zich of meer was werd ons onze uw hier",
    "sw": "na ya wa kwa ni katika za la kuwa hii huu hiyo hizi yake yao wake wao lakini pia kama "
    "sana cha vya au mtu watu ambayo ambao hivyo kutoka baada kila moja kwamba ili mimi "
    "wewe yetu yako si zaidi alikuwa ana wana",
    "vi": "là và của có không một được cho các những trong với người này đó để khi về từ đã sẽ "
    "như nhưng hoặc cũng rất nhiều bạn tôi chúng ta anh em thể cần nên vì ra vào trên",
    "tr": "ve bir bu için ile da de çok olarak olan gibi daha ne kadar ama var yok değil en o ben "
    "sen biz siz onlar sonra her şey ki mi mı ise veya hem göre nasıl olduğu bunu",
    "pl": "i w na z się nie do to że jest jak o ale po co za od czy tak dla ich są był była było "
    "być jego jej tylko przez może oraz które który która już te tego także ten przy",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena ada "
    "anda adalah oleh bisa dapat atau seperti telah sudah mereka kami kita lebih sebagai "
    "banyak tersebut para secara serta bahwa kepada",
    "ro": "și în de la cu pe nu o un este sunt că care din pentru mai au a fi ce se lui sau dar "
    "această acest fost prin",
    "sv": "och att det i en är som på för av inte med den till ett har jag du vi han hon de om "
    "var kan men från eller så vid också när ska",
    "da": "og at det i en er som på for af ikke med den til et har jeg du vi han hun de om var "
    "kan men fra eller så ved også når skal",
    "fi": "ja on ei se että hän oli ovat mutta kun tai myös voi jos joka ole mitä niin kuin sen "
    "minä sinä",
    "cs": "a je se na v že to s z do i o jako ale by pro tak jsou které který po od si jsem není "
    "nebo být také při",
    "hu": "a az és hogy nem is egy ez van meg de csak ha mint még már azt volt vagy lehet",
    "tl": "ang ng sa mga na ay at ito siya ko mo niya hindi para kung may ako ikaw sila nang din "
    "rin",
}  # fmt: skip
FUNCTION_WORDS = {code: frozenset(words.split()) for code, words in _FUNCTION_WORDS.items()}

_FEWEST = 3  # function words of a language that another must be recognised by


@cache
def _languages_of_word() -> dict[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for code, words in FUNCTION_WORDS.items():
        for word in words:
            languages[word] = (*languages.get(word, ()), code)
    return languages


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, with plain apostrophes; no numbers."""
    if text.isascii() and "'" not in text:
        return ascii_words(text)
    return WORD.findall(text.lower().replace("’", "'"))


def scores(words: Iterable[str]) -> Counter[str]:
    """How many of the words (in lower case) are common ones of each language."""
    known = _languages_of_word()
    return Counter(chain.from_iterable(filter(None, map(known.get, words))))


def guess(words: Sequence[str]) -> str | None:
    """The language whose common words are the most of `words`; None where unsure."""
    found = scores(words)
    if not found:
        return None
    best = max(found, key=found.__getitem__)
    count = found.pop(best)
    second = max(found.values(), default=0)
    if best != "en" and count < 2:  # one "is" or "in" is not enough to tell Dutch
        return None
    return best if count * 6 >= len(words) and count > second else None


@cache
def _strange(expected: str) -> dict[str, tuple[str, ...]]:
    """The languages of each common word that `expected` does not have, one letter words apart."""
    own = FUNCTION_WORDS.get(expected, frozenset())
    known = _languages_of_word().items()
    return {word: codes for word, codes in known if len(word) > 1 and word not in own}


def may_hold_another(words: Iterable[str], expected: str) -> bool:
    """Whether a part of `words` may be in another language: a quick look at all of them."""
    strange = _strange(expected)
    there = strange.keys() & words
    if len(there) < _FEWEST:
        return False
    found = Counter(chain.from_iterable(strange[word] for word in there))
    return any(count >= _FEWEST for count in found.values())


def other_language(words: Sequence[str], expected: str) -> str | None:
    """The language that `words` are plainly in instead of `expected`; None where there is none.

    Words that both languages have say nothing. Three different words of the other language must
    be there, one word in six, and four for each one of the expected language.
    """
    found = scores(words)
    own = FUNCTION_WORDS.get(expected, frozenset())
    best: tuple[int, str] | None = None
    for code, count in found.items():
        if count < max(_FEWEST, found[expected]) or count * 6 < len(words):
            continue
        if code == expected or (best and count < best[0]):
            continue
        theirs = FUNCTION_WORDS[code]
        there = [word for word in words if word in theirs and word not in own]
        here = sum(word in own and word not in theirs for word in words)
        if len(there) * 6 < len(words) or len(there) < 4 * here:
            continue
        if len({word for word in there if len(word) > 1}) >= _FEWEST:
            best = max(best or (0, ""), (len(there), code))
    return best[1] if best else None
