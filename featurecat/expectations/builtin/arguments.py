"""Reads what users write as arguments of expectations: bounds, numbers, named parts; what is wrong comes with an example."""

from __future__ import annotations

import datetime
import math
import numbers
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from featurecat.errors import ModifierError, did_you_mean
from featurecat.expectations.literals import Literal, decode_literal, encode_literal

__all__ = [
    "Named",
    "beyond_text",
    "bounds_text",
    "expected_text",
    "figure_text",
    "known_parts",
    "misuse",
    "number_of",
    "read_bounds",
    "read_counts",
    "read_numbers",
    "short_figure",
    "span_of",
    "span_text",
]

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"\s*([0-9]+)\s*(s|min|m|h|d|w)\s*", re.ASCII)
_LONGEST = 1_000_000_000_000


class Named(Protocol):
    """A kind of expectation, as far as its messages go."""

    @property
    def kind(self) -> str:
        """Its keyword."""
        ...

    @property
    def example(self) -> str:
        """Right use."""
        ...


def misuse(entry: Named, fault: str, *, hint: str | None = None) -> ModifierError:
    """The error for an argument that cannot work.

    Args:
        entry: The kind of expectation.
        fault: What is wrong with its argument, as the rest of a sentence.
        hint: What goes before the example.

    Example:
        >>> from featurecat.expectations.builtin.range import Range
        >>> print(misuse(Range(), "needs two bounds").problems[0].message)
        range needs two bounds
    """
    written = f"write {entry.example}"
    return ModifierError(f"{entry.kind} {fault}", hint=f"{hint} {written}" if hint else written)


def number_of(argument: Any) -> float | None:
    """A finite number as a float; None for anything else, a boolean included.

    Example:
        >>> number_of(2), number_of(True), number_of("2"), number_of(math.inf)
        (2.0, None, None, None)
    """
    if isinstance(argument, bool) or not isinstance(argument, numbers.Real):
        return None
    try:
        number = float(argument)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def read_bounds(entry: Named, argument: Any) -> dict[str, Any]:
    """Two bounds, the lower one first: numbers, texts, dates or datetimes; None or an infinite number leaves a side open.

    Returns:
        ``low`` and ``high`` as JSON holds them, and ``family`` unless they are numbers.

    Raises:
        ModifierError: When these are not two bounds of one kind in order.
    """
    if not isinstance(argument, (tuple, list)) or len(argument) != 2:
        raise misuse(entry, "needs two bounds, the lower one first")
    try:
        low, high = _encode_bound(argument[0], -math.inf), _encode_bound(argument[1], math.inf)
    except ValueError as fault:
        raise misuse(entry, f"has a bound that cannot work: {fault}") from fault
    given = [bound for bound in (low, high) if bound is not None]
    if not given:
        raise misuse(entry, "has no bound, so it says nothing")
    if len({bound.family for bound in given}) > 1:
        raise misuse(entry, f"mixes a {given[0].family} with a {given[1].family}")
    if len(given) == 2 and decode_literal(given[0]) > decode_literal(given[1]):
        raise misuse(entry, "has its lower bound above its upper one")
    params = {"low": low.value if low else None, "high": high.value if high else None}
    return params if given[0].family == "number" else {**params, "family": given[0].family}


def _encode_bound(bound: Any, infinity: float) -> Literal | None:
    return None if bound is None or (isinstance(bound, float) and bound == infinity) else encode_literal(bound)


def read_numbers(entry: Named, argument: Any) -> dict[str, Any]:
    """Two numbers, the lower one first; None or an infinite number leaves a side open.

    Raises:
        ModifierError: When these are not two numbers in order.
    """
    if not isinstance(argument, (tuple, list)) or len(argument) != 2:
        raise misuse(entry, "needs two numbers, the lower one first")
    low, high = (_number_bound(entry, bound, end) for bound, end in zip(argument, (-math.inf, math.inf), strict=True))
    if low is None and high is None:
        raise misuse(entry, "has no bound, so it says nothing")
    if low is not None and high is not None and low > high:
        raise misuse(entry, "has its lower bound above its upper one")
    return {"low": low, "high": high}


def _number_bound(entry: Named, bound: Any, end: float) -> float | None:
    if bound is None or (isinstance(bound, float) and bound == end):
        return None
    number = number_of(bound)
    if number is None:
        raise misuse(entry, "has a bound that is not a number")
    return number


def read_counts(entry: Named, argument: Any) -> dict[str, Any]:
    """Two whole numbers of at least 0, or a single one for exactly so many; None leaves a side open.

    Raises:
        ModifierError: When these are not two counts in order.
    """
    bounds = (argument, argument) if isinstance(argument, numbers.Integral) else argument
    params = read_numbers(entry, bounds)
    given = [bound for bound in params.values() if bound is not None]
    if any(bound < 0 or bound != int(bound) for bound in given):
        raise misuse(entry, "has a bound that counts nothing: whole numbers of at least 0 do")
    if not any(given) and params["high"] is None:
        raise misuse(entry, "has no bound that could be missed, so it says nothing")
    return {side: None if bound is None else int(bound) for side, bound in params.items()}


def beyond_text(low: Any, high: Any) -> str:
    """Where values are that lie beyond bounds, one of which may be open.

    Example:
        >>> beyond_text(0.0, 1.0), beyond_text(0.0, None), beyond_text(None, 1.0)
        ('outside 0.0 … 1.0', 'below 0.0', 'above 1.0')
    """
    if high is None:
        return f"below {low}"
    return f"above {high}" if low is None else f"outside {low} … {high}"


def short_figure(value: Any) -> str:
    """A figure as text, a fraction with at most ten digits.

    Example:
        >>> short_figure(0.7647058823529411), short_figure(2.0), short_figure("a")
        ('0.7647058824', '2.0', 'a')
    """
    return repr(float(f"{value:.10g}")) if isinstance(value, float) else str(value)


def bounds_text(low: Any, high: Any) -> str:
    """Two bounds in words.

    Example:
        >>> bounds_text(0.0, None)
        '0.0 … …'
    """
    return f"{'…' if low is None else low} … {'…' if high is None else high}"


def expected_text(low: Any, high: Any) -> str:
    """What lies between two bounds, as the end of a sentence.

    Example:
        >>> expected_text(0.0, None), expected_text(None, 2.5), expected_text(0.0, 1.0)
        ('at least 0 expected', 'at most 2.5 expected', 'expected in 0 … 1')
    """
    if high is None:
        return f"at least {figure_text(low)} expected"
    if low is None:
        return f"at most {figure_text(high)} expected"
    return f"expected in {figure_text(low)} … {figure_text(high)}"


def figure_text(figure: Any) -> str:
    """A figure without the digits in which engines differ.

    Example:
        >>> figure_text(0.1 + 0.2), figure_text(3.0), figure_text(12_345_678_901)
        ('0.3', '3', '12345678901')
    """
    return f"{figure:.10g}" if isinstance(figure, float) else str(figure)


def known_parts(entry: Named, argument: Any, names: Sequence[str]) -> Mapping[str, Any]:
    """A mapping whose keys are all known.

    Raises:
        ModifierError: When it is no mapping, is empty, or has another key.
    """
    if not isinstance(argument, Mapping):
        raise misuse(entry, f"needs a mapping, not a {type(argument).__name__}")
    if not argument:
        raise misuse(entry, "has an empty mapping, so it says nothing")
    for key in argument:
        if key not in names:
            hint = did_you_mean(str(key), names) or f"there are {', '.join(names)};"
            raise misuse(entry, f"knows no {key!r}", hint=hint)
    return argument


def span_of(argument: Any) -> datetime.timedelta | None:
    """A span of time from a text such as ``36h``, or from a timedelta; None for anything else.

    Args:
        argument: A whole number with ``s``, ``m`` or ``min``, ``h``, ``d`` or ``w``, or a ``datetime.timedelta``.

    Example:
        >>> span_of("36h"), span_of("5 min"), span_of("soon")
        (datetime.timedelta(days=1, seconds=43200), datetime.timedelta(seconds=300), None)
    """
    if isinstance(argument, datetime.timedelta):
        return argument
    found = _SPAN.fullmatch(argument) if isinstance(argument, str) else None
    if found is None or len(found[1]) > len(str(_LONGEST)):
        return None
    seconds = int(found[1]) * _UNITS[found[2]]
    return datetime.timedelta(seconds=seconds) if seconds < _LONGEST else None


def span_text(span: datetime.timedelta) -> str:
    """A span of time in the greatest unit that divides it, as :func:`span_of` reads it; parts of seconds are left out.

    Example:
        >>> span_text(datetime.timedelta(hours=36)), span_text(datetime.timedelta(days=-14)), span_text(span_of("0s"))
        ('36h', '-2w', '0s')
    """
    seconds = int(abs(span).total_seconds())
    sign = "-" if span < datetime.timedelta() and seconds else ""
    for unit in ("w", "d", "h", "min"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{sign}{seconds // _UNITS[unit]}{unit}"
    return f"{sign}{seconds}s"
