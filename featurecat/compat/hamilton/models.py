"""Hamilton's ``models``: transforms whose dependencies come from the config, for ``@model`` and ``@dynamic_transform``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

__all__ = ["BaseModel", "DynamicTransformBase"]


class DynamicTransformBase(ABC):
    """A transform that the config describes.

    Args:
        config_parameters: The value of the config key that the decorator names.
        name: Name of the decorated function.
    """

    def __init__(self, config_parameters: Any, name: str) -> None:
        self._config_parameters = config_parameters
        self._name = name

    @property
    def config_parameters(self) -> Any:
        """The value of the config key."""
        return self._config_parameters

    @property
    def name(self) -> str:
        """Name of the decorated function."""
        return self._name

    @abstractmethod
    def get_dependents(self) -> list[str]:
        """Names of the columns it takes."""

    @abstractmethod
    def compute(self, **inputs: Any) -> Any:
        """The result, from the values of what :meth:`get_dependents` names."""


class BaseModel(DynamicTransformBase, ABC):
    """A transform that calls its computation a prediction."""

    def compute(self, **inputs: Any) -> Any:
        """What :meth:`predict` says."""
        return self.predict(**inputs)

    @abstractmethod
    def predict(self, **inputs: Any) -> Any:
        """The result, as a column."""
