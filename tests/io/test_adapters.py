"""The protocol of loaders and savers, the registry, and what ``to`` and ``from_`` write down."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.errors import DefinitionError, RequestError
from featurecat.io import from_, register_adapter, to
from featurecat.io.adapter_registry import ADAPTERS, LOADED_FORMATS, SAVED_FORMATS, AdapterRegistry
from featurecat.io.adapters import AdapterError, DataAdapter, DataLoader, DataSaver, UnknownFormatError, suits
from featurecat.io.materializers import Loading, Saving

TABLES = ("csv", "excel", "feather", "json", "ndjson", "orc", "parquet", "sql", "sqlite")


@dataclass
class Registered(DataLoader, DataSaver):
    """Both a loader and a saver."""

    path: str
    stage: str = "trial"

    @classmethod
    def name(cls) -> str:
        return "model_registry"

    @classmethod
    def applicable_types(cls) -> Collection[type]:
        return [dict]

    @classmethod
    def applies_to(cls, type_: Any) -> bool:
        return suits(dict, type_)

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        return {"path": self.path}, {"stage": self.stage}

    def save_data(self, data: Any) -> dict[str, Any]:
        return {"stage": self.stage}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("type_", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table, pd.Series, pl.Series])
def test_every_table_format_is_for_every_library(name: str, type_: Any) -> None:
    for direction in ("load", "save"):
        adapter = ADAPTERS.find(direction, name, type_)
        assert adapter is not None
        assert adapter.applies_to(type_)
        assert adapter.name() == name
    assert ADAPTERS.find("load", "parquet", pl.Expr) is None
    assert ADAPTERS.find("load", "parquet", dict) is None


@pytest.mark.parametrize("direction", ["load", "save"])
def test_one_vocabulary(direction: str) -> None:
    """What several formats take is called the same, has one type and one default."""
    seen: dict[str, tuple[Any, Any]] = {}
    for name in ADAPTERS.formats(direction):
        for adapter in ADAPTERS.candidates(direction, name):
            assert adapter.__doc__
            types = {**adapter.get_required_arguments(), **adapter.get_optional_arguments()}
            for field in fields(adapter):  # type: ignore[arg-type] # adapters are dataclasses
                if field.name in ("compression", "encoding", "value", "names"):
                    continue  # what there is to choose from is the format's own
                known = seen.setdefault(field.name, (types[field.name], field.default))
                if field.name not in ("sheet", "table"):
                    assert known == (types[field.name], field.default), (adapter, field.name)


def test_names_that_are_offered_exist() -> None:
    assert set(LOADED_FORMATS) - set(SAVED_FORMATS) == {"environment", "literal"}
    assert set(SAVED_FORMATS) - set(LOADED_FORMATS) == {"memory"}
    for direction, names in (("load", LOADED_FORMATS), ("save", SAVED_FORMATS)):
        for name in names:
            assert ADAPTERS.candidates(direction, name)


def test_own_adapters_come_before_the_built_in_ones() -> None:
    registry = AdapterRegistry(ADAPTERS)
    registry.register(Registered)
    assert "model_registry" in registry.formats("load")
    assert "model_registry" not in ADAPTERS.formats("load")
    assert registry.find("load", "model_registry", dict[str, int]) is Registered
    assert registry.find("save", "model_registry", dict) is Registered
    assert registry.find("save", "model_registry", list) is None

    @dataclass
    class Json(Registered):
        @classmethod
        def name(cls) -> str:
            return "json"

    registry.register(Json)
    assert registry.find("load", "json", dict) is Json
    assert registry.find("load", "json", pd.DataFrame) is not Json
    assert ADAPTERS.find("load", "json", dict) is not Json


def test_registering_again_replaces() -> None:
    registry = AdapterRegistry()
    registry.register(Registered)
    registry.register(Registered)
    assert registry.candidates("load", "model_registry") == [Registered]


def test_arguments_are_the_fields() -> None:
    assert Registered.get_required_arguments() == {"path": str}
    assert Registered.get_optional_arguments() == {"stage": str}
    assert Registered.can_load()
    assert Registered.can_save()


def test_the_shared_registry_takes_what_users_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ADAPTERS, "_own", {})
    register_adapter(Registered)
    saving = to.model_registry(id="m", dependencies=["model"], path="x")
    assert isinstance(saving, Saving)
    assert "model_registry" in dir(from_)


# --- errors -----------------------------------------------------------------------------------------


class _NoDataclass(DataSaver):
    path: str

    @classmethod
    def name(cls) -> str:
        return "bad name"

    @classmethod
    def applicable_types(cls) -> Collection[type]:
        return []

    def save_data(self, data: Any) -> dict[str, Any]:
        return {}


class _Abstract(DataLoader):
    @classmethod
    def name(cls) -> str:
        return "abstract"


def test_everything_wrong_with_a_class_is_told_at_once() -> None:
    with pytest.raises(AdapterError) as caught:
        register_adapter(_NoDataclass)
    assert [problem.message for problem in caught.value.problems] == [
        "_NoDataclass is not a dataclass, so its arguments are unknown",
        "_NoDataclass.name() is 'bad name', which cannot be written as to.bad name",
        "_NoDataclass.applicable_types() names no type",
    ]
    assert all(problem.file == __file__ and problem.line for problem in caught.value.problems)
    with pytest.raises(AdapterError, match="_Abstract does not define applicable_types, load_data"):
        register_adapter(_Abstract)


@pytest.mark.parametrize("adapter", [3, dict, DataAdapter, Registered("x")], ids=repr)
def test_what_is_no_adapter_is_refused(adapter: Any) -> None:
    with pytest.raises(AdapterError, match="is neither a DataLoader nor a DataSaver class"):
        register_adapter(adapter)


@pytest.mark.parametrize("namespace", [to, from_])
def test_an_unknown_format_is_an_attribute_error_with_a_way_out(namespace: Any) -> None:
    with pytest.raises(UnknownFormatError, match="the format 'parqet'") as caught:
        _ = namespace.parqet
    assert isinstance(caught.value, AttributeError)
    assert isinstance(caught.value, DefinitionError)
    assert "did you mean 'parquet'? there are csv, " in str(caught.value)
    assert not hasattr(namespace, "nothing_like_it")


def test_namespaces_are_no_functions_and_can_be_looked_at() -> None:
    with pytest.raises(RequestError, match="to is used with the name of a format") as caught:
        to("weeks.parquet")
    assert caught.value.problems[0].file == __file__
    assert "memory" in dir(to)
    assert "parquet" in repr(from_)
    assert copy.copy(to) is not None
    assert "Columns to write" in (to.parquet.__doc__ or "")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: to.csv(id=3, dependencies=["a"], path="x"), "id= is a name, not 3"),
        (lambda: to.csv(id="", dependencies=["a"], path="x"), "id= is a name, not ''"),
        (lambda: to.csv(id="a", dependencies="b", path="x"), "dependencies= is a list of what is saved, not 'b'"),
        (lambda: to.csv(id="a", dependencies=[], path="x"), r"dependencies= is a list of what is saved, not \[\]"),
        (lambda: to.csv(id="a", dependencies=["b"], combine=dict, path="x"), "combine= takes an object"),
        (lambda: from_.csv(target=None, path="x"), "target= is a name, not None"),
    ],
)
def test_misuse_is_told_where_it_is_written(make: Any, message: str) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        make()
    (problem,) = caught.value.problems
    assert problem.file == __file__
    assert problem.line
    assert problem.hint


def test_materializers_know_their_place() -> None:
    loading = from_.csv(target="weeks", path=Path("weeks.csv"))
    assert isinstance(loading, Loading)
    assert loading.place[0] == __file__
    assert str(loading) == "from_.csv(target='weeks')"
    assert str(to.csv("saved", ["weeks"], path="x")) == "to.csv(id='saved')"
    again = pickle.loads(pickle.dumps(loading))
    assert (again.target, again.registry) == ("weeks", ADAPTERS)
    own = AdapterRegistry(ADAPTERS)
    own.register(Registered)
    assert pickle.loads(pickle.dumps(own)).find("save", "model_registry", dict) is Registered


@pytest.mark.parametrize(
    ("wanted", "given", "fits"),
    [
        (dict, dict[str, int], True),
        (Any, int, True),
        (dict | list, list[int], True),
        (dict, dict | list, False),
        (int | None, int, True),
        (object, pd.DataFrame, True),
        (int, bool, True),
        (str, int, False),
        (dict, Any, False),
    ],
)
def test_suits(wanted: Any, given: Any, fits: bool) -> None:
    assert suits(wanted, given) is fits
