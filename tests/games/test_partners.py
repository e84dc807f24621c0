"""Partners of many habits: each does what its name says, and the same when asked again."""

from __future__ import annotations

import pytest

from tesuji.games.answerer import Answerer
from tesuji.games.asker import Asker
from tesuji.games.lexicon import built_in, lexicon_table
from tesuji.games.observation import Observation
from tesuji.games.partners import ANSWERERS, ASKERS, ListAsker, answering, asking
from tesuji.games.protocol import HANDSHAKE, precedes
from tesuji.games.referee import Secret, play

WORDS = built_in("things", 60)
TABLE = lexicon_table(WORDS.words)


def answer(kind: str, question: str, keyword: str, seed: int = 0) -> str:
    seen = Observation("answer", (question,), (), (), keyword, "things")
    return answering(kind, TABLE, seed)(seen)


def test_who_speaks_the_protocol_and_who_does_not() -> None:
    hands = {kind: answer(kind, HANDSHAKE, "house") for kind in ANSWERERS}
    assert hands["alphabet"] == "yes" and set(hands.values()) == {"yes", "no"}
    assert all(hands[kind] == "no" for kind in ANSWERERS if kind != "alphabet")
    for kind, right in (("alphabet", "yes"), ("rules", "yes"), ("lies", "no"), ("says no", "no")):
        assert answer(kind, precedes("zebra"), "house") == right


@pytest.mark.parametrize("kind", [kind for kind in ANSWERERS if kind.startswith("natural")])
def test_so_many_answers_are_turned_round_as_the_name_says(kind: str) -> None:
    rate = float(kind.split()[1]) / 100 if "%" in kind else 0.0
    turned = total = 0
    for word in WORDS.words[:20]:
        for row in range(0, len(TABLE.questions), 13):
            question = TABLE.questions[row]
            column = TABLE.keywords.index(word)
            true = "yes" if TABLE.chances(row)[column] >= 0.5 else "no"
            said = answer(kind, question, word, seed=1)
            assert said == answer(kind, question, word, seed=1)
            turned += said != true
            total += 1
    assert turned / total == pytest.approx(rate, abs=0.02)


def test_askers_find_what_a_good_answerer_knows() -> None:
    for kind in ASKERS:
        asker = asking(kind, WORDS, TABLE)
        played = [play(Secret(word), asker, Answerer(table=TABLE)) for word in WORDS.words[:12]]
        assert sum(game.solved for game in played) >= 11, kind


def test_a_good_asker_solves_with_those_that_tell_something() -> None:
    asker = Asker(WORDS, TABLE)
    for kind in ("alphabet", "rules", "natural", "lies"):
        played = [play(Secret(w), asker, answering(kind, TABLE)) for w in WORDS.words[:8]]
        assert sum(game.solved for game in played) >= 7, kind


def test_a_list_asker_goes_on_where_nothing_fits() -> None:
    asker = ListAsker(["ant", "bee", "cat"])
    played = play(Secret("dog"), asker, answering("alphabet"))
    assert len(played.guesses) == 20 and all(played.guesses) and played.why is None
    middle = Observation("guess", ("Does it start with the letter B?",), ("yes",), ())
    assert asker(middle) == "bee"


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="no answerer is called 'moo'"):
        answering("moo")
    with pytest.raises(ValueError, match="no asker is called 'moo'"):
        asking("moo", WORDS)
