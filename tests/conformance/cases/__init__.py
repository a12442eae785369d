"""All cases of the conformance suite, by name."""

from __future__ import annotations

from tests.conformance.case import Case
from tests.conformance.cases import checking, decorating, driving, naming, piping, results

__all__ = ["CASES", "PENDING"]

_PARTS = (driving, results, decorating, piping, checking, naming)

#: Name to case.
CASES: dict[str, Case] = {name: case for part in _PARTS for name, case in part.CASES.items()}
assert len(CASES) == sum(len(part.CASES) for part in _PARTS), "two cases of one name"

#: What does not hold yet, and why; ``compat: `` before a name is about compat.
PENDING: dict[str, str] = {}
