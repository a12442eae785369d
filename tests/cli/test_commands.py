"""Each command by itself: what it answers, and what it leaves alone."""

from __future__ import annotations

import json
import os
import re

import pyarrow.parquet as pq
import pytest

from tests.support.projects import ShopProject


def snapshot_of(shop: ShopProject) -> dict[str, bytes]:
    return {str(path.relative_to(shop.root)): path.read_bytes() for path in shop.root.rglob("*") if path.is_file()}


# --- list -----------------------------------------------------------------------------------------


def test_list_by_selection(published: ShopProject) -> None:
    def listed(*words: str) -> list[str]:
        return [row["feature"] for row in published.ok("list", *words, "--json").rows]

    assert listed("tag:team=sales & owner:ops") == ["net_amount"]
    assert listed("net_amount+1 & not net_amount") == ["margin", "shipping"]
    assert set(listed("+shipping")) == {"shipping", "net_amount"}
    assert set(listed("owner:crm", "pii:true")) == {"age_in_years", "mail_domain"}
    told = published.ok("list", "owner:crm", "pii:true")
    assert "union of 2 terms: 2 features (use & for both)" in told.err
    assert published.ok("list", "owner:nobody", "--allow-empty", "--json").rows == []
    assert published.ok("list", "owner:nobody", "--allow-empty").out == ""


def test_list_gives_the_dtype_of_the_last_run(published: ShopProject) -> None:
    dtypes = {row["feature"]: row["dtype"] for row in published.ok("list", "--json").rows}
    assert (dtypes["margin"], dtypes["unit_price"]) == ("double", None)


def test_list_says_when_the_catalog_is_older_than_the_modules(published: ShopProject) -> None:
    def said() -> str:
        return published.ok("list").err

    assert said() == "6 features\n"
    os.utime(published.root / "order_features.py", ns=(1_700_000_000_000_000_000,) * 2)
    assert said() == "6 features\n"

    published.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.15")
    assert said() == "the catalog is older than order_features: run featurecat index\n6 features\n"
    assert "older than order_features" in published.ok("show", "margin").err
    assert "older than order_features" in published.ok("lineage", "margin").err
    published.ok("index")
    assert said() == "6 features\n"

    published.add_module("later_features", "import pandas as pd\n\n\ndef later(orders: pd.DataFrame) -> pd.Series:\n    return orders['pieces']\n")
    assert "older than later_features" in said()
    published.ok("index")
    assert said() == "7 features\n"

    published.replace("pyproject.toml", '"later_features", ', "")
    (published.root / "later_features.py").unlink()
    assert "older than later_features" in said()
    assert published.ok("list", "-q").err == ""
    published.ok("index")
    assert said() == "6 features\n"


def test_list_says_that_modules_had_problems(published: ShopProject) -> None:
    published.add_module("broken_features", "def broken(:\n")
    told = published.run("index")
    assert told.code == 2 and "6 features" in told.out and "broken_features.py:1" in told.err
    listed = published.ok("list")
    assert "1 problem" in listed.err and "featurecat index" in listed.err
    assert len(listed.out.splitlines()) == 7
    errors = published.ok("sql", "SELECT module, code, file, line FROM index_errors", "--json").rows
    assert errors == [{"module": "broken_features", "code": "syntax-error", "file": "broken_features.py", "line": 1}]


# --- show, lineage, inputs ------------------------------------------------------------------------


def test_show(published: ShopProject) -> None:
    told = published.ok("show", "margin")
    for text in ("margin  What is left.", "double", "team=sales", "net_amount, shipping", "allow_nans", "order_features.py:", "def margin("):
        assert text in told.out
    assert "margin_raw" not in told.out and "_validator" not in told.out
    (found,) = published.ok("show", "margin", "--json").rows
    assert found["materializations"][0]["run_id"] == published.manifests()[0].run_id
    assert [one["last_status"] for one in found["expectations"]] == ["pass"]
    shipping = published.ok("show", "shipping", "--no-source").out
    assert "region" in shipping and "def shipping" not in shipping
    assert "raw" in published.ok("show", "margin_raw").out
    published.ok("materialize", "orders")
    assert len(published.ok("show", "orders").out.partition("\nruns\n")[2].splitlines()) == 2


def test_lineage(published: ShopProject) -> None:
    assert published.ok("lineage", "margin").out.splitlines() == [
        "margin (double)",
        "├── net_amount (pandas.Series)",
        "│   └── orders (source)",
        "└── shipping (pandas.Series)",
        "    └── net_amount (pandas.Series) …(above)",
    ]
    assert published.ok("lineage", "orders", "--up", "0", "--down", "1").out.splitlines()[1:] == [
        "├── net_amount (pandas.Series) …(2 more)",
        "└── unit_price (pandas.Series)",
    ]
    document = published.ok("lineage", "margin", "--format", "json", "--up", "1", "--down", "0").rows
    assert document == published.ok("lineage", "margin", "--up", "1", "--json").rows
    assert {node["name"] for node in document["nodes"]} == {"margin", "net_amount", "shipping"}
    assert published.ok("lineage", "margin", "--format", "dot").out.startswith("digraph")
    assert published.ok("lineage", "margin", "--format", "mermaid").out.count("flowchart") == 1
    assert published.run("lineage", "margin", "--format", "svg").code == 2


def test_inputs(shop: ShopProject) -> None:
    shop.add_module(
        "input_features",
        "import pandas as pd\n\n\ndef priced(orders: pd.DataFrame, rates: pd.DataFrame, factor: float, offset: int = 3) -> pd.Series:\n"
        "    return orders['amount'] * factor\n",
    )
    shop.replace("pyproject.toml", "[tool.featurecat.configs.us]", '[tool.featurecat.sources.rates]\npath = "data/rates.csv"\n\n[tool.featurecat.configs.us]')

    def statuses(*words: str) -> dict[str, str]:
        return {row["name"]: row["status"] for row in shop.ok("inputs", *words, "--json").rows}

    assert statuses("priced") == {"orders": "found", "rates": "missing", "factor": "missing", "offset": "optional"}
    assert statuses("priced", "--input", "factor=2", "--config", "offset=4") == {
        "orders": "found", "rates": "missing", "factor": "given", "offset": "given",
    }  # fmt: skip
    assert statuses("shipping", "--config-name", "us") == {"orders": "found", "region": "given"}
    told = shop.ok("inputs", "priced")
    assert "--input factor=…" in told.out and "3 needed, 2 missing; 1 optional" in told.err
    assert not shop.store.root.exists()


def test_a_missing_input_near_a_feature_is_told_of_it(shop: ShopProject) -> None:
    shop.add_module(
        "near_features",
        "import pandas as pd\n\n\ndef halved(net_amuont: pd.Series) -> pd.Series:\n    return net_amuont / 2\n\n\n"
        "def doubled_price(doubled_prices: pd.Series) -> pd.Series:\n    return doubled_prices\n",
    )
    details = {row["name"]: row["detail"] for row in shop.ok("inputs", "halved", "doubled_price", "--json").rows}
    assert details["net_amuont"] == "--input net_amuont=…; did you mean 'net_amount'?"
    assert details["doubled_prices"] == "--input doubled_prices=…"  # what comes from it is not meant


def test_what_to_copy_is_not_cut(shop: ShopProject) -> None:
    users = "".join(
        f"\n\ndef feature_number_{number}(a_rather_long_name_of_an_input: pd.Series) -> pd.Series: ...\n" for number in range(4)
    )
    shop.add_module("long_features", f"import pandas as pd\n{users}")
    told = shop.ok("inputs", "feature_number_*", terminal=True)
    assert "  --input a_rather_long_name_of_an_input=…" in told.out
    assert max(map(len, told.out.splitlines())) <= 80 + len("\x1b[1m\x1b[0m")


def test_show_tells_of_a_source_where_it_lies(shop: ShopProject) -> None:
    shop.replace("pyproject.toml", 'key = ["order"]', 'key = ["order"]\ntimestamp = "note"')
    shop.replace("pyproject.toml", "data/customers.csv", "s3://ann:hunter2@bucket/customers.csv")
    shop.ok("index")
    lines = [line.split(maxsplit=1) for line in shop.ok("show", "orders").out.splitlines() if line.startswith("  ")]
    assert [line for line in lines if line[0] in ("path", "format", "key", "timestamp")] == [
        ["path", "data/orders.parquet"], ["format", "parquet"], ["key", "order"], ["timestamp", "note"],
    ]  # fmt: skip
    told = shop.ok("show", "customers").out
    assert "s3://***@bucket/customers.csv" in told and "hunter2" not in told
    assert shop.ok("show", "margin", "--json").rows[0]["source"] is None


def test_show_tells_expectations_as_they_were_written(published: ShopProject) -> None:
    def expectations(feature: str) -> list[list[str]]:
        section = published.ok("show", feature).out.partition("\nexpectations\n")[2].partition("\n\n")[0]
        return [re.split(r"  +", line.strip()) for line in section.splitlines()[1:]]

    assert expectations("margin") == [["allow_nans", "no", "warn", "pass", "✓"]]
    assert expectations("net_amount")[0][:3] == ["range", "low=0, high=1,000", "error (fail)"]


def test_show_of_several_says_what_lists_them(published: ShopProject) -> None:
    told = published.run("show", "margin", "shipping")
    assert told.code == 2 and "hint: featurecat list 'margin shipping'" in told.err
    assert published.ok("list", "margin shipping", "--json").rows[1]["feature"] == "shipping"


def test_what_feeds_nothing_is_told(published: ShopProject) -> None:
    assert published.ok("lineage", "margin", "--down", "1").out.splitlines()[-1] == "feeds nothing"
    assert published.ok("lineage", "margin", "--up", "0", "--down", "1").out == "margin (double) feeds nothing\n"


@pytest.mark.parametrize(
    "words", [("list",), ("show", "margin"), ("lineage", "margin"), ("materialize", "margin"), ("index",), ("runs",)]
)
def test_a_folder_without_a_project(shop: ShopProject, tmp_path, words) -> None:
    (tmp_path / "empty").mkdir()
    told = shop.run(*words, "-C", tmp_path / "empty")
    assert told.code == 2
    assert "there is no project" in told.err and "featurecat init NAME" in told.err and "[no-project]" in told.err


# --- sql ------------------------------------------------------------------------------------------


def test_rows_too_wide_for_the_terminal_are_told_field_by_field(published: ShopProject) -> None:
    told = published.ok("sql", "SELECT * FROM features WHERE feature IN ('margin', 'shipping') ORDER BY feature", terminal=True)
    lines = re.sub(r"\x1b\[\d*m", "", told.out).splitlines()
    assert [line for line in lines if not line.startswith("  ")] == ["row 1", "row 2"]
    assert ["feature", "margin"] in [line.split() for line in lines]
    assert told.err == "19 columns do not fit: a line a field; --csv and --json give them side by side\n"
    piped = published.ok("sql", "SELECT * FROM features WHERE feature = 'margin'")
    assert len(piped.out.splitlines()) == 2 and piped.err == ""
    narrow = published.ok("sql", "SELECT feature, module, source_text FROM variants", terminal=True)
    assert narrow.err == ""


# --- materialize ----------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing(shop: ShopProject) -> None:
    before = snapshot_of(shop)
    told = shop.ok("materialize", "--all", "--dry-run", "--output", "absent/out.parquet")
    assert "would compute 6 features" in told.out and "customers, orders" in told.out.replace("orders, customers", "customers, orders")
    (document,) = shop.ok("materialize", "margin", "--dry-run", "--json").rows
    assert (document["status"], document["run_id"]) == ("planned", None) and "margin" in document["features"]
    assert snapshot_of(shop) == before


def test_a_sample_is_written_to_the_output_alone(shop: ShopProject) -> None:
    shop.ok("index")
    before = snapshot_of(shop)
    told = shop.ok("materialize", "net_amount", "margin", "--limit", "7", "--output", "sample.parquet")
    assert "sample" in told.out and "7 rows" in told.out
    footer = pq.read_metadata(shop.root / "sample.parquet").metadata
    table = pq.read_table(shop.root / "sample.parquet")
    assert footer[b"featurecat.sample"] == b"true" and b"featurecat.run_id" not in footer
    assert (table.num_rows, table.column_names) == (7, ["order", "net_amount", "margin"])
    after = snapshot_of(shop)
    assert after.pop("sample.parquet")
    assert {name: after[name] for name in before if not name.endswith(".duckdb")} == {
        name: text for name, text in before.items() if not name.endswith(".duckdb")
    }
    assert not any(name.startswith(".featurecat/artifacts") for name in after)
    assert shop.manifests() == [] and shop.ok("runs", "--json").rows == []


def test_a_sample_is_checked(shop: ShopProject) -> None:
    shop.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 10.0)")
    told = shop.run("materialize", "net_amount", "--limit", "7", "--output", "sample.parquet")
    assert told.code == 1 and "[expectation-failed]" in told.err and "quarantine" not in told.err
    assert not (shop.root / "sample.parquet").exists()
    assert shop.manifests() == []
    told = shop.run("materialize", "--all", "--limit", "2", "--output", "sample.parquet")
    assert told.code == 2 and "[mixed-grain]" in told.err


def test_the_summary_says_where_it_lies_and_what_to_type_next(shop: ShopProject) -> None:
    told = shop.ok("materialize", "--features", "margin, tag:team", "--features", "unit_price", "-o", "out.parquet")
    run_id = shop.manifests()[0].run_id
    for text in ("published  3 features, 20 rows", "2 passed", ".featurecat/artifacts/default/order", "out.parquet", run_id, "featurecat show margin"):
        assert text in told.out
    assert all(len(line) <= 80 for line in told.out.splitlines())
    table = pq.read_table(shop.root / "out.parquet")
    assert table.column_names == ["order", "margin", "net_amount", "unit_price"]
    (document,) = shop.ok("materialize", "margin", "--json").rows
    assert document["status"] == "published" and document["artifacts"][0]["rows"] == 20
    assert shop.ok("materialize", "margin", "-q").out == ""


def test_output_is_relative_to_where_one_stands(shop: ShopProject, tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shop.ok("materialize", "margin", "-C", shop.root, "--output", "here.parquet", directory=elsewhere)
    assert (elsewhere / "here.parquet").is_file() and not (shop.root / "here.parquet").exists()
    (elsewhere / "orders.parquet").write_bytes((shop.root / "data" / "orders.parquet").read_bytes())
    shop.ok("materialize", "margin", "-C", shop.root, "--input", "orders=orders.parquet", directory=elsewhere)
    assert shop.manifests()[-1].request.overrides == ("orders",)
    told = shop.run("materialize", "margin", "-C", shop.root, "--input", "orders=absent.parquet", directory=elsewhere)
    assert told.code == 3


def test_a_sample_of_inputs_and_into_a_folder(shop: ShopProject) -> None:
    shop.ok("materialize", "net_amount", "--limit", "3", "--input", "orders=data/orders.parquet", "--output", ".")
    assert pq.read_table(shop.root / "order.parquet").num_rows == 3
    shop.add_module("ratio_features", "import pandas as pd\n\n\ndef ratio(amount: pd.Series, pieces: pd.Series) -> pd.Series:\n    return amount / pieces\n")
    given = ("--input", "amount=data/orders.parquet", "--input", "pieces=data/orders.parquet")
    shop.ok("materialize", "ratio", *given, "--limit", "2", "--output", "ratio.parquet")
    assert pq.read_table(shop.root / "ratio.parquet").to_pydict() == {"ratio": [5.0, 20 / 3]}


def test_a_selection_may_be_empty_where_that_is_said(shop: ShopProject) -> None:
    told = shop.ok("materialize", "tag:absent", "--allow-empty", "--output", "out.parquet")
    assert told.out == "nothing is selected, and nothing was done\n"
    (document,) = shop.ok("materialize", "tag:absent", "--allow-empty", "--json").rows
    assert (document["status"], document["run_id"]) == ("empty", None)
    assert not shop.store.root.exists() and not (shop.root / "out.parquet").exists()


def test_a_config_key_that_nothing_reads(shop: ShopProject) -> None:
    told = shop.run("materialize", "shipping", "--config", "regoin=us")
    assert told.code == 2 and "[unknown-input]" in told.err and "did you mean 'region'?" in told.err
    shop.ok("materialize", "net_amount", "--config", "region=us")


def test_what_features_print_is_no_answer(shop: ShopProject) -> None:
    shop.add_module(
        "chatty_features",
        "import pandas as pd\n\nprint('importing')\n\n\ndef chatty(orders: pd.DataFrame) -> pd.Series:\n    print('computing')\n    return orders['amount']\n",
    )
    told = shop.ok("materialize", "chatty", "--json")
    assert told.rows[0]["status"] == "published" and told.err.splitlines() == ["importing", "computing"]


def test_all_grains_into_a_folder(shop: ShopProject) -> None:
    told = shop.ok("materialize", "--all", "--output", "out")
    assert "out/order.parquet" in told.out and "out/customer.parquet" in told.out
    assert pq.read_table(shop.root / "out" / "customer.parquet").column_names == ["customer", "age_in_years", "mail_domain"]
    assert shop.ok("export", "latest", "--output", "again", "--json").rows == [
        {"file": str(shop.root / "again" / "order.parquet")},
        {"file": str(shop.root / "again" / "customer.parquet")},
    ]


def test_without_a_project(shop: ShopProject, tmp_path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "weeks.py").write_text("import pandas as pd\n\n\ndef doubled(spend: pd.Series) -> pd.Series:\n    return spend * 2\n")
    (bare / "data.csv").write_text("week,spend\n1,10\n2,20\n")
    told = shop.ok("materialize", "doubled", "--module", "weeks", "--input", "spend=data.csv", "-o", "out.parquet", directory=bare)
    assert "rows-inputs" in told.out
    assert pq.read_table(bare / "out.parquet").to_pydict() == {"doubled": [20, 40]}
    assert shop.ok("runs", "--json", directory=bare).rows[0]["status"] == "published"


# --- runs, export ---------------------------------------------------------------------------------


def test_runs_and_export(published: ShopProject) -> None:
    published.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 10.0)")
    assert published.run("materialize", "net_amount").code == 1
    published.ok("materialize", "unit_price")
    rows = published.ok("runs", "--json").rows
    assert [row["status"] for row in rows] == ["published", "quarantined", "published"]
    assert [row["rows"] for row in rows] == [20, 20, 20]
    assert len(published.ok("runs", "--limit", "1", "--json").rows) == 1
    newest, quarantined, oldest = (row["run_id"] for row in rows)

    assert published.ok("export", oldest[:16], "-o", "a.parquet").out == "a.parquet\n"
    assert pq.read_table(published.root / "a.parquet").column_names == ["order", "margin"]
    published.ok("export", "latest", "-o", "b.parquet")
    assert pq.read_table(published.root / "b.parquet").column_names == ["order", "unit_price"]
    for run, said in ((quarantined, "quarantined, not published"), ("01", "3 runs begin with '01'"), ("zz", "there is no run 'zz'")):
        told = published.run("export", run, "-o", "c.parquet")
        assert told.code == 2 and said in told.err and "[unknown-run]" in told.err
    assert not (published.root / "c.parquet").exists()
    artifact = published.store.root / published.manifests()[0].artifacts[0].path
    artifact.write_bytes(artifact.read_bytes()[:-10])
    told = published.run("export", oldest, "-o", "c.parquet")
    assert told.code == 3 and "damaged" in told.err and str(artifact.name) in told.err


def test_no_runs_yet(shop: ShopProject) -> None:
    shop.ok("index")
    told = shop.ok("runs")
    assert told.out == "" and "featurecat materialize" in told.err
    assert shop.ok("runs", "--json").rows == []
    told = shop.run("export", "latest", "-o", "x.parquet")
    assert told.code == 2 and "no published run" in told.err


# --- several graphs -------------------------------------------------------------------------------


@pytest.fixture
def two_graphs(shop: ShopProject) -> ShopProject:
    shop.replace("pyproject.toml", "[tool.featurecat.configs.us]", '[tool.featurecat.graphs.lab]\nmodules = ["lab_features"]\n\n[tool.featurecat.configs.us]')
    shop.write(
        "lab_features.py",
        "import pandas as pd\n\n\ndef margin(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount'] * 0.5\n\n\n"
        "def only_here(margin: pd.Series) -> pd.Series:\n    return margin + 1\n",
    )
    return shop


def test_several_graphs(two_graphs: ShopProject) -> None:
    shop = two_graphs
    told = shop.ok("materialize", "lab/margin", "lab/only_here")
    assert ".featurecat/artifacts/lab/order" in told.out
    shop.ok("materialize", "only_here")
    shop.ok("materialize", "margin")
    assert [run.request.features for run in shop.manifests()] == [("lab/margin", "lab/only_here"), ("lab/only_here",), ("margin",)]
    assert [run.project.graph for run in shop.manifests()] == ["lab", "lab", "default"]
    assert shop.rows_of(shop.manifests()[0])["only_here"][0] == 6.0
    names = [row["feature"] for row in shop.ok("list", "--json").rows]
    assert {"lab/margin", "lab/only_here", "margin"} <= set(names)
    assert shop.ok("show", "only_here", "--json").rows[0]["feature"] == "lab/only_here"
    assert "lab/margin" in shop.ok("lineage", "lab/only_here").out
    assert {row["name"] for row in shop.ok("inputs", "lab/only_here", "--json").rows} == {"orders"}
    assert [row["feature"] for row in shop.ok("list", "lab/*", "--json").rows] == ["lab/margin", "lab/only_here"]

    told = shop.run("materialize", "lab/margin", "margin")
    assert told.code in (0, 2)
    told = shop.run("materialize", "lab/absent")
    assert told.code == 2 and "[unknown-feature]" in told.err
    shop.ok("materialize", "lab/*")
    assert shop.manifests()[-1].request.features == ("lab/margin", "lab/only_here")


def test_a_short_name_of_several_graphs(two_graphs: ShopProject) -> None:
    two_graphs.replace("pyproject.toml", '[tool.featurecat.graphs.lab]\nmodules = ["lab_features"]', '[tool.featurecat.graphs.lab]\nmodules = ["lab_features"]\n\n[tool.featurecat.graphs.field]\nmodules = ["lab_features"]')
    for words in (("materialize", "only_here"), ("inputs", "only_here")):
        told = two_graphs.run(*words)
        assert told.code == 2 and "[ambiguous-name]" in told.err
        assert "lab/only_here" in told.err and "field/only_here" in told.err
    two_graphs.ok("index")
    told = two_graphs.run("show", "only_here")
    assert told.code == 2 and "field/only_here" in told.err
    told = two_graphs.run("materialize", "lab/margin", "field/margin")
    assert told.code == 2 and "one graph" in told.err


def test_a_short_name_of_a_function_that_depends_on_the_config(two_graphs: ShopProject) -> None:
    two_graphs.write(
        "lab_features.py",
        "import pandas as pd\nfrom featurecat import pipe_input, step\n\n\ndef _twice(whole: pd.Series) -> pd.Series:\n    return whole * 2\n\n\n"
        "@pipe_input(step(_twice).when(double=True))\ndef whole_amount(amount: pd.Series) -> pd.Series:\n    return amount\n\n\n"
        "def amount(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount']\n",
    )
    two_graphs.ok("materialize", "whole_amount", "--config", "double=true")
    assert two_graphs.manifests()[-1].request.features == ("lab/whole_amount",)
    assert {row["name"] for row in two_graphs.ok("inputs", "whole_amount", "--json").rows} >= {"orders"}


def test_a_feature_with_several_checks_changes_only_when_it_changes(shop: ShopProject) -> None:
    shop.add_module(
        "checked_features",
        "from featurecat import check_output\n\n\n@check_output(range=(0.0, 1.0), allow_none=False, data_type=float)\n"
        "def share() -> float:\n    return 0.5\n",
    )
    assert "added" in shop.ok("index").out
    assert "nothing changed" in shop.ok("index").out


def test_an_input_that_only_one_variant_takes_is_in_the_catalog(shop: ShopProject) -> None:
    shop.add_module(
        "rated_features",
        "from featurecat import config\n\n\n@config.when(model='a')\ndef rating__a() -> float:\n    return 1.0\n\n\n"
        "@config.when(model='b')\ndef rating__b(penalty: float) -> float:\n    return penalty\n",
    )
    shop.ok("index")
    assert [row["role"] for row in shop.ok("show", "penalty", "--json").rows] == ["input"]
    assert "rating" in shop.ok("lineage", "penalty", "--down", "1").out


def test_json_answers_are_arrays_of_objects(published: ShopProject) -> None:
    for words in (("list",), ("show", "margin"), ("inputs",), ("runs",), ("index",), ("materialize", "margin"), ("export", "latest", "-o", "x.parquet"), ("sql", "SELECT 1 AS one")):
        rows = json.loads(published.ok(*words, "--json").out)
        assert isinstance(rows, list) and all(isinstance(row, dict) for row in rows), words
    assert re.match(r"^\[\n  \{", published.ok("list", "--json").out)
