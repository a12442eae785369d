"""Selections over a graph and over catalog rows: they agree, and each knows what only it can."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featurecat.clock import SystemClock
from featurecat.errors import RequestError
from featurecat.graph.selection.evaluate import Selector
from featurecat.graph.selection.grammar import Atom, Intersection, Not, Selection, Union, format_selection, parse
from featurecat.graph.selection.over_graph import Beyond, GraphIndex
from featurecat.project.changes import States
from featurecat.project.discover import find_project
from featurecat.project.index import ReadProject, definition_tables, read_project
from featurecat.project.personal import personal_nodes
from featurecat.project.prepare import resolve_graph
from featurecat.project.selecting import CatalogIndex, beyond_graph, selected_why, tables_index
from featurecat.project.sets import declared_sets
from tests.support.projects import ShopProject

SETTINGS = """
[tool.featurecat]
modules = ["{module}"]

[tool.featurecat.configs.us]
region = "us"
limit = 3

[tool.featurecat.sets.some]
features = "f1, tag:team=a"

[tool.featurecat.sets.more]
features = "set:some+1 & not f3"
"""
_numbers = count()


@dataclass(frozen=True)
class Written:
    """One feature as text."""

    parents: tuple[str, ...]
    tag: str | None
    owner: str | None
    status: str | None
    pii: bool
    freshness: str | None
    checked: bool
    varied: bool

    def text(self, name: str) -> str:
        said = [f"{key}={value!r}" for key, value in (("owner", self.owner), ("status", self.status)) if value]
        said += [f"freshness={self.freshness!r}"] if self.freshness else []
        said += ["pii=True"] if self.pii else []
        lines = [f"@feature({', '.join(said)})"] if said else []
        lines += [f"@tag(team={self.tag!r})"] if self.tag else []
        lines += ["@check_output(range=(0, 1))"] if self.checked else []
        parameters = ", ".join(f"{one}: {'int' if one == 'limit' else 'pd.Series'}" for one in self.parents)
        made = []
        for suffix, condition in (
            (("__us", 'when(region="us")'), ("__other", 'when_not(region="us")')) if self.varied else (("", None),)
        ):
            chosen = [f"@config.{condition}"] if condition else []
            made.append("\n".join([*chosen, *lines, f"def {name}{suffix}({parameters}) -> pd.Series:", f"    return {self.parents[0]}"]))  # fmt: skip
        return "\n\n\n".join(made)


class Told:
    """A standing that is made up."""

    def __init__(self, told: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self.told = told

    def values(self, attribute: str) -> Mapping[str, Sequence[str]]:
        return self.told[attribute]

    def queried(self, statement: str) -> Sequence[str]:
        return statement.split()


@contextmanager
def project_of(written: Sequence[Written]) -> Iterator[ReadProject]:
    """A project with these features, its modules read."""
    module = f"random_features_{next(_numbers)}"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(SETTINGS.format(module=module), encoding="utf-8")
        features = "\n\n\n".join(one.text(f"f{number}") for number, one in enumerate(written))
        features += "\n\n\ndef reads(spend: pd.Series, limit: int) -> pd.Series:\n    return spend"
        start = "import pandas as pd\n\nfrom featurecat import check_output, config, feature, tag\n\n\n"
        (root / f"{module}.py").write_text(start + features + "\n", encoding="utf-8")
        path = list(sys.path)
        try:
            read = read_project(find_project(root))
            assert not read.problems
            yield read
        finally:
            sys.path[:] = path
            sys.modules.pop(module, None)


def indexes(read: ReadProject, told: Told) -> tuple[GraphIndex, CatalogIndex]:
    graph = resolve_graph(read, "default", config={"region": "us", "limit": 3}, engine=None)
    tables, _ = definition_tables(read)
    sets = declared_sets(read.project.root)
    beyond = beyond_graph(
        read.project, SystemClock(), "default", definitions=read.definitions, sets=sets, tables=lambda: tables
    )
    beyond = Beyond(beyond.variants, beyond.keys, beyond.sets, beyond.owners, told)
    pii = tuple(personal_nodes(read.project, graph, read.fingerprints, definitions=read.definitions["default"]))
    states = {"f0": ("modified", "breaking"), "f1": ("unmodified",), "f2": ("new", "modified")}
    over_rows = tables_index(tables, sets=sets, standing=told)
    over_rows._states = states
    return GraphIndex(graph, pii, states, beyond=beyond), over_rows


_features = st.integers(1, 6).flatmap(
    lambda size: st.tuples(
        *(
            st.builds(
                Written,
                st.lists(
                    st.sampled_from(["spend", "limit", *(f"f{above}" for above in range(number))]),
                    min_size=1, max_size=3, unique=True,
                ).map(tuple),
                st.sampled_from([None, "a", "b"]),
                st.sampled_from([None, "ops", "crm"]),
                st.sampled_from([None, "deprecated"]),
                st.booleans(),
                st.sampled_from([None, "1d"]),
                st.booleans(),
                st.booleans(),
            )
            for number in range(size)
        )
    )
)  # fmt: skip
_VALUES = {
    "name": ["f0", "spend", "limit"], "tag": ["team", "team=a"], "owner": ["ops", "crm"], "module": ["nowhere"],
    "entity": ["order"], "status": ["deprecated"], "pii": ["true", "false"], "config": ["region", "region=us", "limit"],
    "state": ["new", "modified", "unmodified", "breaking"], "result": ["pass", "fail", "blocked"],
    "freshness": ["fresh", "stale"], "set": ["more"], "sql": ["f0 spend", "f0"],
}  # fmt: skip
_GLOBS = {"name": ["f*", "f[0-2]"], "module": ["random_*"], "tag": ["te*=?"], "config": ["reg*=*"], "set": ["*"]}
_steps = st.sampled_from([None, "all", 1, 2])
_plain = st.sampled_from([(kind, value) for kind, values in _VALUES.items() for value in values])
_wild = st.sampled_from([(kind, value) for kind, values in _GLOBS.items() for value in values])
_atoms = st.one_of(
    st.builds(lambda pair, up, down: Atom(*pair, False, up, down), _plain, _steps, _steps),
    st.builds(lambda pair, up, down: Atom(*pair, True, up, down), _wild, _steps, _steps),
)
_trees = st.recursive(
    _atoms,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(lambda *some: Intersection(some), parts, parts),
        st.builds(lambda *some: Union(some), parts, parts),
    ),
    max_leaves=5,
)
_told = st.builds(
    lambda results, ages: Told({"result": results, "freshness": ages}),
    st.dictionaries(st.sampled_from(["f0", "f1", "f2"]), st.sampled_from([("pass",), ("pass", "fail"), ("blocked",)])),
    st.dictionaries(st.sampled_from(["f0", "f1", "spend"]), st.sampled_from([("fresh",), ("stale",)])),
)


def answers(selector: Selector, tree: Selection) -> object:
    """The names, or what was wrong."""
    try:
        selected = selector.select(tree, allow_empty=True)
    except RequestError as error:
        return sorted({(problem.code, problem.feature) for problem in error.problems}, key=str)
    return sorted(selected.names)


@settings(max_examples=15)
@given(_features, _told, st.lists(_trees, min_size=4, max_size=10))
def test_a_graph_and_its_rows_select_the_same(
    written: Sequence[Written], told: Told, trees: Sequence[Selection]
) -> None:
    with project_of(written) as read:
        over_graph, over_rows = (Selector(index) for index in indexes(read, told))
        for tree in [*trees, *(Atom(kind, value) for kind, values in _VALUES.items() for value in values)]:
            assert answers(over_graph, tree) == answers(over_rows, tree), format_selection(tree)


# --- what a term says -----------------------------------------------------------------------------


def test_why_names_terms_walks_and_reasons() -> None:
    feature = {"tags": {}, "entity": None, "pii": False, "status": None}
    rows = [{"feature": name, "public": True, **feature} for name in ("net", "margin", "spend")]
    states = States(
        "main", None, {"net": "modified", "margin": "unmodified", "spend": "new"}, {"net": ("body", "type")}
    )
    index = CatalogIndex(
        rows, [], [{"feature": "spend", "owner": "ops"}], [("net", "margin")], states=states.selectable
    )
    selected = Selector(index).select(parse("state:modified+, owner:ops, state:new"))
    assert selected_why(selected, states) == {
        "net": ["state:modified+ (body, type)"],
        "margin": ["state:modified+ from net (body, type)"],
        "spend": ["state:modified+ (new)", "owner:ops", "state:new"],
    }


# --- several graphs -------------------------------------------------------------------------------


def test_a_set_over_several_graphs_is_taken_graph_by_graph(shop: ShopProject) -> None:
    shop.write("storms.py", "import pandas as pd\n\n\ndef gust(wind: pd.Series) -> pd.Series:\n    return wind\n")
    text = (shop.root / "pyproject.toml").read_text(encoding="utf-8")
    more = """
    [tool.featurecat.graphs.us]
    modules = ["storms"]

    [tool.featurecat.sets.both]
    features = "margin, us/gust"

    [tool.featurecat.sets.windy]
    features = "us/gust"
    """
    shop.write("pyproject.toml", text + "\n".join(line.strip() for line in more.splitlines()))
    shop.ok("index")
    assert {row["feature"] for row in shop.ok("list", "set:both", "--json").rows} == {"margin", "us/gust"}
    told = shop.ok("materialize", "set:both", "--dry-run", "--json", "--config", "region=us")
    assert told.rows[0]["features"] == ["margin"]
    assert "only the graph default; us not selected" in told.err
    told = shop.ok("inputs", "set:windy", "--json")
    assert [row["name"] for row in told.rows] == ["wind"]


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        ("SELECT 1 AS feature", "unknown-feature", "answers 1 in its column feature, which is no feature"),
        ("SELECT 'margn' AS name", "unknown-feature", "answers 'margn' in its column name"),
        ("SELECT feature AS a, name AS b FROM features", "invalid-sql", "which of them names features"),
        ("DROP TABLE x", "invalid-sql", "not allowed"),
        ("SELECT feature FROM read_csv('/etc/passwd')", "invalid-sql", ""),
    ],
    ids=["a number", "a stranger", "no naming column", "no query", "a file"],
)
def test_queries_that_answer_no_features(shop: ShopProject, statement: str, code: str, message: str) -> None:
    shop.ok("index")
    for command in (["list"], ["materialize", "--dry-run"]):
        told = shop.run(*command, f'sql:"{statement}"', "--json")
        assert (told.code, told.problems[0]["code"]) == (2, code), told
        assert message in told.problems[0]["message"]


def test_what_the_catalog_tells_needs_a_catalog(shop: ShopProject) -> None:
    told = shop.run("materialize", "result:fail", "--dry-run", "--json")
    assert (told.code, told.problems[0]["code"]) == (5, "catalog-missing")
