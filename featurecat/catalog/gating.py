"""What a gate reads of the catalog: few columns of many rows, for a gate that finds nothing changed answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from featurecat.catalog.connection import Connection, sql_text

__all__ = ["frame_columns", "gate_rows", "run_before"]

_STATEMENTS = {
    "features": (
        "SELECT feature, name, graph, role, public, dtype, pii, freshness, entity, event_timestamp, tags, status, grain"
        " FROM features WHERE public OR role = 'source' ORDER BY feature"
    ),
    "hidden": "SELECT feature FROM features WHERE NOT public AND role <> 'source' ORDER BY feature",
    "variants": (
        "SELECT v.feature, v.variant, v.module, v.file, v.line, v.end_line, v.fingerprint, NULL AS source_text"
        " FROM variants v JOIN features f ON f.feature = v.feature WHERE f.public ORDER BY v.feature, v.variant"
    ),
    "owners": "SELECT DISTINCT feature, owner FROM owners WHERE role = 'owner' ORDER BY feature, owner",
    "expectations": (
        "SELECT e.* FROM expectations e JOIN features f ON f.feature = e.feature WHERE f.public"
        " ORDER BY e.feature, e.variant, e.kind, e.check_id"
    ),
    "published": "FROM current_artifacts ORDER BY feature",
    "uncleared": "FROM tainted_consumers ORDER BY feature, consumer, kind, taint",
    "edges": "SELECT DISTINCT parent, child FROM edges ORDER BY parent, child",
}


def gate_rows(path: Path, *names: str) -> dict[str, list[dict[str, Any]]]:
    """The rows that a gate asks for.

    Args:
        path: The catalog.
        names: Of ``features`` (public ones and sources), ``hidden`` (names of the others), ``variants`` (of public
            features, without their source), ``owners``, ``expectations``, ``published`` (where the latest values of
            each feature lie), ``uncleared`` (consumers that are given more than they may have) and ``edges``.

    Raises:
        CatalogError: With code ``catalog-missing`` or ``catalog-unusable``.
    """
    with Connection.open(path) as connection:
        return {name: connection.rows(_STATEMENTS[name]).dicts() for name in names}


def frame_columns(path: Path, run_id: str, feature: str) -> list[str]:
    """The columns of a frame in the artifact of a run, in their order there.

    Raises:
        CatalogError: With code ``catalog-missing`` or ``catalog-unusable``.
    """
    statement = (
        f'SELECT "column" FROM materializations WHERE run_id = {sql_text(run_id)} AND feature = {sql_text(feature)}'
        ' AND "column" IS NOT NULL ORDER BY "column"'
    )
    with Connection.open(path) as connection:
        return [row[0] for row in connection.rows(statement).rows]


def run_before(path: Path, run_id: str, feature: str) -> str | None:
    """The last run that published a feature before another one did.

    Args:
        path: The catalog.
        run_id: The other run.
        feature: Catalog key.

    Returns:
        Its id, or None.

    Raises:
        CatalogError: With code ``catalog-missing`` or ``catalog-unusable``.
    """
    statement = (
        "SELECT r.run_id FROM materializations m JOIN runs r ON r.run_id = m.run_id"
        f" JOIN runs later ON later.run_id = {sql_text(run_id)}"
        f" WHERE m.feature = {sql_text(feature)} AND m.artifact_id IS NOT NULL AND r.status = 'published'"
        " AND (r.committed_at, r.run_id) < (later.committed_at, later.run_id)"
        " ORDER BY r.committed_at DESC, r.run_id DESC LIMIT 1"
    )
    with Connection.open(path) as connection:
        rows = connection.rows(statement).rows
    return None if not rows else str(rows[0][0])
