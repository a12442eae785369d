"""Judges mappings and objects by pydantic models: the one module here that names pydantic."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Mapping
from typing import Any

import pydantic

from featurecat.expectations.kind import Outcome, is_each, members_of

__all__ = ["ModelJudge", "describe_model", "model_of_annotation"]

_MOST_FAULTS_SHOWN = 5


class ModelJudge:
    """Judges a value by a model, strictly: a text is no number, whatever it spells.

    Args:
        model: The model.

    Example:
        >>> class Person(pydantic.BaseModel):
        ...     age: int
        >>> ModelJudge(Person)({"age": "3"}).message
        'age: Input should be a valid integer'
    """

    name = "pydantic_validator"
    asynchronous = False

    def __init__(self, model: type[pydantic.BaseModel]) -> None:
        self.model = model
        self._adapter: pydantic.TypeAdapter[Any] | None = None

    @property
    def supported_types(self) -> str:
        """The types that this model judges."""
        return f"{self.model.__name__}, dict and other mappings, TypedDict, Any"

    def applies_to(self, annotation: Any) -> bool:
        """Whether a value with this annotation may be an object of the model, or a mapping of its fields."""
        return is_each(annotation, self._fits)

    def _fits(self, annotation: Any) -> bool:
        if annotation is Any or typing.is_typeddict(annotation):
            return True
        kind = typing.get_origin(annotation) or annotation
        if not isinstance(kind, type):
            return False
        # a function may promise the model's parent and expect the model itself
        related = issubclass(kind, self.model) or (
            issubclass(self.model, kind) and issubclass(kind, pydantic.BaseModel)
        )
        return related or issubclass(kind, collections.abc.Mapping)

    def __call__(self, value: Any) -> Outcome:
        """What the model says of a value; None gives nothing to judge."""
        threshold = {"model": self.model.__name__}
        if value is None:
            return Outcome(None, {}, threshold, 0, "no value to judge", 1)
        if self._adapter is None:
            self._adapter = pydantic.TypeAdapter(self.model)
        try:
            self._adapter.validate_python(value, strict=True)
        except pydantic.ValidationError as fault:
            errors = fault.errors(include_url=False, include_context=False, include_input=False)
            faults = [f"{_place(error)}{error['msg']}" for error in errors]
            more = [f"and {len(faults) - _MOST_FAULTS_SHOWN} more"] if len(faults) > _MOST_FAULTS_SHOWN else []
            message = "; ".join([*faults[:_MOST_FAULTS_SHOWN], *more])
            return Outcome(False, {"faults": faults}, threshold, 1, message, 1)
        return Outcome(True, {"faults": []}, threshold, 0, f"as {self.model.__name__} says", 1)


def describe_model(model: type[pydantic.BaseModel]) -> dict[str, Any]:
    """A model as JSON: its name, and the type of each field.

    Example:
        >>> class Person(pydantic.BaseModel):
        ...     age: int = pydantic.Field(ge=0)
        >>> describe_model(Person)
        {'model': 'Person', 'fields': {'age': 'int ge=0'}}
    """
    return {"model": model.__name__, "fields": {name: _field_text(field) for name, field in model.model_fields.items()}}


def model_of_annotation(annotation: Any) -> type[pydantic.BaseModel] | None:
    """The model that an annotation is; ``Optional`` and ``Annotated`` count as what they wrap. None when it is none."""
    for member in members_of(annotation):
        if isinstance(member, type) and typing.get_origin(member) is None and issubclass(member, pydantic.BaseModel):
            return member
    return None


def _field_text(field: Any) -> str:
    annotation = field.annotation
    shown = annotation.__name__ if isinstance(annotation, type) and not typing.get_args(annotation) else str(annotation)
    rules = [
        f"{name}={value}"
        for rule in field.metadata
        for name, value in (vars(rule) if hasattr(rule, "__dict__") else _slots(rule)).items()
        if value is not None and isinstance(value, (int, float, str, bool))
    ]
    return " ".join([shown.replace("typing.", ""), *rules])


def _slots(rule: Any) -> Mapping[str, Any]:
    return {name: getattr(rule, name, None) for name in getattr(rule, "__slots__", ())}


def _place(error: Mapping[str, Any]) -> str:
    return f"{'.'.join(map(str, error['loc']))}: " if error["loc"] else ""
