"""Files that nothing may save over, and where an argument of a saver says that it writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["SETTINGS_FILE", "code_files", "kept_file", "local_path", "targets_among"]

SETTINGS_FILE = "pyproject.toml"
#: Folder of a project's store, where the settings name no other.
_STORE = ".featurecat"

#: Names of arguments that say where a saver writes, alone or as the last word of a longer name.
_WHERE = ("path", "file", "filename", "filepath", "target", "output", "destination", "connection", "database")


def targets_among(arguments: Mapping[str, Any]) -> list[str]:
    """The real paths of the local files that a saver's arguments name, links resolved.

    Args:
        arguments: Name to value; only names such as ``path`` or ``report_file`` say where something is written.

    Example:
        >>> targets_among({"path": "/data/../week.csv", "mode": "/data", "out_file": "s3://bucket/week.csv"})
        ['/week.csv']
    """
    named = [value for name, value in arguments.items() if name.casefold().rpartition("_")[2] in _WHERE]
    return [path for value in named if (path := local_path(value)) is not None]


def local_path(value: Any) -> str | None:
    """The real path of a file named by text or a path, links resolved; None for addresses and other values.

    Example:
        >>> local_path("s3://bucket/week.csv"), local_path(3)
        (None, None)
    """
    if not isinstance(value, str | os.PathLike):
        return None
    text = os.fspath(value)
    if not isinstance(text, str) or not text or "://" in text or "\0" in text:
        return None
    return os.path.realpath(os.path.expanduser(text))  # noqa: PTH111 - pathlib raises where a home is unknown


def code_files() -> dict[str, str]:
    """The real path of each module that is imported, with what it is."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return {os.path.realpath(file): "a module" for file in files if isinstance(file, str)}


def kept_file(target: str) -> str | None:
    """Why a file is never a saver's to write, whatever project it is of; None where it may be written.

    Args:
        target: Its real path.
    """
    path = Path(target)
    if path.name == SETTINGS_FILE and path.exists():
        return "is a project's settings and would be lost"
    if _STORE in path.parts[:-1]:
        return "lies in a project's store"
    # looking through all modules is left for files that can be one
    return "is a module and would be lost" if path.exists() and target in code_files() else None
