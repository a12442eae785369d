"""``featurecat doctor``."""

from __future__ import annotations

from dataclasses import asdict, replace

import click

from featurecat.cli.answers import counted, notify, print_json
from featurecat.cli.options import shared, shared_options
from featurecat.project.doctor import diagnose
from featurecat.project.findings import Finding

__all__ = ["command"]

_EXTRA = "extra "
_MORE = "doctor -v tells what each takes"
_COLOURS = {"ok": "green", "note": "cyan", "warn": "yellow", "error": "red"}


@click.command("doctor", short_help="Look for what is wrong with installation, project and store.")
@click.option("--deep", is_flag=True, help="Hash every published file, and build the catalog anew to compare.")
@shared_options
def command(deep: bool) -> int:
    """Look at versions, settings, store, catalog and plugins, and say what is wrong. Nothing is changed."""
    options = shared()
    findings = diagnose(options.directory, options.store, deep=deep)
    if options.as_json:
        print_json(
            [{name: part for name, part in asdict(finding).items() if name != "exit_code"} for finding in findings]
        )
    else:
        _print(findings if options.verbose else _shortened(findings), everything=not options.quiet)
    errors = sum(finding.status == "error" for finding in findings)
    warnings = sum(finding.status == "warn" for finding in findings)
    notify([f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"], options)
    codes = {finding.exit_code for finding in findings if finding.status == "error"}
    return next((code for code in (2, 5, 3, 4, 1) if code in codes), 0)


def _shortened(findings: list[Finding]) -> list[Finding]:
    """The findings with a line for all extras that are there, and a line for all that are not."""
    extras = {status: [one for one in findings if _is_extra(one, status)] for status in ("ok", "note")}
    shown = []
    for finding in findings:
        of_its_kind = extras.get(finding.status, []) if finding.subject.startswith(_EXTRA) else []
        if finding not in of_its_kind:
            shown.append(finding)
        elif finding is of_its_kind[0]:
            names = ", ".join(one.subject.removeprefix(_EXTRA) for one in of_its_kind)
            told, hint = ("installed", None) if finding.status == "ok" else ("not installed", _MORE)
            shown.append(replace(finding, subject="extras", message=f"{told}: {names}", hint=hint))
    return shown


def _is_extra(finding: Finding, status: str) -> bool:
    return finding.subject.startswith(_EXTRA) and finding.status == status


def _print(findings: list[Finding], *, everything: bool) -> None:
    area = None
    for finding in findings:
        if not everything and finding.status in ("ok", "note"):
            continue
        if finding.area != area:
            area = finding.area
            click.echo(click.style(area, bold=True))
        status = click.style(f"{finding.status:<5}", fg=_COLOURS[finding.status])
        click.echo(f"  {status}  {finding.subject:<18} {finding.message}")
        if finding.hint and finding.status != "ok":
            click.echo(f"         {'':<18} {click.style(finding.hint, dim=True)}")
