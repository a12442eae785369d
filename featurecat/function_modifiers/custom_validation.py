"""Expectations by validators of the user's own, and by what a return annotation itself says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from featurecat.definition.modifier import Target
from featurecat.definition.node import DefinedFunction, Node
from featurecat.definition.types import type_text
from featurecat.errors import ModifierError, Problem
from featurecat.expectations.registry import declare_validator, declared_by_annotation
from featurecat.function_modifiers.validation import Checks, Offers

__all__ = ["check_model", "check_output_custom", "check_schema"]


class check_output_custom(Checks):  # noqa: N801 - the name users know
    """Expect of the value a function returns what validators of your own say; each has an importance of its own.

    It stands beside ``@check_output`` in any order and number; the nodes are as there, the validators' called as they
    name themselves: ``X_<name()>``. A validator whose ``applies_to`` says no to the return annotation is an error of
    the definition.

    Args:
        validators: Instances of classes derived from :class:`~featurecat.expectations.custom.DataValidator`.
        target_: Which nodes of the function are meant.

    Example:
        >>> from featurecat.expectations.custom import DataValidator, ValidationResult
        >>> class Positive(DataValidator):
        ...     def applies_to(self, datatype):
        ...         return datatype is float
        ...     def description(self):
        ...         return "The number is positive."
        ...     @classmethod
        ...     def name(cls):
        ...         return "positive_validator"
        ...     def validate(self, dataset):
        ...         return ValidationResult(dataset > 0, "positive" if dataset > 0 else "not positive")
        >>> @check_output_custom(Positive(importance="fail"))
        ... def price(cost: float) -> float:
        ...     return cost * 1.2
        >>> price(10.0)
        12.0
    """

    _declared: Sequence[Offers] | None = None

    def __init__(self, *validators: Any, target_: Target = None) -> None:
        self.validators = validators
        self.target = target_

    def check(self, function: Callable[..., Any]) -> None:
        """Check that these are validators, all faults at once."""
        declared: list[Offers] = []
        problems: list[Problem] = []
        for validator in self.validators:
            try:
                declared.append((declare_validator(validator),))
            except ModifierError as fault:
                problems += self.error(fault.problems[0].message, function, fault.problems[0].hint).problems
        if problems:
            raise ModifierError(problems)
        self._declared = declared

    def offers(self, node: Node, defined: DefinedFunction) -> Sequence[Offers]:
        """The validators, whatever the node."""
        if self._declared is None:
            self.check(defined.function)
            assert self._declared is not None  # check raised otherwise
        return self._declared


class _CheckAnnotation(Checks):
    """Expects what the return annotation says."""

    kind: ClassVar[str]
    example: ClassVar[str]

    def __init__(self, importance: str = "warn", target: Target = None) -> None:
        self.importance = importance
        self.target = target

    def check(self, function: Callable[..., Any]) -> None:
        """Check the importance; the annotation may not be known yet."""
        if self.importance not in ("warn", "fail"):
            raise self.error(f"importance={self.importance!r} is not known", function, "'warn' or 'fail'")

    def offers(self, node: Node, defined: DefinedFunction) -> Sequence[Offers]:
        """What the type of the node says."""
        declared = declared_by_annotation(self.kind, node.type)
        if declared is None:
            raise self.error(
                f"{node.name} is {type_text(node.type)}, which names no {self.kind}",
                defined,
                f"annotate {self.example}, or give it: @check_output({self.kind}=…)",
            )
        return [(declared,)]


class check_schema(_CheckAnnotation):  # noqa: N801 - a decorator
    """Expect of a frame what its return annotation says: ``-> pandera.typing.DataFrame[Model]``, or that of Polars.

    The value itself is never changed, not even where the model coerces.

    Args:
        importance: ``warn`` (report and go on) or ``fail`` (block).
        target: Which nodes of the function are meant.

    Example:
        >>> import pandas as pd, pandera.pandas as pa
        >>> from pandera.typing import DataFrame
        >>> class People(pa.DataFrameModel):
        ...     age: int = pa.Field(ge=0)
        >>> @check_schema(importance="fail")
        ... def people(path: str) -> DataFrame[People]:
        ...     return pd.DataFrame({"age": [30]})
        >>> len(people("x"))
        1
    """

    kind = "schema"
    example = "-> pandera.typing.DataFrame[Model]"


class check_model(_CheckAnnotation):  # noqa: N801 - a decorator
    """Expect of an object or a mapping what its return annotation, a model of pydantic, says; strictly.

    Args:
        importance: ``warn`` (report and go on) or ``fail`` (block).
        target: Which nodes of the function are meant.

    Example:
        >>> import pydantic
        >>> class Person(pydantic.BaseModel):
        ...     age: int
        >>> @check_model()
        ... def person(age: int) -> Person:
        ...     return Person(age=age)
        >>> person(3).age
        3
    """

    kind = "model"
    example = "-> Person, a subclass of pydantic.BaseModel"
