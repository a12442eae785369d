"""The selection grammar of the command line over a snapshot: which features a text stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from featurecat.errors import FeaturecatError, Problem
from featurecat.graph.selection.evaluate import NamedSet, select, select_all
from featurecat.graph.selection.grammar import parse
from featurecat_sphinx.model import Feature, Snapshot

__all__ = ["SelectionError", "selected"]

#: What the catalog alone cannot tell.
_ELSEWHERE = {"state": "git", "set": "the project's settings", "sql": "a connection", "config": "the graph"}


class SelectionError(Exception):
    """A selection that cannot be answered; the text says why."""


def selected(snapshot: Snapshot, text: str) -> list[str]:
    """Keys of the features that a selection takes, in catalog order of its terms; an empty text takes all.

    Args:
        snapshot: The catalog.
        text: A selection, such as ``owner:ops & tag:topic=weather``.

    Raises:
        SelectionError: When it is no selection, names what is not there, or asks what a catalog cannot tell.
    """
    index = _SnapshotIndex(snapshot)
    try:
        found = select(parse(text), index, allow_empty=True) if text else select_all(index, allow_empty=True)
    except FeaturecatError as error:
        problem = error.problems[0]
        raise SelectionError(problem.message + (f"; {problem.hint}" if problem.hint else "")) from error
    return [name for name in found.names if name in snapshot.features]


class _SnapshotIndex:
    """A snapshot as selections see it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def names(self) -> Sequence[str]:
        """Public features in catalog order."""
        return list(self._snapshot.features)

    def hidden(self) -> Sequence[str]:
        """Sources."""
        return [name for name in self._snapshot.sources if name not in self._snapshot.features]

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of one attribute of a feature."""
        one = self._snapshot.features.get(name)
        return [] if one is None else _values(one, attribute)

    def parents(self, name: str) -> Sequence[str]:
        """What feeds a feature."""
        return self._lineage[0].get(name, ())

    def children(self, name: str) -> Sequence[str]:
        """What a feature feeds."""
        return self._lineage[1].get(name, ())

    def sets(self) -> Mapping[str, NamedSet]:
        """None: sets stand in the settings."""
        return {}

    def queried(self, statement: str) -> Sequence[str]:
        """Never asked: :meth:`refusal` stands before it."""
        raise SelectionError(f"no query is run for a document: {statement}")

    def refusal(self, kind: str) -> Problem | None:
        """Why a kind of atom cannot be answered."""
        if kind not in _ELSEWHERE:
            return None
        return Problem(
            "unsupported",
            f"`{kind}:` needs {_ELSEWHERE[kind]}, and documents know the catalog alone",
            hint="featurecat list answers it on the command line",
        )

    @cached_property
    def _lineage(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        parents: dict[str, list[str]] = {}
        children: dict[str, list[str]] = {}
        for parent, child in self._snapshot.edges:
            parents.setdefault(child, []).append(parent)
            children.setdefault(parent, []).append(child)
        return parents, children


def _values(one: Feature, attribute: str) -> Sequence[str]:
    match attribute:
        case "tag":
            return [*one.tags, *(f"{key}={text}" for key, texts in one.tags.items() for text in texts)]
        case "owner":
            return [name for name, _ in one.owners]
        case "module":
            return list(dict.fromkeys(variant.module for variant in one.variants))
        case "entity":
            return [*one.entity, "+".join(one.entity)] if one.entity else []
        case "pii":
            return ["true" if one.personal_data else "false"]
        case "result":
            return list(dict.fromkeys(check.status for check in one.checks if check.status))
        case "freshness":
            return ["stale" if one.stale else "fresh" if one.freshness and one.as_of_run else "unknown"]
        case "status" | "role":
            told = one.status if attribute == "status" else one.role
            return [told] if told else []
    return []
