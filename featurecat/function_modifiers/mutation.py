"""Changing what other functions return, from outside: pipes attached to them by the function that is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any, TypeVar

from featurecat.definition.modifier import ATTRIBUTE, Modifier, modifiers_of
from featurecat.definition.types import unwrapped
from featurecat.errors import ModifierError
from featurecat.function_modifiers.conditions import exclude
from featurecat.function_modifiers.pipes import pipe_output
from featurecat.function_modifiers.steps import Step, check_step

__all__ = ["apply_to", "mutate"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_EXAMPLE = "@mutate(apply_to(spend, factor=2).when(region='US'))"


def apply_to(function: Callable[..., Any], **arguments: Any) -> Step:
    """One target of :class:`mutate`, with arguments, a condition or a name of its own.

    Args:
        function: The function whose result is changed.
        arguments: Arguments of the decorated function after the first, as ``source()``, ``value()``, ``group()`` or
            plain values; without any, those given to ``mutate`` hold.

    Example:
        >>> def spend(cost: float) -> float:
        ...     return cost
        >>> apply_to(spend, factor=2).when(region="US").named("doubled").label
        'doubled'
    """
    return Step(None, (), arguments, whom=function)


class mutate:  # noqa: N801 - the name users know
    """Apply the decorated function to the results of other functions of its module, as ``@pipe_output`` on them would.

    The decorated function is no feature itself, and the functions whose results it changes stay as they are. Several
    that change one result are applied in the order in which they are defined.

    Args:
        targets: Functions, or :func:`apply_to` for one with arguments, a condition or some results only.
        arguments: Arguments of the decorated function after the first, for targets without their own.

    Example:
        >>> def spend(cost: float) -> float:
        ...     return cost
        >>> @mutate(spend, factor=2.0)
        ... def _scaled(amount: float, factor: float) -> float:
        ...     return amount * factor
        >>> spend(1.0), _scaled(1.0, 3.0)
        (1.0, 3.0)
    """

    def __init__(self, *targets: Callable[..., Any] | Step, **arguments: Any) -> None:
        self.targets = targets
        self.arguments = arguments

    def __call__(self, function: Decorated) -> Decorated:
        """Attach the function to its targets and return it unchanged.

        Raises:
            ModifierError: When a target is no function of the same module, or the function cannot be applied.
        """
        if not self.targets:
            raise self._error("names no function", function, _EXAMPLE)
        steps = [self._step(target, function) for target in self.targets]
        for one in steps:
            check_step(_pipe(), replace(one, whom=None), function)
        exclude(function)
        for one in steps:
            _attach(one)
        return function

    def _step(self, target: Any, function: Callable[..., Any]) -> Step:
        given = target if isinstance(target, Step) else apply_to(target)
        whom = given.whom
        if not isinstance(whom, FunctionType):
            shown = "step(…)" if whom is None and isinstance(target, Step) else repr(whom)
            raise self._error(f"takes functions or apply_to(…), not {shown}", function, _EXAMPLE)
        if whom.__module__ != function.__module__:
            raise self._error(
                f"changes functions of its own module, {function.__module__}, and {whom.__name__} is of {whom.__module__}",
                function,
                f"define it beside {whom.__name__}, or write @pipe_output(step(…)) on that",
            )
        return replace(given, function=function, named_arguments=given.named_arguments or self.arguments)

    def _error(self, message: str, function: Callable[..., Any], hint: str) -> ModifierError:
        return _pipe().error(message, function, hint)


def _pipe(*steps: Step) -> pipe_output:
    """A pipe that messages call ``@mutate``."""
    made = pipe_output(*steps)
    made.spelled = "mutate"
    return made


def _attach(one: Step) -> None:
    """Add a step to the pipes of its target's results, or give it one."""
    target = one.whom
    attached: list[Modifier] = [_without_former(modifier, one) for modifier in modifiers_of(target)] if target else []
    joined = [
        modifier.with_step(one)
        if isinstance(modifier, pipe_output) and (modifier.on_output is None or one.output is None)
        else modifier
        for modifier in attached
    ]
    if joined == attached:
        joined.append(_pipe(one))
    setattr(target, ATTRIBUTE, tuple(joined))


def _without_former(modifier: Modifier, one: Step) -> Modifier:
    """The modifier without the steps of an earlier run of the same definition, as of a notebook cell."""
    if not isinstance(modifier, pipe_output):
        return modifier
    kept = tuple(step for step in modifier.steps if not _is_former(step, one))
    return modifier if len(kept) == len(modifier.steps) else modifier.with_steps(kept)


def _is_former(step: Step, one: Step) -> bool:
    former, now = step.function, one.function
    if step.whom is None or former is None or now is None or former is now:
        return False
    old, new = unwrapped(former).__code__, unwrapped(now).__code__
    # two functions of one name in one file are both meant; the same lines, or another cell's, are a new run
    return former.__qualname__ == now.__qualname__ and (
        old.co_filename != new.co_filename or old.co_firstlineno == new.co_firstlineno
    )
