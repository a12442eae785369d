"""Pipes: functions applied one after the other to what a function takes or returns, each a node of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import EllipsisType, FunctionType
from typing import Any, ClassVar, Self

from featurecat.definition.collect import define, plain_node
from featurecat.definition.condition import ALWAYS, holds
from featurecat.definition.modifier import ConfigNeeds, Modifier, Phase, modifiers_of, replace_targets, targets
from featurecat.definition.nested import brought_by
from featurecat.definition.node import DefinedFunction, Dependency, Node, Role, dependency_on, role_of
from featurecat.definition.types import unwrapped
from featurecat.errors import ModifierError, did_you_mean
from featurecat.function_modifiers.conditions import Exclusion
from featurecat.function_modifiers.dependencies import written_at
from featurecat.function_modifiers.injection import (
    check_new_names,
    check_no_expander,
    check_parameter,
    outer_dependency,
    taking,
)
from featurecat.function_modifiers.steps import EXAMPLE, Namespace, Step, check_step, step
from featurecat.function_modifiers.wiring import repeated_name, wired

__all__ = ["pipe", "pipe_input", "pipe_output", "step"]


# --- chains -------------------------------------------------------------------------------------------


def _chain(
    modifier: Modifier,
    steps: Iterable[Step],
    start: Dependency,
    *,
    namespace: Namespace,
    default_namespace: str,
    defined: DefinedFunction,
) -> list[Node]:
    """The nodes of steps, each taking the value of the one before, the first that of ``start``."""
    counts: Counter[str] = Counter()
    nodes: list[Node] = []
    before = start
    for one in steps:
        applied = one.function
        assert applied is not None  # checked at decoration
        named = applied.__name__
        name = one.label or f"with{'' if named.startswith('_') else '_'}{named}" + (
            f"_{counts[named]}" if counts[named] else ""
        )
        counts[named] += 1
        prefix = one.namespace if namespace is ... else namespace
        prefix = default_namespace if prefix is ... else prefix
        node = _step_node(modifier, one, before, name if prefix is None else f"{prefix}.{name}", defined)
        nodes.append(node)
        before = dependency_on(node.name, node.type, "value")
    repeated = repeated_name(node.name for node in nodes)
    if repeated is not None:
        raise modifier.error(f"two steps make a node {repeated!r}", defined, f"{EXAMPLE}.named('doubled')")
    return nodes


def _step_node(modifier: Modifier, one: Step, before: Dependency, name: str, defined: DefinedFunction) -> Node:
    applied = one.function
    assert applied is not None  # checked at decoration
    own = define(applied)
    # it is there when the decorated function is, whatever it says of itself
    engine = own.engine if defined.engine == "any" else defined.engine
    own = replace(own, condition=ALWAYS, modifiers=(), engine=engine)
    node = plain_node(own)
    first = node.arguments[0]
    assert isinstance(first, Dependency)  # what define() reads has nothing else
    taken = dependency_on(before.name, first.type, first.parameter, default=before.default)
    function, arguments, keywords = wired(modifier, node, one.wiring, defined=defined)
    arguments = (taken, *arguments[1:])
    return brought_by(
        defined, node.with_(name=name, function=function, arguments=arguments, keywords=keywords, final=False)
    )


class _Pipe(Modifier):
    """What pipes share: steps, of which the config may choose."""

    configurable: ClassVar[bool] = True

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """A pipe; given just a function, it lacks its parentheses or ``step()``."""
        if len(given) == 1 and isinstance(given[0], FunctionType):
            file, line = written_at()
            raise ModifierError(
                f"@{cls.__name__} takes step(…), not the function {given[0].__name__}",
                file=file,
                line=line,
                hint=f"@{cls.__name__}({EXAMPLE})",
            )
        return super().__new__(cls)

    def __init__(self, steps: tuple[Step, ...], namespace: Namespace) -> None:
        self.steps = steps
        self.namespace = namespace

    def check(self, function: Callable[..., Any]) -> None:
        """Check every step, and that the namespace is told in one place."""
        for one in self.steps:
            check_step(self, one, function)
            if self.namespace is not ... and one.namespace is not ...:
                raise self.error(
                    f"gives a namespace to the whole pipe and to the step {self._label(one)}",
                    function,
                    "leave out one of them",
                )
        if not (
            self.namespace is ... or self.namespace is None or (isinstance(self.namespace, str) and self.namespace)
        ):
            raise self.error(
                f"namespace={self.namespace!r} must be a text, None or …", function, "namespace='cleaning'"
            )

    def _label(self, one: Step) -> str:
        return one.label or str(getattr(one.function, "__name__", ""))

    def config_needs(self) -> ConfigNeeds | None:
        """The keys its steps are chosen by."""
        keys = dict.fromkeys(clause.key for one in self.steps for clause in one.conditions)
        return ConfigNeeds(optional=tuple(keys)) if keys else None

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """As :meth:`apply_with`, under an empty config."""
        return self.apply_with(nodes, defined, {})

    def _chosen(self, config: Mapping[str, Any]) -> list[Step]:
        return [one for one in self.steps if holds(one.conditions, config)]


# --- around inputs ---------------------------------------------------------------------------------


class pipe_input(_Pipe):  # noqa: N801 - the name users know
    """Apply functions to an argument before the function gets it.

    Each step is a node ``<function>.with_<step>``, numbered from the second of a name on.

    Args:
        steps: In the order in which they are applied; see :func:`step`.
        namespace: What the names of the step's nodes begin with: ``...`` for the function's name, None for nothing.
        on_input: The parameter; by default the first.

    Example:
        >>> def _clipped(amount: float, most: float) -> float:
        ...     return min(amount, most)
        >>> @pipe_input(step(_clipped, most=100.0))
        ... def tax(amount: float) -> float:
        ...     return amount * 0.2
        >>> tax(1000.0)
        200.0
    """

    phase: ClassVar[Phase] = Phase.INJECT

    def __init__(self, *steps: Step, namespace: Namespace = ..., on_input: str | None = None) -> None:
        super().__init__(steps, namespace)
        self.on_input = on_input

    def check(self, function: Callable[..., Any]) -> None:
        """Check the parameter and every step."""
        check_parameter(self, self.on_input, function)
        super().check(function)
        for one in self.steps:
            if one.output is not None:
                raise self.error(
                    f"the step {self._label(one)} is for results, by on_output", function, "use it in @pipe_output"
                )

    def apply_with(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any]) -> list[Node]:
        """The steps before the function's nodes, which take the last one's value."""
        check_no_expander(self, defined)
        start = outer_dependency(self, nodes, parameter=self.on_input, defined=defined)
        steps = _chain(
            self,
            self._chosen(config),
            start,
            namespace=self.namespace,
            default_namespace=defined.name,
            defined=defined,
        )
        if not steps:
            return nodes
        check_new_names(self, steps, nodes, defined=defined)
        return [*steps, *(taking(node, start.name, steps[-1].name) for node in nodes)]


pipe = pipe_input


# --- around outputs -----------------------------------------------------------------------------------


class pipe_output(_Pipe):  # noqa: N801 - the name users know
    """Apply functions to the function's result.

    The function's own value becomes ``X.raw``, each step a node ``X.with_<step>``, and ``X`` the last one's value. Above
    ``@extract_columns`` or ``@extract_fields`` it applies to every part.

    Args:
        steps: In the order in which they are applied; see :func:`step`. All lie in the namespace of the pipe.
        namespace: What the names of the step's nodes begin with: ``...`` for the result's name, None for nothing.
        on_output: Which results it applies to; by default all. A step may say so itself, with ``.on_output()``.

    Example:
        >>> def _rounded(amount: float, digits: int = 2) -> float:
        ...     return round(amount, digits)
        >>> @pipe_output(step(_rounded, digits=1))
        ... def tax(amount: float) -> float:
        ...     return amount * 0.2
        >>> tax(1.0)
        0.2
    """

    phase: ClassVar[Phase] = Phase.TRANSFORM

    def __init__(self, *steps: Step, namespace: Namespace = ..., on_output: str | Sequence[str] | None = None) -> None:
        super().__init__(steps, namespace)
        self.on_output = on_output
        #: How messages call it: ``@mutate`` attaches pipes to other functions.
        self.spelled = "pipe_output"

    @property
    def name(self) -> str:
        """The decorator as users write it."""
        return self.spelled

    @property
    def place(self) -> tuple[str, int] | None:
        """File and line of the function that attached it by ``@mutate``; None where it is written at the function."""
        applied = self.steps[0].function if self.spelled == "mutate" and self.steps else None
        if applied is None:
            return None
        code = unwrapped(applied).__code__
        return code.co_filename, code.co_firstlineno

    def with_step(self, one: Step) -> pipe_output:
        """A copy with a further step."""
        return self.with_steps((*self.steps, one))

    def with_steps(self, steps: tuple[Step, ...]) -> pipe_output:
        """A copy with other steps."""
        copy = pipe_output(*steps, namespace=self.namespace, on_output=self.on_output)
        copy.spelled = self.spelled
        return copy

    def check(self, function: Callable[..., Any]) -> None:
        """Check every step, and that results are chosen in one place."""
        super().check(function)
        if isinstance(self.on_output, EllipsisType):
            raise self.error("on_output takes names", function, "leave it out for all results")
        for one in self.steps:
            if isinstance(one.output, EllipsisType):
                raise self.error("on_output() takes names", function, "leave it out for all results")
            if one.output is not None and self.on_output is not None:
                raise self.error(
                    f"chooses results for the whole pipe and for the step {self._label(one)}",
                    function,
                    "leave out one of them",
                )

    def apply_with(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any]) -> list[Node]:
        """Each result replaced by raw node, steps and the node of its name."""
        chosen = [node.name for node in targets(self, nodes, self.on_output, defined=defined)]
        for one in self.steps:
            _check_outputs(self, one, chosen, defined)
            _check_unconditional(self, one, defined)
        steps = self._chosen(config)
        piped = replace_targets(
            self,
            nodes,
            self.on_output,
            defined=defined,
            change=lambda node: self._piped(node, [one for one in steps if one.applies_to(node.name)], defined),
        )
        repeated = repeated_name(node.name for node in piped)
        if repeated is not None:
            raise self.error(f"two nodes would be called {repeated!r}", defined, self._way_out(repeated, nodes))
        return piped

    def _way_out(self, repeated: str, nodes: Sequence[Node]) -> str:
        if repeated.endswith(".raw"):
            return "say all steps in one @pipe_output"
        if self.namespace is ... or any(node.name == repeated for node in nodes):
            return f"name one of them: {EXAMPLE}.named('doubled')"
        return "leave out namespace=: each result has its own"

    def _piped(self, node: Node, steps: list[Step], defined: DefinedFunction) -> list[Node]:
        if not steps:
            return [node]
        raw = node.with_(name=f"{node.name}.raw", final=False)
        # a checked node stays what it is, for its verdicts; it is but hidden
        raw = raw.with_(role=Role.RAW) if node.raw is None else brought_by(defined, raw)
        chain = _chain(
            self,
            steps,
            dependency_on(raw.name, raw.type, raw.name),
            namespace=node.name if self.namespace is ... else self.namespace,
            default_namespace=node.name,
            defined=defined,
        )
        last = chain[-1]
        result = node.with_(
            type=last.type,
            function=_same,
            arguments=(dependency_on(last.name, last.type, "value"),),
            keywords=(),
            role=role_of(last.type),
            doc=node.documentation,
            expectations=(),
            raw=None,
        )
        return [raw, *chain, result]


def _same(piped: Any) -> Any:
    """What the last step returned."""
    return piped


def _check_outputs(modifier: Modifier, one: Step, chosen: Sequence[str], defined: DefinedFunction) -> None:
    for name in one.outputs:
        if name not in chosen:
            hint = did_you_mean(name, chosen) or f"its results are {', '.join(chosen)}"
            raise modifier.error(f"a step is for {name!r}, which is not a result of this function", defined, hint)


def _check_unconditional(modifier: Modifier, one: Step, defined: DefinedFunction) -> None:
    """Refuse a condition on a function that ``@mutate`` applies: it would say nothing of when it is applied."""
    if one.whom is None or one.function is None:
        return
    for other in modifiers_of(one.function):
        if other.phase is Phase.RESOLVE and not isinstance(other, Exclusion):
            raise modifier.error(
                f"@{other.name} on {one.function.__name__} would have no effect",
                defined,
                f"@mutate(apply_to({defined.function.__name__}).when(…))",
            )
