"""What a case of the conformance suite is: a module's text, what is asked of it, and who agrees on the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["ABSENT", "BOTH", "PANDAS", "Case", "Raises", "Variant", "variants"]

PANDAS = ("pandas",)
BOTH = ("pandas", "polars")
#: The answer of ours where a name of Hamilton's is natively no name at all.
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Raises:
    """An answer of ours that is an error.

    Args:
        code: Of one of its problems.
        said: What the message holds.
    """

    code: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question, asked of featurecat, of ``featurecat.compat.hamilton`` and of apache-hamilton.

    The text is a module under the imports of :mod:`tests.conformance.worlds`: decorators by their names, ``px`` for
    pandas or Polars. Without a program the answer is the computed nodes with what they take, and the values asked for.

    Args:
        rows: Rows of the ledger it covers.
        source: The module.
        config: As the driver is given it.
        inputs: An expression; ``px`` and ``module`` can be used.
        overrides: Likewise.
        ask: Names of values; None takes every computed node but the verdicts of checks.
        program: Body of a function of ``module`` that returns the answer instead.
        frames: What ``px`` is, one run each.
        agrees: For which of them apache-hamilton and compat give the native answer.
        compat: Whether compat keeps to apache-hamilton where the native answer differs.
        ours: The native answer where apache-hamilton's is another: an error, or the facts that matter.
        in_compat: The answer of compat where it is neither apache-hamilton's nor ours.
        second: A second module's text; it is there first, and ``SECOND`` in the first text is its name.
        components: Optional components it needs, by their names in ``tests/conftest.py``.
    """

    rows: tuple[str, ...]
    source: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: str = "{}"
    overrides: str = "{}"
    ask: tuple[str, ...] | None = None
    program: str = ""
    frames: tuple[str, ...] = PANDAS
    agrees: tuple[str, ...] | None = None
    compat: bool = False
    ours: Any = None
    in_compat: Any = None
    second: str = ""
    components: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert self.frames and self.rows
        assert (self.ours is None) == (self.agreeing == self.frames), self.rows

    @property
    def agreeing(self) -> tuple[str, ...]:
        """For which frames all worlds agree."""
        if self.agrees is not None:
            return self.agrees
        return self.frames if self.ours is None else ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A case with one of its frame libraries."""

    name: str
    case: Case
    px: str

    @property
    def same(self) -> bool:
        """Whether all worlds give one answer."""
        return self.px in self.case.agreeing

    @property
    def told(self) -> bool:
        """Whether apache-hamilton is asked."""
        return self.same or self.case.compat

    def question(self) -> dict[str, Any]:
        """What a world needs to answer, as JSON has it."""
        facts = asdict(self.case)
        return {"name": self.name, "px": self.px, **{key: facts[key] for key in _ASKED}}


_ASKED = ("source", "config", "inputs", "overrides", "ask", "program", "second")


def variants(cases: Mapping[str, Case]) -> Iterator[Variant]:
    """Each case once per frame library."""
    for name, case in cases.items():
        for px in case.frames:
            yield Variant(f"{name} [{px}]" if len(case.frames) > 1 else name, case, px)
