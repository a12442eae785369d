"""Notebooks with Hamilton's magics."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from featurecat.compat.hamilton.plugins import jupyter_magic
from featurecat.errors import RequestError

pytestmark = pytest.mark.component("ipython")

CELL = """
def twice(number: int) -> int:
    return 2 * number

def more(twice: int) -> int:
    return twice + 1
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    shell: Any = InteractiveShell()
    jupyter_magic.load_ipython_extension(shell)
    yield shell
    shell.history_manager.end_session()
    for name in ("cell_made", "cell_parts"):
        sys.modules.pop(name, None)


def test_a_cell_becomes_a_module_and_is_executed(
    shell: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shell.push({"given": {"number": 4}, "asked": ["more"]})
    shell.run_cell_magic("cell_to_module", "cell_made --display -x asked -i given --show_results -w", CELL)
    assert shell.user_ns["more"] == 9
    assert "twice" in shell.user_ns
    assert shell.user_ns["cell_made"].twice(3) == 6
    assert (tmp_path / "cell_made.py").read_text() == CELL
    assert "9" in capsys.readouterr().out


def test_a_module_of_several_cells(shell: Any) -> None:
    first, second = CELL.split("\n\n")
    shell.run_cell_magic("incr_cell_to_module", "cell_parts 2", second)
    shell.run_cell_magic("incr_cell_to_module", "cell_parts 1", first)
    assert shell.user_ns["cell_parts_dr"].execute(["more"], inputs={"number": 1}) == {"more": 3}
    shell.run_cell_magic("incr_cell_to_module", "cell_parts 2", second.replace("1", "10"))
    assert shell.user_ns["cell_parts_dr"].execute(["more"], inputs={"number": 1}) == {"more": 12}


def test_a_dictionary_a_config_and_a_module_shown(shell: Any) -> None:
    shell.run_cell_magic("set_dict", "given", "number = 1\nother = number + 1\n")
    assert shell.user_ns["given"] == {"number": 1, "other": 2}
    shell.run_cell_magic("cell_to_module", "-m cell_made -c number=5 -x", CELL)
    assert shell.user_ns["more"] == 11
    shell.run_line_magic("module_to_cell", "cell_made")
    assert "%%cell_to_module cell_made\ndef twice" in shell.rl_next_input


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "no name"),
        ("cell_made -i nothing -x", "no variable 'nothing'"),
        ("cell_made -c region", "config cannot be read"),
        ("cell_made -c =us", "name=value"),
    ],
)
def test_what_is_wrong_is_said(shell: Any, line: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        jupyter_magic.HamiltonMagics(shell).cell_to_module(line, CELL)
