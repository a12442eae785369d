"""``featurecat doctor``."""

from __future__ import annotations

from dataclasses import asdict

import click

from featurecat.cli.answers import counted, notify, print_json
from featurecat.cli.options import shared, shared_options
from featurecat.project.doctor import Finding, diagnose

__all__ = ["command"]

_COLOURS = {"ok": "green", "note": "cyan", "warn": "yellow", "error": "red"}


@click.command("doctor", short_help="Look for what is wrong with installation, project and store.")
@shared_options
def command() -> int:
    """Look at versions, settings, store, catalog and plugins, and say what is wrong. Nothing is changed."""
    options = shared()
    findings = diagnose(options.directory, options.store)
    if options.as_json:
        print_json(
            [{name: part for name, part in asdict(finding).items() if name != "exit_code"} for finding in findings]
        )
    else:
        _print(findings, everything=not options.quiet)
    errors = sum(finding.status == "error" for finding in findings)
    warnings = sum(finding.status == "warn" for finding in findings)
    notify([f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"], options)
    codes = {finding.exit_code for finding in findings if finding.status == "error"}
    return next((code for code in (2, 5, 3, 4, 1) if code in codes), 0)


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
