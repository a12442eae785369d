"""A site without a Sphinx project: the ready-made one, built for a catalog."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docutils.utils import unescape
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from featurecat.errors import RequestError
from featurecat_sphinx.site import site_directory
from featurecat_sphinx.state import site_of

__all__ = ["SiteReport", "SiteRequest", "SiteWarning", "build_site"]

Progress = Callable[[str, int, int], None]

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_WARNING = re.compile(
    r"^(?:(?P<file>[^:\n]+?)(?::(?P<line>\d+))?: )?(?P<level>WARNING|ERROR|SEVERE|CRITICAL): (?P<text>.*)$"
)
_KIND = re.compile(r" \[(?P<kind>[a-z_.-]+)\]$")


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """What is to be built.

    Attributes:
        catalog: File of the catalog.
        output: Folder of the site.
        memory: Folder for what is remembered between builds.
        project: Name to show.
        theme: A Sphinx theme.
        jobs: Processes.
        settings: Further values of ``conf.py``, such as ``fc_source_url``.
        fresh: Whether nothing of an earlier build is used.
        nitpicky: Whether every reference that leads nowhere is told.
    """

    catalog: Path
    output: Path
    memory: Path
    project: str
    theme: str = "furo"
    jobs: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False
    nitpicky: bool = False


@dataclass(frozen=True, slots=True)
class SiteWarning:
    """Something a build complained of: where, what, and of which kind."""

    file: str | None
    line: int | None
    text: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What was built."""

    features: int
    sources: int
    modules: int
    output: Path
    warnings: tuple[SiteWarning, ...]


def build_site(request: SiteRequest, progress: Progress | None = None) -> SiteReport:
    """Build the discovery site of a catalog.

    Args:
        request: What is to be built.
        progress: Told the phase, how much is done, and of how much.

    Raises:
        RequestError: With code ``site-refused``, when a setting, the theme or the catalog is refused.
    """
    warnings = io.StringIO()
    source = site_directory()
    overrides = {
        "fc_catalog": str(request.catalog.absolute()),
        "project": request.project,
        "html_title": request.project,
        "html_theme": request.theme,
        "nitpicky": request.nitpicky,
        **({} if request.theme == "furo" else {"html_theme_options": {}}),
        **request.settings,
    }
    try:
        with patch_docutils(source), docutils_namespace():
            app = Sphinx(
                source,
                source,
                request.output,
                request.memory,
                "html",
                confoverrides=overrides,
                status=None,
                warning=warnings,
                freshenv=request.fresh,
                parallel=request.jobs,
                verbosity=0,
            )
            site = site_of(app.env)
            if progress is not None:
                site.progress.append(progress)
            app.build()
    except SphinxError as error:
        raise RequestError(
            f"the site cannot be built: {_COLOURS.sub('', str(error))}",
            code="site-refused",
            hint="featurecat docs build --help tells what can be set",
        ) from error
    return SiteReport(
        **site.counts,
        output=request.output,
        warnings=tuple(_parsed(warnings.getvalue())),
    )


def _parsed(text: str) -> list[SiteWarning]:
    """Warnings as Sphinx prints them, taken apart; lines that belong to the one before are put to it."""
    found: list[SiteWarning] = []
    for line in _COLOURS.sub("", unescape(text)).splitlines():
        match = _WARNING.match(line)
        if match:
            kind = _KIND.search(match["text"])
            said = match["text"][: kind.start()] if kind else match["text"]
            number = int(match["line"]) if match["line"] else None
            found.append(SiteWarning(match["file"], number, said, kind["kind"] if kind else None))
        elif found and line.strip():
            last = found[-1]
            found[-1] = SiteWarning(last.file, last.line, f"{last.text} {line.strip()}", last.kind)
    return found
