"""Makes ``import hamilton`` mean :mod:`featurecat.compat.hamilton`, module by module the same objects."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType

from featurecat.errors import UnsupportedError

__all__ = ["install", "is_installed", "uninstall"]

_THEIRS = "hamilton"
_OURS = "featurecat.compat.hamilton"
_logger = logging.getLogger(_OURS)


def _own_name(name: str) -> str:
    """``hamilton.io.utils`` as ours."""
    return _OURS + name.removeprefix(_THEIRS)


class _Loader(Loader):
    """Hands out our module under Hamilton's name.

    What the import system writes on a module it has loaded is put back, so that the module stays one of ours.
    """

    def __init__(self) -> None:
        self._own_specs: dict[str, ModuleSpec | None] = {}

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Our module, imported under its own name."""
        module = importlib.import_module(_own_name(spec.name))
        self._own_specs[module.__name__] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has run already; only its specification is put back."""
        module.__spec__ = self._own_specs[module.__name__]


class _Finder(MetaPathFinder):
    """Finds ``hamilton`` and what is in it."""

    #: Whether the notice about the distribution in the shadow was given in this process.
    noticed = False

    def __init__(self) -> None:
        self._loader = _Loader()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where the module is, when it is one of Hamilton's."""
        del path, target
        if fullname != _THEIRS and not fullname.startswith(f"{_THEIRS}."):
            return None
        own = find_spec(_own_name(fullname))
        if own is None:
            return None
        return ModuleSpec(fullname, self._loader, is_package=own.submodule_search_locations is not None)


def _installed() -> _Finder | None:
    return next((finder for finder in sys.meta_path if isinstance(finder, _Finder)), None)


def _under_their_name() -> list[str]:
    return [name for name in sys.modules if name == _THEIRS or name.startswith(f"{_THEIRS}.")]


def is_installed() -> bool:
    """Whether ``import hamilton`` means the modules of this package."""
    return _installed() is not None


def install() -> None:
    """Make ``import hamilton`` and ``import hamilton.x.y`` mean the modules of this package; twice is once.

    Pickles that name Hamilton's classes then load as these. An apache-hamilton that is installed, but not imported, is
    shadowed for this process, with one notice in the log.

    Raises:
        UnsupportedError: When apache-hamilton has been imported already: its objects are in use.
    """
    if _installed() is not None:
        return
    imported = sys.modules.get(_THEIRS)
    if imported is not None:
        raise UnsupportedError(
            "apache-hamilton is already imported in this process, so its names cannot be taken over",
            file=getattr(imported, "__file__", None),
            hint="call featurecat.compat.hamilton.install() before anything imports hamilton",
        )
    if not _Finder.noticed and PathFinder.find_spec(_THEIRS) is not None:
        _Finder.noticed = True
        _logger.warning(
            "apache-hamilton is installed, too; in this process 'import hamilton' means featurecat's modules"
        )
    sys.meta_path.insert(0, _Finder())


def uninstall() -> None:
    """Take :func:`install` back; what was imported under Hamilton's names is forgotten under them."""
    finder = _installed()
    if finder is None:
        return
    sys.meta_path.remove(finder)
    for name in _under_their_name():
        del sys.modules[name]
