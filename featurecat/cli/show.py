"""``featurecat show``."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from featurecat.cli.answers import notify, plain, print_json, print_table, short_ids, short_time
from featurecat.cli.documentation import print_documentation, print_field, wrapped
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
_MOST_NAMES = 12
#: Where it is written who answers for a feature.
_ORIGINS = {
    "feature": "@feature",
    "tag": "@tag",
    "module": "default of the module",
    "codeowners": "CODEOWNERS",
    "blame": "git blame; nobody owns it",
}
_FIELDS = (
    ("unit", "unit"),
    ("grain", "grain"),
    ("status", "status"),
    ("sunset", "sunset"),
    ("replaced_by", "replaced by"),
    ("freshness", "freshness"),
)


@click.command("show", short_help="Show everything known about one feature.")
@click.argument("feature", nargs=-1, required=True, metavar="FEATURE")
@click.option("--source/--no-source", default=True, help="Whether to print the source text.")
@click.option("--full", is_flag=True, help="Leave nothing out: all documentation, all the fingerprint covers.")
@shared_options
def command(feature: tuple[str, ...], source: bool, full: bool) -> int:
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
        _print(plain(found), source=source, full=full)
    return 0


def _print(found: Mapping[str, Any], *, source: bool, full: bool) -> None:
    _print_head(found, full)
    print_documentation(found["doc_sections"] or _undivided(found), full=full)
    _print_variants(found["variants"])
    _print_expectations([_expectation(row) for row in _distinct(found["expectations"])])
    implied = [_expectation(row) for row in found["implied"]]
    _print_section("implied expectations", implied, ("kind", "params", "severity", "last_status"))
    _print_profile(found["profiles"])
    _print_columns(found)
    if full:
        _print_section("the fingerprint covers", found["fingerprint_parts"], ("kind", "part", "file", "line"))
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


def _print_head(found: Mapping[str, Any], full: bool) -> None:
    """The name, and what fits a line each."""
    summary = next((row["text"] for row in found["doc_sections"] if row["section"] == "summary"), found["summary"])
    name = click.style(found["feature"], bold=True)
    lines = wrapped(summary or "", indent=f"{found['feature']}  ", hanging="  ")
    click.echo("\n".join([name + lines[0][len(found["feature"]) :], *lines[1:]]))
    for title, text in _head_fields(found, full):
        if text:
            print_field(title, text)


def _head_fields(found: Mapping[str, Any], full: bool) -> Iterator[tuple[str, str | None]]:
    signatures = list(dict.fromkeys(row["signature"] for row in found["variants"] if row["signature"]))
    yield "signature", signatures[0] if len(signatures) == 1 else None
    yield "role", found["role"]
    yield "dtype", _dtype(found)
    for name, title in _FIELDS:
        yield title, found[name]
    for role in dict.fromkeys(row["role"] for row in found["contacts"]):
        said = [
            f"{row['contact']} ({_ORIGINS.get(row['origin'], row['origin'])})"
            for row in found["contacts"]
            if row["role"] == role
        ]
        yield role, ", ".join(said)
    yield from _source_fields(found)
    yield "personal data", "yes" if found["pii"] else None
    yield "tags", ", ".join(f"{key}={'/'.join(values)}" for key, values in (found["tags"] or {}).items())
    most = len(found["takes"] + found["feeds"] + found["raw_columns"] + found["consumers"]) if full else _MOST_NAMES
    yield "takes", _listed(found["takes"], most)
    yield "feeds", _listed(found["feeds"], most)
    yield "made of", _listed([f"{row['source']}.{row['column']}" for row in found["raw_columns"]], most)
    yield "used by", _listed([f"{row['consumer']} ({row['kind']})" for row in found["consumers"]], most)
    yield "fingerprint", _covered(found)


def _dtype(found: Mapping[str, Any]) -> str | None:
    """The type that is declared, and that of the last run, where the two are not told apart by their names."""
    own = [row for row in found["schemas"] if found["role"] == "feature"]
    declared = next((row["declared_dtype"] for row in own if row["declared_dtype"]), None)
    last = max((row for row in own if row["observed_dtype"]), key=lambda row: row["committed_at"] or "", default=None)
    if last is None:
        return f"{declared} (declared)" if declared else found["dtype"]
    seen = (
        "observed" if last["engine_dtype"] in (None, last["observed_dtype"]) else f"observed, as {last['engine_dtype']}"
    )
    if declared is None or declared == last["observed_dtype"]:
        return f"{last['observed_dtype']} ({'declared and ' if declared else ''}{seen})"
    return f"{declared} (declared), {last['observed_dtype']} ({seen})"


def _covered(found: Mapping[str, Any]) -> str | None:
    """How many pieces of code of each kind the fingerprint covers."""
    kinds = Counter(kind for kind, _ in {(row["kind"], row["part"]) for row in found["fingerprint_parts"]})
    words = {"class": "classes"}
    counts = [f"{n} {kind}" if n == 1 else f"{n} {words.get(kind, f'{kind}s')}" for kind, n in sorted(kinds.items())]
    return f"covers {', '.join(counts)}" if counts else None


def _listed(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _undivided(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documentation of what is not public, whose sections nobody told apart."""
    rest = (found["doc"] or "").removeprefix(found["summary"] or "").strip("\n")
    return [{"section": "text", "name": None, "type": None, "text": rest}] if rest else []


def _print_variants(variants: Sequence[Mapping[str, Any]]) -> None:
    rows = [{**row, "condition": _condition(row["condition"])} for row in variants]
    _print_section("variants", rows, ("engine", "condition", "module", "file", "line"))
    if len({row["signature"] for row in rows}) > 1:
        for row in rows:
            click.echo(
                "\n".join([f"  {row['variant']}", *wrapped(row["signature"] or "", indent="    ", hanging="      ")])
            )


def _print_columns(found: Mapping[str, Any]) -> None:
    """The columns of a frame, as declared and as the last run had them."""
    if found["role"] == "feature":
        _print_section("columns", found["columns"], ("name", "dtype", "doc"))
        return
    rows = {row["name"]: {**row, "observed": None} for row in found["columns"]}
    for row in found["schemas"]:
        known = rows.setdefault(row["column"], {"name": row["column"], "dtype": None, "doc": None})
        known["observed"] = row["observed_dtype"]
    _print_section("columns", list(rows.values()), ("name", "dtype", "observed", "doc"))


def _source_fields(found: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Where a source lies and what tells its rows apart."""
    if (source := found["source"]) is not None:
        yield "path", source["uri"]
        yield "format", source["kind"]
        yield "key", ", ".join(found["entity"] or ())
        yield "timestamp", found["event_timestamp"]


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
