"""``featurecat export catalog``: the catalog for other programs, written whole or not at all. Nothing is sent anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from featurecat.catalog.connection import Connection
from featurecat.catalog.exports.datahub import datahub_proposals
from featurecat.catalog.exports.described import read_content
from featurecat.catalog.exports.document import catalog_document
from featurecat.catalog.exports.openlineage import openlineage_events
from featurecat.catalog.exports.openmetadata import openmetadata_requests
from featurecat.clock import Clock
from featurecat.errors import Problem, RequestError, StoreError, did_you_mean
from featurecat.io.replacing import replacing
from featurecat.project.access import open_catalog
from featurecat.project.discover import Project
from featurecat.version import VERSION

__all__ = ["FORMATS", "export_catalog"]

#: Format to the ending of its file; None is a directory.
FORMATS: Mapping[str, str | None] = {
    "json": ".json",
    "parquet": None,
    "openlineage": ".ndjson",
    "datahub": ".json",
    "openmetadata": None,
}
#: Marks a directory that an export made, and may replace.
_MARK = "featurecat-export.json"


def export_catalog(project: Project, clock: Clock, output: Path, *, form: str) -> tuple[list[Path], list[Problem]]:
    """Write the catalog in a format that other programs read.

    Args:
        project: The project.
        clock: Tells the time.
        output: A file, or for ``parquet`` and ``openmetadata`` a directory; one that an export made is replaced.
        form: A key of :data:`FORMATS`.

    Returns:
        The files written, and warnings about what had to be set aside.

    Raises:
        RequestError: There is no such format, or ``output`` does not fit it.
        CatalogError: When there is no catalog.
        StoreError: When ``output`` cannot be written; what was there is unchanged.
    """
    _check(project, output, form)
    catalog, warnings = open_catalog(project, clock, runs="all")
    catalog.close()
    with Connection.open(project.store.catalog) as connection, replacing(output) as beside:
        if FORMATS[form] is None:
            beside.mkdir()
            names = _write_files(connection, project, beside, form)
            _write_json(beside / _MARK, {"format": form, "generator": f"featurecat {VERSION}", "files": names})
            return [output / name for name in names], warnings
        if form == "json":
            _write_json(beside, catalog_document(connection, project.name))
        elif form == "datahub":
            _write_json(beside, list(datahub_proposals(read_content(connection, project.name))))
        else:
            _write_lines(beside, openlineage_events(read_content(connection, project.name)))
    return [output], warnings


def _check(project: Project, output: Path, form: str) -> None:
    if form not in FORMATS:
        hint = did_you_mean(form, FORMATS) or f"one of {', '.join(FORMATS)}"
        raise RequestError(f"unknown format {form!r}", code="invalid-option", hint=hint)
    place = output.expanduser().resolve()
    if place.is_relative_to(project.store.root.resolve()):
        raise RequestError(f"the output {output} lies in the store", hint="name a place outside of the store")
    ending = FORMATS[form]
    if ending is not None:
        if place.is_dir():
            raise RequestError(
                f"{output} is a directory, and {form} is one file", hint=f"-o {output / f'catalog{ending}'}"
            )
        return
    if place.is_file():
        raise RequestError(f"{output} is a file, and {form} is a directory of files", hint="name another place")
    if place.is_dir() and any(place.iterdir()) and not (place / _MARK).is_file():
        raise StoreError(
            f"{output} holds files that no export made, and will not be replaced",
            code="output-unwritable",
            hint="name a new directory",
        )


def _write_files(connection: Connection, project: Project, folder: Path, form: str) -> list[str]:
    """Write the files of a directory; their names."""
    names = []
    if form == "parquet":
        from featurecat.project.catalog_tables import write_tables  # only Parquet loads pyarrow

        return write_tables(connection, folder)
    requests = openmetadata_requests(read_content(connection, project.name))
    for number, (name, bodies) in enumerate(requests.items(), 1):
        names.append(f"{number}-{name}.json")
        _write_json(folder / names[-1], bodies)
    return names


def _write_json(path: Path, told: Any) -> None:
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_lines(path: Path, events: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for event in events:
            stream.write(json.dumps(event, ensure_ascii=False) + "\n")
