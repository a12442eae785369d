"""Small pictures: verdicts in a row, and how values are distributed. Each says in words what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from featurecat_sphinx.model import Profile, Verdict
from featurecat_sphinx.pages.words import number

__all__ = ["histogram", "trend", "verdicts"]

_CLASSES = {"pass": "g", "warn": "w", "fail": "b", "error": "b", "fatal": "b"}
_MIDDLE = {"b": 7, "w": 9, "g": 11, "n": 11}
_WIDTH, _HEIGHT = 240, 48
_MOST_BARS = 40


def verdicts(history: Sequence[Verdict]) -> Markup:
    """The last verdicts, a mark each, oldest first; those that failed are taller, too."""
    if len(history) < 2:
        return Markup("")
    failed = sum(_CLASSES.get(verdict.status) == "b" for verdict in history)
    marks, place = [], 0
    for kind, group in groupby(_CLASSES.get(verdict.status, "n") for verdict in history):
        count = len(list(group))
        # one line for what is alike: the style sheet cuts it into marks and makes it as tall as it is bad
        marks.append(f'<path class="{kind}" d="M{place * 5} {_MIDDLE[kind]}h{count * 5}"/>')
        place += count
    about = f"last {len(history)} runs: {failed} failed, the last one {history[-1].status}"
    return Markup(
        f'<svg class="fc-v" width="{len(history) * 5}" height="14" role="img" aria-label="{escape(about)}">'
        f"{''.join(marks)}</svg>"
    )


def histogram(profile: Profile) -> Markup:
    """How numbers are distributed; empty where the catalog holds no counts."""
    counts, low, high = _bars(profile.histogram)
    if not counts or not max(counts):
        return Markup("")
    step = _WIDTH / len(counts)
    top = max(counts)
    path = "".join(
        f"M{place * step:.1f} {_HEIGHT}v-{count / top * (_HEIGHT - 4):.1f}h{max(step - 1, 0.5):.1f}V{_HEIGHT}z"
        for place, count in enumerate(counts)
        if count
    )
    about = f"Distribution from {number(low)} to {number(high)} in {len(counts)} bars"
    return Markup(
        f'<figure class="fc-h"><svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{escape(about)}">'
        f'<path d="{path}"/></svg><figcaption>{escape(number(low))} … {escape(number(high))}</figcaption></figure>'
    )


def _bars(histogram: Any) -> tuple[list[float], Any, Any]:
    """Counts and ends of a histogram as the catalog holds it."""
    if not isinstance(histogram, Mapping) or not isinstance(histogram.get("counts"), list):
        return [], None, None
    return [float(count or 0) for count in histogram["counts"][:_MOST_BARS]], histogram["low"], histogram["high"]


def trend(values: Sequence[float | None], about: str) -> Markup:
    """A line through figures of the last runs, oldest first."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return Markup("")
    low, high = min(value for _, value in known), max(value for _, value in known)
    spread = (high - low) or 1.0
    step = 80 / (len(values) - 1)
    points = " ".join(f"{place * step:.1f},{14 - (value - low) / spread * 12:.1f}" for place, value in known)
    text = f"{about} over {len(values)} runs: {number(low)} to {number(high)}, last {number(known[-1][1])}"
    return Markup(
        f'<svg class="fc-t" width="80" height="16" role="img" aria-label="{escape(text)}">'
        f'<polyline points="{points}"/></svg>'
    )
