"""The pytest plugin: tests say which features they are about, and get a driver of them.

Where there is a ``[tool.featurecat]`` around the tests, they can import the project's modules. Beside that it does
nothing until it is used: a marker, the fixture or an option. ::

    @pytest.mark.feature("margin")
    def test_margin(feature_driver):
        assert feature_driver.execute(["margin"], inputs={...})["margin"] == 6

``featurecat test SELECTION`` runs the tests of the selected features, and the examples in their docstrings.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from featurecat.errors import FeaturecatError, Problem, RequestError

if TYPE_CHECKING:
    from featurecat.driver import Driver
    from featurecat.project.subjects import Subjects

__all__ = ["feature_driver"]

_PROPERTY = "featurecat_features"
_known = pytest.StashKey["_Known"]()
_report = pytest.StashKey["_Report"]()
_added = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; see ``pytest --help``."""
    group = parser.getgroup("featurecat")
    group.addoption(
        "--featurecat-features",
        action="append",
        metavar="SELECTION",
        help="run only tests marked for these features, and the examples of their docstrings; '' takes all features",
    )
    group.addoption("--featurecat-report", metavar="FILE", help="write which tests are about which features, as JSON")
    parser.addini(
        "featurecat_modules", "modules of features that tests are about; the project's own by default", "args"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Let tests import the modules of the project around them, as the commands do: from its folder and ``src/``."""
    start = early_config.rootpath
    named = [folder for folder in (start, *start.parents) if _names_featurecat(folder / "pyproject.toml")]
    root = None
    if named:
        from featurecat.project.outline import has_settings

        root = next((folder for folder in named if has_settings(folder / "pyproject.toml")), None)
    added = [] if root is None else [str(folder) for folder in (root, root / "src") if folder.is_dir()]
    early_config.stash[_added] = added = [folder for folder in added if folder not in sys.path]
    sys.path[:0] = added


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    config.addinivalue_line("markers", "feature(name, ...): the test is about these features")
    config.addinivalue_line(
        "markers",
        "feature_modules(module, ..., config=None): the modules, by name or themselves, that feature_driver and the "
        "marker feature are about, and the driver's config",
    )
    config.stash[_known] = _Known(config)
    if path := config.getoption("featurecat_report"):
        config.stash[_report] = _Report(Path(path))
        config.pluginmanager.register(config.stash[_report])


def _names_featurecat(pyproject: Path) -> bool:
    try:
        return b"featurecat" in pyproject.read_bytes()
    except OSError:
        return False


@pytest.fixture
def feature_driver(request: pytest.FixtureRequest) -> Driver:
    """A driver of the project's declared modules, or of those that marker or ini name; it returns dictionaries.

    It waits for coroutine functions, and computes the items of a ``Parallelizable`` one after the other.
    """
    from featurecat.driver.anyhow import AnyDriver

    try:
        subjects, config = request.config.stash[_known].about(request.node)
        if subjects is None:
            pytest.fail(
                "there is no [tool.featurecat] around this test: @pytest.mark.feature_modules(…)", pytrace=False
            )
        return AnyDriver(config, *subjects.modules["default"], default_result="dict")
    except FeaturecatError as error:
        pytest.fail(str(error), pytrace=False)


class _Known:
    """What tests may name: of each project, and of each choice of modules, read once."""

    def __init__(self, config: pytest.Config) -> None:
        self._named_in_ini: list[str] = list(config.getini("featurecat_modules"))
        self._read: dict[Any, Subjects | None] = {}

    def about(self, node: pytest.Item | Path) -> tuple[Subjects | None, dict[str, Any]]:
        """The features that a test, or what lies in a folder, is about, and the driver's config."""
        from featurecat.project import subjects

        marker = None if isinstance(node, Path) else node.get_closest_marker("feature_modules")
        config = dict(marker.kwargs.get("config") or {}) if marker is not None else {}
        named = tuple(marker.args) if marker is not None and marker.args else tuple(self._named_in_ini)
        if named:
            choice = (named, repr(config))
            if choice not in self._read:
                self._read[choice] = subjects.subjects_of_modules([_module(name) for name in named], config)
            return self._read[choice], config
        project = subjects.project_around(node if isinstance(node, Path) else node.path)
        key = None if project is None else project.root
        if key not in self._read:
            self._read[key] = None if project is None else subjects.subjects_of_project(project)
        return self._read[key], config


def _module(name: str | ModuleType) -> ModuleType:
    """A module by its name.

    Raises:
        RequestError: Code ``import-error``, when it cannot be imported.
    """
    if isinstance(name, ModuleType):
        return name
    try:
        return importlib.import_module(name)
    except FeaturecatError:
        raise
    except Exception as error:
        message = f"{name!r} cannot be imported for the tests: {type(error).__name__}: {error}"
        raise RequestError(
            message, code="import-error", hint="@pytest.mark.feature_modules takes names of modules of features"
        ) from error


# --- collecting -----------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check what markers name; with ``--featurecat-features`` keep the tests of those features and add examples."""
    asked = config.getoption("featurecat_features")
    marked = [item for item in items if item.get_closest_marker("feature") is not None]
    if asked is None and not marked:
        return
    try:
        features = _features_of(marked, config.stash[_known])
        selected = None
        if asked is not None:
            subjects, _ = config.stash[_known].about(config.invocation_params.dir)
            selected = _keep_selected(session, items, features, subjects, [text for text in asked if text])
    except FeaturecatError as error:
        if report := config.stash.get(_report, None):
            report.problems = [asdict(problem) for problem in error.problems]
        raise pytest.UsageError(str(error)) from None
    for item in items:
        if item in features:
            item.user_properties.append((_PROPERTY, features[item]))
    if report := config.stash.get(_report, None):
        report.selected = selected or []
        report.collected(items)


def _features_of(marked: Iterable[pytest.Item], known: _Known) -> dict[pytest.Item, list[str]]:
    """Each marked test with the catalog keys of its features.

    Raises:
        RequestError: With every name that nothing has.
    """
    features: dict[pytest.Item, list[str]] = {}
    problems: list[Problem] = []
    for item in marked:
        names = [str(name) for marker in item.iter_markers("feature") for name in marker.args]
        path, line, _ = item.reportinfo()
        if not names:
            hint = '@pytest.mark.feature("margin")'
            problems.append(Problem("unknown-feature", f"{item.name} is marked for no feature", str(path), hint=hint))
        subjects, _ = known.about(item)
        if subjects is None:  # no project, no modules: nothing is known
            features[item] = names
            continue
        features[item], unknown = subjects.resolved(names)
        place = None if line is None else line + 1
        problems += [
            Problem(problem.code, f"{item.name} is marked for what is not there: {problem.message}", str(path), place,
                    problem.hint, problem.feature)
            for problem in unknown
        ]  # fmt: skip
    if problems:
        raise RequestError(problems)
    return features


def _keep_selected(
    session: pytest.Session,
    items: list[pytest.Item],
    features: dict[pytest.Item, list[str]],
    subjects: Subjects | None,
    asked: list[str],
) -> list[str]:
    """Keep the tests of the selected features, add their examples, and say which features those are."""
    if subjects is None:
        raise RequestError("there is no project here", code="no-project", hint="[tool.featurecat] in pyproject.toml")
    selected = subjects.selected(asked)
    wanted = set(selected)
    others = [item for item in items if wanted.isdisjoint(features.get(item, ()))]
    if others:
        session.config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in set(others)]
    for item in _examples(session, subjects, selected):
        features[item] = item.features
        items.append(item)
    return selected


# --- examples in docstrings -----------------------------------------------------------------------


class _ExampleError(Exception):
    """An example printed something else than it says; what, as doctest tells it."""


class ExampleItem(pytest.Item):
    """The examples in the docstring of one feature function."""

    example: doctest.DocTest
    features: list[str]

    def runtest(self) -> None:
        """Run the examples, with the options of ``doctest_optionflags``."""
        flags = 0
        for name in self.config.getini("doctest_optionflags"):
            flags |= doctest.OPTIONFLAGS_BY_NAME[name]
        told = io.StringIO()
        # a copy of its names: what an example sets is gone after it
        results = doctest.DocTestRunner(verbose=False, optionflags=flags).run(self.example, out=told.write)
        if results.failed:
            raise _ExampleError(told.getvalue())

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What doctest says."""
        if isinstance(excinfo.value, _ExampleError):
            return str(excinfo.value).rstrip()
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int | None, str]:
        """Where the docstring is."""
        return self.example.filename or str(self.path), self.example.lineno, f"[example] {self.name}"


def _examples(session: pytest.Session, subjects: Subjects, selected: Iterable[str]) -> Iterator[ExampleItem]:
    about: dict[Callable[..., Any], list[str]] = {}
    for key in selected:
        for function in subjects.functions(key):
            about.setdefault(function, []).append(key)
    finder = doctest.DocTestFinder(recurse=False)
    for function, keys in about.items():
        module = sys.modules.get(function.__module__)
        for example in finder.find(function, function.__name__, module=module, globs=dict(function.__globals__)):
            if not example.examples:
                continue
            place = inspect.getsourcefile(function) or function.__module__
            path = Path(place)
            shown = path.relative_to(session.path).as_posix() if path.is_relative_to(session.path) else path.name
            item = ExampleItem.from_parent(session, name=example.name, nodeid=f"{shown}::{example.name}[example]")
            item.example, item.features = example, keys
            yield item


# --- the report of `featurecat test` ----------------------------------------------------------------


class _Report:
    """Which tests are about which features, and how they ended; a file for ``featurecat test``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[dict[str, Any]] = []
        self.selected: list[str] = []
        self.tests: dict[str, dict[str, Any]] = {}

    def collected(self, items: Iterable[pytest.Item]) -> None:
        """Note the tests that there are."""
        for item in items:
            self._note(item.nodeid, item.user_properties)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test ended: as its call did, unless its fixtures failed."""
        self._note(report.nodeid, report.user_properties)
        if report.nodeid in self.tests and (report.when == "call" or report.outcome != "passed"):
            self.tests[report.nodeid]["outcome"] = report.outcome

    def _note(self, identity: str, properties: Iterable[tuple[str, Any]]) -> None:
        for name, features in properties:
            if name == _PROPERTY:
                kind = "example" if identity.endswith("[example]") else "test"
                self.tests.setdefault(identity, {"id": identity, "kind": kind, "features": features, "outcome": None})

    def write(self) -> None:
        """Write the file."""
        document = {"problems": self.problems, "selected": self.selected, "tests": list(self.tests.values())}
        self.path.write_text(json.dumps(document), encoding="utf-8")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the report, and take out of ``sys.path`` what joined it."""
    for folder in config.stash.get(_added, []):
        if folder in sys.path:
            sys.path.remove(folder)
    if report := config.stash.get(_report, None):
        report.write()
