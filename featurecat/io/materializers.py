"""``to`` and ``from_``: what to save at the end of a run, and what to load at its start, written down."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from featurecat.errors import RequestError
from featurecat.io.adapter_registry import ADAPTERS, AdapterRegistry
from featurecat.io.adapters import DataAdapter, UnknownFormatError

__all__ = ["FormatNamespace", "Loading", "Materializer", "Saving", "called_at", "from_", "loadings", "savings", "to"]


@dataclass(frozen=True, slots=True)
class Saving:
    """Something to save: made by ``to.<format>(…)``.

    Attributes:
        format: Name of the format.
        id: Name of the node that saves, under which its metadata is returned.
        dependencies: What is saved, each a node name, a function or a variable.
        combine: What makes one value of several dependencies: a result builder, or the name of a shipped one.
        arguments: The saver's arguments; each a value, ``value(…)`` or ``source("node")``.
        registry: Where the saver is looked up.
        place: File and line where it was written.
    """

    format: str
    id: str
    dependencies: tuple[Any, ...]
    combine: Any
    arguments: Mapping[str, Any]
    registry: AdapterRegistry
    place: tuple[str, int]

    def __str__(self) -> str:
        return f"to.{self.format}(id={self.id!r})"


@dataclass(frozen=True, slots=True)
class Loading:
    """Something to load: made by ``from_.<format>(…)``.

    Attributes:
        format: Name of the format.
        target: The node that gets the data: an input, or a feature, which is then not computed.
        arguments: The loader's arguments; each a value, ``value(…)`` or ``source("node")``.
        registry: Where the loader is looked up.
        place: File and line where it was written.
    """

    format: str
    target: str
    arguments: Mapping[str, Any]
    registry: AdapterRegistry
    place: tuple[str, int]

    def __str__(self) -> str:
        return f"from_.{self.format}(target={self.target!r})"


_PACKAGE = f"{Path(__file__).parent.parent}{os.sep}"

#: What ``materialize`` takes.
Materializer = Saving | Loading


class FormatNamespace:
    """Formats as attributes; what each of them is, is decided by ``make``.

    Args:
        name: What it is called, for messages.
        direction: ``load`` or ``save``.
        make: Takes the name of a format and gives what stands for it.
        registry: Where adapters are looked up.
    """

    def __init__(
        self,
        name: str,
        direction: str,
        *,
        make: Callable[[AdapterRegistry, str], Any],
        registry: AdapterRegistry = ADAPTERS,
    ) -> None:
        self.__name__ = name
        self._direction = direction
        self._make = make
        self._registry = registry

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by tools: copying, pickling, documentation
            raise AttributeError(name)
        if name not in self._registry.formats(self._direction):
            file, line = called_at()
            problem = replace(self._registry.unknown(self._direction, name).problems[0], file=file, line=line)
            raise UnknownFormatError(problem)
        return self._make(self._registry, name)

    def __dir__(self) -> list[str]:
        return self._registry.formats(self._direction)

    def __repr__(self) -> str:
        return f"<{self.__name__}: {', '.join(dir(self))}>"

    def __call__(self, *given: Any, **named: Any) -> Any:
        """It is no function.

        Raises:
            RequestError: Always; it says what to write.
        """
        del given, named
        file, line = called_at()
        raise RequestError(
            f"{self.__name__} is used with the name of a format",
            file=file,
            line=line,
            hint=f"{self.__name__}.parquet(…); there are {', '.join(dir(self))}",
        )


def called_at() -> tuple[str, int]:
    """File and line of the nearest caller outside this package."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _saving(registry: AdapterRegistry, format_name: str) -> Callable[..., Saving]:
    def make(id: str, dependencies: Sequence[Any], combine: Any = None, **arguments: Any) -> Saving:
        file, line = place = called_at()
        shown = f"to.{format_name}"
        if not isinstance(id, str) or not id:
            hint = f"{shown}(id='saved_weeks', dependencies=['weeks'], …)"
            raise RequestError(f"{shown}: id= is a name, not {id!r}", file=file, line=line, hint=hint)
        if isinstance(dependencies, str) or not isinstance(dependencies, Sequence) or not dependencies:
            hint = f"dependencies=[{dependencies!r}]" if isinstance(dependencies, str) else "dependencies=['weeks']"
            raise RequestError(
                f"{shown}(id={id!r}): dependencies= is a list of what is saved, not {dependencies!r}",
                file=file,
                line=line,
                hint=hint,
            )
        if isinstance(combine, type):
            hint = f"combine={combine.__name__}()"
            raise RequestError(f"{shown}(id={id!r}): combine= takes an object", file=file, line=line, hint=hint)
        return Saving(format_name, id, tuple(dependencies), combine, arguments, registry, place)

    _describe(make, f"to.{format_name}", registry.candidates("save", format_name))
    return make


def _loading(registry: AdapterRegistry, format_name: str) -> Callable[..., Loading]:
    def make(target: str, **arguments: Any) -> Loading:
        file, line = place = called_at()
        if not isinstance(target, str) or not target:
            hint = f"from_.{format_name}(target='weeks', …)"
            raise RequestError(
                f"from_.{format_name}: target= is a name, not {target!r}", file=file, line=line, hint=hint
            )
        return Loading(format_name, target, arguments, registry, place)

    _describe(make, f"from_.{format_name}", registry.candidates("load", format_name))
    return make


def _describe(make: Callable[..., Any], name: str, adapters: Sequence[type[DataAdapter]]) -> None:
    make.__name__ = make.__qualname__ = name
    make.__doc__ = "\n\n".join(f"{adapter.__name__}: {adapter.__doc__}" for adapter in adapters)


def savings(registry: AdapterRegistry = ADAPTERS) -> FormatNamespace:
    """What is used as ``to``, over the savers of a registry."""
    return FormatNamespace("to", "save", make=_saving, registry=registry)


def loadings(registry: AdapterRegistry = ADAPTERS) -> FormatNamespace:
    """What is used as ``from_``, over the loaders of a registry."""
    return FormatNamespace("from_", "load", make=_loading, registry=registry)


#: What to save: ``to.parquet(id="saved", dependencies=["weeks"], path="weeks.parquet")``.
to = savings()
#: What to load: ``from_.parquet(target="weeks", path="weeks.parquet")``.
from_ = loadings()
