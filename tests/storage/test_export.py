from __future__ import annotations

import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from featurecat.errors import RequestError, StoreError
from featurecat.records import Manifest
from featurecat.storage import export
from featurecat.storage.export import export_run, export_table, export_targets
from featurecat.storage.layout import Store
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import content_hash, footer_metadata, read_footer


@pytest.fixture
def one(store: Store, runs: ModuleType) -> Manifest:
    return read_manifest(store.manifest_path(runs.run(store, "publish", drafts=runs.DRAFTS[:1])))


@pytest.fixture
def two(store: Store, runs: ModuleType) -> Manifest:
    return read_manifest(store.manifest_path(runs.run(store, "publish")))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_one_artifact_becomes_one_file(store: Store, one: Manifest, place: Path) -> None:
    output = place / "x.parquet"
    output.write_text("older")
    assert export_run(store, one, output) == (output,)
    artifact = store.root / one.artifacts[0].path
    assert content_hash(output) == one.artifacts[0].content_hash
    assert output.stat().st_ino != artifact.stat().st_ino and artifact.stat().st_nlink == 1
    assert [path.name for path in place.iterdir()] == ["x.parquet"]


@pytest.mark.parametrize("output", ["", "new"])
def test_several_artifacts_become_files_in_a_directory(output: str, store: Store, two: Manifest, place: Path) -> None:
    written = export_run(store, two, place / output)
    assert [path.name for path in written] == ["flight@hour.parquet", "rows-planes.parquet"]
    assert sorted((place / output).iterdir()) == sorted(written)
    assert [content_hash(path) for path in written] == [artifact.content_hash for artifact in two.artifacts]


def test_one_artifact_into_a_directory(store: Store, one: Manifest, place: Path) -> None:
    assert export_run(store, one, place) == (place / "flight@hour.parquet",)


def test_parts_of_one_grain_get_numbered_names(place: Path) -> None:
    assert [path.name for path in export_targets(place, ["a", "b", "a"])] == ["a.parquet", "b.parquet", "a-1.parquet"]


@pytest.mark.parametrize("existing", [True, False])
def test_two_grains_into_one_file_list_the_grains(existing: bool, store: Store, two: Manifest, place: Path) -> None:
    output = place / "x.parquet"
    if existing:
        output.write_text("older")
    with pytest.raises(RequestError, match="(?s)2 grains.*grain flight@hour.*grain rows-planes") as caught:
        export_run(store, two, output)
    assert (caught.value.code, caught.value.exit_code) == ("mixed-grain", 2)


@pytest.mark.parametrize(
    ("output", "grains", "reason"),
    [
        ("missing/x.parquet", ["a"], "the directory of .* does not exist"),
        ("missing/new", ["a", "b"], "the parent of directory .* does not exist"),
        ("pipe", ["a"], "is not a plain file"),
        ("file/x.parquet", ["a"], "is a file, not a directory"),
    ],
)
def test_an_output_that_cannot_be_is_refused(output: str, grains: list[str], reason: str, place: Path) -> None:
    os.mkfifo(place / "pipe")
    (place / "file").write_text("")
    with pytest.raises(StoreError, match=reason) as caught:
        export_targets(place / output, grains)
    assert caught.value.code == "output-unwritable"


def test_an_output_without_permission_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export.os, "access", lambda path, mode: False)
    with pytest.raises(StoreError, match="no permission"):
        export_targets(place / "x.parquet", ["a"])


def test_nothing_is_exported_into_the_store(store: Store, one: Manifest) -> None:
    with pytest.raises(RequestError, match="lies in the store"):
        export_run(store, one, store.root / one.artifacts[0].path)


def test_a_link_is_followed(store: Store, one: Manifest, place: Path) -> None:
    (place / "link").symlink_to(place / "x.parquet")
    assert export_run(store, one, place / "link") == (place / "x.parquet",)
    assert (place / "link").is_symlink()


@pytest.mark.parametrize("end", ["quarantine", "fail"])
def test_what_was_not_published_is_not_exported(end: str, store: Store, runs: ModuleType, place: Path) -> None:
    manifest = read_manifest(store.manifest_path(runs.run(store, end)))
    with pytest.raises(RequestError, match="nothing to export"):
        export_run(store, manifest, place)


def test_missing_and_damaged_artifacts_are_reported_together(store: Store, two: Manifest, place: Path) -> None:
    (store.root / two.artifacts[0].path).unlink()
    (store.root / two.artifacts[1].path).write_bytes(b"")
    with pytest.raises(StoreError, match="(?s)cannot be read: No such file.*0 bytes instead of") as caught:
        export_run(store, two, place)
    assert len(caught.value.problems) == 2
    assert list(place.iterdir()) == []


POINTS = ["export.written", "export.written#2", "export.synced#2", "export.after_replace", "export.after_replace#2"]


@pytest.mark.parametrize("refusal", ["ENOSPC", "EACCES"])
@pytest.mark.parametrize("point", [*POINTS, "export.committed"])
def test_a_refused_export_is_whole_or_as_it_was(
    point: str, refusal: str, store: Store, two: Manifest, place: Path, arm: Any, sound_manifests: Any
) -> None:
    (place / "flight@hour.parquet").write_text("older")
    arm(f"{point}=raise:{refusal}")
    with pytest.raises(StoreError, match=re.escape(f"featurecat export {two.run_id} -o {place}")) as caught:
        export_run(store, two, place)
    assert caught.value.code == "output-unwritable"
    first = place / "flight@hour.parquet"
    if point.startswith(("export.written", "export.synced")):
        assert "it is as it was" in str(caught.value)
        assert [path.name for path in place.iterdir()] == [first.name] and first.read_text() == "older"
    else:
        assert f"complete already: {first}" in str(caught.value)
        assert content_hash(first) == two.artifacts[0].content_hash
    assert not list(place.glob(".*"))
    assert sound_manifests(store)[two.run_id].status == "published"


def test_blocks_are_shared_where_the_file_system_can(
    store: Store, one: Manifest, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clone(writer: int, request: int, reader: int) -> int:
        assert request == 0x40049409
        os.write(writer, os.pread(reader, 1 << 20, 0))
        return 0

    monkeypatch.setattr(export.fcntl, "ioctl", clone)
    (output,) = export_run(store, one, place / "x.parquet")
    assert content_hash(output) == one.artifacts[0].content_hash


def test_a_sample_says_that_it_is_one(place: Path) -> None:
    (target,) = export_targets(place / "x.parquet", ["flight"])
    metadata = footer_metadata(features=("delay",), sample=True)
    export_table(pa.table({"delay": [0.5]}), target, metadata=metadata)
    footer = read_footer(target)
    assert footer.metadata == metadata and footer.rows == 1
    assert "featurecat.run_id" not in footer.metadata and footer.metadata["featurecat.sample"] == "true"


def test_a_sample_that_cannot_be_written_leaves_nothing(place: Path, arm: Any) -> None:
    with pytest.raises(StoreError, match=r"as Parquet") as caught:
        bad = pa.table({"x": pa.nulls(1, pa.month_day_nano_interval())})
        export_table(bad, place / "x.parquet", metadata={})
    assert caught.value.code == "not-tabular"
    arm("export.written=raise:ENOSPC")
    with pytest.raises(StoreError, match=r"x\.parquet cannot be written: No space left"):
        export_table(pa.table({"x": [1]}), place / "x.parquet", metadata={})
    assert list(place.iterdir()) == []
