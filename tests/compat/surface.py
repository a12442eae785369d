"""Lists the public names of an installed apache-hamilton: ``python tests/compat/surface.py > tests/compat/surface.json``.

It reads the sources rather than importing them, so that plugins whose library is missing are listed, too. What a module
defines at its top level counts, and what a package's ``__init__`` or a module hands on from elsewhere in hamilton.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

#: What nobody imports: programs, and internals of the distribution.
LEFT_OUT = (
    "hamilton.cli", "hamilton.dev_utils", "hamilton.dataflows.template", "hamilton.plugins.h_mcp",
    "hamilton.plugins.h_experiments.__main__", "hamilton.plugins.h_experiments.server",
    "hamilton.plugins.polars_pre_1_0_0_extension",
)  # fmt: skip
COMPOUND = (ast.If, ast.Try, ast.With)
#: Blocks that importing the module does not run.
NOT_IMPORTED = ("__name__ == '__main__'", "TYPE_CHECKING", "typing.TYPE_CHECKING")


def surface(root: Path) -> dict[str, dict[str, str]]:
    """Module to its public names, each with what it is: class, function, constant, or where it is imported from."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = ["hamilton", *path.relative_to(root).with_suffix("").parts]
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not any(name == left_out or name.startswith(f"{left_out}.") for left_out in LEFT_OUT):
            package = name if path.stem == "__init__" else name.rpartition(".")[0]
            body = ast.parse(path.read_text(encoding="utf-8")).body
            found[name] = dict(sorted(names_of(body, package)))
    return dict(sorted(found.items()))


def names_of(body: list[ast.stmt], package: str) -> Iterator[tuple[str, str]]:
    """Public top-level names, those in conditional blocks included."""
    for statement in body:
        if isinstance(statement, COMPOUND):
            if isinstance(statement, ast.If) and ast.unparse(statement.test) in NOT_IMPORTED:
                continue
            for field in ("body", "orelse", "finalbody"):
                yield from names_of(getattr(statement, field, []), package)
            continue
        for name, kind in bound_by(statement, package):
            if not name.startswith("_") and name not in {"logger", "T", "*"}:
                yield name, kind


def bound_by(statement: ast.stmt, package: str) -> Iterator[tuple[str, str]]:
    """What one statement binds."""
    if isinstance(statement, ast.ClassDef):
        yield statement.name, "class"
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name, "function"
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            if isinstance(target, ast.Name):
                yield target.id, "constant"
    elif isinstance(statement, ast.ImportFrom) and (
        statement.level or (statement.module or "").split(".")[0] == "hamilton"
    ):
        parents = package.split(".")
        parents = parents[: len(parents) - statement.level + 1] if statement.level else []
        origin = ".".join([*parents, *filter(None, [statement.module])])
        for alias in statement.names:
            yield alias.asname or alias.name, f"{origin}:{alias.name}"


if __name__ == "__main__":
    specification = importlib.util.find_spec("hamilton")
    if specification is None or specification.origin is None:
        sys.exit("apache-hamilton is not installed")
    print(json.dumps(surface(Path(specification.origin).parent), indent=1))
