"""Walks along the lineage: pure, iterative and linear, on mappings from a name to its neighbours.

``parents`` maps a name to the names that feed it, ``children`` to the names it feeds. A name that a mapping lacks
has no neighbours. Every answer is in a fixed order that depends only on the order of the arguments.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from featurecat.errors import DefinitionError

__all__ = [
    "between",
    "distances",
    "downstream",
    "find_cycle",
    "shortest_path",
    "topological_order",
    "upstream",
]


def distances(
    starts: Iterable[str], neighbours: Callable[[str], Iterable[str]], depth: int | None = None
) -> dict[str, int]:
    """All names reached from ``starts``, with the fewest steps to each.

    Args:
        starts: Where to begin; they are part of the answer, at distance 0.
        neighbours: The next names after a name.
        depth: How many steps to go; None goes all the way.

    Returns:
        Name to steps, nearest first.

    Example:
        >>> distances(["a"], {"a": ["b", "c"], "b": ["c"], "c": []}.__getitem__)
        {'a': 0, 'b': 1, 'c': 1}
    """
    steps = dict.fromkeys(starts, 0)
    level = list(steps)
    distance = 0
    while level and distance != depth:
        distance += 1
        further: list[str] = []
        for name in level:
            for neighbour in neighbours(name):
                if neighbour not in steps:
                    steps[neighbour] = distance
                    further.append(neighbour)
        level = further
    return steps


def upstream(starts: Iterable[str], parents: Mapping[str, Sequence[str]], depth: int | None = None) -> dict[str, int]:
    """What feeds ``starts``, with the fewest steps to each; ``starts`` themselves are at 0.

    Args:
        starts: Names to begin at.
        parents: Name to the names that feed it.
        depth: How many steps to go; None goes all the way.

    Returns:
        Name to steps, nearest first.

    Example:
        >>> upstream(["c"], {"b": ["a"], "c": ["b"]})
        {'c': 0, 'b': 1, 'a': 2}
    """
    return distances(starts, lambda name: parents.get(name, ()), depth)


def downstream(
    starts: Iterable[str], children: Mapping[str, Sequence[str]], depth: int | None = None
) -> dict[str, int]:
    """What ``starts`` feed, with the fewest steps to each; ``starts`` themselves are at 0.

    Args:
        starts: Names to begin at.
        children: Name to the names it feeds.
        depth: How many steps to go; None goes all the way.

    Returns:
        Name to steps, nearest first.

    Example:
        >>> downstream(["a"], {"a": ["b"], "b": ["c"]}, depth=1)
        {'a': 0, 'b': 1}
    """
    return distances(starts, lambda name: children.get(name, ()), depth)


def between(
    first: str, last: str, *, parents: Mapping[str, Sequence[str]], children: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """The names on any path from ``first`` down to ``last``, both included.

    Args:
        first: The upper end.
        last: The lower end.
        parents: Name to the names that feed it.
        children: Name to the names it feeds.

    Returns:
        The names, those nearest to ``first`` first; empty when no path leads down from ``first`` to ``last``.

    Example:
        >>> children = {"a": ["b", "y"], "b": ["d"], "x": ["d"]}
        >>> between("a", "d", parents={"b": ["a"], "d": ["b", "x"]}, children=children)
        ('a', 'b', 'd')
    """
    above = upstream([last], parents)
    return tuple(name for name in downstream([first], children) if name in above)


def shortest_path(first: str, last: str, children: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """One of the shortest paths from ``first`` down to ``last``.

    Args:
        first: The upper end.
        last: The lower end.
        children: Name to the names it feeds.

    Returns:
        The names in order, both ends included, or None when there is no path. Among equally short paths the one
        through the children listed first.

    Example:
        >>> shortest_path("a", "d", {"a": ["b", "c"], "b": ["c"], "c": ["d"]})
        ('a', 'c', 'd')
    """
    came_from: dict[str, str | None] = {first: None}
    queue = deque([first])
    while queue and last not in came_from:
        name = queue.popleft()
        for child in children.get(name, ()):
            if child not in came_from:
                came_from[child] = name
                queue.append(child)
    if last not in came_from:
        return None
    path = [last]
    while (previous := came_from[path[-1]]) is not None:
        path.append(previous)
    return tuple(reversed(path))


def find_cycle(parents: Mapping[str, Sequence[str]]) -> list[str] | None:
    """A cycle, if there is one.

    Args:
        parents: Name to the names that feed it.

    Returns:
        The cycle in the direction data would flow, its first name repeated at the end and the alphabetically first
        name in front; None when there is no cycle.

    Example:
        >>> " → ".join(find_cycle({"b": ["a"], "c": ["b"], "a": ["c"]}))
        'a → b → c → a'
    """
    return _parents_first(parents, parents)[1]


def topological_order(names: Sequence[str], parents: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """``names`` so that whatever feeds a name, even through names not asked for, comes before it.

    Args:
        names: The names to order.
        parents: Name to the names that feed it; may know more than ``names``.

    Returns:
        Each of ``names`` once. A name follows its own ancestors closely, so values are needed for a short time.

    Raises:
        DefinitionError: Code ``cycle``, when names at or above ``names`` depend on each other in a circle.

    Example:
        >>> topological_order(["d", "c", "a"], {"c": ["b"], "b": ["a"], "d": ["a"]})
        ('a', 'd', 'c')
    """
    order, cycle = _parents_first(names, parents)
    if cycle is not None:
        raise DefinitionError(
            f"features depend on each other in a circle: {' → '.join(cycle)}",
            code="cycle",
            hint="remove one of these parameters",
            feature=cycle[0],
        )
    wanted = set(names)
    return tuple(name for name in order if name in wanted)


def _parents_first(starts: Iterable[str], parents: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str] | None]:
    """Depth first over all ancestors; stops at the first cycle."""
    order: list[str] = []
    finished: set[str] = set()
    for start in starts:
        if start in finished:
            continue
        path = [start]
        on_path = {start}
        left: list[Iterator[str]] = [iter(parents.get(start, ()))]
        while path:
            parent = next((parent for parent in left[-1] if parent not in finished), None)
            if parent is None:
                name = path.pop()
                left.pop()
                on_path.remove(name)
                finished.add(name)
                order.append(name)
            elif parent in on_path:
                return order, _as_cycle(path, parent)
            else:
                path.append(parent)
                on_path.add(parent)
                left.append(iter(parents.get(parent, ())))
    return order, None


def _as_cycle(path: list[str], entry: str) -> list[str]:
    members = path[path.index(entry) :][::-1]
    first = members.index(min(members))
    return [*members[first:], *members[:first], members[first]]
