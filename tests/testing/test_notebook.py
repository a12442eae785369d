"""The IPython extension: cells become modules, their graph is shown, errors are messages."""

from __future__ import annotations

import inspect
import linecache
import sys

import pandas as pd
import pytest

from featurecat.driver import Builder
from featurecat.notebook import load_ipython_extension, module_from_cell, unload_ipython_extension

CELL = """%%feature_module cell_features
import pandas as pd


def spend_twice(spend: pd.Series) -> pd.Series:
    return spend * 2


def ratio(spend_twice: pd.Series, signups: pd.Series) -> pd.Series:
    return spend_twice / signups
"""


@pytest.fixture
def shell(monkeypatch):
    """An IPython shell with the extension."""
    from IPython.core import interactiveshell as interactive

    shown = []
    monkeypatch.setattr("featurecat.notebook._display", shown.append)
    made = interactive.InteractiveShell(history_length=0)
    made.history_manager.enabled = False
    made.run_line_magic("colors", "nocolor")
    load_ipython_extension(made)
    made.shown = shown
    yield made
    made.history_manager.end_session()
    interactive.InteractiveShell.clear_instance()
    for name in [name for name, module in sys.modules.items() if "__featurecat_cell__" in vars(module)]:
        del sys.modules[name]
    for filename in [filename for filename in linecache.cache if filename.startswith("<feature module")]:
        del linecache.cache[filename]


def run(shell, cell: str) -> None:
    result = shell.run_cell(cell)
    assert result.success, result


def refused(shell, cell: str, capsys) -> str:
    """What is shown for a cell that fails."""
    capsys.readouterr()
    assert not shell.run_cell(cell).success
    told = capsys.readouterr()
    return told.out + told.err


@pytest.mark.component("ipython")
def test_a_cell_becomes_a_module_whose_graph_is_shown(shell):
    run(shell, CELL)
    module = shell.user_ns["cell_features"]
    assert sys.modules["cell_features"] is module
    (picture,) = shell.shown
    assert {node.name for node in picture.drawing.nodes} == {"spend", "signups", "spend_twice", "ratio"}
    assert (
        inspect.getsource(module.spend_twice)
        == "def spend_twice(spend: pd.Series) -> pd.Series:\n    return spend * 2\n"
    )
    driver = Builder().with_modules(module).build()
    assert driver.execute(["spend_twice"], inputs={"spend": pd.Series([1])})["spend_twice"].tolist() == [2]


@pytest.mark.component("ipython")
def test_the_graph_need_not_be_shown(shell):
    run(shell, CELL.replace("cell_features", "cell_features --no-display"))
    assert shell.shown == []


@pytest.mark.component("ipython")
def test_a_cell_that_runs_again_replaces_the_module(shell):
    run(shell, CELL)
    run(shell, CELL.replace("* 2", "* 3"))
    assert shell.user_ns["cell_features"].spend_twice(1) == 3


@pytest.mark.component("ipython")
def test_config_engine_and_further_modules(shell):
    run(shell, CELL)
    variants = """%%feature_module more_features --with cell_features --config region=us --config-from more --engine pandas
from featurecat import config


@config.when(region="us", year=2013)
def tax__us(ratio: float) -> float:
    return ratio


@config.when_not(region="us")
def tax__elsewhere(ratio: float) -> float:
    return ratio
"""
    run(shell, "more = {'year': 2013, 'region': 'x'}")
    run(
        shell, variants.replace("float", "pd.Series").replace("from featurecat", "import pandas as pd\nfrom featurecat")
    )
    assert {"tax", "spend_twice"} <= {node.name for node in shell.shown[-1].drawing.nodes}


@pytest.mark.component("ipython")
def test_errors_are_messages_and_lose_nothing(shell, capsys):
    run(shell, CELL)
    before = shell.user_ns["cell_features"]
    told = refused(shell, CELL.replace("spend: pd.Series", "spend"), capsys)
    assert told.startswith(
        "error: spend_twice has no type annotation on parameter 'spend' (<feature module cell_features, run 2>:4)"
    )
    assert "hint:" in told
    assert "Traceback" not in told
    assert sys.modules["cell_features"] is shell.user_ns["cell_features"] is before


@pytest.mark.component("ipython")
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%feature_module json\nx = 1\n", "'json' is another module"),
        ("%%feature_module a-b\nx = 1\n", "'a-b' cannot be the name"),
        ("%%feature_module class\nx = 1\n", "'class' cannot be the name"),
        ("%%feature_module\nx = 1\n", "required: name"),
        ("%%feature_module one --nope\nx = 1\n", "--nope"),
        ("%%feature_module one 'x\nx = 1\n", "cannot be told apart"),
        ("%%feature_module one --config region\nx = 1\n", "--config takes name=value"),
        ("%%feature_module one --config-from nix\nx = 1\n", "'nix' is no dictionary"),
        ("%%feature_module one --with nix\nx = 1\n", "there is no module 'nix'"),
        ("%%feature_module one\nif\n", "one is not valid Python: invalid syntax (<feature module one>:1)"),
        ("%%incremental_feature_module one\nif\n", "one is not valid Python: invalid syntax"),
        (
            "%%feature_module one\ndef f(x: int) -> int: ...\ndef f(x: int) -> int: ...\n",
            "'f' is defined twice in one cell",
        ),
        ("%%feature_module one\ndef f(g: int) -> int: ...\ndef g(f: int) -> int: ...\n", "[cycle]"),
        ("%module_to_cell nix", "there is no module 'nix'"),
        ("%module_to_cell sys", "has no source text"),
    ],
)
def test_misuse(shell, capsys, cell, said):
    run(shell, "import sys")
    told = refused(shell, cell, capsys)
    assert said in told
    assert "Traceback" not in told
    assert "one" not in sys.modules


@pytest.mark.component("ipython")
def test_what_a_cell_raises_shows_its_own_lines(shell, capsys):
    told = refused(shell, "%%feature_module one\nx = 1\nx / 0\n", capsys)
    assert "ZeroDivisionError" in told
    assert "x / 0" in told
    assert "notebook.py" not in told
    assert "one" not in sys.modules


@pytest.mark.component("ipython")
def test_definitions_are_added_and_replaced(shell):
    run(shell, CELL)
    run(
        shell,
        "%%incremental_feature_module cell_features\ndef spend_twice(spend: pd.Series) -> pd.Series:\n    return spend * 20\n",
    )
    run(
        shell,
        "%%incremental_feature_module cell_features\nLIMIT: int = 3\n\n\ndef capped(ratio: pd.Series) -> pd.Series:\n    return ratio\n",
    )
    run(shell, "%%incremental_feature_module cell_features\nLIMIT = 4\n")
    module = shell.user_ns["cell_features"]
    assert (module.spend_twice(1), module.LIMIT) == (20, 4)
    assert {"spend_twice", "ratio", "capped"} <= {node.name for node in shell.shown[-1].drawing.nodes}
    run(shell, "%%incremental_feature_module new_features\ndef alone(x: int) -> int:\n    return x\n")
    assert shell.user_ns["new_features"].alone(2) == 2


@pytest.mark.component("ipython")
def test_a_module_goes_back_into_a_cell(shell, monkeypatch, make_module):
    cells = []
    monkeypatch.setattr(shell, "set_next_input", cells.append)
    run(shell, CELL)
    run(shell, "%module_to_cell cell_features")
    assert cells == [CELL]
    shell.user_ns["written"] = make_module("def a(b: int) -> int:\n    return b\n", "written")
    run(shell, "%module_to_cell written")
    assert cells[1] == "%%feature_module written\ndef a(b: int) -> int:\n    return b\n"


@pytest.mark.component("ipython")
def test_unloading_takes_the_magics_out(shell, capsys):
    unload_ipython_extension(shell)
    assert "not found" in refused(shell, CELL, capsys)


def test_without_ipython_a_text_can_be_a_module():
    module = module_from_cell("made_of_text", "def a(b: int) -> int:\n    return b + 1\n")
    try:
        assert module.a(1) == 2
    finally:
        del sys.modules["made_of_text"]


@pytest.mark.component("ipython")
def test_load_ext(shell):
    unload_ipython_extension(shell)
    shell.run_line_magic("load_ext", "featurecat")
    run(shell, CELL)
    assert shell.user_ns["cell_features"].spend_twice(2) == 4
