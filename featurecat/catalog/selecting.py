"""What selections read of the catalog: few columns of many rows, each read only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from featurecat.catalog.connection import Connection, sql_text

__all__ = ["listed_rows", "selection_rows"]

#: More names than these are found by reading all rows.
_MOST_NAMED = 1_000

_STATEMENTS = {
    "features": ("SELECT feature, name, role, public, status, pii, freshness FROM features ORDER BY feature"),
    "names": "SELECT feature, name FROM features ORDER BY feature",
    "public": "SELECT feature FROM features WHERE public ORDER BY feature",
    "variants": "SELECT DISTINCT feature, module FROM variants WHERE module IS NOT NULL ORDER BY feature, module",
    # who merely wrote the code does not answer for it
    "owners": "SELECT DISTINCT feature, owner FROM owners WHERE role <> 'author' ORDER BY feature, owner",
    "edges": "SELECT DISTINCT parent, child FROM edges ORDER BY parent, child",
    "config_keys": 'SELECT DISTINCT feature, "key", value FROM config_keys ORDER BY feature, "key", value::VARCHAR',
    "tags": 'SELECT DISTINCT "key", value FROM tags ORDER BY "key", value',
    "feature_tags": 'SELECT feature, "key", value FROM tags ORDER BY feature, "key", value',
    "grains": "SELECT feature, entity FROM features WHERE len(entity) > 0 ORDER BY feature",
    "entities": "SELECT DISTINCT unnest(entity) AS entity FROM features ORDER BY entity",
    "statuses": "SELECT DISTINCT status FROM features WHERE status IS NOT NULL ORDER BY status",
    "verdicts": (
        "WITH last AS ("
        "  SELECT c.feature, arg_max(r.run_id, (r.committed_at, r.run_id)) AS run_id"
        "  FROM check_results c JOIN runs r ON r.run_id = c.run_id GROUP BY c.feature),"
        " made AS ("
        "  SELECT m.feature, r.status = 'quarantined' OR m.artifact_id IS NULL AS blocked"
        "  FROM materializations m JOIN runs r ON r.run_id = m.run_id WHERE r.kind = 'materialize'"
        "  QUALIFY row_number() OVER (PARTITION BY m.feature ORDER BY r.committed_at DESC, r.run_id DESC) = 1)"
        " SELECT DISTINCT c.feature, c.status FROM check_results c"
        "  JOIN last ON last.feature = c.feature AND last.run_id = c.run_id"
        " UNION ALL SELECT feature, 'blocked' FROM made WHERE blocked ORDER BY ALL"
    ),
    "published": "SELECT feature, event_timestamp, committed_at FROM current_artifacts ORDER BY feature",
    "ages": (
        "SELECT c.feature, r.committed_at, c.observed->>'newest' AS newest"
        " FROM check_results c JOIN runs r ON r.run_id = c.run_id"
        " WHERE c.kind = 'age' AND (c.observed->>'newest') IS NOT NULL"
        " QUALIFY row_number() OVER (PARTITION BY c.feature ORDER BY r.committed_at DESC, r.run_id DESC) = 1"
    ),
    "reads": (
        "SELECT i.name, r.run_id, r.started_at, r.committed_at, r.manifest"
        " FROM run_inputs i JOIN runs r ON r.run_id = i.run_id"
        " WHERE r.kind = 'materialize' AND r.status = 'published'"
        " QUALIFY row_number() OVER (PARTITION BY i.name ORDER BY r.committed_at DESC, r.run_id DESC) = 1"
    ),
}

#: What holds nothing but text, numbers and lists of text: such rows are as JSON would have them.
_PLAIN = frozenset(
    ("features", "names", "public", "variants", "owners", "edges", "tags", "feature_tags", "grains", "verdicts")
)


def selection_rows(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows that a selection asks for.

    Args:
        path: The catalog.
        name: ``features`` (all nodes), ``names``, ``public`` (names of public ones), ``variants`` (modules of each
            feature), ``owners``, ``edges``, ``config_keys``, ``tags``,
            ``feature_tags``, ``grains`` (entity of each feature), ``entities``, ``statuses``, ``verdicts`` (of
            the last run that judged a feature; ``blocked`` where the last materialization kept it back),
            ``published`` (when, and the column of its moments), ``ages`` (the newest moment that was last seen in the
            values) or ``reads`` (the last published run that read an input).

    Raises:
        CatalogError: With code ``catalog-missing`` or ``catalog-unusable``.
    """
    with Connection.open(path) as connection:
        answer = connection.rows(_STATEMENTS[name])
    if name in _PLAIN:
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return answer.dicts()


def listed_rows(path: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of ``public_features`` of some names; of those that are not public the rows of ``features``.

    Args:
        path: The catalog.
        names: Catalog keys.

    Raises:
        CatalogError: With code ``catalog-missing`` or ``catalog-unusable``.
    """
    if not names:
        return []
    named = f" WHERE feature IN ({', '.join(map(sql_text, names))})" if len(names) <= _MOST_NAMED else ""
    wanted = set(names)
    with Connection.open(path) as connection:
        rows = [row for row in connection.rows(f"FROM public_features{named}").dicts() if row["feature"] in wanted]
        if len(rows) < len(wanted):
            others = connection.rows(f"FROM features{named or ' WHERE NOT public'}").dicts()
            found = {row["feature"] for row in rows}
            rows += [row for row in others if row["feature"] in wanted - found]
    return rows
