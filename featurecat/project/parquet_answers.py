"""Answers of ``featurecat sql`` as Parquet; loads pyarrow, which the other formats do without."""

from __future__ import annotations

from pathlib import Path

from featurecat.catalog.arrow import arrow_table
from featurecat.catalog.sandbox import Limits
from featurecat.clock import Clock
from featurecat.errors import Problem, StoreError
from featurecat.project.access import open_catalog
from featurecat.project.discover import Project
from featurecat.project.sql_answers import write_answer
from featurecat.storage.parquet import storable_schema, write_parquet

__all__ = ["save_parquet_answer"]


def save_parquet_answer(
    project: Project, statement: str, output: Path, *, clock: Clock, limits: Limits | None = None
) -> tuple[int, list[Problem]]:
    """Write the answer to one query as Parquet; the file's footer holds the query.

    Args:
        project: The project.
        statement: One query.
        output: The file, checked already.
        clock: Tells the time.
        limits: How much the query may take.

    Returns:
        The number of rows, and warnings about what had to be set aside.

    Raises:
        FeaturecatError: As :func:`~featurecat.project.sql_answers.save_answer` does.
    """
    catalog, warnings = open_catalog(project, clock, runs="all")
    catalog.close()
    table = arrow_table(project.store.catalog, statement, limits)
    try:
        storable_schema(table.schema)
    except StoreError as error:
        (problem,) = error.problems
        raise StoreError(
            problem.message, code=problem.code, hint="cast them in the query, such as to VARCHAR"
        ) from error
    write_answer(output, lambda beside: write_parquet(table, beside, metadata={"featurecat.sql": statement}))
    return table.num_rows, warnings
