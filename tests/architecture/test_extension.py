"""The Sphinx extension reads the catalog and nothing else: who may import what there, and how big its parts may be."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

EXTENSION = Path(__file__).resolve().parents[2] / "sphinx_ext" / "featurecat_sphinx"
#: What of the library the extension may name: how a catalog is opened and asked, and the errors.
DOORS = ("featurecat", "featurecat.catalog", "featurecat.errors", "featurecat.graph.selection", "featurecat.clock")
#: Libraries and the modules that may name them; a name covers what lies below it.
THIRD_PARTIES = {
    "docutils": ("building", "directives", "docstrings", "domain", "placements", "roles", "selecting"),
    "duckdb": (),
    "jinja2": ("pages",),
    "markdown_it": ("docstrings",),
    "markupsafe": ("pages", "drawing"),
    "pyarrow": ("exporting",),
    "pygments": ("pages", "docstrings"),
    "sphinx": (
        "__init__", "building", "config", "directives", "docstrings", "domain", "placements", "roles", "selecting",
        "shells", "splicing", "state",
    ),
}  # fmt: skip

MODULES = sorted(EXTENSION.rglob("*.py"))


def imports(path: Path) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: relative import"
            found.append((node.module or "", node.lineno))
    return found


def within(name: str, door: str) -> bool:
    return name == door or name.startswith(f"{door}.")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(EXTENSION)))
def test_only_the_catalog_is_known_of_the_library(path):
    inside = ".".join(path.relative_to(EXTENSION).with_suffix("").parts)
    for name, line in imports(path):
        top = name.partition(".")[0]
        if top == "featurecat":
            assert name == "featurecat" or any(within(name, door) for door in DOORS[1:]), f"{path.name}:{line}: {name}"
        elif top in THIRD_PARTIES:
            assert any(within(inside, module) for module in THIRD_PARTIES[top]), f"{path.name}:{line}: {name}"
        else:
            assert top == "featurecat_sphinx" or top in sys.stdlib_module_names, f"{path.name}:{line}: {name}"


def test_the_library_knows_the_extension_in_one_place():
    package = EXTENSION.parents[1] / "featurecat"
    named = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for name, _ in imports(path)
        if within(name, "featurecat_sphinx")
    }
    assert named <= {"project/site.py", "cli/docs.py"}
