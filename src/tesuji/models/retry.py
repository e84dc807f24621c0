"""When to ask a server again, and after how long.

Exponential back-off with full jitter: before try k the wait is uniform in [0, min(cap, base 2^k)]
(Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). `Retry-After` is obeyed.
A server that says "too many" (429) or takes no connection is not this request's fault: that does
not use up tries but patience.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Statuses worth another try; other 5xx are too, but 501 and 505 say "never"."""

_PUT_OFF_DOUBLINGS = 4  # the server's own limit falls as well: no request need wait for ever


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently to ask again. Times in seconds; clocks can be replaced.

    `tries` counts all tries of one request but those put off; `patience` is how long a request
    may be put off in all; `longest_wait` caps what `Retry-After` can ask for.
    """

    tries: int = 6
    base: float = 0.5
    cap: float = 30.0
    longest_wait: float = 120.0
    patience: float = 600.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    uniform: Callable[[float, float], float] = random.uniform
    now: Callable[[], float] = time.time
    clock: Callable[[], float] = time.monotonic


class Patience:
    """The state of one request: how many tries it has used and how long it has been put off."""

    def __init__(self, policy: RetryPolicy) -> None:
        self.policy = policy
        self.sent = 0
        self._failures = self._put_off = 0
        self._waited = 0.0

    def again(self) -> float | None:
        """Seconds to wait after a failed try, or None to give up."""
        self._failures += 1
        return self._jitter(self.policy.base) if self._failures < self.policy.tries else None

    def put_off(self, *, usual: float, least: float | None) -> float | None:
        """Seconds to wait after "too many", or None to give up.

        `usual` are the seconds that an answer takes (a server that is quick says "too many" for a
        short time only), `least` those that the server wants to be left alone.
        """
        policy = self.policy
        self._put_off += 1
        pause = self._jitter(min(policy.base, usual) if usual else policy.base, self._put_off)
        if least is not None:
            # The jitter comes on top: else all that wait for one server come back at once.
            pause = min(least, policy.longest_wait) + min(pause, 1.0)
        self._waited += pause
        return pause if self._waited <= policy.patience else None

    def _jitter(self, base: float, doublings: int | None = None) -> float:
        doublings = min(self.sent, 32) if doublings is None else min(doublings, _PUT_OFF_DOUBLINGS)
        return self.policy.uniform(0.0, min(self.policy.cap, base * 2.0**doublings))


def worth_retrying(status: int) -> bool:
    """Whether a request answered with this HTTP status may succeed if it is sent again."""
    return status in AGAIN or (status >= 500 and status not in (501, 505))


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """`Retry-After` (RFC 9110, 10.2.3) in seconds from `now` (Unix time); None if it says nothing.

    >>> retry_after_seconds("2.5", 0), retry_after_seconds("soon", 0)
    (2.5, None)
    """
    if header is None:
        return None
    header = header.strip()[:64]
    try:
        seconds = float(header)
    except ValueError:
        try:
            date = parsedate_to_datetime(header)
            seconds = date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if seconds == seconds else None  # NaN is not equal to itself
