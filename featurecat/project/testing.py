"""``featurecat test``: the tests and examples of selected features, run by pytest in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from featurecat.errors import DefinitionError, Problem, RunError, UnsupportedError
from featurecat.project.discover import Project

__all__ = ["FeatureTests", "run_feature_tests"]

#: pytest's exit codes: failures, and nothing collected, which features without tests make.
_PASSED, _FAILED, _NOTHING = 0, 1, 5


@dataclass(frozen=True, slots=True)
class FeatureTests:
    """Which tests the selected features have, and how they ended.

    Attributes:
        selected: Catalog keys of the features.
        tests: Each test or example: ``id``, ``kind``, ``features``, ``outcome`` (None when it was not run).
        failed: Whether a test failed, or pytest could not run them all.
    """

    selected: tuple[str, ...]
    tests: tuple[dict[str, Any], ...]
    failed: bool

    def of(self, feature: str) -> list[dict[str, Any]]:
        """The tests and examples of one feature."""
        return [test for test in self.tests if feature in test["features"]]

    @property
    def untested(self) -> list[str]:
        """The selected features that no test and no example is about."""
        return [feature for feature in self.selected if not self.of(feature)]

    def count(self, kind: str, outcome: str) -> int:
        """How many tests (``kind`` test) or examples (``example``) ended like this."""
        return sum(test["kind"] == kind and test["outcome"] == outcome for test in self.tests)


def run_feature_tests(
    project: Project,
    selections: Sequence[str] = (),
    *,
    listing: bool = False,
    verbose: bool = False,
    output: TextIO | None = None,
) -> FeatureTests:
    """Run the tests that are marked for the selected features, and the examples in their functions' docstrings.

    Args:
        project: The project; pytest runs in its root, with its own settings of pytest.
        selections: Which features; all of them without one.
        listing: Only say which tests there are.
        verbose: Let pytest name each test.
        output: Where what pytest says goes; None for standard output.

    Raises:
        UnsupportedError: When pytest is not installed.
        DefinitionError: When a module, selection or marker is wrong; nothing was run then.
        RunError: When pytest itself failed.
    """
    if importlib.util.find_spec("pytest") is None:
        raise UnsupportedError("running tests needs pytest, which is not installed", hint="pip install pytest")
    with tempfile.TemporaryDirectory(prefix="featurecat-") as folder:
        report = Path(folder) / "report.json"
        command = _command(selections, report, listing=listing, verbose=verbose)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        done = subprocess.run(
            command,
            cwd=project.root,
            env=_environment(project),
            stdout=subprocess.DEVNULL if listing else output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        document = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    if document.get("problems"):
        raise DefinitionError(
            [Problem(**{**problem, "details": tuple(problem["details"])}) for problem in document["problems"]]
        )
    if done.returncode not in (_PASSED, _FAILED, _NOTHING):
        _raise_fault(done.returncode, done.stderr)
    sys.stderr.write(done.stderr)
    return FeatureTests(
        tuple(document.get("selected", ())), tuple(document.get("tests", ())), failed=done.returncode == _FAILED
    )


def _command(selections: Sequence[str], report: Path, *, listing: bool, verbose: bool) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-p", "featurecat.pytest_plugin", f"--featurecat-report={report}"]
    command += [f"--featurecat-features={text}" for text in selections or ("",)]
    if importlib.util.find_spec("xdist") is not None:
        command.append("-n0")  # the report is written by the process that runs the tests
    if listing:
        command.append("--collect-only")
    return [*command, "-v" if verbose else "-q"]


def _environment(project: Project) -> dict[str, str]:
    """The environment, with the project's folders first among those that modules are imported from."""
    folders = [str(project.root), str(project.root / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    hamilton = {"FEATURECAT_HAMILTON": "1"} if project.hamilton else {}
    return {**os.environ, **hamilton, "PYTHONPATH": os.pathsep.join(folders)}


def _raise_fault(code: int, told: str) -> None:
    """Raise what pytest could not do: collect a test file, understand its settings, or its own work."""
    said = [line.removeprefix("ERROR: ") for line in told.splitlines() if line.strip()]
    first = said[0] if said else "what it printed says why"
    if code in (2, 4):
        message = "pytest could not collect all tests" if code == 2 else "pytest cannot run"
        raise DefinitionError(f"{message}: {first}", code="invalid-option", hint="run pytest itself to see all of it")
    raise RunError(f"pytest ended with exit code {code}: {first}", hint="run pytest itself to see all of it")
