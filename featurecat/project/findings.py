"""What ``featurecat doctor`` tells: one finding a thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STORE_FAULT", "Finding"]

#: What a fault of the store ends the command with.
STORE_FAULT = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: ``installation``, ``project``, ``store``, ``catalog`` or ``plugins``.
        status: ``ok``, ``note`` (good to know), ``warn`` or ``error``.
        subject: What was looked at.
        message: What was found.
        hint: What to do, or None.
        exit_code: What an error of this kind ends the command with; 0 for everything else.
    """

    area: str
    status: str
    subject: str
    message: str
    hint: str | None = None
    exit_code: int = 0
