"""Answers of ``featurecat sql`` as text, and as files that are there whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from featurecat import faults
from featurecat.catalog.sandbox import Limits
from featurecat.clock import Clock
from featurecat.errors import Problem, RequestError, StoreError, did_you_mean
from featurecat.io.replacing import replacing
from featurecat.project.ask import ask_sql
from featurecat.project.discover import Project

__all__ = ["FORMATS", "Limits", "answer_text", "check_answer_file", "format_of", "save_answer", "write_answer"]

#: Each format with the endings that its files may have.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "table": (),
    "csv": (".csv",),
    "json": (".json",),
    "ndjson": (".ndjson", ".jsonl"),
    "parquet": (".parquet", ".pq"),
}
_ANY = ("", ".txt")
_QUOTED = frozenset(',"\r\n')


def format_of(output: Path | None, wanted: str | None) -> str:
    """The format of an answer: as wanted, else as the file's ending says, else a table (CSV in a file).

    Args:
        output: The file, if any.
        wanted: A key of :data:`FORMATS`, or None.

    Raises:
        RequestError: The ending promises another format, or Parquet has no file to go to.

    Example:
        >>> format_of(Path("owners.jsonl"), None), format_of(None, None)
        ('ndjson', 'table')
    """
    if wanted is not None and wanted not in FORMATS:
        hint = did_you_mean(wanted, FORMATS) or f"one of {', '.join(FORMATS)}"
        raise RequestError(f"unknown format {wanted!r}", hint=hint)
    if output is None:
        if wanted == "parquet":
            raise RequestError("an answer in Parquet needs a file", hint="name it: -o answer.parquet")
        return wanted or "table"
    promised = _promised(output)
    if wanted is not None and promised is not None and promised != wanted:
        raise RequestError(
            f"{output} would be {wanted} under the name of {promised}",
            hint=f"name it {output.with_suffix(''.join((*FORMATS[wanted], '.txt')[:1]))}, or leave out --format",
        )
    return wanted or promised or "csv"


def _promised(output: Path) -> str | None:
    """The format that a file's ending promises; None for an ending that promises none."""
    ending = output.suffix.lower()
    promised = next((name for name, endings in FORMATS.items() if ending in endings), None)
    if promised is None and ending not in _ANY:
        raise RequestError(
            f"{output} does not look like an answer", hint="name a file that ends in .csv, .json, .ndjson or .parquet"
        )
    return promised


def answer_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str) -> str:
    """Rows as ``csv``, ``json`` or ``ndjson``.

    In CSV an empty field is NULL and ``""`` is empty text; lists and structures are JSON; times are UTC with ``Z``.

    Args:
        rows: JSON-ready rows.
        columns: Their columns, in order.
        form: The format.

    Example:
        >>> print(answer_text([{"a": None, "b": ""}, {"a": 1.5, "b": ["x", "y"]}], ["a", "b"], "csv"), end="")
        a,b
        ,""
        1.5,"[""x"",""y""]"
    """
    if form == "json":
        return json.dumps([dict(row) for row in rows], indent=2, ensure_ascii=False, default=str) + "\n"
    if form == "ndjson":
        return "".join(f"{_json(row)}\n" for row in rows)
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    return "".join(f"{','.join(map(_field, line))}\n" for line in lines)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _field(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else _json(value)
    if not text or text != text.strip() or not _QUOTED.isdisjoint(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def check_answer_file(project: Project, output: Path) -> None:
    """Refuse a place that no answer may be written to.

    Raises:
        RequestError: It is a directory, lies in the store, or is a file that the project is made of.
        StoreError: With code ``output-unwritable``, when it is no plain file or its directory is missing.
    """
    place = Path(os.path.realpath(output))
    if place.is_dir():
        raise RequestError(f"{output} is a directory", hint=f"-o {output / 'answer.csv'}")
    if place.is_relative_to(os.path.realpath(project.store.root)):
        raise RequestError(f"the output {output} lies in the store", hint="name a place outside of the store")
    if os.path.lexists(place) and not place.is_file():
        raise _unwritable(f"{output} is not a plain file and will not be replaced", "name a file")
    if not place.parent.is_dir():
        raise _unwritable(f"the directory of {output} does not exist", f"mkdir -p {output.parent}")
    if project.declared:
        from featurecat.project.request import RunRequest
        from featurecat.project.targets import check_not_own

        check_not_own(project, RunRequest(), [output])


def _unwritable(message: str, hint: str) -> StoreError:
    return StoreError(message, code="output-unwritable", hint=hint)


def save_answer(
    project: Project, statement: str, output: Path, *, clock: Clock, form: str, limits: Limits | None = None
) -> tuple[int, list[Problem]]:
    """Write the answer to one query to a file, which is there whole or as it was before.

    Args:
        project: The project.
        statement: One query.
        output: The file; a link is followed.
        clock: Tells the time.
        form: A key of :data:`FORMATS` other than ``table``.
        limits: How much the query may take.

    Returns:
        The number of rows, and warnings about what had to be set aside.

    Raises:
        RequestError: The statement is refused or wrong, or the place is.
        StoreError: The file cannot be written, or Parquet cannot hold a column (code ``not-tabular``).
        CatalogError: There is no catalog.
    """
    check_answer_file(project, output)
    if form == "parquet":
        from featurecat.project.parquet_answers import save_parquet_answer

        return save_parquet_answer(project, statement, output, clock=clock, limits=limits)
    answer = ask_sql(project, clock, statement, limits=limits)
    content = answer_text(answer.rows, answer.columns, form).encode()
    write_answer(output, lambda beside: beside.write_bytes(content))
    return len(answer.rows), answer.warnings


def write_answer(output: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside ``output`` that then takes its place.

    Raises:
        StoreError: With code ``output-unwritable``; ``output`` is as it was.
    """
    with replacing(output) as beside:
        write(beside)
        faults.point("answer.written", beside)
    faults.point("answer.committed", output)
