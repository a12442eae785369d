"""One spelling for equal rows: canonical JSON, logical keys, and the order rows are kept in."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, date, datetime, time
from typing import Any

from featurecat.records import DEFINITION_TABLES, ConfigKeyRow, ConfigRow, DefinitionRow

__all__ = [
    "LOGICAL_KEYS",
    "canonical_json",
    "canonical_rows",
    "canonical_value",
    "content_hash",
    "definition_tables",
    "naive_timestamp",
    "plain_json",
]

#: What another checkout of equal code may differ in: no reason for a new snapshot.
_VOLATILE: Mapping[str, frozenset[str]] = {"modules": frozenset({"mtime_ns", "git_commit"})}


def _logical_key(row: type[DefinitionRow]) -> tuple[str, ...]:
    if row in (ConfigRow, ConfigKeyRow):  # their field `name` is the catalog's column `key`
        return tuple("key" if column == "name" else column for column in row.key)
    return row.key


#: Catalog columns that tell the rows of each definition table apart.
LOGICAL_KEYS: dict[str, tuple[str, ...]] = {row.table: _logical_key(row) for row in DEFINITION_TABLES}


def canonical_value(value: Any) -> Any:
    """A value as plain JSON data: sets sorted, keys as text, what is no number as its name."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping():
            return {str(key): canonical_value(item) for key, item in value.items()}
        case Set():
            return sorted((canonical_value(item) for item in value), key=canonical_json)
        case list() | tuple():
            return [canonical_value(item) for item in value]
        case datetime() | date() | time():
            return value.isoformat()
        case _ if hasattr(value, "item"):  # a NumPy scalar
            return canonical_value(value.item())
        case _:
            return str(value)


def canonical_json(value: Any) -> str:
    """A value as JSON text: equal values give equal texts, whatever the order of their keys.

    Example:
        >>> canonical_json({"b": (1, 2.0), "a": float("inf")})
        '{"a":"inf","b":[1,2.0]}'
    """
    return plain_json(canonical_value(value))


def plain_json(value: Any) -> str:
    """JSON text of what :func:`canonical_value` or :func:`canonical_rows` gave."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate of a string literal fits no file


def canonical_rows(table: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as plain JSON data, sorted by their logical key, those that are equal only once."""
    key = LOGICAL_KEYS.get(table, ())
    by_text: dict[str, dict[str, Any]] = {}
    for row in rows:
        plain = canonical_value(row)
        by_text[plain_json(plain)] = plain
    ordered = sorted(by_text.items(), key=lambda pair: ([_sortable(pair[1].get(column)) for column in key], pair[0]))
    return [plain for _, plain in ordered]


def _sortable(value: Any) -> tuple[bool, str]:
    return (value is not None, value if isinstance(value, str) else plain_json(value))


def definition_tables(rows: Iterable[DefinitionRow]) -> dict[str, list[dict[str, Any]]]:
    """All definition tables, in canonical order, empty ones included.

    Args:
        rows: Rows of any tables in any order.
    """
    collected: dict[str, list[dict[str, Any]]] = {row.table: [] for row in DEFINITION_TABLES}
    for row in rows:
        collected[row.table].append(row.as_dict())
    return {table: canonical_rows(table, found) for table, found in collected.items()}


def content_hash(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """SHA-256 over definition tables, without what changes from checkout to checkout.

    Args:
        tables: Rows by table, in any order. Empty tables make no difference.
    """
    digest = hashlib.sha256()
    for table in sorted(tables):
        volatile = _VOLATILE.get(table, frozenset())
        kept = ({name: value for name, value in row.items() if name not in volatile} for row in tables[table])
        for row in canonical_rows(table, kept):
            digest.update(f"{table}\t{plain_json(row)}\n".encode())
    return digest.hexdigest()


def naive_timestamp(text: str | None) -> str | None:
    """A time of a manifest or snapshot as the catalog holds it: UTC without a zone; None when it is no time.

    Example:
        >>> naive_timestamp("2026-01-02T03:04:05.000006Z")
        '2026-01-02T03:04:05.000006'
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
