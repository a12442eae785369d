"""Laws of lineage: on any graph, views and macros say what a walk in plain Python finds.

The walk reads rows one by one, by the rules that ``featurecat/project/column_reads.py`` writes down; it knows nothing
of SQL. Graphs have hidden nodes, variants, a second graph, columns that are handed on, consumers and check edges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featurecat.catalog.canonical import definition_tables
from featurecat.catalog.column_lineage import fill_column_lineage
from featurecat.catalog.connection import Connection
from featurecat.records import ColumnReadRow, ConsumerRow, DefinitionRow, EdgeRow, OwnerRow, VariantRow
from tests.catalog.conftest import edge_row, feature_row

COLUMNS = ("a", "b", "c")
#: A feature, or a column of one.
Spot = tuple[str, str | None]

Rows = list[DefinitionRow]


@st.composite
def projects(draw: st.DrawFn) -> Rows:
    """Sources first, then frames and features that take what was there before."""
    rows: Rows = [feature_row(name, role="source") for name in ("s", "t")]
    frames, names = ["s", "t"], ["s", "t"]
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["frame", "feature", "raw", "other"]))
        name = f"eu/n{number}" if kind == "other" else f"n{number}"
        role = {"other": "feature"}.get(kind, kind)
        rows.append(feature_row(name, role=role, public=role != "raw"))
        parents = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        variants = draw(st.sampled_from([("any",), ("pandas", "polars")]))
        rows += [_variant_row(name, variant) for variant in variants]
        for parent in parents:
            only = draw(st.sampled_from([None, *variants])) if len(variants) > 1 else None
            rows.append(edge_row(parent, name, variant=only))
            for variant in variants if only is None else (only,):
                if parent in frames:
                    rows += draw(_reads(name, variant, parent, makes_frame=kind == "frame"))
        if draw(st.booleans()):
            rows.append(edge_row(draw(st.sampled_from(names)), name, kind="check", parameter="beside"))
        if kind == "frame":
            frames.append(name)
        names.append(name)
        if draw(st.booleans()):
            rows.append(ConsumerRow(f"model{number % 2}", "model", name, "ds"))
        rows.append(OwnerRow(name, draw(st.sampled_from(["ops", "crm"])), "owner", "feature"))
    return _without_doubles(rows)


def _reads(name: str, variant: str, parent: str, *, makes_frame: bool) -> st.SearchStrategy[Rows]:
    outputs = st.sampled_from([None, *COLUMNS]) if makes_frame else st.none()
    named = st.builds(lambda column, output: (column, output), st.sampled_from(COLUMNS), outputs)
    odd = st.sampled_from([("*", None), ("*", "*"), ("*", "a")] if makes_frame else [("*", None)])
    pairs = st.lists(st.one_of(named, named, odd), max_size=3, unique=True)
    return pairs.map(lambda found: [ColumnReadRow(name, variant, parent, *pair, "subscript", 3) for pair in found])


def _variant_row(feature: str, variant: str) -> VariantRow:
    return VariantRow(feature, variant, variant, [], "m", feature, "m.py", 1, 2, None, None, None, None)


def _without_doubles(rows: Rows) -> Rows:
    keyed = {(row.table, *(str(getattr(row, name)) for name in row.key)): row for row in rows}
    return list(keyed.values())


class Walk:
    """What is made of what, told from rows alone."""

    def __init__(self, rows: Rows) -> None:
        self.edges = [row for row in rows if isinstance(row, EdgeRow)]
        self.reads = [row for row in rows if isinstance(row, ColumnReadRow)]
        self.features = {row.feature: row.role for row in rows if row.table == "features"}
        self.variants = [row for row in rows if isinstance(row, VariantRow)]
        self.consumers = [row for row in rows if isinstance(row, ConsumerRow)]
        self.asked = {(row.parent, row.column) for row in self.reads if row.column != "*"}
        self.asked |= {(row.feature, row.output) for row in self.reads if row.output not in (None, "*")}
        self.spots: set[Spot] = {(name, None) for name in self.features} | self.asked
        self.parents = {spot: self._parents(*spot) for spot in self.spots}

    def _parents(self, feature: str, column: str | None) -> set[Spot]:
        found: set[Spot] = set()
        for variant in [row.variant for row in self.variants if row.feature == feature]:
            reads = [row for row in self.reads if row.feature == feature and row.variant == variant]
            told = {row.parent for row in reads}
            for edge in self.edges:
                if (
                    edge.child == feature
                    and edge.kind == "data"
                    and edge.variant in (None, variant)
                    and edge.parent not in told
                ):
                    found.add((edge.parent, None))
            found |= {spot for row in reads for spot in self._of_row(row, reads, column)}
        return found

    def _of_row(self, row: ColumnReadRow, reads: list[ColumnReadRow], column: str | None) -> Iterable[Spot]:
        own = None if row.column == "*" else row.column
        outputs = {one.output for one in reads}
        if column is None or row.output is None:
            yield (row.parent, own)
        elif column in outputs:
            if row.output == column:
                yield (row.parent, own)
        elif "*" in outputs:
            if row.output == "*":
                yield (row.parent, own or column)
        else:
            yield (row.parent, own)

    def up(self, start: Spot) -> dict[Spot, int]:
        return _distances({start}, lambda spot: self.parents.get(spot, self._parents(*spot)))

    def down(self, starts: set[Spot]) -> dict[Spot, int]:
        return _distances(starts, lambda spot: {child for child, above in self.parents.items() if spot in above})

    def features_up(self, name: str, *, up: bool = True) -> dict[str, int]:
        """Along plain edges, those of checks among them."""
        pairs = [(edge.child, edge.parent) if up else (edge.parent, edge.child) for edge in self.edges]
        spots = _distances({(name, None)}, lambda spot: {(far, None) for near, far in pairs if near == spot[0]})
        return {feature: depth for (feature, _), depth in spots.items()}

    def raw(self, feature: str) -> dict[tuple[str, str], int]:
        return {
            (name, column or "*"): depth
            for (name, column), depth in self.up((feature, None)).items()
            if self.features[name] == "source"
        }

    def below(self, source: str, column: str) -> dict[str, int]:
        """The features that a column reaches, also through what takes its source as a whole."""
        return _nearest(self.down({(source, column), (source, None)}))


def _distances(starts: set[Spot], step: Callable[[Spot], Iterable[Spot]]) -> dict[Spot, int]:
    depths = dict.fromkeys(starts, 0)
    level = list(starts)
    while level:
        following = []
        for spot in level:
            for other in step(spot):
                if other not in depths:
                    depths[other] = depths[spot] + 1
                    following.append(other)
        level = following
    return {spot: depth for spot, depth in depths.items() if spot not in starts}


def _nearest(spots: Mapping[Spot, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (feature, _), depth in spots.items():
        found[feature] = min(depth, found.get(feature, depth))
    return found


def _assert_columns(catalog: Connection, walk: Walk) -> None:
    edges = {((a, b), (c, d)) for a, b, c, d in catalog.rows("FROM column_edges").rows}
    assert edges == {(parent, child) for child, above in walk.parents.items() for parent in above}
    raw: dict[str, dict[tuple[str, str], int]] = {}
    for feature, source, column, origin, depth in catalog.rows("FROM raw_columns").rows:
        raw.setdefault(feature, {})[(source, column)] = depth
        assert origin == ("whole" if column == "*" else "named")
    for name in walk.features:
        assert raw.get(name, {}) == walk.raw(name)
        found = catalog.rows('SELECT source, "column", depth FROM columns_upstream(?)', [name]).rows
        assert {(source, column): depth for source, column, depth in found} == walk.raw(name)


def _assert_sources(catalog: Connection, walk: Walk) -> None:
    kept: dict[str, dict[str, int]] = {}
    for ancestor, descendant, depth in catalog.rows("FROM ancestors").rows:
        kept.setdefault(ancestor, {})[descendant] = depth
    for source, column in sorted(walk.asked):
        text, expected = f"{source}.{column}", walk.below(source, column)
        below = dict(catalog.rows("FROM downstream(?)", [text]).rows)
        assert below == expected
        if walk.features[source] == "source":
            assert kept.get(text, {}) == expected
        assert dict(catalog.rows("FROM upstream(?)", [text]).rows) == _nearest(walk.up((source, column)))
        assert dict(catalog.rows("SELECT feature, depth FROM impact(?)", [text]).rows) == expected
        used = {(row.consumer, row.feature): expected[row.feature] for row in walk.consumers if row.feature in expected}
        told = catalog.rows("SELECT consumer, feature, depth FROM consumers_downstream(?)", [text]).rows
        assert {(consumer, feature): depth for consumer, feature, depth in told} == used
        whole = {
            spot[0]: depth for spot, depth in walk.down({(source, column), (source, None)}).items() if spot[1] is None
        }
        for end in walk.features:
            hops = [row[1] for row in catalog.rows("FROM path(?, ?)", [text, end]).rows]
            assert hops == ([whole[end]] if end in whole else [])


def _assert_features(catalog: Connection, walk: Walk) -> None:
    kept: dict[str, dict[str, int]] = {}
    for ancestor, descendant, depth in catalog.rows("FROM ancestors").rows:
        kept.setdefault(descendant, {})[ancestor] = depth
    for name in walk.features:
        up = walk.features_up(name)
        assert dict(catalog.rows("FROM upstream(?)", [name]).rows) == up
        assert dict(catalog.rows("FROM downstream(?)", [name]).rows) == walk.features_up(name, up=False)
        assert {key: depth for key, depth in kept.get(name, {}).items() if key in walk.features} == up
    used = {
        (row.consumer, row.feature, ancestor): depth + 1
        for row in walk.consumers
        for ancestor, depth in {row.feature: 0, **kept.get(row.feature, {})}.items()
    }
    rows = catalog.rows("SELECT consumer, feature, ancestor, depth FROM consumer_lineage").rows
    assert {(consumer, feature, ancestor): depth for consumer, feature, ancestor, depth in rows} == used


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=projects())
def test_lineage_is_what_a_walk_finds(tmp_path: Path, build: Any, rows: Rows) -> None:
    build(tmp_path / "catalog.duckdb", definition_tables(rows))
    walk = Walk(rows)
    with Connection.open(tmp_path / "catalog.duckdb") as catalog:
        _assert_columns(catalog, walk)
        _assert_features(catalog, walk)
        _assert_sources(catalog, walk)


def test_a_large_catalog_keeps_no_raw_columns(tmp_path: Path, build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The macros answer all the same."""
    monkeypatch.setattr(fill_column_lineage, "__kwdefaults__", {"most": 0})
    rows: Rows = [
        feature_row("orders", role="source"), feature_row("email_length"), _variant_row("email_length", "any"),
        edge_row("orders", "email_length"), ColumnReadRow("email_length", "any", "orders", "email", None, "subscript", 3),
    ]  # fmt: skip
    build(tmp_path / "catalog.duckdb", definition_tables(rows))
    with Connection.open(tmp_path / "catalog.duckdb") as catalog:
        assert catalog.rows("FROM raw_columns").rows == []
        assert catalog.rows("FROM columns_upstream('email_length')").rows == [("orders", "email", 1)]
        assert catalog.rows("FROM downstream('orders.email')").rows == [("email_length", 1)]
