"""Every kind of expectation in one list; importing it loads no third party."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from featurecat.errors import ModifierError, did_you_mean
from featurecat.expectations.builtin.data_type import DataType
from featurecat.expectations.builtin.nans import AllowNans, MaxFractionNans
from featurecat.expectations.builtin.range import Range
from featurecat.expectations.builtin.values import ValuesIn
from featurecat.expectations.kind import ExpectationKind
from featurecat.expectations.spec import SEVERITIES, ExpectationSpec

__all__ = ["KINDS", "find_kind", "make_spec"]

_BUILTIN: tuple[ExpectationKind, ...] = (Range(), DataType(), AllowNans(), MaxFractionNans(), ValuesIn())

#: Every kind by its name, which is also its keyword in ``check_output``.
KINDS: Mapping[str, ExpectationKind] = MappingProxyType({entry.kind: entry for entry in _BUILTIN})


def find_kind(kind: str) -> ExpectationKind:
    """The expectation of that name.

    Raises:
        ModifierError: When there is none; the hint offers names near it.

    Example:
        >>> find_kind("range").example
        'range=(0.0, 1.0), or range=(0, None) for a side left open'
    """
    try:
        return KINDS[kind]
    except KeyError:
        known = f"expectations are {', '.join(KINDS)}"
        hint = did_you_mean(kind, KINDS)
        raise ModifierError(f"{kind!r} is not an expectation", hint=f"{hint} {known}" if hint else known) from None


def make_spec(
    kind: str,
    argument: Any,
    *,
    severity: str = "warn",
    origin: str = "check_output",
    file: str | None = None,
    line: int | None = None,
) -> ExpectationSpec:
    """An expectation from what the user wrote, checked and made JSON-ready.

    Args:
        kind: Name of the expectation.
        argument: Its argument as written.
        severity: One of :data:`~featurecat.expectations.spec.SEVERITIES`.
        origin: What declared it.
        file: Where it was declared.
        line: Line in ``file``.

    Raises:
        ModifierError: When there is no such kind or severity, or when the argument does not fit; it carries the place.

    Example:
        >>> dict(make_spec("range", (-5, 5)).params)
        {'low': -5.0, 'high': 5.0}
    """
    try:
        if severity not in SEVERITIES:
            raise ModifierError(f"{severity!r} is not a severity", hint=f"severities are {', '.join(SEVERITIES)}")
        params = find_kind(kind).normalise(argument)
    except ModifierError as fault:
        if file is None:
            raise
        problem = fault.problems[0]
        raise ModifierError(problem.message, code=problem.code, file=file, line=line, hint=problem.hint) from fault
    return ExpectationSpec(kind, params, severity, origin, file, line)
