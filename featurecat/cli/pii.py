"""``featurecat pii``."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_csv, print_json, print_table
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError
from featurecat.project.proof import Proof, explain_taints, spot_text, tainted_features

__all__ = ["command"]

_COLUMNS = ("feature", "taint", "origin", "via", "columns", "owner", "consumers", "cleared")
_LIMITS = {"feature": 30, "via": 24, "columns": 20, "owner": 10, "consumers": 20}
_MOST_TOLD = 5
_WIDTH = 80


@click.command("pii", short_help="List what bears personal data or another taint, and why.")
@click.option("--explain", "explained", metavar="FEATURE", help="Show how the taints of FEATURE came to it.")
@click.option("--taint", metavar="NAME", help="Only this taint, such as pii; all of them by default.")
@click.option("--check", is_flag=True, help="End with 1 when a consumer is given what it is not cleared for.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@shared_options
def command(*, explained: str | None, taint: str | None, check: bool, as_csv: bool) -> int:
    """List features and sources with personal data or another taint, and who is given them.

    --explain prints the way of a taint, from the column it was declared on, with file and line. No user code is
    imported.
    """
    if explained is None:
        return _listed(taint, check=check, as_csv=as_csv)
    if check or as_csv:
        raise RequestError("--explain goes with neither --check nor --csv", hint="--json answers for programs")
    options = shared()
    answer = explain_taints(project_of(options), CLOCK, explained, taint=taint)
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    if options.as_json:
        print_json([asdict(proof) for proof in answer.found])
    else:
        click.echo("\n".join(_explained(explained, answer.found)))
    return 0


def _listed(taint: str | None, *, check: bool, as_csv: bool) -> int:
    options = shared()
    answer = tainted_features(project_of(options), CLOCK, taint)
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    rows = [{**row, "consumers": [one["consumer"] for one in row["consumers"]]} for row in answer.found]
    if options.as_json:
        print_json(answer.found)
    elif as_csv:
        print_csv(rows, _COLUMNS)
    else:
        print_table(rows, _COLUMNS, limits=_LIMITS)
    refused = [(row, one) for row in answer.found for one in row["consumers"] if not one["cleared"]]
    notify([*_refusals(refused), _count(answer.found)], options)
    return 1 if check and refused else 0


def _count(rows: Sequence[Mapping[str, Any]]) -> str:
    return f"{counted(len({row['feature'] for row in rows}), 'tainted feature')}, sources included"


def _refusals(refused: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[str]:
    """A line for each consumer that is given too much, of many only the first."""
    lines = [
        f"not cleared: the {one['kind']} {one['consumer']} is given {row['feature']} ({row['taint']})"
        for row, one in refused[:_MOST_TOLD]
    ]
    more = len(refused) - _MOST_TOLD
    return [*lines, f"and {more:,} more: --json lists them"] if more > 0 else lines


def _explained(name: str, proofs: Sequence[Proof]) -> list[str]:
    if not proofs:
        return [f"{name} bears no taint, and nothing it is made of does"]
    lines: list[str] = []
    for proof in proofs:
        lines += [*([""] if lines else []), *_proof_lines(proof)]
    return lines


def _proof_lines(proof: Proof) -> list[str]:
    if proof.origin is None:
        lines = [f"{proof.feature} does not bear {proof.taint}"]
        if not proof.stops:
            lines.append("  nothing it is made of does")
    else:
        lines = [f"{proof.feature} bears {proof.taint}, {proof.origin}"]
        lines += _aligned([_step(row) for row in proof.path])
        if proof.open:
            lines += _wrapped(f"@feature(declassify=…) would end it at {' or '.join(proof.open[-3:])}", "  ")
    for stop in proof.stops:
        lines += _wrapped(
            f"ended at {stop.feature}: {stop.method} of {stop.taken}, approved by {stop.approved_by}", "  "
        )
        lines += _wrapped(f"{stop.reason}{_place(stop.file, stop.line)}", "    ")
    return lines


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False
    )


def _step(row: Mapping[str, Any]) -> tuple[str, str, str]:
    what = "declares it" if row["via"] is None else f"takes {spot_text(row['via'], row['via_column'])}"
    return spot_text(row["feature"], row["column"]), what, _place(row["file"], row["line"]).strip(" ()")


def _aligned(steps: Sequence[tuple[str, str, str]]) -> list[str]:
    first, second = (max(len(step[position]) for step in steps) for position in (0, 1))
    return [f"  {name:<{first}}  {what:<{second}}  {place}".rstrip() for name, what, place in steps]


def _place(file: str | None, line: int | None) -> str:
    if file is None:
        return ""
    return f" ({file}:{line})" if line is not None else f" ({file})"
