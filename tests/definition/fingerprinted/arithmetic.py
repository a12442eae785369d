"""Helpers of the fingerprinted sample."""

from __future__ import annotations

import math as m

SCALE = {"low": 0.5, "high": 1e300}
SCALE["middle"] = -0.0


def rounded(value: float, digits: int = 2) -> float:
    return round(value * SCALE["low"], digits)


def circular(depth: int) -> int:
    return 0 if depth == 0 else opposite(depth - 1)


def opposite(depth: int) -> int:
    return -circular(depth)


def area(radius: float) -> float:
    return m.pi * radius**2
