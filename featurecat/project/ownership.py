"""Who answers for a feature that does not say so itself: module default, CODEOWNERS; else, who wrote it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from featurecat.errors import Problem, did_you_mean
from featurecat.project.blame import find_repository, line_authors, most_frequent
from featurecat.project.codeowners import PLACES, CodeOwners, find_codeowners, parse_codeowners
from featurecat.project.discover import Project
from featurecat.records import AuthorRow, DefinitionRow, IndexErrorRow, OwnerRow

if TYPE_CHECKING:
    from featurecat.project.enriching import Reading, Tables  # contract: typing only

__all__ = ["codeowners_file", "module_owners", "owner_rows"]

_GIVEN = frozenset({"input", "config", "source"})


def owner_rows(reading: Reading, tables: Tables) -> Sequence[DefinitionRow]:
    """Owners of features that name none, authors of those that have none then, and what is wrong with CODEOWNERS.

    Args:
        reading: The project as it was read.
        tables: The rows so far.

    Returns:
        Rows of ``owners`` with origin ``module`` or ``codeowners``, of ``authors`` and of ``index_errors``.
    """
    project = reading.project
    files = _Files(project)
    rows: list[DefinitionRow] = []
    nobody: dict[str, list[Mapping[str, Any]]] = {}
    for feature, variant in _unowned(tables).items():
        origin, owners = "module", module_owners(variant["module"] or "", project.settings.owners)
        if not owners and variant["file"] is not None:
            origin, owners = "codeowners", files.owners(variant["file"])
        rows += [OwnerRow(feature, owner, "owner", origin) for owner in owners]
        if not owners and variant["file"] is not None:
            nobody.setdefault(variant["file"], []).append(variant)
    problems = files.codeowners.problems
    rows += [IndexErrorRow(None, one.code, one.file, one.line, one.message, one.hint) for one in problems]
    return [*rows, *(files.authors(nobody) if project.settings.index.blame else ())]


def _unowned(tables: Tables) -> dict[str, Mapping[str, Any]]:
    """The first variant of each public feature that names no owner."""
    owned = {row["feature"] for row in tables.get("owners", ())}
    wanted = {
        row["feature"]
        for row in tables.get("features", ())
        if row["public"] and row["role"] not in _GIVEN and row["feature"] not in owned
    }
    found: dict[str, Mapping[str, Any]] = {}
    for row in tables.get("variants", ()):
        if row["feature"] in wanted:
            found.setdefault(row["feature"], row)
    return found


def codeowners_file(project: Project) -> Path | None:
    """The CODEOWNERS file that counts, which may lack where a setting names it; None where there is none.

    Args:
        project: The project.
    """
    setting = project.settings.index.codeowners
    if setting is not None:
        return project.root / setting if setting else None
    return find_codeowners(find_repository(project.root.resolve()) or project.root)


def module_owners(module: str, defaults: Mapping[str, str | Sequence[str]]) -> tuple[str, ...]:
    """Who answers for a module by default.

    Args:
        module: Dotted name.
        defaults: Module or glob to owners; a module stands for those inside it, too. The longest that fits counts.

    Returns:
        The owners; empty where there are none.

    Example:
        >>> module_owners("shop.orders.daily", {"shop.*": "data", "shop.orders": ["sales", "ops"]})
        ('sales', 'ops')
    """
    fitting = [pattern for pattern in defaults if fnmatchcase(module, pattern) or fnmatchcase(module, f"{pattern}.*")]
    if not fitting:
        return ()
    owners = defaults[max(fitting, key=len)]
    return tuple(owner for owner in ([owners] if isinstance(owners, str) else owners) if owner.strip())


class _Files:
    """What is known of the people behind the files of a project; each file is asked about once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._root = find_repository(project.root.resolve())
        self._owners: dict[str, tuple[str, ...]] = {}

    @functools.cached_property
    def codeowners(self) -> CodeOwners:
        """The rules of the CODEOWNERS file; none, where there is none."""
        file = codeowners_file(self._project)
        if file is None:
            return CodeOwners()
        shown = self._project.shown(file) or str(file)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            hint = did_you_mean(shown, PLACES) or "mend the file, or the setting index.codeowners"
            problem = Problem("invalid-codeowners", f"the owners of files cannot be read: {reason}", shown, None, hint)
            return CodeOwners(problems=[problem])
        return parse_codeowners(text, file=shown, gitlab=file.parent.name == ".gitlab")

    def owners(self, file: str) -> tuple[str, ...]:
        """The owners of a file of the project."""
        if file not in self._owners:
            path = (self._project.root / file).resolve()
            root = self._root or self._project.root.resolve()
            inside = path.is_relative_to(root)
            self._owners[file] = (self.codeowners.of(path.relative_to(root).as_posix()) or ()) if inside else ()
        return self._owners[file]

    def authors(self, by_file: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[AuthorRow]:
        """Who wrote most lines of each of some functions."""
        if self._root is None:
            return
        for file, variants in by_file.items():
            lines = line_authors(self._project.root / Path(file))
            for variant in variants:
                first, last = variant["line"], variant["end_line"] or variant["line"]
                if first is not None and (found := most_frequent(lines[first - 1 : last])) is not None:
                    yield AuthorRow(variant["feature"], found[0], found[1])
