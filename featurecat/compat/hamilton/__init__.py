"""Hamilton's public modules on featurecat's machinery: code written for Hamilton runs without an edit.

The modules below carry Hamilton's names and hand on what featurecat has for them. Where Hamilton behaves differently on
purpose, its behaviour lives here and nowhere else. After :func:`install`, ``import hamilton`` means this package.

Example:
    >>> from featurecat.compat import hamilton
    >>> hamilton.install()
    >>> from hamilton import driver
    >>> driver.Builder.__module__
    'featurecat.compat.hamilton.driver'
    >>> hamilton.uninstall()
"""

from __future__ import annotations

import importlib
from typing import Any

from featurecat.compat.hamilton._install import install, uninstall

__all__ = ["__version__", "install", "uninstall"]

#: The release of Hamilton whose names and behaviour these modules have.
__version__ = (1, 90, 0)

#: What Hamilton's users reach as attributes without importing it: ``hamilton.driver.Builder()``.
_MODULES = frozenset(
    {
        "ad_hoc_utils",
        "async_driver",
        "base",
        "driver",
        "function_modifiers",
        "htypes",
        "lifecycle",
        "registry",
        "settings",
    }
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
