"""``featurecat docs`` as a use case: the discovery site of a project's catalog."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from featurecat.clock import Clock
from featurecat.errors import Problem, RequestError, UnsupportedError
from featurecat.project.access import open_catalog, stale_modules
from featurecat.project.discover import Project
from featurecat.storage.layout import list_manifests

if TYPE_CHECKING:
    from featurecat_sphinx.building import SiteReport

__all__ = ["SiteOrder", "Watch", "build_docs", "check_docs"]

_NEEDED = ("sphinx", "furo", "markdown_it")


@dataclass(frozen=True, slots=True)
class SiteOrder:
    """What the command line says of a site; None and empty leave it to the settings.

    Attributes:
        output: Folder of the site, relative to where the command was started.
        theme: A Sphinx theme.
        jobs: Processes.
        fresh: Whether nothing of an earlier build is used.
    """

    output: Path | None = None
    theme: str | None = None
    jobs: int = 1
    fresh: bool = False


def build_docs(
    project: Project, clock: Clock, order: SiteOrder, *, progress: Callable[[str, int, int], None] | None = None
) -> tuple[SiteReport, list[str]]:
    """Build the site of a project's catalog; no module of the project is imported.

    Args:
        project: The project.
        clock: Tells the time.
        order: What the command line says.
        progress: Told the phase, how much is done, and of how much.

    Returns:
        What was built, and notices about a catalog that is behind.

    Raises:
        UnsupportedError: When Sphinx or the theme is not installed.
        CatalogError: When there is no catalog.
        RequestError: Code ``site-refused``, when a setting is refused or the folder holds something else.
    """
    notices = _refreshed(project, clock)
    output = (order.output or project.root / project.settings.site.output).absolute()
    _refuse_foreign(output, project)
    output.parent.mkdir(parents=True, exist_ok=True)
    return _built(project, order, output, project.store.root / "cache" / "site", progress), notices


def check_docs(project: Project, clock: Clock, order: SiteOrder) -> tuple[list[Problem], list[str]]:
    """What is wrong with the texts of the site: it is built beside, anew, and every reference is followed.

    Args:
        project: The project.
        clock: Tells the time.
        order: What the command line says; its output is not used.

    Returns:
        The problems, by file and line, and notices about a catalog that is behind.

    Raises:
        UnsupportedError: When Sphinx or the theme is not installed.
        CatalogError: When there is no catalog.
        RequestError: Code ``site-refused``, when a setting is refused.
    """
    notices = _refreshed(project, clock)
    with tempfile.TemporaryDirectory(prefix="featurecat-docs-") as directory:
        there = Path(directory)
        report = _built(project, order, there / "site", there / "memory", None, nitpicky=True)
    found = [
        Problem("docs-warning", warning.text, file=project.shown(warning.file), line=warning.line)
        for warning in report.warnings
    ]
    return sorted(found, key=lambda problem: (problem.file or "", problem.line or 0, problem.message)), notices


def _refreshed(project: Project, clock: Clock) -> list[str]:
    """Bring the catalog up to date with the runs; what is behind the modules is told."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise UnsupportedError(
            f"the site is built with Sphinx, and {', '.join(missing)} is not installed",
            hint="pip install 'featurecat[docs]'",
        )
    catalog, warnings = open_catalog(project, clock, runs="all")
    with catalog:
        stale = stale_modules(project, catalog.modules())
    notices = [problem.message for problem in warnings]
    if stale:
        shown = ", ".join(stale[:3]) + (f" and {len(stale) - 3} more" if len(stale) > 3 else "")
        notices.append(f"the catalog is older than {shown}: run featurecat index")
    return notices


def _refuse_foreign(output: Path, project: Project) -> None:
    """Refuse a folder that holds something else: a build would mix with it."""
    hint = "name an empty folder, or one that an earlier build wrote: featurecat docs build -o DIR"
    if output == project.root or output in project.root.parents or output == project.store.root:
        raise RequestError(f"{project.shown(output)} is no folder for a site", code="site-refused", hint=hint)
    if output.exists() and not output.is_dir():
        raise RequestError(f"{project.shown(output)} is a file", code="site-refused", hint=hint)
    if output.is_dir() and any(output.iterdir()) and not (output / ".buildinfo").exists():
        raise RequestError(f"{project.shown(output)} holds something that is no site", code="site-refused", hint=hint)


def _built(
    project: Project,
    order: SiteOrder,
    output: Path,
    memory: Path,
    progress: Callable[[str, int, int], None] | None,
    *,
    nitpicky: bool = False,
) -> SiteReport:
    from featurecat_sphinx.building import SiteRequest, build_site

    said = project.settings.site
    settings: Mapping[str, Any] = {
        "fc_docstring_format": said.docstring_format,
        "fc_source_url": said.source_url,
        "fc_feed_url": said.feed_url,
        "fc_private_tags": list(said.private_tags),
        "fc_badges": dict(said.badges),
        "fc_profile_values": said.profile_values,
        "fc_downloads": said.downloads,
        "fc_jobs": order.jobs,
    }
    request = SiteRequest(
        catalog=project.store.catalog,
        output=output,
        memory=memory,
        project=project.name,
        theme=order.theme or said.theme,
        jobs=order.jobs,
        settings=dict(settings),
        fresh=order.fresh,
        nitpicky=nitpicky,
    )
    return build_site(request, progress)


class Watch:
    """Tells whether what a site is made of has changed since it was asked last.

    Args:
        project: The project.
        files: Its modules, as the catalog knows them.
    """

    def __init__(self, project: Project, files: list[Path]) -> None:
        self._project = project
        self._files = [*files, project.root / "pyproject.toml"]
        self._state = self._look()

    @classmethod
    def of(cls, project: Project, clock: Clock) -> Watch:
        """Watch the modules that the catalog knows, the settings, and the runs."""
        catalog, _ = open_catalog(project, clock)
        with catalog:
            files = [project.root / row["file"] for row in catalog.modules() if row["file"]]
        return cls(project, files)

    def changed(self) -> bool:
        """Whether something has changed since this was asked last."""
        state = self._look()
        if state == self._state:
            return False
        self._state = state
        return True

    def _look(self) -> tuple[Any, ...]:
        return (*self._stamps(), *sorted(listed.file for listed in list_manifests(self._project.store)))

    def _stamps(self) -> Iterator[tuple[str, int, int]]:
        for path in self._files:
            try:
                stat = path.stat()
            except OSError:
                continue
            yield str(path), stat.st_mtime_ns, stat.st_size
