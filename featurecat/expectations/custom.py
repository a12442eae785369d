"""Validators of the user's own: classes to derive from, and what they answer with.

A validator judges the value a function returns, whole: a column, a frame, anything. It is attached by
``check_output_custom(Validator(…))``, or, as a :class:`KeywordValidator`, asked for by a keyword of
``check_output``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from featurecat.errors import ModifierError
from featurecat.expectations.spec import Verdict

__all__ = [
    "AsyncBaseDefaultValidator",
    "AsyncDataValidator",
    "AsyncKeywordValidator",
    "BaseDefaultValidator",
    "DataValidationLevel",
    "DataValidator",
    "KeywordValidator",
    "ValidationResult",
]


class DataValidationLevel(StrEnum):
    """How much a validator's failure matters: report and go on, or block."""

    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class ValidationResult(ABC):
    """What a validator answers.

    Attributes:
        passes: Whether the value is as expected.
        message: One sentence for people; it is logged, and kept in the catalog.
        diagnostics: What was found, in plain values; it is kept in the catalog.
    """

    passes: bool
    message: str
    diagnostics: Mapping[str, Any] = field(default_factory=dict)


# a feature may take what a validator found: it has the same attributes
ValidationResult.register(Verdict)


class DataValidator(ABC):
    """A validator; derive from it and pass an instance to ``check_output_custom``.

    Its name, and the arguments it was made with, are listed in the catalog as an expectation like any other.

    Args:
        importance: ``warn`` (report and go on) or ``fail`` (block).

    Raises:
        ModifierError: When ``importance`` is neither.

    Example:
        >>> class Even(DataValidator):
        ...     def applies_to(self, datatype):
        ...         return datatype is int
        ...     def description(self):
        ...         return "The number is even."
        ...     @classmethod
        ...     def name(cls):
        ...         return "even_validator"
        ...     def validate(self, dataset):
        ...         return ValidationResult(dataset % 2 == 0, f"{dataset} mod 2 is {dataset % 2}")
        >>> Even("fail").validate(3).passes
        False
    """

    #: What the constructor was given; the catalog lists it.
    _given: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """A validator that remembers what it was made with, for the catalog."""
        validator = super().__new__(cls)
        validator._given = (given, named)
        return validator

    def __init__(self, importance: str = "warn") -> None:
        try:
            self._importance = DataValidationLevel(importance)
        except ValueError:
            raise ModifierError(f"importance={importance!r} is not known", hint="'warn' or 'fail'") from None

    @property
    def importance(self) -> DataValidationLevel:
        """How much a failure matters."""
        return self._importance

    @abstractmethod
    def applies_to(self, datatype: Any) -> bool:
        """Whether it can judge what a function with this return annotation returns.

        It is asked when the graph is built; ``Optional`` and ``Annotated`` are taken off before. False is an error of
        the definition.
        """

    @abstractmethod
    def description(self) -> str:
        """What it expects, in one sentence."""

    @classmethod
    @abstractmethod
    def name(cls) -> str:
        """Its name: of the expectation in the catalog, and of its node, after that of the checked one."""

    @abstractmethod
    def validate(self, dataset: Any) -> Any:
        """Judge a value.

        Args:
            dataset: What the function returned; it must not be changed.

        Returns:
            A :class:`ValidationResult`. Whatever is raised gives a verdict of its own, "could not be evaluated".
        """


class AsyncDataValidator(DataValidator, ABC):
    """A validator that has to be awaited, such as one that asks a service; for the async driver."""

    @abstractmethod
    async def validate(self, dataset: Any) -> Any:
        """Judge a value; see :meth:`DataValidator.validate`."""


class KeywordValidator(DataValidator, ABC):
    """A validator that ``check_output`` makes, when the keyword :meth:`arg` asks for it.

    Its constructor takes that keyword and ``importance``. It is found among ``default_validator_candidates``, or
    everywhere once :func:`~featurecat.expectations.registry.register_validator` has listed it.

    Example:
        >>> class MostRows(KeywordValidator):
        ...     def __init__(self, most_rows, importance):
        ...         super().__init__(importance)
        ...         self.most_rows = most_rows
        ...     @classmethod
        ...     def applies_to(cls, datatype):
        ...         return hasattr(datatype, "__len__")
        ...     def description(self):
        ...         return f"There are at most {self.most_rows} rows."
        ...     @classmethod
        ...     def arg(cls):
        ...         return "most_rows"
        ...     def validate(self, data):
        ...         return ValidationResult(len(data) <= self.most_rows, f"{len(data)} rows")
        >>> MostRows.name()
        'most_rows_validator'
    """

    @classmethod
    @abstractmethod
    def applies_to(cls, datatype: Any) -> bool:
        """Whether it can judge what a function with this return annotation returns."""

    @classmethod
    @abstractmethod
    def arg(cls) -> str:
        """The keyword of ``check_output`` that asks for it, and of its own constructor."""

    @classmethod
    def name(cls) -> str:
        """Its name, from its keyword."""
        return f"{cls.arg()}_validator"


class AsyncKeywordValidator(KeywordValidator, ABC):
    """A validator of ``check_output`` that has to be awaited; for the async driver."""

    @abstractmethod
    async def validate(self, dataset: Any) -> Any:
        """Judge a value; see :meth:`DataValidator.validate`."""


#: The names under which users of Hamilton know them.
BaseDefaultValidator = KeywordValidator
AsyncBaseDefaultValidator = AsyncKeywordValidator
