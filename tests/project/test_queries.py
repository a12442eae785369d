"""@sql features in a project: grain, fingerprint, catalog, and features that wait beside them."""

from __future__ import annotations

from types import ModuleType

import polars as pl
import pytest

from featurecat.definition.collect import collect
from featurecat.definition.fingerprint import Fingerprints
from featurecat.driver import Builder
from tests.support.modules import ModuleMaker
from tests.support.projects import ShopProject

HEAD = """\
import asyncio
import polars as pl
from featurecat import check_output, extract_columns, feature
from featurecat.function_modifiers.queries import sql

"""

QUERIES = (
    HEAD
    + '''
@feature(entity=["customer"])
@sql("SELECT customer, sum(amount) AS spent FROM orders GROUP BY customer ORDER BY customer")
def spending(orders: pl.DataFrame) -> pl.DataFrame:
    """What each customer spent."""


@extract_columns("number")
@sql("SELECT customer, count(*) AS number FROM orders GROUP BY customer ORDER BY customer")
def counted(orders: pl.DataFrame) -> pl.DataFrame: ...


@sql("SELECT orders.*, few.amount AS high FROM orders LEFT JOIN few ON orders.order = few.id")
def joined(orders: pl.DataFrame, few: pl.DataFrame) -> pl.DataFrame: ...


@feature(entity=["id"])
@sql("SELECT orders.order AS id, amount FROM orders WHERE amount > 100")
def few(orders: pl.DataFrame) -> pl.DataFrame: ...


async def twice(orders: pl.DataFrame) -> pl.Series:
    await asyncio.sleep(0)
    return orders["amount"] * 2
'''
)


def grains(module: ModuleType) -> dict[str, str | None]:
    graph = Builder().with_modules(module).build().graph
    return {name: grain.label if (grain := graph.grain(name)) else None for name in graph.nodes}


def test_rows_of_a_query_are_its_own(make_module: ModuleMaker) -> None:
    found = grains(make_module(QUERIES))
    assert found["counted"] == found["number"] == "rows-counted"
    assert found["spending"] == "customer"
    assert found["joined"] == "rows-joined"


def test_a_checked_query_has_the_rows_of_its_query(make_module: ModuleMaker) -> None:
    source = """
@check_output(allow_nans=False)
@extract_columns("n")
@sql("SELECT count(*) AS n FROM orders")
def counted(orders: pl.DataFrame) -> pl.DataFrame: ...
"""
    assert grains(make_module(HEAD + source))["n"] == "rows-counted"


def test_tables_need_not_share_their_rows(make_module: ModuleMaker) -> None:
    """Two frames of one entity meet in a query, as in any join."""
    source = """
@feature(entity=["id"])
def high(orders: pl.DataFrame) -> pl.DataFrame:
    return orders.filter(pl.col("amount") > 1)

@feature(entity=["id"])
def every(orders: pl.DataFrame) -> pl.DataFrame:
    return orders

@sql("SELECT every.amount, high.amount AS more FROM every LEFT JOIN high USING (id) ORDER BY 1")
def beside(every: pl.DataFrame, high: pl.DataFrame) -> pl.DataFrame: ...
"""
    orders = pl.DataFrame({"id": [1, 2], "amount": [1, 2]})
    driver = Builder().with_modules(make_module(HEAD + source)).build()
    assert driver.execute(["beside"], inputs={"orders": orders})["beside"].rows() == [(1, None), (2, 2)]


def test_the_text_of_a_file_is_part_of_the_fingerprint(make_module: ModuleMaker) -> None:
    path = make_module.root / "counted.sql"
    source = HEAD + '@sql(file="counted.sql")\ndef counted(orders: pl.DataFrame) -> pl.DataFrame: ...\n'

    def fingerprint() -> str | None:
        (node,) = collect([make_module(source, "with_file")]).variants["counted"]
        return Fingerprints([make_module.root]).of_node(node)

    path.write_text("SELECT count(*) AS n FROM orders")
    before = fingerprint()
    assert before is not None
    assert fingerprint() == before
    path.write_text("SELECT count(*) AS m FROM orders")
    assert fingerprint() not in (None, before)


@pytest.fixture
def queries(shop: ShopProject) -> ShopProject:
    """A project with these features."""
    shop.only_module(QUERIES, "queries")
    return shop


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("spending", {"customer": [1, 2, 3, 4, 5], "spent": [500.0, 340.0, 380.0, 420.0, 460.0]}),
        ("number", {"number": [4] * 5}),
        ("twice", {"order": list(range(1, 21)), "twice": [20.0 * number for number in range(1, 21)]}),
    ],
)
def test_they_are_materialized(queries: ShopProject, name: str, columns: dict[str, list[object]]) -> None:
    queries.ok("materialize", name)
    (manifest,) = queries.manifests()
    found = {column.rpartition(".")[2]: values for column, values in queries.rows_of(manifest).items()}
    assert {column: found[column] for column in columns} == columns


def test_the_catalog_knows_their_columns(queries: ShopProject) -> None:
    queries.ok("index")
    statement = "SELECT feature, name, origin, doc FROM columns WHERE feature != 'orders' ORDER BY feature, ordinal"
    rows = [tuple(row.values()) for row in queries.ok("sql", statement, "--json").rows]
    assert [row for row in rows if row[2] == "query"] == [
        ("counted", "customer", "query", "from orders.customer"),
        ("counted", "number", "query", None),
        ("few", "id", "query", "from orders.order"),
        ("few", "amount", "query", "from orders.amount"),
        ("joined", "*", "query", "from orders.*"),
        ("joined", "high", "query", "from few.amount"),
        ("spending", "customer", "query", "from orders.customer"),
        ("spending", "spent", "query", "from orders.amount"),
    ]


def test_a_fault_is_told_with_its_place(queries: ShopProject) -> None:
    queries.replace("queries.py", "WHERE amount > 100", "WHERE amonut > 100")
    told = queries.run("materialize", "few")
    assert told.code != 0
    assert '"amonut" not found' in told.err
    assert "queries.py:" in told.err
    assert "LINE 1: SELECT orders.order AS id, amount FROM orders WHERE amonut > 100" in told.err
