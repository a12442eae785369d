"""One spelling for equal rows: canonical JSON, logical keys, and the order rows are kept in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from featurecat.catalog.plain import canonical_json, canonical_value, plain_json
from featurecat.records import DEFINITION_TABLES, ConfigKeyRow, ConfigRow, DefinitionRow

__all__ = [
    "LOGICAL_KEYS",
    "EncodedTables",
    "canonical_json",
    "canonical_rows",
    "canonical_value",
    "content_hash",
    "definition_tables",
    "encode_tables",
    "naive_timestamp",
    "plain_json",
]

#: What another checkout of equal code may differ in: no reason for a new snapshot.
_VOLATILE: Mapping[str, frozenset[str]] = {"modules": frozenset({"mtime_ns", "git_commit"})}
#: Tables that say nothing of the code: who wrote it is another thing after a rebase.
_UNHASHED = frozenset({"authors"})
#: Types of values that JSON shows as they are.
_PLAIN = frozenset({str, int, bool, type(None)})


def _logical_key(row: type[DefinitionRow]) -> tuple[str, ...]:
    if row in (ConfigRow, ConfigKeyRow):  # their field `name` is the catalog's column `key`
        return tuple("key" if column == "name" else column for column in row.key)
    return row.key


#: Catalog columns that tell the rows of each definition table apart.
LOGICAL_KEYS: dict[str, tuple[str, ...]] = {row.table: _logical_key(row) for row in DEFINITION_TABLES}


def canonical_rows(table: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as plain JSON data, sorted by their logical key, those that are equal only once."""
    return [plain for _, plain in _ordered(table, rows)]


def _ordered(table: str, rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """The JSON text of each row with its data, in canonical order."""
    key = LOGICAL_KEYS.get(table, ())
    by_text: dict[str, dict[str, Any]] = {}
    for row in rows:
        plain = {name: value if type(value) in _PLAIN else canonical_value(value) for name, value in row.items()}
        by_text[plain_json(plain)] = plain
    return sorted(by_text.items(), key=lambda pair: ([_sortable(pair[1].get(column)) for column in key], pair[0]))


def _sortable(value: Any) -> tuple[bool, str]:
    return (value is not None, value if isinstance(value, str) else plain_json(value))


@dataclass(frozen=True, slots=True)
class EncodedTables:
    """Definition tables as snapshots, hashes and the catalog take them: each row made into text once.

    Attributes:
        texts: JSON texts of the rows by table, in canonical order.
        content_hash: SHA-256 over them, without what changes from checkout to checkout. Empty tables make no
            difference.
        features: Number of rows of ``features``.
    """

    texts: Mapping[str, Sequence[str]]
    content_hash: str
    features: int

    @property
    def document(self) -> str:
        """All tables as one JSON object."""
        return "{" + ",".join(f'"{table}":[{",".join(self.texts[table])}]' for table in sorted(self.texts)) + "}"

    @property
    def exact_hash(self) -> str:
        """SHA-256 over every row as it is."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """The rows as plain JSON data."""
        return {table: json.loads(f"[{','.join(texts)}]") for table, texts in self.texts.items()}


def encode_tables(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> EncodedTables:
    """Make the rows of definition tables into text.

    Args:
        tables: Rows by table, in any order.

    Example:
        >>> encoded = encode_tables({"tags": [{"feature": "b"}, {"feature": "a"}]})
        >>> encoded.texts
        {'tags': ['{"feature":"a"}', '{"feature":"b"}']}
    """
    digest = hashlib.sha256()
    texts: dict[str, Sequence[str]] = {}
    for table in sorted(tables):
        texts[table] = [text for text, _ in _ordered(table, tables[table])]
        if volatile := _VOLATILE.get(table):
            kept = ({name: value for name, value in row.items() if name not in volatile} for row in tables[table])
            lines: Sequence[str] = [text for text, _ in _ordered(table, kept)]
        else:
            lines = texts[table]
        if lines and table not in _UNHASHED:
            digest.update(f"{table}\t{f'{chr(10)}{table}{chr(9)}'.join(lines)}\n".encode())
    return EncodedTables(texts, digest.hexdigest(), len(tables.get("features", ())))


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
    return encode_tables(tables).content_hash


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
