"""What the catalog says of definitions."""

from __future__ import annotations

import gzip
import re

from tests.support.projects import ShopProject

FEATURES = """
from featurecat import config


@config.when(model="ridge")
def weight__ridge(x: int, penalty: float) -> float:
    return x * penalty


@config.when(model="forest")
def weight__forest(x: int, trees: int) -> float:
    return x * trees
"""


def test_inputs_that_only_one_variant_takes_are_catalogued(shop: ShopProject) -> None:
    shop.only_module(FEATURES)
    shop.ok("index")
    roles = shop.ok("sql", "select name, role from features order by name", "--json").rows
    assert {row["name"]: row["role"] for row in roles if row["name"] in ("x", "penalty", "trees")} == {
        "x": "input",
        "penalty": "input",
        "trees": "input",
    }
    edges = shop.ok("sql", "select parent, variant from edges where child = 'weight' order by parent", "--json").rows
    assert [row["parent"] for row in edges] == ["penalty", "trees", "x"]


SECRETS = """
from featurecat import config, tag
from featurecat.function_modifiers import resolve_from_config


@resolve_from_config(decorate_with=lambda pin, api_token: tag(pin=str(pin), login=f"ann:{api_token}", team="sales"))
def opened(x: int) -> int:
    return x


@config.when(password="hunter2")
def door__first(x: int) -> int:
    return x


@config.when(password="hunter3")
def door__second(x: int) -> int:
    return x + 1


@config.when(pin=4711)
def window(x: int) -> int:
    return x
"""
SETTINGS = """
[tool.featurecat]
modules = ["mine"]
redact = ["*pin*"]

[tool.featurecat.configs.us]
pin = 4711
api_token = "tok-81818"
password = "hunter2"
"""


def _with_secrets(shop: ShopProject, source: str) -> None:
    shop.only_module(source)
    (shop.root / "pyproject.toml").write_text(SETTINGS)


def _stored(shop: ShopProject) -> str:
    """Everything in the snapshots, but the source texts: they are the user's own."""
    texts = []
    for path in sorted((shop.root / ".featurecat").rglob("*.json*")):
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        texts.append(re.sub(r'"source_text":"(?:[^"\\]|\\.)*"', "", data.decode()))
    assert texts
    return "\n".join(texts)


def test_no_secret_of_a_config_is_in_labels_tags_or_explanations(shop: ShopProject) -> None:
    _with_secrets(shop, SECRETS)
    shop.ok("index")
    told = [_stored(shop)]
    for table in ("features", "tags", "config_keys", "edges", "expectations"):
        told.append(shop.ok("sql", f"from {table}", "--json").out)
    told.append(shop.ok("sql", "select variant, condition from variants", "--json").out)
    told += [shop.ok("explain", name).out for name in ("door", "opened", "window")]
    for secret in ("tok-81818", "hunter2", "hunter3", "4711"):
        assert not [text for text in told if secret in text], secret
    rows = shop.ok("sql", "select feature, variant from variants order by all", "--json").rows
    labels = {(row["feature"], row["variant"]) for row in rows}
    assert len(labels) == 4
    assert all("***" in label for _, label in labels)
    tags = shop.ok("sql", "select key, value from tags where feature = 'opened' order by key", "--json").rows
    assert [(row["key"], row["value"]) for row in tags] == [("login", "ann:***"), ("pin", "***"), ("team", "sales")]


def test_no_node_is_called_like_a_secret(shop: ShopProject) -> None:
    _with_secrets(
        shop,
        """
from featurecat.function_modifiers import parameterize_sources, resolve_from_config


@resolve_from_config(decorate_with=lambda api_token: parameterize_sources(**{f"n_{api_token}": {"x": "y"}}))
def opened(x: int) -> int:
    return x
""",
    )
    told = shop.run("index")
    assert told.code == 2, (told.out, told.err)
    assert "the value of the config key 'api_token', which is secret, is part of a node's name" in told.err
    assert "mine.py:4" in told.err
    assert "81818" not in told.out + told.err + _stored(shop)


def test_no_secret_of_a_run_is_in_its_manifest(shop: ShopProject) -> None:
    _with_secrets(
        shop,
        """
import pandas as pd
from featurecat import config, tag
from featurecat.function_modifiers import resolve_from_config


@resolve_from_config(decorate_with=lambda pin: tag(pin=str(pin)))
def opened(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]


@config.when(password="hunter2")
def door(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]
""",
    )
    source = '\n[tool.featurecat.sources.orders]\npath = "data/orders.parquet"\nkey = ["order"]\n'
    (shop.root / "pyproject.toml").write_text(SETTINGS + source)
    told = shop.ok("materialize", "opened", "door", "--config-name", "us", "--json")
    shown = shop.ok("show", "opened").out + shop.ok("show", "door").out
    stored = _stored(shop)
    variants = shop.ok("sql", "select distinct feature, variant from materializations", "--json").rows
    assert len(variants) == 2
    known = shop.ok("sql", "select feature, variant from variants", "--json").rows
    assert all(row in known for row in variants)
    for secret in ("4711", "hunter2"):
        assert secret not in told.out + told.err + shown.partition("@")[0] + stored
