"""The run loop: calls a plan's steps over slots. Where a step runs is an executor's business; what happens
around it (alignment, errors, hooks) is written here, once.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from featurecat.definition.node import Dependency, Node
from featurecat.errors import FeaturecatError, Problem, StepError
from featurecat.execution.hooks import Hook
from featurecat.frames.alignment import AlignmentMemo, align_columns, check_aligned
from featurecat.frames.describe import describe_value
from featurecat.plan.planner import Plan, Step

__all__ = ["Program", "run_plan"]

_MOST_INPUTS_SHOWN = 3

#: One instruction: what to call, how many arguments (-1: as a sequence), their slots, result slot, slots to clear.
Instruction = tuple[Callable[..., Any], int, Any, int, tuple[int, ...], Step]


class Program:
    """A plan made ready to run many times.

    Args:
        plan: What to run.
    """

    __slots__ = ("_aligned", "_instructions", "_slots", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._aligned = any(step.alignment is not None for step in plan.steps)
        self._instructions = [_instruction(step, _callable(step.node)) for step in plan.steps]
        self._slots: list[Any] = [None] * plan.size
        for slot, value in plan.constants:
            self._slots[slot] = value

    def run(self, values: Mapping[str, Any], hooks: Sequence[Hook] = ()) -> dict[str, Any]:
        """Compute the plan's outputs.

        Args:
            values: Name to value of everything the plan must be given.
            hooks: What watches the run.

        Returns:
            Name to value of the outputs, in the order of the request.

        Raises:
            StepError: When a feature's function raises; the original is its cause.
            FeaturecatError: What steps raise on purpose: alignment, expectations.
        """
        plan = self.plan
        slots = self._slots.copy()
        for name, slot in plan.given.items():
            slots[slot] = values[name]
        instructions = self._instructions
        if hooks or self._aligned:
            instructions = _instrumented(instructions, hooks)
        for hook in hooks:
            hook.before_run(plan)
        error: BaseException | None = None
        try:
            _loop(instructions, slots)
        except BaseException as raised:
            error = raised
            raise
        finally:
            for hook in hooks:
                hook.after_run(error)
        return {name: slots[slot] for name, slot in plan.outputs.items()}


def run_plan(plan: Plan, values: Mapping[str, Any], hooks: Sequence[Hook] = ()) -> dict[str, Any]:
    """Run a plan once; see :meth:`Program.run`."""
    return Program(plan).run(values, hooks)


def _loop(instructions: Sequence[Instruction], slots: list[Any]) -> None:
    step: Step | None = None
    try:
        for function, arity, arguments, output, release, step in instructions:
            if arity == 1:
                slots[output] = function(slots[arguments])
            elif arity == 2:
                first, second = arguments
                slots[output] = function(slots[first], slots[second])
            elif arity == 3:
                first, second, third = arguments
                slots[output] = function(slots[first], slots[second], slots[third])
            else:
                slots[output] = function(*[slots[slot] for slot in arguments])
            for slot in release:
                slots[slot] = None
    except FeaturecatError as error:
        assert step is not None  # only a step raises
        _place(error, step.node)
        raise
    except Exception as error:
        assert step is not None  # only a step raises
        raise _step_error(step, slots, error) from error


def _instruction(step: Step, function: Callable[..., Any]) -> Instruction:
    arity = len(step.arguments)
    arguments: Any = step.arguments[0] if arity == 1 else step.arguments
    return function, arity, arguments, step.output, step.release, step


def _callable(node: Node) -> Callable[..., Any]:
    """The node's function as one that takes positional arguments only."""
    if not node.keywords:
        return node.function
    function, keywords = node.function, node.keywords
    positional = len(node.arguments) - len(keywords)

    def call(*values: Any) -> Any:
        return function(*values[:positional], **dict(zip(keywords, values[positional:], strict=True)))

    return call


# --- around a step ----------------------------------------------------------------------------------


def _instrumented(instructions: Sequence[Instruction], hooks: Sequence[Hook]) -> list[Instruction]:
    memo = AlignmentMemo()
    instrumented = []
    for function, arity, arguments, output, release, step in instructions:
        if step.alignment is not None:
            function = _aligned(step, function, memo)
        if hooks:
            function = _watched(step.node, function, hooks)
        instrumented.append((function, arity, arguments, output, release, step))
    return instrumented


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
    error.problems = tuple(
        Problem(
            problem.code,
            problem.message if problem.feature else f"{node.name}: {problem.message}",
            problem.file or file,
            problem.line or line,
            problem.hint,
            problem.feature or node.name,
            problem.details,
        )
        for problem in error.problems
    )


def _step_error(step: Step, slots: Sequence[Any], error: Exception) -> StepError:
    """What failed, where in the user's code, on what kind of inputs; never their values."""
    node = step.node
    file, line = _raised_at(node, error)
    inputs = [
        f"{argument.parameter}: {describe_value(slots[slot])}"
        for argument, slot in zip(node.arguments, step.arguments, strict=False)
    ]
    if len(inputs) > _MOST_INPUTS_SHOWN:
        inputs[_MOST_INPUTS_SHOWN:] = [f"and {len(inputs) - _MOST_INPUTS_SHOWN} more inputs"]
    feature = node.name.removesuffix("_raw") if node.role == "raw" else node.name
    text = str(error).strip().splitlines()
    shown = f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
    return StepError(
        Problem(
            "step-failed",
            f"{node.name} raised {shown}",
            file,
            line,
            f"reproduce it alone: featurecat materialize {feature}",
            node.name,
            tuple(inputs),
        )
    )


def _raised_at(node: Node, error: Exception) -> tuple[str | None, int | None]:
    """The innermost line of the file that defines the node, else the definition."""
    file, line = node.place
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == file:
            line = frame.lineno
    return file, line
