"""What an expectation is, apart from how it is evaluated; names no third party.

An :class:`ExpectationSpec` is what a decorator attaches and what catalog and manifest store. Evaluation
(``expectations/evaluate.py``) turns a spec and a value into a :class:`Verdict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from featurecat.expectations.kind import Judge
from featurecat.expectations.severity import SEVERITIES

__all__ = ["SEVERITIES", "ExpectationSpec", "Verdict", "check_id", "judged_by_columns", "severity_of_importance"]

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
        kind: Name in the registry, such as ``range``, or the name of a validator of the user's own.
        params: JSON-ready parameters, normalised by the registry (``{"low": 0.0, "high": 1.0}``).
        severity: One of :data:`SEVERITIES`.
        origin: What declared it: ``check_output``.
        file: Where, or None.
        line: Line in ``file``.
        judge: What judges the value itself, where counts and extremes do not say it all: a validator of the user's
            own, a schema, a model.
        fail_if: From how many rows at fault on it fails, such as ``> 1%``; see ``expectations/limits.py``.
        warn_if: From how many on it warns.
        others: Names of the features that it compares with.
    """

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "warn"
    origin: str = "check_output"
    file: str | None = None
    line: int | None = None
    judge: Judge | None = field(default=None, compare=False, repr=False)
    fail_if: str | None = None
    warn_if: str | None = None
    others: tuple[str, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether a failure keeps a run from being published."""
        return self.severity in ("error", "fatal")

    @property
    def validator(self) -> str:
        """What the node that judges is called, after the name of the checked node and an underscore.

        Example:
            >>> ExpectationSpec("range").validator
            'range_validator'
        """
        return f"{self.kind}_validator" if self.judge is None else self.judge.name


def judged_by_columns(specs: Iterable[ExpectationSpec]) -> bool:
    """Whether expectations can be judged on a column alone, whichever engine it comes from, such as one of a file.

    What a judge wants to see is the value that the function returned.
    """
    return all(spec.judge is None for spec in specs)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What evaluating one expectation on one value gave.

    ``status`` is ``pass``, ``warn``, ``fail``, ``error`` (could not be evaluated), ``skip`` (was not, for a stated
    reason) or ``no_data``. ``sample`` holds rows at fault: their keys, or their number, and the value.
    """

    status: str
    observed: Mapping[str, Any] = field(default_factory=dict)
    threshold: Mapping[str, Any] = field(default_factory=dict)
    rows: int | None = None
    failing_rows: int | None = None
    message: str | None = None
    sample: tuple[Mapping[str, Any], ...] = ()
    seconds: float | None = field(default=None, compare=False, repr=False)

    @property
    def passes(self) -> bool:
        """Whether the expectation held (an empty column holds vacuously)."""
        return self.status in ("pass", "no_data", "skip")

    @property
    def diagnostics(self) -> dict[str, Any]:
        """What was observed and expected, in one mapping.

        Example:
            >>> Verdict("pass", {"min": 1.0}, {"low": 0.0}).diagnostics
            {'min': 1.0, 'low': 0.0}
            >>> Verdict("pass", {"missing": 1}, {"missing": 0}).diagnostics
            {'missing': 1, 'expected_missing': 0}
        """
        expected = {f"expected_{name}" if name in self.observed else name: one for name, one in self.threshold.items()}
        return {**self.observed, **expected}
