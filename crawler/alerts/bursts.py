"""When a topic takes more than it usually does."""

from __future__ import annotations

import math

from crawler.model import Rate

_LEAST = 6
_TIMES = 3.0
_SIGMAS = 3.0


def is_burst(rate: Rate) -> bool:
    """Whether today stands out: six articles, three times the usual, and more than chance makes of a usual day.

    Arrivals that do not depend on each other vary by the root of their number (Poisson), so three roots above the
    usual come once in some hundreds of days.
    """
    beyond_chance = rate.usual + _SIGMAS * math.sqrt(rate.usual)
    return rate.today >= max(_LEAST, _TIMES * rate.usual, beyond_chance)
