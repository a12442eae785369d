"""What an alteration is: what it is told of a table, where it applies, and what it makes of the table."""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.frames.alterations.files import Layout

__all__ = [
    "Altered",
    "Alteration",
    "ColumnFacts",
    "TableFacts",
    "Target",
    "choose",
    "count_text",
    "preferred",
    "replaced",
    "some_rows",
    "with_column",
]

Fits = Callable[[pa.ChunkedArray], bool]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column that may be altered.

    Attributes:
        name: Its name in the file.
        feature: Catalog key of the feature it holds.
        kinds: Kinds of the expectations that are declared on it.
        aimed: Whether somebody named this feature.
    """

    name: str
    feature: str
    kinds: frozenset[str] = frozenset()
    aimed: bool = False


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What is known of a published table.

    Attributes:
        columns: The columns of features, in the order of the file; keys are not among them.
        keys: Key columns, the event timestamp included.
        timestamp: The event timestamp's column.
        as_of: The moment that freshness and the future are judged by; aware.
    """

    columns: tuple[ColumnFacts, ...]
    keys: tuple[str, ...] = ()
    timestamp: str | None = None
    as_of: datetime.datetime = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Target:
    """What an alteration is aimed at.

    Attributes:
        facts: What is known of the table.
        columns: The columns that are altered; none means the table as a whole.
    """

    facts: TableFacts
    columns: tuple[ColumnFacts, ...] = ()

    @property
    def expected(self) -> bool:
        """Whether something is expected of what is altered; of a table as a whole that is always so."""
        return not self.columns or any(column.kinds for column in self.columns)


@dataclass(frozen=True, slots=True)
class Altered:
    """A table after an alteration.

    Attributes:
        table: The table.
        what: What was done, in words, without values.
        rows: Numbers of the rows of ``table`` that are not as they were; None where it is not about rows.
        before: What was published by the run before; None leaves that to what really was.
        layout: How the file is written; None as featurecat does.
        kept: The share of the file's bytes that is left, counted from its beginning.
    """

    table: pa.Table
    what: str
    rows: Sequence[int] | None = None
    before: pa.Table | None = None
    layout: Layout | None = None
    kept: float = 1.0


class Alteration(Protocol):
    """One way to alter a table."""

    @property
    def name(self) -> str:
        """Its name, as ``null-burst``."""
        ...

    @property
    def doc(self) -> str:
        """What it does, in one line."""
        ...

    @property
    def remedy(self) -> str:
        """What would make a gate notice it; of a benign one, empty."""
        ...

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """What of the table it would alter, or why it cannot be applied."""
        ...

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The table after it; the table handed in stays as it is."""
        ...


def preferred(name: str, facts: TableFacts) -> list[ColumnFacts]:
    """The columns that may be altered, in the order they are tried: those that something is expected of come first.

    Among equals the order depends on the name of the alteration and of the column alone, so that it is the same again
    tomorrow. Where somebody aimed at features, only theirs are tried.

    Args:
        name: Name of the alteration.
        facts: What is known of the table.
    """
    aimed = [column for column in facts.columns if column.aimed] or facts.columns

    def rank(column: ColumnFacts) -> tuple[bool, str]:
        return not column.kinds, hashlib.sha256(f"{name}:{column.name}".encode("utf-8", "surrogatepass")).hexdigest()

    return sorted(aimed, key=rank)


def choose(name: str, table: pa.Table, facts: TableFacts, *, fits: Fits, lacking: str) -> Target | str:
    """The first column that an alteration fits.

    Args:
        name: Name of the alteration.
        table: The table.
        facts: What is known of it.
        fits: Whether it can be applied to a column.
        lacking: Why it cannot be applied where no column fits.
    """
    if not table.num_rows:
        return "there are no rows"
    for column in preferred(name, facts):
        if fits(table.column(column.name)):
            return Target(facts, (column,))
    return lacking


def some_rows(count: int, share: float, seed: str) -> list[int]:
    """Numbers of some rows, at least one, in their order; the same for the same seed.

    Args:
        count: How many rows there are, at least one.
        share: How many to choose, from 0 to 1.
        seed: Any text.

    Example:
        >>> some_rows(10, 0.3, "seed") == some_rows(10, 0.3, "seed"), len(some_rows(10, 0.01, "seed"))
        (True, 1)
    """
    return sorted(random.Random(seed).sample(range(count), max(1, round(count * share))))


def replaced(column: pa.ChunkedArray, rows: Iterable[int], value: pa.Scalar) -> pa.ChunkedArray:
    """A column with another value in some rows.

    Example:
        >>> replaced(pa.chunked_array([[1, 2]]), [1], pa.scalar(None, pa.int64())).to_pylist()
        [1, None]
    """
    chosen = set(rows)
    mask = pa.array([number in chosen for number in range(len(column))], pa.bool_())
    return pc.if_else(mask, value, column)


def with_column(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    """A table with other values in a column, which stays in its place; its type is that of the values."""
    field = table.schema.field(name).with_type(column.type).with_nullable(True)
    return table.set_column(table.schema.get_field_index(name), field, column)


def count_text(count: int, noun: str = "row") -> str:
    """A number with its noun.

    Args:
        count: The number.
        noun: Of one; an s makes it of many.

    Example:
        >>> count_text(1), count_text(16_839), count_text(2, "column")
        ('1 row', '16,839 rows', '2 columns')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
