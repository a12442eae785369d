"""``featurecat sql``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from featurecat.cli.answers import counted, fits_terminal, notify, print_fields, print_table
from featurecat.cli.options import OutputPath, Shared, shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError, StoreError
from featurecat.project.ask import Answer, ask_sql
from featurecat.project.sql_answers import FORMATS, Limits, answer_text, format_of, save_answer

__all__ = ["command"]

_EXAMPLE = 'featurecat sql "SELECT feature, owner FROM public_features"'


@click.command("sql", short_help="Ask the catalog in SQL, read-only.")
@click.argument("statement", required=False)
@click.option(
    "--file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Read the statement there."
)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="How to answer; -o goes by the file's ending.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV: short for --format csv.")
@click.option("-o", "--output", type=OutputPath(), help="Write the answer to a file, whole or not at all.")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), default=30, show_default=True, help="Time limit."
)
@click.option("--memory", default="1GB", show_default=True, metavar="SIZE", help="Memory limit, such as 500MB.")
@click.option(
    "--max-rows", type=click.IntRange(min=1), default=1_000_000, show_default=True, help="Refuse longer answers."
)
@shared_options
def command(
    *, statement: str | None, file: Path | None, form: str | None, as_csv: bool, output: Path | None, **limits: Any
) -> int:
    """Ask the catalog one SQL STATEMENT ('-' reads it from standard input). It is read-only and sandboxed."""
    options = shared()
    wanted = _wanted(form, as_csv, options)
    text = _statement(statement, file)
    allowed = Limits(limits["seconds"], limits["memory"], limits["max_rows"])
    project, form = project_of(options), format_of(output, wanted)
    if output is not None:
        if form == "table":
            raise RequestError("a table is for reading, not for a file", hint="--format csv, json, ndjson or parquet")
        rows, warnings = save_answer(project, text, output, clock=CLOCK, form=form, limits=allowed)
        show_warnings(warnings, options)
        notify([f"wrote {output}, {counted(rows, 'row')}"], options)
        return 0
    answer = ask_sql(project, CLOCK, text, limits=allowed)
    show_warnings(answer.warnings, options)
    if form == "table":
        _show_table(answer, options)
    else:
        click.echo(answer_text(answer.rows, answer.columns, form), nl=False)
    return 0


def _wanted(form: str | None, as_csv: bool, options: Shared) -> str | None:
    """The one format that was asked for."""
    asked = [*([form] if form else []), *(["csv"] if as_csv else []), *(["json"] if options.as_json else [])]
    if len(set(asked)) > 1:
        raise RequestError(f"two formats were asked for: {' and '.join(asked)}", hint="one of them is enough")
    return asked[0] if asked else None


def _statement(statement: str | None, file: Path | None) -> str:
    if (statement is None) == (file is None):
        given = "no SQL statement was given" if statement is None else "a SQL statement was given twice"
        raise RequestError(given, hint=_EXAMPLE if statement is None else "leave out --file, or the statement")
    if file is None:
        return sys.stdin.read() if statement == "-" else str(statement)
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror}", code="source-unreadable") from error
    except UnicodeDecodeError as error:
        raise StoreError(f"{file} is not UTF-8 text", code="source-unreadable", hint="save it as UTF-8") from error


def _show_table(answer: Answer, options: Shared) -> None:
    columns = list(answer.columns)
    if answer.rows and sys.stdout.isatty() and not fits_terminal(columns, answer.rows):
        notify([f"{len(columns)} columns do not fit: a line a field; --csv and --json give them side by side"], options)
        print_fields(answer.rows, columns)
        return
    print_table(answer.rows, columns, raw=True)
    if not answer.rows:
        notify(["no rows"], options)
