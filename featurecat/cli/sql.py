"""``featurecat sql``."""

from __future__ import annotations

import sys

import click

from featurecat.cli.answers import fits_terminal, notify, print_csv, print_fields, print_json, print_table
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.ask import ask_sql

__all__ = ["command"]


@click.command("sql", short_help="Ask the catalog in SQL, read-only.")
@click.argument("statement")
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@shared_options
def command(statement: str, as_csv: bool) -> int:
    """Ask the catalog one SQL STATEMENT ('-' reads it from standard input). It is read-only and sandboxed."""
    options = shared()
    text = sys.stdin.read() if statement == "-" else statement
    answer = ask_sql(project_of(options), CLOCK, text)
    show_warnings(answer.warnings, options)
    columns = list(answer.rows[0]) if answer.rows else list(answer.columns)
    if options.as_json:
        print_json(answer.rows)
    elif as_csv:
        print_csv(answer.rows, columns)
    elif answer.rows and sys.stdout.isatty() and not fits_terminal(columns, answer.rows):
        notify([f"{len(columns)} columns do not fit: a line a field; --csv and --json give them side by side"], options)
        print_fields(answer.rows, columns)
    else:
        print_table(answer.rows, columns, raw=True)
        if not answer.rows:
            notify(["no rows"], options)
    return 0
