"""Expectations on what a function returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any, ClassVar

from featurecat.definition.metadata import NO_METADATA
from featurecat.definition.modifier import Modifier, Phase, Target, replace_targets
from featurecat.definition.node import NO_TAGS, Argument, DefinedFunction, Dependency, Node, Role, dependency_on
from featurecat.definition.types import type_text, unwrapped
from featurecat.errors import ExpectationError, ModifierError, Problem
from featurecat.expectations.registry import find_kind
from featurecat.expectations.spec import ExpectationSpec, Verdict, severity_of_importance

__all__ = ["Gate", "Validation", "check_output"]

#: Whether a kind of expectation can judge a type.
_known: dict[tuple[str, Any], bool] = {}


class Validation:
    """Evaluates one expectation on the value it is given."""

    __slots__ = ("spec",)

    def __init__(self, spec: ExpectationSpec) -> None:
        self.spec = spec

    def __call__(self, value: Any) -> Verdict:
        """The verdict on a value."""
        from featurecat.expectations.evaluate import evaluate  # judging loads frame libraries, declaring must not

        return evaluate(self.spec, value)


class Gate:
    """Lets a value through when no blocking expectation failed; logs the others that did.

    Args:
        feature: Name of the checked node.
        specs: Its expectations, in the order their verdicts arrive.
    """

    __slots__ = ("feature", "specs")

    def __init__(self, feature: str, specs: tuple[ExpectationSpec, ...]) -> None:
        self.feature = feature
        self.specs = specs

    def __call__(self, value: Any, *verdicts: Verdict) -> Any:
        """The value itself.

        Raises:
            ExpectationError: When an expectation that blocks did not hold, or could not be evaluated.
        """
        problems = []
        for spec, verdict in zip(self.specs, verdicts, strict=True):
            if verdict.passes:
                continue
            if spec.blocking:
                code = "expectation-unevaluated" if verdict.status == "error" else "expectation-failed"
                message = f"{self.feature}: {spec.kind} does not hold: {verdict.message}"
                problems.append(Problem(code, message, spec.file, spec.line, feature=self.feature))
            else:
                _warn(f"[{self.feature}:{spec.kind}] {verdict.message}")
        if problems:
            raise ExpectationError(problems)
        return value


def _warn(text: str) -> None:
    import logging  # only a failed expectation logs; declaring one need not load it

    logging.getLogger("featurecat.expectations").warning("%s", text)


class check_output(Modifier):  # noqa: N801 - the name users know
    """Declare expectations on the function's result; may be stacked, each with its own importance.

    The unchecked value becomes ``X_raw``, each expectation a node ``X_<kind>_validator``, and ``X`` the checked
    value. Above ``@extract_columns`` it checks every column, below it the frame.

    Args:
        importance: ``warn`` (report and go on) or ``fail`` (block).
        target_: Which nodes of the function are meant.
        expectations: Kind of expectation to its argument: ``range=(0, 1)``, ``data_type=float``,
            ``allow_nans=False``, ``max_fraction_nans=0.1``, ``values_in=["a", "b"]``.

    Example:
        >>> @check_output(range=(0.0, 1.0), importance="fail")
        ... def share(part: float, whole: float) -> float:
        ...     return part / whole
        >>> share(1.0, 2.0)
        0.5
    """

    phase: ClassVar[Phase] = Phase.TRANSFORM

    def __init__(self, importance: str = "warn", *, target_: Target = None, **expectations: Any) -> None:
        self.importance = importance
        self.target = target_
        self.expectations = expectations
        self._specs: tuple[ExpectationSpec, ...] = ()
        self._code: CodeType | None = None

    def check(self, function: Callable[..., Any]) -> None:
        """Check the importance and every expectation's argument, all faults at once, and keep what they mean."""
        if self.importance not in ("warn", "fail"):
            raise self.error(f"importance={self.importance!r} is not known", function, "'warn' or 'fail'")
        problems: list[Problem] = []
        parameters: dict[str, Mapping[str, Any]] = {}
        for kind, argument in self.expectations.items():
            try:
                parameters[kind] = find_kind(kind).normalise(argument)
            except ModifierError as fault:
                placed = self.error(fault.problems[0].message, function, fault.problems[0].hint)
                problems += placed.problems
        if problems:
            raise ModifierError(problems)
        severity = severity_of_importance(self.importance)
        code = getattr(unwrapped(function), "__code__", None)
        file, line = (None, None) if code is None else (code.co_filename, code.co_firstlineno)
        self._specs = tuple(
            [ExpectationSpec(kind, given, severity, "check_output", file, line) for kind, given in parameters.items()]
        )
        self._code = getattr(function, "__code__", None)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Put raw node, validators and gate in the place of each target."""
        if self._code is not defined.function.__code__:
            self.check(defined.function)  # functions that share the decorator are each checked at their own place
        if len(nodes) == 1 and (self.target is None or self.target is ...):
            return self._guard(nodes[0], defined)
        return replace_targets(
            self, nodes, self.target, defined=defined, change=lambda node: self._guard(node, defined)
        )

    def _guard(self, node: Node, defined: DefinedFunction) -> list[Node]:
        name, annotation, raw, specs = node.name, node.type, node.raw, self._specs
        made: list[Node] = []
        arguments: list[Argument] = []
        if raw is None:
            raw = f"{name}_raw"
            made.append(_raw(node, raw))
            arguments.append(dependency_on(raw, annotation, raw))
        else:
            arguments += node.arguments
        value = (dependency_on(raw, annotation, "value"),)
        for spec in specs:
            if node.expectations or not _applies(spec.kind, annotation):
                self._check_fit(node, spec, defined)
            validator = _validator(node, spec, value)
            made.append(validator)
            arguments.append(dependency_on(validator.name, Verdict, validator.name))
        expectations = (*node.expectations, *specs)
        made.append(
            Node(
                name,
                annotation,
                Gate(name, expectations),
                tuple(arguments),
                node.defined,
                (),
                node.role,
                node.doc,
                node.declared,
                node.tags,
                expectations,
                raw,
                node.final,
            )
        )
        return made

    def _check_fit(self, node: Node, spec: ExpectationSpec, defined: DefinedFunction) -> None:
        if not _applies(spec.kind, node.type):
            raise self.error(
                f"{spec.kind} cannot judge {node.name}, which is {type_text(node.type)}",
                defined,
                f"it applies to {find_kind(spec.kind).supported_types}",
            )
        if any((spec.kind, spec.params) == (other.kind, other.params) for other in node.expectations):
            raise self.error(f"{node.name} has the same {spec.kind} expectation twice", defined, "keep one")


def _applies(kind: str, annotation: Any) -> bool:
    try:
        return _known[kind, annotation]
    except KeyError:
        applies = _known[kind, annotation] = find_kind(kind).applies_to(annotation)
        return applies
    except TypeError:  # an annotation that cannot be hashed
        return find_kind(kind).applies_to(annotation)


def _raw(node: Node, name: str) -> Node:
    """The node that computes the unchecked value."""
    return Node(
        name,
        node.type,
        node.function,
        node.arguments,
        node.defined,
        node.keywords,
        Role.RAW,
        node.doc,
        node.declared,
        node.tags,
        (),
        None,
        False,
    )


def _validator(node: Node, spec: ExpectationSpec, value: tuple[Dependency]) -> Node:
    """The node that judges the unchecked value by one expectation."""
    name = f"{node.name}_{spec.kind}_validator"
    # stacked decorators may each bring the same kind
    if node.expectations and (earlier := [other for other in node.expectations if other.kind == spec.kind]):
        name = f"{name}_{len(earlier)}"
    return Node(
        name,
        Verdict,
        Validation(spec),
        value,
        node.defined,
        (),
        Role.VALIDATOR,
        f"Whether {spec.kind} holds of {node.name}.",
        NO_METADATA,
        NO_TAGS,
        (spec,),
        None,
        False,
    )
