"""``featurecat similar``: features that are nearly the same, with why, where and whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.project.answering import Answered, answered
from featurecat.project.discover import Project

__all__ = ["REASONS", "similar_features"]

#: What each method says in words.
REASONS = {
    "body": "same body, same inputs",
    "profile": "equal figures in their last runs",
    "tokens": "same inputs, nearly the same body",
    "body-other-inputs": "same body, other inputs: a template?",
}


def similar_features(project: Project, clock: Clock, name: str | None = None) -> Answered[list[dict[str, Any]]]:
    """Pairs of features that may be one, the most alike first.

    Args:
        project: The project.
        clock: Tells the time.
        name: The feature whose likenesses are asked for; None for all pairs.

    Returns:
        A row for each pair: ``feature`` and ``other``; ``score`` of the strongest method; ``methods``, strongest first,
        and ``why`` in words; ``place``, ``owner``, ``other_place`` and ``other_owner``.

    Raises:
        RequestError: When there is no such feature.
        CatalogError: When there is no catalog.
    """

    def found(catalog: Catalog) -> list[dict[str, Any]]:
        key = None if name is None else catalog.resolve_name(name)
        rows = [row for row in catalog.table("similar_features") if _asked_for(row, key)]
        if not rows:
            return []
        named = {row[side] for row in rows for side in ("feature", "other")}
        places = {row["feature"]: _place(row) for row in reversed(catalog.table("variants")) if row["feature"] in named}
        owners = {row["feature"]: row["owner"] for row in catalog.list_features() if row["feature"] in named}
        return [_pair(pair, places, owners) for pair in _paired(rows)]

    return answered(project, clock, found, runs="published")


def _asked_for(row: Mapping[str, Any], key: str | None) -> bool:
    return bool(row["feature"] < row["other"]) if key is None else row["feature"] == key


def _paired(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row a pair, with its methods."""
    pairs: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        pairs.setdefault((row["feature"], row["other"]), {})[row["method"]] = row["score"]
    made = []
    for (feature, other), scores in pairs.items():
        methods = sorted(scores, key=lambda method: (-scores[method], method))
        made.append({"feature": feature, "other": other, "score": scores[methods[0]], "methods": methods})
    return sorted(made, key=lambda pair: (-pair["score"], pair["feature"], pair["other"]))


def _pair(
    pair: Mapping[str, Any], places: Mapping[str, str | None], owners: Mapping[str, str | None]
) -> dict[str, Any]:
    feature, other = pair["feature"], pair["other"]
    return {
        **pair,
        "why": "; ".join(REASONS[method] for method in pair["methods"]),
        "place": places.get(feature),
        "owner": owners.get(feature),
        "other_place": places.get(other),
        "other_owner": owners.get(other),
    }


def _place(row: Mapping[str, Any]) -> str | None:
    return None if row["file"] is None else f"{row['file']}:{row['line']}"
