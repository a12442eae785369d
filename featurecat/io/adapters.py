"""What loads and saves: the protocol of adapters, built-in and of users alike.

An adapter is a dataclass whose fields are its arguments. A :class:`DataLoader` brings data in, a
:class:`DataSaver` writes it down; one class may do both. ``@load_from``, ``@save_to``, ``from_`` and ``to`` find it by
its :meth:`DataAdapter.name` and by the type that is loaded or saved.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any

from featurecat.errors import DefinitionError

__all__ = ["AdapterError", "DataAdapter", "DataLoader", "DataSaver", "UnknownFormatError", "suits"]

_UNIONS = (typing.Union, types.UnionType)


class AdapterError(DefinitionError):
    """An adapter class is not what the protocol asks for."""


class UnknownFormatError(DefinitionError, AttributeError):
    """No adapter bears the name; an ``AttributeError``, too, because names are looked up as attributes."""


class DataAdapter(ABC):
    """What loaders and savers share. Subclasses are dataclasses: a field without a default is a required argument."""

    @classmethod
    @abstractmethod
    def name(cls) -> str:
        """The name it is used by: ``csv`` for ``to.csv`` and ``load_from.csv``."""

    @classmethod
    @abstractmethod
    def applicable_types(cls) -> Collection[Any]:
        """The types it loads or saves."""

    @classmethod
    @abstractmethod
    def applies_to(cls, type_: Any) -> bool:
        """Whether it loads or saves the type."""

    @classmethod
    def faults_of(cls, names: Collection[str]) -> list[str]:
        """What is wrong with a set of arguments beyond names that are unknown or missing, each as a sentence's end.

        Args:
            names: The arguments that are given.
        """
        del names
        return []

    @classmethod
    def can_load(cls) -> bool:
        """Whether it brings data in."""
        return issubclass(cls, DataLoader)

    @classmethod
    def can_save(cls) -> bool:
        """Whether it writes data down."""
        return issubclass(cls, DataSaver)

    @classmethod
    def get_required_arguments(cls) -> dict[str, Any]:
        """Name to type of the arguments that have to be given.

        Raises:
            AdapterError: When the class is no dataclass.
        """
        return {name: annotation for name, annotation, required in _arguments(cls) if required}

    @classmethod
    def get_optional_arguments(cls) -> dict[str, Any]:
        """Name to type of the arguments with a default.

        Raises:
            AdapterError: When the class is no dataclass.
        """
        return {name: annotation for name, annotation, required in _arguments(cls) if not required}


class DataLoader(DataAdapter):
    """Brings data in.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass
        ... class Lines(DataLoader):
        ...     path: str
        ...     @classmethod
        ...     def name(cls) -> str:
        ...         return "lines"
        ...     @classmethod
        ...     def applicable_types(cls):
        ...         return [list]
        ...     def load_data(self, type_):
        ...         with open(self.path) as stream:
        ...             return stream.read().splitlines(), {"path": self.path}
        >>> Lines.applies_to(list), Lines.applies_to(dict), Lines.get_required_arguments()
        (True, False, {'path': <class 'str'>})
    """

    @abstractmethod
    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The data, and what is known about it.

        Args:
            type_: The type that is asked for.

        Returns:
            The data and its metadata.
        """

    @classmethod
    def applies_to(cls, type_: Any) -> bool:
        """Whether one of its types can go where ``type_`` is asked for."""
        return any(suits(type_, loaded) for loaded in cls.applicable_types() if loaded is not Any)


class DataSaver(DataAdapter):
    """Writes data down."""

    @abstractmethod
    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the data and tell what was written.

        Args:
            data: What to write.

        Returns:
            Metadata: where it is, how much, when.
        """

    @classmethod
    def applies_to(cls, type_: Any) -> bool:
        """Whether a value of ``type_`` is one of its types."""
        if typing.get_origin(type_) in _UNIONS:
            return all(cls.applies_to(member) for member in typing.get_args(type_) if member is not type(None))
        return any(suits(saved, type_) for saved in cls.applicable_types() if saved is not Any)


def _arguments(adapter: Any) -> list[tuple[str, Any, bool]]:
    """Name, type and whether it is required of each field that the constructor takes."""
    if not dataclasses.is_dataclass(adapter):
        raise AdapterError(
            f"{adapter.__qualname__} is not a dataclass, so its arguments are unknown",
            hint=f"write @dataclass above class {adapter.__name__}",
        )
    hints = typing.get_type_hints(adapter)
    missing = dataclasses.MISSING
    return [
        (field.name, hints.get(field.name, Any), field.default is missing and field.default_factory is missing)
        for field in dataclasses.fields(adapter)
        if field.init
    ]


def suits(wanted: Any, given: Any) -> bool:
    """Whether a value of the type ``given`` can go where ``wanted`` is asked for, as far as classes tell.

    Example:
        >>> suits(dict, dict[str, int]), suits(dict | list, list), suits(int, str)
        (True, True, False)
    """
    if wanted is Any or wanted is given:
        return True
    if _is_union(given):
        return all(suits(wanted, member) for member in typing.get_args(given) if member is not type(None))
    if _is_union(wanted):
        return any(suits(member, given) for member in typing.get_args(wanted))
    outer: Any = _plain(wanted)
    inner: Any = _plain(given)
    return isinstance(outer, type) and isinstance(inner, type) and issubclass(inner, outer)


def _is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in _UNIONS


def _plain(annotation: Any) -> Any:
    """The class behind an annotation: ``dict`` for ``dict[str, int]``, ``T`` for ``Annotated[T, …]``."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _plain(typing.get_args(annotation)[0])
    if typing.is_typeddict(annotation):
        return dict
    if isinstance(annotation, typing.NewType):
        return _plain(annotation.__supertype__)
    return annotation if origin is None else origin
