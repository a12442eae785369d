"""``featurecat show``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import click

from featurecat.cli.answers import notify, print_json, print_table, short_ids, short_time
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError
from featurecat.project.ask import show_feature

__all__ = ["command"]

#: In catalogs the parameters of an expectation lie in the order of the alphabet.
_BOUNDS = {"low": 0, "high": 1}
_FIELDS = (
    ("role", "role"),
    ("dtype", "dtype"),
    ("unit", "unit"),
    ("grain", "grain"),
    ("owner", "owner"),
    ("status", "status"),
    ("sunset", "sunset"),
    ("replaced_by", "replaced by"),
    ("freshness", "freshness"),
)


@click.command("show", short_help="Show everything known about one feature.")
@click.argument("feature", nargs=-1, required=True, metavar="FEATURE")
@click.option("--source/--no-source", default=True, help="Whether to print the source text.")
@shared_options
def command(feature: tuple[str, ...], source: bool) -> int:
    """Show everything the catalog knows about FEATURE. No user code is imported."""
    options = shared()
    if len(feature) > 1:
        hint = f"featurecat list {shlex.quote(' '.join(feature))}"
        raise RequestError(f"show tells about one feature, not {len(feature)}", code="invalid-option", hint=hint)
    found, answer = show_feature(project_of(options), CLOCK, feature[0])
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    if options.as_json:
        print_json([found])
    else:
        _print(found, source)
    return 0


def _print(found: Mapping[str, Any], source: bool) -> None:
    click.echo(click.style(found["feature"], bold=True) + (f"  {found['summary']}" if found["summary"] else ""))
    for name, title in _FIELDS:
        if found[name]:
            click.echo(f"  {title:<14}{found[name]}")
    _print_source(found)
    if found["pii"]:
        click.echo(f"  {'personal data':<14}yes")
    if found["tags"]:
        shown = ", ".join(f"{key}={'/'.join(values)}" for key, values in found["tags"].items())
        click.echo(f"  {'tags':<14}{shown}")
    _print_names("takes", found["takes"])
    _print_names("feeds", found["feeds"])
    _print_doc(found)
    variants = [{**row, "condition": _condition(row["condition"])} for row in found["variants"]]
    _print_section("variants", variants, ("engine", "condition", "module", "file", "line"))
    expectations = [_expectation(row) for row in _distinct(found["expectations"])]
    _print_section("expectations", expectations, ("kind", "params", "severity", "last_status"))
    _print_section("columns", found["columns"], ("name", "dtype", "doc"))
    runs = list({run["run_id"]: run for run in found["materializations"]}.values())  # a frame has a row a column
    runs = [
        {**run, "committed_at": short_time(run["committed_at"]), "seconds": run["run_seconds"]}
        for run in short_ids(runs)
    ]
    _print_section("runs", runs, ("run_id", "committed_at", "status", "engine", "rows", "seconds"))
    if source:
        for variant in found["variants"]:
            if variant["source_text"]:
                click.echo(f"\n{variant['file']}:{variant['line']} ({variant['variant']})")
                click.echo(_indented(variant["source_text"]))


def _print_source(found: Mapping[str, Any]) -> None:
    """Where a source lies and what tells its rows apart."""
    if (source := found["source"]) is None:
        return
    fields = {
        "path": source["uri"],
        "format": source["kind"],
        "key": ", ".join(found["entity"] or ()),
        "timestamp": found["event_timestamp"],
    }
    for title, text in fields.items():
        if text:
            click.echo(f"  {title:<14}{text}")


def _expectation(row: Mapping[str, Any]) -> dict[str, Any]:
    """An expectation as it was written: the lower bound first, nothing said twice, its importance by its own name."""
    written = dict(sorted((row["params"] or {}).items(), key=lambda one: _BOUNDS.get(one[0], -1)))
    params = written[row["kind"]] if list(written) == [row["kind"]] else written
    importance = "error (fail)" if (row["severity"], row["origin"]) == ("error", "check_output") else row["severity"]
    return {**row, "params": params, "severity": importance}


def _condition(clauses: Sequence[Mapping[str, Any]] | None) -> str:
    """The config clauses of a variant as one would write them."""
    symbols = {"equal": "=", "not_equal": "!=", "in": " in ", "not_in": " not in "}
    return " & ".join(f"{clause['key']}{symbols[clause['operator']]}{clause['value']!r}" for clause in clauses or ())


def _print_names(title: str, names: Sequence[str]) -> None:
    if names:
        shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
        click.echo(f"  {title:<14}{shown}")


def _print_doc(found: Mapping[str, Any]) -> None:
    rest = (found["doc"] or "").removeprefix(found["summary"] or "").strip("\n")
    if rest:
        click.echo("\n" + _indented(rest))


def _print_section(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    if rows:
        click.echo(f"\n{click.style(title, bold=True)}")
        print_table(rows, columns)


def _distinct(expectations: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One line for an expectation that all variants share, with its newest verdict."""
    newest: dict[str, Mapping[str, Any]] = {}
    for row in expectations:
        other = newest.get(row["check_id"])
        if other is None or (row["last_run_at"] or "") > (other["last_run_at"] or ""):
            newest[row["check_id"]] = row
    return list(newest.values())


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.rstrip().splitlines())
