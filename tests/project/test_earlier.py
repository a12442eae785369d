"""Values of earlier runs: the last published ones, those of a named run, and what is not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from featurecat.clock import SystemClock
from featurecat.errors import EvaluationError
from featurecat.project.discover import find_project
from featurecat.project.earlier import EarlierRuns
from tests.support.projects import ShopProject


def earlier(shop: ShopProject) -> Callable[..., list[float] | None]:
    runs = EarlierRuns(find_project(shop.root), SystemClock())

    def values(feature: str, run: str | None = None) -> list[float] | None:
        found = runs.column(feature, run)
        return None if found is None else found.to_pylist()[:2]

    return values


def test_the_last_published_values_of_each_feature(published: ShopProject) -> None:
    published.ok("materialize", "net_amount")
    published.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.5")
    published.ok("materialize", "net_amount")
    first, second, third = published.manifests()
    values = earlier(published)
    assert values("net_amount") == values("net_amount", third.run_id) == [5.0, 10.0]
    assert values("net_amount", second.run_id) == [9.0, 18.0]
    assert values("margin") == values("margin", first.run_id) is not None
    assert values("unit_price") is None


def test_a_run_that_the_catalog_does_not_hold_yet_counts(published: ShopProject) -> None:
    before = published.store.catalog.read_bytes()
    published.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.5")
    published.ok("materialize", "margin", "net_amount")
    published.store.catalog.write_bytes(before)
    assert earlier(published)("net_amount") == [5.0, 10.0]


def test_what_was_blocked_is_no_earlier_value(published: ShopProject) -> None:
    published.ok("materialize", "net_amount", "unit_price")
    published.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 100.0)")
    published.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.0")
    assert published.run("materialize", "net_amount", "unit_price").code == 1
    assert published.run("materialize", "net_amount").code == 1
    values = earlier(published)
    assert values("net_amount") == [9.0, 18.0]
    with pytest.raises(EvaluationError, match="did not publish net_amount"):
        values("net_amount", published.manifests()[-1].run_id)


def test_nothing_was_published(shop: ShopProject) -> None:
    assert earlier(shop)("net_amount") is None


@pytest.mark.parametrize("run", ["latest", "01a209c2-eea4-7128-9d0a-8278a9adaaea"])
def test_a_run_that_is_not_there(published: ShopProject, run: str) -> None:
    with pytest.raises(EvaluationError, match="there is no run"):
        earlier(published)("net_amount", run)


def test_a_file_that_is_gone_is_no_missing_run(published: ShopProject) -> None:
    (manifest,) = published.manifests()
    (published.store.root / manifest.artifacts[0].path).unlink()
    with pytest.raises(EvaluationError, match="cannot be read"):
        earlier(published)("margin")
