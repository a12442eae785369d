"""What functions read of the frames they take, told from their source.

A case is the body of ``def made(frame, other, seen) -> …``, and what is read: ``a b`` counts for all that is made, and
``x = a b`` is a column ``x`` made of ``a`` and ``b``. Columns of ``other`` are written ``other.a``.
"""

from __future__ import annotations

import importlib
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from featurecat.definition.collect import collect
from featurecat.definition.fingerprint import Fingerprints
from featurecat.graph.build import try_build_graph
from featurecat.project.column_reads import column_reads_of
from featurecat.project.rows import GraphDefinitions

HELPERS = """
import {library} as {short}
from {package} import words
from {package}.words import KEYS, NAME

COLUMNS = ["a", "b"]
RENAMED = {{"a": "x", "b": "y"}}
PREFIX = "c"


def added(table, first, second="b"):
    return table[first] + table[second]


def deeper(table):
    return added(table, "a") + words.far(table)


def cleaned(table):
    return table[["a", "b"]]


def marked(table):
    table["mark"] = table["c"] * 2
"""
WORDS = """
KEYS = ("k", "l")
NAME = "n"


def far(table):
    return table["far"]
"""


class Case(NamedTuple):
    name: str
    body: str
    expected: str


SERIES = [
    Case("subscript", 'return frame["a"]', "a"),
    Case("two", 'return frame["a"] + frame["b"]', "a b"),
    Case("attribute", "return frame.amount * 2", "amount"),
    Case("attribute that is a method", "return frame.sum()", "*"),
    Case("alias", 'table = frame\nsecond = table\nreturn second["a"]', "a"),
    Case("list then one", 'table = frame[["a", "b"]]\nreturn table["a"]', "a"),
    Case("constant", "return frame[NAME]", "n"),
    Case("constant list", "return frame[COLUMNS].sum(axis=1)", "a b"),
    Case("constant of another module", "return frame[words.NAME]", "n"),
    Case("f-string", 'return frame[f"{PREFIX}_{1}"]', "c_1"),
    Case("concatenated name", 'return frame[PREFIX + "_x"]', "c_x"),
    Case("loop over names", "total = 0\nfor name in COLUMNS:\n    total = total + frame[name]\nreturn total", "a b"),
    Case("comprehension", "return sum(frame[name] for name in COLUMNS)", "a b"),
    Case("comprehension with condition", 'return sum([frame[name] for name in COLUMNS if name != "b"])', "a"),
    Case(
        "enumerated", "total = 0\nfor n, name in enumerate(COLUMNS):\n    total += frame[name] * n\nreturn total", "a b"
    ),
    Case("dictionary of names", "return sum(frame[old] for old, new in RENAMED.items())", "a b"),
    Case("get", 'return frame.get("a")', "a"),
    Case("getattr", 'return getattr(frame, "amount")', "amount"),
    Case("loc", 'return frame.loc[:, "a"]', "a"),
    Case("loc with mask", 'return frame.loc[frame["a"] > 0, "b"]', "a b"),
    Case("mask", 'return frame[frame["a"] > 0]["b"]', "a b"),
    Case("pop", 'return frame.copy().pop("a")', "a"),
    Case("condition", 'if frame["a"].sum() > 0:\n    return frame["b"]\nreturn frame["c"]', "a b c"),
    Case("conditional expression", 'return frame["a"] if frame["b"].sum() > 0 else frame["c"]', "a b c"),
    Case("while", 'left = frame["a"]\nwhile left.sum() > 0:\n    left = left - frame["b"]\nreturn left', "a b"),
    Case("try", 'try:\n    return frame["a"]\nexcept KeyError:\n    return frame["b"]', "a b"),
    Case("with", 'with open("x") as file:\n    made = frame["a"]\nreturn made', "a"),
    Case("walrus", 'return (made := frame["a"]) + made', "a"),
    Case("lambda", 'take = lambda table: table["a"]\nreturn take(frame)', "a"),
    Case("inner function", 'def take(name):\n    return frame[name]\nreturn take("a") + take("b")', "a b"),
    Case("helper", 'return added(frame, "a", second="c")', "a c"),
    Case("helper with default", 'return added(frame, "a")', "a b"),
    Case("helper of a helper", "return deeper(frame)", "a b far"),
    Case("helper that picks", 'return cleaned(frame)["a"]', "a"),
    Case("helper that changes", 'table = frame.copy()\nmarked(table)\nreturn table["mark"]', "c"),
    Case("assigned column", 'table = frame.copy()\ntable["x"] = table["a"] * 2\nreturn table["x"]', "a"),
    Case("assigned and another", 'table = frame.copy()\ntable["x"] = table["a"]\nreturn table["b"]', "b"),
    Case("deleted", 'table = frame.copy()\ndel table["a"]\nreturn table["b"]', "b"),
    Case("list of columns", 'parts = [frame["a"]]\nparts.append(frame["b"])\nreturn sum(parts)', "a b"),
    Case("dictionary of columns", 'parts = {"x": frame["a"], "y": frame["b"]}\nreturn parts["x"]', "a"),
    Case("unknown name", 'return frame[open("x").read()]', "*"),
    Case("unknown function", "return open(frame)", "*"),
    Case("locals", 'return eval("frame")', "*"),
    Case("only its length", "return len(frame)", "*"),
    Case("printed", 'print(frame["a"])\nreturn frame["b"]', "a b"),
    Case("name that may be two", 'name = "a"\nif open("x"):\n    name = "b"\nreturn frame[name]', "*"),
    Case("not used", "return 1", "*"),
    Case("match", 'match frame["a"].sum():\n    case 0:\n        return frame["b"]\nreturn frame["c"]', "a b c"),
]
PANDAS = [
    Case("query", 'return frame.query("a > 0 and b == @words.NAME")["c"]', "a b c"),
    Case("query with quotes", 'return frame.query("`a_b` > 0")["c"]', "a_b c"),
    Case("eval", 'return frame.eval("a + b * 2")', "a b"),
    Case("groupby", 'return frame.groupby("a")["b"].transform("mean")', "a b"),
    Case("groupby attribute", 'return frame.groupby("a").amount.sum()', "a amount"),
    Case("groupby apply", 'return frame.groupby("a").apply(lambda part: part["b"].sum())', "a b"),
    Case("rolling", 'return frame.sort_values("t").rolling("7d", on="t")["b"].sum()', "b t"),
    Case("apply by row", 'return frame.apply(lambda row: row["a"] + row.bb, axis=1)', "a bb"),
    Case("iterrows", 'return [row["a"] for _, row in frame.iterrows()]', "a"),
    Case("merge", 'return frame.merge(other, on="k")["v"]', "k other.k other.v v"),
    Case("merge picked", 'return frame[["k"]].merge(other[["k", "v"]], on="k")["v"]', "k other.k other.v"),
    Case(
        "merge of different keys",
        'return frame[["k"]].merge(other[["l", "v"]], left_on="k", right_on="l")["v"]',
        "k other.l other.v",
    ),
    Case(
        "merge function",
        'import pandas as pd\nreturn pd.merge(frame[["k"]], other[["k", "v"]])["v"]',
        "k other.k other.v",
    ),
    Case("join by index", 'return frame[["k"]].join(other.set_index("l")[["v"]], on="k")["v"]', "k other.l other.v"),
    Case("map", 'return frame["k"].map(other.set_index("l")["v"])', "k other.l other.v"),
    Case("concat", 'return pd.concat([frame["a"], other["b"]])', "a other.b"),
    Case("where", 'return frame["a"].where(frame["b"] > 0, frame["c"])', "a b c"),
    Case("numpy", 'import numpy as np\nreturn np.where(frame["a"] > 0, frame["b"], 0)', "a b"),
    Case("nlargest", 'return frame.nlargest(3, "a")["b"]', "a b"),
    Case("drop_duplicates", 'return frame.drop_duplicates(subset=["a"])["b"]', "a b"),
    Case("dropna of all", 'return frame.dropna()["b"]', "* b"),
    Case("assign", 'return frame.assign(x=frame["a"], y=lambda table: table["x"] + table["b"])["y"]', "a b"),
    Case("rename", "return frame.rename(columns=RENAMED)['x']", "a"),
    Case("pipe", 'return frame.pipe(added, "a", "c")', "a c"),
    Case("str accessor", 'return frame["a"].str.lower().str.cat(frame["b"])', "a b"),
    Case("to_frame", 'return frame["a"].to_frame("x")["x"]', "a"),
    Case("itertuples", "return [row.aa for row in frame.itertuples()]", "aa"),
    Case("reset index", 'return frame.groupby("a")["b"].sum().reset_index()["b"]', "a b"),
]
POLARS = [
    Case("select", 'return frame.select("a")["a"]', "a"),
    Case("col", 'return frame.select(pl.col("a") * 2).to_series()', "a"),
    Case("cols", 'return frame.select(pl.sum_horizontal("a", "b")).to_series()', "a b"),
    Case("list of cols", "return frame.select(pl.col(COLUMNS)).sum_horizontal()", "a b"),
    Case("col attribute", "return frame.select(pl.col.amount).to_series()", "amount"),
    Case("all", "return frame.select(pl.sum_horizontal(pl.all())).to_series()", "*"),
    Case("selectors", "import polars.selectors as cs\nreturn frame.select(cs.numeric()).sum_horizontal()", "*"),
    Case("pattern", 'return frame.select("^a.*$").sum_horizontal()', "*"),
    Case("with_columns", 'return frame.with_columns(x=pl.col("a") + pl.col("b"))["x"]', "a b"),
    Case("filter", 'return frame.filter(pl.col("a") > 0)["b"]', "a b"),
    Case("filter by value", "return frame.filter(kind=1)['b']", "b kind"),
    Case("over", 'return frame.select(pl.col("a").sum().over("k", "l")).to_series()', "a k l"),
    Case("rolling by", 'return frame.select(pl.col("a").rolling_sum_by("t", "7d")).to_series()', "a t"),
    Case("sort", 'return frame.sort("t")["a"]', "a t"),
    Case("sort_by", 'return frame.select(pl.col("a").sort_by("t")).to_series()', "a t"),
    Case("group_by", 'return frame.group_by("k").agg(pl.col("a").mean())["a"]', "a k"),
    Case("when", 'return frame.select(pl.when(pl.col("a") > 0).then("b").otherwise(pl.col("c"))).to_series()', "a b c"),
    Case("join", 'return frame.join(other, on="k")["v"]', "k other.k other.v v"),
    Case(
        "join picked",
        'return frame.select("k").join(other.select("l", "v"), left_on="k", right_on="l")["v"]',
        "k other.l other.v",
    ),
    Case("alias", 'return frame.select(pl.col("a").alias("x"), "b")["x"]', "a"),
    Case("suffix", 'return frame.select(pl.col("a").name.suffix("_x"), "b")["a_x"]', "a"),
    Case(
        "expression under a name", 'both = pl.col("a") + pl.col("b")\nreturn frame.select(both * 2).to_series()', "a b"
    ),
    Case(
        "helper that makes expressions",
        'def twice(name):\n    return pl.col(name) * 2\nreturn frame.select(twice("a")).to_series()',
        "a",
    ),
    Case(
        "comprehended expressions",
        "return frame.select([pl.col(name) * 2 for name in COLUMNS]).sum_horizontal()",
        "a b",
    ),
    Case("get_column", 'return frame.get_column("a")', "a"),
    Case("lazy", 'return frame.lazy().select("a").collect().to_series()', "a"),
    Case("text that is no column", 'return frame.select(pl.col("a").str.contains("b")).to_series()', "a"),
    Case("struct", 'return frame.select(pl.struct("a", "b")).to_series()', "a b"),
    Case("literal", 'return frame.select(pl.lit(other["v"]) * pl.col("a")).to_series()', "a other.v"),
    Case("rename", 'return frame.rename(RENAMED)["x"]', "a"),
    Case("iter_rows", 'return [row["a"] for row in frame.iter_rows(named=True)]', "a"),
    Case("group_by with rows", 'return sum(part["b"].sum() for key, part in frame.group_by("k"))', "b k"),
    Case("offset", 'return frame.select(pl.col("a").dt.offset_by("3h")).to_series()', "a"),
]
FRAMES_PANDAS = [
    Case("picked", 'return frame[["a", "b"]]', "a = a; b = b"),
    Case("new", 'return pd.DataFrame({"x": frame["a"] + frame["b"], "y": other["c"]})', "x = a b; y = other.c"),
    Case("of series", 'return pd.DataFrame({"x": seen, "y": frame["a"]})', "x = seen; y = a"),
    Case("assigned", 'return frame[["a"]].assign(x=frame["b"] * 2)', "a = a; x = b"),
    Case("filtered", 'return frame[frame["a"] > 0][["b", "c"]]', "a; b = b; c = c"),
    Case("handed on", "return frame", "* = *"),
    Case("handed on filtered", 'return frame[frame["a"] > 0]', "a; * = *"),
    Case("handed on with one more", 'return frame.assign(x=frame["a"] + frame["b"])', "* = *; x = a b"),
    Case(
        "changed in place",
        'table = frame[["a", "b"]].copy()\ntable["a"] = table["a"] * table["b"]\nreturn table',
        "a = a b; b = b",
    ),
    Case(
        "loc assigned",
        'table = frame[["a", "b"]].copy()\ntable.loc[frame["c"] > 0, "a"] = 0\nreturn table',
        "a = a c; b = b",
    ),
    Case("grouped", 'return frame.groupby("k").agg(x=("a", "sum"), y=("b", "max"))', "k; k = k; x = a; y = b"),
    Case("grouped picked", 'return frame.groupby("k")[["a"]].sum()', "k; a = a; k = k"),
    Case("renamed", "return frame[COLUMNS].rename(columns=RENAMED)", "x = a; y = b"),
    Case(
        "merged",
        'return frame[["k", "a"]].merge(other[["k", "v"]], on="k")',
        "k other.k; a = a; k = k other.k; v = other.v",
    ),
    Case("dropped", 'return frame[["a", "b"]].drop(columns=["a"])', "b = b"),
    Case("melted", 'return frame.melt(id_vars=["k"], value_vars=["a"])', "a; k = k; value = a; variable = a"),
    Case("side by side", 'return pd.concat([frame[["a"]], other[["b"]]], axis=1)', "a = a; b = other.b"),
    Case("below each other", 'return pd.concat([frame[["a"]], other[["a"]]])', "a = a other.a"),
    Case(
        "changed by a condition",
        'table = frame[["a", "b"]]\nif frame["c"].any():\n    table = table.assign(a=0)\nreturn table',
        "c; a = a; b = b",
    ),
]
FRAMES_POLARS = [
    Case("selected", 'return frame.select("a", x=pl.col("b") + pl.col("c"))', "a = a; x = b c"),
    Case("with columns", 'return frame.with_columns(pl.col("a").alias("x"))', "* = *; x = a"),
    Case("many cast", 'return frame.select(pl.col("a", "b").cast(pl.Int64))', "a = a; b = b"),
    Case("filtered", 'return frame.filter(pl.col("a") > 0).select("b")', "a; b = b"),
    Case("grouped", 'return frame.group_by("k").agg(pl.col("a").sum().alias("x"))', "k; k = k; x = a"),
    Case(
        "joined",
        'return frame.select("k", "a").join(other.select("k", "v"), on="k", how="left")',
        "k other.k; a = a; k = k other.k; v = other.v",
    ),
    Case("semi joined", 'return frame.select("k", "a").join(other, on="k", how="semi")', "k other.k; a = a; k = k"),
    Case("new", 'return pl.DataFrame({"x": frame["a"], "y": seen})', "x = a; y = seen"),
    Case("unpivoted", 'return frame.unpivot(on=["a"], index=["k"])', "a; k = k; value = a; variable = a"),
    Case(
        "named by loop",
        "return frame.select([pl.col(name).alias(new) for name, new in RENAMED.items()])",
        "x = a; y = b",
    ),
]
LIBRARIES = {"pandas": "pd", "polars": "pl"}
CASES = [
    (library, shape, case)
    for library, shape, cases in [
        ("pandas", "Series", SERIES),
        (
            "polars",
            "Series",
            [case for case in SERIES if case.name not in ("attribute", "loc", "loc with mask", "mask")],
        ),
        ("pandas", "Series", PANDAS),
        ("polars", "Series", POLARS),
        ("pandas", "DataFrame", FRAMES_PANDAS),
        ("polars", "DataFrame", FRAMES_POLARS),
    ]
    for case in cases
]


def _function(number: int, shape: str, case: Case, short: str) -> str:
    body = textwrap.indent(case.body, "    ")
    taken = [f"frame: {short}.DataFrame"]
    if re.search(r"\bother\b", case.body):
        taken.append(f"other: {short}.DataFrame")
    if "seen" in case.body:
        taken.append(f"seen: {short}.Series")
    return f"\n\ndef made_{number}({', '.join(taken)}) -> {short}.{shape}:\n{body}\n"


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, dict[str | None, set[str]]]]:
    """What each case reads, by what is made of it."""
    folder = tmp_path_factory.mktemp("read")
    (folder / "column_cases").mkdir()
    (folder / "column_cases" / "__init__.py").write_text("")
    (folder / "column_cases" / "words.py").write_text(WORDS)
    for library, short in LIBRARIES.items():
        texts = [_function(n, shape, case, short) for n, (own, shape, case) in enumerate(CASES) if own == library]
        header = HELPERS.format(library=library, short=short, package="column_cases")
        (folder / "column_cases" / f"of_{library}.py").write_text(header + "".join(texts))
    sys.path.insert(0, str(folder))
    try:
        modules = [importlib.import_module(f"column_cases.of_{library}") for library in LIBRARIES]
        yield _reads_of(modules, folder)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "column_cases"]:
            del sys.modules[name]


def _reads_of(modules: list[ModuleType], folder: Path) -> dict[int, dict[str | None, set[str]]]:
    found: dict[int, dict[str | None, set[str]]] = {}
    for module in modules:
        definitions = collect([module])
        for helper in ("added", "deeper", "cleaned", "marked"):
            definitions.variants.pop(helper, None)
        graph = try_build_graph(definitions, {})[0]
        for row in column_reads_of([GraphDefinitions("default", definitions, graph)], Fingerprints([folder])):
            name = row.column if row.parent == "frame" else f"{row.parent}.{row.column}".removesuffix("seen.*")
            number = int(row.feature.removeprefix("made_"))
            found.setdefault(number, {}).setdefault(row.output, set()).add(name or "seen")
            assert row.line is not None
    return found


def _expected(text: str) -> dict[str | None, set[str]]:
    expected: dict[str | None, set[str]] = {}
    for part in text.split(";"):
        output, equals, columns = part.rpartition("=")
        expected[output.strip() if equals else None] = set(columns.split())
    return expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(number, case.expected, id=f"{library} {shape} {case.name}".replace(" ", "-"))
        for number, (library, shape, case) in enumerate(CASES)
    ],
)
def test_what_is_read(reads: dict[int, dict[str | None, set[str]]], number: int, expected: str) -> None:
    assert reads[number] == _expected(expected)
