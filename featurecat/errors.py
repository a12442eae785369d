"""The two error families, the codes they carry, and the wording they share.

Every fault a user can cause is a :class:`Problem`: a stable code, one sentence, a place and a way out.
An error carries one or many of them, so that all faults of one command are reported together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "CODES",
    "AlignmentError",
    "CatalogError",
    "DefinitionError",
    "EvaluationError",
    "ExpectationError",
    "FeaturecatError",
    "ModifierError",
    "Problem",
    "RequestError",
    "RunError",
    "StepError",
    "StoreError",
    "UnsupportedError",
    "did_you_mean",
]

#: Every code in one list: what a message says first, what a CI script can match on.
CODES: dict[str, str] = {
    "against-unusable": "What --against compares with cannot be read.",
    "alignment": "Columns that meet in one step or artifact do not share their rows.",
    "ambiguous-name": "A short name fits several features.",
    "baseline-refused": "The baseline may not be rewritten from this run.",
    "case-conflict": "Two names differ only in upper and lower case.",
    "catalog-missing": "There is no catalog yet.",
    "catalog-unusable": "The catalog cannot be read.",
    "config-conflict": "One name is given both as config and as something else.",
    "cycle": "Features depend on each other in a circle.",
    "docs-warning": "A text of the documentation is wrong.",
    "duplicate-definition": "Two definitions of one name can hold at the same time.",
    "empty-selection": "A selection matches nothing.",
    "expectation-failed": "An expectation that blocks publication did not hold.",
    "expectation-unevaluated": "An expectation could not be evaluated.",
    "grain": "Rows of different entities meet where one grain is needed.",
    "import-crashed": "A module ended the process that imported it.",
    "import-error": "A module could not be imported.",
    "import-timeout": "A module took too long to import.",
    "input-type": "An input value does not fit the declared type.",
    "interrupted": "The command was interrupted.",
    "invalid-adapter": "A loader or saver is unknown, or its class lacks what the protocol asks for.",
    "invalid-baseline": "The baseline file cannot be used as it stands.",
    "invalid-codeowners": "A line of the CODEOWNERS file, or all of it, cannot be used.",
    "invalid-modifier": "A decorator is used in a way that cannot work.",
    "invalid-option": "An option has a value that cannot be used.",
    "invalid-selection": "A selection cannot be parsed.",
    "invalid-settings": "The [tool.featurecat] settings are wrong.",
    "invalid-sql": "A SQL statement was refused or failed.",
    "invalid-waiver": "A waiver in a comment cannot be read.",
    "manifest-unusable": "A manifest cannot be read.",
    "missing-annotation": "A feature function lacks a type annotation.",
    "missing-input": "A value that the selected features need was not given.",
    "mixed-grain": "One file cannot hold features of different grains.",
    "no-project": "No project or module was found.",
    "no-variant": "No variant of a feature fits the engine and config.",
    "not-tabular": "A value cannot be a column of an artifact.",
    "output-unwritable": "The output cannot be written.",
    "parallel-block": "Parallelizable and Collect are combined in a way that cannot run.",
    "plugin-unusable": "A plugin cannot be loaded, or claims a name that is taken.",
    "site-refused": "The discovery site cannot be built.",
    "snapshot-unusable": "A snapshot cannot be read.",
    "source-unreadable": "A source or input file cannot be read.",
    "step-failed": "A feature function raised an exception.",
    "store-unwritable": "The store cannot be written.",
    "syntax-error": "A module is not valid Python.",
    "type-mismatch": "A feature's type does not fit what its consumer asks for.",
    "unknown-column": "A column is none of the frame or source, as far as is known.",
    "unknown-consumer-feature": "A feature set or consumer of the settings names features that are not there.",
    "unknown-feature": "A name is not a feature of this project.",
    "unknown-input": "A given input, override or config key is used by nothing.",
    "unknown-run": "A run id is not in the store.",
    "unsupported": "This needs a capability that is not installed or not built in.",
    "validator-refused": "A static validator refused a node or the graph.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: what was wrong, where, and what to do.

    Attributes:
        code: A key of :data:`CODES`; stable across releases.
        message: One sentence without the place and without the way out.
        file: Path of the file at fault, as the user would type it.
        line: Line in ``file``, counted from 1.
        hint: What to do next, did-you-mean included.
        feature: The feature the fault is about.
        details: Further lines, most useful first.
    """

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    hint: str | None = None
    feature: str | None = None
    details: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(f"unregistered problem code {self.code!r}")

    @property
    def place(self) -> str | None:
        """``file:line``, ``file``, or None."""
        if self.file is None:
            return None
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def lines(self) -> list[str]:
        """The problem as plain text, the message first, the way out last."""
        place = f" ({self.place})" if self.place and self.place not in self.message else ""
        hint = [f"  hint: {self.hint}"] if self.hint else []
        return [f"{self.message}{place} [{self.code}]", *(f"  {detail}" for detail in self.details), *hint]


class FeaturecatError(Exception):
    """Base of every error that featurecat raises on purpose.

    Args:
        problem: A message, one problem, or all problems found.
        code: Code of the problem when ``problem`` is a message.
        file: See :class:`Problem`.
        line: See :class:`Problem`.
        hint: See :class:`Problem`.
        feature: See :class:`Problem`.

    Example:
        >>> error = RequestError("no feature 'spned'", code="unknown-feature", hint="did you mean 'spend'?")
        >>> error.problems[0].code, error.exit_code
        ('unknown-feature', 2)
    """

    exit_code: ClassVar[int] = 3
    default_code: ClassVar[str] = "step-failed"

    def __init__(
        self,
        problem: str | Problem | Iterable[Problem],
        *,
        code: str | None = None,
        file: str | None = None,
        line: int | None = None,
        hint: str | None = None,
        feature: str | None = None,
    ) -> None:
        if isinstance(problem, str):
            problem = Problem(code or self.default_code, problem, file, line, hint, feature)
        self.problems: tuple[Problem, ...] = (problem,) if isinstance(problem, Problem) else tuple(problem)
        #: Texts that must not be shown of anything that belongs to this error, its cause included.
        self.secrets: tuple[str, ...] = ()
        super().__init__(self.problems)

    @property
    def code(self) -> str:
        """The first problem's code."""
        return self.problems[0].code

    def __str__(self) -> str:
        return "\n".join(line for problem in self.problems for line in problem.lines())


class DefinitionError(FeaturecatError, ValueError):
    """What was written or asked for is wrong: modules, decorators, settings, requests."""

    exit_code = 2
    default_code = "invalid-modifier"


class ModifierError(DefinitionError):
    """A decorator is used in a way that cannot work."""


class RequestError(DefinitionError):
    """A request names what is not there, lacks what is needed, or contradicts itself."""

    default_code = "invalid-option"


class UnsupportedError(DefinitionError):
    """The request is sound, but needs a capability that is absent."""

    default_code = "unsupported"


class RunError(FeaturecatError):
    """Computing, reading or writing failed."""


class StepError(RunError):
    """A feature function raised; the original exception is ``__cause__``."""


class AlignmentError(RunError, ValueError):
    """Columns that meet in one step or artifact do not share their rows."""

    default_code = "alignment"


class StoreError(RunError):
    """Something could not be read from or written to the store, a source or an output."""

    default_code = "store-unwritable"


class CatalogError(RunError):
    """The catalog or the store cannot be used."""

    exit_code = 5
    default_code = "catalog-unusable"


class ExpectationError(RunError, ValueError):
    """An expectation that blocks publication did not hold."""

    exit_code = 1
    default_code = "expectation-failed"


class EvaluationError(RunError):
    """An expectation could not be evaluated; that is never a pass."""

    exit_code = 4
    default_code = "expectation-unevaluated"


_NEAR = 0.6
# what is clearly less alike than the best match is not worth a thought
_AS_NEAR = 0.12


def did_you_mean(name: str, candidates: Iterable[str], *, most: int = 3) -> str | None:
    """Names near ``name``, worded as a question.

    Args:
        name: What was typed.
        candidates: What exists.
        most: How many names to offer at most.

    Returns:
        A question such as ``did you mean 'spend'?``, or None when nothing is near.

    Example:
        >>> did_you_mean("spned", ["spend", "signups"])
        "did you mean 'spend'?"
    """
    import difflib

    # what somebody gave for a name may be none
    folded = {candidate.casefold(): candidate for candidate in candidates if isinstance(candidate, str)}
    near: Sequence[str] = difflib.get_close_matches(str(name).casefold(), folded, n=most, cutoff=_NEAR)
    if not near:
        return None
    ratios = {match: difflib.SequenceMatcher(None, str(name).casefold(), match).ratio() for match in near}
    alike = [match for match in near if ratios[match] >= ratios[near[0]] - _AS_NEAR]
    return f"did you mean {' or '.join(repr(folded[match]) for match in alike)}?"
