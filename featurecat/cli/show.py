"""``featurecat show``."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from featurecat.cli.answers import notify, print_json, print_table, short_ids, short_time
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.sparklines import figure_text, share_text, sign_legend, sparkline, statuses, writes_unicode
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError
from featurecat.project.ask import show_feature

__all__ = ["command"]

#: In catalogs the parameters of an expectation lie in the order of the alphabet.
_BOUNDS = {"low": 0, "high": 1}
#: What the catalog keeps of expectations and nobody writes, and what is clear without its name.
_UNWRITTEN = ("family",)
_ALONE = (["at_most"], ["direction"], ["pattern"], ["texts"], ["values"])
_NOTHING = ("", "0s", "None", "False")
_MOST_TOP = 5
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
    _print_expectations([_expectation(row) for row in _distinct(found["expectations"])])
    _print_profile(found["profiles"])
    _print_section("columns", found["columns"], ("name", "dtype", "doc"))
    runs = list({run["run_id"]: run for run in found["materializations"]}.values())  # a frame has a row a column
    runs = [
        {
            **run,
            "committed_at": short_time(run["committed_at"]),
            "seconds": run["run_seconds"],
            "status": _run_status(run),
        }
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


def _run_status(run: Mapping[str, Any]) -> str:
    """What a run did with the feature: it may have published others, and not this one."""
    held_back = run["status"] == "published" and run["action"] != "input" and run["artifact_id"] is None
    return "not published" if held_back else str(run["status"])


def _expectation(row: Mapping[str, Any]) -> dict[str, Any]:
    """An expectation as it was written: the lower bound first, nothing said twice, its importance by its own name."""
    written = dict(sorted((row["params"] or {}).items(), key=lambda one: _BOUNDS.get(one[0], -1)))
    said = {
        key: value
        for key, value in written.items()
        if key == row["kind"] or (key not in _UNWRITTEN and str(value) not in _NOTHING)
    }
    params = next(iter(said.values())) if list(said) in ([row["kind"]], *_ALONE) else said or True
    importance = "error (fail)" if (row["severity"], row["origin"]) == ("error", "check_output") else row["severity"]
    return {**row, "params": params, "severity": importance}


def _print_expectations(rows: Sequence[Mapping[str, Any]]) -> None:
    """The expectations, each with its last verdicts as signs; then which fail, and since when."""
    unicode = writes_unicode()
    shown = [{**row, "history": statuses(row["history"], unicode=unicode)} for row in rows]
    firm = ("kind", "severity", "last_status", "history")
    _print_section("expectations", shown, ("kind", "params", "severity", "last_status", "history"), firm=firm)
    if legend := sign_legend([verdict for row in rows for verdict in row["history"]], unicode=unicode):
        click.echo(f"  {legend}")
    for row in rows:
        if row["failing_since"]:
            moment = short_time(row["failing_since_at"]) or f"run {row['failing_since']}"
            click.echo(f"  {row['kind']} has not held since {moment}{_turns(row['flips'])}")


def _turns(flips: int | None) -> str:
    return f"; it flipped {flips} times" if (flips or 0) > 1 else ""


def _print_profile(profiles: Sequence[Mapping[str, Any]]) -> None:
    """What the values are like: those of the last published run, else of the last run that has a profile."""
    published = [row for row in profiles if row["run_status"] == "published"] or list(profiles)
    if not published:
        return
    last = [row for row in published if row["run_id"] == published[0]["run_id"]]
    state = "" if last[0]["run_status"] == "published" else f", {last[0]['run_status']}"
    click.echo(f"\n{click.style('profile', bold=True)}  {short_time(last[0]['committed_at'])}{state}")
    if len(last) > 1:
        print_table(
            [_profiled_column(row) for row in last], ("column", "values", "distribution", "from", "to", "missing")
        )
        return
    for title, text in _profile_fields(last[0], published):
        click.echo(_cut(f"  {title:<14}{text}"))


def _profiled_column(row: Mapping[str, Any]) -> dict[str, Any]:
    """A column of a frame on one line."""
    return {
        "column": row["column"],
        "values": row["rows"],
        "distribution": _bars(row),
        "from": _value(_first(row["min"], row["earliest"])),
        "to": _value(_first(row["max"], row["latest"])),
        "missing": share_text(row["null_share"]),
    }


def _profile_fields(last: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    missing = f"{share_text(last['null_share'])} missing" if last["nulls"] else "none missing"
    about = "about " if last["distinct_method"] == "hyperloglog" else ""
    different = "" if last["distinct_values"] is None else f"; {about}{last['distinct_values']:,} different"
    yield "values", f"{figure_text(last['rows'])}, {missing}{different}"
    low, high = _first(last["min"], last["earliest"]), _first(last["max"], last["latest"])
    median = (last["quantiles"] or {}).get("0.5")
    if low is not None:
        dots = "…" if writes_unicode() else ".."
        yield "range", f"{_value(low)} {dots} {_value(high)}, median {_value(median)}"
    if last["mean"] is not None and last["std"] is not None:
        yield "mean", f"{figure_text(last['mean'])}, deviation {figure_text(last['std'])}"
    if bars := _bars(last):
        yield "distribution", bars
    if last["top"]:
        yield "most often", _top(last)
    for title, column, worded in (("mean was", "mean", figure_text), ("missing was", "null_share", share_text)):
        figures = [row[column] for row in reversed(runs)]
        if len(set(figures)) > 1:
            bars = sparkline(figures, unicode=writes_unicode())
            yield title, f"{bars}  {worded(figures[0])} to {worded(figures[-1])} in {len(figures)} runs"


def _bars(row: Mapping[str, Any]) -> str:
    counts = (row["histogram"] or {}).get("counts", ())
    return sparkline(counts, unicode=writes_unicode(), from_zero=True) if len(counts) > 1 else ""


def _top(row: Mapping[str, Any]) -> str:
    present = (row["rows"] or 0) - (row["nulls"] or 0)
    shown = [f"{_label(one['value'])} {share_text(one['count'] / present)}" for one in row["top"] if present]
    return ", ".join(shown[:_MOST_TOP])


def _label(value: Any) -> str:
    """A text as it is printed: on one line, an empty one made visible."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return repr(text) if not text.strip() else text


def _value(figure: Any) -> str:
    """A figure, or a moment to the second."""
    if not isinstance(figure, str):
        return figure_text(figure)
    return figure.replace("T", " ").partition(".")[0].rstrip("Z").removesuffix(" 00:00:00")


def _first(*figures: Any) -> Any:
    return next((figure for figure in figures if figure is not None), None)


def _cut(line: str) -> str:
    """A line that fits the terminal; a pipe gets it whole."""
    room = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or len(line) <= room:
        return line
    return f"{line[: room - 1]}…" if writes_unicode() else line[:room]


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


def _print_section(
    title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, firm: Sequence[str] = ()
) -> None:
    if rows:
        click.echo(f"\n{click.style(title, bold=True)}")
        print_table(rows, columns, firm=firm)


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
