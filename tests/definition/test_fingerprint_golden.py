"""Fingerprints are the same on every supported Python: one golden file, several interpreters."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.interpreters import find_interpreter

PROGRAM = """
import json, sys
from pathlib import Path
folder = Path(sys.argv[1])
sys.path[:0] = [sys.argv[2], str(folder.parent)]
import fingerprinted.features as sample
from featurecat.definition.fingerprint import Fingerprints
functions = [value for value in vars(sample).values() if getattr(value, "__module__", "") == sample.__name__]
prints = Fingerprints([folder])
print(json.dumps({function.__name__: prints.of_function(function) for function in functions}, indent=1))
"""


def _fingerprints(interpreter: str, repository: Path) -> str:
    folder = Path(__file__).parent / "fingerprinted"
    done = subprocess.run(
        [interpreter, "-I", "-B", "-c", PROGRAM, str(folder), str(repository)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "version",
    [
        "",
        pytest.param("3.12", marks=pytest.mark.component("python312")),
        pytest.param("3.13", marks=pytest.mark.component("python313")),
    ],
    ids=["this", "3.12", "3.13"],
)
def test_fingerprints_are_the_golden_ones(version: str, repository: Path, golden: Callable[[str, str], None]) -> None:
    interpreter = find_interpreter(version) if version else sys.executable
    assert interpreter is not None  # the component said so
    golden(_fingerprints(interpreter, repository), "fingerprints.json")


def test_every_function_of_the_sample_has_one_of_its_own() -> None:
    golden = json.loads((Path(__file__).parent / "golden" / "fingerprints.json").read_text(encoding="utf-8"))
    assert len(golden) == 9
    assert None not in golden.values()
    assert len(set(golden.values())) == len(golden)
