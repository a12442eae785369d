"""``featurecat history``: what became of one feature, from the catalog alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import Problem, RequestError
from featurecat.project.answering import answered
from featurecat.project.discover import Project

__all__ = ["Timeline", "timeline_of"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What became of a feature.

    Attributes:
        feature: Its catalog key.
        states: When it was added, changed and removed, oldest first: ``at``, ``snapshot``, ``git_commit``, ``change``
            (the class), ``changes`` (the kinds), ``previous`` (its name before) and what was declared then.
        notices: What to say beside it.
        warnings: What was wrong with the catalog.
    """

    feature: str
    states: tuple[dict[str, Any], ...]
    notices: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()


def timeline_of(project: Project, clock: Clock, name: str) -> Timeline:
    """What became of a feature, under the names that it had.

    Args:
        project: The project.
        clock: Tells the time.
        name: Its name; one that is no more will do.

    Raises:
        RequestError: Code ``unknown-feature``, when it is in no snapshot.
        CatalogError: When there is no catalog.
    """

    def question(catalog: Catalog) -> tuple[str, list[dict[str, Any]]]:
        states: dict[str, list[dict[str, Any]]] = {}
        for row in catalog.table("feature_history"):
            states.setdefault(row["feature"], []).append(row)
        key = name if name in states else catalog.resolve_name(name)
        if key not in states:
            hint = "only what is public has one: featurecat list shows it"
            raise RequestError(
                f"nothing is kept of the history of {key!r}", code="unknown-feature", hint=hint, feature=key
            )
        return key, _events(states, key)

    answer = answered(project, clock, question)
    key, states = answer.found
    return Timeline(key, tuple(states), answer.notices, answer.warnings)


def _events(states: dict[str, list[dict[str, Any]]], key: str) -> list[dict[str, Any]]:
    """The states of a feature and, before it was renamed, those of its former names."""
    found: list[dict[str, Any]] = []
    until: str | None = None
    seen: set[str] = set()
    name: str | None = key
    while name is not None and name not in seen:
        seen.add(name)
        rows = [row for row in states.get(name, []) if until is None or row["since_snapshot"] < until]
        rows.sort(key=lambda row: str(row["since_snapshot"]))
        own: list[dict[str, Any]] = []
        former: str | None = None
        for number, row in enumerate(rows):
            if number == 0:
                former, until = row["previous"], row["since_snapshot"]
            own.append(_event(row))
            following = rows[number + 1]["since_snapshot"] if number + 1 < len(rows) else None
            if row["until_snapshot"] is not None and row["until_snapshot"] != following and not found:
                own.append(_removal(row))
        found = [*own, *found]
        name = former
    return found


def _event(row: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: value for name, value in row.items() if name not in ("since", "since_snapshot", "until", "until_snapshot")
    }
    return {"at": row["since"], "snapshot": row["since_snapshot"], **kept}


def _removal(row: dict[str, Any]) -> dict[str, Any]:
    blank = dict.fromkeys(_event(row))
    known = {"at": row["until"], "snapshot": row["until_snapshot"], "feature": row["feature"]}
    return {**blank, **known, "change": "breaking", "changes": ["removed"]}
