"""Pipes, mutations, with_columns, unpacking and multiple extraction: node for node what Hamilton makes of the same text."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from featurecat import driver
from tests.support.modules import ModuleMaker

pytestmark = [pytest.mark.component("hamilton"), pytest.mark.filterwarnings("ignore")]

STEPS = """
from typing import Dict, List, Tuple
import pandas as pd
import polars as pl

def _add(x: int, y: int = 1) -> int:
    return x + y

def _mul(x: int, y: int) -> int:
    return x * y

def _txt(x: int) -> str:
    return str(x)

def _c(a: pd.Series, b: pd.Series, k: int) -> pd.Series:
    return a + b + k

def _d(_c: pd.Series) -> pd.Series:
    return _c * 2

def _n(_c: pd.Series) -> int:
    return len(_c)

def _z(b: pd.Series) -> pd.Series:
    return b
"""
OURS = """
from featurecat import (check_output, config, extract_columns, extract_fields, group, parameterize, source, tag, value)
from featurecat.function_modifiers.columns import with_columns
from featurecat.function_modifiers.conditions import config, exclude
from featurecat.function_modifiers.expand import inject
from featurecat.function_modifiers.expand_columns import ParameterizedExtract, parameterize_extract_columns
from featurecat.function_modifiers.extract import unpack_fields
from featurecat.function_modifiers.metadata import cache
from featurecat.function_modifiers.mutation import apply_to, mutate
from featurecat.function_modifiers.pipes import pipe_input, pipe_output, step
from featurecat.function_modifiers.schemas import schema
"""
THEIRS = """
from hamilton.function_modifiers import (apply_to, cache, check_output, config, extract_columns, extract_fields, group,
    inject, mutate, parameterize, parameterize_extract_columns, ParameterizedExtract, pipe_input, pipe_output, schema,
    source, step, tag, unpack_fields, value)
from hamilton.function_modifiers import hamilton_exclude as exclude
from hamilton.plugins.h_pandas import with_columns
"""

#: Decorated functions, by what they show, and the config they are built with.
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "names of steps": (
        '@pipe_input(step(_add, y=2), step(_add), step(_mul, y=source("k")).named("mm"))\ndef r(u: int) -> int: return u',
        {},
    ),
    "the other parameter, another namespace": (
        '@pipe_input(step(_add, y=2), step(_add), on_input="v", namespace="ns")\ndef r(u: int, v: int) -> int: return u - v',
        {},
    ),
    "no namespace": (
        '@pipe_input(step(_add, y=2).named("zz"), step(_add), namespace=None)\ndef r(u: int) -> int: return u',
        {},
    ),
    "namespaces of steps": (
        '@pipe_input(step(_add, y=2).named("zz", namespace=None), step(_add).namespaced("q"),'
        ' step(_mul, y=source("kk")).named("a", namespace="b"), step(_mul, value(3)))\ndef r(u: int) -> int: return u',
        {},
    ),
    "two pipes on one parameter": (
        '@pipe_input(step(_add, y=2), namespace="n2")\n@pipe_input(step(_mul, y=3), namespace="n1")\n'
        "def r(u: int, v: int) -> int: return u + v",
        {},
    ),
    "two pipes on two parameters": (
        '@pipe_input(step(_mul, y=2), on_input="v", namespace="n2")\n@pipe_input(step(_add, y=2), namespace="n1")\n'
        "def r(u: int, v: int) -> int: return u + v",
        {},
    ),
    "numbers go on over names and conditions": (
        '@pipe_input(step(_add).when(a=1), step(_add), step(_add).named("x"), step(_add))\ndef r(u: int) -> int: return u',
        {},
    ),
    "conditions that hold": (
        "@pipe_input(step(_add).when(a=1), step(_mul, y=2).when_not(a=1), step(_mul, y=3).when_in(a=[1, 2]),"
        " step(_mul, y=4).when_not_in(a=[1]))\ndef r(u: int) -> int: return u",
        {"a": 1},
    ),
    "conditions of which none holds": ("@pipe_input(step(_add).when(a=1))\ndef r(u: int) -> int: return u", {}),
    "no steps": ("@pipe_input()\ndef r(u: int) -> int: return u\n@pipe_output()\ndef s(u: int) -> int: return u", {}),
    "under a condition": (
        "@config.when(a=1)\n@pipe_input(step(_mul, y=2))\n@pipe_output(step(_add))\ndef r__x(u: int) -> int: return u",
        {"a": 1},
    ),
    "output": ("@pipe_output(step(_add), step(_txt))\ndef r(u: int) -> int: return u", {}),
    "output without a namespace": ("@pipe_output(step(_add), namespace=None)\ndef r(u: int) -> int: return u", {}),
    "output, namespace and name": (
        '@pipe_output(step(_add).named("k"), step(_mul, y=2), namespace="s")\n@tag(a="b")\ndef r(u: int) -> int: return u',
        {},
    ),
    "a step's namespace says nothing in an output": (
        '@pipe_output(step(_add).named("k", namespace="o"), step(_mul, y=2))\ndef r(u: int) -> int: return u',
        {},
    ),
    "every extracted field": (
        '@pipe_output(step(_add), step(_mul, y=2).on_output("a"))\n@extract_fields({"a": int, "b": int})\n'
        'def r(u: int) -> dict: return {"a": u, "b": u + 1}',
        {},
    ),
    "one extracted field": (
        '@pipe_output(step(_add), step(_mul, y=2), on_output=["a"])\n@extract_fields({"a": int, "b": int})\n'
        'def r(u: int) -> dict: return {"a": u, "b": u + 1}',
        {},
    ),
    "conditions in an output": (
        "@pipe_output(step(_txt).when(a=1), step(_add).when_not(a=1))\ndef r(u: int) -> int: return u",
        {},
    ),
    "no condition holds in an output": ("@pipe_output(step(_txt).when(a=1))\ndef r(u: int) -> int: return u", {}),
    "both sides": (
        "@pipe_input(step(_add))\n@pipe_output(step(_mul, y=3))\ndef r(u: int) -> int: return u",
        {},
    ),
    "checks above": (
        "@check_output(range=(0, 100))\n@pipe_output(step(_add))\ndef r(u: int) -> int: return u",
        {},
    ),
    "checks below": (
        "@pipe_output(step(_add))\n@check_output(range=(0, 100))\ndef r(u: int) -> int: return u",
        {},
    ),
    "mutations": (
        "def a(u: int) -> int: return u\ndef b(u: int) -> int: return u\n"
        "@mutate(a, b)\ndef _t1(x: int) -> int: return x + 10\n"
        '@mutate(b, apply_to(a, y=source("k")).named("foo").when_not(z=1), y=3)\n'
        "def t2(x: int, y: int) -> int: return x * y",
        {},
    ),
    "a mutation after a pipe": (
        "@pipe_output(step(_add))\ndef a(u: int) -> int: return u\n@mutate(a)\ndef _t1(x: int) -> int: return x * 5",
        {},
    ),
    "mutations of fields": (
        '@extract_fields({"a": int, "b": int})\ndef r(u: int) -> dict: return {"a": u, "b": u + 1}\n'
        '@mutate(apply_to(r).on_output("a"))\ndef _t1(x: int) -> int: return x + 1\n'
        "@mutate(r)\ndef _t2(x: int) -> int: return x * 2",
        {},
    ),
    "one of two mutations": (
        "def r(u: int) -> int: return u\n"
        "@mutate(apply_to(r).when(a=1), apply_to(r, y=3))\ndef _m(x: int, y: int = 2) -> int: return x + y",
        {},
    ),
    "mutations of variants": (
        "@config.when(a=1)\ndef r__1(u: int) -> int: return u\n@config.when(a=2)\ndef r__2(u: int) -> int: return -u\n"
        "@mutate(r__1, r__2)\ndef _m(x: int, y: int = 2) -> int: return x + y",
        {"a": 2},
    ),
    "columns": (
        '@with_columns(_c, _d, _n, columns_to_pass=["a", "b"])\ndef out(df: pd.DataFrame, v: int) -> pd.DataFrame: return df',
        {},
    ),
    "selected columns": (
        '@with_columns(_c, _d, _n, _z, columns_to_pass=["a", "b"], select=["_d"], namespace="nn")\n'
        "def out(df: pd.DataFrame) -> pd.DataFrame: return df",
        {},
    ),
    "columns that are passed and selected": (
        '@with_columns(_z, columns_to_pass=["a", "b"], select=["_z", "b"])\ndef out(df: pd.DataFrame) -> pd.DataFrame: return df',
        {},
    ),
    "columns extracted by the user": (
        'def _a(df: pd.DataFrame) -> pd.Series: return df["a"] * 10\ndef _e(_a: pd.Series) -> pd.Series: return -_a\n'
        '@with_columns(_a, _e, on_input="df")\ndef out(u: int, df: pd.DataFrame) -> pd.DataFrame: return df',
        {},
    ),
    "columns twice": (
        '@with_columns(_z, columns_to_pass=["b"])\n@with_columns(_z, columns_to_pass=["b"], namespace="x")\n'
        "def out(df: pd.DataFrame) -> pd.DataFrame: return df",
        {},
    ),
    "columns by config": (
        "@config.when(m=1)\ndef _v__1(a: pd.Series) -> pd.Series: return a\n"
        "@config.when(m=2)\ndef _v__2(b: pd.Series) -> pd.Series: return b\n"
        '@with_columns(_v__1, _v__2, columns_to_pass=["a", "b"], config_required=["m"])\n'
        "def out(df: pd.DataFrame) -> pd.DataFrame: return df",
        {"m": 2},
    ),
    "columns of which none holds": (
        "@config.when(m=1)\ndef _v__1(a: pd.Series) -> pd.Series: return a\n"
        '@with_columns(_v__1, _z, columns_to_pass=["a", "b"])\ndef out(df: pd.DataFrame) -> pd.DataFrame: return df',
        {},
    ),
    "unpacked tuples": (
        '@unpack_fields("a", "b")\ndef f() -> Tuple[int, str]: return 1, "x"\n'
        '@unpack_fields("c")\ndef g() -> Tuple[int, str]: return 2, "y"\n'
        '@unpack_fields("d", "e")\ndef i() -> Tuple[int, ...]: return 3, 4',
        {},
    ),
    "several frames": (
        '@parameterize_extract_columns(ParameterizedExtract(("o1", "o2"), {"p": source("u")}),'
        ' ParameterizedExtract(("o3", "o4"), {"p": value(2)}))\n'
        'def f(p: int, q: int = 7) -> pd.DataFrame: return pd.DataFrame({"x": [p], "y": [q]})',
        {},
    ),
    "several frames that name their columns": (
        '@parameterize_extract_columns(ParameterizedExtract(("o1", "o2"), {"p": source("u")}), reassign_columns=False)\n'
        'def f(p: int, q: int = 7) -> pd.DataFrame: return pd.DataFrame({"o1": [p], "o2": [q]})',
        {},
    ),
    "injected arguments": (
        '@inject(p=source("u"), q=value(3), r=group(source("u"), value(1)))\n'
        "def g(p: int, q: int, r: List[int], s: int = 2) -> int: return p + q + sum(r) + s",
        {},
    ),
    "conditions as functions": (
        '@config(lambda given: given.get("z") == 1, target_name="tt", config_used=["z"])\ndef g(u: int) -> int: return u\n'
        '@config(lambda given: given.get("z") == 1)\ndef h__one(u: int) -> int: return u\n'
        '@config(lambda given: given.get("z") == 2)\ndef h__two(u: int) -> int: return -u',
        {"z": 1},
    ),
    "excluded functions": ("@exclude\ndef g(u: int) -> int: return u\ndef q(u: int) -> int: return u", {}),
    "cache and schema": (
        '@cache(behavior="recompute", format="parquet")\n@extract_columns("q")\n'
        'def g(u: int) -> pd.DataFrame: return pd.DataFrame({"q": [u]})\n'
        '@schema.output(("p", "int"))\ndef f(u: int) -> pd.DataFrame: return pd.DataFrame({"p": [u]})',
        {},
    ),
}

INPUTS = {"u": 5, "v": 3, "k": 2, "kk": 4, "df": pd.DataFrame({"a": [1, 2], "b": [3, 4]})}


def _ours(module: ModuleType, config: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    built = driver.Builder().with_modules(module).with_config(dict(config)).build()
    nodes = {
        name: (
            {dependency.name for dependency in node.dependencies if not dependency.optional},
            {dependency.name for dependency in node.dependencies if dependency.optional},
        )
        for name, node in built.graph.nodes.items()
        if not node.given
    }
    return nodes, built


def _theirs(module: ModuleType, config: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    from hamilton import driver as hamilton_driver

    built = hamilton_driver.Builder().with_modules(module).with_config(dict(config)).build()
    nodes = {
        variable.name: (set(variable.required_dependencies), set(variable.optional_dependencies))
        for variable in built.list_available_variables()
        if not variable.is_external_input
    }
    return nodes, built


@pytest.mark.parametrize("case", CASES)
def test_nodes_edges_and_values_are_the_same(
    make_module: ModuleMaker, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("HAMILTON_TELEMETRY_ENABLED", "false")
    source, config = CASES[case]
    ours, our_driver = _ours(make_module(STEPS + OURS + source), config)
    theirs, their_driver = _theirs(make_module(STEPS + THEIRS + source), config)
    assert ours == theirs
    names = [name for name in ours if not name.endswith("_validator")]
    inputs = {name: INPUTS[name] for name in our_driver.graph.nodes if name in INPUTS}
    got = our_driver.execute(names, inputs=inputs)
    expected = their_driver.execute(names, inputs=inputs)
    for name in names:
        if isinstance(expected[name], pd.DataFrame | pd.Series):
            assert got[name].equals(expected[name]), name
        else:
            assert got[name] == expected[name], name


def test_cache_tags_are_the_same(make_module: ModuleMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMILTON_TELEMETRY_ENABLED", "false")
    source, config = CASES["cache and schema"]
    _, ours = _ours(make_module(STEPS + OURS + source), config)
    _, theirs = _theirs(make_module(STEPS + THEIRS + source), config)
    expected = {variable.name: variable.tags for variable in theirs.list_available_variables()}
    for name in ("g", "q"):
        tags = {key: values[0] for key, values in ours.graph.nodes[name].tags.items()}
        assert tags == {key: text for key, text in expected[name].items() if key.startswith("cache.")}
    assert "hamilton" in sys.modules
