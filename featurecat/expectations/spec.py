"""What an expectation is, apart from how it is evaluated; names no third party.

An :class:`ExpectationSpec` is what a decorator attaches and what catalog and manifest store. Evaluation
(``expectations/evaluate.py``) turns a spec and a value into a :class:`Verdict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SEVERITIES", "ExpectationSpec", "Verdict", "check_id", "severity_of_importance"]

#: From harmless to fatal. ``error`` and ``fatal`` block publication.
SEVERITIES = ("info", "warn", "error", "fatal")
_IMPORTANCE = {"warn": "warn", "fail": "error"}


def severity_of_importance(importance: str) -> str:
    """The severity of a ``check_output`` importance: ``warn`` is ``warn``, ``fail`` is ``error``.

    Raises:
        KeyError: When ``importance`` is neither.
    """
    return _IMPORTANCE[importance]


def check_id(feature: str, kind: str, params: Mapping[str, Any]) -> str:
    """A short stable id of one expectation: of feature, kind and parameters, not of place or message.

    Args:
        feature: Catalog key of the feature.
        kind: Name of the expectation, such as ``range``.
        params: Its JSON-ready parameters.

    Returns:
        16 hexadecimal digits.

    Example:
        >>> check_id("height", "range", {"low": 0, "high": 3}) == check_id("height", "range", {"high": 3, "low": 0})
        True
    """
    import hashlib  # declaring an expectation needs neither
    import json

    text = json.dumps([feature, kind, params], sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ExpectationSpec:
    """One expectation as declared.

    Attributes:
        kind: Name in the registry, such as ``range``.
        params: JSON-ready parameters, normalised by the registry (``{"low": 0.0, "high": 1.0}``).
        severity: One of :data:`SEVERITIES`.
        origin: What declared it: ``check_output``.
        file: Where, or None.
        line: Line in ``file``.
    """

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "warn"
    origin: str = "check_output"
    file: str | None = None
    line: int | None = None

    @property
    def blocking(self) -> bool:
        """Whether a failure keeps a run from being published."""
        return self.severity in ("error", "fatal")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What evaluating one expectation on one value gave.

    ``status`` is ``pass``, ``warn``, ``fail``, ``error`` (could not be evaluated) or ``no_data``.
    """

    status: str
    observed: Mapping[str, Any] = field(default_factory=dict)
    threshold: Mapping[str, Any] = field(default_factory=dict)
    rows: int | None = None
    failing_rows: int | None = None
    message: str | None = None

    @property
    def passes(self) -> bool:
        """Whether the expectation held (an empty column holds vacuously)."""
        return self.status in ("pass", "no_data")
