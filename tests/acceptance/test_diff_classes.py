"""Done: "Diff: a table of 40 edits to a feature module each gets the right class, and 10 combinations of them do".

Each edit says, feature by feature, what it is expected to be; every other feature must be unchanged.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from featurecat.project.diff.classes import CLASSES, most_severe
from featurecat.project.diff.reduction import Side, as_plain, reduce_tables, reduced_from
from featurecat.project.diff.whole import FeatureDifference, compare_sides
from featurecat.project.discover import find_project
from featurecat.project.index import definition_tables, read_project
from tests.support.projects import Nursery, ShopProject

SETTINGS = """
[tool.featurecat]
modules = ["dealt_features", "dealt_frames"]

[tool.featurecat.sources.orders]
path = "data/orders.parquet"
key = ["order"]

[tool.featurecat.configs.home]
region = "us"
margin_rate = 0.2
"""
HELPERS = '''
"""What features share."""

import numpy as np

RATE = 3
LIMITS = {"low": 0, "high": 1_000}


def scaled(values, factor):
    """Scaled values."""
    product = values * factor
    return product * RATE


def clipped(values):
    return np.clip(values, LIMITS["low"], LIMITS["high"])


def unused(values):
    return values
'''
FEATURES = '''
"""Features of dealers."""

import numpy as np
import pandas as pd
from featurecat import check_output, config, feature, parameterize, tag, value
from dealt_helpers import clipped, scaled

STEP = 1
WEIGHTS = [0.5, 0.25]


@tag(team="sales")
@feature(owner="ops", unit="EUR", dtype="double")
@check_output(range=(0, 10), importance="warn")
def price(spend: pd.Series) -> pd.Series:
    """What it costs."""
    return scaled(spend, 2)


def share(spend: pd.Series, signups: pd.Series) -> pd.Series:
    """How much of it."""
    total = spend + signups
    parts = [part for part in (spend, signups)]
    largest = max(parts, key=lambda item: item.sum())

    def halved(series):
        return series * 0.5

    return halved(spend) / total.where(total > STEP) + largest * 0


def capped(price: pd.Series, ceiling: float = 100.0) -> pd.Series:
    """At most the ceiling."""
    return clipped(price).clip(upper=ceiling)


def weighted(capped: pd.Series) -> pd.Series:
    return capped * WEIGHTS[0]


def labelled(price: pd.Series) -> pd.Series:
    return price.map(lambda amount: f"{amount} EUR" + "!")


@config.when(region="us")
def cost__us(share: pd.Series) -> pd.Series:
    return share * 2


@config.when_not(region="us")
def cost__elsewhere(share: pd.Series) -> pd.Series:
    return share * 3


@config.when(place="land")
def season__land(share: pd.Series) -> pd.Series:
    return share * 4


def earned(price: pd.Series, margin_rate: float) -> pd.Series:
    return price * margin_rate


@parameterize(lag_1={"steps": value(1)}, lag_2={"steps": value(2)})
def lag(spend: pd.Series, steps: int) -> pd.Series:
    return spend.shift(steps)


def logged(price: pd.Series) -> pd.Series:
    if (top := price.max()) > 1000:
        return np.log(price / top)
    return np.log(price)


@feature(status="experimental")
def best(price: pd.Series) -> float:
    """The dearest."""
    return float(price.max())
'''
FRAMES = '''
import pandas as pd
from featurecat import extract_columns, schema


@extract_columns("amount", "pieces")
def dealt(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders that were dealt with."""
    return orders[["amount", "pieces"]]


@schema.output(("day", "date32"), ("sum", "double"))
def daily(orders: pd.DataFrame) -> pd.DataFrame:
    return orders.groupby("day", as_index=False).sum()


def piece_price(amount: pd.Series, pieces: pd.Series) -> pd.Series:
    return amount / pieces
'''
FILES = {
    "pyproject.toml": SETTINGS,
    "dealt_helpers.py": HELPERS,
    "dealt_features.py": FEATURES,
    "dealt_frames.py": FRAMES,
}
HERE, THERE, FRAME, TOML = "dealt_features.py", "dealt_helpers.py", "dealt_frames.py", "pyproject.toml"


class Edit(NamedTuple):
    """A replacement in a file, and the class that it makes of which feature."""

    file: str
    old: str
    new: str
    expected: Mapping[str, str] = {}


def cut(text: str, first: str, last: str) -> str:
    """The part of a text from the beginning of one piece to the beginning of another."""
    return text[text.index(first) : text.index(last)]


SHARE = cut(FEATURES, "def share(", "def capped(")
WEIGHTED = cut(FEATURES, "def weighted(", "def labelled(")
PRICE_USERS = dict.fromkeys(("price", "capped"), "behavioural")

#: Written down before what tells them apart.
EDITS: dict[str, Edit] = {
    # --- cosmetic: it computes what it did
    "rename a local": Edit(HERE, SHARE, SHARE.replace("total", "whole"), {"share": "cosmetic"}),
    "rename a variable of a comprehension": Edit(HERE, "[part for part in", "[one for one in", {"share": "cosmetic"}),
    "rename the parameter of a lambda": Edit(HERE, "lambda item: item.sum()", "lambda s: s.sum()", {"share": "cosmetic"}),
    "rename a nested function": Edit(HERE, SHARE, SHARE.replace("halved", "half"), {"share": "cosmetic"}),
    "rename a parameter of a nested function": Edit(HERE, "(series):\n        return series", "(s):\n        return s", {"share": "cosmetic"}),
    "rename what := binds": Edit(HERE, "(top := price.max()) > 1000:\n        return np.log(price / top)", "(peak := price.max()) > 1000:\n        return np.log(price / peak)", {"logged": "cosmetic"}),
    "reformat": Edit(HERE, "def share(spend: pd.Series, signups: pd.Series)", "def share(\n    spend : pd.Series,\n    signups:pd.Series,\n)", {"share": "cosmetic"}),
    "comment inside": Edit(HERE, "return float(", "# the dearest one\n    return float(", {"best": "cosmetic"}),
    "comment between functions": Edit(HERE, "def capped(", "# ceilings\ndef capped("),
    "docstring": Edit(HERE, "How much of it.", "How much of all.", {"share": "cosmetic"}),
    "docstring of a helper": Edit(THERE, "Scaled values.", "Values, scaled."),
    "docstring added": Edit(HERE, "def weighted(capped: pd.Series) -> pd.Series:\n", "def weighted(capped: pd.Series) -> pd.Series:\n    '''Weighted.'''\n", {"weighted": "cosmetic"}),
    "string quotes": Edit(HERE, '+ "!"', "+ '!'", {"labelled": "cosmetic"}),
    "formatted string of equal text": Edit(HERE, '+ "!"', '+ f"!"', {"labelled": "cosmetic"}),
    "spelling of a number": Edit(HERE, "> 1000", "> 1_000", {"logged": "cosmetic"}),
    "spelling of a number in a helper": Edit(THERE, "1_000", "1000"),
    "spelling of a type hint": Edit(HERE, "def best(price: pd.Series) -> float", "def best(price: 'pd.Series') -> 'float'", {"best": "cosmetic"}),
    "type hint of a local": Edit(HERE, "total = spend", "total: pd.Series = spend", {"share": "cosmetic"}),
    "type hint of a helper": Edit(THERE, "def scaled(values, factor)", "def scaled(values: object, factor: int) -> object"),
    "order of parameters": Edit(HERE, "spend: pd.Series, signups: pd.Series)", "signups: pd.Series, spend: pd.Series)", {"share": "cosmetic"}),
    "local of a helper": Edit(THERE, "product", "result"),
    "parameter of a helper": Edit(THERE, "def clipped(values):\n    return np.clip(values,", "def clipped(numbers):\n    return np.clip(numbers,"),
    "constant that nothing uses": Edit(THERE, "RATE = 3", "OTHER = 4\nRATE = 3"),
    "helper that nothing uses": Edit(THERE, "def unused(values):\n    return values", "def unused(values):\n    return values + 1"),
    "alias of an import": Edit(HERE, FEATURES, FEATURES.replace("import numpy as np", "import numpy").replace("np.", "numpy."), {"logged": "cosmetic"}),
    "alias of a helper": Edit(HERE, FEATURES, FEATURES.replace("import clipped, scaled", "import clipped, scaled as grown").replace("scaled(spend", "grown(spend"), {"price": "cosmetic"}),
    "move within the file": Edit(HERE, FEATURES, FEATURES.replace(WEIGHTED, "") + "\n\n" + WEIGHTED.rstrip() + "\n", {"weighted": "cosmetic"}),
    "name of a variant's function": Edit(HERE, "cost__us", "cost__usa", {"cost": "cosmetic"}),
    # --- behavioural: values may differ
    "body": Edit(HERE, "spend + signups", "spend - signups", {"share": "behavioural"}),
    "terms the other way round": Edit(HERE, "share * 2", "2 * share", {"cost": "behavioural"}),
    "constant in the body": Edit(HERE, "series * 0.5", "series * 0.6", {"share": "behavioural"}),
    "constant of the module": Edit(HERE, "STEP = 1", "STEP = 2", {"share": "behavioural"}),
    "list of the module": Edit(HERE, "[0.5, 0.25]", "[0.4, 0.25]", {"weighted": "behavioural"}),
    "constant in another file": Edit(THERE, "RATE = 3", "RATE = 4", {"price": "behavioural"}),
    "constant that a helper's helper reads": Edit(THERE, '"high": 1_000', '"high": 2_000', {"capped": "behavioural"}),
    "helper in another file": Edit(THERE, "values * factor", "values + factor", {"price": "behavioural"}),
    "arguments of a helper swapped": Edit(HERE, "scaled(spend, 2)", "scaled(2, spend)", {"price": "behavioural"}),
    "parameters of a helper swapped": Edit(THERE, "def scaled(values, factor)", "def scaled(factor, values)", {"price": "behavioural"}),
    "another function of a library": Edit(HERE, "return np.log(price)", "return np.log1p(price)", {"logged": "behavioural"}),
    "text of a formatted string": Edit(HERE, '{amount} EUR"', '{amount} USD"', {"labelled": "behavioural"}),
    "default value": Edit(HERE, "ceiling: float = 100.0", "ceiling: float = 200.0", {"capped": "behavioural"}),
    "walrus written out": Edit(HERE, "if (top := price.max()) > 1000:", "top = price.max()\n    if top > 1000:", {"logged": "behavioural"}),
    "add a parameter": Edit(HERE, "weighted(capped: pd.Series)", "weighted(capped: pd.Series, price: pd.Series)", {"weighted": "behavioural"}),
    "remove a parameter": Edit(HERE, "ceiling: float = 100.0) -> pd.Series:\n    \"\"\"At most the ceiling.\"\"\"\n    return clipped(price).clip(upper=ceiling)", ") -> pd.Series:\n    \"\"\"At most the ceiling.\"\"\"\n    return clipped(price)", {"capped": "behavioural"}),
    "take another feature": Edit(HERE, WEIGHTED, WEIGHTED.replace("capped", "price").replace("def price", "def weighted"), {"weighted": "behavioural"}),
    "parameter must be given": Edit(HERE, "ceiling: float = 100.0", "ceiling: float", {"capped": "behavioural"}),
    "value of an expansion": Edit(HERE, "value(2)", "value(3)", {"lag_2": "behavioural"}),
    "value of a config": Edit(TOML, "margin_rate = 0.2", "margin_rate = 0.3", {"earned": "behavioural"}),
    "value that a condition reads": Edit(TOML, 'region = "us"', 'region = "eu"', {"cost": "behavioural"}),
    "path of a source": Edit(TOML, "orders.parquet", "orders_2.parquet", {"dealt": "behavioural", "daily": "behavioural"}),
    "further variant": Edit(HERE, "def earned(", '@config.when(place="sea")\ndef season__sea(share: pd.Series) -> pd.Series:\n    return share\n\n\ndef earned(', {"season": "behavioural"}),
    # --- checks
    "loosen an expectation": Edit(HERE, "range=(0, 10)", "range=(0, 20)", {"price": "checks"}),
    "add an expectation": Edit(HERE, "def weighted(", "@check_output(allow_nans=False)\ndef weighted(", {"weighted": "checks"}),
    "remove an expectation": Edit(HERE, '@check_output(range=(0, 10), importance="warn")\n', "", {"price": "checks"}),
    "severity": Edit(HERE, 'importance="warn"', 'importance="fail"', {"price": "checks"}),
    "age of a source": Edit(TOML, 'path = "data', 'freshness = "26h"\npath = "data', {"dealt": "checks", "daily": "checks"}),
    # --- metadata
    "owner": Edit(HERE, 'owner="ops"', 'owner="crm"', {"price": "metadata"}),
    "tag": Edit(HERE, '@tag(team="sales")', '@tag(team="buying", level="gold")', {"price": "metadata"}),
    "status": Edit(HERE, 'status="experimental"', 'status="active"', {"best": "metadata"}),
    "sunset": Edit(HERE, 'status="experimental"', 'status="deprecated", sunset="2027-01-31", replaced_by="price"', {"best": "metadata"}),
    # --- breaking
    "unit": Edit(HERE, 'unit="EUR"', 'unit="USD"', {"price": "breaking"}),
    "declared type": Edit(HERE, 'dtype="double"', 'dtype="float"', {"price": "breaking"}),
    "type that is returned": Edit(HERE, "def best(price: pd.Series) -> float:", "def best(price: pd.Series) -> object:", {"best": "breaking"}),
    "key of a source": Edit(TOML, 'key = ["order"]', 'key = ["order", "line"]', dict.fromkeys(("dealt", "daily", "amount", "pieces", "piece_price"), "breaking")),
    "condition": Edit(HERE, '(region="us")', '(region="eu")', {"cost": "breaking"}),
    "remove a variant": Edit(HERE, cut(FEATURES, '@config.when_not(region="us")', '@config.when(place="land")'), "", {"cost": "breaking"}),
    "delete": Edit(HERE, WEIGHTED, "", {"weighted": "breaking"}),
    "rename": Edit(HERE, "def weighted(", "def weighed(", {"weighed": "breaking"}),
    "rename what another one takes": Edit(HERE, FEATURES, FEATURES.replace("def capped(", "def limited(").replace("weighted(capped:", "weighted(limited:").replace("return capped *", "return limited *"), {"limited": "breaking", "weighted": "cosmetic"}),
    "make it private": Edit(HERE, "def weighted(", "def _weighted(", {"weighted": "breaking"}),
    "frame loses a column": Edit(FRAME, '("day", "date32"), ("sum", "double")', '("sum", "double"),', {"daily": "breaking"}),
    "column changes its type": Edit(FRAME, '("sum", "double")', '("sum", "float")', {"daily": "breaking"}),
    # --- added
    "new feature": Edit(HERE, "def earned(", "def fresh(price: pd.Series) -> pd.Series:\n    return price\n\n\ndef earned(", {"fresh": "added"}),
    "frame gains a column": Edit(FRAME, '("sum", "double")', '("sum", "double"), ("count", "int64")', {"daily": "added"}),
    "split": Edit(HERE, "    return float(price.max())", "    return float(price.max())\n\n\ndef least(price: pd.Series) -> float:\n    return float(price.min())", {"least": "added"}),
    "extract another column": Edit(FRAME, '"amount", "pieces")\ndef', '"amount", "pieces", "note")\ndef', {"note": "added", "dealt": "added"}),
}  # fmt: skip

#: Edits that are made at once; of a feature that several are about the most severe class is expected.
TOGETHER = {
    "cosmetics add up": ("rename a local", "reformat", "docstring", "string quotes"),
    "a change among cosmetics": ("rename a local", "docstring", "body"),
    "expectation and owner": ("loosen an expectation", "owner", "tag"),
    "unit and body": ("unit", "constant in another file", "severity"),
    "helper renamed inside and changed": ("local of a helper", "helper in another file"),
    "constant under a cosmetic edit": ("rename a local", "constant of the module"),
    "alias and constant": ("alias of an import", "list of the module", "spelling of a number in a helper"),
    "default and ceiling": ("default value", "constant that a helper's helper reads"),
    "source and key": ("path of a source", "key of a source", "age of a source"),
    "new, gone and moved": ("new feature", "delete", "docstring of a helper"),
    "conditions and configs": ("condition", "value of a config", "further variant"),
    "expansion and comments": ("value of an expansion", "comment inside", "comment between functions"),
    "renamed and moved on": ("rename", "sunset", "text of a formatted string"),
    "nothing that counts": ("comment between functions", "parameter of a helper", "helper that nothing uses", "type hint of a helper"),
}  # fmt: skip


def edited(*names: str) -> dict[str, str]:
    files = dict(FILES)
    for name in sorted(names, key=lambda name: len(EDITS[name].old), reverse=True):
        edit = EDITS[name]
        assert edit.old in files[edit.file], name
        files[edit.file] = files[edit.file].replace(edit.old, edit.new)
    return files


def expected_of(*names: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name in names:
        for feature, one in EDITS[name].expected.items():
            found.setdefault(feature, []).append(one)
    return {feature: most_severe(classes) for feature, classes in found.items()}


def side_of(root: Path, files: Mapping[str, str]) -> Side:
    """A project with these files, indexed here, written down and read again."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / name).write_text(text.lstrip("\n"), encoding="utf-8")
    path, modules = list(sys.path), set(sys.modules)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        tables, problems = definition_tables(read_project(find_project(root, root / "store")))
        assert not problems, problems
        return reduced_from(json.loads(json.dumps(as_plain(reduce_tables(tables)))))
    finally:
        sys.path[:], sys.dont_write_bytecode = path, before
        for name in [name for name in set(sys.modules) - modules if name.startswith("dealt_")]:
            del sys.modules[name]
        sys.path_importer_cache.pop(str(root), None)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    yield side_of(tmp_path_factory.mktemp("original") / "project", FILES)


def classes(found: list[FeatureDifference]) -> dict[str, str]:
    return {one.feature: one.change_class for one in found}


def test_there_are_edits_of_every_class() -> None:
    assert len(EDITS) >= 40
    assert len(TOGETHER) >= 10
    assert {one for edit in EDITS.values() for one in edit.expected.values()} == set(CLASSES)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_gets_its_class(name: str, original: Side, tmp_path: Path) -> None:
    found = compare_sides(original, side_of(tmp_path / "project", edited(name)))
    assert classes(found) == dict(EDITS[name].expected), [(one.feature, one.changes) for one in found]


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_taken_back_is_of_the_same_weight(name: str, original: Side, tmp_path: Path) -> None:
    """What is added one way is gone the other way; what counts counts in both."""
    found = classes(compare_sides(side_of(tmp_path / "project", edited(name)), original))
    quiet = {"cosmetic", "metadata", "checks"}
    forth = {feature for feature, one in EDITS[name].expected.items() if one in quiet}
    back = {feature for feature, one in found.items() if one in quiet}
    assert forth == back


@pytest.mark.parametrize("name", TOGETHER)
def test_edits_together_get_the_most_severe_class(name: str, original: Side, tmp_path: Path) -> None:
    found = compare_sides(original, side_of(tmp_path / "project", edited(*TOGETHER[name])))
    expected = expected_of(*TOGETHER[name])
    assert classes(found) == expected, [(one.feature, one.changes) for one in found]


def test_all_that_an_edit_changes_is_listed(original: Side, tmp_path: Path) -> None:
    files = edited("unit", "owner", "loosen an expectation", "constant in another file")
    (found,) = compare_sides(original, side_of(tmp_path / "project", files))
    assert [change.kind for change in found.changes] == ["unit", "helper", "expectations", "owner"]
    assert {change.kind: change.text for change in found.changes} == {
        "unit": "EUR -> USD",
        "helper": "RATE",
        "expectations": "range high 10 -> 20",
        "owner": "ops -> crm",
    }


def test_nothing_edited_is_no_difference(original: Side, tmp_path: Path) -> None:
    assert compare_sides(original, side_of(tmp_path / "else" / "project", FILES)) == []


def test_moved_to_another_file_is_cosmetic(original: Side, tmp_path: Path) -> None:
    files = {**FILES, HERE: FEATURES.replace(WEIGHTED, "")}
    files["dealt_more.py"] = f"import pandas as pd\n\nfrom dealt_features import WEIGHTS\n\n\n{WEIGHTED}"
    files[TOML] = SETTINGS.replace('"dealt_frames"]', '"dealt_frames", "dealt_more"]')
    found = compare_sides(original, side_of(tmp_path / "project", files))
    assert classes(found) == {"weighted": "cosmetic"}
    assert found[0].changes[0].kind == "moved"


# --- through git and the command line --------------------------------------------------------------


def git(folder: Path, *words: str) -> None:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@dealt.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *words], env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    """The project on its main branch, a branch checked out."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    project = ShopProject(tmp_path_factory.mktemp("committed") / "dealt", nursery)
    for name, text in FILES.items():
        project.write(name, text)
    project.write(".gitignore", ".featurecat/\n__pycache__/\n")
    git(project.root, "init", "--quiet", "--initial-branch", "main")
    git(project.root, "add", "--all")
    git(project.root, "commit", "--quiet", "--message", "the beginning")
    git(project.root, "checkout", "--quiet", "-b", "work")
    return project


@pytest.mark.parametrize(
    "names",
    [
        ("rename a local", "alias of an import"),
        ("constant in another file",),
        ("add an expectation", "severity"),
        ("rename what another one takes", "owner"),
        ("condition", "value of a config", "new feature"),
        ("path of a source", "docstring", "status"),
    ],
    ids=["cosmetic", "helper", "checks", "renamed", "configs", "source"],
)
def test_the_command_tells_the_same(committed: ShopProject, names: tuple[str, ...]) -> None:
    for name, text in edited(*names).items():
        committed.write(name, text)
    told = committed.ok("diff", "--json").rows
    assert {one["feature"]: one["class"] for one in told["features"]} == expected_of(*names)
    severe = sorted(set(expected_of(*names).values()), key=list(CLASSES).index)
    assert committed.run("diff", "--exit-code").code == (1 if severe[0] == "breaking" else 0)
    assert committed.run("diff", "--exit-code", "--fail-on", "any").code == 1
