"""Projects with ``Parallelizable`` and ``Collect``, and with coroutine functions: run, previewed, tested like any other."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pandas as pd
import pytest

from featurecat import Collect, Parallelizable, check_output
from featurecat.clock import SystemClock
from featurecat.driver import Driver
from featurecat.driver.anyhow import AnyDriver
from featurecat.errors import DefinitionError, ExpectationError, RequestError, UnsupportedError
from featurecat.expectations.spec import Verdict
from featurecat.project.blocks import verdict_on_all
from featurecat.project.discover import find_project
from featurecat.project.materialize import materialize
from featurecat.project.request import RunRequest
from featurecat.testing import run_feature
from tests.support.modules import ModuleMaker
from tests.support.projects import ShopProject

BLOCKS = {
    "pandas": '''
"""Orders, customer by customer."""

import pandas as pd

from featurecat import Collect, Parallelizable, check_output, extract_columns, feature


def buyer(orders: pd.DataFrame) -> Parallelizable[int]:
    """Each customer who bought something."""
    yield from sorted(orders["customer"].unique().tolist(), reverse=True)


def bought(buyer: int, orders: pd.DataFrame) -> pd.DataFrame:
    """The orders of one."""
    return orders[orders["customer"] == buyer]


@check_output(range=(0.0, 450.0))
def spent(bought: pd.DataFrame) -> float:
    """What one paid."""
    return float(bought["amount"].sum())


def total(spent: Collect[float]) -> float:
    """What all paid."""
    return sum(spent)


@feature(entity=["customer"])
def spent_by_customer(buyer: Collect[int], spent: Collect[float], total: float) -> pd.Series:
    """The share of each."""
    return pd.Series(list(spent), index=pd.Index(list(buyer), name="customer")) / total


@extract_columns("order", "rank")
@feature(entity=["order"])
def ranked(bought: Collect[pd.DataFrame]) -> pd.DataFrame:
    """All orders, each with its rank among those of its customer."""
    parts = [part.assign(rank=part["amount"].rank()) for part in bought]
    return pd.concat(parts)
''',
    "polars": '''
"""Orders, customer by customer."""

import polars as pl

from featurecat import Collect, Parallelizable, check_output, extract_columns, feature


def buyer(orders: pl.DataFrame) -> Parallelizable[int]:
    """Each customer who bought something."""
    yield from sorted(orders["customer"].unique().to_list(), reverse=True)


def bought(buyer: int, orders: pl.DataFrame) -> pl.DataFrame:
    """The orders of one."""
    return orders.filter(pl.col("customer") == buyer)


@check_output(range=(0.0, 450.0))
def spent(bought: pl.DataFrame) -> float:
    """What one paid."""
    return float(bought["amount"].sum())


def total(spent: Collect[float]) -> float:
    """What all paid."""
    return sum(spent)


@extract_columns("customer", "spent_by_customer")
@feature(entity=["customer"])
def by_customer(buyer: Collect[int], spent: Collect[float], total: float) -> pl.DataFrame:
    """The share of each."""
    shares = [one / total for one in spent]
    return pl.DataFrame({"customer": list(buyer), "spent_by_customer": shares})


@extract_columns("order", "rank")
@feature(entity=["order"])
def ranked(bought: Collect[pl.DataFrame]) -> pl.DataFrame:
    """All orders, each with its rank among those of its customer."""
    return pl.concat([part.with_columns(rank=part["amount"].rank()) for part in bought])
''',
}
SPENT = {5: 460.0, 4: 420.0, 3: 380.0, 2: 340.0, 1: 500.0}
SHARES = {customer: paid / 2100.0 for customer, paid in SPENT.items()}


@pytest.fixture(params=["pandas", "polars"])
def blocks(request: pytest.FixtureRequest, shop: ShopProject) -> ShopProject:
    """The shop, with one module of blocks in either library."""
    shop.only_module(BLOCKS[request.param])
    if request.param == "polars":
        shop.replace("pyproject.toml", "[tool.featurecat]\n", '[tool.featurecat]\nengine = "polars"\n')
    return shop


def write(shop: ShopProject, body: str) -> None:
    """One module of pandas instead of those that are there."""
    head = "import pandas as pd\nfrom featurecat import Collect, Parallelizable, check_output, feature\n\n\n"
    shop.only_module(head + body)


# --- materialize ----------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [[], ["--workers", "3"]], ids=["in order", "threads"])
def test_blocks_are_materialized(blocks: ShopProject, workers: list[str]) -> None:
    told = blocks.ok("materialize", "spent_by_customer", "rank", "--json", *workers)
    (manifest,) = blocks.manifests()
    shares, ranks = (blocks.rows_of(manifest, number) for number in (0, 1))
    assert dict(zip(shares["customer"], shares["spent_by_customer"], strict=True)) == pytest.approx(SHARES)
    assert dict(zip(ranks["order"], ranks["rank"], strict=True)) == {
        number: (number - 1) // 5 + 1.0 for number in range(1, 21)
    }
    assert [artifact.entity for artifact in manifest.artifacts] == [("customer",), ("order",)]
    assert {"buyer", "bought", "spent"} < set(told.rows[0]["steps"])
    assert all(record.fingerprint.code and record.fingerprint.inputs for record in manifest.features)
    (record,) = [record for record in manifest.features if record.feature == "spent_by_customer"]
    assert record.seconds is not None
    assert record.seconds >= 0


def test_verdicts_on_items_are_one_check(blocks: ShopProject) -> None:
    blocks.ok("materialize", "spent_by_customer")
    (manifest,) = blocks.manifests()
    (check,) = manifest.checks
    assert (check.feature, check.kind, check.status) == ("spent", "range", "warn")
    assert (check.rows, check.failing_rows) == (5, 2)
    assert (check.observed["items"], check.observed["items_unmet"]) == (5, 2)
    assert check.message is not None
    assert "in 2 of 5 items, such as item 0 (counted from 0)" in check.message


def test_a_check_inside_a_block_can_keep_a_run_from_being_published(blocks: ShopProject) -> None:
    blocks.replace("mine.py", "(0.0, 450.0)", '(0.0, 450.0), importance="fail"')
    told = blocks.run("materialize", "spent_by_customer")
    assert told.code == 1
    assert "spent: range does not hold" in told.err
    assert "in 2 of 5 items" in told.err
    (manifest,) = blocks.manifests()
    assert (manifest.status, manifest.checks[0].status) == ("quarantined", "fail")


def test_a_dry_run_says_what_would_run(blocks: ShopProject) -> None:
    told = blocks.ok("materialize", "spent_by_customer", "--dry-run")
    assert "reads         orders" in told.out
    assert "buyer" in told.out
    assert not blocks.manifests()


@pytest.mark.parametrize("command", ["materialize", "preview"])
def test_what_is_computed_once_per_item_cannot_be_selected_by_name(blocks: ShopProject, command: str) -> None:
    told = blocks.run(command, "spent_by_customer", "bought", "--json")
    assert told.code == 2
    (problem,) = told.problems
    assert (problem["code"], problem["feature"]) == ("parallel-block", "bought")
    assert problem["hint"] == "ask for ranked, which collects it"
    assert problem["file"] == "mine.py"
    assert not blocks.manifests()


@pytest.mark.parametrize(
    ("selection", "left_out"),
    [(["--all"], ["buyer", "spent", "total"]), (["bo*", "spent*"], ["bought", "spent"])],
    ids=["all", "globs"],
)
def test_what_is_computed_once_per_item_is_left_out_of_patterns(
    blocks: ShopProject, selection: list[str], left_out: list[str]
) -> None:
    told = blocks.ok("materialize", *selection, "--json")
    assert told.rows[0]["left_out"] == left_out
    assert "spent_by_customer" in told.rows[0]["features"]
    assert f"{len(left_out)} without rows: {', '.join(left_out)}" in blocks.ok("materialize", *selection).out


def test_a_sample_of_a_block(blocks: ShopProject) -> None:
    told = blocks.ok("materialize", "rank", "--limit", "7", "-o", "few.parquet", "--json")
    assert (told.rows[0]["status"], told.rows[0]["rows"]) == ("sample", 7)


def test_what_is_collected_does_not_borrow_the_keys_of_what_feeds_the_items(shop: ShopProject) -> None:
    """The rows of a source have another order than what was put together of its parts."""
    shop.only_module(
        "import polars as pl\nfrom featurecat import Collect, Parallelizable, feature\n\n\n"
        "def buyer() -> Parallelizable[int]:\n    return [2, 1, 3, 5, 4]\n\n\n"
        "def bought(buyer: int, orders: pl.DataFrame) -> pl.DataFrame:\n"
        "    return orders.filter(pl.col('customer') == buyer)\n\n\n"
        "@feature(entity=['order'])\ndef amount_again(bought: Collect[pl.DataFrame]) -> pl.Series:\n"
        "    return pl.concat(list(bought))['amount']\n",
    )
    shop.replace("pyproject.toml", "[tool.featurecat]\n", '[tool.featurecat]\nengine = "polars"\n')
    told = shop.run("materialize", "amount_again", "--json")
    (problem,) = told.problems
    assert problem["code"] == "grain"
    assert "key columns of order cannot be found" in problem["message"]


def test_collectors_without_an_entity_have_rows_of_their_own(shop: ShopProject) -> None:
    write(
        shop,
        "def part() -> Parallelizable[int]:\n    return [2, 3]\n\n\n"
        "def row(part: int) -> pd.Series:\n    return pd.Series([1.0] * part)\n\n\n"
        "def rows(row: Collect[pd.Series]) -> pd.Series:\n    return pd.concat(list(row), ignore_index=True)\n\n\n"
        "def sizes(row: Collect[pd.Series]) -> pd.Series:\n    return pd.Series([len(one) for one in row])\n",
    )
    shop.ok("materialize", "--all")
    (manifest,) = shop.manifests()
    assert [artifact.rows for artifact in manifest.artifacts] == [5, 2]
    assert "rows-sizes" in manifest.artifacts[1].path


def test_no_items_are_no_data(shop: ShopProject) -> None:
    write(
        shop,
        "def part() -> Parallelizable[int]:\n    return []\n\n\n"
        "@check_output(range=(0, 1), importance='fail')\ndef one(part: int) -> int:\n    return part\n\n\n"
        "def several(one: Collect[int]) -> pd.Series:\n    return pd.Series(list(one), dtype='int64')\n",
    )
    told = shop.run("materialize", "several")
    assert told.code == 1 and "one: range has nothing to judge: there were no items" in told.err
    shop.write(
        "pyproject.toml", (shop.root / "pyproject.toml").read_text() + '\n[tool.featurecat.checks]\nno_data = "pass"\n'
    )
    shop.ok("materialize", "several")
    blocked, published = shop.manifests()
    assert (blocked.status, blocked.checks[0].status) == ("quarantined", "no_data")
    assert (published.artifacts[0].rows, published.checks[0].status) == (0, "no_data")


FAILING = (
    "def part() -> Parallelizable[int]:\n    return [3, 0]\n\n\n"
    "def inverse(part: int) -> float:\n    return 1 / part\n\n\n"
    "def least(inverse: Collect[float]) -> float:\n    return min(inverse)\n\n\n"
    "def inverses(inverse: Collect[float]) -> pd.Series:\n    return pd.Series(list(inverse))\n"
)


@pytest.mark.parametrize("command", ["materialize", "preview"])
def test_an_item_that_fails_is_named_with_what_repeats_it(shop: ShopProject, command: str) -> None:
    write(shop, FAILING)
    told = shop.run(command, "inverses", "--json")
    (problem,) = told.problems
    assert (problem["code"], problem["feature"]) == ("step-failed", "inverse")
    assert problem["message"] == "inverse raised ZeroDivisionError: division by zero"
    assert problem["details"][0] == "item 1 of part, counted from 0"
    assert problem["hint"] == f"reproduce it: featurecat {command} inverses"
    assert [manifest.status for manifest in shop.manifests()] == (["failed"] if command == "materialize" else [])


def test_workers_compute_items_at_the_same_time(shop: ShopProject) -> None:
    write(
        shop,
        "import threading\nBOTH = threading.Barrier(2)\n\n\n"
        "def part() -> Parallelizable[int]:\n    return [1, 2]\n\n\n"
        "def met(part: int) -> int:\n    BOTH.wait(20)\n    return part\n\n\n"
        "def meetings(met: Collect[int]) -> pd.Series:\n    return pd.Series(list(met))\n",
    )
    shop.ok("materialize", "meetings", "--workers", "2")
    assert shop.rows_of(shop.manifests()[0])["meetings"] == [1, 2]
    assert [row["meetings"] for row in shop.ok("preview", "meetings", "--workers", "2", "--json").rows[0]["shown"]] == [
        1,
        2,
    ]


def test_workers_are_at_least_one(shop: ShopProject) -> None:
    assert shop.run("materialize", "net_amount", "--workers", "0").code == 2
    with pytest.raises(RequestError, match="--workers 0 computes nothing"):
        materialize(find_project(shop.root), RunRequest(features=("net_amount",), workers=0), SystemClock())


def test_what_is_collected_is_checked_like_any_feature(blocks: ShopProject) -> None:
    blocks.replace("mine.py", '@extract_columns("order"', '@check_output_of_rank\n@extract_columns("order"')
    blocks.replace(
        "mine.py",
        "def buyer(",
        'check_output_of_rank = check_output(range=(1, 3), target_="rank")\n\n\ndef buyer(',
    )
    blocks.ok("materialize", "rank")
    (manifest,) = blocks.manifests()
    (check,) = manifest.checks
    assert (check.feature, check.status, check.rows, check.failing_rows) == ("rank", "warn", 20, 5)


def test_personal_items_are_masked(blocks: ShopProject) -> None:
    blocks.replace(
        "mine.py", "@check_output(range=(0.0, 450.0))", "@feature(pii=True)\n@check_output(range=(0.0, 450.0))"
    )
    blocks.ok("materialize", "spent_by_customer")
    (manifest,) = blocks.manifests()
    (check,) = manifest.checks
    assert (check.status, check.observed["items"], check.observed["items_unmet"]) == ("warn", 5, 2)
    assert check.message == "2 of 5 values (values of personal data are masked)"
    assert "460" not in json.dumps(dict(check.observed))
    shown = blocks.ok("preview", "spent_by_customer", "total", "--json").rows[0]
    assert shown["values"] == {"total": "***"}
    assert {row["spent_by_customer"] for row in shown["shown"]} == {"***"}


def test_a_module_of_hamilton_is_materialized_without_an_edit(shop: ShopProject) -> None:
    written = BLOCKS["pandas"].replace(
        "from featurecat import Collect, Parallelizable, check_output, extract_columns, feature\n",
        "from hamilton.function_modifiers import check_output, extract_columns, tag\n"
        "from hamilton.htypes import Collect, Parallelizable\n",
    )
    written = written.replace('@feature(entity=["customer"])', '@tag(entity="customer")')
    shop.only_module(written.replace('@feature(entity=["order"])', '@tag(entity="order")'))
    shop.ok("materialize", "spent_by_customer", "rank", "--hamilton", "--workers", "2")
    (manifest,) = shop.manifests()
    assert shop.rows_of(manifest)["customer"] == list(SPENT)
    assert shop.ok("preview", "total", "--hamilton", "--json").rows[0]["values"] == {"total": 2100.0}


def test_progress_counts_each_step_once(
    shop: ShopProject, monkeypatch: pytest.MonkeyPatch, make_module: ModuleMaker
) -> None:
    shop.only_module(BLOCKS["pandas"], "progress_features")
    monkeypatch.syspath_prepend(str(shop.root))
    make_module((shop.root / "progress_features.py").read_text(), "progress_features")
    told: list[tuple[int, int, str]] = []
    request = RunRequest(features=("spent_by_customer",))
    materialize(find_project(shop.root), request, SystemClock(), progress=lambda *facts: told.append(facts))
    counts = [done for done, _, _ in told]
    assert counts == sorted(counts)
    assert {total for _, total, _ in told} == {counts[-1]}


def test_editing_what_is_computed_per_item_changes_what_is_made_of_it(blocks: ShopProject) -> None:
    blocks.ok("materialize", "spent_by_customer")
    blocks.replace("mine.py", "float(bought", "0.5 * float(bought")
    blocks.ok("materialize", "spent_by_customer")
    first, second = (manifest.features[0].fingerprint for manifest in blocks.manifests())
    assert first.code == second.code
    assert first.inputs != second.inputs


# --- the other commands ---------------------------------------------------------------------------


def test_the_other_commands_know_blocks(blocks: ShopProject) -> None:
    assert blocks.ok("index", "--json").rows[0]["features"] >= 7
    assert [row["name"] for row in blocks.ok("inputs", "spent_by_customer", "--json").rows] == ["orders"]
    assert "Parallelizable" in blocks.ok("show", "buyer").out
    picture = blocks.ok("graph", "spent_by_customer").out
    assert "buyer" in picture and "spent" in picture
    assert "spent" in blocks.ok("explain", "spent").out
    assert {row["name"] for row in blocks.ok("list", "--json").rows} >= {"buyer", "bought", "spent", "total"}


def test_a_preview_of_a_block(blocks: ShopProject) -> None:
    document = blocks.ok("preview", "spent_by_customer", "total", "--rows", "2", "--json").rows[0]
    assert (document["rows"], document["grain"]) == (5, "customer")
    assert [row["customer"] for row in document["shown"]] == [5, 4]
    assert document["values"] == {"total": 2100.0}
    told = blocks.ok("preview", "total")
    assert "spent: range does not hold" in told.err and "in 2 of 5 items" in told.err
    assert blocks.ok("preview", "buyer", "--json").rows[0]["values"] == {"buyer": [5, 4, 3, 2, 1]}


# --- coroutine functions --------------------------------------------------------------------------

WAITING = '''
import asyncio


async def rate(orders: pd.DataFrame) -> float:
    """Asked of a service."""
    await asyncio.sleep(0)
    return 2.0


async def converted(orders: pd.DataFrame, rate: float) -> pd.Series:
    """Amounts in another currency."""
    return orders["amount"] * rate


def piece(orders: pd.DataFrame) -> Parallelizable[int]:
    """Numbers of pieces."""
    return orders["pieces"].tolist()


def doubled(piece: int) -> int:
    """Twice as many."""
    return piece * 2


def all_doubled(doubled: Collect[int]) -> pd.Series:
    """All of them."""
    return pd.Series(list(doubled))


def all_converted(doubled: Collect[int], converted: pd.Series) -> pd.Series:
    """Takes part in both."""
    return converted * 2
'''


def test_coroutines_and_blocks_side_by_side_in_a_project(shop: ShopProject) -> None:
    write(shop, WAITING)
    shop.ok("materialize", "converted")
    shop.ok("materialize", "all_doubled")
    converted, doubled = shop.manifests()
    assert shop.rows_of(converted)["converted"][:2] == [20.0, 40.0]
    assert shop.rows_of(doubled)["all_doubled"][:3] == [4, 6, 2]
    assert shop.ok("preview", "converted", "rate", "--json").rows[0]["values"] == {"rate": 2.0}


@pytest.mark.parametrize("selection", [["converted", "all_doubled"], ["all_converted"], ["--all"]])
def test_coroutines_and_blocks_in_one_run_are_refused(shop: ShopProject, selection: list[str]) -> None:
    write(shop, WAITING)
    told = shop.run("materialize", *selection, "--json")
    assert told.code == 2
    assert {problem["code"] for problem in told.problems} == {"unsupported"}
    assert (
        told.problems[-1]["message"]
        == "converted is an async function, and piece is Parallelizable: one run cannot have both"
    )
    assert told.problems[-1]["hint"] == "select them in runs of their own, or write converted with def"
    assert told.problems[-1]["file"] == "mine.py"
    assert not shop.manifests()


# --- tests of features ----------------------------------------------------------------------------


def test_run_feature_expands_collects_and_waits() -> None:
    def part(size: int) -> Parallelizable[int]:
        yield from range(size)

    @check_output(range=(0, 10), importance="fail")
    def total(part: Collect[int], extra: int = 1) -> int:
        return sum(part) + extra

    async def waited(part: int) -> int:
        await asyncio.sleep(0)
        return part + 1

    assert run_feature(part, size=3) == [0, 1, 2]
    assert run_feature(total, part=[1, 2]) == 4
    assert run_feature(total, part=(4, 5), extra=-9) == 0
    assert run_feature(waited, part=1) == 2
    with pytest.raises(ExpectationError):
        run_feature(total, part=[10, 11])


def test_run_feature_says_what_a_block_cannot_do() -> None:
    def both(part: Collect[int]) -> Parallelizable[int]:
        return part

    def listed(part: list[Collect[int]]) -> int:
        return len(part)

    with pytest.raises(DefinitionError, match="collects 'part' and returns Parallelizable at once"):
        run_feature(both, part=[1])
    with pytest.raises(DefinitionError, match="listed takes part"):
        run_feature(listed, part=[1])


def test_run_feature_keeps_constants_beside_what_is_collected() -> None:
    from featurecat import inject, value

    @inject(frame=value(pd.DataFrame({"a": [1]})))
    def rows(part: Collect[int], frame: pd.DataFrame) -> int:
        return len(frame) + len(list(part))

    assert run_feature(rows, part=[1, 2]) == 3


def test_any_driver_runs_what_there_is(make_module: ModuleMaker) -> None:
    module = make_module(
        "from featurecat import Collect, Parallelizable\n"
        "async def rate() -> int:\n    return 2\n"
        "def part(size: int) -> Parallelizable[int]:\n    yield from range(size)\n"
        "def twice(part: int) -> int:\n    return part * 2\n"
        "def total(twice: Collect[int]) -> int:\n    return sum(twice)\n"
        "def both(total: int, rate: int) -> int:\n    return total * rate\n"
    )
    dr = AnyDriver({}, module, default_result="dict")
    assert dr.execute(["rate"]) == {"rate": 2}
    for _ in range(2):
        assert dr.execute(["total"], inputs={"size": 4}) == {"total": 12}
    assert dr.execute(["both"], inputs={"size": 3}, overrides={"rate": 5}) == {"both": 30}
    assert dr.execute(["both"], overrides={"total": 3}) == {"both": 6}
    assert dr.execute(["total"], overrides={"part": [5, 6]}) == {"total": 22}
    with pytest.raises(RequestError, match="'twice' is computed once per item of part"):
        dr.execute(["twice"], overrides={"part": [5, 6]})
    with pytest.raises(UnsupportedError, match="part takes part in a parallel block"):
        Driver({}, module).execute(["twice"], overrides={"part": [5, 6]})
    dr.validate_execution(["total"], inputs={"size": 1})
    with pytest.raises(UnsupportedError, match="rate is an async function, and part is Parallelizable"):
        dr.execute(["both"], inputs={"size": 1})
    with pytest.raises(RequestError, match="'twice' is computed once per item of part"):
        dr.validate_execution(["twice"], inputs={"size": 1})
    with pytest.raises(RequestError, match="the input 'size' was not given"):
        dr.validate_execution(["total"])


def test_the_fixture_of_the_plugin_runs_blocks_and_coroutines(shop: ShopProject) -> None:
    write(shop, WAITING)
    shop.write(
        "test_mine.py",
        """
        import pandas as pd
        import pytest

        ORDERS = pd.DataFrame({"amount": [1.0, 2.0], "pieces": [3, 4]})

        @pytest.mark.feature("all_doubled")
        def test_all_doubled(feature_driver):
            found = feature_driver.execute(["all_doubled"], inputs={"orders": ORDERS})
            assert found["all_doubled"].tolist() == [6, 8]

        @pytest.mark.feature("converted")
        def test_converted(feature_driver):
            assert feature_driver.execute(["converted"], inputs={"orders": ORDERS})["converted"].tolist() == [2.0, 4.0]
        """,
    )
    rows = {row["feature"]: row for row in shop.ok("test", "all_doubled", "converted", "--json").rows}
    assert [test["outcome"] for name in ("all_doubled", "converted") for test in rows[name]["tests"]] == ["passed"] * 2


# --- verdicts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], ("no_data", 0, None, "there were no items")),
        ([Verdict("pass", rows=1), Verdict("no_data", rows=0)], ("pass", 1, None, None)),
        ([Verdict("no_data", rows=0)] * 2, ("no_data", 0, None, None)),
        (
            [Verdict("pass", rows=2, failing_rows=0), Verdict("fail", rows=3, failing_rows=1, message="1 of 3")],
            ("fail", 5, 1, "1 of 3; in 1 of 2 items, such as item 1 (counted from 0)"),
        ),
        (
            [Verdict("fail", rows=3, failing_rows=1), Verdict("error", message="could not be evaluated: x")],
            ("error", 3, 1, "could not be evaluated: x; in 2 of 2 items, such as item 1 (counted from 0)"),
        ),
    ],
)
def test_the_verdict_on_all_items_is_that_of_the_worst(verdicts: list[Verdict], expected: tuple[Any, ...]) -> None:
    found = verdict_on_all(verdicts)
    assert (found.status, found.rows, found.failing_rows, found.message) == expected
