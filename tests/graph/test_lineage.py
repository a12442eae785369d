"""Walks along the lineage: examples, laws against brute force, and graphs too deep for recursion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import DefinitionError
from featurecat.graph.lineage import (
    between,
    distances,
    downstream,
    find_cycle,
    shortest_path,
    topological_order,
    upstream,
)

#: a feeds b and c, both feed d; x stands beside.
PARENTS = {"b": ["a"], "c": ["a", "x"], "d": ["b", "c"]}
CHILDREN = {"a": ["b", "c"], "x": ["c"], "b": ["d"], "c": ["d"]}


def turned(neighbours: dict[str, list[str]]) -> dict[str, list[str]]:
    other: dict[str, list[str]] = {}
    for name, some in neighbours.items():
        for neighbour in some:
            other.setdefault(neighbour, []).append(name)
    return other


def test_distances_are_the_fewest_steps_nearest_first() -> None:
    assert list(upstream(["d"], PARENTS).items()) == [("d", 0), ("b", 1), ("c", 1), ("a", 2), ("x", 2)]
    assert upstream(["d"], PARENTS, depth=1) == {"d": 0, "b": 1, "c": 1}
    assert upstream(["d", "b"], PARENTS, depth=1) == {"d": 0, "b": 0, "c": 1, "a": 1}
    assert upstream(["d"], PARENTS, depth=0) == {"d": 0}
    assert downstream(["x"], CHILDREN) == {"x": 0, "c": 1, "d": 2}
    assert upstream(["unknown"], PARENTS) == {"unknown": 0}
    assert distances([], CHILDREN.__getitem__) == {}


def test_between_holds_every_path() -> None:
    assert between("a", "d", parents=PARENTS, children=CHILDREN) == ("a", "b", "c", "d")
    assert between("x", "d", parents=PARENTS, children=CHILDREN) == ("x", "c", "d")
    assert between("d", "a", parents=PARENTS, children=CHILDREN) == ()
    assert between("a", "a", parents=PARENTS, children=CHILDREN) == ("a",)


def test_shortest_path() -> None:
    assert shortest_path("a", "d", CHILDREN) == ("a", "b", "d")
    assert shortest_path("a", "d", CHILDREN | {"a": ["b", "c", "d"]}) == ("a", "d")
    assert shortest_path("a", "a", CHILDREN) == ("a",)
    assert shortest_path("d", "a", CHILDREN) is None
    assert shortest_path("a", "unknown", CHILDREN) is None


@pytest.mark.parametrize(
    ("parents", "cycle"),
    [
        ({}, None),
        (PARENTS, None),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"b": ["a"], "c": ["b"], "a": ["c"]}, ["a", "b", "c", "a"]),
        ({"z": ["b"], "b": ["a", "a"], "a": ["x", "c"], "c": ["b"]}, ["a", "b", "c", "a"]),
    ],
)
def test_a_cycle_is_a_path_in_the_direction_of_data(parents: dict[str, list[str]], cycle: list[str] | None) -> None:
    assert find_cycle(parents) == cycle
    assert find_cycle(dict(reversed(parents.items()))) == cycle


def test_order_puts_parents_first_and_stays_near_what_was_asked() -> None:
    assert topological_order(["d", "x", "a", "b", "c"], PARENTS) == ("a", "b", "x", "c", "d")
    assert topological_order(["d", "a", "d"], PARENTS) == ("a", "d")
    assert topological_order([], PARENTS) == ()


def test_order_of_a_circle_is_refused_with_its_path() -> None:
    with pytest.raises(DefinitionError, match="a → b → a") as caught:
        topological_order(["z"], {"z": ["a"], "a": ["b"], "b": ["a"]})
    assert caught.value.code == "cycle"
    assert topological_order(["y"], {"z": ["a"], "a": ["b"], "b": ["a"]}) == ("y",)


def test_a_chain_of_100_000_names_does_not_recurse() -> None:
    names = [f"n{number}" for number in range(100_000)]
    parents = {child: [parent] for parent, child in zip(names, names[1:], strict=False)}
    children = turned(parents)
    assert upstream([names[-1]], parents)[names[0]] == 99_999
    assert downstream([names[0]], children)[names[-1]] == 99_999
    assert topological_order([names[-1], names[0]], parents) == (names[0], names[-1])
    assert find_cycle(parents) is None
    assert len(find_cycle(parents | {names[0]: [names[-1]]}) or ()) == 100_001
    assert shortest_path(names[0], names[-1], children) == tuple(names)
    assert len(between(names[0], names[-1], parents=parents, children=children)) == 100_000


# --- laws ----------------------------------------------------------------------------------------

_names = st.sampled_from("abcdefgh")
_graphs = st.dictionaries(_names, st.lists(_names, max_size=4))
_acyclic = _graphs.map(lambda graph: {name: [near for near in some if near < name] for name, some in graph.items()})


@given(_graphs, _names, _names)
def test_upstream_and_downstream_are_dual(parents: dict[str, list[str]], one: str, other: str) -> None:
    children = turned(parents)
    assert upstream([one], parents).get(other) == downstream([other], children).get(one)


@given(_graphs, _names, _names, st.integers(0, 4))
def test_paths_agree_with_distances(parents: dict[str, list[str]], one: str, other: str, depth: int) -> None:
    children = turned(parents)
    path = shortest_path(one, other, children)
    steps = downstream([one], children).get(other)
    assert (path is None) == (steps is None)
    if path is not None:
        assert len(path) - 1 == steps
        assert all(after in children[before] for before, after in zip(path, path[1:], strict=False))
        assert set(path) <= set(between(one, other, parents=parents, children=children))
    within = {name: far for name, far in downstream([one], children).items() if far <= depth}
    assert downstream([one], children, depth) == within


@given(_acyclic)
def test_an_order_exists_exactly_without_a_cycle(parents: dict[str, list[str]]) -> None:
    order = topological_order(tuple("hgfedcba"), parents)
    assert sorted(order) == list("abcdefgh")
    assert all(order.index(parent) < order.index(name) for name, some in parents.items() for parent in some)
    assert find_cycle(parents) is None


@given(_graphs)
def test_a_found_cycle_is_one(parents: dict[str, list[str]]) -> None:
    cycle = find_cycle(parents)
    circular = any(name in upstream(parents.get(name, ()), parents) for name in "abcdefgh")
    assert (cycle is not None) == circular
    if cycle is not None:
        assert cycle[0] == cycle[-1] == min(cycle)
        assert len(set(cycle)) == len(cycle) - 1
        assert all(parent in parents[child] for parent, child in zip(cycle, cycle[1:], strict=False))
