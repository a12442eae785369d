"""What is known of definitions beyond the definitions: each part is a function from them to further rows.

Rows of a part may build on those of the parts before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from featurecat.definition.fingerprint import Fingerprints
from featurecat.project.discover import Project
from featurecat.project.rows import GraphDefinitions
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
_PARTS: tuple[Any, ...] = ()


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
            tables.setdefault(row.table, []).append(row.as_dict())
    return tables
