"""The catalog for other programs: Parquet, JSON, OpenLineage, DataHub, OpenMetadata. Nothing here writes a file."""

from __future__ import annotations

__all__: list[str] = []
