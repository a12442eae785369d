"""Words that may stand in a selection, read from the catalog for those who type one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from featurecat.catalog.selecting import selection_rows
from featurecat.errors import FeaturecatError
from featurecat.graph.selection.evaluate import WORDS
from featurecat.graph.selection.grammar import KINDS
from featurecat.graph.selection.keys import clause_texts
from featurecat.project.discover import Project, find_project
from featurecat.project.sets import declared_sets

__all__ = ["selection_words"]

#: What a selection's last word begins after.
_BEFORE = re.compile(r"^(?:.*[\s,|&(])?(?:\d*\+)?", re.DOTALL)
#: Values that would need quotes of their own.
_UNPLAIN = re.compile(r"[\s,|&()'\"*?\[]|\+$")
#: Attribute to the rows that have its values in a column of the same name.
_COLUMNS: Final = {
    "owner": ("owners", "owner"),
    "module": ("variants", "module"),
    "entity": ("entities", "entity"),
    "status": ("statuses", "status"),
}


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
        project = find_project(directory, store)
        words = _beginning(word, _words(project, word.partition(":")[0] if ":" in word else None))
        if len(words) == 1 and words[0].endswith(":"):  # a shell would close the word after it
            words = _beginning(word, _words(project, words[0][:-1])) or words
        return [f"{kept}{each}" for each in words]
    except (FeaturecatError, OSError):
        return []


def _beginning(word: str, words: Iterable[str]) -> list[str]:
    return [each for each in dict.fromkeys(words) if each.startswith(word)]


def _words(project: Project, kind: str | None) -> Iterable[str]:
    path = project.store.catalog
    if kind is None:
        names = [row["feature"] for row in selection_rows(path, "public")]
        return [*names, *(f"{kind}:" for kind in KINDS)]
    return [f"{kind}:{value}" for value in _values(project, kind) if not _UNPLAIN.search(value)]


def _values(project: Project, kind: str) -> list[str]:
    path = project.store.catalog
    match kind:
        case "pii":
            return ["false", "true"]
        case "set":
            return sorted(declared_sets(project.root))
        case "tag":
            rows = selection_rows(path, "tags")
            return sorted({text for row in rows for text in (row["key"], f"{row['key']}={row['value']}")})
        case "config":
            rows = selection_rows(path, "config_keys")
            return sorted({text for row in rows for text in clause_texts(row["key"], row["value"])})
    if kind in _COLUMNS:
        name, column = _COLUMNS[kind]
        return sorted({row[column] for row in selection_rows(path, name) if row[column] is not None})
    return list(WORDS.get(kind, ()))
