"""Figures drawn with characters, in plain ASCII where the terminal writes nothing else."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["figure_text", "share_text", "sign_legend", "sparkline", "statuses", "writes_unicode"]

_BARS = "▁▂▃▄▅▆▇█"
#: The same eight heights, and a gap, for terminals that write ASCII alone.
_PLAIN_BARS = "_.-:=+*#"
_GAP = " "

_TAKEN_OVER = "cached"
#: What stands for a verdict: in UTF-8, in ASCII, and in words where it does not speak for itself.
_SIGNS: Mapping[str, tuple[str, str, str]] = {
    "pass": ("✓", ".", "held"),
    "fail": ("✗", "F", "failed"),
    "warn": ("!", "W", "warned"),
    "error": ("?", "E", "not evaluated"),
    "skip": ("–", "s", "skipped"),
    "no_data": ("∅", "n", "no data"),
    _TAKEN_OVER: ("=", "=", "taken over from a run before"),
}


def writes_unicode() -> bool:
    """Whether standard output takes more than ASCII."""
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return encoding.lower().replace("-", "").startswith("utf")


def sparkline(figures: Sequence[float | None], *, unicode: bool = True, from_zero: bool = False) -> str:
    """One character a figure, as high as the figure; a gap where there is none.

    Args:
        figures: What to draw.
        unicode: Whether to draw with more than ASCII.
        from_zero: Whether the lowest bar stands for 0, and a gap for nothing, as among counts; otherwise it stands for
            the least figure.

    Example:
        >>> sparkline([0, 1, 4, 8], from_zero=True), sparkline([1.0, None, 2.0], unicode=False)
        (' ▁▄█', '_ #')
    """
    bars = _BARS if unicode else _PLAIN_BARS
    known = [figure for figure in figures if figure is not None and math.isfinite(figure)]
    if not known:
        return _GAP * len(figures)
    low, high = (0.0, max(known)) if from_zero else (min(known), max(known))
    return "".join(_bar(figure, low, high, bars, from_zero) for figure in figures)


def _bar(figure: float | None, low: float, high: float, bars: str, from_zero: bool) -> str:
    if figure is None or not math.isfinite(figure) or (from_zero and figure <= 0):
        return _GAP
    if high <= low:
        return bars[0]
    # halves first: the span of two finite figures may be infinite
    height = (figure / 2 - low / 2) / (high / 2 - low / 2)
    if from_zero:
        return bars[max(0, math.ceil(height * len(bars)) - 1)]
    return bars[min(len(bars) - 1, math.floor(height * len(bars)))]


def statuses(history: Iterable[Mapping[str, Any]], *, unicode: bool = True) -> str:
    """One character a verdict, oldest first.

    Args:
        history: Verdicts with ``status`` and ``cached_from``.
        unicode: Whether to write more than ASCII.

    Example:
        >>> statuses([{"status": "pass", "cached_from": None}, {"status": "fail", "cached_from": None}])
        '✓✗'
        >>> statuses([{"status": "pass", "cached_from": "run-1"}], unicode=False)
        '='
    """
    return "".join(_SIGNS[sign][0 if unicode else 1] for sign in _kinds(history))


def sign_legend(history: Iterable[Mapping[str, Any]], *, unicode: bool = True) -> str:
    """What the signs of some verdicts mean, those that speak for themselves left out; empty where all do.

    Args:
        history: As for :func:`statuses`.
        unicode: As for :func:`statuses`.
    """
    seen = set(_kinds(history)) - {"pass", "fail"}
    return ", ".join(f"{_SIGNS[kind][0 if unicode else 1]} {_SIGNS[kind][2]}" for kind in _SIGNS if kind in seen)


def _kinds(history: Iterable[Mapping[str, Any]]) -> list[str]:
    # a status of a later version is shown as not evaluated
    return [
        _TAKEN_OVER if verdict.get("cached_from") else verdict["status"] if verdict["status"] in _SIGNS else "error"
        for verdict in history
    ]


def figure_text(figure: Any) -> str:
    """A figure to four digits, as a person would write it.

    Example:
        >>> figure_text(0.123456), figure_text(1234567.8), figure_text(1e-9), figure_text(12), figure_text(None)
        ('0.1235', '1,234,568', '1e-09', '12', '')
    """
    if figure is None:
        return ""
    if isinstance(figure, bool) or not isinstance(figure, int | float):
        return " ".join(str(figure).split())
    if isinstance(figure, int):
        return f"{figure:,}" if abs(figure) < 1e15 else f"{figure:.4g}"
    if figure == 0 or 1e-4 <= abs(figure) < 1_000:
        return f"{figure:.4g}"
    return f"{figure:,.0f}" if 1_000 <= abs(figure) < 1e15 else f"{figure:.4g}"


def share_text(share: float | None) -> str:
    """A share in percent; what is little is not called nothing, nor what is almost all everything.

    Example:
        >>> share_text(0.0), share_text(0.00001), share_text(0.025), share_text(0.9999), share_text(1.0)
        ('0 %', '<0.1 %', '2.5 %', '>99.9 %', '100 %')
    """
    if share is None:
        return ""
    if 0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    return f"{100 * share:.3g} %"
