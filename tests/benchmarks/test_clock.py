"""The clock's benchmark still runs, and says what its page says: waiting for an answer pays."""

from __future__ import annotations

import random

from benchmarks.clock import POPULATIONS, Equal, Left, answered
from tesuji.run.shares import Shares


def test_where_time_is_short_waiting_for_a_first_answer_pays() -> None:
    alike = next(one for one in POPULATIONS if one.longer == 1)
    problems = alike.draw(random.Random(0), 30)
    seconds = 0.5 * len(problems) * 3600
    slow = [type(p)(p.said, [3600 * second for second in p.seconds]) for p in problems]
    ours, left, equal = (answered(slow, seconds, rule) for rule in (Shares, Left, Equal))
    assert ours > left >= equal
    assert answered(slow, seconds, None) >= ours  # all at once
