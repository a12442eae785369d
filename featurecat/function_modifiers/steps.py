"""Steps: functions to be applied to a value on its way, and the checks of how they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import EllipsisType, FunctionType
from typing import Any

from featurecat.definition.condition import ALWAYS, Condition
from featurecat.definition.modifier import Modifier, Target
from featurecat.definition.types import unwrapped
from featurecat.errors import did_you_mean
from featurecat.function_modifiers.conditions import check_clauses, clauses_of
from featurecat.function_modifiers.dependencies import Grouped, Literal, Marker, Upstream, value
from featurecat.function_modifiers.wiring import parameter_names

__all__ = ["EXAMPLE", "Namespace", "Step", "check_step", "step"]

#: What a node's name begins with: ``...`` for the usual, None for nothing, or a text.
Namespace = str | EllipsisType | None

#: How a step is written, for hints.
EXAMPLE = "step(_scaled, factor=2)"
#: CO_VARARGS and CO_VARKEYWORDS of ``inspect``.
_VARIADIC = 0x04 | 0x08


@dataclass(frozen=True, slots=True)
class Step:
    """One function of a pipe, and how it is applied; made by :func:`step` or ``apply_to``.

    Its methods return changed copies, so that they can be chained.

    Attributes:
        function: What is applied; None until ``@mutate`` says so.
        positional: Arguments after the first, which is the piped value.
        named_arguments: Arguments by name.
        conditions: When it is applied.
        label: Name of its node without the namespace; None for the usual.
        namespace: What its node's name begins with.
        output: Which results of the function it applies to, in ``pipe_output``.
        whom: In ``@mutate``, the function whose result it changes.
    """

    function: Callable[..., Any] | None
    positional: tuple[Any, ...] = ()
    named_arguments: Mapping[str, Any] = field(default_factory=dict)
    conditions: Condition = ALWAYS
    label: str | None = None
    namespace: Namespace = ...
    output: Target = None
    whom: Callable[..., Any] | None = None

    def when(self, **keys: Any) -> Step:
        """Apply it only when every config key equals its value."""
        return self._on("equal", keys)

    def when_not(self, **keys: Any) -> Step:
        """Apply it only when every config key differs from its value."""
        return self._on("not_equal", keys)

    def when_in(self, **keys: Any) -> Step:
        """Apply it only when every config key's value is one of the listed ones."""
        return self._on("in", keys)

    def when_not_in(self, **keys: Any) -> Step:
        """Apply it only when no config key's value is one of the listed ones."""
        return self._on("not_in", keys)

    def _on(self, operator: str, keys: Mapping[str, Any]) -> Step:
        return replace(self, conditions=self.conditions + clauses_of(operator, keys))

    def named(self, name: str, namespace: Namespace = ...) -> Step:
        """Call its node ``name``, in a namespace of its own if one is given."""
        return replace(self, label=name, namespace=self.namespace if namespace is ... else namespace)

    def namespaced(self, namespace: Namespace) -> Step:
        """Let its node's name begin with ``namespace``; None for nothing."""
        return replace(self, namespace=namespace)

    def on_output(self, target: str | Sequence[str]) -> Step:
        """Apply it to these results only; for ``pipe_output`` and ``mutate``."""
        return replace(self, output=target)

    def applies_to(self, name: str) -> bool:
        """Whether a result of that name is among those it is for."""
        return self.output is None or name == self.output or (not isinstance(self.output, str) and name in self.outputs)

    @property
    def outputs(self) -> Sequence[str]:
        """The results it is for by name; none when it is for all."""
        if self.output is None or isinstance(self.output, EllipsisType):
            return ()
        return (self.output,) if isinstance(self.output, str) else self.output

    @property
    def wiring(self) -> dict[str, Marker]:
        """Where its arguments come from, the first excepted: bare values stand for themselves."""
        assert self.function is not None  # checked at decoration
        given = {**dict(zip(parameter_names(self.function)[1:], self.positional, strict=False)), **self.named_arguments}
        return {
            name: marker if isinstance(marker, Upstream | Literal | Grouped) else value(marker)
            for name, marker in given.items()
        }


def step(function: Callable[..., Any], *arguments: Any, **named: Any) -> Step:
    """One function of a pipe.

    Args:
        function: Fully annotated; its first parameter takes the piped value.
        arguments: Further arguments, as ``source()``, ``value()``, ``group()`` or plain values.
        named: The same by name. What is not given and has a default is taken from the node of its name, if there is
            one.

    Example:
        >>> def _scaled(amount: float, factor: float) -> float:
        ...     return amount * factor
        >>> step(_scaled, factor=2.0).when(region="US").named("doubled").label
        'doubled'
    """
    return Step(function, arguments, named)


# --- checks at decoration -----------------------------------------------------------------------------


def check_step(modifier: Modifier, one: Any, function: Callable[..., Any]) -> None:
    """Check that a step is one, that it can be called with its arguments, and that it is annotated.

    Raises:
        ModifierError: Otherwise.
    """
    if not isinstance(one, Step) or one.whom is not None:
        shown = getattr(one, "__name__", None) or repr(one)
        raise modifier.error(f"takes step(…), not {shown}", function, f"@{modifier.name}({EXAMPLE})")
    applied = one.function
    if not isinstance(applied, FunctionType):
        raise modifier.error(f"step() takes a function, not {applied!r}", function, EXAMPLE)
    fault = _signature_fault(applied) or _argument_fault(one, applied)
    if fault is not None:
        arguments = "".join(f", {name}=…" for name in parameter_names(applied)[1:])
        hint = f"step({applied.__name__}{arguments}), the first parameter takes the piped value"
        raise modifier.error(f"the step {applied.__name__} {fault}", function, hint)
    if (fault := _annotation_fault(applied)) is not None:
        raise modifier.error(
            f"the step {applied.__name__} {fault}", function, "annotate every parameter and the return value"
        )
    if one.label is not None and (not isinstance(one.label, str) or not one.label):
        raise modifier.error(
            f"the name {one.label!r} of a step must be a text", function, f"{EXAMPLE}.named('doubled')"
        )
    check_clauses(modifier, one.conditions, function, spelled=f"{EXAMPLE}.when_in")


def _annotation_fault(function: Any) -> str | None:
    annotated = unwrapped(function).__annotations__
    missing = [repr(name) for name in parameter_names(function) if name not in annotated]
    missing += [] if "return" in annotated else ["the return value"]
    return f"has no type annotation on {', '.join(missing)}" if missing else None


def _signature_fault(function: Any) -> str | None:
    code = unwrapped(function).__code__
    if code.co_flags & _VARIADIC or code.co_posonlyargcount:
        return "takes arguments that cannot be given by name"
    return None if code.co_argcount else "has no parameter that could take the piped value"


def _argument_fault(one: Step, function: Any) -> str | None:
    plain = unwrapped(function)
    names = parameter_names(function)
    positional = names[: plain.__code__.co_argcount]
    if len(one.positional) >= len(positional):
        return f"takes {len(positional)} arguments by position, and {len(one.positional) + 1} are given"
    filled = positional[: len(one.positional) + 1]
    fault = _name_fault(one.named_arguments, names, filled) or _marker_fault(one.wiring)
    if fault is not None:
        return fault
    optional = {*positional[len(positional) - len(plain.__defaults__ or ()) :], *(plain.__kwdefaults__ or {})}
    missing = [name for name in names if name not in {*filled, *one.named_arguments, *optional}]
    return f"lacks the argument{'s' if len(missing) > 1 else ''} {', '.join(missing)}" if missing else None


def _name_fault(given: Iterable[str], names: Sequence[str], filled: Sequence[str]) -> str | None:
    for name in given:
        if name not in names:
            near = did_you_mean(name, names)
            return f"has no parameter {name!r}" + (f"; {near}" if near else "")
        if name in filled:
            return f"gets {name!r}, which takes the piped value" if name == filled[0] else f"gets {name!r} twice"
    return None


def _marker_fault(wiring: Mapping[str, Marker]) -> str | None:
    for name, marker in wiring.items():
        members = marker.value if isinstance(marker, Literal) else None
        members = list(members.values()) if isinstance(members, dict) else members
        if isinstance(members, list | tuple) and any(isinstance(member, Upstream | Literal) for member in members):
            return f"gets markers inside a list or mapping for {name!r}, which group(…) is for"
    return None
