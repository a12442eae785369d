"""One function that returns many: columns of a frame, fields of a mapping."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, ClassVar, get_type_hints

from featurecat.definition.metadata import NO_METADATA
from featurecat.definition.modifier import Modifier, Phase, Target, bare_error, targets
from featurecat.definition.node import DefinedFunction, Node, dependency_on, role_of
from featurecat.definition.types import accepts, type_text
from featurecat.errors import ModifierError, RunError, did_you_mean
from featurecat.frames.columns import MISSING, extract_column
from featurecat.frames.kinds import column_type, kind_of_type

__all__ = ["extract_columns", "extract_fields", "extract_outputs", "unpack_fields"]


class _Extract(Modifier, refuses_functions=True):
    """What extraction of columns and of fields share: the frame or mapping stays, its parts become nodes."""

    phase: ClassVar[Phase] = Phase.TRANSFORM
    target: Target = None

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The node itself, then one node per part, each depending on it."""
        wholes = targets(self, nodes, self.target, defined=defined)
        if len(wholes) != 1:
            raise self.error(
                f"needs a single node to take apart, got {len(wholes)}",
                defined,
                "extract everything in one decorator, or expand in another function",
            )
        (whole,) = wholes
        parts = self.parts(whole, defined)
        names = [part.name for part in parts]
        if whole.name in names or len(set(names)) < len(names):
            raise self._name_error(whole, names, defined)
        if len(nodes) == 1:
            return [whole, *parts]
        position = nodes.index(whole) + 1
        return [*nodes[:position], *parts, *nodes[position:]]

    def _name_error(self, whole: Node, names: list[str], defined: DefinedFunction) -> ModifierError:
        if whole.name in names:
            return self.error(f"{whole.name!r} is the name of the whole, too", defined, "rename the function")
        repeated = next(name for name in names if names.count(name) > 1)
        return self.error(f"{repeated!r} is extracted twice", defined, "name each once")

    def parts(self, node: Node, defined: DefinedFunction) -> list[Node]:
        """The nodes of the parts of ``node``."""
        raise self.error("has no parts", defined)


def _parts(whole: Node, calls: Iterable[tuple[str, Any, Callable[[Any], Any], str | None]]) -> list[Node]:
    """The nodes of the parts, each given by name, type, what takes it out, and documentation: tagged as the whole."""
    arguments = (dependency_on(whole.name, whole.type, whole.name),)
    documentation, defined, tags = whole.documentation, whole.defined, whole.tags
    parts = []
    for name, annotation, call, doc in calls:
        doc = documentation if doc is None else doc
        part = Node(name, annotation, call, arguments, defined, (), role_of(annotation), doc, NO_METADATA, tags)
        part.via = whole.via
        parts.append(part)
    return parts


class _ColumnOf:
    """Takes one column out of a frame."""

    reads_only = True
    __slots__ = ("column", "fill")

    def __init__(self, column: str, fill: Any) -> None:
        self.column = column
        self.fill = fill

    def __call__(self, frame: Any) -> Any:
        return extract_column(frame, self.column, self.fill)


class _FieldOf:
    """Takes one field out of a mapping."""

    reads_only = True
    __slots__ = ("field", "fill", "producer")

    def __init__(self, field: str, fill: Any, producer: str) -> None:
        self.field = field
        self.fill = fill
        self.producer = producer

    def __call__(self, mapping: Mapping[str, Any]) -> Any:
        if not isinstance(mapping, Mapping):
            raise RunError(
                f"{self.producer} returned a value of type {type(mapping).__name__}, which is no dictionary",
                hint="return a dictionary that holds the fields",
            )
        if self.field in mapping:
            return mapping[self.field]
        if self.fill is not MISSING:
            return self.fill
        raise RunError(
            f"{self.producer} returned no field {self.field!r}; it has {', '.join(map(str, mapping)) or 'none'}",
            hint=did_you_mean(self.field, map(str, mapping)) or "return it, or give fill_with=",
        )


class _ElementOf:
    """Takes one element out of a tuple."""

    __slots__ = ("count", "position", "producer")

    def __init__(self, position: int, count: int | None, producer: str) -> None:
        self.position = position
        self.count = count
        self.producer = producer

    def __call__(self, values: Any) -> Any:
        if not isinstance(values, tuple):
            raise RunError(
                f"{self.producer} returned a value of type {type(values).__name__}, which is no tuple",
                hint="return a tuple, as the annotation says",
            )
        if self.position < len(values) and self.count in (None, len(values)):
            return values[self.position]
        wanted = f"more than {self.position}" if self.count is None else self.count
        raise RunError(
            f"{self.producer} returned a tuple of {len(values)}, not of {wanted} elements",
            hint="return as many elements as are unpacked",
        )


class extract_columns(_Extract, refuses_functions=True):  # noqa: N801 - the name users know
    """Make a node of each listed column of the frame the function returns.

    The frame keeps the function's name; decorators above apply to the columns.

    Args:
        columns: Column names, or tuples of column name and docstring.
        fill_with: Value of a column the frame lacks; without it that is an error at run time.
        target_: Which node of the function is the frame, when there are several.

    Example:
        >>> import pandas as pd
        >>> @extract_columns("spend", ("signups", "People who signed up."))
        ... def weeks(path: str) -> pd.DataFrame:
        ...     return pd.DataFrame({"spend": [1.0], "signups": [2]})
        >>> list(weeks("x"))
        ['spend', 'signups']
    """

    def __init__(self, *columns: str | tuple[str, str], fill_with: Any = MISSING, target_: Target = None) -> None:
        if columns and isinstance(columns[0], FunctionType):
            raise bare_error("extract_columns", columns[0])
        self.columns = columns
        self.fill = fill_with
        self.target = target_

    def check(self, function: Callable[..., Any]) -> None:
        """Check the column names, and the return annotation where it is known already."""
        if not self.columns:
            raise self.error("names no column", function, "@extract_columns('spend', 'signups')")
        for column in self.columns:
            if type(column) is str:
                continue
            if isinstance(column, list):
                raise self.error("takes the names one by one, not a list", function, "@extract_columns(*columns)")
            named = isinstance(column, str) or (
                isinstance(column, tuple) and len(column) == 2 and all(isinstance(part, str) for part in column)
            )
            if not named:
                raise self.error(
                    f"{column!r} is neither a column name nor a tuple of name and docstring",
                    function,
                    "@extract_columns('spend', ('signups', 'People who signed up.'))",
                )
        returns = function.__annotations__.get("return")
        loads = getattr(returns, "__origin__", None) is tuple  # @dataloader below takes the data out
        if returns is not None and not isinstance(returns, str) and not loads:
            self._check_frame(returns, function)

    def _check_frame(self, annotation: Any, function: Any) -> None:
        kind = kind_of_type(annotation)
        if kind is None or kind.shape != "frame":
            raise self.error(
                f"needs a function that returns a frame, not {type_text(annotation)}",
                function,
                "annotate -> pd.DataFrame or -> pl.DataFrame; @extract_fields is for dictionaries",
            )

    def parts(self, node: Node, defined: DefinedFunction) -> list[Node]:
        """One column node per listed column."""
        self._check_frame(node.type, defined)
        series = column_type(node.type)
        calls = []
        for column in self.columns:
            name, doc = (column, None) if isinstance(column, str) else column
            calls.append((name, series, _ColumnOf(name, self.fill), doc))
        return _parts(node, calls)


class extract_fields(_Extract):  # noqa: N801 - the name users know
    """Make a node of each field of the dictionary the function returns.

    Args:
        fields: A mapping of field to type; or field names (one list or several arguments) when the function
            returns ``dict[str, T]``; or nothing when it returns a ``TypedDict``.
        fill_with: Value of a field the dictionary lacks, None included; without it that is an error at run time.
        target_: Which node of the function is the dictionary, when there are several.

    Example:
        >>> @extract_fields({"low": float, "high": float})
        ... def bounds(spend: float) -> dict[str, float]:
        ...     return {"low": spend - 1, "high": spend + 1}
        >>> bounds(2.0)
        {'low': 1.0, 'high': 3.0}
    """

    def __init__(
        self, *fields: Mapping[str, Any] | list[str] | str | None, fill_with: Any = MISSING, target_: Target = None
    ) -> None:
        self.fields = fields
        self.fill = fill_with
        self.target = target_

    def parts(self, node: Node, defined: DefinedFunction) -> list[Node]:
        """One node per field."""
        typed = self._typed_fields(node.type, defined)
        return _parts(
            node,
            [(name, annotation, _FieldOf(name, self.fill, node.name), None) for name, annotation in typed.items()],
        )

    def _typed_fields(self, returns: Any, defined: DefinedFunction) -> dict[str, Any]:
        declared = _declared_fields(returns)
        if declared is None and (typing.get_origin(returns) or returns) is not dict:
            raise self.error(
                f"needs a function that returns a dictionary, not {type_text(returns)}",
                defined,
                "annotate -> dict[str, float]; @extract_columns is for frames",
            )
        given = self.fields[0] if len(self.fields) == 1 else None
        if isinstance(given, Mapping) and given:
            return self._checked(dict(given), declared, returns, defined)
        names: list[Any] = list(given) if isinstance(given, list | tuple) else [name for name in self.fields if name]
        self._check_texts(names, defined)
        if declared is not None:
            return self._checked({name: declared.get(name) for name in names} or declared, declared, returns, defined)
        arguments = typing.get_args(returns)
        if not names or len(arguments) != 2:
            raise self.error(
                "does not know the fields and their types",
                defined,
                "@extract_fields({'low': float, 'high': float}), or annotate -> dict[str, float]",
            )
        return self._checked(dict.fromkeys(names, arguments[1]), None, returns, defined)

    def _check_texts(self, names: list[Any], defined: DefinedFunction) -> None:
        for name in names:
            if not isinstance(name, str):
                raise self.error(f"the field {name!r} is not a string", defined, "name fields by strings")
            if names.count(name) > 1:
                raise self.error(f"{name!r} is extracted twice", defined, "name each once")

    def _checked(
        self, fields: dict[str, Any], declared: dict[str, Any] | None, returns: Any, defined: DefinedFunction
    ) -> dict[str, Any]:
        arguments = typing.get_args(returns)
        self._check_texts(list(fields), defined)
        for name, annotation in fields.items():
            if declared is not None and name not in declared:
                hint = did_you_mean(name, declared) or f"it has {', '.join(declared)}"
                raise self.error(f"{type_text(returns)} has no field {name!r}", defined, hint)
            if isinstance(annotation, str | int | float | list | tuple):
                raise self.error(
                    f"the type of the field {name!r} is {annotation!r}, which is no type",
                    defined,
                    f"{{{name!r}: float}}",
                )
            holds = declared[name] if declared is not None else arguments[1] if len(arguments) == 2 else Any
            if not accepts(annotation, holds) and not accepts(holds, annotation):
                raise self.error(
                    f"the field {name!r} is {type_text(holds)} in the return annotation and "
                    f"{type_text(annotation)} here",
                    defined,
                    "write the same type in both places",
                )
        return fields


class unpack_fields(_Extract):  # noqa: N801 - the name users know
    """Make a node of each element of the tuple the function returns.

    Args:
        fields: One name an element, in order; elements beyond the last name get no node.
        target_: Which node of the function is the tuple, when there are several.

    Example:
        >>> @unpack_fields("low", "high")
        ... def bounds(spend: float) -> tuple[float, float]:
        ...     return spend - 1, spend + 1
        >>> bounds(2.0)
        (1.0, 3.0)
    """

    def __init__(self, *fields: str, target_: Target = None) -> None:
        self.fields = fields
        self.target = target_

    def check(self, function: Callable[..., Any]) -> None:
        """Check the names, and the return annotation where it is known already."""
        if not self.fields:
            raise self.error("names no field", function, "@unpack_fields('low', 'high')")
        names: tuple[Any, ...] = self.fields
        for field in names:
            if not isinstance(field, str):
                hint = "@unpack_fields(*names)" if isinstance(field, list | tuple) else "name fields by strings"
                raise self.error(f"the field {field!r} is not a string", function, hint)
            if names.count(field) > 1:
                raise self.error(f"{field!r} is unpacked twice", function, "name each once")
        returns = function.__annotations__.get("return")
        if returns is not None and not isinstance(returns, str) and self.target is None:
            self._element_types(returns, function)

    def parts(self, node: Node, defined: DefinedFunction) -> list[Node]:
        """One node per name."""
        types, count = self._element_types(node.type, defined)
        return _parts(
            node,
            [
                (name, annotation, _ElementOf(position, count, node.name), None)
                for position, (name, annotation) in enumerate(zip(self.fields, types, strict=False))
            ],
        )

    def _element_types(self, returns: Any, function: Any) -> tuple[list[Any], int | None]:
        """The types of the named elements, and how many the tuple has; None when that is open."""
        while typing.get_origin(returns) is typing.Annotated:
            returns = typing.get_args(returns)[0]
        members = typing.get_args(returns)
        if typing.get_origin(returns) is not tuple or not members or members == ((),):
            raise self.error(
                f"needs a function that returns a tuple and says of what, not {type_text(returns)}",
                function,
                "annotate -> tuple[float, float], or -> tuple[float, ...]",
            )
        if len(members) == 2 and members[1] is ...:
            return [members[0]] * len(self.fields), None
        if len(self.fields) > len(members):
            raise self.error(
                f"names {len(self.fields)} fields, but {type_text(returns)} has {len(members)}",
                function,
                f"leave out {', '.join(self.fields[len(members) :])}, or return more",
            )
        return list(members[: len(self.fields)]), len(members)


def _declared_fields(returns: Any) -> dict[str, Any] | None:
    return get_type_hints(returns) if typing.is_typeddict(returns) else None


extract_outputs = extract_fields
