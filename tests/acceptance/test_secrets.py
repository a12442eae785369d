"""Done: "A password put in the environment, config and a source URI is found nowhere"."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from tests.support.projects import ShopProject, Told

#: One for each way in, so that a leak names its way; with characters that are escaped in URIs and in Python.
SECRETS = {
    "environment": "Hunter2-env'x",
    "variable of a secret's name": "Hunter2-tok%y",
    "config": "Hunter2-conf\"z",
    "config by JSON": "Hunter2-nest ed",
    "config file": "Hunter2-file",
    "settings": "Hunter2-sett",
    "source": "Hunter2-uri",
    "source by variable": "Hunter2-ref",
    "input": "Hunter2-inp",
}
FEATURES = """
import os

import pandas as pd

from featurecat import config


def guarded(net_amount: pd.Series, db_password: str, connection: dict, file_secret: str, login: str) -> pd.Series:
    \"\"\"Takes secrets of every kind.\"\"\"
    assert db_password and connection["token"] and file_secret and login
    return net_amount + len(os.environ["SHOP_LOGIN"])


def leaking(net_amount: pd.Series, db_password: str, connection: dict, file_secret: str, login: str) -> pd.Series:
    told = [db_password, connection["token"], file_secret, login, os.environ["SHOP_TOKEN"], os.environ["SHOP_LOGIN"]]
    raise ConnectionError(" ".join(told) + " were refused by " + repr(told))


def leaking_cause(net_amount: pd.Series, db_password: str) -> pd.Series:
    try:
        raise ConnectionError(db_password)
    except ConnectionError as error:
        raise KeyError(f"{db_password} {os.environ['SHOP_TOKEN']}") from error


def remote(warehouse: pd.DataFrame) -> pd.Series:
    return warehouse["amount"]


def referred(hidden_warehouse: pd.DataFrame) -> pd.Series:
    return hidden_warehouse["amount"]


@config.when(db_password="guessed")
def chosen__guessed(net_amount: pd.Series) -> pd.Series:
    return net_amount
"""
SETTINGS = f"""
[tool.featurecat.sources.warehouse]
format = "parquet"
path = "postgresql://ann:{SECRETS["source"]}@db.example/shop"
key = ["order"]

[tool.featurecat.sources.hidden_warehouse]
format = "parquet"
path = "env:SHOP_WAREHOUSE"
key = ["order"]

[tool.featurecat.configs.live]
api_token = "{SECRETS["settings"]}"
db_password = "env:SHOP_LOGIN"
"""
ENVIRONMENT = {
    "SHOP_LOGIN": SECRETS["environment"],
    "SHOP_TOKEN": SECRETS["variable of a secret's name"],
    "SHOP_WAREHOUSE": f"postgresql://ann:{SECRETS['source by variable']}@db.example/shop",
}
GIVEN = (
    "--config", f"db_password={SECRETS['config']}",
    "--config", 'connection:={"token": "' + SECRETS["config by JSON"] + '", "port": 5}',
    "--config-file", "secret.toml",
    "--input", f"login=postgresql://ann:{SECRETS['input']}@db.example/shop",
)  # fmt: skip


def forms(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), repr(secret)[1:-1], secret.replace('"', '\\"'), secret.replace("'", "\\'")}


def leaks(text: str) -> list[str]:
    return [way for way, secret in SECRETS.items() if any(form in text for form in forms(secret))]


@pytest.fixture
def secretive(shop: ShopProject) -> ShopProject:
    shop.add_module("secret_features", FEATURES)
    with (shop.root / "pyproject.toml").open("a", encoding="utf-8") as stream:
        stream.write(SETTINGS)
    shop.write("secret.toml", f'file_secret = "{SECRETS["config file"]}"\n')
    return shop


def check_nowhere(shop: ShopProject, answers: list[Told]) -> None:
    for told in answers:
        assert leaks(told.out) == [] and leaks(told.err) == [], told
    written = [path for path in shop.root.rglob("*") if path.is_file()]
    for path in written:
        if path.suffix == ".py" or path.name in ("pyproject.toml", "secret.toml"):
            continue
        assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path
    if shop.store.catalog.exists():
        check_catalog(shop.store.catalog)


def check_catalog(path: Path) -> None:
    """The catalog's own file is compressed, so every value is asked for."""
    with duckdb.connect(str(path), read_only=True) as client:
        names = "SELECT table_schema || '.' || table_name FROM information_schema.tables"
        for (name,) in client.execute(names).fetchall():
            for row in client.execute(f"FROM {name}").fetchall():
                assert leaks(repr(row)) == [], name


def test_a_run_that_succeeds(secretive: ShopProject) -> None:
    commands = [
        ("index",),
        ("materialize", "guarded", *GIVEN, "--output", "out.parquet", "-v"),
        ("materialize", "guarded", *GIVEN, "--json"),
        ("materialize", "net_amount", "--config-name", "live", "-v", "--traceback"),
        ("inputs", "guarded", "remote", "referred", *GIVEN),
        ("inputs", "remote", "--config-name", "live", "--json"),
        ("runs", "--json"),
        ("show", "guarded", "--json"),
        ("sql", "SELECT run_id, config FROM runs", "--json"),
        ("sql", "FROM configs"),
        ("sql", "FROM sources"),
    ]
    answers = [secretive.ok(*command, environment=ENVIRONMENT) for command in commands]
    check_nowhere(secretive, answers)
    configs = [run.request.config for run in secretive.manifests()]
    assert configs[0] == {"db_password": "***", "connection": {"token": "***", "port": 5}, "file_secret": "***"}
    assert configs[2] == {"api_token": "***", "db_password": "env:SHOP_LOGIN"}
    assert "postgresql://***@db.example/shop" in answers[-1].out and "env:SHOP_WAREHOUSE" in answers[-1].out


FAILING = {
    "feature": ("materialize", "leaking", *GIVEN),
    "cause of a cause": ("materialize", "leaking_cause", *GIVEN),
    "source": ("materialize", "remote", *GIVEN),
    "source by variable": ("materialize", "referred", *GIVEN),
    "input that is computed": ("materialize", "guarded", *GIVEN, "--input", "net_amount:={" + SECRETS["input"]),
    "config that is no JSON": ("materialize", "guarded", "--config", "db_password:={" + SECRETS["config"]),
    "input that is no file": ("materialize", "net_amount", "--input", f"orders=s3://ann:{SECRETS['input']}@b/x.parquet"),
    "no variant": ("materialize", "chosen", *GIVEN),
    "output": ("materialize", "guarded", *GIVEN, "--output", "absent/out.parquet"),
    "full store": ("materialize", "guarded", *GIVEN),
}


@pytest.mark.parametrize(
    ("name", "more"),
    [*((name, ("--traceback", "-v")) for name in FAILING), *((name, ("--json",)) for name in ("feature", "source", "no variant"))],
)
def test_a_run_that_fails(secretive: ShopProject, name: str, more: tuple[str, ...]) -> None:
    armed = {"FEATURECAT_FAULT": "publish.written=raise:ENOSPC"} if name == "full store" else {}
    told = secretive.run(*FAILING[name], *more, environment=ENVIRONMENT | armed)
    assert told.code in (2, 3) and told.err, told
    check_nowhere(secretive, [told])
    if name in ("feature", "cause of a cause"):
        assert "***" in told.err and (more == ("--json",) or "secret_features.py" in told.err)
        (manifest,) = secretive.manifests()
        assert manifest.error is not None and "***" in manifest.error.message


def test_a_module_that_fails(secretive: ShopProject) -> None:
    secretive.add_module("login_features", "import os\n\nraise RuntimeError('no login as ' + os.environ['SHOP_TOKEN'])\n")
    answers = [
        secretive.run("index", environment=ENVIRONMENT),
        secretive.run("index", "--json", environment=ENVIRONMENT),
        secretive.run("materialize", "net_amount", "--traceback", environment=ENVIRONMENT),
        secretive.run("sql", "FROM index_errors", environment=ENVIRONMENT),
    ]
    assert [told.code for told in answers] == [2, 2, 2, 0]
    assert "no login as ***" in answers[0].err and "no login as ***" in answers[3].out
    check_nowhere(secretive, answers)


def test_sample_values_of_personal_data_are_masked(shop: ShopProject) -> None:
    """Names and addresses appear in what was published, and nowhere else."""
    shop.replace("customer_features.py", "from featurecat import feature", "from featurecat import check_output, feature")
    shop.replace(
        "customer_features.py",
        "@feature(owner=\"crm\", pii=True)",
        "@check_output(values_in=['mail7.example'], importance='warn')\n@feature(owner=\"crm\", pii=True)",
    )
    shop.replace("customer_features.py", "@feature(owner=\"crm\")", "@check_output(range=(0, 1))\n@feature(owner=\"crm\", pii=True)")
    answers = [
        shop.ok("materialize", "mail_domain", "age_in_years"),
        shop.ok("materialize", "mail_domain", "age_in_years", "--json"),
        shop.ok("show", "mail_domain", "--json"),
        shop.ok("sql", "FROM check_results", "--json"),
    ]
    for told in answers:
        assert not re.search(r"mail[01]\.example", told.out + told.err)
        assert not re.search(r"\b(?:41|48|55|62|69)\b", _observed(told.out))
    for manifest in shop.manifests():
        for check in manifest.checks:
            assert check.status == "warn" and check.failing_rows == 5
            assert not re.search(r"mail[01]|\b(?:41|48|55|62|69)\b", repr((check.observed, check.message)))


def _observed(text: str) -> str:
    """What was observed of the data, out of a JSON answer."""
    return " ".join(re.findall(r'"observed": \{[^}]*\}|"message": "[^"]*"', text))
