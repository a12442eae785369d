"""The import contract of docs/architecture.md, as data and exhaustive: who may open which door.

Each room lists what it may import of featurecat; ``THIRD_PARTIES`` lists who may name a library. Imports under
``TYPE_CHECKING`` count like any other. A new room, a new library and a new late import must be placed here, with
a reason where the general rule does not cover it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

PACKAGE = "featurecat"


@dataclass(frozen=True)
class Room:
    """A top-level module or folder: its floor, and the rooms (or single modules) below that it may import."""

    floor: int
    may_import: tuple[str, ...] = ()


#: Floor 0 is open to every room and imports nothing.
GROUND = ("records", "errors", "plugins", "faults", "clock", "version")
BELOW_PROJECT = (
    "testing", "driver", "execution", "catalog", "reports", "plan", "graph", "lifecycle",
    "function_modifiers", "definition",
    "expectations", "storage", "io", "frames",
)  # fmt: skip

ROOMS: Mapping[str, Room] = {
    # the facade (PEP 562) and `python -m featurecat`
    "__init__": Room(
        10,
        ("async_driver", "driver", "executors", "lifecycle", "project", "testing", "function_modifiers", "definition", "io"),
    ),
    "__main__": Room(10, ("cli",)),
    "async_driver": Room(8, ("driver",)),
    "executors": Room(8, ("execution", "plan")),
    "cli": Room(9, ("project",)),
    # what pytest and notebooks load by name
    "pytest_plugin": Room(9, ("project", "driver")),
    "notebook": Room(9, ("driver", "io.literals")),
    "testing": Room(7, ("execution", "plan", "graph", "definition", "frames")),
    "compat": Room(9, ("project", "async_driver", *BELOW_PROJECT)),
    "project": Room(8, BELOW_PROJECT),
    # wires collect -> plan -> execute: it knows each of these rooms, and neither catalog nor reports
    "driver": Room(
        7,
        (
            "execution", "plan", "graph", "lifecycle", "function_modifiers", "definition", "expectations", "storage",
            "io", "frames",
        ),  # fmt: skip
    ),
    # a run carries out a plan over nodes, so it may name what a plan is made of
    "execution": Room(6, ("plan", "graph", "lifecycle", "definition", "storage", "expectations", "io", "frames")),
    "catalog": Room(6),
    "reports": Room(6),
    # hooks that users write: protocols, and the shipped ones
    "lifecycle": Room(4, ("definition", "function_modifiers", "frames.describe")),
    "plan": Room(5, ("graph", "definition", "frames.kinds")),
    "graph": Room(4, ("definition", "frames.kinds", "expectations.spec")),
    "function_modifiers": Room(
        3,
        (
            "definition",
            "expectations.spec",
            # a decorator's arguments are checked where they are written; it and the frame modules load no third party
            "expectations.registry",
            "expectations.limits",
            # the body of a validator node evaluates its expectation
            "expectations.evaluate",
            # what validators of users are derived from, offered beside the decorators
            "expectations.custom",
            "frames.kinds",
            # extract_columns and extract_fields take a frame apart; no third party either
            "frames.columns",
            # load_from and save_to find the formats, and check their arguments where they are written
            "io.adapters",
            "io.adapter_registry",
            "io.materializers",
            # @feature(dtype=) is validated against the table of logical type names
            "frames.dtypes",
        ),
    ),
    "definition": Room(3, ("expectations.spec", "frames.kinds", "frames.dtypes")),
    "expectations": Room(2, ("frames",)),
    "storage": Room(2, ("frames",)),
    "io": Room(2, ("frames",)),
    "frames": Room(1),
    # a gate's report holds problems
    "records": Room(0, ("errors",)),
    # a plugin that cannot be used is a problem
    "plugins": Room(0, ("errors",)),
    "errors": Room(0),
    "faults": Room(0),
    "clock": Room(0),
    "version": Room(0),
}

#: The pairs on a common floor that are not strangers: modifiers are written in terms of definitions.
SAME_FLOOR = {("function_modifiers", "definition"), ("records", "errors"), ("plugins", "errors")}

#: Who may name a library. A prefix stands for a module and everything inside it.
THIRD_PARTIES: Mapping[str, tuple[str, ...]] = {
    "narwhals": ("frames", "expectations", "execution"),
    "pandas": ("frames", "io", "execution.results", "storage.parquet", "compat.hamilton"),
    "polars": ("frames", "io", "execution.results", "execution.polars_lazy", "storage.parquet", "compat.hamilton"),
    # comes with pandas; named where pandas is
    "numpy": ("frames", "io", "execution.results", "compat.hamilton"),
    "pyarrow": ("frames", "storage", "catalog", "io", "compat.hamilton"),
    "duckdb": ("catalog", "storage", "io", "execution.sql"),
    "sqlglot": ("catalog.columns",),
    "pandera": ("expectations.pandera",),
    "ray": ("execution.ray",),
    "dask": ("execution.dask",),
    "featurecat_sphinx": ("cli.docs", "project.site"),
    "pyspark": ("execution.spark",),
    "graphviz": ("graph.render.graphviz",),
    "sqlalchemy": ("io.databases",),
    "scipy": ("expectations.builtin.drift",),
    "yaml": ("io.object_adapters",),
    "pytest": ("pytest_plugin",),
    "IPython": ("notebook",),
    "resvg_py": ("graph.render.png",),
    "click": ("cli",),
    "rich": ("cli",),
    # where outside data enters
    "pydantic": ("project.settings", "storage.manifest", "expectations.pydantic"),
    "pydantic_core": ("project.settings", "storage.manifest"),
}

#: First-party imports inside functions that are allowed: (importing module, what is imported).
LATE_IMPORTS: Mapping[tuple[str, str], str] = {
    (
        "featurecat.function_modifiers",
        "featurecat.expectations.evaluate",
    ): "a validator loads what evaluates when called",
    ("featurecat.function_modifiers.queries", "featurecat.execution.sql"): "a query loads its engine when it is read or run",
    ("featurecat.project.node_columns", "featurecat.catalog.columns"): "only graphs with queries pay for sqlglot",
    ("featurecat.project.rows", "featurecat.catalog.columns"): "only graphs with queries pay for sqlglot",
    ("featurecat.driver", "featurecat.execution"): "defining and planning must not load what runs",
    ("featurecat.driver", "featurecat.graph.picture"): "few programs draw; its formats would be half of the import",
    ("featurecat.driver.variable", "featurecat.graph.picture"): "only notebooks show tables",
    ("featurecat.pytest_plugin", "featurecat.project"): "pytest loads the plugin always: it loads nothing until it is used",
    ("featurecat.pytest_plugin", "featurecat.driver"): "pytest loads the plugin always: it loads nothing until it is used",
    ("featurecat.driver.materializing", "featurecat.driver.growing"): "few programs load and save through the driver",
    ("featurecat.driver.materializing", "featurecat.io.materializers"): "few programs load and save through the driver",
    ("featurecat.io.adapter_registry", "featurecat.io"): "an adapter is loaded when its format is used",
    ("featurecat.io.table_adapters", "featurecat.io"): "declaring a file to read must not load the libraries that read it",
    ("featurecat.expectations.great_expectations", "featurecat.frames"): "converting loads pyarrow, declaring must not",
    ("featurecat.expectations.builtin.model", "featurecat.expectations.pydantic"): "pydantic is loaded when a model is given",
    ("featurecat.plan", "featurecat.graph.picture"): "only notebooks show tables",
    ("featurecat.project", "featurecat.compat.hamilton"): "installed only when the setting `hamilton` is on",
    ("featurecat.project.discover", "featurecat.project.settings"): "asking the catalog takes no full validation",
    ("featurecat.project.ask", "featurecat.project.against"): "only --against pays for git",
    ("featurecat.project.catalog_exports", "featurecat.project.catalog_tables"): "only Parquet loads pyarrow",
    ("featurecat.project.catalog", "featurecat.catalog.arrow"): "only tables pay for pyarrow",
    ("featurecat.project.catalog", "featurecat.frames"): "only frames pay for their libraries",
    ("featurecat.project.sql_answers", "featurecat.project.request"): "only answers in files look at what the project reads",
    ("featurecat.project.sql_answers", "featurecat.project.targets"): "only answers in files look at what the project reads",
    ("featurecat.project.sql_answers", "featurecat.project.parquet_answers"): "only Parquet pays for pyarrow",
    ("featurecat.project.check.run", "featurecat.project.against"): "only --against pays for git",
    ("featurecat.project.check.run", "featurecat.project.check"): "a gate that finds nothing changed loads no frame library",
    ("featurecat.project.discover", "featurecat.project.misuse"): "only modules that fail pay for reading their calls",
    ("featurecat.project.access", "featurecat.project.refresh"): "what building takes is loaded when a catalog is behind",
    ("featurecat.project.access", "featurecat.project.repair"): "what building takes is loaded when a catalog is damaged",
    ("featurecat.project.index", "featurecat.io.registry"): "only projects with sources load pyarrow",
    ("featurecat.project.indexing", "featurecat.project.index"): "an index that finds nothing changed loads nothing",
    ("featurecat.project.standing", "featurecat.storage.manifest"): "validates; few selections need it",
    ("featurecat.cli.main", "featurecat.cli.problems"): "the help needs no messages",
}

#: Modules that import by a computed name.
COMPUTED_IMPORTS: Mapping[str, str] = {
    "featurecat": "the lazy facade (PEP 562)",
    "featurecat.function_modifiers": "the lazy facade of the decorators",
    "featurecat.cli": "the command loader: one module a command, imported when called",
    "featurecat.project": "imports the modules that a project declares",
    "featurecat.driver.recipe": "a pickled driver imports its modules by name",
    "featurecat.compat.hamilton": "the lazy module tree, and what makes `import hamilton` find it",
    "featurecat.pytest_plugin": "imports the modules that markers and settings name",
}

#: A line with this comment imports a name for annotations only, and opens no door. For genuine deadlocks.
TYPING_ONLY = "# contract: typing only"


@dataclass(frozen=True)
class Import:
    """One imported module, as far as the syntax tells."""

    importer: str
    imported: str
    line: int
    late: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def room_of(module: str) -> str:
    """The room of a module of the package: ``featurecat.io.formats.csv`` is in ``io``."""
    return module.split(".")[1] if "." in module else "__init__"


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(f"{prefix}.")


def imports_of(module: Any, known: frozenset[str]) -> Iterator[Import]:
    """The imports of a module, relative ones resolved, ``from package import submodule`` told apart by ``known``."""
    lines = module.source.splitlines()
    inside_functions = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom) or TYPING_ONLY in lines[node.lineno - 1]:
            continue
        for imported in imported_names(node, module, known):
            yield Import(module.name, imported, node.lineno, id(node) in inside_functions)


def imported_names(node: ast.Import | ast.ImportFrom, module: Any, known: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    origin = node.module or ""
    if node.level:
        parts = module.name.split(".")
        parents = parts[: len(parts) - node.level + module.is_package]
        origin = ".".join([*parents, *filter(None, [origin])])
    for alias in node.names:
        submodule = f"{origin}.{alias.name}"
        yield submodule if submodule in known else origin


@pytest.fixture(scope="module")
def imports(package: Mapping[str, Any]) -> list[Import]:
    known = frozenset(package)
    return [found for module in package.values() for found in imports_of(module, known)]


@pytest.fixture(scope="module")
def own_imports(imports: list[Import]) -> list[Import]:
    return [found for found in imports if within(found.imported, PACKAGE)]


def test_every_module_has_a_room(package: Mapping[str, Any]) -> None:
    homeless = {name for name in package if room_of(name) not in ROOMS}
    assert not homeless, f"place these in ROOMS of {__file__} and in docs/architecture.md: {sorted(homeless)}"


def test_doors_lead_downwards() -> None:
    for name, room in ROOMS.items():
        for target in room.may_import:
            other = target.split(".")[0]
            assert other in ROOMS, f"{name} may import {target}, which is no room"
            lower = ROOMS[other].floor < room.floor
            assert lower or (name, other) in SAME_FLOOR, f"{name} -> {target} does not lead downwards"


def test_imports_use_the_doors(own_imports: list[Import]) -> None:
    wrong = [str(found) for found in own_imports if not door_open(found)]
    assert not wrong, "\n".join(["imports through a wall:", *wrong])


def door_open(found: Import) -> bool:
    here, there = room_of(found.importer), room_of(found.imported)
    if here == there or (there in GROUND and here not in GROUND):
        return True
    target = found.imported.removeprefix(f"{PACKAGE}.")
    sanctioned = any(
        within(found.importer, importer) and within(found.imported, imported) for importer, imported in LATE_IMPORTS
    )
    return any(within(target, door) for door in ROOMS[here].may_import) or (found.late and sanctioned)


def test_late_imports_are_sanctioned(own_imports: list[Import]) -> None:
    wrong = [
        str(found)
        for found in own_imports
        if found.late
        and not any(within(found.importer, here) and within(found.imported, there) for here, there in LATE_IMPORTS)
    ]
    assert not wrong, "\n".join(["first-party imports inside functions:", *wrong])


def test_computed_imports_are_sanctioned(package: Mapping[str, Any]) -> None:
    wrong = [
        module.place(node)
        for module in package.values()
        if not any(within(module.name, name) for name in COMPUTED_IMPORTS if name != PACKAGE or module.name == PACKAGE)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called_name(node) in {"import_module", "__import__"}
        if not third_party_literal(node)
    ]
    assert not wrong, f"imports by a computed name outside COMPUTED_IMPORTS: {wrong}"


def called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def third_party_literal(call: ast.Call) -> bool:
    """Whether a call imports a library by its literal name (an optional engine)."""
    first = call.args[0] if call.args else None
    name = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else PACKAGE
    return not within(name, PACKAGE) and not name.startswith(".")


def test_third_parties_are_named_where_they_may_be(imports: list[Import]) -> None:
    wrong = []
    for found in imports:
        library = found.imported.split(".")[0]
        if library == PACKAGE or library in sys.stdlib_module_names:
            continue
        module = found.importer.removeprefix(f"{PACKAGE}.")
        if not any(within(module, door) for door in THIRD_PARTIES.get(library, ())):
            wrong.append(str(found))
    assert not wrong, "\n".join(["libraries named outside THIRD_PARTIES:", *wrong])


def test_no_cycles(own_imports: list[Import]) -> None:
    targets: dict[str, set[str]] = {}
    for found in own_imports:
        if not found.late and found.imported != found.importer:
            targets.setdefault(found.importer, set()).add(found.imported)
    # what neither imports nor is imported any more cannot lie on a cycle
    while removable := [name for name, others in targets.items() if not others & targets.keys()]:
        for name in removable:
            del targets[name]
    assert not targets, f"import cycles among: { {name: sorted(others) for name, others in targets.items()} }"


def test_rooms_do_not_import_the_facade(own_imports: list[Import]) -> None:
    wrong = [str(found) for found in own_imports if found.imported == PACKAGE and found.importer != PACKAGE]
    assert not wrong, wrong
