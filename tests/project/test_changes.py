"""What counts as a change, and as which: real edits to the files of a project."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featurecat.definition.collect import collect
from featurecat.errors import RequestError
from featurecat.graph.build import try_build_graph
from featurecat.graph.selection.evaluate import select
from featurecat.graph.selection.grammar import parse
from featurecat.graph.selection.over_graph import GraphIndex
from featurecat.project.changes import REASONS, States, as_plain, compare, reduce_tables, reduced_from
from featurecat.project.discover import find_project
from featurecat.project.index import definition_tables, read_project
from tests.support.modules import ModuleMaker

SETTINGS = """
[tool.featurecat]
modules = ["changed_features"]

[tool.featurecat.sources.orders]
path = "data/orders.parquet"
key = ["order"]

[tool.featurecat.configs.home]
region = "us"
"""
HELPERS = """
from featurecat.function_modifiers import DataValidator, ValidationResult

RATE = 3
BOUND = 100


def scaled(values):
    return values * RATE


class Bounded(DataValidator):
    def applies_to(self, datatype):
        return True

    def description(self):
        return "bounded"

    @classmethod
    def name(cls):
        return "bounded"

    def validate(self, dataset):
        return ValidationResult(bool((dataset < BOUND).all()), "bounded")
"""
FEATURES = """
import pandas as pd
from featurecat import check_output, config, feature, function_modifiers as fm, tag as labelled
from changed_helpers import Bounded, scaled


@labelled(team="sales")
@feature(owner="ops", dtype="double")
@check_output(range=(0, 10), importance="warn")
def price(spend: pd.Series) -> pd.Series:
    '''What it costs.'''
    return scaled(spend)


def share(spend: pd.Series, signups: pd.Series) -> pd.Series:
    return spend / (signups + 1)


@config.when(region="us")
def cost__us(share: pd.Series) -> pd.Series:
    return share * 2


@config.when_not(region="us")
def cost__elsewhere(share: pd.Series) -> pd.Series:
    return share * 3


@fm.check_output_custom(Bounded(importance="fail"))
def total(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]


@fm.parameterize(lag_1={"steps": fm.value(1)}, lag_2={"steps": fm.value(2)})
def lag(spend: pd.Series, steps: int) -> pd.Series:
    return spend.shift(steps)


def _doubled(rent: pd.Series) -> pd.Series:
    return rent * 2


@fm.pipe_output(fm.step(_doubled))
def rent(spend: pd.Series) -> pd.Series:
    return spend


@config.when(place="a")
def season__a(spend: pd.Series) -> pd.Series:
    return spend


def best(price: pd.Series) -> float:
    return float(price.max())


def unused(spend: pd.Series) -> pd.Series:
    return spend
"""
FILES = {"pyproject.toml": SETTINGS, "changed_helpers.py": HELPERS, "changed_features.py": FEATURES}
EVERY = {"price", "share", "cost", "total", "lag_1", "lag_2", "rent", "best", "season", "unused"}


class Edit(NamedTuple):
    """A replacement in a file, and what it makes of which feature."""

    file: str
    old: str
    new: str
    expected: Mapping[str, str] = {}


HERE, THERE, TOML = "changed_features.py", "changed_helpers.py", "pyproject.toml"
EDITS = {
    "helper": Edit(THERE, "values * RATE", "values * (RATE + 1)", {"price": "helper"}),
    "constant of a helper": Edit(THERE, "RATE = 3", "RATE = 4", {"price": "helper"}),
    "step of a pipe": Edit(HERE, "rent * 2", "rent * 4", {"rent": "body"}),
    "body": Edit(HERE, "signups + 1", "signups + 2", {"share": "body"}),
    "body of one variant": Edit(HERE, "share * 3", "share * 5", {"cost": "body"}),
    "parameters of an expansion": Edit(HERE, "fm.value(2)", "fm.value(3)", {"lag_2": "body"}),
    "dependency": Edit(
        HERE, "unused(spend: pd.Series) -> pd.Series:\n    return spend",
        "unused(signups: pd.Series) -> pd.Series:\n    return signups", {"unused": "body dependency"},
    ),  # fmt: skip
    "bound": Edit(HERE, "range=(0, 10)", "range=(0, 20)", {"price": "expectation"}),
    "severity": Edit(HERE, 'importance="warn"', 'importance="fail"', {"price": "expectation"}),
    "code of an expectation": Edit(THERE, "BOUND = 100", "BOUND = 200", {"total": "expectation"}),
    "condition": Edit(HERE, '(region="us")', '(region="eu")', {"cost": "config"}),
    "value of a config": Edit(TOML, 'region = "us"', 'region = "eu"', {"cost": "config"}),
    "further variant": Edit(
        HERE, "def best(", '@config.when(place="b")\ndef season__b(spend: pd.Series) -> pd.Series:\n    return spend\n\n\ndef best(',
        {"season": "config"},
    ),  # fmt: skip
    "declared type": Edit(HERE, 'dtype="double"', 'dtype="float"', {"price": "type"}),
    "type that is returned": Edit(HERE, "-> float:", "-> object:", {"best": "type"}),
    "path of a source": Edit(TOML, "orders.parquet", "orders_2.parquet", {"total": "dependency"}),
    "key of a source": Edit(TOML, 'key = ["order"]', 'key = ["order", "line"]', {"total": "dependency type"}),
    "how a source is read": Edit(TOML, "[tool.featurecat.configs.home]", "[tool.featurecat.sources.orders.options]\nmemory_map = true\n\n[tool.featurecat.configs.home]", {"total": "dependency"}),
    "age of a source": Edit(TOML, 'path = "data', 'freshness = "26h"\npath = "data', {"total": "expectation"}),
    "documentation": Edit(HERE, "What it costs.", "What it really costs."),
    "comment": Edit(HERE, "return float(", "# the dearest\n    return float("),
    "format": Edit(HERE, "spend: pd.Series, signups: pd.Series", "spend: pd.Series,\n        signups : pd.Series,\n"),
    "tag": Edit(HERE, 'team="sales"', 'team="buying", level="gold"'),
    "owner": Edit(HERE, 'owner="ops"', 'owner="crm"'),
    "another config": Edit(TOML, "[tool.featurecat]", "[tool.featurecat.configs.away]\nregion = 'fr'\n\n[tool.featurecat]"),
    "unused constant": Edit(THERE, "\n\ndef scaled", "\nOTHER = 1\n\n\ndef scaled"),
    "new feature": Edit(HERE, "def share(", "def fresh(spend: pd.Series) -> pd.Series:\n    return spend\n\n\ndef share(", {"fresh": "new"}),
}  # fmt: skip


def tables_of(root: Path, files: Mapping[str, str]) -> dict[str, list[dict[str, object]]]:
    """The definition tables of a project with these files."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / name).write_text(text.lstrip("\n"), encoding="utf-8")
    path, modules = list(sys.path), set(sys.modules)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        read = read_project(find_project(root, root / "store"))
        tables, problems = definition_tables(read)
        assert not problems, problems
        return tables
    finally:
        sys.path[:], sys.dont_write_bytecode = path, before
        for name in [name for name in set(sys.modules) - modules if name.startswith("changed_")]:
            del sys.modules[name]
        sys.path_importer_cache.pop(str(root), None)


def states_between(before: object, now: object) -> States:
    """The states, both sides having been written down and read again."""
    sides = [reduced_from(as_plain(reduce_tables(side))) for side in (before, now)]
    return compare(sides[0], sides[1], reference="before")


def edited(*edits: Edit) -> dict[str, str]:
    files = dict(FILES)
    for edit in edits:
        assert edit.old in files[edit.file], edit
        files[edit.file] = files[edit.file].replace(edit.old, edit.new)
    return files


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    yield tables_of(tmp_path_factory.mktemp("original") / "project", FILES)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edit_is_told_for_what_it_is(edit: Edit, original: object, tmp_path: Path) -> None:
    states = states_between(original, tables_of(tmp_path / "project", edited(edit)))
    assert {name: states.why(name).replace(",", "") for name in states.states if states.why(name)} == dict(
        edit.expected
    )
    assert states.removed == ()


@given(chosen=st.sets(st.sampled_from(sorted(EDITS))))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_edits_add_up(chosen: set[str], original: object, tmp_path: Path) -> None:
    states = states_between(original, tables_of(tmp_path / "project", edited(*(EDITS[name] for name in chosen))))
    expected: dict[str, set[str]] = {}
    for name in chosen:
        for feature, reasons in EDITS[name].expected.items():
            expected.setdefault(feature, set()).update(reasons.split())
    for reasons in expected.values():
        if "body" in reasons:  # which is told instead of what the body reaches
            reasons.discard("helper")
    assert {name: states.why(name) for name in states.states if states.why(name)} == {
        name: ", ".join(sorted(reasons, key=[*REASONS, "new"].index)) for name, reasons in expected.items()
    }
    assert set(states.states) - {"fresh"} == EVERY


def test_nothing_edited_is_nothing_modified_wherever_it_lies(original: object, tmp_path: Path) -> None:
    states = states_between(original, tables_of(tmp_path / "elsewhere" / "project", FILES))
    assert set(states.states.values()) == {"unmodified"}
    assert states.reasons == {}
    assert states.redescribed == frozenset()


def test_what_is_only_described_otherwise_is_told_apart(original: object, tmp_path: Path) -> None:
    edits = [EDITS[name] for name in ("owner", "documentation", "body")]
    assert states_between(original, tables_of(tmp_path / "project", edited(*edits))).redescribed == {"price"}


def test_a_renamed_feature_is_new_and_the_old_one_removed(original: object, tmp_path: Path) -> None:
    states = states_between(original, tables_of(tmp_path / "project", edited(Edit(HERE, "def unused", "def other"))))
    assert (states.of("other"), states.removed) == ("new", ("unused",))
    assert states.selectable["other"] == ("new", "modified")


def test_a_feature_that_moves_to_another_module_is_unmodified(original: object, tmp_path: Path) -> None:
    share = FEATURES[FEATURES.index("def share") : FEATURES.index('@config.when(region="us")')]
    files = {**FILES, HERE: FEATURES.replace(share, ""), "changed_more.py": f"import pandas as pd\n\n\n{share}"}
    files[TOML] = SETTINGS.replace('["changed_features"]', '["changed_more", "changed_features"]')
    assert states_between(original, tables_of(tmp_path / "project", files)).of("share") == "unmodified"


def test_adding_and_dropping_an_expectation_is_a_change_of_expectations(original: object, tmp_path: Path) -> None:
    checked = Edit(HERE, "def share(", "@check_output(allow_nans=False)\ndef share(")
    unchecked = Edit(HERE, '@check_output(range=(0, 10), importance="warn")\n', "")
    states = states_between(original, tables_of(tmp_path / "project", edited(checked, unchecked)))
    assert states.reasons == {"share": ("expectation",), "price": ("expectation",)}


def test_what_cannot_be_followed_counts_as_reaching_every_file(tmp_path: Path) -> None:
    made = """
        import pandas as pd


        def _maker(factor):
            def made(spend: pd.Series) -> pd.Series:
                return spend * factor
            made.__module__ = __name__
            return made


        made = _maker(2)
    """
    files = {TOML: SETTINGS, HERE: textwrap.dedent(made), THERE: "NEVER = 1\n"}
    before = tables_of(tmp_path / "a" / "project", files)
    if not any(row["feature"] == "made" for row in before["features"]):
        pytest.fail("a function made by another one is a feature")
    same = tables_of(tmp_path / "b" / "project", files)
    assert states_between(before, same).of("made") == "unmodified"
    other = tables_of(tmp_path / "c" / "project", {**files, HERE: files[HERE] + "\nLATER = 1\n"})
    assert states_between(before, other).of("made") == "modified"


def test_a_snapshot_without_meanings_falls_back_to_fingerprints(original: object, tmp_path: Path) -> None:
    old = {table: rows for table, rows in original.items() if table != "meanings"}
    edits = [EDITS["helper"], EDITS["body"], EDITS["comment"]]
    states = states_between(old, tables_of(tmp_path / "project", edited(*edits)))
    assert states.reasons == {"price": ("helper",), "share": ("body",)} | {
        key: found for key, found in states.reasons.items() if key == "total"
    }


def test_an_index_over_a_graph_knows_states(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        def spend(paid: float) -> float:
            return paid

        def margin(spend: float) -> float:
            return spend
        """,
        "stated_features",
    )
    graph = try_build_graph(collect([module]), {})[0]
    states = States("main", None, {"us/spend": "modified", "us/margin": "unmodified", "spend": "new"}, {})
    index = GraphIndex(graph, states=states.in_graph("us"))
    assert select(parse("state:modified"), index).names == ("spend",)
    assert select(parse("state:modified+ & state:unmodified"), index).names == ("margin",)
    with pytest.raises(RequestError, match="needs --against REF"):
        select(parse("state:modified"), GraphIndex(graph))


def test_names_of_one_graph_are_those_an_index_over_it_has() -> None:
    states = States("main", None, {"us/wind": "modified", "spend": "unmodified"}, {"us/wind": ("body",)})
    assert states.in_graph("default") == {"spend": ("unmodified",)}
    assert states.in_graph("us") == {"wind": ("modified",)}
