"""``featurecat doctor``: a look at installation, settings, store and catalog that changes nothing."""

from __future__ import annotations

import contextlib
import importlib.machinery
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from featurecat.catalog.catalog import Catalog
from featurecat.catalog.selfcheck import check_catalog
from featurecat.catalog.snapshot import read_newest_snapshot
from featurecat.clock import SystemClock
from featurecat.errors import CatalogError, FeaturecatError, Problem, StoreError
from featurecat.expectations.plugins import PLUGIN_GROUP as EXPECTATIONS
from featurecat.expectations.plugins import load_plugin
from featurecat.expectations.registry import JUDGED_KINDS, KINDS
from featurecat.plugins import Announcement
from featurecat.project.access import stale_modules
from featurecat.project.disclosure import without_folders, without_secrets
from featurecat.project.discover import Project, find_project
from featurecat.project.findings import STORE_FAULT, Finding
from featurecat.project.installation import InstalledPlugin, fits, installed_plugins, python_range, requirements
from featurecat.project.store_health import examine_catalog, examine_store
from featurecat.reports.registry import PLUGIN_GROUP as REPORT_FORMATS
from featurecat.reports.registry import REPORTS, find_report
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.manifest import read_manifest
from featurecat.version import VERSION

__all__ = ["Finding", "diagnose"]

#: Settled by §7 of the data model: which kind of fault leaves the command with which code.
_DEFINITIONS, _STORE = 2, STORE_FAULT
_MOST_PLACES = 3
#: Names that plugins may not claim, by entry-point group.
_TAKEN: Mapping[str, Sequence[str]] = {EXPECTATIONS: (*KINDS, *JUDGED_KINDS), REPORT_FORMATS: tuple(REPORTS)}
_NEEDED = frozenset({"click", "duckdb", "narwhals", "pandas", "polars", "pyarrow", "pydantic", "rich"})


def diagnose(directory: Path | None = None, store: Path | None = None, *, deep: bool = False) -> list[Finding]:
    """Look at everything, whatever is wrong with the rest.

    Args:
        directory: Where to look for the project; see :func:`~featurecat.project.discover.find_project`.
        store: Where the store lies; None for what environment or settings say.
        deep: Whether to hash every published file, and to compare the catalog with one that is built anew.

    Returns:
        The findings, by area. Nothing is written, and no code of the project is imported; that of plugins is, to see
        whether it can be.
    """
    findings = [*_installation(), *_plugins()]
    try:
        project = find_project(directory, store)
    except FeaturecatError as error:
        return [*findings, *_faults("project", "settings", error, _DEFINITIONS)]
    findings += _project(project)
    findings += _store(project.store)
    findings += _guarded("store", "place", lambda: examine_store(project.store, SystemClock(), deep=deep))
    findings += _catalog(project)
    findings += _guarded("catalog", "contents", lambda: examine_catalog(project.store, SystemClock(), deep=deep))
    return [_shown(finding, project) for finding in findings]


def _shown(finding: Finding, project: Project) -> Finding:
    """A finding without secrets, its paths as the user would type them."""
    problem = without_folders(Problem("invalid-settings", finding.message, hint=finding.hint), [project.root])
    with contextlib.suppress(FeaturecatError):  # wrong settings are a finding of their own, and tell no secrets
        problem = without_secrets(problem, project.secrets)
    return replace(finding, message=problem.message, hint=problem.hint)


def _faults(area: str, subject: str, error: FeaturecatError, exit_code: int) -> Iterator[Finding]:
    for problem in error.problems:
        place = f" ({problem.place})" if problem.place and problem.place not in problem.message else ""
        details = f": {'; '.join(problem.details)}" if problem.details else ""
        yield Finding(area, "error", subject, f"{problem.message}{details}{place}", problem.hint, exit_code)


# --- installation ---------------------------------------------------------------------------------


def _installation() -> Iterator[Finding]:
    yield Finding("installation", "ok", "featurecat", VERSION)
    version, bounds = python_range()
    yield _versioned("python", version, bounds, needed=True)
    extras: dict[str, list[str]] = {}
    for requirement in requirements():
        if requirement.extra is None:
            yield _versioned(requirement.name, requirement.version, requirement.bounds, needed=True)
        elif requirement.version is not None and requirement.name not in _NEEDED:
            found = _versioned(requirement.name, requirement.version, requirement.bounds, needed=False)
            if found.status != "ok":
                yield found
            extras.setdefault(requirement.extra, []).append(f"{requirement.name} {requirement.version}")
        else:
            extras.setdefault(requirement.extra, [])
    for extra, present in sorted(extras.items()):
        if present:
            yield Finding("installation", "ok", f"extra {extra}", ", ".join(present))
        else:
            yield Finding(
                "installation", "note", f"extra {extra}", "not installed", f"pip install 'featurecat[{extra}]'"
            )


def _versioned(name: str, version: str | None, bounds: str, *, needed: bool) -> Finding:
    if version is None:
        return Finding(
            "installation", "error", name, f"missing, {bounds} is needed", f"pip install '{name}{bounds}'", 2
        )
    if fits(version, bounds):
        return Finding("installation", "ok", name, f"{version} ({bounds})")
    message = f"{version}, but {bounds} is needed"
    hint = f"pip install '{name}{bounds}'" if name != "python" else "use a newer Python"
    status = "error" if needed else "warn"
    return Finding("installation", status, name, message, hint, _DEFINITIONS if needed else 0)


def _plugins() -> Iterator[Finding]:
    claims: dict[tuple[str, str], list[InstalledPlugin]] = {}
    for plugin in installed_plugins():
        claims.setdefault((plugin.group, plugin.name), []).append(plugin)
    for (group, name), plugins in claims.items():
        subject, owners = f"{group}: {name}", [plugin.distribution for plugin in plugins]
        reserved = name in _TAKEN.get(group, ())
        if len(owners) > 1 or reserved:
            message = f"claimed by {' and '.join([*(['featurecat itself'] if reserved else []), *owners])}"
            hint = f"uninstall {owners[0]}" if len(owners) == 1 else "uninstall all but one of them"
            yield Finding("plugins", "error", subject, message, hint, _DEFINITIONS)
        else:
            yield _tried(subject, plugins[0])


def _tried(subject: str, plugin: InstalledPlugin) -> Finding:
    """What becomes of a plugin when it is loaded, where this version uses its like."""
    try:
        # what plugins print while they are imported is no answer
        with contextlib.redirect_stdout(io.StringIO()):
            if plugin.group == EXPECTATIONS:
                load_plugin(Announcement("expectation", plugin.name, plugin.target, plugin.distribution))
            elif plugin.group == REPORT_FORMATS:
                find_report(plugin.name)
    except FeaturecatError as error:
        problem = error.problems[0]
        return Finding("plugins", "error", subject, problem.message, problem.hint, _DEFINITIONS)
    return Finding("plugins", "ok", subject, f"from {plugin.distribution}")


def _named_plugins(project: Project, targets: Sequence[str]) -> Iterator[Finding]:
    """The plugins that the settings name; the project's own code is not imported."""
    for target in targets:
        subject = f"[tool.featurecat] {target}"
        if _is_there(target.partition(":")[0], project.root):
            yield Finding("plugins", "ok", subject, "its module is there; featurecat index imports it")
        else:
            hint = "modules are looked for in the project's folder, in src/ and among what is installed"
            yield Finding("plugins", "error", subject, "there is no such module", hint, _DEFINITIONS)


# --- project --------------------------------------------------------------------------------------


def _project(project: Project) -> Iterator[Finding]:
    if not project.declared:
        hint = "featurecat init NAME makes a project; --module names modules without one"
        yield Finding("project", "note", "settings", f"no [tool.featurecat] in or above {project.root}", hint)
        return
    try:
        settings = project.settings
    except FeaturecatError as error:
        yield from _faults("project", "settings", error, _DEFINITIONS)
        return
    yield Finding("project", "ok", "settings", f"{project.name} at {project.root}")
    yield _modules(project)
    yield from _named_plugins(project, settings.plugins)
    for name, source in settings.sources.items():
        yield _source(name, source.path, project.root)
    hamilton = getattr(settings, "hamilton", False)
    yield Finding("project", "note" if hamilton else "ok", "hamilton mode", "on" if hamilton else "off")


def _modules(project: Project) -> Finding:
    named = [name for graph in project.graph_names for name in project.modules_of(graph)]
    if not named:
        return Finding("project", "error", "modules", "none is named", 'modules = ["my_features"]', _DEFINITIONS)
    absent = [name for name in named if not _is_there(name, project.root)]
    if absent:
        hint = "modules are looked for in the project's folder and in src/"
        return Finding("project", "error", "modules", f"not found: {', '.join(absent)}", hint, _DEFINITIONS)
    return Finding("project", "ok", "modules", ", ".join(named))


def _source(name: str, path: str, root: Path) -> Finding:
    several = "://" in path or not {*"*?["}.isdisjoint(path)
    if several or (root / Path(path).expanduser()).exists():
        return Finding("project", "ok", f"source {name}", path)
    hint = f"put it there, or give it: --input {name}=PATH"
    return Finding("project", "warn", f"source {name}", f"there is no {path}", hint)


def _is_there(module: str, root: Path) -> bool:
    """Whether a module can be found, without importing it or its packages."""
    path: list[str] | None = [str(root), str(root / "src"), *sys.path]
    for part in module.split("."):
        spec = importlib.machinery.PathFinder.find_spec(part, path)
        if spec is None:
            return False
        path = list(spec.submodule_search_locations or ())
    return True


# --- store and catalog ----------------------------------------------------------------------------


def _store(store: Store) -> Iterator[Finding]:
    if (obstacle := _obstacle(store)) is not None:
        yield obstacle
        return
    place = next(folder for folder in [store.root, *store.root.parents] if folder.is_dir())
    folders = [folder for folder in (place, *_folders(store)) if folder.is_dir()]
    closed = [folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK)]
    if closed:
        hint = "make it writable, or name another store with --store"
        yield Finding("store", "error", "writable", f"no permission to write in {closed[0]}", hint, _STORE)
    elif place == store.root:
        yield Finding("store", "ok", "writable", str(store.root))
    else:
        yield Finding("store", "note", "writable", f"{store.root} is not there yet; the first command makes it")
    elsewhere = [folder for folder in folders[1:] if folder.stat().st_dev != place.stat().st_dev]
    if elsewhere:
        hint = "a run is published by renaming: keep the whole store on one file system"
        yield Finding("store", "error", "file system", f"{elsewhere[0]} lies on another one", hint, _STORE)
    elif len(folders) > 1:
        yield Finding("store", "ok", "file system", "one")
    yield from _guarded("store", "manifests", lambda: _manifests(store))
    yield from _guarded("store", "snapshots", lambda: _snapshots(store))


def _obstacle(store: Store) -> Finding | None:
    """What stands where the store should be, and is no folder."""
    if store.root.is_dir() or not os.path.lexists(store.root):
        return None
    if store.root.exists():
        message, hint = f"{store.root} is a file", "move it away, or name --store"
    else:
        message = f"{store.root} is a link to {store.root.readlink()}, which is not there"
        hint = "make that folder, or remove the link"
    return Finding("store", "error", "place", message, hint, _STORE)


def _folders(store: Store) -> tuple[Path, ...]:
    return (
        store.artifacts,
        store.staging,
        store.manifests,
        store.quarantine,
        store.snapshots,
        store.cache,
        store.locks,
    )


def _guarded(area: str, subject: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except FeaturecatError as error:
        yield from _faults(area, subject, error, _STORE)


def _manifests(store: Store) -> Iterator[Finding]:
    listed = list_manifests(store)
    unusable, lost = [], []
    for entry in listed:
        try:
            manifest = read_manifest(store.root / entry.file)
        except StoreError as error:
            unusable.append(error.problems[0].message)
            continue
        if manifest.status == "published":
            lost += [artifact.path for artifact in manifest.artifacts if not (store.root / artifact.path).is_file()]
    if unusable:
        hint = "featurecat index sets them aside, with the reason"
        yield Finding("store", "error", "manifests", _counted(unusable, "cannot be used"), hint, _STORE)
    else:
        yield Finding("store", "ok", "manifests", f"{len(listed):,}, all readable")
    if lost:
        yield Finding("store", "error", "artifacts", _counted(lost, "gone"), "materialize their features again", _STORE)


def _counted(found: list[str], what: str) -> str:
    more = f" and {len(found) - _MOST_PLACES} more" if len(found) > _MOST_PLACES else ""
    return f"{len(found):,} {what}: {'; '.join(found[:_MOST_PLACES])}{more}"


def _snapshots(store: Store) -> Iterator[Finding]:
    newest, problems = read_newest_snapshot(store.snapshots)
    if problems:
        found = [problem.message for problem in problems]
        yield Finding(
            "store", "warn", "snapshots", _counted(found, "cannot be used"), "featurecat index writes a new one"
        )
    elif newest is not None:
        yield Finding("store", "ok", "snapshots", f"the newest is of {newest.row.indexed_at}")


def _catalog(project: Project) -> Iterator[Finding]:
    path = project.store.catalog
    try:
        check_catalog(path, {"catalog_versions": 1})
        with Catalog.open(path) as catalog:
            modules, errors, runs = catalog.modules(), catalog.index_errors(), len(catalog.runs())
            count = len(catalog.list_features())
    except CatalogError as error:
        if error.code == "catalog-missing":
            yield Finding("catalog", "note", "integrity", "there is no catalog yet", "featurecat index")
        else:
            yield from _faults("catalog", "integrity", error, _STORE)
        return
    except FeaturecatError as error:
        yield from _faults("catalog", "integrity", error, _STORE)
        return
    yield Finding("catalog", "ok", "integrity", f"{count:,} public features, {runs:,} runs")
    if stale := stale_modules(project, modules):
        shown = ", ".join(stale[:_MOST_PLACES])
        yield Finding("catalog", "warn", "freshness", f"older than {shown}", "featurecat index")
    if errors:
        first = errors[0]
        message = _counted([str(error["message"]) for error in errors], "when it was indexed")
        yield Finding("catalog", "warn", "definitions", message, first["hint"] or "featurecat index shows them in full")
