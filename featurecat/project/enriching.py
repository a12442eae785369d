"""What is known of definitions beyond the definitions: each part is a function from them to further rows.

Rows of a part may build on those of the parts before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from featurecat.definition.fingerprint import Fingerprints
from featurecat.project.column_reads import column_read_rows
from featurecat.project.consumers import consumer_rows
from featurecat.project.diff.bindings import binding_rows
from featurecat.project.discover import Project
from featurecat.project.documents import coverage_rows, document_rows
from featurecat.project.ownership import owner_rows
from featurecat.project.rows import GraphDefinitions, plain_row
from featurecat.project.similarity import similar_definitions
from featurecat.project.taints import clearance_rows, taint_rows
from featurecat.records import DefinitionRow

__all__ = ["Reading", "further_rows"]

#: Rows by definition table, as snapshots keep them.
Tables: TypeAlias = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A project as it was read.

    Attributes:
        project: The project.
        graphs: Its graphs.
        fingerprints: Reads its sources; each file is parsed once.
    """

    project: Project
    graphs: Sequence[GraphDefinitions]
    fingerprints: Fingerprints


#: The parts, in order.
_PARTS: tuple[Any, ...] = (
    document_rows,
    coverage_rows,
    column_read_rows,
    owner_rows,
    taint_rows,
    consumer_rows,
    clearance_rows,
    binding_rows,
    similar_definitions,
)


def further_rows(reading: Reading, tables: Tables) -> Tables:
    """The tables with the rows of all parts.

    Args:
        reading: The project as it was read.
        tables: Rows by definition table; added to.

    Returns:
        The same tables.
    """
    for part in _PARTS:
        rows: Sequence[DefinitionRow] = part(reading, tables)
        for row in rows:
            tables.setdefault(row.table, []).append(plain_row(row))
    return tables
