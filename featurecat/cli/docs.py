"""``featurecat docs``."""

from __future__ import annotations

import contextlib
import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from featurecat.cli.answers import counted, notify, print_json
from featurecat.cli.options import Shared, shared, shared_options
from featurecat.cli.problems import show_problems
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import Problem, RequestError
from featurecat.project.site import SiteOrder, Watch, build_docs, check_docs

if TYPE_CHECKING:
    from featurecat_sphinx.building import SiteReport, SiteWarning

__all__ = ["command"]

_MOST_WARNINGS = 5
_SECONDS_BETWEEN_LOOKS = 1.0

_THEME = click.option("--theme", metavar="NAME", help="A Sphinx theme: furo, alabaster, pydata_sphinx_theme, …")
_JOBS = click.option("--jobs", "-j", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
_OUTPUT = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of the site; site/ in the project unless the settings say otherwise.",
)


@click.group("docs", short_help="Build, serve or check the discovery site of the catalog.")
def command() -> None:
    """The discovery site: pages that find features, show whether to trust them, and where they come from.

    It is made of the catalog alone; no module is imported. It works from a folder and from any web host.
    """


@command.command("build", short_help="Build the site.")
@_OUTPUT
@_THEME
@_JOBS
@click.option("--fresh", is_flag=True, help="Use nothing of an earlier build.")
@shared_options
def build(output: Path | None, theme: str | None, jobs: int, *, fresh: bool) -> int:
    """Build the site; what did not change is not written again."""
    options = shared()
    order = SiteOrder(output=output, theme=theme, jobs=jobs, fresh=fresh)
    _build(options, order)
    return 0


@command.command("serve", short_help="Build the site, serve it, and rebuild it on change.")
@_OUTPUT
@_THEME
@_JOBS
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@shared_options
def serve(output: Path | None, theme: str | None, jobs: int, *, port: int) -> int:
    """Build the site, serve it on this machine alone, and rebuild it when modules, settings or runs change."""
    options = shared()
    order = SiteOrder(output=output, theme=theme, jobs=jobs)
    project = project_of(options)
    report = _build(options, order)
    handler = functools.partial(_Quiet, directory=str(report.output))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise RequestError(
            f"port {port} cannot be served: {error.strerror}", hint="featurecat docs serve --port 0 takes a free one"
        ) from error
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        notify([f"serving http://127.0.0.1:{server.server_address[1]}/ until ctrl-c"], options)
        watch = Watch.of(project, CLOCK)
        with contextlib.suppress(KeyboardInterrupt):
            _rebuild_on_change(options, order, watch)
        server.shutdown()
    return 0


@command.command("check", short_help="Look for what is wrong in documentation texts.")
@_JOBS
@shared_options
def check(jobs: int) -> int:
    """Look for broken markup and for references that lead nowhere, in every docstring; the exit code is 1 if any."""
    options = shared()
    problems, notices = check_docs(project_of(options), CLOCK, SiteOrder(jobs=jobs))
    notify(notices, options)
    if options.as_json:
        print_json([_as_row(problem) for problem in problems])
    elif problems:
        show_problems(problems, options, "warning")
    notify([f"{counted(len(problems), 'problem')} in documentation" if problems else "documentation is sound"], options)
    return 1 if problems else 0


def _as_row(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "message": problem.message}


def _build(options: Shared, order: SiteOrder) -> SiteReport:
    project = project_of(options)
    with _progress(options) as progress:
        report, notices = build_docs(project, CLOCK, order, progress=progress)
    notify(notices, options)
    if options.as_json:
        print_json(
            [
                {
                    "output": str(report.output),
                    "features": report.features,
                    "sources": report.sources,
                    "modules": report.modules,
                    "warnings": [
                        {"file": one.file, "line": one.line, "message": one.text, "kind": one.kind}
                        for one in report.warnings
                    ],
                }
            ]
        )
        return report
    _show_warnings(report.warnings, options)
    shown = project.shown(report.output)
    click.echo(
        f"{counted(report.features, 'feature')}, {counted(report.modules, 'module')}, "
        f"{counted(report.sources, 'source')}: {shown}/index.html"
    )
    return report


def _show_warnings(warnings: tuple[SiteWarning, ...], options: Shared) -> None:
    shown = warnings if options.verbose else warnings[:_MOST_WARNINGS]
    show_problems(
        [Problem("docs-warning", one.text, file=one.file, line=one.line) for one in shown], options, "warning"
    )
    if len(shown) < len(warnings):
        notify([f"and {len(warnings) - len(shown)} more warnings: featurecat docs check"], options)


@contextlib.contextmanager
def _progress(options: Shared) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar on the terminal, for people."""
    if options.as_json or options.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description:<12}"), BarColumn(bar_width=30), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("reading", total=None)
        yield lambda phase, done, total: bars.update(task, description=phase, completed=done, total=total)


def _rebuild_on_change(options: Shared, order: SiteOrder, watch: Watch) -> None:
    """Look again and again; a project that is broken meanwhile is told of and looked at further."""
    pause = threading.Event()
    while not pause.wait(_SECONDS_BETWEEN_LOOKS):
        if not watch.changed():
            continue
        words = [sys.executable, "-m", "featurecat", "index"]
        subprocess.run(words, cwd=project_of(options).root, check=False)
        subprocess.run([sys.executable, "-m", "featurecat", "docs", "build", *_words(order)], check=False)
        watch.changed()


def _words(order: SiteOrder) -> list[str]:
    words = ["--jobs", str(order.jobs)]
    words += ["--output", str(order.output)] if order.output else []
    return words + (["--theme", order.theme] if order.theme else [])


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""
