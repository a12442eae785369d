"""The moment that data are judged by, and spans of time as people write them."""

from __future__ import annotations

import datetime
import re

from featurecat.clock import Clock
from featurecat.errors import EvaluationError

__all__ = ["judged_at", "seconds_of", "span_text"]

_SPAN = re.compile(r"(\d+)\s*(s|m|min|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def judged_at(as_of: datetime.date | datetime.datetime | None, clock: Clock) -> datetime.datetime:
    """The moment that freshness and the future are judged by.

    Args:
        as_of: The setting. A day means its last moment, for data of that day are not of the future; a moment without
            a time zone is UTC.
        clock: Tells the moment where nothing is set.

    Example:
        >>> from featurecat.clock import SystemClock
        >>> judged_at(datetime.date(2026, 1, 2), SystemClock()).isoformat()
        '2026-01-02T23:59:59.999999+00:00'
    """
    if as_of is None:
        return clock.now()
    if not isinstance(as_of, datetime.datetime):
        as_of = datetime.datetime.combine(as_of, datetime.time.max)
    return as_of.replace(tzinfo=datetime.UTC) if as_of.tzinfo is None else as_of


def seconds_of(span: str) -> int:
    """The length of a span such as ``36h``.

    Args:
        span: A whole number with one of the units s, m or min, h, d, w.

    Raises:
        EvaluationError: When it is no span.

    Example:
        >>> seconds_of("36h"), seconds_of("2 d")
        (129600, 172800)
    """
    match = _SPAN.fullmatch(span.strip())
    if match is None:
        raise EvaluationError(f"{span!r} is not a span of time such as 36h")
    return int(match[1]) * _SECONDS[match[2]]


def span_text(seconds: float) -> str:
    """A length of time for people, in its two largest units.

    Example:
        >>> span_text(93_784), span_text(-30)
        ('1 d 2 h', '-30 s')
    """
    sign, left = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= size or (unit == "s" and not parts):
            parts.append(f"{int(left // size):,} {unit}")
            left %= size
        if len(parts) == 2:
            break
    return sign + " ".join(parts)
