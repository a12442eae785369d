"""Words that may stand in a selection, read from the catalog for those who type one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from featurecat.catalog.catalog import Catalog
from featurecat.errors import FeaturecatError
from featurecat.project.discover import find_project

__all__ = ["selection_words"]

#: What a selection's last word begins after.
_BEFORE = re.compile(r"^(?:.*[\s,|&(])?(?:\d*\+)?", re.DOTALL)


def selection_words(typed: str, directory: Path | None = None, store: Path | None = None) -> list[str]:
    """Continuations of what was typed of a selection: names, and after ``tag:`` and its like the values.

    Args:
        typed: The beginning of a selection; only its last word is completed.
        directory: Where to look for the project.
        store: Where its store lies.

    Returns:
        Whole selections, each beginning with what stands before the last word. Nothing where there is no project or
        catalog, or the catalog cannot be read: somebody is typing, and it is not the time for errors. No user code
        is imported, and nothing is rebuilt.
    """
    before = _BEFORE.match(typed)
    kept = before[0] if before is not None else ""
    word = typed[len(kept) :]
    try:
        with Catalog.open(find_project(directory, store).store.catalog) as catalog:
            words = _words(catalog, word.partition(":")[0] if ":" in word else None)
    except (FeaturecatError, OSError):
        return []
    return [f"{kept}{each}" for each in dict.fromkeys(words) if each.startswith(word)]


def _words(catalog: Catalog, kind: str | None) -> Iterable[str]:
    if kind is None:
        names = [row["feature"] for row in catalog.list_features()]
        return [*names, *(f"{kind}:" for kind in ("tag", "owner", "module", "entity", "status", "pii"))]
    return [f"{kind}:{value}" for value in sorted(_values(catalog, kind)) if not re.search(r"[\s,|&()'\"]", value)]


def _values(catalog: Catalog, kind: str) -> set[str]:
    if kind == "tag":
        rows = catalog.table("tags")
        return {row["key"] for row in rows} | {f"{row['key']}={row['value']}" for row in rows}
    if kind == "owner":
        return {row["owner"] for row in catalog.table("owners")}
    if kind == "module":
        return {row["module"] for row in catalog.modules()}
    if kind == "entity":
        return {key for row in catalog.features() for key in row["entity"] or ()}
    if kind == "status":
        return {row["status"] for row in catalog.features()} - {None}
    return {"true", "false"} if kind == "pii" else set()
