from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.errors import StoreError
from featurecat.storage.parquet import (
    content_hash,
    footer_metadata,
    read_footer,
    schema_hash,
    storable_schema,
    write_parquet,
)

KINDS = [
    pa.int8(), pa.uint64(), pa.float16(), pa.float64(), pa.bool_(), pa.null(), pa.string(), pa.large_string(),
    pa.large_binary(), pa.date32(), pa.date64(), pa.time32("s"), pa.time64("ns"),
    pa.timestamp("s"), pa.timestamp("us", "UTC"), pa.timestamp("ns"), pa.duration("s"), pa.decimal128(10, 2),
    pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.uint32(), pa.large_string()),
    pa.list_(pa.timestamp("s")), pa.struct([("inner", pa.time32("s"))]), pa.map_(pa.string(), pa.int32()),
]  # fmt: skip
if int(pa.__version__.partition(".")[0]) >= 18:  # older ones refuse to write views, and to_arrow makes none
    KINDS.append(pa.string_view())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_what_is_written_is_what_the_storable_schema_says(kind: pa.DataType, tmp_path: Path) -> None:
    table = pa.table({"x": pa.nulls(3, kind)})
    write_parquet(table, tmp_path / "x.parquet", metadata=footer_metadata("r", "a", ("x",)))
    footer = read_footer(tmp_path / "x.parquet")
    assert footer.schema.equals(storable_schema(table.schema))
    assert (footer.rows, footer.bytes) == (3, (tmp_path / "x.parquet").stat().st_size)


@pytest.mark.parametrize("kind", [pa.month_day_nano_interval(), pa.struct([])], ids=str)
def test_what_parquet_cannot_hold_is_named(kind: pa.DataType, tmp_path: Path) -> None:
    table = pa.table({"good": pa.nulls(1, pa.int8()), "bad": pa.nulls(1, kind), "worse": pa.nulls(1, kind)})
    with pytest.raises(StoreError, match="cannot hold: bad, worse") as caught:
        storable_schema(table.schema)
    assert caught.value.code == "not-tabular"
    with pytest.raises(StoreError, match=r"x\.parquet"):
        write_parquet(table, tmp_path / "x.parquet", metadata={})


def test_the_footer_has_our_keys_alone(tmp_path: Path) -> None:
    table = pa.table({"x": [1]}).replace_schema_metadata({"pandas": "{}", "featurecat.run_id": "stale"})
    write_parquet(table, tmp_path / "x.parquet", metadata=footer_metadata("r", "a", ("x,y", "é"), sample=True))
    metadata = read_footer(tmp_path / "x.parquet").metadata
    assert json.loads(metadata["featurecat.features"]) == ["x,y", "é"]
    assert {key: text for key, text in metadata.items() if key != "featurecat.features"} == {
        "featurecat.schema_version": "1",
        "featurecat.run_id": "r",
        "featurecat.artifact_id": "a",
        "featurecat.sample": "true",
    }
    assert b"pandas" not in pq.ParquetFile(tmp_path / "x.parquet").metadata.metadata


def test_dictionaries_are_for_text_alone(tmp_path: Path) -> None:
    table = pa.table({"figure": [0.5] * 100, "text": ["a"] * 100})
    write_parquet(table, tmp_path / "x.parquet", metadata={})
    columns = pq.ParquetFile(tmp_path / "x.parquet").metadata.row_group(0)
    assert [columns.column(i).has_dictionary_page for i in range(2)] == [False, True]
    assert {columns.column(i).compression for i in range(2)} == {"ZSTD"}


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "text", "directory"])
def test_a_file_that_is_not_whole_is_named(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    if damage == "directory":
        path.mkdir()
    elif damage != "missing":
        write_parquet(pa.table({"x": list(range(1000))}), path, metadata={})
        content = path.read_bytes()
        path.write_bytes({"empty": b"", "cut": content[:-9], "text": b"x,y\n1,2\n"}[damage])
    with pytest.raises(StoreError, match=r"x\.parquet is not a readable Parquet file") as caught:
        read_footer(path)
    assert caught.value.code == "source-unreadable"


def test_hashes_tell_apart_what_differs(tmp_path: Path) -> None:
    schemas = [
        pa.schema([("a", pa.int64()), ("b", pa.int64())]),
        pa.schema([("b", pa.int64()), ("a", pa.int64())]),
        pa.schema([("a", pa.int64())]),
        pa.schema([("a", pa.int32())]),
        pa.schema([pa.field("a", pa.int32(), nullable=False)]),
    ]
    assert len({schema_hash(schema) for schema in schemas}) == len(schemas)
    assert schema_hash(schemas[0].with_metadata({"k": "v"})) == schema_hash(schemas[0])
    (tmp_path / "x").write_bytes(b"abc")
    assert content_hash(tmp_path / "x") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
