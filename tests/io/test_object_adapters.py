"""Plain objects to files and back, and what is loaded from nowhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from featurecat.errors import RunError, StoreError, UnsupportedError
from featurecat.io.adapter_registry import ADAPTERS


def save(name: str, data: Any, **arguments: Any) -> Any:
    saver: Any = ADAPTERS.find("save", name, type(data))
    return saver(**arguments).save_data(data)


def load(name: str, type_: Any, **arguments: Any) -> tuple[Any, dict[str, Any]]:
    loader: Any = ADAPTERS.find("load", name, type_)
    loaded: tuple[Any, dict[str, Any]] = loader(**arguments).load_data(type_)
    return loaded


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS, name=st.sampled_from(["json", "yaml", "pickle"]))
def test_law_documents_come_back(tmp_path: Path, document: Any, name: str) -> None:
    path = tmp_path / f"d.{name}"
    save(name, {"document": document}, path=path)
    found, metadata = load(name, dict, path=path)
    assert found == {"document": document}
    assert metadata["file_metadata"]["size"] == path.stat().st_size


@pytest.mark.parametrize("name", ["json", "yaml"])
@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ([1, 2], list[int]),
        ({"a": 1}, dict[str, int]),
        ({"a": 1}, dict[str, int] | None),
        ("text", str),
        (2, float),
        (True, bool),
        ({"a": [1]}, Any),
    ],
)
def test_documents_have_the_type_asked_for(tmp_path: Path, name: str, value: Any, type_: Any) -> None:
    save(name, value, path=tmp_path / "d")
    assert load(name, type_, path=tmp_path / "d")[0] == value


@pytest.mark.parametrize("name", ["json", "yaml"])
def test_a_document_of_another_type_is_refused(tmp_path: Path, name: str) -> None:
    save(name, [1], path=tmp_path / "d")
    with pytest.raises(StoreError, match="holds a value of type list, where dict is asked for"):
        load(name, dict, path=tmp_path / "d")


def test_json_is_indented_on_demand(tmp_path: Path) -> None:
    save("json", {"ä": 1}, path=tmp_path / "d.json", indent=2)
    assert (tmp_path / "d.json").read_text(encoding="utf-8") == '{\n  "ä": 1\n}'


@pytest.mark.parametrize(
    "value",
    [pd.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}), pd.Series([1]), pl.Series([1]), {1, 2}],
    ids=["pandas", "polars", "series", "polars-series", "set"],
)
def test_anything_is_pickled(tmp_path: Path, value: Any) -> None:
    save("pickle", value, path=tmp_path / "v.pickle", protocol=4)
    found = load("pickle", type(value), path=tmp_path / "v.pickle")[0]
    assert type(found) is type(value)
    assert found.equals(value) if hasattr(value, "equals") else found == value


def test_arrays_keep_shape_and_type(tmp_path: Path) -> None:
    array = np.arange(6, dtype="float32").reshape(2, 3)
    save("npy", array, path=tmp_path / "a.array")
    found = load("npy", np.ndarray, path=tmp_path / "a.array")[0]
    assert found.dtype == array.dtype
    assert (found == array).all()
    assert ADAPTERS.find("load", "npy", pd.Series) is None


def test_arrays_of_objects_are_pickles_and_have_to_be_asked_for(tmp_path: Path) -> None:
    array = np.array([{"a": 1}], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        save("npy", array, path=tmp_path / "a.npy")
    assert list(tmp_path.iterdir()) == []
    save("npy", array, path=tmp_path / "a.npy", allow_pickle=True)
    with pytest.raises(StoreError, match="cannot be read as npy"):
        load("npy", np.ndarray, path=tmp_path / "a.npy")
    assert load("npy", np.ndarray, path=tmp_path / "a.npy", allow_pickle=True)[0].tolist() == [{"a": 1}]


def test_files_are_text_or_bytes(tmp_path: Path) -> None:
    save("file", "Grüße", path=tmp_path / "t.txt", encoding="latin-1")
    assert load("file", str, path=tmp_path / "t.txt", encoding="latin-1")[0] == "Grüße"
    assert load("file", bytes, path=tmp_path / "t.txt")[0] == "Grüße".encode("latin-1")
    with pytest.raises(StoreError, match="cannot be read as file"):
        load("file", str, path=tmp_path / "t.txt")
    save("file", b"\x00\x01", path=tmp_path / "t.bin")
    assert load("file", bytes, path=tmp_path / "t.bin")[0] == b"\x00\x01"


def test_environment_variables_are_all_named_when_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURECAT_TEST_HOST", "here")
    assert load("environment", dict[str, str], names=["FEATURECAT_TEST_HOST"]) == ({"FEATURECAT_TEST_HOST": "here"}, {})
    with pytest.raises(RunError) as caught:
        load("environment", dict, names=["FEATURECAT_TEST_A", "FEATURECAT_TEST_HOST", "FEATURECAT_TEST_B"])
    assert [problem.hint for problem in caught.value.problems] == [
        "export FEATURECAT_TEST_A=…",
        "export FEATURECAT_TEST_B=…",
    ]


def test_literals_and_memory_keep_the_value_itself() -> None:
    value = object()
    assert load("literal", object, value=value) == (value, {})
    assert save("memory", value) is value


@pytest.mark.parametrize(
    ("name", "type_"), [("json", dict), ("yaml", dict), ("pickle", dict), ("npy", np.ndarray), ("file", str)]
)
def test_missing_and_broken_files_are_named(tmp_path: Path, name: str, type_: Any) -> None:
    path = tmp_path / "d"
    with pytest.raises(StoreError, match="there is no file .*d"):
        load(name, type_, path=path)
    path.write_bytes(b"\xff\xfe{ this is none: [")
    with pytest.raises(StoreError, match=f"cannot be read as {name}"):
        load(name, type_, path=path)


@pytest.mark.parametrize("name", ["json", "yaml", "pickle"])
def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "d"
    save(name, {"a": 1}, path=path)
    before = path.read_bytes()
    saver: Any = ADAPTERS.find("save", name, dict)
    with pytest.raises(Exception, match=r"(?i)lambda|serializable|represent"):
        saver(path=path).save_data({"a": lambda: 1})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_without_yaml_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(UnsupportedError, match="need PyYAML") as caught:
        save("yaml", {"a": 1}, path=tmp_path / "d.yaml")
    assert caught.value.problems[0].hint == "pip install 'featurecat[yaml]'"


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ({"mean": float("nan"), "all": [1.5, float("nan")]}, {"mean": None, "all": [1.5, None]}),
        ([{"pair": (float("nan"), 2)}], [{"pair": [None, 2]}]),
        (float("nan"), None),
    ],
)
def test_json_says_null_for_nan(tmp_path: Path, data: Any, read: Any) -> None:
    save("json", data, path=tmp_path / "found.json")
    assert json.loads((tmp_path / "found.json").read_text(), parse_constant=pytest.fail) == read


@pytest.mark.parametrize("number", [float("inf"), float("-inf")])
def test_json_has_no_word_for_infinity(tmp_path: Path, number: float) -> None:
    path = tmp_path / "found.json"
    path.write_text("{}")
    with pytest.raises(RunError, match="json has no infinite numbers"):
        save("json", {"deep": [number]}, path=path)
    assert path.read_text() == "{}"
