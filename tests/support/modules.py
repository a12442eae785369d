"""Feature modules out of text: written to real files, imported under their names, gone after the test."""

from __future__ import annotations

import importlib
import itertools
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

_numbers = itertools.count(1)


class ModuleMaker:
    """Writes source texts below one folder and imports them.

    Args:
        root: The folder; it is on ``sys.path`` while the maker is in use.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: set[str] = set()

    def __call__(self, source: str, name: str | None = None) -> ModuleType:
        """The module of a source text; a name used before is imported anew.

        Args:
            source: Python; common indentation is taken off.
            name: Dotted name; folders on the way become packages. By default one that nobody else has.
        """
        name = name or f"features_{next(_numbers)}"
        self.write(source, name)
        for known in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
            del sys.modules[known]
        importlib.invalidate_caches()
        self._made.add(name.partition(".")[0])
        return importlib.import_module(name)

    def write(self, source: str, name: str) -> Path:
        """Write the text without importing it; ``package.__init__`` is a package's own file."""
        path = self.root.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.relative_to(self.root).parents[:-1]:
            (self.root / folder / "__init__.py").touch()
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return path

    def forget(self) -> None:
        """Take everything that was imported from the folder out of ``sys.modules``."""
        for known in [known for known in sys.modules if known.partition(".")[0] in self._made]:
            del sys.modules[known]


@pytest.fixture
def make_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleMaker]:
    """Makes modules out of source texts; see :class:`ModuleMaker`."""
    root = tmp_path / "modules"
    root.mkdir()
    monkeypatch.syspath_prepend(str(root))
    # an edit within one second would else be answered from the cached byte code
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    maker = ModuleMaker(root)
    yield maker
    maker.forget()


def line_of(module: ModuleType, text: str) -> int:
    """The first line of a module's file that holds ``text``, counted from 1."""
    assert module.__file__ is not None
    lines = Path(module.__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
