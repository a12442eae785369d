"""Done: "A wrong, unreadable or missing input never counts as passed"."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.projects import ShopProject, Told

Change = Callable[[ShopProject], object]

NEIGHBOUR = """
import pandas as pd

from featurecat import check_output, feature


@feature(owner="ops")
def pieces(orders: pd.DataFrame) -> pd.Series:
    "How many pieces."
    return orders["pieces"]


@feature(owner="ops")
@check_output(compare=("<=", "pieces"), severity="error")
def at_least_one(orders: pd.DataFrame, pieces: pd.Series) -> pd.Series:
    "A piece, at least."
    return orders["pieces"] * 0 + 1
"""
RAISES = """
import pandas as pd

from featurecat import check_output, feature


def _judged(values):
    raise RuntimeError("no")


@feature(owner="ops")
@check_output(custom=_judged, severity="error")
def odd(orders: pd.DataFrame) -> pd.Series:
    "A number."
    return orders["pieces"]
"""


def artifact(shop: ShopProject) -> Path:
    (found,) = shop.store.artifacts.rglob("*.parquet")
    return found


def overwrite(change: Callable[[bytes], bytes]) -> Change:
    def apply(shop: ShopProject) -> None:
        path = artifact(shop)
        path.write_bytes(change(path.read_bytes()))

    return apply


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


def damaged_manifests(shop: ShopProject) -> None:
    for path in shop.store.manifests.rglob("*.json"):
        path.write_text("{", encoding="utf-8")
    shop.store.catalog.unlink()


def published(text: str, *features: str) -> Change:
    def apply(shop: ShopProject) -> None:
        shop.add_module("added", text)
        for feature in features:
            shop.run("materialize", feature, "--checks", "off")

    return apply


@dataclass(frozen=True)
class Case:
    """A gate that must not say yes: what was changed, the command, its exit code, what it has to name."""

    name: str
    change: Change
    exit_code: int
    said: tuple[str, ...]
    command: tuple[str, ...] = ("check", "margin")


def nothing(_: ShopProject) -> None:
    """All is well; the command is at fault."""


CASES = [
    Case("a feature that was never published", nothing, 4, ("net_amount", "published"), ("check", "net_amount")),
    Case("a file that is gone", lambda shop: artifact(shop).unlink(), 3, ("part-0.parquet", "not there")),
    Case("a truncated file", overwrite(lambda content: content[: len(content) // 2]), 3, ("not what was published",)),
    Case("an empty file", overwrite(lambda content: b""), 3, ("not what was published",)),
    Case("a flipped byte", overwrite(flipped), 3, ("not what was published",)),
    Case("another file in its place", overwrite(lambda content: b"PAR1PAR1"), 3, ("not what was published",)),
    Case("manifests that cannot be read", damaged_manifests, 4, ("published",)),
    Case("an unknown feature", nothing, 2, ("did you mean 'margin'",), ("check", "margn")),
    Case("a selection of nothing", nothing, 2, ("tag:nobody",), ("check", "tag:nobody")),
    Case("an unknown reference", nothing, 2, ("--against",), ("check", "state:modified")),
    Case(
        "a module that cannot be imported",
        lambda shop: shop.add_module("added", "import nothing_like_this\n"),
        2,
        ("nothing_like_this",),
    ),
    Case(
        "a feature to compare with that is not there",
        published(NEIGHBOUR, "at_least_one"),
        4,
        ("pieces",),
        ("check", "at_least_one"),
    ),
    Case("an expectation that raises", published(RAISES, "odd"), 4, ("odd", "RuntimeError"), ("check", "odd")),
    Case(
        "an expectation that raises on computed values",
        published(RAISES),
        4,
        ("odd", "RuntimeError"),
        ("check", "odd", "--compute"),
    ),
    Case(
        "a source that is gone",
        lambda shop: (shop.root / "data" / "orders.parquet").unlink(),
        3,
        ("orders",),
        ("check", "margin", "--compute"),
    ),
    Case(
        "an unknown kind of report",
        nothing,
        2,
        ("junit",),
        ("check", "margin", "--report", "junitt=report.xml"),
    ),
    Case(
        "a baseline that cannot be read",
        lambda shop: shop.write("featurecat-baseline.json", "{"),
        2,
        ("featurecat-baseline.json",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
@pytest.mark.parametrize("again", [False, True], ids=["first", "after a green check"])
def test_it_is_told_and_never_passes(case, again, published):
    if again:
        published.ok("check", "margin")
    case.change(published)
    told = published.run(*case.command)
    assert told.code == case.exit_code, (told.out, told.err)
    for said in case.said:
        assert said in told.out + told.err
    assert "Traceback" not in told.out + told.err
    assert_nothing_passed(published, case)


def assert_nothing_passed(shop: ShopProject, case: Case) -> None:
    """What programs read says the same: no result of what is wrong is a pass."""
    told: Told = shop.run(*case.command, "--json")
    assert told.code == case.exit_code
    if not told.out.strip():
        return  # refused before anything was judged
    report = json.loads(told.out)
    assert report["exit_code"] == case.exit_code
    at_fault = [one for one in report["results"] if one["outcome"] in ("failed", "unevaluated")]
    assert at_fault or report["problems"]
    if case.exit_code == 3:
        assert {one["outcome"] for one in report["results"]} == {"unevaluated"}
