"""How many rows at fault are too many: ``fail_if="> 1%"`` and ``warn_if="> 0"`` as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from featurecat.errors import ModifierError

__all__ = ["EXAMPLES", "Limit", "parse_limit"]

#: What a limit looks like, for messages.
EXAMPLES = '"> 10" (rows at fault), "> 1%" (of all rows), "> +10" or "> +1%" (more than in the last published run)'

_LIMIT = re.compile(r"\s*(>=|>)\s*(\+?)\s*([0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)\s*(%?)\s*", re.ASCII)
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on rows at fault.

    Attributes:
        amount: Rows, or percent of all rows where ``share`` is set.
        share: Whether it is about the share of rows at fault.
        change: Whether it is about what came on top since the last published run: rows, or percentage points.
        reached: Whether the amount itself is too much already (``>=``).
    """

    amount: Decimal
    share: bool = False
    change: bool = False
    reached: bool = False

    def exceeded(self, failing: int, rows: int, before: tuple[int, int] | None = None) -> bool | None:
        """Whether there are too many rows at fault; exact, whatever the numbers.

        Args:
            failing: Rows at fault.
            rows: All rows.
            before: The same two of the last published run, or None where there is none.

        Returns:
            None when it cannot be told: the limit is about a change, and there was no run before.

        Example:
            >>> parse_limit("> 1%").exceeded(2, 100), parse_limit("> 1%").exceeded(1, 100)
            (True, False)
            >>> parse_limit("> +1%").exceeded(3, 100, (1, 100)), parse_limit("> +1%").exceeded(3, 100)
            (True, None)
        """
        found = self._figure(failing, rows)
        if self.change:
            if before is None:
                return None
            found -= self._figure(*before)
        allowed = Fraction(self.amount)
        return found >= allowed if self.reached else found > allowed

    def _figure(self, failing: int, rows: int) -> Fraction:
        if not self.share:
            return Fraction(failing)
        return Fraction(failing * _HUNDRED, rows) if rows else Fraction(0)

    @property
    def words(self) -> str:
        """The limit in words.

        Example:
            >>> parse_limit(">1%").words, parse_limit(">= +10").words
            ('more than 1% of the rows', 'at least 10 rows on top of the last published run')
        """
        plural = "" if self.amount == 1 else "s"
        unit = f"{self.amount:f} row{plural}"
        if self.share:
            unit = f"{self.amount:f} percentage point{plural}" if self.change else f"{self.amount:f}% of the rows"
        start = "at least" if self.reached else "more than"
        return f"{start} {unit}{' on top of the last published run' if self.change else ''}"

    def __str__(self) -> str:
        sign, unit = "+" if self.change else "", "%" if self.share else ""
        return f"{'>=' if self.reached else '>'} {sign}{self.amount:f}{unit}"


def parse_limit(text: str, *, name: str = "fail_if") -> Limit:
    """Read a limit as it is written in a decorator.

    Args:
        text: Such as ``"> 10"``, ``"> 1%"``, ``"> +10"`` or ``">= +0.5%"``; spaces are optional.
        name: The argument, for the message.

    Returns:
        The limit; ``str`` of it is the one way to write it.

    Raises:
        ModifierError: It is no limit, counts parts of a row, or is always or never exceeded.

    Example:
        >>> str(parse_limit(">1.50 %")), str(parse_limit(">=+10"))
        ('> 1.5%', '>= +10')
    """
    found = _LIMIT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ModifierError(f"{name}={text!r} is no limit", hint=f"such as {EXAMPLES}")
    amount = Decimal(_shortest(found[3].replace("_", "")))
    limit = Limit(amount, share=bool(found[4]), change=bool(found[2]), reached=found[1] == ">=")
    if fault := _fault(limit):
        message, hint = fault
        raise ModifierError(f"{name}={text!r} {message}", hint=hint)
    return limit


def _shortest(number: str) -> str:
    """Without zeros at the end of its fraction."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _fault(limit: Limit) -> tuple[str, str] | None:
    """What is wrong with a limit that can be read, and the way out."""
    if not limit.share and limit.amount != limit.amount.to_integral_value():
        return "counts parts of a row", f'whole rows, or a share: "{limit}%"'
    if limit.reached and not limit.amount:
        return "is exceeded even when no row is at fault", f'"{limit}"'.replace(">=", ">")
    if limit.share and (limit.amount > _HUNDRED or (limit.amount == _HUNDRED and not limit.reached)):
        return "can never be exceeded", 'at most ">= 100%"; severity "info" or "off" says that it does not matter'
    return None
