"""Columns computed from a frame's columns and put back into it, before the function gets the frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any, ClassVar, Self

from featurecat.definition.condition import holds
from featurecat.definition.modifier import ConfigNeeds, Modifier, Phase
from featurecat.definition.nested import members, members_need
from featurecat.definition.node import Argument, DefinedFunction, Dependency, Node, Role, dependency_on
from featurecat.definition.types import type_text, unwrapped
from featurecat.errors import AlignmentError, ModifierError, did_you_mean
from featurecat.frames.kinds import FrameKind, kind_of_type, kind_of_value
from featurecat.function_modifiers.dependencies import written_at
from featurecat.function_modifiers.extract import extract_columns
from featurecat.function_modifiers.injection import (
    check_new_names,
    check_no_expander,
    check_parameter,
    outer_dependency,
    taking,
)
from featurecat.function_modifiers.wiring import repeated_name, with_dependencies_named

__all__ = ["with_columns"]

_EXAMPLE = "@with_columns(a_plus_b, columns_to_pass=['a', 'b'])"
_NO_WAY_IN = "it does not say how the inner functions get at the frame's columns"
#: Whose functions may compute columns for a frame of an engine, the preferred one first.
_ENGINES = {
    "pandas": ("pandas", "any"),
    "polars": ("polars", "polars-lazy", "any"),
    "polars-lazy": ("polars-lazy", "any"),
}


class _Append:
    """Puts columns into a frame: new ones behind, others in the place of those of their name."""

    __slots__ = ("names", "producer")

    def __init__(self, names: Sequence[str], producer: str) -> None:
        self.names = tuple(names)
        self.producer = producer

    def __call__(self, frame: Any, *columns: Any) -> Any:
        named = dict(zip(self.names, columns, strict=True))
        kind = kind_of_value(frame)
        engine = None if kind is None else kind.engine
        for name, column in named.items():
            if not _has_rows_of(frame, column, engine):
                raise AlignmentError(
                    f"the column {name!r} for {self.producer} has not the rows of the frame",
                    hint="compute it row by row from the frame's columns, without filtering or sorting",
                )
        return frame.assign(**named) if engine == "pandas" else frame.with_columns(**named)


def _has_rows_of(frame: Any, column: Any, engine: str | None) -> bool:
    """Whether a column fits a frame row by row, as far as it can be told before a lazy frame is collected."""
    if kind_of_value(column) is None:
        return True
    if engine == "pandas":
        index = getattr(column, "index", None)
        return index is frame.index or bool(frame.index.equals(index))
    height = getattr(frame, "height", None) if engine == "polars" else None
    return height is None or not hasattr(column, "__len__") or len(column) == height


class with_columns(Modifier):  # noqa: N801 - the name users know
    """Compute columns by functions of their own, and hand the function the frame with them.

    The library is that of the parameter's annotation: pandas, Polars, or a Polars LazyFrame, whose columns are
    expressions. Nodes: ``<function>.<column>`` for each column that is passed, ``<function>.<name>`` for each inner
    function, and ``<function>._append`` for the frame with the new columns.

    Args:
        load_from: Functions, or modules with functions, that compute columns.
        columns_to_pass: Columns of the frame that inner functions take by name; they cannot be computed anew.
        on_input: The parameter that is the frame; by default the first. Inner functions may take the frame under
            this name, and extract and replace its columns themselves.
        pass_dataframe_as: Another name under which inner functions take the frame.
        select: What is put into the frame; by default every column there is.
        namespace: What the names of the nodes begin with instead of the function's name.
        config_required: Config keys without which the inner functions cannot be chosen.

    Example:
        >>> import pandas as pd
        >>> def total(rent: pd.Series, food: pd.Series) -> pd.Series:
        ...     return rent + food
        >>> @with_columns(total, columns_to_pass=["rent", "food"])
        ... def spend(costs: pd.DataFrame) -> pd.DataFrame:
        ...     return costs.sort_values("total")
        >>> spend(pd.DataFrame({"total": [2.0, 1.0]}))["total"].tolist()
        [1.0, 2.0]
    """

    phase: ClassVar[Phase] = Phase.INJECT
    configurable: ClassVar[bool] = True

    def __new__(cls, *load_from: Any, **named: Any) -> Self:
        """A modifier; given just a function, it lacks its parentheses or says too little.

        Raises:
            ModifierError: In that case.
        """
        if len(load_from) == 1 and not named and isinstance(load_from[0], FunctionType):
            file, line = written_at()
            raise ModifierError(
                f"@with_columns({load_from[0].__name__}): {_NO_WAY_IN}",
                file=file,
                line=line,
                hint=_EXAMPLE,
            )
        return object.__new__(cls)

    def __init__(
        self,
        *load_from: Callable[..., Any] | ModuleType,
        columns_to_pass: Sequence[str] | None = None,
        on_input: str | None = None,
        pass_dataframe_as: str | None = None,
        select: Sequence[str] | None = None,
        namespace: str | None = None,
        config_required: Sequence[str] | None = None,
    ) -> None:
        self.load_from = load_from
        self.passed = columns_to_pass
        self.on_input = on_input
        self.frame_name = pass_dataframe_as
        self.select = select
        self.namespace = namespace
        self.config_required = config_required

    # --- checks at decoration ----------------------------------------------------------------------

    def check(self, function: Callable[..., Any]) -> None:
        """Check what is loaded, how columns come in, and the parameter that is the frame."""
        if not self.load_from:
            raise self.error("names no function or module that computes columns", function, _EXAMPLE)
        for one in self.load_from:
            if not isinstance(one, FunctionType | ModuleType):
                hint = "@with_columns(*functions, …)" if isinstance(one, list | tuple) else _EXAMPLE
                raise self.error(f"takes functions and modules, not {one!r}", function, hint)
            if isinstance(one, ModuleType) and one.__name__ == function.__module__:
                raise self.error(
                    "loads the module it stands in, which would hold itself", function, "name the functions one by one"
                )
        if self.passed is None and self.on_input is None and self.frame_name is None:
            raise self.error(
                _NO_WAY_IN,
                function,
                "columns_to_pass=['a', 'b'] hands them over; with on_input='frame' they take the frame itself",
            )
        for option, names in (("columns_to_pass", self.passed), ("select", self.select)):
            self._check_names(option, names, function)
        self._check_names("config_required", self.config_required, function)
        check_parameter(self, self.on_input, function)
        parameter = self.on_input or unwrapped(function).__code__.co_varnames[0]
        annotation = unwrapped(function).__annotations__.get(parameter)
        if annotation is not None and not isinstance(annotation, str):
            self._frame_kind(annotation, parameter, function)

    def _check_names(self, option: str, names: Any, function: Callable[..., Any]) -> None:
        if names is None:
            return
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise self.error(f"{option}={names!r} must be a list of names", function, f"{option}=['a', 'b']")
        if (repeated := repeated_name(names)) is not None:
            raise self.error(f"{option} names {repeated!r} twice", function, "name each once")

    def _frame_kind(self, annotation: Any, parameter: str, function: Any) -> FrameKind:
        kind = kind_of_type(annotation)
        if kind is None or kind.shape != "frame" or kind.engine not in _ENGINES:
            raise self.error(
                f"works on a frame of pandas or Polars, and {parameter} is {type_text(annotation)}",
                function,
                "annotate it pd.DataFrame, pl.DataFrame or pl.LazyFrame, or name the frame with on_input",
            )
        return kind

    # --- nodes --------------------------------------------------------------------------------------

    def config_needs(self) -> ConfigNeeds | None:
        """The keys by which inner functions are chosen."""
        needs = members_need(self.load_from, ()) or ConfigNeeds()
        conditions = [node.condition for node in members(self.load_from, {}).nodes]
        keys = dict.fromkeys(key for condition in conditions for clause in condition for key in clause.key.split(", "))
        needs = needs | ConfigNeeds(tuple(self.config_required or ()), tuple(keys))
        return needs if needs.keys else None

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """As :meth:`apply_with`, under an empty config."""
        return self.apply_with(nodes, defined, {})

    def apply_with(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any]) -> list[Node]:
        """Columns, inner functions and the frame with both before the function's nodes, which take that frame."""
        check_no_expander(self, defined)
        frame = outer_dependency(self, nodes, parameter=self.on_input, defined=defined)
        kind = self._frame_kind(frame.type, frame.name, defined)
        passed = self._passed(frame, defined)
        inner = self._inner(kind, config, defined)
        clashes = sorted({node.name for node in passed} & {node.name for node in inner})
        if clashes:
            raise self.error(
                f"the column {clashes[0]!r} is passed and computed, too",
                defined,
                f"pass the frame itself, on_input={frame.name!r}, to replace its columns",
            )
        columns = self._selected(passed, inner, kind, defined)
        kept = [*passed, *inner] if self.select is None else _upstream([*passed, *inner], columns)
        made = self._named([*kept, self._appended(frame, columns, defined)], frame.name, defined)
        check_new_names(self, made, nodes, defined=defined)
        return [*made, *(taking(node, frame.name, made[-1].name) for node in nodes)]

    def _passed(self, frame: Dependency, defined: DefinedFunction) -> list[Node]:
        if not self.passed:
            return []
        whole = Node(frame.name, frame.type, _append_nothing, (), defined, doc="")
        parts = extract_columns(*self.passed).parts(whole, defined)
        given = (dependency_on(frame.name, frame.type, frame.parameter, default=frame.default),)
        return [
            part.with_(arguments=given, role=Role.RAW, doc=f"Column {part.name} of {frame.name}.") for part in parts
        ]

    def _inner(self, kind: FrameKind, config: Mapping[str, Any], defined: DefinedFunction) -> list[Node]:
        """The inner functions' nodes that hold under the config, one of a name, in the engine that fits best."""
        fitting = _ENGINES[kind.engine]
        chosen: list[Node] = []
        for variants in members(self.load_from, {}, config).variants.values():
            held = [node for node in variants if holds(node.condition, config)]
            usable = [node for node in held if node.engine in fitting]
            if usable:
                chosen.append(min(usable, key=lambda node: fitting.index(node.engine)))
            elif named := [
                node for node in held if node.defined is not None and node.defined.function in self.load_from
            ]:
                raise self.error(
                    f"{named[0].name} is written for {named[0].engine}, and the frame is one of {kind.engine}",
                    defined,
                    "annotate both with one library",
                )
        return _as_parts(chosen, defined)

    def _selected(
        self, passed: Sequence[Node], inner: Sequence[Node], kind: FrameKind, defined: DefinedFunction
    ) -> list[Node]:
        """What is put into the frame: what is asked for, or every column that is no mere step to another."""
        if self.select is None:
            return [*passed, *(node for node in inner if node.public and _is_column(node, kind))]
        by_name = {node.name: node for node in (*passed, *inner)}
        for name in self.select:
            if name not in by_name:
                hint = did_you_mean(name, by_name) or f"there are {', '.join(by_name)}"
                raise self.error(f"selects {name!r}, which nothing computes", defined, hint)
            if not _is_column(by_name[name], kind):
                raise self.error(
                    f"selects {name!r}, which is {type_text(by_name[name].type)} and no column", defined, "leave it out"
                )
        return [by_name[name] for name in self.select]

    def _appended(self, frame: Dependency, columns: Sequence[Node], defined: DefinedFunction) -> Node:
        arguments: list[Argument] = [
            dependency_on(frame.name, frame.type, frame.parameter, default=frame.default),
            *(dependency_on(node.name, node.type, node.name) for node in columns),
        ]
        return Node(
            "_append",
            frame.type,
            _Append([node.name for node in columns], defined.name),
            tuple(arguments),
            defined,
            role=Role.RAW,
            doc=f"The frame of {frame.name} with the columns {', '.join(node.name for node in columns)}.",
            final=False,
        )

    def _named(self, nodes: Sequence[Node], frame: str, defined: DefinedFunction) -> list[Node]:
        """The nodes, and what they take of each other, with the namespace before their names."""
        namespace = defined.name if self.namespace is None else self.namespace
        names = {node.name: f"{namespace}.{node.name}" for node in nodes}
        if len(names) < len(nodes):
            raise self.error("computes a column '_append', which is the name of the frame with all", defined)
        if self.frame_name is not None:
            names.setdefault(self.frame_name, frame)
        return [
            with_dependencies_named(node, names).with_(name=names[node.name], final=False, via=(*node.via, defined))
            for node in nodes
        ]


def _append_nothing() -> None:
    """Stands where the frame's own function would; nothing calls it."""


def _is_column(node: Node, kind: FrameKind) -> bool:
    own = kind_of_type(node.type)
    return own is not None and own.shape == "column" and own.engine in _ENGINES[kind.engine]


def _as_parts(nodes: Sequence[Node], outer: DefinedFunction) -> list[Node]:
    """Nodes of other functions under the condition of ``outer`` and in its engine; what is of one function stays so."""
    parts: dict[int, DefinedFunction] = {}
    made = []
    for node in nodes:
        own = node.defined
        assert own is not None  # members come from functions
        if id(own) not in parts:
            engine = own.engine if outer.engine == "any" else outer.engine
            parts[id(own)] = replace(own, condition=outer.condition, engine=engine)
        made.append(node.with_(defined=parts[id(own)]))
    return made


def _upstream(nodes: Sequence[Node], wanted: Sequence[Node]) -> list[Node]:
    """The wanted nodes and what they are made of, in the order of ``nodes``."""
    by_name = {node.name: node for node in nodes}
    names = dict.fromkeys(node.name for node in wanted)
    left = list(names)
    while left:
        for dependency in by_name[left.pop()].dependencies:
            if dependency.name in by_name and dependency.name not in names:
                names[dependency.name] = None
                left.append(dependency.name)
    return [node for node in nodes if node.name in names]
