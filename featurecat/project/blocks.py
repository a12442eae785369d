"""What is computed once per item of a ``Parallelizable``, and so can be no column; what gathers it, and its verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from featurecat.definition.parallel import parallel_types_in_use
from featurecat.expectations.spec import Verdict
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances
from featurecat.graph.parallel import find_blocks

__all__ = ["collector_of", "inner_nodes", "verdict_on_all"]

#: From worst to harmless.
_BY_WEIGHT = ("error", "fail", "warn", "pass", "no_data", "skip")


def inner_nodes(graph: Graph) -> Mapping[str, str]:
    """Each node that is computed once per item, with the ``Parallelizable`` whose items it is computed for.

    Args:
        graph: The graph.
    """
    return find_blocks(graph.nodes, graph.nodes).inside if parallel_types_in_use() else {}


def collector_of(graph: Graph, name: str, preferred: Collection[str] = ()) -> str | None:
    """The nearest public node that is made of what ``name`` gives once per item; None outside of blocks.

    Args:
        graph: The graph.
        name: A node.
        preferred: Nodes that come before all others, such as those that were asked for.
    """
    inside = inner_nodes(graph)
    if name not in inside:
        return None
    below = [one for one in distances([name], graph.children.__getitem__) if one not in inside]
    public = [one for one in below if graph.nodes[one].public]
    return next((one for one in below if one in preferred), public[0] if public else None)


def verdict_on_all(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict on what was judged item by item: that of the first item that does worst, with the rows of all.

    Args:
        verdicts: On each item, in order.

    Example:
        >>> verdict_on_all([Verdict("pass", rows=2), Verdict("warn", rows=3, failing_rows=1, message="1 of 3")]).message
        '1 of 3; in 1 of 2 items, such as item 1 (counted from 0)'
    """
    if not verdicts:
        return Verdict("no_data", rows=0, message="there were no items")
    worst = min(verdicts, key=lambda one: _BY_WEIGHT.index(one.status))
    unmet = [number for number, one in enumerate(verdicts) if not one.passes]
    rows = [one.rows for one in verdicts if one.rows is not None]
    failing = [one.failing_rows for one in verdicts if one.failing_rows is not None]
    message = worst.message
    if unmet:
        number = next(number for number in unmet if verdicts[number] is worst)
        where = f"in {len(unmet)} of {len(verdicts)} items, such as item {number} (counted from 0)"
        message = where if message is None else f"{message}; {where}"
    return replace(
        worst,
        observed={**worst.observed, "items": len(verdicts), "items_unmet": len(unmet)},
        rows=sum(rows) if rows else None,
        failing_rows=sum(failing) if failing else None,
        message=message,
    )
