"""Whether the catalog's definitions are those of the files, told without importing a line of user code.

After an index, a stamp lists every file of the project that took part in it. As long as all of them, the settings and
the libraries are what they were, indexing again would find the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from featurecat.catalog.plain import canonical_json
from featurecat.project.discover import Project
from featurecat.version import VERSION

__all__ = [
    "definitions_current",
    "drop_stamp",
    "installed",
    "newest_snapshot",
    "note_catalog",
    "own_files",
    "replace_file",
    "stamped",
    "write_stamp",
]

STAMP_VERSION: Final = 1

_FOREIGN_FOLDERS: Final = frozenset({"site-packages", "dist-packages", ".venv", "venv", "node_modules"})
#: Libraries whose next major version may mean something else by the same definition.
_LIBRARY = re.compile(r"(pandas|polars)-([0-9]+)\..*\.dist-info", re.IGNORECASE)


def definitions_current(project: Project) -> bool:
    """Whether indexing would find what the newest snapshot holds. Takes milliseconds: user code is not imported.

    Args:
        project: The project.

    Returns:
        False where anything differs or cannot be told: a file that was imported, one beside it that could be, the
        settings, further modules, the libraries, the newest snapshot, or the stamp itself.
    """
    try:
        stamp = json.loads(_path(project).read_text(encoding="utf-8"))
        if stamp["schema_version"] != STAMP_VERSION or stamp["circumstances"] != _circumstances(project):
            return False
        if stamp["snapshot"] is None or stamp["snapshot"] != newest_snapshot(project):
            return False
        files, folders = stamp["files"], stamp["folders"]
        return all(_offered(project.root / folder) == names for folder, names in folders.items()) and all(
            _is_same(project.root / file, *known) for file, known in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def stamped(project: Project) -> Mapping[str, Any] | None:
    """What was noted of the catalog when the definitions were stamped; None unless they are current.

    Args:
        project: The project.
    """
    if not definitions_current(project):
        return None
    try:
        found = json.loads(_path(project).read_text(encoding="utf-8")).get("catalog")
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def note_catalog(project: Project, catalog: Mapping[str, Any]) -> None:
    """Note something else of the catalog; the stamp of the definitions stays.

    Args:
        project: The project, its definitions stamped.
        catalog: What :func:`stamped` is to tell.

    Raises:
        OSError: When it cannot be written.
    """
    stamp = json.loads(_path(project).read_text(encoding="utf-8"))
    replace_file(_path(project), json.dumps({**stamp, "catalog": catalog}, indent=0, sort_keys=True))


def write_stamp(
    project: Project, files: Collection[Path], *, began_ns: int | None, catalog: Mapping[str, Any] | None = None
) -> bool:
    """Stamp the definitions that were just indexed.

    Args:
        project: The project, its snapshot kept.
        files: The project's own files that definitions come from, as :func:`own_files` tells them.
        began_ns: The time before the first module was imported, as nanoseconds since 1970. None when modules of the
            project were there already: nobody knows what their files held then.
        catalog: What :func:`stamped` is to tell.

    Returns:
        Whether there is a stamp now. There is none when a file may have changed since it was imported.

    Raises:
        OSError: When it cannot be written.
    """
    drop_stamp(project)
    if began_ns is None or any(path.stat().st_mtime_ns >= began_ns for path in files):
        return False
    folders = {project.root, project.root / "src", *(path.parent for path in files)}
    stamp = {
        "schema_version": STAMP_VERSION,
        "circumstances": _circumstances(project),
        "snapshot": newest_snapshot(project),
        "catalog": catalog,
        "files": {_relative(path, project): _state(path) for path in sorted(files)},
        "folders": {_relative(folder, project): _offered(folder) for folder in sorted(folders) if folder.is_dir()},
    }
    replace_file(_path(project), json.dumps(stamp, indent=0, sort_keys=True))
    return True


def drop_stamp(project: Project) -> None:
    """Remove the stamp: what was indexed has problems, or is about to be indexed again."""
    with contextlib.suppress(FileNotFoundError):
        _path(project).unlink()


def own_files(root: Path, others: Iterable[Path] = ()) -> set[Path]:
    """The files of the project that were imported, declared as feature modules or not.

    Args:
        root: The project's folder, absolute.
        others: Further files to tell by the same rule.

    Returns:
        Paths below ``root`` of files that are there; what is installed in a folder of the project is not its own.
    """
    modules = [module for name, module in list(sys.modules.items()) if name != "__main__"]
    named = (getattr(module, "__file__", None) for module in modules)
    return set(_owned([*(file for file in named if isinstance(file, str)), *map(str, others)], root))


def newest_snapshot(project: Project) -> str | None:
    """The file name of the newest snapshot in the store, or None."""
    folder = project.store.snapshots
    return max((path.name for path in folder.glob("[0-9]*.json")), default=None) if folder.is_dir() else None


def installed() -> dict[str, str]:
    """What definitions may mean something else under: featurecat, Python, and the major versions of libraries.

    Example:
        >>> sorted(installed())[:2]
        ['featurecat', 'pandas']
    """
    found = {"featurecat": VERSION, "python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for entry in Path(folder or ".").iterdir():
                if match := _LIBRARY.fullmatch(entry.name):
                    found.setdefault(match[1].lower(), match[2])
    return found


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: When it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        staged.write_text(text, encoding="utf-8")
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def _path(project: Project) -> Path:
    return project.store.cache / "stamp.json"


def _circumstances(project: Project) -> dict[str, Any]:
    """What was asked for and under what, beside the files."""
    settings = None
    if project.declared:
        settings = tomllib.loads((project.root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["featurecat"]
    return {
        "installed": installed(),
        "hamilton": project.hamilton,
        "modules": {graph: project.modules_of(graph) for graph in project.graph_names},
        "settings": hashlib.sha256(canonical_json(settings).encode()).hexdigest(),
    }


def _owned(files: Sequence[str], root: Path) -> Iterator[Path]:
    """Those below the root, by the name that it was asked for by or by its real one; a thousand take a millisecond."""
    starts = {f"{root}{os.sep}", f"{root.resolve()}{os.sep}"}
    for start in starts:
        for relative in (Path(file.removeprefix(start)) for file in files if file.startswith(start)):
            if _FOREIGN_FOLDERS.isdisjoint(relative.parts) and (root / relative).is_file():
                yield root / relative


def _relative(path: Path, project: Project) -> str:
    return path.relative_to(project.root).as_posix()


def _state(path: Path) -> list[Any]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, _hash_of(path)]


def _is_same(path: Path, size: int, mtime_ns: int, content_hash: str) -> bool:
    stat = path.stat()
    if stat.st_size != size:
        return False
    return stat.st_mtime_ns == mtime_ns or _hash_of(path) == content_hash


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _offered(folder: Path) -> list[str]:
    """The modules and packages of a folder: a new one may come before what was imported by its name."""
    with os.scandir(folder) as entries:
        found = [
            entry.name
            for entry in entries
            if entry.name.endswith(".py") or (entry.is_dir() and Path(entry.path, "__init__.py").is_file())
        ]
    return sorted(found)
