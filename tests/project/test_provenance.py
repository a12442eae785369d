"""What a value is made of is the same exactly when it would come out the same; what cannot be told is None."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.records import Fingerprint
from tests.support.projects import ShopProject

HEAD = "import json\nimport pandas as pd\nfrom pathlib import Path\nfrom featurecat import extract_columns, group, parameterize, source, value\n\n\n"
SPENT = "def spent(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount'] * 1.0\n"
GIVEN = "def spent(given: pd.Series) -> pd.Series:\n    return given * 2\n"


def prints(shop: ShopProject, *words: str, environment: dict[str, str] | None = None) -> dict[str, Fingerprint]:
    shop.ok("materialize", "--all", *words, environment=environment or {})
    return {record.feature: record.fingerprint for record in shop.manifests()[-1].features}


# --- sources --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('key = ["order"]', 'key = ["order"]\ncolumns = { amount = "int64" }'),
        ('key = ["order"]', 'key = ["order", "customer"]'),
        ('"data/orders.parquet"', '"data/same.csv"'),
        ('path = "data/orders.parquet"', 'path = "data/same.csv"\noptions = { delimiter = ";" }'),
    ],
)
def test_how_a_source_is_read_counts(shop: ShopProject, old: str, new: str) -> None:
    shop.only_module(HEAD + SPENT)
    table = pq.read_table(shop.root / "data" / "orders.parquet")
    lines = [",".join(map(str, row.values())) for row in table.to_pylist()]
    text = "\n".join([",".join(table.column_names), *lines])
    (shop.root / "data" / "same.csv").write_text(text.replace(",", ";") if "delimiter" in new else text)
    first = prints(shop)["spent"]
    assert prints(shop)["spent"] == first
    assert first.inputs is not None
    shop.replace("pyproject.toml", old, new)
    assert prints(shop)["spent"].inputs not in (first.inputs, None)


def test_which_part_of_a_database_is_read_counts(shop: ShopProject) -> None:
    shop.only_module(HEAD + SPENT)
    with duckdb.connect(str(shop.root / "data" / "orders.duckdb")) as connection:
        connection.sql("CREATE TABLE a AS SELECT range AS \"order\", range * 10 AS amount FROM range(5)")
        connection.sql("CREATE TABLE b AS SELECT range AS \"order\", range * 20 AS amount FROM range(5)")
    declared = 'path = "data/orders.parquet"'
    inputs = []
    for asked in ('table = "a"', 'table = "b"', 'query = "FROM a"', 'query = "FROM b"'):
        new = f'path = "data/orders.duckdb"\nformat = "duckdb"\n{asked}'
        shop.replace("pyproject.toml", declared, new)
        declared = new
        inputs.append(prints(shop)["spent"].inputs)
    assert None not in inputs
    assert len(set(inputs)) == 4


@pytest.mark.parametrize(
    "query", ["FROM read_parquet('data/orders.parquet')", "FROM 'data/orders.parquet'", "SELECT *, random() FROM a"]
)
def test_a_query_that_may_read_more_than_the_database_identifies_nothing(shop: ShopProject, query: str) -> None:
    shop.only_module(HEAD + SPENT)
    with duckdb.connect(str(shop.root / "data" / "orders.duckdb")) as connection:
        connection.sql("CREATE TABLE a AS SELECT range AS \"order\", range * 10 AS amount FROM range(5)")
    new = f'path = "data/orders.duckdb"\nformat = "duckdb"\nquery = "{query}"'
    shop.replace("pyproject.toml", 'path = "data/orders.parquet"', new)
    assert prints(shop)["spent"].inputs is None


def test_a_folder_identifies_nothing(shop: ShopProject) -> None:
    shop.only_module(HEAD + SPENT + "\n\ndef twice(spent: pd.Series) -> pd.Series:\n    return spent * 2\n")
    folder = shop.root / "data" / "parts.parquet"
    folder.mkdir()
    pq.write_table(pa.table({"order": [1, 2], "amount": [1.0, 2.0]}), folder / "part.parquet")
    shop.replace("pyproject.toml", "data/orders.parquet", "data/parts.parquet")
    found = prints(shop)
    assert [one.inputs for one in found.values()] == [None, None]
    assert None not in [one.code for one in found.values()]


# --- inputs ---------------------------------------------------------------------------------------


def test_which_column_an_input_takes_counts(shop: ShopProject) -> None:
    shop.only_module(HEAD + GIVEN)
    inputs = [
        prints(shop, "--input", f"given=data/orders.parquet#{column}")["spent"].inputs for column in ("amount", "pieces", "amount")
    ]
    assert None not in inputs
    assert inputs[0] == inputs[2] != inputs[1]


def test_typed_values_are_told_by_what_was_typed(shop: ShopProject) -> None:
    """Pandas shows a long column shortened."""
    shop.only_module(HEAD + GIVEN)
    numbers = list(range(200))
    changed = [*numbers[:100], -1, *numbers[101:]]
    first, second, again = (prints(shop, "--input", f"given:={typed}")["spent"].inputs for typed in (numbers, changed, numbers))
    assert first == again
    assert None not in (first, second)
    assert first != second


def test_text_and_json_are_told_apart(shop: ShopProject) -> None:
    shop.only_module(HEAD + "def spent(orders: pd.DataFrame, kind: str | int) -> pd.Series:\n    return orders['amount'] * int(kind)\n")
    typed = [prints(shop, "--input", text)["spent"].inputs for text in ("kind=1", "kind:=1", "kind=2")]
    assert None not in typed
    assert len(set(typed)) == 3


# --- config ---------------------------------------------------------------------------------------

BY_CONFIG = HEAD + (
    "def spent(orders: pd.DataFrame, region: str = 'x', api_key: str = 'y') -> pd.Series:\n"
    "    return orders['amount'] * len(region + api_key)\n\n\n"
    "def twice(spent: pd.Series) -> pd.Series:\n    return spent * 2\n\n\n"
    "def plain(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount'] * 1.0\n"
)


@pytest.mark.parametrize(
    "typed", ["region=env:REG", "api_key=a", 'region:=["env:REG"]', 'region:={"token": "a"}', "region=pg://ann:a@host/x"]
)
def test_config_that_is_not_on_record_identifies_nothing(shop: ShopProject, typed: str) -> None:
    body = BY_CONFIG.replace("len(region + api_key)", "len(str(region) + api_key)").replace("region: str", "region: object")
    shop.only_module(body)
    found = prints(shop, "--config", typed, environment={"REG": "secretive"})
    assert found["spent"].config is None
    assert found["spent"].code is not None
    assert found["spent"].inputs is not None
    assert found["twice"].inputs is None
    assert None not in (found["plain"].config, found["plain"].inputs)


def test_config_on_record_counts_and_none_is_something_else(shop: ShopProject) -> None:
    shop.only_module(BY_CONFIG)
    found = [prints(shop, *words) for words in ((), ("--config", "region=a"), ("--config", "region=b"), ("--config", "region=a"))]
    configs = [one["spent"].config for one in found]
    assert None not in configs
    assert configs[1] == configs[3]
    assert len(set(configs)) == 3
    assert len({one["plain"].config for one in found}) == 1
    assert len({one["twice"].inputs for one in found}) == 3


# --- constants and defaults -----------------------------------------------------------------------

BOUND = {
    "value()": "@parameterize(spent={'n': value(CONF['n'])})\ndef base(orders: pd.DataFrame, n: int) -> pd.Series:\n    return orders['amount'] * n\n",
    "a default": "def spent(orders: pd.DataFrame, n: int = CONF['n']) -> pd.Series:\n    return orders['amount'] * n\n",
    "in a group": (
        "@parameterize(spent={'n': group(value(1), value(CONF['n']))})\n"
        "def base(orders: pd.DataFrame, n: list[int]) -> pd.Series:\n    return orders['amount'] * n[1]\n"
    ),
    "a key of a group": (
        "@parameterize(spent={'n': group(**{str(CONF['n']): value(1)})})\n"
        "def base(orders: pd.DataFrame, n: dict[str, int]) -> pd.Series:\n    return orders['amount'] * int(*n)\n"
    ),
    "what fills a column": (
        "@extract_columns('absent', fill_with=CONF['n'])\n"
        "def whole(orders: pd.DataFrame) -> pd.DataFrame:\n    return orders.copy()\n\n\n"
        "def spent(orders: pd.DataFrame, absent: pd.Series) -> pd.Series:\n    return orders['amount'] * absent\n"
    ),
}


@pytest.mark.parametrize("case", BOUND)
def test_values_that_were_bound_while_modules_were_read_count(shop: ShopProject, case: str) -> None:
    shop.only_module(f"{HEAD}CONF = json.loads(Path(__file__).with_name('conf.json').read_text())\n\n\n{BOUND[case]}")
    inputs = []
    for number in (1, 2, 1):
        shop.write("conf.json", f'{{"n": {number}}}')
        shop.ok("materialize", "spent")
        (record,) = shop.manifests()[-1].features
        inputs.append(record.fingerprint.inputs)
    assert None not in inputs
    assert inputs[0] == inputs[2] != inputs[1]


def test_a_bound_value_that_is_not_plain_identifies_nothing(shop: ShopProject) -> None:
    shop.only_module(
        f"{HEAD}class Rate:\n    share = 2\n\n\n@parameterize(spent={{'n': value(Rate())}})\n"
        "def base(orders: pd.DataFrame, n: object) -> pd.Series:\n    return orders['amount'] * n.share\n"
    )
    assert prints(shop)["spent"].inputs is None
