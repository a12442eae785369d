"""``model``: a mapping or an object is as a pydantic model describes it."""

from __future__ import annotations

from typing import Any

from featurecat.errors import ModifierError
from featurecat.expectations.kind import Judge

__all__ = ["Model"]


class Model:
    """Expects what a pydantic model says, strictly: nothing is converted, and the value itself is never changed."""

    kind = "model"
    example = "model=Person, a subclass of pydantic.BaseModel"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters: name and fields of the model.

        Args:
            argument: A subclass of ``pydantic.BaseModel``.

        Raises:
            ModifierError: When it is anything else.
        """
        if not (
            isinstance(argument, type) and any(base.__module__.startswith("pydantic.") for base in argument.__mro__)
        ):
            shown = argument.__name__ if isinstance(argument, type) else f"a {type(argument).__name__}"
            raise ModifierError(f"model takes a pydantic model, not {shown}", hint=f"write {self.example}")
        from featurecat.expectations.pydantic import describe_model

        return describe_model(argument)

    def judge(self, argument: Any) -> Judge:
        """What judges mappings and objects by a model."""
        from featurecat.expectations.pydantic import ModelJudge

        return ModelJudge(argument)

    def argument_of(self, annotation: Any) -> Any:
        """The model that an annotation is, or None."""
        from featurecat.expectations.pydantic import model_of_annotation

        return model_of_annotation(annotation)
