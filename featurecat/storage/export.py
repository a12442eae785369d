"""Copies of published data outside the store: whole or not at all, never a link into the store."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from featurecat import faults
from featurecat.errors import Problem, RequestError, StoreError
from featurecat.records import ArtifactRecord, Manifest
from featurecat.storage.durable import remove_tree, sync_directory, sync_file, unwritable
from featurecat.storage.layout import Store
from featurecat.storage.parquet import content_hash, write_parquet

__all__ = ["artifact_grain", "export_run", "export_table", "export_targets"]

#: Endings that promise another format than the one that is written.
_OTHER_FORMATS = frozenset(
    {".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".xlsx", ".xls", ".feather", ".arrow", ".orc", ".avro"}
    | {".duckdb", ".db", ".sqlite", ".pkl", ".pickle", ".html", ".npy", ".yaml", ".gz", ".zip"}
)

# ioctl request that makes one file share another's blocks (linux/fs.h)
_FICLONE = 0x40049409
_SUFFIX = ".parquet"


def export_run(store: Store, manifest: Manifest, output: Path) -> tuple[Path, ...]:
    """Copy a published run's artifacts out of the store.

    Everything is copied beside its target first; only when all copies are complete and synced do they
    replace what was there.

    Args:
        store: The store.
        manifest: The run.
        output: A file for a single artifact, or a directory, which gets one file per grain.

    Returns:
        The files written, in the order of the manifest's artifacts.

    Raises:
        RequestError: The run published nothing, or ``output`` does not fit (see :func:`export_targets`).
        StoreError: An artifact is missing or damaged, or ``output`` cannot be written.
    """
    if manifest.status != "published" or not manifest.artifacts:
        raise RequestError(
            f"run {manifest.run_id} has nothing to export: its status is {manifest.status}",
            hint="featurecat runs lists the published runs",
        )
    _check_present(store, manifest.artifacts)
    targets = export_targets(output, [artifact_grain(artifact) for artifact in manifest.artifacts], store=store)
    sources = [store.root / artifact.path for artifact in manifest.artifacts]

    def copy(position: int, temporary: Path) -> None:
        _copy(sources[position], temporary)

    _replace_all(targets, copy, hint=f"featurecat export {manifest.run_id} -o {output}")
    return targets


def export_table(table: pa.Table, output: Path, *, metadata: Mapping[str, str]) -> None:
    """Write a table that is in no store, such as a sample, as atomically as an export.

    Args:
        table: What to write.
        output: The file, as :func:`export_targets` names it.
        metadata: Keys of the footer.

    Raises:
        StoreError: The file cannot be written, or a column's type cannot be stored (code ``not-tabular``).
    """

    def write(_position: int, temporary: Path) -> None:
        write_parquet(table, temporary, metadata=metadata)

    _replace_all((output,), write, hint="name another file with --output")


def export_targets(output: Path, grains: Sequence[str], *, store: Store | None = None) -> tuple[Path, ...]:
    """The files an export would write, checked without writing: also good to call before a long run.

    Args:
        output: A file for a single grain, or a directory. A directory for several grains may be missing when its
            parent exists. A symbolic link is followed.
        grains: Directory names of the grains, in order; a repeated one is numbered.
        store: The store, into which nothing may be exported.

    Raises:
        RequestError: Several grains were to go into one file (code ``mixed-grain``), or ``output`` lies in the store.
        StoreError: A directory is missing, cannot be written, or the target is no plain file.

    Example:
        >>> [path.name for path in export_targets(Path("."), ["flight", "origin@hour"])]
        ['flight.parquet', 'origin@hour.parquet']
    """
    place = Path(os.path.realpath(output))
    if store is not None and place.is_relative_to(os.path.realpath(store.root)):
        raise RequestError(f"the output {output} lies in the store", hint="name a place outside of the store")
    if output.suffix.lower() in _OTHER_FORMATS and not place.is_dir():
        raise RequestError(
            f"the output {output} would be Parquet under the name of another format",
            hint=f"name it {output.with_suffix('.parquet')}; Polars, pandas and DuckDB convert it",
        )
    if place.is_dir():
        targets = tuple(place / name for name in _file_names(grains))
    elif len(grains) == 1:
        targets = (place,)
    else:
        _refuse_file(output, place, grains)
        targets = tuple(place / name for name in _file_names(grains))
    problems = [*_directory_problems(output, place, several=len(grains) > 1), *_target_problems(targets)]
    if problems:
        raise StoreError(problems)
    return targets


def artifact_grain(artifact: ArtifactRecord) -> str:
    """The directory name of an artifact's grain, as its path says.

    Example:
        >>> artifact_grain(ArtifactRecord("a", "artifacts/default/flight/run=r/part-0.parquet", 1, 1, None, None))
        'flight'
    """
    return Path(artifact.path).parent.parent.name


def _check_present(store: Store, artifacts: Sequence[ArtifactRecord]) -> None:
    problems = []
    for artifact in artifacts:
        path = store.root / artifact.path
        try:
            size = path.stat().st_size
        except OSError as error:
            problems.append(Problem("source-unreadable", f"artifact {path} cannot be read: {error.strerror}"))
            continue
        if size != artifact.bytes:
            problems.append(
                Problem("source-unreadable", f"artifact {path} is damaged: {size} bytes instead of {artifact.bytes}")
            )
        elif artifact.content_hash is not None and content_hash(path) != artifact.content_hash:
            message = f"artifact {path} is damaged: its content is not what was published"
            problems.append(Problem("source-unreadable", message, hint="materialize it again"))
    if problems:
        raise StoreError(problems)


def _file_names(grains: Sequence[str]) -> list[str]:
    names = []
    for position, grain in enumerate(grains):
        earlier = grains[:position].count(grain)
        names.append(f"{grain}-{earlier}{_SUFFIX}" if earlier else f"{grain}{_SUFFIX}")
    return names


def _refuse_file(output: Path, place: Path, grains: Sequence[str]) -> None:
    if place.exists() or place.suffix:
        raise RequestError(
            Problem(
                "mixed-grain",
                f"the selection has {len(grains)} grains, and {output} is one file",
                hint="name a directory with --output, or select features of one grain",
                details=tuple(f"grain {grain}" for grain in grains),
            )
        )


def _directory_problems(output: Path, place: Path, *, several: bool) -> list[Problem]:
    home = place if place.is_dir() else place.parent
    if not home.is_dir():
        nearest = next(folder for folder in (home, *home.parents) if folder.exists())
        if not nearest.is_dir():
            return [Problem("output-unwritable", f"{output} cannot be written: {nearest} is a file, not a directory")]
        what = "the parent of directory" if several else "the directory of"
        return [Problem("output-unwritable", f"{what} {output} does not exist", hint=f"mkdir -p {output.parent}")]
    if not os.access(home, os.W_OK | os.X_OK):
        return [Problem("output-unwritable", f"{output} cannot be written: no permission to write into {home}")]
    return []


def _target_problems(targets: Sequence[Path]) -> list[Problem]:
    problems = []
    for target in targets:
        try:
            mode = target.stat().st_mode
        except OSError:  # not there yet, or behind a directory that was reported already
            continue
        if not stat.S_ISREG(mode):
            problems.append(Problem("output-unwritable", f"{target} is not a plain file and will not be replaced"))
    return problems


def _replace_all(targets: Sequence[Path], write: Callable[[int, Path], None], *, hint: str) -> None:
    """Write every target under a temporary name beside it, then replace them one after another."""
    temporaries = [target.with_name(f".featurecat-{secrets.token_hex(8)}.tmp") for target in targets]
    replaced: list[Path] = []
    with _cleared(temporaries), _explained(targets, replaced, hint):
        for position, (target, temporary) in enumerate(zip(targets, temporaries, strict=True)):
            if not target.parent.is_dir():
                target.parent.mkdir()
                sync_directory(target.parent.parent)
            write(position, temporary)
            faults.point("export.written", temporary)
            sync_file(temporary)
            faults.point("export.synced", temporary)
        for target, temporary in zip(targets, temporaries, strict=True):
            temporary.replace(target)
            replaced.append(target)
            faults.point("export.after_replace", target)
        for directory in {target.parent for target in targets}:
            sync_directory(directory)
        faults.point("export.committed", targets[0])


@contextlib.contextmanager
def _explained(targets: Sequence[Path], replaced: list[Path], hint: str) -> Iterator[None]:
    try:
        with unwritable(targets[0], "", code="output-unwritable"):
            yield
    except StoreError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError):
            raise
        stands = f"; complete already: {', '.join(map(str, replaced))}" if replaced else "; it is as it was"
        target = targets[min(len(replaced), len(targets) - 1)]
        message = f"{target} cannot be written: {cause.strerror or cause}{stands}"
        raise StoreError(message, code="output-unwritable", hint=hint) from cause


@contextlib.contextmanager
def _cleared(temporaries: Sequence[Path]) -> Iterator[None]:
    try:
        yield
    finally:
        for temporary in temporaries:
            remove_tree(temporary)


def _copy(source: Path, target: Path) -> None:
    """Share the source's blocks where the file system can, else copy them."""
    with source.open("rb") as reader, target.open("xb") as writer:
        try:
            fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
        except OSError:  # other file system, or one that cannot share blocks
            shutil.copyfileobj(reader, writer, 1 << 20)
