"""For tests of features: values of any engine compared as the catalog would, and one function run by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from featurecat.definition.collect import Definitions, collect_functions
from featurecat.definition.node import Dependency, Node
from featurecat.definition.parallel import collects, expands, item_type
from featurecat.errors import RequestError
from featurecat.execution.anyhow import run_anyhow
from featurecat.frames.equality import Tolerance, comparable, differences
from featurecat.frames.kinds import kind_of_value
from featurecat.graph.build import build_graph, try_build_graph
from featurecat.graph.graph import Graph
from featurecat.plan.anyhow import make_plan_anyhow

__all__ = ["assert_features_equal", "run_feature"]


def assert_features_equal(
    left: Any,
    right: Any,
    *,
    keys: str | Sequence[str] | None = None,
    rtol: float = 1e-12,
    atol: float = 0.0,
) -> None:
    """Assert that two features, or frames of features, hold the same values, whatever engine computed them.

    What counts is what would be published: NaN and null are the same gap, text is text, times are compared in
    microseconds, and logical types must agree: an ``int64`` is no ``double``. Only where pandas has no better type,
    for whole numbers with gaps in a NumPy column, its floats stand for them. The order of columns does not count.
    The index of pandas counts where both sides are pandas, where the other side has columns of its names, and where
    ``keys`` name it.

    Args:
        left: A Series, DataFrame, LazyFrame, Arrow array or table, a scalar, or a dictionary of these by name, as
            ``Builder().build().execute`` returns. Beside a column a list stands for one, too.
        right: The other one, of any engine.
        keys: Columns that tell the rows apart; rows are then matched by them and may stand in any order.
        rtol: How far floating-point numbers may lie apart, as a share of the greater.
        atol: The same in the unit of the column.

    Raises:
        AssertionError: When they differ; the message shows the first rows that do.
        RunError: When a value has no rows that can be compared (code ``not-tabular``).

    Example:
        >>> import pandas, polars
        >>> assert_features_equal(pandas.Series([1.5, None]), polars.Series([1.5, None]))
        >>> assert_features_equal(pandas.Series([1.5, None]), polars.Series([1.5, 2.0]))
        Traceback (most recent call last):
        ...
        AssertionError: features differ: 'value' (double) differs in 1 of 2 rows:
          row 1: null != 2.0
    """
    __tracebackhide__ = True  # pytest shows the line that calls this
    named = [keys] if isinstance(keys, str) else list(keys or ())
    found = _differences(left, right, named, Tolerance(rtol, atol))
    if found:
        raise AssertionError("features differ: " + "\n  ".join(found))


def _differences(left: Any, right: Any, keys: Sequence[str], tolerance: Tolerance) -> list[str]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _of_mappings(left, right, keys, tolerance)
    if not _has_rows(left) and not _has_rows(right):
        return _of_scalars(left, right, tolerance)
    if not all(_has_rows(side) or isinstance(side, list | tuple) for side in (left, right)):
        return [f"left is a {type(left).__name__}, right a {type(right).__name__}"]
    return differences(comparable(left), comparable(right), keys=keys, tolerance=tolerance)


def _has_rows(value: Any) -> bool:
    """Whether a value is a column or frame; a list is one only beside another."""
    return kind_of_value(value) is not None or len(getattr(value, "shape", ())) == 1


def _of_mappings(
    left: Mapping[Any, Any], right: Mapping[Any, Any], keys: Sequence[str], tolerance: Tolerance
) -> list[str]:
    if left.keys() != right.keys():
        only = [repr(name) for name in (*left, *right) if (name in left) != (name in right)]
        return [f"only one side has {', '.join(only)}"]
    for name in left:
        if found := _differences(left[name], right[name], keys, tolerance):
            return [f"{name}: {found[0]}", *found[1:]]
    return []


def _of_scalars(left: Any, right: Any, tolerance: Tolerance) -> list[str]:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if numbers and (math.isnan(left) or math.isnan(right)):
        same = math.isnan(left) and math.isnan(right)
    elif numbers:
        same = math.isclose(left, right, rel_tol=tolerance.relative, abs_tol=tolerance.absolute)
    else:
        same = bool(left == right)
    return [] if same else [f"{left!r} != {right!r}"]


def run_feature(function: Callable[..., Any], /, *, config: Mapping[str, Any] | None = None, **inputs: Any) -> Any:
    """Run one feature function with all that its decorators make of it, and nothing else.

    A plain function can simply be called. One with decorators that add, rename or check nodes is best run as the
    graph would: this does, without a module. A coroutine function is waited for. What takes ``Collect`` is given a
    list of the values of all items.

    Args:
        function: The feature function.
        config: Config that chooses its variant or is read by its decorators.
        inputs: Values of what it depends on, by name.

    Returns:
        The value of the feature it defines, of a ``Parallelizable`` the list of its items; a dictionary by name when
        it defines several.

    Raises:
        DefinitionError: When the function or its decorators are wrong, or an input is missing.
        StepError: When the function raises.
        ExpectationError: When an expectation of importance ``fail`` does not hold.

    Example:
        >>> from featurecat import parameterize, value
        >>> @parameterize(low={"limit": value(1)}, high={"limit": value(9)})
        ... def capped(spend: int, limit: int) -> int:
        ...     return min(spend, limit)
        >>> run_feature(capped, spend=5)
        {'low': 1, 'high': 5}
    """
    definitions = Definitions()
    collect_functions([function], definitions)
    given = {**(config or {}), **inputs}
    graph = _graph_alone(definitions, dict(config or {}))
    own = [name for name in graph.public_names() if name not in given and graph.nodes[name].defined is not None]
    if not own:
        hint = "config={…} chooses the variant" if graph.unmatched else "see its decorators"
        raise RequestError(f"{function.__name__} defines no feature here", code="no-variant", hint=hint)
    outputs = run_anyhow(make_plan_anyhow(graph, own, given=tuple(inputs)), given)
    return outputs[own[0]] if len(own) == 1 else outputs


def _graph_alone(definitions: Definitions, config: dict[str, Any]) -> Graph:
    """The graph of one function; what it collects of others is an input, a list."""
    graph, _ = try_build_graph(definitions, config)
    nodes = {name: _given_lists(node, graph) for name, node in graph.nodes.items() if not node.given}
    if all(node is graph.nodes[name] for name, node in nodes.items()):
        return build_graph(definitions, config)
    variants = {**graph.unmatched, **{name: [node] for name, node in nodes.items()}}
    return build_graph(Definitions(variants, definitions.modules, definitions.problems), config)


def _given_lists(node: Node, graph: Graph) -> Node:
    """The node with plain lists in place of what it collects, where nothing here computes it."""
    if expands(node.type):  # it cannot do both, and is told so
        return node
    given = {one.name for one in node.dependencies if collects(one.type) and graph.is_given(one.name)}
    if not given:
        return node
    arguments = tuple(_as_list(one) if type(one) is Dependency and one.name in given else one for one in node.arguments)
    return node.with_(arguments=arguments)


def _as_list(argument: Dependency) -> Dependency:
    item = item_type(argument.type)
    return argument._replace(type=Iterable[item] if collects(argument.type) else argument.type)  # type: ignore[valid-type]
