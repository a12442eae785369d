"""The catalog of a project for programs and notebooks: what ``from featurecat import Catalog`` gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self, overload

from featurecat.catalog.catalog import Catalog as CatalogAnswers
from featurecat.catalog.connection import Connection
from featurecat.catalog.sandbox import Limits, run_sql
from featurecat.clock import SystemClock
from featurecat.errors import RequestError
from featurecat.project.access import open_catalog
from featurecat.project.ask import list_features
from featurecat.project.discover import Project, find_project

__all__ = ["Catalog", "Query"]


class Catalog(CatalogAnswers):
    """An open catalog that also answers SQL; use it in a ``with`` block.

    The questions with names of their own (``list_features``, ``show``, ``runs`` and so on) answer from the catalog as
    it was when it was opened; :meth:`sql` asks the file as it is now.

    Args:
        connection: An open connection; usually made by :meth:`open_project` or :meth:`open`.

    Example:
        >>> from tempfile import mkdtemp
        >>> from featurecat.catalog.build import build_catalog
        >>> path = Path(mkdtemp()) / "catalog.duckdb"
        >>> built = build_catalog(path, {}, (), snapshots=(), clock=SystemClock())
        >>> with Catalog.open(path) as catalog:
        ...     list(catalog.sql("SELECT count(*) AS features FROM features"))
        [{'features': 0}]
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._path = connection.path
        self._project: Project | None = None

    @classmethod
    def open_project(cls, directory: str | Path | None = None, *, store: str | Path | None = None) -> Self:
        """Open the catalog of a project, brought up to date with its runs; imports no code of the project.

        Args:
            directory: Where to look for the project; None for the current directory.
            store: Where the store lies; None for what environment or settings say.

        Raises:
            CatalogError: Code ``catalog-missing`` when nothing was ever indexed.
            RequestError: When there is no such directory.
        """
        project = find_project(Path(directory) if directory else None, Path(store) if store else None)
        found, _ = open_catalog(project, SystemClock(), runs="all")
        found.close()
        catalog = cls.open(project.store.catalog)
        catalog._project = project
        return catalog

    def sql(self, statement: str, *, seconds: float = 30, memory: str = "1GB", most_rows: int = 1_000_000) -> Query:
        """Ask one read-only query; it sees the catalog and nothing else: no files, network, settings or variables.

        Args:
            statement: One ``SELECT`` (also ``FROM``, ``WITH``, ``DESCRIBE``, ``SHOW``, ``SUMMARIZE``) or ``EXPLAIN``.
            seconds: Longest time it may take.
            memory: Most memory it may take, as DuckDB writes it.
            most_rows: More rows than this are refused, not cut off.

        Returns:
            The query: a sequence of rows, which also gives a table of Arrow, pandas or Polars. It is asked when
            rows or a table are first wanted, which raises ``RequestError`` (code ``invalid-sql``) when it is refused,
            wrong, or takes too much.
        """
        return Query(self._path, statement, Limits(seconds, memory, most_rows))


    def select(self, *selections: str, against: str | None = None, allow_empty: bool = False) -> list[str]:
        """The catalog keys that selections stand for, as ``featurecat list`` lists them.

        Args:
            selections: What to select, as ``"tag:churn & owner:growth"``; nothing selects every public feature.
            against: What ``state:`` compares with: a branch, tag or commit of git, or ``snapshot:NAME``.
            allow_empty: Whether an answer without names is fine.

        Raises:
            RequestError: When a selection is wrong or matches nothing, or the catalog was opened by its path alone.
        """
        if self._project is None:
            raise RequestError("a catalog that is opened by its path has no project to select in", hint="open_project opens it")
        answer = list_features(self._project, SystemClock(), selections, against=against, allow_empty=allow_empty)
        return [row["feature"] for row in answer.rows]


class Query(Sequence[dict[str, Any]]):
    """A query and its answer: a sequence of JSON-ready rows, or a table.

    Args:
        path: The catalog's file.
        statement: The query.
        limits: How much it may take.
    """

    def __init__(self, path: Path, statement: str, limits: Limits) -> None:
        self._path = path
        self._statement = statement
        self._limits = limits
        self._rows: list[dict[str, Any]] | None = None
        self._table: Any = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows, JSON-ready: times are UTC text with ``Z``, JSON columns are parsed."""
        if self._rows is None:
            limits = self._limits
            answer = run_sql(
                self._path,
                self._statement,
                seconds=limits.seconds,
                memory=limits.memory,
                most_rows=limits.most_rows,
            )
            self._rows = answer.dicts()
        return self._rows

    @overload
    def __getitem__(self, position: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, position: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, position: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        return self.rows[position]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"Query({self._statement!r})"

    def to_arrow(self) -> Any:
        """The answer as an Arrow table; a repeated column name gets a number."""
        if self._table is None:
            from featurecat.catalog.arrow import arrow_table

            self._table = arrow_table(self._path, self._statement, self._limits)
        return self._table

    def to_pandas(self) -> Any:
        """The answer as a pandas frame; whole numbers with gaps become ``Int64``."""
        from featurecat.frames.arrow import from_arrow

        return from_arrow(self.to_arrow(), "pandas")

    def to_polars(self) -> Any:
        """The answer as a Polars frame.

        Raises:
            RequestError: When it has a column that Polars cannot hold (code ``not-tabular``).
        """
        from featurecat.frames.arrow import from_arrow

        spans = [column.name for column in self.to_arrow().schema if "interval" in str(column.type)]
        if spans:
            raise RequestError(
                f"columns that Polars cannot hold: {', '.join(spans)}",
                code="not-tabular",
                hint="cast them in the query, such as to VARCHAR",
            )
        return from_arrow(self.to_arrow(), "polars")
