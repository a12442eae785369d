"""The catalog as Python sees it: questions in, plain rows out, no user code imported."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from featurecat.catalog.connection import Connection, sql_text
from featurecat.errors import Problem, RequestError, did_you_mean

__all__ = ["Catalog"]

_MOST_RUNS = 10
#: Of each expectation, and runs with a profile.
_MOST_VERDICTS = 20
_HISTORY = (
    "SELECT variant, check_id, run_id, committed_at, run_kind, run_status, status, cached_from, flipped, failing_rows,"
    " share FROM check_history WHERE feature = {feature} QUALIFY row_number() OVER ("
    f"  PARTITION BY variant, check_id ORDER BY committed_at DESC, run_id DESC) <= {_MOST_VERDICTS}"
    " ORDER BY committed_at, run_id"
)
_LISTED = (
    "SELECT dtype, owner, n_checks, last_run, last_run_at, last_status FROM public_features WHERE feature = {feature}"
)
_RAW_COLUMNS = 'SELECT DISTINCT source, "column" FROM raw_columns WHERE feature = {feature} ORDER BY ALL'
#: What belongs to one feature: part of the answer, its query.
_PARTS = {
    "variants": "SELECT * EXCLUDE (feature) FROM variants WHERE feature = {feature} ORDER BY engine, variant",
    "parents": (
        "SELECT e.* EXCLUDE (child), f.role, f.dtype, f.public FROM edges e LEFT JOIN features f ON f.feature = e.parent"
        " WHERE e.child = {feature} ORDER BY e.parent, e.variant, e.parameter"
    ),
    "children": (
        "SELECT e.* EXCLUDE (parent), f.role, f.dtype, f.public FROM edges e LEFT JOIN features f ON f.feature = e.child"
        " WHERE e.parent = {feature} ORDER BY e.child, e.variant, e.parameter"
    ),
    "contacts": "SELECT contact, role, origin FROM contacts WHERE feature = {feature} ORDER BY ALL",
    "doc_sections": "SELECT * EXCLUDE (feature) FROM doc_sections WHERE feature = {feature} ORDER BY ordinal",
    "fingerprint_parts": (
        "SELECT * EXCLUDE (feature) FROM fingerprint_parts WHERE feature = {feature} ORDER BY variant, kind, part"
    ),
    "implied": (
        "SELECT i.* EXCLUDE (feature), c.status AS last_status, c.message AS last_message, r.committed_at AS last_run_at"
        " FROM implied_expectations i LEFT JOIN check_results c ON c.kind = i.kind AND c.params::JSON = i.params"
        "  AND (c.feature = i.feature OR i.kind = 'key') LEFT JOIN runs r ON r.run_id = c.run_id"
        " WHERE i.feature = {feature} QUALIFY row_number() OVER ("
        "  PARTITION BY i.kind ORDER BY r.committed_at DESC NULLS LAST, r.run_id DESC) = 1 ORDER BY i.kind"
    ),
    "schemas": 'SELECT * EXCLUDE (feature) FROM schemas WHERE feature = {feature} ORDER BY variant, "column"',
    "owners": "SELECT owner, role, origin FROM owners WHERE feature = {feature} ORDER BY ALL",
    "columns": "SELECT * EXCLUDE (feature) FROM columns WHERE feature = {feature} ORDER BY ordinal, name",
    "config_keys": "SELECT * EXCLUDE (feature) FROM config_keys WHERE feature = {feature} ORDER BY key, variant, operator",
    "consumers": "SELECT consumer, kind, owner FROM consumers WHERE feature = {feature} ORDER BY ALL",
    "expectations": (
        "SELECT e.* EXCLUDE (feature), h.status AS last_status, h.previous_status, h.message AS last_message,"
        " h.observed AS last_observed, h.threshold AS last_threshold, h.rows AS last_rows, h.failing_rows, h.share,"
        " h.share_change, h.sample AS last_sample, h.cached_from, h.flips, h.failing_since,"
        " first.committed_at AS failing_since_at, h.run_id AS last_run, h.committed_at AS last_run_at"
        " FROM expectations e LEFT JOIN ("
        "  SELECT * FROM check_history WHERE feature = {feature} QUALIFY row_number() OVER ("
        "   PARTITION BY variant, check_id ORDER BY committed_at DESC, run_id DESC) = 1) h"
        " ON h.variant = e.variant AND h.check_id = e.check_id LEFT JOIN runs first ON first.run_id = h.failing_since"
        " WHERE e.feature = {feature} ORDER BY e.variant, e.kind, e.check_id"
    ),
    "profiles": (
        "SELECT * EXCLUDE (feature) FROM profiles WHERE feature = {feature}"
        f" QUALIFY dense_rank() OVER (ORDER BY committed_at DESC, run_id DESC) <= {_MOST_VERDICTS}"
        ' ORDER BY committed_at DESC, run_id DESC, variant, "column"'
    ),
    "materializations": (
        "SELECT m.* EXCLUDE (feature), r.committed_at, r.status, r.engine, r.seconds AS run_seconds,"
        " a.path, a.rows, a.bytes"
        " FROM materializations m JOIN runs r ON r.run_id = m.run_id"
        " LEFT JOIN artifacts a ON a.artifact_id = m.artifact_id"
        f" WHERE m.feature = {{feature}} ORDER BY r.committed_at DESC, r.run_id DESC, m.variant LIMIT {_MOST_RUNS}"
    ),
    "current": "SELECT * EXCLUDE (feature) FROM current_artifacts WHERE feature = {feature}",
}


class Catalog:
    """An open catalog; use it in a ``with`` block.

    All answers are JSON-ready: times are UTC text with ``Z``, JSON columns are parsed.

    Args:
        connection: An open connection; usually made by :meth:`open`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open the catalog at ``path``, read-only.

        Raises:
            CatalogError: With code ``catalog-missing`` or ``catalog-unusable``.
            UnsupportedError: When the installed DuckDB is too old.
        """
        return cls(Connection.open(Path(path)))

    def close(self) -> None:
        """Close the catalog; more than once does no harm."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- features -------------------------------------------------------------------------------

    def list_features(self) -> list[dict[str, Any]]:
        """The public features with owner, number of expectations and last run, by catalog key."""
        return self._dicts("FROM public_features ORDER BY feature")

    def features(self) -> list[dict[str, Any]]:
        """All nodes, hidden ones included, by catalog key."""
        return self._dicts("FROM features ORDER BY feature")

    def generated(self) -> dict[str, dict[str, Any]]:
        """The role of each node that decorators made beside a feature, by catalog key."""
        rows = self._dicts("SELECT feature, role FROM features WHERE role IN ('raw', 'validator')")
        return {row["feature"]: row for row in rows}

    def edges(self) -> list[tuple[str, str, str | None, str, bool, str]]:
        """Every edge as (parent, child, variant, parameter, optional, kind)."""
        statement = "SELECT parent, child, variant, parameter, optional, kind FROM edges ORDER BY ALL"
        return [tuple(row) for row in self._connection.rows(statement).rows]

    def show(self, feature: str) -> dict[str, Any]:
        """Everything known about one feature.

        Args:
            feature: Catalog key or unambiguous short name; hidden nodes too.

        Returns:
            The columns of ``public_features``, and lists under ``variants``, ``parents``, ``children``, ``owners``,
            ``contacts``, ``doc_sections``, ``columns``, ``schemas``, ``raw_columns``, ``fingerprint_parts``,
            ``config_keys``, ``consumers``, ``implied`` (expectations that nobody wrote), ``expectations`` (with their
            last verdict, and the last 20 under ``history``, oldest first), ``profiles`` (of the last 20 runs that have one, newest first),
            ``materializations`` (the last ten; ``seconds`` are the feature's own, ``run_seconds`` the run's) and
            ``current`` (where the published values lie; at most one).

        Raises:
            RequestError: As :meth:`resolve_name`.
        """
        key = self.resolve_name(feature)
        (found,) = self._about(key, "FROM features WHERE feature = {feature}")
        listed = self._about(key, _LISTED)
        unlisted = {"owner": None, "n_checks": 0, "last_run": None, "last_run_at": None, "last_status": None}
        parts = {part: self._about(key, statement) for part, statement in _PARTS.items()}
        parts["raw_columns"] = self._about(key, _RAW_COLUMNS) if "raw_columns" in self._views() else []
        self._add_histories(key, parts["expectations"])
        return {**found, **(listed[0] if listed else unlisted), **parts}

    def _add_histories(self, feature: str, expectations: list[dict[str, Any]]) -> None:
        histories: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in self._about(feature, _HISTORY) if expectations else ():
            histories.setdefault((row.pop("variant"), row.pop("check_id")), []).append(row)
        for row in expectations:
            row["history"] = histories.get((row["variant"], row["check_id"]), [])

    def resolve_name(self, text: str) -> str:
        """The catalog key that a name stands for.

        Args:
            text: A catalog key, or a short name that only one graph has.

        Raises:
            RequestError: With code ``ambiguous-name``, listing the candidates, or ``unknown-feature``.
        """
        pairs: list[tuple[str, str]] = [
            (row[0], row[1]) for row in self._connection.rows("SELECT feature, name FROM features").rows
        ]
        keys = {key for key, _ in pairs}
        if text in keys:
            return text
        candidates = sorted(key for key, name in pairs if name == text)
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise RequestError(
                Problem(
                    "ambiguous-name",
                    f"{text!r} is the name of {len(candidates)} features",
                    hint="name one of them in full",
                    feature=text,
                    details=tuple(candidates),
                )
            )
        hint = did_you_mean(text, keys | {name for _, name in pairs}) or "`featurecat list` shows what there is"
        raise RequestError(f"there is no feature {text!r}", code="unknown-feature", hint=hint, feature=text)

    def search(self, term: str) -> list[dict[str, Any]]:
        """Public features that fit the words of ``term``, best first: feature, score, why, summary, owner."""
        return self._dicts(f"FROM search({sql_text(term)})")

    # --- what was indexed and run ---------------------------------------------------------------

    def runs(self, limit: int | None = None) -> list[dict[str, Any]]:
        """Runs, newest first, with ``features``, ``rows`` and ``bytes`` of what they wrote and ``checks_failed``.

        Args:
            limit: Most rows to return; None for all.
        """
        statement = (
            "WITH newest AS (FROM runs ORDER BY committed_at DESC, run_id DESC LIMIT {most}),"
            " made AS (SELECT run_id, count(DISTINCT feature) AS features FROM materializations"
            "  WHERE artifact_id IS NOT NULL GROUP BY run_id),"
            " wrote AS (SELECT run_id, sum(rows)::BIGINT AS rows, sum(bytes)::BIGINT AS bytes, count(*) AS files"
            "  FROM artifacts GROUP BY run_id),"
            " checked AS (SELECT run_id, count(*) FILTER (status NOT IN ('pass', 'skip')) AS failed"
            "  FROM check_results GROUP BY run_id)"
            " SELECT n.*, coalesce(made.features, 0) AS features, coalesce(wrote.files, 0) AS files,"
            "  coalesce(wrote.rows, 0) AS rows, coalesce(wrote.bytes, 0) AS bytes,"
            "  coalesce(checked.failed, 0) AS checks_failed"
            " FROM newest n LEFT JOIN made ON made.run_id = n.run_id LEFT JOIN wrote ON wrote.run_id = n.run_id"
            " LEFT JOIN checked ON checked.run_id = n.run_id ORDER BY n.committed_at DESC, n.run_id DESC"
        )
        return self._dicts(statement.format(most="NULL" if limit is None else int(limit)))

    def manifest_files(self) -> frozenset[str]:
        """The files of the manifests that it holds, relative to the store."""
        return frozenset(row[0] for row in self._connection.rows("SELECT file FROM manifests").rows)

    def modules(self) -> list[dict[str, Any]]:
        """The modules as they were indexed, by name."""
        return self._dicts("FROM modules ORDER BY module")

    def index_errors(self) -> list[dict[str, Any]]:
        """The problems found while indexing."""
        return self._dicts("FROM index_errors ORDER BY file, line, code, message")

    def versions(self) -> dict[str, Any]:
        """How current the catalog is: the row of ``catalog_versions``."""
        return self._dicts("FROM catalog_versions")[0]

    def table(self, name: str) -> list[dict[str, Any]]:
        """All rows of a public view, such as ``expectations``, in the order they are kept.

        Raises:
            RequestError: With code ``invalid-option`` when there is no such view.
        """
        views = self._views()
        if name not in views:
            raise RequestError(f"the catalog has no view {name!r}", hint=did_you_mean(name, views) or ", ".join(views))
        return self._dicts(f'FROM "{name}"')

    def _views(self) -> list[str]:
        statement = (
            "SELECT view_name FROM duckdb_views()"
            " WHERE database_name = 'catalog' AND schema_name = 'main' AND NOT internal ORDER BY view_name"
        )
        return [row[0] for row in self._connection.rows(statement).rows]

    def _about(self, feature: str, statement: str) -> list[dict[str, Any]]:
        return self._dicts(statement.format(feature=sql_text(feature)))

    def _dicts(self, statement: str) -> list[dict[str, Any]]:
        return self._connection.rows(statement).dicts()
