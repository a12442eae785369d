"""Adapters sorted by what they do: result builders, hooks, methods, validators; with every misuse told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.lifecycle import protocols

__all__ = ["Adapters", "sort_adapters"]

#: Kind of adapter to the protocols whose methods make one.
_KINDS: Mapping[str, type] = {
    "construction": protocols.GraphConstructionHook,
    "validators": protocols.StaticValidator,
    "edges": protocols.EdgeConnectionHook,
    "runs": protocols.GraphExecutionHook,
    "nodes": protocols.NodeExecutionHook,
    "methods": protocols.NodeExecutionMethod,
    "grouping": protocols.TaskGroupingHook,
    "submission": protocols.TaskSubmissionHook,
    "tasks": protocols.TaskExecutionHook,
    "returns": protocols.TaskReturnHook,
    "builders": protocols.ResultBuilder,
}
#: The methods of featurecat's own inner hooks.
_STEPS = ("before_step", "after_step")


@dataclass(frozen=True, slots=True)
class Adapters:
    """Adapters by kind, each kind in the order in which they were given."""

    construction: tuple[Any, ...] = ()
    validators: tuple[Any, ...] = ()
    edges: tuple[Any, ...] = ()
    runs: tuple[Any, ...] = ()
    nodes: tuple[Any, ...] = ()
    methods: tuple[Any, ...] = ()
    grouping: tuple[Any, ...] = ()
    submission: tuple[Any, ...] = ()
    tasks: tuple[Any, ...] = ()
    returns: tuple[Any, ...] = ()
    builders: tuple[Any, ...] = ()
    steps: tuple[Any, ...] = ()

    @property
    def around_nodes(self) -> bool:
        """Whether anything is put around the call of a node."""
        return bool(self.nodes or self.methods)


def sort_adapters(given: Iterable[Any], *, awaiting: bool = False) -> Adapters:
    """Sort adapters by what they do.

    Args:
        given: Objects with the methods of one or more protocols; see :mod:`featurecat.lifecycle`.
        awaiting: Whether the driver awaits what methods return.

    Raises:
        RequestError: For classes in place of objects, objects that do nothing known, methods that do not take
            what they are told, coroutine methods where nobody awaits them, and two adapters where one is taken.

    Example:
        >>> class Names:
        ...     def run_before_node_execution(self, *, node_name, **future_kwargs):
        ...         print(node_name)
        >>> len(sort_adapters([Names()]).nodes)
        1
    """
    given = list(given)
    if not given:
        return _NONE
    problems: list[Problem] = []
    found: dict[str, list[Any]] = {}
    for adapter in given:
        kinds = [] if isinstance(adapter, type) else _kinds_of(adapter)
        if not kinds:
            problems.append(_no_adapter(adapter))
        for kind in kinds:
            found.setdefault(kind, []).append(adapter)
            problems += _misfits(adapter, kind, awaiting)
    for kind, text in (("builders", "result builder"), ("methods", "adapter with run_to_execute_node")):
        if len(found.get(kind, ())) > 1:
            problems.append(Problem("invalid-option", f"a driver takes one {text}", hint="keep one of them"))
    if problems:
        raise RequestError(problems)
    return Adapters(**{kind: tuple(members) for kind, members in found.items()})


_NONE = Adapters()


def _methods(kind: str) -> dict[str, Callable[..., Any]]:
    return {
        name: function
        for name, function in vars(_KINDS[kind]).items()
        if not name.startswith("_") and callable(function)
    }


def _kinds_of(adapter: Any) -> list[str]:
    kinds = [kind for kind in _KINDS if any(hasattr(adapter, name) for name in _methods(kind))]
    return [*kinds, "steps"] if hasattr(adapter, _STEPS[0]) or hasattr(adapter, _STEPS[1]) else kinds


def _no_adapter(adapter: Any) -> Problem:
    shown = getattr(adapter, "__name__", type(adapter).__name__)
    if isinstance(adapter, type):
        return Problem("invalid-option", f"the adapter {shown} is a class", hint=f"{shown}()")
    known = [name for kind in _KINDS for name in _methods(kind)]
    near = next(
        (hint for name in dir(adapter) if not name.startswith("_") and (hint := did_you_mean(name, known))), None
    )
    return Problem(
        "invalid-option",
        f"{shown} is neither a result builder nor a hook: it has none of their methods",
        hint=near or "derive it from a protocol of featurecat.lifecycle, such as NodeExecutionHook",
    )


def _misfits(adapter: Any, kind: str, awaiting: bool) -> list[Problem]:
    """What is wrong with the methods an adapter has of a kind."""
    if kind in ("steps", "builders"):
        return []
    import inspect  # few drivers have adapters

    problems = []
    for name, asked in _methods(kind).items():
        method = getattr(adapter, name, None)
        if method is None:
            continue
        shown = f"{type(adapter).__name__}.{name}"
        if not callable(method):
            problems.append(
                Problem("invalid-option", f"{shown} is no method", hint=f"def {name}(self, **future_kwargs): …")
            )
            continue
        if inspect.iscoroutinefunction(method) and not awaiting:
            hint = "write it with def, or use featurecat.async_driver"
            problems.append(Problem("unsupported", f"{shown} is async, and this driver does not wait", hint=hint))
        if missing := _untold(inspect.signature(method), inspect.signature(asked)):
            hint = f"def {name}(self, *, …, **future_kwargs): …"
            problems.append(Problem("invalid-option", f"{shown} does not take {', '.join(missing)}", hint=hint))
    return problems


def _untold(signature: Any, asked: Any) -> list[str]:
    """The names of what a method will be told but does not take, and of what it takes but will not be told."""
    kinds = {parameter.kind.name for parameter in signature.parameters.values()}
    told = [name for name, parameter in asked.parameters.items() if parameter.kind.name == "KEYWORD_ONLY"]
    by_name = {
        name: parameter
        for name, parameter in signature.parameters.items()
        if parameter.kind.name in ("KEYWORD_ONLY", "POSITIONAL_OR_KEYWORD")
    }
    missing = [] if "VAR_KEYWORD" in kinds else [name for name in told if name not in by_name]
    beyond = [name for name, one in by_name.items() if name not in told and one.default is one.empty]
    return [*missing, *(f"(it asks for {name}, which nobody gives)" for name in beyond)]
