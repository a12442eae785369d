"""What columns a frame has: declared, and held to when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from featurecat.definition.modifier import Modifier, Phase, Target, modifiers_of, replace_targets, targets
from featurecat.definition.node import DefinedFunction, Node
from featurecat.definition.types import type_text
from featurecat.errors import ModifierError, Problem, RunError, did_you_mean
from featurecat.expectations.registry import find_kind
from featurecat.expectations.spec import ExpectationSpec
from featurecat.frames.columns import column_names, extract_column
from featurecat.frames.dtypes import fits_type, logical_type_name
from featurecat.frames.kinds import kind_of_type, kind_of_value
from featurecat.function_modifiers.wiring import After, repeated_name

__all__ = ["SchemaOutput", "schema"]

#: The tag that holds the declared columns, each as ``name=type``.


class _Held:
    """Lets a frame through that has the declared columns, with values of the declared types.

    Args:
        wanted: Column to parameters of a ``data_type`` expectation, in which what was written is normalised.
        producer: The node whose value it is.
    """

    __slots__ = ("producer", "wanted")

    def __init__(self, wanted: Mapping[str, Mapping[str, Any]], producer: str) -> None:
        self.wanted = wanted
        self.producer = producer

    def __call__(self, frame: Any) -> Any:
        found = column_names(frame)
        differences = [f"missing: {name}" for name in self.wanted if name not in found]
        differences += [f"not declared: {name}" for name in found if name not in self.wanted]
        for name, parameters in self.wanted.items():
            actual = _other_type(frame, name, parameters) if name in found else None
            if actual is not None:
                differences.append(f"{name} is {actual}, declared {parameters['data_type']}")
        if not differences:
            return frame
        near = next((hint for name in self.wanted if name not in found and (hint := did_you_mean(name, found))), None)
        raise RunError(
            Problem(
                "type-mismatch",
                f"the columns of {self.producer} are not those its schema declares",
                hint=near or "change the function, or what @schema.output says",
                details=tuple(differences),
            )
        )


def _other_type(frame: Any, name: str, parameters: Mapping[str, Any]) -> str | None:
    """The logical type of a column that has not the declared one."""
    kind = kind_of_value(frame)
    assert kind is not None  # its columns were read
    if kind.engine == "polars-lazy":
        dtype = frame.collect_schema()[name]
        try:
            actual = logical_type_name(dtype)
        except ModifierError:  # a type that Arrow has no name of its own for, such as Object
            return str(dtype)
        return None if actual == "null" or fits_type(actual, parameters["data_type"]) else actual
    from featurecat.expectations.evaluate import evaluate  # judging loads frame libraries, declaring must not

    verdict = evaluate(ExpectationSpec("data_type", parameters), extract_column(frame, name))
    return None if verdict.passes else str((verdict.observed or {}).get("data_type", verdict.message))


class SchemaOutput(Modifier):
    """Declare the columns of the frame the function returns; written ``@schema.output(…)``.

    Args:
        fields: Pairs of column name and type. Any text will do for documentation; to be enforced it must name a type.
        target_: Which node of the function is the frame; by default its result.
        enforce: Whether a frame whose columns are not just these, in any order, is an error when it is computed.

    Example:
        >>> import polars as pl
        >>> @schema.output(("week", "int"), ("spend", "float"), enforce=True)
        ... def weeks(path: str) -> pl.DataFrame:
        ...     return pl.DataFrame({"week": [1], "spend": [2.0]})
        >>> weeks("costs.csv").columns
        ['week', 'spend']
    """

    phase: ClassVar[Phase] = Phase.DECORATE

    def __init__(self, *fields: tuple[str, str], target_: Target = None, enforce: bool = False) -> None:
        self.fields = fields
        self.target = target_
        self.enforce = enforce

    @property
    def name(self) -> str:
        """The decorator as users write it."""
        return "schema.output"

    def check(self, function: Callable[..., Any]) -> None:
        """Check the fields, that there is one declaration, and the return annotation where it is known already."""
        example = "@schema.output(('week', 'int'), ('spend', 'float'))"
        if any(isinstance(other, SchemaOutput) for other in modifiers_of(function)):
            raise self.error("stands twice", function, "declare all columns in one")
        if not self.fields:
            raise self.error("names no column", function, example)
        for field in self.fields:
            if not _is_pair(field):
                raise self.error(f"{field!r} is no pair of column name and type", function, example)
        if (repeated := repeated_name(field for field, _ in self.fields)) is not None:
            raise self.error(f"declares {repeated!r} twice", function, "name each column once")
        if self.enforce:
            self._wanted(function)
        returns = function.__annotations__.get("return", "")
        if self.target is None and not isinstance(returns, str) and _alone(function):
            self._check_frame(returns, function)

    def _check_frame(self, annotation: Any, function: Any) -> None:
        kind = kind_of_type(annotation)
        if kind is None or kind.shape != "frame":
            raise self.error(
                f"declares columns of a frame, not of {type_text(annotation)}",
                function,
                "annotate -> pd.DataFrame or -> pl.DataFrame, or name the frame with target_",
            )

    def _wanted(self, function: Any) -> dict[str, Mapping[str, Any]]:
        """The declared types, normalised; all faults at once."""
        problems: list[Problem] = []
        wanted: dict[str, Mapping[str, Any]] = {}
        for field, written in self.fields:
            try:
                wanted[field] = find_kind("data_type").normalise(written)
            except ModifierError as fault:
                message = f"the type {written!r} of {field!r} cannot be enforced"
                problems += self.error(message, function, fault.problems[0].hint).problems
        if problems:
            raise ModifierError(problems)
        return wanted

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Declare the columns on each target, and hold what computes it to them if asked."""
        chosen = targets(self, nodes, self.target, defined=defined)
        for node in chosen:
            self._check_frame(node.type, defined)
        nodes = replace_targets(
            self,
            nodes,
            self.target,
            defined=defined,
            change=lambda node: [node.with_(schema=self.fields)],
        )
        if not self.enforce:
            return nodes
        # of a checked node the unchecked value is held to it, before anything is judged
        computing = {node.raw or node.name: node.name for node in chosen}
        wanted = self._wanted(defined)
        return [
            node.with_(function=After(node.function, _Held(wanted, computing[node.name])))
            if node.name in computing
            else node
            for node in nodes
        ]


def _is_pair(field: Any) -> bool:
    return isinstance(field, tuple) and len(field) == 2 and all(isinstance(part, str) for part in field)


def _alone(function: Callable[..., Any]) -> bool:
    """Whether nothing below makes other nodes of the function's result."""
    return not any(other.phase in (Phase.GENERATE, Phase.TRANSFORM) for other in modifiers_of(function))


class _Schema:
    """Declarations of columns: ``@schema.output``."""

    output = SchemaOutput


schema = _Schema()
