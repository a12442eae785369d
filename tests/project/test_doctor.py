"""``featurecat doctor``: every kind of fault is found, told with a way out, and nothing is changed."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

import pytest

from featurecat.project import doctor, installation
from featurecat.project.installation import Requirement, fits


def files_of(root: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with size and time."""
    files = [path for path in root.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def findings(shop, code: int = 0) -> dict[str, dict]:
    """What ``doctor`` finds, by area and subject."""
    told = shop.run("doctor", "--json")
    assert told.code == code, (told.out, told.err)
    return {f"{row['area']} {row['subject']}": row for row in told.rows}


def test_a_sound_project(published):
    before = files_of(published.root)
    found = findings(published)
    assert not [row for row in found.values() if row["status"] in ("warn", "error")]
    for area in ("installation pandas", "project settings", "project modules", "project source orders", "store manifests",
                 "store writable", "store file system", "store snapshots", "catalog integrity"):  # fmt: skip
        assert found[area]["status"] == "ok", area
    assert files_of(published.root) == before


def test_nothing_is_there_yet(shop):
    found = findings(shop)
    assert (found["catalog integrity"]["status"], found["store writable"]["status"]) == ("note", "note")
    assert not (shop.root / ".featurecat").exists()


def test_without_a_project(shop, tmp_path):
    (tmp_path / "empty").mkdir()
    told = shop.ok("doctor", directory=tmp_path / "empty")
    assert "featurecat init NAME" in told.out
    assert not list((tmp_path / "empty").iterdir())


def test_quiet_tells_only_what_is_wrong(published):
    assert published.ok("doctor", "-q").out == ""
    (published.root / "data" / "orders.parquet").unlink()
    assert "there is no data/orders.parquet" in published.ok("doctor", "-q").out


def test_it_imports_no_user_code(published):
    published.write("order_features.py", "raise SystemExit('imported')")
    assert findings(published)["catalog freshness"]["message"] == "older than order_features"


def test_wrong_settings(published):
    published.replace("pyproject.toml", 'key = ["order"]', 'keyy = ["order"]')
    assert "did you mean 'key'" in findings(published, 2)["project settings"]["hint"]
    published.write("pyproject.toml", "[tool.featurecat")
    assert "not valid TOML" in findings(published, 2)["project settings"]["message"]


def test_modules_that_are_not_there(published):
    published.replace("pyproject.toml", '"order_features"', '"ordr_features", "shop.inner"')
    assert findings(published, 2)["project modules"]["message"] == "not found: ordr_features, shop.inner"


def test_a_damaged_catalog(published):
    published.store.catalog.write_bytes(b"garbage" * 1000)
    found = findings(published, 5)
    assert found["catalog integrity"]["hint"].startswith("run `featurecat index`")
    assert published.store.catalog.read_bytes() == b"garbage" * 1000


def test_an_unusable_manifest_and_a_lost_artifact(published):
    (manifest,) = published.manifests()
    (published.store.root / manifest.artifacts[0].path).unlink()
    assert "1 gone: " in findings(published, 5)["store artifacts"]["message"]
    path = published.store.manifest_path(manifest.run_id)
    path.write_text("{")
    assert "not JSON" in findings(published, 5)["store manifests"]["message"]
    assert path.read_text() == "{"  # it stays where it is


def test_an_unusable_snapshot(published):
    next(published.store.snapshots.iterdir()).write_text("{}")
    assert findings(published)["store snapshots"]["status"] == "warn"


def test_a_store_that_is_a_file(published):
    shutil.rmtree(published.store.root)
    published.store.root.touch()
    assert "is a file" in findings(published, 5)["store place"]["message"]


def test_problems_of_the_last_index(published):
    published.add_module("broken", "import nix\n")
    assert published.run("index").code == 2
    assert "nix" in findings(published)["catalog definitions"]["message"]


def test_secrets_stay_out(published):
    published.replace(
        "pyproject.toml", "[tool.featurecat.configs.us]", '[tool.featurecat.configs.us]\npassword = "hunter2000"'
    )
    published.replace("pyproject.toml", "data/orders.parquet", "data/hunter2000.parquet")
    told = published.run("doctor")
    assert "hunter2000" not in told.out + told.err


# --- installation ---------------------------------------------------------------------------------


def test_versions_that_do_not_fit(monkeypatch):
    asked = [
        Requirement("pandas", ">=99", None, "3.1"),
        Requirement("gone", ">=1", None, None),
        Requirement("ray", ">=9", "ray", "2.0"),
    ]
    monkeypatch.setattr(doctor, "requirements", lambda: asked)
    found = {finding.subject: finding for finding in doctor.diagnose() if finding.area == "installation"}
    assert (found["pandas"].status, found["pandas"].exit_code) == ("error", 2)
    assert "missing" in found["gone"].message
    assert found["ray"].status == "warn"


def test_an_extra_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(doctor, "requirements", lambda: [Requirement("pyspark", ">=4.0", "spark", None)])
    (found,) = [finding for finding in doctor.diagnose() if finding.subject == "extra spark"]
    assert (found.status, found.hint) == ("note", "pip install 'featurecat[spark]'")


def test_plugins_are_listed_by_metadata_and_two_claims_are_an_error(monkeypatch, tmp_path):
    for owner, name in (("one", "avro"), ("two", "avro"), ("two", "fine")):
        folder = tmp_path / f"{owner}-1.0.dist-info"
        folder.mkdir(exist_ok=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {owner}\nVersion: 1.0\n")
        with (folder / "entry_points.txt").open("a") as points:
            if not points.tell():
                points.write("[featurecat.io]\n")
            points.write(f"{name} = not_there_{owner}:Adapter\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {finding.subject: finding for finding in doctor.diagnose() if finding.area == "plugins"}
    assert found["featurecat.io: fine"].status == "ok"
    assert (found["featurecat.io: avro"].status, found["featurecat.io: avro"].exit_code) == ("error", 2)
    assert found["featurecat.io: avro"].message == "claimed by one and two"


@pytest.mark.parametrize(
    ("version", "bounds", "expected"),
    [
        ("3.1.1", ">=2.2", True),
        ("2.2", ">=2.2.0", True),
        ("2.1.9", ">=2.2", False),
        ("3.0", "<3,>=2", False),
        ("3.0.0.dev1", ">=3", True),
        ("1.4.2", "==1.4.*", True),
        ("1.5", "!=1.5.0", False),
        ("1.4.9", "~=1.4.2", True),
        ("1.5.0", "~=1.4.2", False),
        ("2", "<=2.0", True),
        ("2", ">2.0", False),
        ("2", "", True),
    ],
)
def test_versions(version, bounds, expected):
    assert fits(version, bounds) is expected


def test_requirements_are_read_from_metadata(monkeypatch):
    monkeypatch.setattr(
        metadata, "requires", lambda name: ["pandas>=2.2", "featurecat[test]; extra == 'dev'", 'ray>=2; extra == "ray"']
    )
    found = installation.requirements()
    assert [(each.name, each.bounds, each.extra) for each in found] == [
        ("pandas", ">=2.2", None),
        ("ray", ">=2", "ray"),
    ]


def test_a_store_that_is_a_link_to_nowhere(shop):
    (shop.root / ".featurecat").symlink_to(shop.root / "gone")
    found = findings(shop, 5)["store place"]
    assert found["status"] == "error"
    assert "which is not there" in found["message"]
    assert not (shop.root / "gone").exists()


def test_extras_are_told_in_a_line_each_unless_more_is_asked(shop):
    def extras(*words: str) -> list[str]:
        return [line.split(maxsplit=1)[1] for line in shop.ok("doctor", *words).out.splitlines() if " extra" in line]

    assert 1 <= len(extras()) <= 2 and all(line.startswith("extras") for line in extras())
    assert len(extras("-v")) > 2
    names = {row["subject"] for row in shop.ok("doctor", "--json").rows}
    assert sum(name.startswith("extra ") for name in names) == len(extras("-v"))
