"""The run loop: calls a plan's steps over slots. Where a step runs is an executor's business; what happens
around it (alignment, errors, hooks) is written here, once.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, Sequence
from operator import length_hint
from typing import Any, TypeAlias

from featurecat.definition.asynchronous import refusing_awaitables, wraps_asynchronous
from featurecat.definition.node import Dependency, Node, Role
from featurecat.errors import FeaturecatError, Problem, StepError
from featurecat.execution.hooks import Hook, watching
from featurecat.frames.alignment import AlignmentMemo, align_columns, check_aligned
from featurecat.frames.describe import describe_value
from featurecat.frames.handing import handed_over
from featurecat.frames.kinds import kind_of_type
from featurecat.plan.planner import Plan, Step

__all__ = ["Around", "Program", "isolated", "run_plan", "step_error"]

_MOST_INPUTS_SHOWN = 3
_NODE_HOOKS = ("run_before_node_execution", "run_after_node_execution")

#: Kinds of runs: steps of one, two, three or any number of arguments, and slots to clear.
_ONE, _TWO, _THREE, _ANY, _CLEAR = 1, 2, 3, 0, -1

#: Steps of one kind in a row. Per step: what to call, the slots of its arguments, the slot of its result; for
#: ``_ANY`` the argument slots are one tuple; for ``_CLEAR`` the members are slots.
Run: TypeAlias = tuple[int, list[Any]]

#: What is put around the function of a step. It is also told which names have values in this run.
Around: TypeAlias = Callable[[Step, Callable[..., Any], Collection[str]], Callable[..., Any]]


class Program:
    """A plan made ready to run many times.

    Args:
        plan: What to run.
    """

    __slots__ = ("_aligned", "_functions", "_given", "_outputs", "_runs", "_slots", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._aligned = any(step.alignment is not None for step in plan.steps)
        self._functions = [isolated(step, _callable(step.node), plan) for step in plan.steps]
        self._runs = _runs(plan.steps, self._functions)
        self._given = tuple(plan.given.items())
        self._outputs = tuple(plan.outputs.items())
        self._slots: list[Any] = [None] * plan.size
        for slot, value in plan.constants:
            self._slots[slot] = value

    def run(
        self, values: Mapping[str, Any], hooks: Sequence[Hook] = (), *, around: Around | None = None
    ) -> dict[str, Any]:
        """Compute the plan's outputs.

        Args:
            values: Name to value of everything the plan must be given.
            hooks: What watches the run.
            around: What is put around each step.

        Returns:
            Name to value of the outputs, in the order of the request.

        Raises:
            StepError: When a feature's function raises; the original is its cause.
            FeaturecatError: What steps raise on purpose: alignment, expectations.
        """
        slots = self._slots.copy()
        for name, slot in self._given:
            slots[slot] = values[name]
        if hooks:
            with watching(hooks, self.plan):
                _loop(self.plan.steps, self._around(hooks, around), slots)
        elif self._aligned or around is not None:
            _loop(self.plan.steps, self._around((), around), slots)
        else:
            _loop(self.plan.steps, self._runs, slots)
        return {name: slots[slot] for name, slot in self._outputs}

    def run_part(
        self, values: MutableMapping[str, Any], hooks: Sequence[Hook] = (), *, around: Around | None = None
    ) -> dict[str, Any]:
        """As :meth:`run`, for a plan that is a part of a run: hooks are told of its steps only.

        Args:
            values: As for :meth:`run`; they are taken out, so that each can be let go after its last use.
            hooks: What watches the run.
            around: What is put around each step.
        """
        slots = self._slots.copy()
        for name, slot in self._given:
            slots[slot] = values.pop(name)
        plain = not (hooks or self._aligned or around is not None)
        _loop(self.plan.steps, self._runs if plain else self._around(hooks, around), slots)
        return {name: slots[slot] for name, slot in self._outputs}

    def _around(self, hooks: Sequence[Hook], around: Around | None) -> list[Run]:
        """The runs, with alignment and hooks around the functions they are for."""
        memo = AlignmentMemo()
        functions = []
        present = {*self.plan.given, *self.plan.names} if around is not None else ()
        for step, function in zip(self.plan.steps, self._functions, strict=True):
            if step.alignment is not None:
                function = _aligned(step, function, memo)
            if around is not None:
                function = around(step, function, present)
            functions.append(_watched(step.node, function, hooks) if hooks else function)
        return _runs(self.plan.steps, functions)


def run_plan(plan: Plan, values: Mapping[str, Any], hooks: Sequence[Hook] = ()) -> dict[str, Any]:
    """Run a plan once; see :meth:`Program.run`."""
    return Program(plan).run(values, hooks)


def _runs(steps: Sequence[Step], functions: Sequence[Callable[..., Any]]) -> list[Run]:
    """The steps as runs of one kind each, so that the loop looks at the kind once a run."""
    runs: list[Run] = []
    current: int | None = None
    for step, function in zip(steps, functions, strict=True):
        arguments = step.arguments
        kind = len(arguments) if 0 < len(arguments) < 4 else _ANY
        if kind != current:
            runs.append((kind, []))
            current = kind
        slots = (arguments,) if kind == _ANY else arguments
        runs[-1][1].append((function, *slots, step.output))
        if step.release:
            runs.append((_CLEAR, list(step.release)))
            current = _CLEAR
    return runs


def _loop(steps: Sequence[Step], runs: Sequence[Run], slots: list[Any]) -> None:
    """Call every step. Nothing is counted on the way: what is left of the iterators tells which step raised."""
    left: Any = iter(())
    runs_left = iter(runs)
    try:
        for kind, members in runs_left:
            left = iter(members)
            if kind == _ONE:
                for function, first, output in left:
                    slots[output] = function(slots[first])
            elif kind == _TWO:
                for function, first, second, output in left:
                    slots[output] = function(slots[first], slots[second])
            elif kind == _THREE:
                for function, first, second, third, output in left:
                    slots[output] = function(slots[first], slots[second], slots[third])
            elif kind == _ANY:
                for function, arguments, output in left:
                    slots[output] = function(*[slots[slot] for slot in arguments])
            else:
                for slot in left:
                    slots[slot] = None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a feature may raise anything, SystemExit included
        step = _failed_step(steps, runs_left, length_hint(left))
        if not isinstance(error, FeaturecatError):
            raise _step_error(step, slots, error) from error
        _place(error, step.node)
        raise


def _failed_step(steps: Sequence[Step], runs_left: Iterable[Run], members_left: int) -> Step:
    still_to_come = members_left + sum(len(members) for kind, members in runs_left if kind != _CLEAR)
    return steps[len(steps) - still_to_come - 1]


def _callable(node: Node) -> Callable[..., Any]:
    """The node's function as one that takes positional arguments only."""
    function, keywords = node.function, node.keywords
    if hasattr(function, "__wrapped__") and wraps_asynchronous(function):
        function = refusing_awaitables(function, node) if not keywords else function
    if not keywords:
        return function
    positional = len(node.arguments) - len(keywords)

    def call(*values: Any) -> Any:
        return function(*values[:positional], **dict(zip(keywords, values[positional:], strict=True)))

    return call


def isolated(step: Step, function: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    """The function, with frames and columns that others take, too, handed over so that it cannot change theirs."""
    node = step.node
    if node.role is Role.VALIDATOR or node.raw is not None or getattr(node.function, "reads_only", False):
        return function
    theirs = plan.given.values()
    spent = {step.output, *step.release}.difference(theirs)
    shared = [
        position
        for position, (argument, slot) in enumerate(zip(node.arguments, step.arguments, strict=True))
        if slot not in spent and type(argument) is Dependency and _can_be_changed(argument.type)
    ]
    if not shared:
        return function

    def call(*values: Any) -> Any:
        handed = list(values)
        for position in shared:
            handed[position] = handed_over(handed[position])
        return function(*handed)

    return call


def _can_be_changed(annotation: Any) -> bool:
    kind = kind_of_type(annotation)
    return kind is not None and kind.engine in ("pandas", "polars")


# --- around a step ----------------------------------------------------------------------------------


def _aligned(step: Step, function: Callable[..., Any], memo: AlignmentMemo) -> Callable[..., Any]:
    alignment = step.alignment
    assert alignment is not None  # the caller asked
    names = [argument.name if type(argument) is Dependency else argument.parameter for argument in step.node.arguments]

    def call(*values: Any) -> Any:
        for group in alignment.groups:
            if alignment.how is None:
                check_aligned([(names[position], values[position]) for position in group], memo)
                continue
            aligned = align_columns({names[position]: values[position] for position in group}, alignment.how)
            values = tuple(
                aligned[names[position]] if position in group else value for position, value in enumerate(values)
            )
        return function(*values)

    return call


def _watched(node: Node, function: Callable[..., Any], hooks: Sequence[Hook]) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        for hook in hooks:
            hook.before_step(node)
        start = time.perf_counter()
        value = function(*values)
        seconds = time.perf_counter() - start
        for hook in hooks:
            hook.after_step(node, value, seconds)
        return value

    return call


# --- errors -----------------------------------------------------------------------------------------


def _place(error: FeaturecatError, node: Node) -> None:
    """Name feature and place on an error that a step raised on purpose without knowing them."""
    file, line = node.place
    feature = _feature_of(node)
    error.problems = tuple(
        Problem(
            problem.code,
            problem.message if problem.feature in (feature, node.name) else f"{feature}: {problem.message}",
            problem.file or file,
            problem.line if problem.file else line,
            problem.hint,
            problem.feature or feature,
            problem.details,
        )
        for problem in error.problems
    )


def _feature_of(node: Node) -> str:
    """The name people know: that of the feature whose raw values a node computes."""
    return node.known_as


def _step_error(step: Step, slots: Sequence[Any], error: BaseException) -> StepError:
    inputs = [
        f"{argument.parameter}: {describe_value(slots[slot])}"
        for argument, slot in zip(step.node.arguments, step.arguments, strict=False)
    ]
    return step_error(step.node, error, inputs)


def step_error(node: Node, error: BaseException, inputs: Sequence[str] = ()) -> StepError:
    """What failed, where in the user's code, on what kind of inputs; never their values.

    Args:
        node: What was computed.
        error: What its function raised.
        inputs: Kinds of its inputs, in words.
    """
    file, line = _raised_at(node, error)
    inputs = list(inputs)
    if len(inputs) > _MOST_INPUTS_SHOWN:
        inputs[_MOST_INPUTS_SHOWN:] = [f"and {len(inputs) - _MOST_INPUTS_SHOWN} more inputs"]
    feature = _feature_of(node)
    try:
        text = str(error).strip().splitlines()
    except Exception:  # noqa: BLE001 - what an error of the user says of itself may fail, too
        text = []
    shown = f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
    told, hint = f"{feature} raised {shown}", f"reproduce it alone: featurecat materialize {feature}"
    # what a program asks to load or save is known to no command line, and stands where it is asked for
    if declared_at := getattr(node.function, "declared_at", None):
        (file, line), hint = declared_at, "check its arguments, and what it is given"
    if hook := _hook_that_raised(error):
        told, hint = f"{feature}: {hook.name} of an adapter raised {shown}", "mend the adapter, or leave it out"
        file, line = hook.filename, hook.lineno
    return StepError(
        Problem(
            "step-failed",
            told,
            file,
            line,
            hint,
            feature,
            tuple(inputs),
        )
    )


def _hook_that_raised(error: BaseException) -> traceback.FrameSummary | None:
    """Where in a hook around the step an error was raised; None when it was the step itself."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame for frame in frames if frame.name in _NODE_HOOKS), None)


def _raised_at(node: Node, error: BaseException) -> tuple[str | None, int | None]:
    """The innermost line of the file that defines the node, else the definition."""
    file, line = node.place
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == file:
            line = frame.lineno
    return file, line
