"""Time as a thing that is handed in, so that tests can hold it still or turn it back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

__all__ = ["Clock", "SystemClock", "timestamp_text"]


class Clock(Protocol):
    """What tells the time of day and measures durations."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        return time.perf_counter()


def timestamp_text(moment: datetime) -> str:
    """A moment in UTC to the microsecond, as manifests and snapshots write it.

    Example:
        >>> timestamp_text(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
        '2026-01-02T03:04:05.000006Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
