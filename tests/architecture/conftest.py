"""The package as its sources say it is: nothing of it is imported here."""

from __future__ import annotations

import ast
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "featurecat"


@dataclass(frozen=True)
class SourceModule:
    """One module of the package, parsed."""

    name: str
    path: Path
    source: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    def place(self, node: ast.AST) -> str:
        """``name:line`` of a syntax node, for messages."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


def read_module(path: Path, root: Path) -> SourceModule:
    parts = path.relative_to(root).with_suffix("").parts
    source = path.read_text(encoding="utf-8")
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return SourceModule(name, path, source, ast.parse(source, filename=str(path)))


@pytest.fixture(scope="session")
def package(repository: Path) -> dict[str, SourceModule]:
    """Every module of featurecat by its dotted name."""
    modules = [read_module(path, repository) for path in sorted((repository / PACKAGE).rglob("*.py"))]
    return {module.name: module for module in modules}


@pytest.fixture(scope="session")
def tracked_files(repository: Path) -> list[Path]:
    """The files of the checkout that are, or would be, under version control."""
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in sorted(listing.split("\0")) if name and (repository / name).is_file()]
