"""One function, many nodes: parameters fixed or rewired per output."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from featurecat.definition.modifier import Modifier, Phase
from featurecat.definition.node import DefinedFunction, Node
from featurecat.errors import did_you_mean
from featurecat.function_modifiers.dependencies import Grouped, Literal, Marker, Upstream, source, value
from featurecat.function_modifiers.wiring import Wiring, parameter_names, wired

__all__ = ["check_wiring", "inject", "parameterize", "parameterize_sources", "parameterize_values"]

_MARKERS = (Upstream, Literal, Grouped)


def check_wiring(modifier: Modifier, output: str, wiring: Any, *, function: Callable[..., Any]) -> None:
    """Check that ``wiring`` gives parameters that exist, each by a marker.

    Raises:
        ModifierError: Otherwise.
    """
    names = parameter_names(function)
    if not isinstance(wiring, Mapping):
        raise modifier.error(
            f"{output} takes a mapping or a tuple of mapping and docstring, not {wiring!r}",
            function,
            f"{output}={{'parameter': source('other')}}",
        )
    for parameter, marker in wiring.items():
        if parameter not in names:
            hint = did_you_mean(str(parameter), names) or f"parameters are {', '.join(names) or 'none'}"
            raise modifier.error(f"{output} rewires {parameter!r}, which is no parameter", function, hint)
        if not isinstance(marker, _MARKERS):
            raise modifier.error(
                f"{output} gives {parameter} the bare value {marker!r}",
                function,
                f"value({marker!r}) for a literal, source('…') for a node",
            )


class parameterize(Modifier):  # noqa: N801 - the name users know
    """Make one node per output, each with some parameters rewired or fixed.

    Args:
        outputs: Output name to a mapping of parameter to ``source()``, ``value()`` or ``group()``, or to a
            tuple of that mapping and a docstring. Parameters not mentioned stay as they are. The function's
            own name is a node only if an output repeats it (``__<function>`` stands for it).

    Example:
        >>> @parameterize(lag_1={"steps": value(1)}, lag_2={"steps": value(2)})
        ... def lag(spend: float, steps: int) -> float:
        ...     '''Spend, {steps} rows before.'''
        ...     return spend * steps
        >>> lag(1.0, 2)
        2.0
    """

    phase: ClassVar[Phase] = Phase.EXPAND
    single: ClassVar[bool] = True

    def __init__(self, **outputs: Wiring | tuple[Wiring, str]) -> None:
        self.outputs: dict[str, Any] = outputs

    def check(self, function: Callable[..., Any]) -> None:
        """Check that each output rewires parameters that exist, with markers."""
        if not self.outputs:
            raise self.error("names no output", function, f"@{self.name}({function.__name__}_1={{…}})")
        if "output_name" in parameter_names(function):
            raise self.error("a parameter may not be called output_name", function, "docstrings use {output_name}")
        for output, given in self.outputs.items():
            check_wiring(self, output, given[0] if _is_documented(given) else given, function=function)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """One node per output."""
        (node,) = nodes
        itself = f"__{defined.function.__name__}"
        made = []
        for output, given in self.outputs.items():
            wiring, doc = given if isinstance(given, tuple) else (given, None)
            made.append(self.output(node, node.name if output == itself else output, wiring, defined=defined, doc=doc))
        return made

    def output(
        self, node: Node, name: str, wiring: Wiring, *, defined: DefinedFunction, doc: str | None = None
    ) -> Node:
        """The node of one output.

        Args:
            node: The function's node.
            name: The output.
            wiring: Where its parameters come from.
            defined: The function.
            doc: Its documentation; None takes the function's docstring, placeholders filled in.

        Raises:
            ModifierError: When a group or the docstring does not fit.
        """
        if doc is None:
            doc = node.documentation
            if doc and "{" in doc:
                doc = self._formatted(doc, name, wiring, defined)
        function, arguments, keywords = wired(self, node, wiring, defined=defined)
        return Node(
            name,
            node.type,
            function,
            arguments,
            node.defined,
            keywords,
            node.role,
            doc,
            node.declared,
            node.tags,
            node.expectations,
            node.raw,
            node.final,
            node.via,
        )

    def _formatted(self, doc: str, name: str, wiring: Wiring, defined: DefinedFunction) -> str:
        shown = {parameter: str(marker) for parameter, marker in wiring.items()}
        try:
            return string.Formatter().vformat(doc, (), _Placeholders({**shown, "output_name": name}))
        except (ValueError, IndexError, AttributeError, KeyError) as error:
            raise self.error(
                f"its docstring is not a format text: {error}", defined, "double the braces that are meant as braces"
            ) from error


def _is_documented(given: Any) -> bool:
    return isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], str)


class _Placeholders(dict[str, str]):
    """Leaves unknown placeholders as their bare text."""

    def __missing__(self, key: str) -> str:
        return key


class parameterize_sources(parameterize):  # noqa: N801 - the name users know
    """As :class:`parameterize`, every parameter given by the name of a node.

    Args:
        outputs: Output name to a mapping of parameter to node name.

    Example:
        >>> @parameterize_sources(total={"a": "spend", "b": "tax"})
        ... def add(a: float, b: float) -> float:
        ...     return a + b
        >>> add(1.0, 2.0)
        3.0
    """

    def __init__(self, **outputs: Mapping[str, str]) -> None:
        super().__init__(
            **{
                output: {
                    parameter: source(name) if isinstance(name, str) else name for parameter, name in wiring.items()
                }
                if isinstance(wiring, Mapping)
                else wiring
                for output, wiring in outputs.items()
            }
        )


class parameterize_values(parameterize):  # noqa: N801 - the name users know
    """As :class:`parameterize`, one parameter fixed to a literal per output.

    Args:
        parameter: The parameter to fix.
        assigned_output: ``(output name, docstring)`` to the literal.

    Example:
        >>> @parameterize_values("steps", {("lag_1", "One back."): 1, ("lag_2", "Two back."): 2})
        ... def lag(spend: float, steps: int) -> float:
        ...     return spend * steps
        >>> lag(1.0, 2)
        2.0
    """

    def __init__(self, parameter: str, assigned_output: Mapping[tuple[str, str], Any]) -> None:
        self.misfit = next(
            (key for key in assigned_output if not (isinstance(key, tuple) and len(key) == 2)),
            None,
        )
        outputs = {} if self.misfit is not None else assigned_output
        names = [name for name, _ in outputs]
        self.repeated = next((name for name in names if names.count(name) > 1), None)
        super().__init__(**{name: ({parameter: value(literal)}, doc) for (name, doc), literal in outputs.items()})

    def check(self, function: Callable[..., Any]) -> None:
        """Check the keys, then as :class:`parameterize`."""
        if self.misfit is not None:
            raise self.error(
                f"the key {self.misfit!r} must be a tuple of output name and docstring",
                function,
                f"{{({str(self.misfit)!r}, 'What it is.'): …}}",
            )
        if self.repeated is not None:
            raise self.error(f"the output {self.repeated} is named twice", function, "name each once")
        super().check(function)


class inject(parameterize):  # noqa: N801 - the name users know
    """Fix or rewire parameters of a function that stays one node under its own name.

    Args:
        wiring: Parameter to ``source()``, ``value()`` or ``group()``; parameters not mentioned stay as they are.

    Example:
        >>> from featurecat import group
        >>> @inject(parts=group(source("rent"), source("food"), value(10.0)))
        ... def spend(parts: list[float]) -> float:
        ...     return sum(parts)
        >>> spend([1.0, 2.0])
        3.0
    """

    def __init__(self, **wiring: Marker) -> None:
        super().__init__()
        self.wiring = wiring

    def check(self, function: Callable[..., Any]) -> None:
        """Check that it wires parameters that exist, with markers."""
        if not self.wiring:
            raise self.error("names no parameter", function, "@inject(steps=value(1))")
        check_wiring(self, function.__name__, self.wiring, function=function)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The function's node, rewired."""
        (node,) = nodes
        return [self.output(node, node.name, self.wiring, defined=defined)]
