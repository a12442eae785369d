"""``featurecat export``: copies a published run out again."""

from __future__ import annotations

from pathlib import Path

from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.project.discover import Project
from featurecat.records import Manifest
from featurecat.storage.export import export_run
from featurecat.storage.layout import list_manifests
from featurecat.storage.manifest import read_manifest

__all__ = ["export_published"]


def export_published(project: Project, run: str, output: Path) -> tuple[Manifest, tuple[Path, ...]]:
    """Copy the artifacts of a published run.

    Args:
        project: The project.
        run: Its run id, an unambiguous beginning of it, or ``latest``.
        output: A file, or a directory when the run has several grains.

    Returns:
        The run, and the files written.

    Raises:
        RequestError: When there is no such run, or it was not published.
        StoreError: When the output cannot be written.
    """
    store = project.store
    files = {Path(listed.file).stem: listed.file for listed in list_manifests(store)}
    identity = _resolve(project, run, files)
    manifest = read_manifest(store.root / files[identity])
    if manifest.status != "published":
        raise RequestError(
            f"the run {identity} is {manifest.status}, not published",
            code="unknown-run",
            hint="featurecat runs lists the published ones",
        )
    return manifest, export_run(store, manifest, output)


def _resolve(project: Project, run: str, files: dict[str, str]) -> str:
    if run == "latest":
        manifests = [read_manifest(project.store.root / file) for file in files.values()]
        published = [manifest for manifest in manifests if manifest.status == "published"]
        if published:  # in the order of the view current_artifacts
            return max(published, key=lambda manifest: (manifest.committed_at, manifest.run_id)).run_id
        raise RequestError("there is no published run yet", code="unknown-run", hint="featurecat materialize …")
    found = [identity for identity in files if identity.startswith(run)] if run else []
    if len(found) == 1:
        return found[0]
    if found:
        raise RequestError(
            Problem(
                "unknown-run",
                f"{len(found)} runs begin with {run!r}",
                hint="give more of the id",
                details=tuple(sorted(found)[-3:]),
            )
        )
    hint = did_you_mean(run, files) or "featurecat runs lists them"
    raise RequestError(f"there is no run {run!r}", code="unknown-run", hint=hint)
