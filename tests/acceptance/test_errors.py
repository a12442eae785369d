"""Done: "Clear error, right exit code, nothing half-written"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.projects import ShopProject, Told

Change = Callable[[ShopProject], object]


@dataclass(frozen=True)
class Case:
    """A command that must fail after a change to a sound project, and what it must say."""

    name: str
    change: Change
    command: tuple[str, ...]
    code: str
    said: tuple[str, ...]
    exit_code: int = 2
    place: str | None = None
    ran: bool = False
    answered: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def nothing(_: ShopProject) -> None:
    """The project is sound; the command is at fault."""


def module(text: str) -> Change:
    return lambda shop: shop.add_module("added", text)


def change(name: str, old: str, new: str) -> Change:
    return lambda shop: shop.replace(name, old, new)


ALL = ("materialize", "--all", "--output", "out")
ONE = ("materialize", "margin", "--output", "old.parquet")
HEAD = "import pandas as pd\nfrom featurecat import *\nfrom featurecat import feature, config, check_output\n"

CASES = [
    Case("unknown feature", nothing, ("materialize", "margn"), "unknown-feature", ("margn", "did you mean 'margin'?")),
    Case("unknown feature to show", nothing, ("show", "margn"), "unknown-feature", ("did you mean 'margin'?",)),
    Case("unknown feature to trace", nothing, ("lineage", "margn"), "unknown-feature", ("did you mean 'margin'?",)),
    Case(
        "missing input",
        module("import pandas as pd\n\n\ndef doubled(unheard: pd.Series) -> pd.Series:\n    return unheard * 2\n"),
        ("materialize", "doubled"),
        "missing-input",
        ("unheard", "doubled", "--input unheard="),
    ),
    Case(
        "cycle",
        module(
            "import pandas as pd\n\n\ndef hen(egg: pd.Series) -> pd.Series:\n    return egg\n\n\n"
            "def egg(hen: pd.Series) -> pd.Series:\n    return hen\n"
        ),
        ONE,
        "cycle",
        ("egg → hen → egg",),
        place="added.py:8",
    ),
    Case(
        "duplicate definition in two modules",
        module("import pandas as pd\n\n\ndef margin(net_amount: pd.Series) -> pd.Series:\n    return net_amount\n"),
        ONE,
        "duplicate-definition",
        ("margin", "added.py:4", "order_features.py:40"),
    ),
    Case(
        "duplicate definition in one file",
        module(
            "import pandas as pd\n\n\ndef twice(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount']\n\n\n"
            "def twice(orders: pd.DataFrame) -> pd.Series:\n    return orders['pieces']\n"
        ),
        ONE,
        "duplicate-definition",
        ("twice", "added.py:4", "added.py:8"),
    ),
    Case(
        "missing annotation",
        module("import pandas as pd\n\n\ndef bare(orders):\n    return orders['amount']\n"),
        ONE,
        "missing-annotation",
        ("bare", "orders"),
        place="added.py:4",
    ),
    Case(
        "wrong type on an edge",
        module("def scaled(margin: float) -> float:\n    return margin * 2\n"),
        ONE,
        "type-mismatch",
        ("scaled", "margin", "float", "Series", "order_features.py:40"),
        place="added.py:1",
    ),
    Case("syntax error", module("def broken(:\n    pass\n"), ONE, "syntax-error", ("added",), place="added.py:1"),
    Case(
        "module that raises",
        module("x = 1\nraise RuntimeError('no licence')\n"),
        ONE,
        "import-error",
        ("added", "RuntimeError", "no licence"),
        place="added.py:2",
    ),
    Case(
        "module that calls sys.exit",
        module("import sys\n\nsys.exit(0)\n"),
        ONE,
        "import-error",
        ("added", "SystemExit"),
        place="added.py:3",
    ),
    Case(
        "module that is not there",
        change("pyproject.toml", '"order_features"', '"order_feature"'),
        ONE,
        "import-error",
        ("order_feature", "did you mean 'order_features'?"),
        place="pyproject.toml:6",
    ),
    Case(
        "config without a match",
        module(
            "import pandas as pd\n\nfrom featurecat import config\n\n\n@config.when(kind='old')\n"
            "def fee__old(net_amount: pd.Series) -> pd.Series:\n    return net_amount\n"
        ),
        ("materialize", "fee", "--config", "kind=new"),
        "no-variant",
        ("fee", "kind", "old"),
        place="added.py:6",
    ),
    Case("two grains into one file", nothing, ("materialize", "--all", "-o", "one.parquet"), "mixed-grain", ("grain order", "grain customer", "directory")),
    Case(
        "misaligned inputs",
        module(
            "import pandas as pd\n\n\ndef early(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount'].iloc[:7]\n\n\n"
            "def mixed(early: pd.Series, net_amount: pd.Series) -> pd.Series:\n    return early + net_amount\n"
        ),
        ("materialize", "mixed", "--output", "old.parquet"),
        "alignment",
        ("early", "net_amount", "7", "20"),
        exit_code=3,
        place="added.py:8",
        ran=True,
    ),
    Case(
        "undeclared aggregate",
        module(
            "import pandas as pd\n\n\ndef per_customer(orders: pd.DataFrame) -> pd.Series:\n"
            "    return orders.groupby('customer')['amount'].sum()\n"
        ),
        ("materialize", "net_amount", "per_customer", "--output", "old.parquet"),
        "alignment",
        ("net_amount", "per_customer", "@feature(entity="),
        exit_code=3,
        ran=True,
    ),
    Case(
        "names that differ in case",
        module("import pandas as pd\n\n\ndef Margin(net_amount: pd.Series) -> pd.Series:\n    return net_amount\n"),
        ONE,
        "case-conflict",
        ("Margin", "margin", "added.py:4"),
        place="order_features.py:40",
    ),
    Case(
        "feature that raises",
        module(
            "import pandas as pd\n\n\ndef failing(net_amount: pd.Series) -> pd.Series:\n"
            "    limit = 3\n    raise KeyError('colour')\n"
        ),
        ("materialize", "failing", "--output", "old.parquet"),
        "step-failed",
        ("failing", "KeyError", "colour", "net_amount: ", "featurecat materialize failing"),
        exit_code=3,
        place="added.py:6",
        ran=True,
    ),
    Case(
        "value that is no column",
        module("import pandas as pd\n\n\ndef total(net_amount: pd.Series) -> float:\n    return float(net_amount.sum())\n"),
        ("materialize", "total"),
        "not-tabular",
        ("total",),
        place="added.py:4",
    ),
    Case(
        "blocking expectation",
        change("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 10.0)"),
        ONE,
        "expectation-failed",
        ("net_amount", "range"),
        exit_code=1,
        place="order_features.py:14",
        ran=True,
        answered=True,
    ),
    Case(
        "store that is full",
        nothing,
        ONE,
        "store-unwritable",
        ("No space left on device", "earlier runs stand"),
        exit_code=3,
        ran=True,
        environment={"FEATURECAT_FAULT": "publish.written=raise:ENOSPC"},
    ),
    Case(
        "output that is full",
        nothing,
        ONE,
        "output-unwritable",
        ("No space left on device", "old.parquet", "featurecat export"),
        exit_code=3,
        ran=True,
        answered=True,
        environment={"FEATURECAT_FAULT": "export.written=raise:ENOSPC"},
    ),
    Case("output in a missing folder", nothing, ("materialize", "margin", "-o", "absent/new.parquet"), "output-unwritable", ("absent/new.parquet", "mkdir -p"), exit_code=3),
    Case("output below a file", nothing, ("materialize", "margin", "-o", "old.parquet/new.parquet"), "output-unwritable", ("old.parquet/new.parquet",), exit_code=3),
    Case("output in the store", nothing, ("materialize", "margin", "-o", ".featurecat/new.parquet"), "invalid-option", (".featurecat/new.parquet", "outside")),
    Case("no selection", nothing, ("materialize",), "invalid-option", ("nothing is selected", "--all")),
    Case("empty selection", nothing, ("materialize", "tag:nobody"), "empty-selection", ("tag:nobody",)),
    Case("empty selection to list", nothing, ("list", "owner:nobody"), "empty-selection", ("owner:nobody",)),
    Case("selection with an open bracket", nothing, ("list", "(margin"), "invalid-selection", ("(margin",)),
    Case("--limit 0", nothing, ("materialize", "margin", "--limit", "0", "-o", "s.parquet"), "invalid-option", ("--limit 0",)),
    Case("--limit without --output", nothing, ("materialize", "margin", "--limit", "3"), "invalid-option", ("--output",)),
    Case("--input of a missing file", nothing, (*ONE, "--input", "orders=absent.parquet"), "source-unreadable", ("absent.parquet",), exit_code=3, ran=True),
    Case(
        "--input of a missing column",
        module("import pandas as pd\n\n\ndef doubled(amout: pd.Series) -> pd.Series:\n    return amout * 2\n"),
        ("materialize", "doubled", "--input", "amout=data/orders.parquet"),
        "source-unreadable",
        ("amout", "did you mean 'amount'?"),
    ),
    Case(
        "--input of the wrong type",
        module("import pandas as pd\n\n\ndef scaled(orders: pd.DataFrame, by: int) -> pd.Series:\n    return orders['amount'] * by\n"),
        ("materialize", "scaled", "--input", "by=much"),
        "input-type",
        ("by", "int"),
    ),
    Case("--input that nobody takes", nothing, (*ONE, "--input", "order=1"), "unknown-input", ("order", "did you mean 'orders'?")),
    Case("--input without a value", nothing, (*ONE, "--input", "orders"), "invalid-option", ("--input",)),
    Case("--config without a value", nothing, (*ONE, "--config", "region"), "invalid-option", ("--config",)),
    Case("--config that is not JSON", nothing, (*ONE, "--config", "region:={"), "invalid-option", ("region", "JSON")),
    Case("--config-name that is not there", nothing, (*ONE, "--config-name", "uss"), "invalid-option", ("uss", "did you mean 'us'?")),
    Case("--config-file that is not there", nothing, (*ONE, "--config-file", "absent.toml"), "invalid-option", ("absent.toml",)),
    Case("--config of an unset variable", nothing, (*ONE, "--config", "region=env:ABSENT_REGION"), "invalid-option", ("ABSENT_REGION", "not set")),
    Case("unknown setting", change("pyproject.toml", "[tool.featurecat.configs.us]", "[tool.featurecat.config.us]"), ONE, "invalid-settings", ("config", "did you mean 'configs'"), place="pyproject.toml:"),
    Case("unknown setting of a source", change("pyproject.toml", "key = [\"order\"]", "keys = [\"order\"]"), ONE, "invalid-settings", ("sources.orders.keys", "did you mean 'key'?"), place="pyproject.toml:10"),
    Case("settings that are no TOML", change("pyproject.toml", "[project]", "[project"), ONE, "invalid-settings", ("TOML",), place="pyproject.toml:1"),
    Case("source that is not there", lambda shop: (shop.root / "data/orders.parquet").unlink(), ONE, "source-unreadable", ("data/orders.parquet",), exit_code=3, ran=True),
    Case("source that is broken", lambda shop: (shop.root / "data/orders.parquet").write_bytes(b"PAR1 nothing"), ONE, "source-unreadable", ("data/orders.parquet",), exit_code=3, ran=True),
    Case("source with a repeated key", change("data/customers.csv", "2,1964", "1,1964"), ("materialize", "age_in_years"), "grain", ("customer", "1 of 5 rows repeat"), exit_code=3, ran=True),
    Case("engine that nobody wrote for", nothing, (*ONE, "--engine", "polars"), "no-variant", ("margin", "polars")),
    Case("unknown run", nothing, ("export", "0000", "-o", "x.parquet"), "unknown-run", ("0000",)),
    Case("SQL that writes", nothing, ("sql", "DROP VIEW features"), "invalid-sql", ()),
    Case("SQL that is wrong", nothing, ("sql", "SELECT nmae FROM features"), "invalid-sql", ("nmae",)),
    Case("directory that is not there", nothing, ("-C", "absent", "list"), "no-project", ("absent",)),
]  # fmt: skip


# ``answered``: the run stands or lies in quarantine, so its summary is an answer


def check_said(told: Told, case: Case) -> None:
    assert told.code == case.exit_code, told.err
    assert bool(told.out) == case.answered
    assert "Traceback" not in told.err and f"[{case.code}]" in told.err
    for text in case.said:
        assert text in told.err
    problems = re.split(r"^(?:error|warning): ", told.err, flags=re.MULTILINE)[1:]
    assert problems
    assert all(len(problem.splitlines()) <= 6 for problem in problems)
    if case.place is not None:
        assert f"({case.place}" in told.err


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_clear_error_right_exit_code_nothing_half_written(published: ShopProject, case: Case) -> None:
    shop = published
    output = (shop.root / "old.parquet").read_bytes()
    before, entries = shop.files(), set(shop.root.iterdir())
    case.change(shop)
    entries |= {shop.root / "added.py"}

    told = shop.run(*case.command, environment=case.environment)

    print(told.err)
    check_said(told, case)
    manifests = shop.sound()
    assert manifests[0].status == "published"
    assert shop.rows_of(manifests[0])["margin"][0] == pytest.approx(8.1)
    assert (shop.root / "old.parquet").read_bytes() == output
    assert set(shop.root.iterdir()) - {shop.root / "__pycache__"} <= entries
    check_store(shop, case, before)


def check_store(shop: ShopProject, case: Case, before: set[str]) -> None:
    added = {file for file in shop.files() - before if not file.startswith("snapshots/")}
    last = shop.manifests()[-1]
    if not case.ran:
        assert added == set()
        return
    expected = {"quarantined": "expectation-failed"}.get(last.status, case.code)
    assert {file.split("/")[0] for file in added} <= {"manifests", "quarantine", "artifacts"}
    if last.status != "published":
        assert last.error is not None and last.error.code == expected and last.error.message
        assert not any(file.startswith("artifacts/") for file in added)
    else:
        assert case.code == "output-unwritable"


def test_no_project(tmp_path: Path, shop: ShopProject) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in (("index",), ("materialize", "--all"), ("inputs",)):
        told = shop.run(*command, directory=str(empty))
        assert (told.code, told.out) == (2, "") and "[no-project]" in told.err and "--module" in told.err
    for command in (("list",), ("show", "x"), ("runs",), ("sql", "SELECT 1"), ("lineage", "x")):
        told = shop.run(*command, directory=str(empty))
        assert (told.code, told.out) == (2, "") and "[no-project]" in told.err and "featurecat init" in told.err
        told = shop.run(*command)  # a project, and nothing was ever indexed
        assert (told.code, told.out) == (5, "") and "[catalog-missing]" in told.err
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("--frobnicate", "list"), ("list", "--jsn"), ("lst",), ("export", "latest"), ("materialize", "--engine", "spark")]
)
def test_unknown_option(shop: ShopProject, words: tuple[str, ...]) -> None:
    told = shop.run(*words)
    assert (told.code, told.out) == (2, "")
    assert "Traceback" not in told.err and len(told.err.splitlines()) <= 6
    assert not shop.store.root.exists()
