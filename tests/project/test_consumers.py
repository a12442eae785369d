"""Feature sets and consumers of the settings: what each takes, and what is told of those that take nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from featurecat.graph.selection.grammar import format_selection
from featurecat.project.discover import find_project
from featurecat.project.index import definition_tables, read_project
from featurecat.project.sets import declared_sets, within_graph
from featurecat.project.setting_lines import line_of_setting

MODULE = """
import pandas as pd

from featurecat import config, feature, tag


@tag(team="sales")
@feature(owner="ops")
def net(paid: pd.Series) -> pd.Series:
    return paid


@feature(pii=True)
def mail(paid: pd.Series) -> pd.Series:
    return paid


@config.when(region="us")
def share__us(net: pd.Series) -> pd.Series:
    return net
"""
Tables = dict[str, list[dict[str, object]]]


@pytest.fixture
def tables_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Tables]]:
    """The definition tables of a project with more settings."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def tables(more: str) -> Tables:
        settings = f'[tool.featurecat]\nmodules = ["consumed_features"]\n{more}'
        (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
        (tmp_path / "consumed_features.py").write_text(MODULE, encoding="utf-8")
        return definition_tables(read_project(find_project(tmp_path)))[0]

    yield tables
    sys.modules.pop("consumed_features", None)


def taken(tables: Tables) -> dict[tuple[object, object], list[object]]:
    found: dict[tuple[object, object], list[object]] = {}
    for row in tables.get("consumers", ()):
        found.setdefault((row["consumer"], row["kind"]), []).append(row["feature"])
    return found


def told(tables: Tables) -> list[tuple[object, ...]]:
    return [(row["code"], row["file"], row["line"], row["message"]) for row in tables.get("index_errors", ())]


def test_sets_and_consumers_take_what_their_selections_say(tables_of: Callable[[str], Tables]) -> None:
    tables = tables_of(
        """
[tool.featurecat.sets.base]
features = "owner:ops"
owner = "growth"

[tool.featurecat.consumers.churn]
features = "set:base+ & not pii:true"

[tool.featurecat.consumers.board]
kind = "dashboard"
features = "config:region=us, pii:true, net"
owner = "sales"
"""
    )
    assert taken(tables) == {
        ("base", "feature set"): ["net"],
        ("churn", "model"): ["net", "share"],
        ("board", "dashboard"): ["share", "mail", "net"],
    }
    assert {(row["consumer"], row["owner"]) for row in tables["consumers"]} == {
        ("base", "growth"), ("churn", None), ("board", "sales"),
    }  # fmt: skip
    assert told(tables) == []


def test_a_project_without_consumers_has_no_rows(tables_of: Callable[[str], Tables]) -> None:
    assert taken(tables_of("")) == {}


@pytest.mark.parametrize(
    ("features", "code", "message"),
    [
        ("net, shar", "unknown-consumer-feature", "there is no feature 'shar'"),
        ("tag:team=nobody", "unknown-consumer-feature", "tag:team=nobody matches nothing"),
        ("net &", "invalid-selection", "cannot read the selection"),
        ("result:fail", "invalid-selection", "result:fail cannot say what is used: it changes with every run"),
        ("state:new", "invalid-selection", "state:new cannot say what is used: it depends on --against"),
        ("set:bse", "invalid-selection", "there is no feature set 'bse'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tables_of: Callable[[str], Tables], features: str, code: str, message: str
) -> None:
    tables = tables_of(f'\n[tool.featurecat.consumers.churn]\nkind = "model"\nfeatures = "{features}"\n')
    ((found, file, line, text),) = told(tables)
    assert (found, file, line) == (code, "pyproject.toml", 6)
    assert str(text).startswith("[tool.featurecat.consumers.churn] ")
    assert message in str(text)


def test_the_sound_terms_of_a_faulty_selection_are_kept(tables_of: Callable[[str], Tables]) -> None:
    tables = tables_of('\n[tool.featurecat.sets.some]\nfeatures = "net, shar, mial, not unknown"\n')
    assert taken(tables) == {("some", "feature set"): ["net"]}
    assert [text for *_, text in told(tables)] == [
        "[tool.featurecat.sets.some] there is no feature 'shar'",
        "[tool.featurecat.sets.some] there is no feature 'mial'",
        "[tool.featurecat.sets.some] there is no feature 'unknown'",
    ]


def test_a_fault_of_a_set_is_told_once_and_where_the_set_is(tables_of: Callable[[str], Tables]) -> None:
    tables = tables_of(
        """
[tool.featurecat.sets.some]
features = "net &"

[tool.featurecat.consumers.one]
features = "set:some"

[tool.featurecat.consumers.two]
features = "set:some, mail"
"""
    )
    ((code, _, line, _),) = told(tables)
    assert (code, line) == ("invalid-selection", 5)
    assert taken(tables) == {("two", "model"): ["mail"]}


def test_the_lines_of_settings() -> None:
    text = (
        "[tool.featurecat]\nsets.a.features = 'x'\n[tool.featurecat.sets.b]\nfeatures = 'y'\n"
        "[[tool.featurecat.checks.override]]\nfeatures = 'x'\n[[tool.featurecat.checks.override]]\nfeatures = 'y'\n"
    )
    assert line_of_setting(text, ["sets", "a", "features"]) == 2
    assert line_of_setting(text, ["sets", "b", "features"]) == 4
    assert line_of_setting(text, ["checks", "override", "1", "features"]) == 8
    assert line_of_setting(text, ["checks", "override", "0", "features"]) == 6
    assert line_of_setting("", ["sets"]) is None


def test_sets_that_cannot_be_read_say_where(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.featurecat.sets.a]\nfeatures = ["x"]\n[tool.featurecat.sets]\nb = 3\n', encoding="utf-8"
    )
    sets = declared_sets(tmp_path)
    assert {name: (one.selection, one.problems[0].code, one.line) for name, one in sets.items()} == {
        "a": (None, "invalid-settings", 2),
        "b": (None, "invalid-settings", 4),
    }
    assert declared_sets(tmp_path / "nowhere") == {}


def test_a_set_within_a_graph(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.featurecat.sets.a]\nfeatures = "us/gust, margin & not (us/calm | us/g*), unknown"\n', encoding="utf-8"
    )
    names = {"default": ["margin"], "us": ["gust", "calm"]}
    inside = within_graph(declared_sets(tmp_path), "us", names)["a"].selection
    assert inside is not None
    assert format_selection(inside) == "gust, () & not (calm | g*), unknown"
