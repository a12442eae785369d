"""Hamilton's ``data_quality.default_validators``: the checks of ``check_output`` as classes, and the list of them.

What is appended to :data:`AVAILABLE_DEFAULT_VALIDATORS` serves every ``check_output``, of featurecat's own, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.errors import ModifierError
from featurecat.expectations.custom import BaseDefaultValidator, ValidationResult
from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.kind import ExpectationKind
from featurecat.expectations.registry import KINDS, register_validator
from featurecat.expectations.spec import ExpectationSpec, severity_of_importance
from featurecat.frames.kinds import kind_of_type

_SHAPES = {
    "allow_nans": {"AllowNaNsValidatorPandasSeries": "column"},
    "range": {"DataInRangeValidatorPandasSeries": "column", "DataInRangeValidatorPrimitives": "scalar"},
    "values_in": {"DataInValuesValidatorPandasSeries": "column", "DataInValuesValidatorPrimitives": "scalar"},
    "data_type": {"DataTypeValidatorPandasSeries": "column", "DataTypeValidatorPrimitives": "scalar"},
    "max_fraction_nans": {"MaxFractionNansValidatorPandasSeries": "column"},
    "max_standard_dev": {"MaxStandardDevValidatorPandasSeries": "column"},
    "mean_in_range": {"MeanInRangeValidatorPandasSeries": "column"},
    "allow_none": {"AllowNoneValidator": "any"},
    "contains": {"StrContainsValidator": "scalar"},
    "does_not_contain": {"StrDoesNotContainValidator": "scalar"},
}


class _Builtin(BaseDefaultValidator):
    """One of featurecat's expectations as a validator of its own."""

    kind: ExpectationKind
    shape: str

    def __init__(self, *given: Any, importance: str = "warn", **named: Any) -> None:
        arguments = [*given, *named.values()]
        if given and len(arguments) == 2:
            *arguments, importance = given
        super().__init__(importance)
        if len(arguments) != 1 or named.keys() - {self.arg()}:
            raise ModifierError(f"{type(self).__name__} takes {self.arg()}= and importance=", hint=self.kind.example)
        self._spec = ExpectationSpec(
            self.arg(), self.kind.normalise(arguments[0]), severity_of_importance(str(self.importance.value))
        )

    @classmethod
    def arg(cls) -> str:
        """The keyword of ``check_output`` that asks for it."""
        return cls.kind.kind

    @classmethod
    def applies_to(cls, datatype: Any) -> bool:
        """Whether it can judge such values."""
        shape = getattr(kind_of_type(datatype), "shape", "scalar")
        return cls.shape in ("any", shape) and bool(cls.kind.applies_to(datatype))

    def description(self) -> str:
        """What it expects."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self._spec.params.items())
        return f"Checks {self.arg()}: {shown}."

    def validate(self, dataset: Any) -> ValidationResult:
        """Judge a value."""
        verdict = evaluate(self._spec, dataset)
        return ValidationResult(verdict.passes, verdict.message or "", verdict.diagnostics)


class _Available(list[Any]):
    """The list of checks; whoever joins it is found by every ``check_output``."""

    def append(self, validator: Any) -> None:
        """One more."""
        register_validator(validator)
        super().append(validator)

    def extend(self, validators: Iterable[Any]) -> None:
        """Several more."""
        for validator in validators:
            self.append(validator)


def resolve_default_validators(
    output_type: Any,
    importance: str,
    available_validators: Sequence[Any] | None = None,
    **default_validator_kwargs: Any,
) -> list[Any]:
    """The validators that keywords of ``check_output`` ask for.

    Args:
        output_type: Type of what is judged.
        importance: ``warn`` or ``fail``.
        available_validators: Classes to choose from; all by default.
        default_validator_kwargs: The keywords.

    Raises:
        ModifierError: A ValueError when nothing answers to a keyword for this type.
    """
    available = AVAILABLE_DEFAULT_VALIDATORS if available_validators is None else available_validators
    found = []
    for keyword, argument in default_validator_kwargs.items():
        fitting = [one for one in available if one.arg() == keyword and one.applies_to(output_type)]
        if not fitting:
            known = sorted({one.arg() for one in available})
            raise ModifierError(
                f"no validator for {keyword}= judges {output_type}", hint=f"there are {', '.join(known)}"
            )
        found.append(fitting[0](**{keyword: argument, "importance": importance}))
    return found


def _made(name: str, kind: str, shape: str) -> Any:
    return type(name, (_Builtin,), {"__module__": __name__, "kind": KINDS[kind], "shape": shape})


_CLASSES = {
    name: _made(name, kind, shape)
    for kind, shapes in _SHAPES.items()
    if kind in KINDS
    for name, shape in shapes.items()
}
AVAILABLE_DEFAULT_VALIDATORS = _Available(_CLASSES.values())
globals().update(_CLASSES)

__getattr__, __dir__, _offered = offer(
    __name__,
    {"base": "featurecat.compat.hamilton.data_quality.base:"},
    own=["AVAILABLE_DEFAULT_VALIDATORS", "resolve_default_validators", *_CLASSES],
)
__all__ = list(_offered)
