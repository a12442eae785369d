"""The states that features were in: from snapshots, the same however often and from wherever they are put together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from featurecat.catalog.snapshot import list_snapshots
from featurecat.clock import SystemClock
from featurecat.errors import RequestError
from featurecat.project.diff.history import history_rows
from featurecat.project.diff.run import snapshot_changes
from featurecat.project.discover import find_project
from featurecat.project.refresh import refresh_catalog
from tests.support.projects import Nursery, ShopProject, make_shop


@pytest.fixture(scope="module")
def _lived_once(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    """A project with a past: six snapshots."""
    shop = make_shop(tmp_path_factory.mktemp("lived") / "shop", nursery)
    shop.ok("index")
    shop.replace("order_features.py", "net_amount * 0.2", "net_amount * 0.3")
    shop.ok("index")
    shop.replace("customer_features.py", "Age of the customer.", "Their age.")
    shop.ok("index")
    shop.replace("order_features.py", "def unit_price(", "def piece_price(")
    shop.ok("index")
    text = (shop.root / "customer_features.py").read_text()
    shop.write("customer_features.py", text[: text.index('@feature(owner="crm", pii=True)')])
    shop.ok("index")
    shop.write("customer_features.py", text)
    shop.ok("index")
    return shop.root


@pytest.fixture
def lived(_lived_once: Path, tmp_path: Path, nursery: Nursery) -> ShopProject:
    shutil.copytree(_lived_once, tmp_path / "shop")
    return ShopProject(tmp_path / "shop", nursery)


def asked(shop: ShopProject, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop.store.catalog), read_only=True) as client:
        return client.execute(statement).fetchall()


def test_every_change_is_a_state(lived: ShopProject) -> None:
    states = asked(lived, "SELECT feature, change, changes, until IS NULL FROM feature_history ORDER BY feature, since")
    by_feature: dict[str, list[tuple[Any, ...]]] = {}
    for feature, *rest in states:
        by_feature.setdefault(feature, []).append(tuple(rest))
    assert by_feature["shipping"] == [("added", ["added"], False), ("behavioural", ["body"], True)]
    assert by_feature["age_in_years"] == [("added", ["added"], False), ("cosmetic", ["doc"], True)]
    assert by_feature["unit_price"] == [("added", ["added"], False)]
    assert by_feature["piece_price"] == [("breaking", ["renamed"], True)]
    assert by_feature["mail_domain"] == [("added", ["added"], False), ("added", ["added"], True)]
    assert by_feature["margin"] == [("added", ["added"], True)]


def test_features_at_is_what_was_public_then(lived: ShopProject) -> None:
    for (name,) in asked(lived, "SELECT snapshot FROM snapshots"):
        document = json.loads((lived.store.snapshots / name).read_text())
        public = sorted(row["feature"] for row in document["tables"]["features"] if row["public"])
        fingerprints = {row["feature"]: row["fingerprint"] for row in reversed(document["tables"]["variants"])}
        rows = asked(lived, f"SELECT feature, fingerprint FROM features_at('{name}')")
        assert [feature for feature, _ in rows] == public
        changed = {"age_in_years"}  # what is only described otherwise may have another fingerprint
        assert {f: p for f, p in rows if f not in changed} == {f: fingerprints[f] for f in public if f not in changed}


def test_features_at_takes_names_times_and_commits(lived: ShopProject) -> None:
    names = [name for (name,) in asked(lived, "SELECT snapshot FROM snapshots ORDER BY ALL")]
    moments = [moment for (moment,) in asked(lived, "SELECT indexed_at::VARCHAR FROM snapshots ORDER BY ALL")]
    for name, moment in zip(names, moments, strict=True):
        assert asked(lived, f"SELECT snapshot FROM snapshot_at('{name[:26]}')") == [(name,)]
        assert asked(lived, f"SELECT snapshot FROM snapshot_at('{moment}')") == [(name,)]
    assert asked(lived, f"SELECT snapshot FROM snapshot_at('{moments[0][:4]}-12-31')") == [(names[-1],)]
    assert asked(lived, "FROM snapshot_at('1999-01-01')") == []
    assert asked(lived, "FROM features_at('nothing')") == []


def test_the_timeline_tells_of_removals(lived: ShopProject) -> None:
    assert asked(lived, "SELECT change, changes FROM timeline('mail_domain')") == [
        ("added", ["added"]),
        ("breaking", ["removed"]),
        ("added", ["added"]),
    ]
    assert asked(lived, "SELECT changes FROM timeline('unit_price')") == [(["added"],), (["removed"],)]
    assert asked(lived, "FROM timeline('nothing')") == []


def test_the_command_follows_a_feature_through_its_names(lived: ShopProject) -> None:
    rows = lived.ok("history", "piece_price", "--json").rows
    assert [(row["feature"], row["change"], row["changes"]) for row in rows] == [
        ("unit_price", "added", ["added"]),
        ("piece_price", "breaking", ["renamed"]),
    ]
    rows = lived.ok("history", "mail_domain", "--json").rows
    assert [row["changes"] for row in rows] == [["added"], ["removed"], ["added"]]
    assert "renamed from unit_price" in lived.ok("history", "piece_price").out
    told = lived.run("history", "unit_prize", "--json")
    assert (told.code, told.problems[0]["code"]) == (2, "unknown-feature")


def test_it_is_the_same_without_what_was_kept(lived: ShopProject) -> None:
    before = asked(lived, "FROM feature_history ORDER BY ALL")
    shutil.rmtree(lived.store.cache)
    lived.store.catalog.unlink()
    lived.ok("list")
    assert asked(lived, "FROM feature_history ORDER BY ALL") == before
    (lived.store.cache / "history.json").write_text("{damaged")
    lived.store.catalog.unlink()
    lived.ok("list")
    assert asked(lived, "FROM feature_history ORDER BY ALL") == before


def test_each_snapshot_is_read_once(lived: ShopProject, monkeypatch: pytest.MonkeyPatch) -> None:
    store = find_project(lived.root).store
    rows = list_snapshots(store.snapshots).rows
    kept = history_rows(store, rows)
    monkeypatch.setattr("featurecat.project.diff.history._Reader.read", None)
    assert history_rows(store, rows) == kept


def test_a_snapshot_that_is_gone_or_damaged_leaves_the_others(lived: ShopProject) -> None:
    store = find_project(lived.root).store
    rows = list_snapshots(store.snapshots).rows
    (store.snapshots / rows[1].snapshot).unlink()
    (store.snapshots / rows[3].snapshot).write_text('{"schema_version":1,"tables":{}}\n')
    refresh_catalog(store, SystemClock())
    states = asked(lived, "SELECT feature, changes, since_snapshot FROM feature_history ORDER BY feature, since")
    assert ("shipping", ["body"], rows[2].snapshot) in states
    assert ("piece_price", ["renamed"], rows[4].snapshot) in states
    assert [row for row in states if row[0] == "margin"] == [("margin", ["added"], rows[0].snapshot)]


def test_a_changelog_tells_what_lies_between_two_snapshots(lived: ShopProject) -> None:
    project = find_project(lived.root)
    names = [row.snapshot for row in list_snapshots(project.store.snapshots).rows]

    def told(older: str | None = None, newer: str | None = None) -> dict[str, str]:
        found = snapshot_changes(project, SystemClock(), older=older, newer=newer)
        return {one.feature: one.change_class for one in found.features}

    assert told() == {"mail_domain": "added"}
    assert told(names[0], names[1]) == {"shipping": "behavioural"}
    assert told(names[0]) == {"shipping": "behavioural", "age_in_years": "cosmetic", "piece_price": "breaking"}
    assert told(names[1][:26], names[2][:26]) == {"age_in_years": "cosmetic"}
    moment = list_snapshots(project.store.snapshots).rows[2].indexed_at
    assert told(moment) == {"piece_price": "breaking"}
    assert lived.ok("changelog", "--json").rows["counts"] == {"added": 1}
    assert "mail_domain" in lived.ok("changelog", "--markdown").out


def test_what_cannot_be_compared_is_refused(lived: ShopProject, tmp_path: Path) -> None:
    project = find_project(lived.root)
    with pytest.raises(RequestError, match="no snapshot from 1999-01-01"):
        snapshot_changes(project, SystemClock(), older="1999-01-01")
    first = list_snapshots(project.store.snapshots).rows[0].snapshot
    with pytest.raises(RequestError, match="no snapshot before it"):
        snapshot_changes(project, SystemClock(), newer=first)
    told = make_shop(tmp_path / "new", lived.nursery).run("changelog", "--json")
    assert (told.code, [problem["code"] for problem in told.problems]) == (2, ["against-unusable"]), told
