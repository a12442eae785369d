"""ORC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pyarrow as pa

from featurecat.io.request import FileRequest

__all__ = ["Orc"]


class Orc:
    """Reads the columns asked for."""

    suffixes = (".orc",)
    columnar = True

    def schema(self, request: FileRequest) -> pa.Schema:
        """The schema of the footer."""
        import pyarrow.orc as paorc

        return cast("pa.Schema", paorc.ORCFile(str(request.path)).schema)

    def read(self, request: FileRequest, columns: Sequence[str] | None, limit: int | None) -> pa.Table:
        """The rows; of a large file no more stripes than ``limit`` needs."""
        import pyarrow.orc as paorc

        file = paorc.ORCFile(str(request.path))
        chosen = None if columns is None else list(columns)
        if limit is None or not file.nstripes:
            return cast("pa.Table", file.read(columns=chosen))
        batches = []
        for stripe in range(file.nstripes):
            batches.append(file.read_stripe(stripe, columns=chosen))
            if sum(batch.num_rows for batch in batches) >= limit:
                break
        return pa.Table.from_batches(batches)
