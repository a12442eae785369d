from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featurecat.catalog.ancestors import find_ancestors
from featurecat.catalog.connection import Connection

DIAMOND = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "e"), ("a", "e")]


def walk(start: str, edges: list[tuple[str, str]], *, up: bool) -> dict[str, int]:
    """Breadth first in plain Python: the reference."""
    depths = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for parent, child in edges:
            near, far = (child, parent) if up else (parent, child)
            if near == node and far not in depths:
                depths[far] = depths[node] + 1
                queue.append(far)
    del depths[start]
    return depths


def routes(start: str, end: str, edges: list[tuple[str, str]]) -> list[list[str]]:
    """Every route, by brute force."""
    if start == end:
        return [[start]]
    return [
        [start, *rest]
        for child in sorted({child for parent, child in edges if parent == start})
        for rest in routes(child, end, edges)
    ]


def random_dag() -> st.SearchStrategy[tuple[list[str], list[tuple[str, str]]]]:
    names = [f"n{number}" for number in range(9)]
    pairs = [(parent, child) for position, parent in enumerate(names) for child in names[position + 1 :]]
    return st.lists(st.sampled_from(pairs), max_size=20).map(lambda edges: (names, edges))


def assert_lineage(path: Path, names: list[str], edges: list[tuple[str, str]]) -> None:
    with Connection.open(path) as catalog:
        pairs = catalog.rows("SELECT descendant, ancestor, depth FROM ancestors").rows
        for name in names:
            up, down = walk(name, edges, up=True), walk(name, edges, up=False)
            assert dict(catalog.rows("FROM upstream(?)", [name]).rows) == up
            assert dict(catalog.rows("FROM downstream(?)", [name]).rows) == down
            assert {ancestor: depth for descendant, ancestor, depth in pairs if descendant == name} == up
            touched = catalog.rows("SELECT feature, depth FROM impact(?)", [name]).rows
            assert dict(touched) == {name: 0, **down}
        assert len(pairs) == len({(descendant, ancestor) for descendant, ancestor, _ in pairs})
        for end in names:
            found = catalog.rows("FROM path(?, ?)", [names[0], end]).rows
            all_routes = routes(names[0], end, edges)
            shortest = min(all_routes, key=lambda route: (len(route), route), default=None)
            assert found == ([] if shortest is None else [(shortest, len(shortest) - 1)])


def test_a_diamond(tmp_path: Path, tables_of, build) -> None:
    names = list("abcde")
    build(tmp_path / "catalog.duckdb", tables_of(names, DIAMOND))
    assert_lineage(tmp_path / "catalog.duckdb", names, DIAMOND)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dag=random_dag())
def test_random_graphs_agree_with_plain_python(tmp_path: Path, tables_of, build, dag) -> None:
    names, edges = dag
    build(tmp_path / "catalog.duckdb", tables_of(names, edges))
    assert_lineage(tmp_path / "catalog.duckdb", names, edges)


@given(dag=random_dag())
def test_ancestors_agree_with_plain_python(dag) -> None:
    names, edges = dag
    found = {
        names[one.descendant]: {names[number]: depth for number, depth in zip(one.numbers, one.depths, strict=True)}
        for one in find_ancestors(names, edges) or []
    }
    assert found == {name: up for name in names if (up := walk(name, edges, up=True))}


def test_too_many_ancestors_leave_the_table_empty() -> None:
    chain = [f"n{number}" for number in range(5)]
    edges = list(zip(chain, chain[1:], strict=False))
    assert find_ancestors(chain, edges, most=9) is None
    assert find_ancestors(chain, edges, most=10) is not None


def test_a_circle_is_walked_once(tmp_path: Path, tables_of, build) -> None:
    build(tmp_path / "catalog.duckdb", tables_of("abc", [("a", "b"), ("b", "c"), ("c", "a")]))
    with Connection.open(tmp_path / "catalog.duckdb") as catalog:
        assert catalog.rows("FROM upstream('a')").rows == [("c", 1), ("b", 2)]
        assert catalog.rows("FROM downstream('a')").rows == [("b", 1), ("c", 2)]
        assert catalog.rows("FROM path('a', 'c')").rows == [(["a", "b", "c"], 2)]


def test_a_wide_graph_and_a_long_chain(tmp_path: Path, tables_of, build) -> None:
    names = [f"n{number:04}" for number in range(400)]
    edges = list(zip(names, names[1:], strict=False))
    built = build(tmp_path / "catalog.duckdb", tables_of(names, edges))
    assert built.rows["ancestors"] == 400 * 399 // 2
    with Connection.open(tmp_path / "catalog.duckdb") as catalog:
        assert catalog.rows("SELECT max(depth), count(*) FROM upstream('n0399')").rows == [(399, 399)]
        assert catalog.rows("SELECT hops FROM path('n0000', 'n0399')").rows == [(399,)]


@pytest.fixture
def catalog(sample_catalog: Path):
    with Connection.open(sample_catalog) as connection:
        yield connection


def test_macros_answer_for_every_row_of_a_query(catalog: Connection) -> None:
    counts = catalog.rows("SELECT f.feature, (SELECT count(*) FROM upstream(f.feature)) FROM features f").rows
    assert dict(counts)["report"] == 5
    assert dict(counts)["spend"] == 0


def test_an_unknown_name_has_no_lineage(catalog: Connection) -> None:
    for call in ("upstream('x')", "downstream('x')", "path('x', 'x')", "impact('x')", "owners_of_downstream('x')"):
        assert catalog.rows(f"FROM {call}").rows == []


def test_impact_names_owners_and_consumers(catalog: Connection) -> None:
    rows = {row["feature"]: row for row in catalog.rows("FROM impact('avg_3wk_spend')").dicts()}
    assert list(rows) == ["avg_3wk_spend", "report"]
    assert rows["avg_3wk_spend"]["owner"] == "ann, growth"
    assert rows["avg_3wk_spend"]["consumers"] == ["board"]
    assert (rows["report"]["depth"], rows["report"]["owner"], rows["report"]["consumers"]) == (
        1,
        "ops",
        ["churn-model"],
    )


def test_owners_of_downstream(catalog: Connection) -> None:
    assert catalog.rows("FROM owners_of_downstream('spend')").rows == [
        ("ann", 1, ["avg_3wk_spend"]),
        ("growth", 1, ["avg_3wk_spend"]),
        ("ops", 1, ["report"]),
    ]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("report", ["eu/report", "report"]),
        ("ROLLING mean", ["avg_3wk_spend"]),
        ("it's", ["spend_per_signup"]),
        ("team growth", ["avg_3wk_spend"]),
        ("ops", ["report"]),
        ("raw", []),
        ("rolling nonsense", ["avg_3wk_spend"]),
    ],
)
def test_search_shows_public_features_and_passes_over_words_nobody_has(catalog: Connection, term: str, expected: list[str]) -> None:
    assert [row["feature"] for row in catalog.rows("FROM search(?)", [term]).dicts()] == expected


def test_search_ranks_names_above_documentation(catalog: Connection) -> None:
    found = [row["feature"] for row in catalog.rows("FROM search('spend')").dicts()]
    assert found[0] == "spend"
    assert set(found) >= {"spend_per_signup", "avg_3wk_spend"}


def test_current_artifacts_are_the_latest_published(catalog: Connection) -> None:
    (row,) = catalog.rows("FROM current_artifacts").dicts()
    assert (row["feature"], row["run_id"]) == ("avg_3wk_spend", "run-003")
    assert row["path"].endswith("run=run-003/part-0.parquet")


def test_check_history_shows_the_verdict_before(catalog: Connection) -> None:
    rows = catalog.rows("SELECT run_id, status, previous_status, kind FROM check_history ORDER BY run_id").rows
    assert rows == [
        ("run-001", "pass", None, "range"),
        ("run-002", "warn", "pass", "range"),
        ("run-003", "pass", "warn", "range"),
    ]


def test_public_features_show_the_last_run_whatever_became_of_it(catalog: Connection) -> None:
    rows = {row["feature"]: row for row in catalog.rows("FROM public_features").dicts()}
    assert "spend_per_signup_raw" not in rows
    assert (rows["avg_3wk_spend"]["last_run"], rows["avg_3wk_spend"]["last_status"]) == ("run-004", "failed")
    assert (rows["avg_3wk_spend"]["owner"], rows["avg_3wk_spend"]["n_checks"]) == ("ann, growth", 1)
    assert (rows["report"]["last_run"], rows["report"]["n_checks"]) == (None, 0)


@given(pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_ancestors_of_circles_and_of_what_lies_below_them(pairs: list[tuple[int, int]]) -> None:
    names = list("abcdefg")
    edges = [(names[parent], names[child]) for parent, child in pairs]
    found = find_ancestors(names, edges) or []
    assert [one.descendant for one in found] == sorted({one.descendant for one in found})
    told = {
        names[one.descendant]: [(depth, names[number]) for number, depth in zip(one.numbers, one.depths, strict=True)]
        for one in found
    }
    expected = {name: sorted((depth, up) for up, depth in walk(name, edges, up=True).items()) for name in names}
    assert told == {name: ups for name, ups in expected.items() if ups}
