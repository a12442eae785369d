"""Weeks that hold a bank holiday of England and Wales; defines no features."""

from __future__ import annotations

__all__ = ["UK_HOLIDAY_WEEKS"]

#: ISO weeks by ISO year, for the years in ``data.csv``.
UK_HOLIDAY_WEEKS = {
    2015: frozenset({1, 14, 15, 19, 22, 36, 52, 53}),
    2021: frozenset({13, 14, 18, 22, 35, 52}),
}
