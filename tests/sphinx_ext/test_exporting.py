"""What can be downloaded: complete, described by its schema, harmless, and the same bytes each time."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import duckdb
import jsonschema
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.component("sphinx")
pytest.importorskip("sphinx")

import featurecat_sphinx  # noqa: E402
from featurecat_sphinx.exporting import (  # noqa: E402
    SCHEMA_NAME,
    catalog_json,
    catalog_parquet,
    catalog_script,
    withheld,
    write_downloads,
)
from featurecat_sphinx.feed import atom_feed  # noqa: E402
from featurecat_sphinx.model import (  # noqa: E402
    Change,
    Check,
    Consumer,
    DocumentSection,
    Feature,
    Module,
    Profile,
    Run,
    Similar,
    Snapshot,
    Source,
    Variant,
    Verdict,
)
from featurecat_sphinx.options import SiteOptions  # noqa: E402
from featurecat_sphinx.reading import read_snapshot  # noqa: E402
from tests.support.projects import ShopProject  # noqa: E402
from tests.support.site_catalogs import HOSTILE_TEXTS  # noqa: E402

MOMENT = datetime(2026, 11, 23, 12, 40)
PLAIN = SiteOptions()
ATOM = "{http://www.w3.org/2005/Atom}"
SCHEMA = json.loads(Path(featurecat_sphinx.__file__).with_name(SCHEMA_NAME).read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ALL = {
    "data/catalog.js", "data/catalog.json", f"data/{SCHEMA_NAME}", "data/catalog.parquet", "data/catalog.duckdb",
    "feed.atom",
}  # fmt: skip
ASK = """
import duckdb, sys
assert duckdb.__version__.startswith("1.4"), duckdb.__version__
with duckdb.connect(sys.argv[1], read_only=True) as client:
    print(client.execute("SELECT count(*) FROM features WHERE public").fetchone()[0])
"""


def feature(name: str, **known: Any) -> Feature:
    """A feature of which little is known."""
    variant = Variant("pandas", "pandas", [], "shop", name, "shop.py", 3, 5, "double", "(x)", f"def {name}(x): ...")
    plain = Feature(
        feature=name, role="feature", doc="Doc.", summary="Doc.", dtype="double", observed_dtype=None, unit=None,
        entity=(), event_timestamp=None, grain=None, personal_data=False, status=None, sunset=None, replaced_by=None,
        freshness=None, tags={}, owners=(), taints=(), variants=(variant,), sections=(), checks=(), profiles=(), runs=(),
        columns=(), raw_columns=(), consumers=(), similar=(), upstream=(), downstream=(), check_state="none",
        stale=False, as_of_run=None,
    )  # fmt: skip
    return replace(plain, **known)


def rich(text: str = "x", name: str = "margin") -> Feature:
    """A feature with every part, and a text wherever it may hold one."""
    check = Check(
        "c1", text, "range", {text: [0.0, None, text]}, "error", text, text, 3, "fail", text, 10, 2, float("inf"), MOMENT,
        "r1", (Verdict("pass", MOMENT), Verdict("fail", MOMENT)),
    )  # fmt: skip
    profile = Profile(
        text, "numeric", 10, 1, 9, float("-inf"), float("nan"), 2.0, None, MOMENT, None, {"0.5": 1.0},
        {"edges": [0.0, float("nan")], "counts": [1]}, [{"value": text, "count": 4}], MOMENT,
    )  # fmt: skip
    variant = Variant("v", None, [{"key": text}], text, text, text, 1, None, text, text, text)
    return feature(
        name, doc=text, summary=text, dtype=text, unit=text, entity=(text, "order"), event_timestamp=text, grain=text,
        personal_data=True, status="deprecated", sunset="2026-01-01", replaced_by=text, freshness=text,
        tags={"ticket": (text,), "team": ("sales", text)}, owners=((text, "feature"), ("ops", "module")),
        taints=("pii", text), variants=(variant,), sections=(DocumentSection("args", text, text, text),),
        checks=(check,), profiles=(profile,), runs=(Run("r1", "materialize", "published", None, MOMENT, 1.5, 10, text),),
        columns=((text, None, text),), raw_columns=(f"orders.{text}",), consumers=(Consumer(text, "model", text),),
        similar=(Similar("price", "name", 0.8),), upstream=("orders", "price"), check_state="failing", stale=True,
        as_of_run=MOMENT,
    )  # fmt: skip


def snapshot_of(*features: Feature, text: str = "x", **known: Any) -> Snapshot:
    """A catalog of these features, a source and a change."""
    edges = tuple(sorted((above, one.feature) for one in features for above in one.upstream))
    plain = Snapshot(
        project=text,
        as_of=MOMENT,
        features={one.feature: one for one in sorted(features, key=lambda one: one.feature)},
        sources={"orders": Source("orders", text, text, text, (text,), ("margin",))},
        modules={"shop": Module("shop", "shop.py", text, None)},
        edges=edges,
        changes=(Change("margin", text, MOMENT, None, "breaking", (text,), text),),
        index_errors=(("lost", text),),
    )
    return replace(plain, **known)


def shop(text: str = "x") -> Snapshot:
    """A small catalog with everything in it."""
    return snapshot_of(rich(text), feature("price", upstream=("orders",), downstream=("margin",)), text=text)


def columns_of(script: str) -> dict[str, Any]:
    """What the script sets."""
    found = re.fullmatch(r"window\.FC_CATALOG=(\{.*\});\n", script, re.DOTALL)
    assert found
    columns: dict[str, Any] = json.loads(found[1])
    return columns


def entries(text: str) -> list[ElementTree.Element]:
    """Entries of a feed that keeps the rules of RFC 4287."""
    feed = ElementTree.fromstring(text.encode())
    assert feed.tag == f"{ATOM}feed"
    found = feed.findall(f"{ATOM}entry")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    for element in (feed, *found):
        for name in ("id", "title", "updated"):
            assert [bool((part.text or "").strip()) for part in element.findall(f"{ATOM}{name}")] == [True]
        assert re.fullmatch(r"tag:[a-z]+,\d{4}:[A-Za-z0-9._~%/:@-]+", element.findtext(f"{ATOM}id", ""))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated", ""))
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        assert len(alternates) == 1 and alternates[0].get("href")
        assert {child.tag.removeprefix(ATOM) for child in element} <= {
            "id", "title", "updated", "author", "link", "entry", "content",
        }  # fmt: skip
    identifiers = [element.findtext(f"{ATOM}id") for element in (feed, *found)]
    assert len(set(identifiers)) == len(identifiers)
    return found


@pytest.fixture
def copied(site_project: ShopProject, tmp_path: Path) -> Path:
    """A real catalog that may be changed."""
    return Path(shutil.copy(site_project.store.catalog, tmp_path / "catalog.duckdb"))


# --- the script of the explorers ------------------------------------------------------------------


def test_the_script_holds_nodes_in_columns():
    told = columns_of(catalog_script(shop(), PLAIN))
    assert told["names"] == ["margin", "price", "orders"]
    assert told["urls"] == ["features/x/margin.html", "features/shop/price.html", "sources/orders.html"]
    assert told["roles"] == [0, 0, 2]
    assert [told["modules"][place] for place in told["module"][:2]] == ["x", "shop"]
    assert [told["owners"][place] for place in told["owner"][0]] == ["x", "ops"]
    assert [told["tags"][place] for place in told["tag"][0]] == ["ticket=x", "team=sales", "team=x"]
    assert [told["statuses"][place] for place in told["status"][:2]] == ["deprecated", "active"]
    assert [told["checkStates"][place] for place in told["check"][:2]] == ["failing", "none"]
    assert told["flags"] == [1 | 2 | 8, 32, 0]
    assert [told["entities"][told["entity"][0]], told["entity"][1], told["module"][2]] == ["x+order", -1, -1]
    pairs = [
        (told["names"][parent], told["names"][child]) for parent, child in zip(told["src"], told["dst"], strict=True)
    ]
    assert pairs == [("orders", "margin"), ("orders", "price"), ("price", "margin")]


def test_all_columns_of_nodes_are_as_long():
    told = columns_of(catalog_script(shop(), PLAIN))
    by_node = ("urls", "roles", "module", "owner", "type", "tag", "entity", "status", "check", "flags", "summaries",
               "columns", "units")  # fmt: skip
    assert {len(told[name]) for name in by_node} == {len(told["names"])}


@pytest.mark.parametrize(
    ("known", "flag"),
    [
        ({}, 32),
        ({"personal_data": True}, 33),
        ({"taints": ("pii",)}, 33),
        ({"status": "deprecated"}, 34),
        ({"status": "experimental"}, 36),
        ({"stale": True}, 40),
        ({"doc": " \n"}, 48),
        ({"owners": (("ops", "feature"),)}, 0),
    ],
)
def test_flags(known, flag):
    assert columns_of(catalog_script(snapshot_of(feature("one", **known)), PLAIN))["flags"][0] == flag


def test_one_very_long_docstring_does_not_fill_the_script():
    told = snapshot_of(feature("one", doc="long " * 20_000, summary="long " * 20_000))
    assert len(catalog_script(told, PLAIN)) < 2_000


def test_the_script_of_a_small_catalog_is_small():
    features = [
        feature(f"feature_number_{number}", upstream=("orders",), raw_columns=("orders.amount",))
        for number in range(400)
    ]
    assert len(gzip.compress(catalog_script(snapshot_of(*features), PLAIN).encode())) < 12_000


# --- hostile texts --------------------------------------------------------------------------------

AWKWARD = (
    *HOSTILE_TEXTS,
    "\ud800 half a pair \udfff",
    "control \x00\x01\x0b\x1f\x7f\x85",
    "\ufffe\uffff",
    "x" * 100_000,
)


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_hostile_texts_stay_texts(text):
    told = shop(text)
    sound = text.encode("utf-8", "replace").decode()
    script = catalog_script(told, PLAIN)
    assert not re.search(r"</|<!--|[\u2028\u2029]", script)
    assert sound in columns_of(script)["owners"]
    found = json.loads(catalog_json(told, PLAIN).encode())
    VALIDATOR.validate(found)
    assert found["features"][0]["doc"] == found["features"][0]["variants"][0]["source_text"] == sound
    table = pq.read_table(BytesIO(catalog_parquet(told, PLAIN)))
    assert table["doc"][0].as_py() == sound and sound in table["owners"][0].as_py()
    assert len(entries(atom_feed(told, replace(PLAIN, feed_url=f'https://a.example/"<{text}>')))) == 1


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(), min_size=1))
def test_any_text_comes_back(text):
    sound = text.encode("utf-8", "replace").decode()
    told = snapshot_of(rich(text), feature("price"), text=text)
    assert columns_of(catalog_script(told, PLAIN).encode().decode())["project"] == sound
    assert json.loads(catalog_json(told, PLAIN).encode())["project"] == sound
    (entry,) = entries(atom_feed(told, PLAIN))
    assert (entry.findtext(f"{ATOM}content") or "").startswith("margin")


# --- JSON -----------------------------------------------------------------------------------------


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_json_of_a_real_catalog_is_as_its_schema_says(site_project):
    told = read_snapshot(site_project.store.catalog, project="shop")
    found = json.loads(catalog_json(told, PLAIN))
    VALIDATOR.validate(found)
    assert [one["feature"] for one in found["features"]] == list(told.features)
    assert {one["source"] for one in found["sources"]} == set(told.sources)
    assert {run["run_id"] for one in found["features"] for run in one["runs"]} == {
        run["run_id"] for run in found["runs"]
    }
    assert found["as_of"].endswith("Z")


def test_the_schema_takes_nothing_else():
    found = json.loads(catalog_json(shop(), PLAIN))
    found["features"][0]["further"] = 1
    assert [list(error.absolute_path) for error in VALIDATOR.iter_errors(found)] == [["features", 0]]


def test_json_of_every_part():
    one = json.loads(catalog_json(shop(), PLAIN))["features"][0]
    assert one["tags"] == {"ticket": ["x"], "team": ["sales", "x"]}
    assert one["owners"] == [{"contact": "x", "origin": "feature"}, {"contact": "ops", "origin": "module"}]
    assert one["checks"][0]["history"][1] == {"status": "fail", "committed_at": "2026-11-23T12:40:00.000000Z"}
    assert one["runs"] == [{"run_id": "r1", "rows": 10, "variant": "x"}]
    assert one["page"] == "features/x/margin.html"


def test_numbers_that_json_has_not_are_texts():
    text = catalog_json(shop(), PLAIN)
    one = json.loads(text, parse_constant=pytest.fail)["features"][0]
    assert (one["profiles"][0]["minimum"], one["profiles"][0]["maximum"], one["checks"][0]["share"]) == (
        "-inf", "nan", "inf",
    )  # fmt: skip
    assert one["profiles"][0]["histogram"]["edges"] == [0.0, "nan"]


def test_json_has_a_line_a_feature():
    lines = catalog_json(shop(), PLAIN).partition('"sources"')[0].splitlines()
    assert [json.loads(line.rstrip(","))["feature"] for line in lines if line.startswith('{"feature"')] == [
        "margin", "price",
    ]  # fmt: skip


def test_an_empty_catalog_has_all_downloads(tmp_path):
    told = snapshot_of(sources={}, modules={}, changes=(), index_errors=())
    VALIDATOR.validate(json.loads(catalog_json(told, PLAIN)))
    assert pq.read_table(BytesIO(catalog_parquet(told, PLAIN))).num_rows == 0
    assert columns_of(catalog_script(told, PLAIN))["names"] == []
    assert entries(atom_feed(told, PLAIN)) == []


# --- Parquet --------------------------------------------------------------------------------------


def test_parquet_has_a_row_a_feature():
    first, second = pq.read_table(BytesIO(catalog_parquet(shop(), PLAIN))).to_pylist()
    assert (first["feature"], first["owners"], first["line"]) == ("margin", ["x", "ops"], 1)
    assert first["as_of_run"].replace(tzinfo=None) == MOMENT and first["as_of_run"].utcoffset() == timedelta(0)
    assert first["expectations"] == ["range"] and first["personal_data"] is True
    assert (second["unit"], second["tags"], second["as_of_run"]) == (None, [], None)


def test_parquet_columns_are_the_same_whatever_is_known():
    known = pq.read_schema(BytesIO(catalog_parquet(shop(), PLAIN)))
    assert pq.read_schema(BytesIO(catalog_parquet(snapshot_of(), PLAIN))) == known
    assert pq.read_schema(BytesIO(catalog_parquet(snapshot_of(feature("one")), PLAIN))) == known


# --- what is not to be told -----------------------------------------------------------------------


def test_private_tags_are_in_no_download():
    told, options = shop("secret-7"), SiteOptions(private_tags=("ticket", "team"))
    tags = json.loads(catalog_json(told, options))["features"][0]["tags"]
    row = pq.read_table(BytesIO(catalog_parquet(told, options))).to_pylist()[0]
    assert tags == {} and row["tags"] == [] and columns_of(catalog_script(told, options))["tags"] == []


def test_frequent_values_are_left_out_where_they_are_not_shown():
    one = json.loads(catalog_json(shop(), SiteOptions(profile_values=False)))["features"][0]
    assert one["profiles"][0]["top"] is None and one["profiles"][0]["rows"] == 10


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (SiteOptions(), None),
        (SiteOptions(downloads=False), "nothing is offered"),
        (SiteOptions(private_tags=("ticket",)), "it holds private tags"),
        (SiteOptions(profile_values=False), "it holds frequent values"),
    ],
)
def test_the_database_is_withheld_where_it_would_tell_too_much(site_project, tmp_path, options, reason):
    told = read_snapshot(site_project.store.catalog)
    assert withheld(options, site_project.store.catalog) == reason
    write_downloads(told, PLAIN, site_project.store.catalog, output=tmp_path)
    written = write_downloads(told, options, site_project.store.catalog, output=tmp_path)
    assert ("data/catalog.duckdb" in written) == (tmp_path / "data/catalog.duckdb").exists() == (reason is None)


def test_a_database_that_old_clients_cannot_open_is_withheld(copied, tmp_path):
    newer = tmp_path / "newer.duckdb"
    with duckdb.connect() as session:
        session.execute(f"ATTACH '{newer}' AS newer (STORAGE_VERSION 'v1.4.0')")
        session.execute("CREATE TABLE newer.catalog_versions AS SELECT 1 AS schema_version")
        session.execute(f"ATTACH '{copied}' AS old (READ_ONLY)")
        session.execute("DROP TABLE newer.catalog_versions; COPY FROM DATABASE old TO newer")
    assert "its storage is v1.4.0" in (withheld(PLAIN, newer) or "")


# --- the feed -------------------------------------------------------------------------------------


def changes_of(*counts: int) -> tuple[Change, ...]:
    """As many changes a snapshot, newest first."""
    return tuple(
        Change(
            f"feature_{number}",
            f"s{len(counts) - place:04}",
            MOMENT - timedelta(days=place),
            None,
            "breaking",
            (),
            None,
        )
        for place, count in enumerate(counts)
        for number in range(count)
    )


def test_the_feed_has_an_entry_a_snapshot():
    told = snapshot_of(changes=changes_of(1, 60))
    first, second = entries(atom_feed(told, PLAIN))
    assert first.findtext(f"{ATOM}title") == "feature_0: breaking"
    assert second.findtext(f"{ATOM}title") == "60 features changed"
    assert (second.findtext(f"{ATOM}content") or "").endswith("feature_49 (breaking) and 10 more")
    assert ElementTree.fromstring(atom_feed(told, PLAIN)).findtext(f"{ATOM}updated") == "2026-11-23T12:40:00Z"


def test_the_feed_has_the_newest_hundred():
    found = entries(atom_feed(snapshot_of(changes=changes_of(*[1] * 130)), PLAIN))
    assert [unquote(entry.findtext(f"{ATOM}id", "")).rpartition("/")[2] for entry in found] == [
        f"s{number:04}" for number in range(130, 30, -1)
    ]


def test_identifiers_stay_when_more_changes_come():
    before = entries(atom_feed(snapshot_of(changes=changes_of(1, 2)[1:]), PLAIN))
    after = entries(atom_feed(snapshot_of(changes=changes_of(1, 2)), PLAIN))
    assert before[0].findtext(f"{ATOM}id") == after[1].findtext(f"{ATOM}id")


@pytest.mark.parametrize("address", ["https://features.example.com/shop", "https://features.example.com/shop/"])
def test_the_feed_tells_where_it_is(address):
    feed = ElementTree.fromstring(atom_feed(shop(), SiteOptions(feed_url=address)))
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": "https://features.example.com/shop/feed.atom",
        "alternate": "https://features.example.com/shop/changelog.html",
    }
    assert "self" not in atom_feed(shop(), PLAIN)


# --- files ----------------------------------------------------------------------------------------


def states(output: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with what shows that it was written anew."""
    found = (path for path in output.rglob("*") if path.is_file())
    return {path.relative_to(output).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def test_all_are_written_and_nothing_else(copied, tmp_path):
    output = tmp_path / "site"
    written = write_downloads(read_snapshot(copied), PLAIN, copied, output=output)
    assert set(written) == set(states(output)) == ALL
    assert (output / "data/catalog.duckdb").read_bytes() == copied.read_bytes()
    assert json.loads((output / "data" / SCHEMA_NAME).read_bytes()) == SCHEMA


def test_what_did_not_change_is_not_written_again(copied, tmp_path):
    output, told = tmp_path / "site", read_snapshot(copied)
    write_downloads(told, PLAIN, copied, output=output)
    before = states(output)
    (output / "feed.atom").write_text("spoilt")
    write_downloads(told, PLAIN, copied, output=output)
    assert {name for name, state in states(output).items() if state != before[name]} == {"feed.atom"}
    assert (output / "feed.atom").read_text(encoding="utf-8") == atom_feed(told, PLAIN)


def test_two_builds_are_equal(copied, tmp_path):
    for place in ("one", "two"):
        write_downloads(read_snapshot(copied, project="shop"), PLAIN, copied, output=tmp_path / place)
    assert {name: (tmp_path / "one" / name).read_bytes() for name in ALL} == {
        name: (tmp_path / "two" / name).read_bytes() for name in ALL
    }


def test_without_downloads_the_pages_have_what_they_need(copied, tmp_path):
    output, told = tmp_path / "site", read_snapshot(copied)
    write_downloads(told, PLAIN, copied, output=output)
    assert write_downloads(told, SiteOptions(downloads=False), copied, output=output) == [
        "data/catalog.js",
        "feed.atom",
    ]
    assert set(states(output)) == {"data/catalog.js", "feed.atom"}


def edits(output: Path, catalog: Path, told: Snapshot) -> Iterator[tuple[str, Snapshot, SiteOptions]]:
    """Ways that make what was noted worthless, one after the other."""
    yield "options", told, replace(PLAIN, private_tags=("team",))
    yield "moment", replace(told, as_of=told.as_of + timedelta(days=1)), PLAIN
    (output / "data/catalog.json").unlink()
    yield "a file is gone", told, PLAIN
    (output / "data/catalog.js").write_text("spoilt")
    yield "a file was changed", told, PLAIN
    with duckdb.connect(str(catalog)) as session:
        session.execute("CREATE TABLE further AS SELECT 1 AS one")
    yield "catalog", told, PLAIN


def test_what_is_noted_spares_work_and_never_a_change(copied, tmp_path, monkeypatch):
    output, note, told = tmp_path / "site", tmp_path / "notes", read_snapshot(copied)
    first = write_downloads(told, PLAIN, copied, output=output, memory=note)
    with monkeypatch.context() as patch:
        patch.setattr("featurecat_sphinx.exporting.catalog_script", lambda *_: pytest.fail("made again"))
        assert write_downloads(told, PLAIN, copied, output=output, memory=note) == first
    for number, (_, changed, options) in enumerate(edits(output, copied, told)):
        write_downloads(changed, options, copied, output=output, memory=note)
        fresh = tmp_path / f"fresh{number}"
        write_downloads(changed, options, copied, output=fresh)
        assert {name: (output / name).read_bytes() for name in states(output)} == {
            name: (fresh / name).read_bytes() for name in states(fresh)
        }


@pytest.mark.parametrize("note", [b"", b"[]", b"{}", b'{"made": 1, "files": []}', b"\xff"])
def test_a_note_that_cannot_be_read_is_written_anew(copied, tmp_path, note):
    told, memory = read_snapshot(copied), tmp_path / "downloads.json"
    memory.write_bytes(note)
    assert set(write_downloads(told, PLAIN, copied, output=tmp_path / "site", memory=tmp_path)) == ALL
    assert json.loads(memory.read_bytes())["files"].keys() == ALL


def test_a_failure_leaves_what_was_there(copied, tmp_path, monkeypatch):
    output, told = tmp_path / "site", read_snapshot(copied)
    write_downloads(told, PLAIN, copied, output=output)
    before = {name: (output / name).read_bytes() for name in ALL}

    def broken(*_: object) -> Iterator[str]:
        yield "half"
        raise OSError("no space left")

    monkeypatch.setattr("featurecat_sphinx.exporting._json_lines", broken)
    with pytest.raises(OSError, match="no space left"):
        write_downloads(told, PLAIN, copied, output=output)
    assert {name: (output / name).read_bytes() for name in states(output)} == before


@pytest.mark.component("duckdb14")
def test_an_old_client_opens_the_database(site_project, duckdb14_directory, tmp_path):
    told = read_snapshot(site_project.store.catalog)
    write_downloads(told, PLAIN, site_project.store.catalog, output=tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path / "data/catalog.duckdb")],
        env={**os.environ, "PYTHONPATH": str(duckdb14_directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == (str(len(told.features)), 0), done.stderr
