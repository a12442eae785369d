"""Reads exports with the classes of the programs they are made for; started as a process of its own.

``python export_readers.py datahub FILE`` or ``openmetadata DIRECTORY``: prints how much was read, or ends with the error.
"""

from __future__ import annotations

import importlib
import json
import sys
import types
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def read_datahub(path: Path) -> dict[str, int]:
    """Read a file as ``datahub ingest`` does; every aspect is decoded into its class and validated."""
    from datahub.ingestion.source.file import read_metadata_file  # type: ignore[import-not-found]

    aspects: dict[str, int] = {}
    for proposal in read_metadata_file(path):
        assert proposal.validate(), proposal
        decoded = proposal.aspect
        if decoded is None or type(decoded).__name__ == "GenericAspectClass":
            from datahub.emitter.mcp import MetadataChangeProposalWrapper  # type: ignore[import-not-found]

            wrapped = MetadataChangeProposalWrapper.try_from_mcpc(proposal)
            assert wrapped is not None, proposal.aspectName
            decoded = wrapped.aspect
        assert decoded.validate(), (proposal.entityUrn, decoded)
        aspects[decoded.ASPECT_NAME] = aspects.get(decoded.ASPECT_NAME, 0) + 1
    return aspects


def read_openmetadata(folder: Path) -> dict[str, int]:
    """Read request bodies with the models of OpenMetadata's own clients; unknown fields are refused there."""
    found = find_spec("metadata")
    assert found is not None and found.submodule_search_locations
    package = types.ModuleType("metadata")  # its __init__ loads profilers; the models need none of them
    package.__path__ = list(found.submodule_search_locations)
    sys.modules["metadata"] = package
    kinds = {
        "1-services": ("api.services.createDatabaseService", "CreateDatabaseServiceRequest"),
        "2-databases": ("api.data.createDatabase", "CreateDatabaseRequest"),
        "3-schemas": ("api.data.createDatabaseSchema", "CreateDatabaseSchemaRequest"),
        "4-classifications": ("api.classification.createClassification", "CreateClassificationRequest"),
        "5-tags": ("api.classification.createTag", "CreateTagRequest"),
        "6-tables": ("api.data.createTable", "CreateTableRequest"),
    }
    read = {}
    for file, (module, name) in kinds.items():
        model = getattr(importlib.import_module(f"metadata.generated.schema.{module}"), name)
        bodies = json.loads((folder / f"{file}.json").read_text())
        read[file] = len([model.model_validate(body) for body in bodies])
    details: Any = importlib.import_module("metadata.generated.schema.type.entityLineage").LineageDetails
    edges = json.loads((folder / "7-lineage.json").read_text())
    read["7-lineage"] = len([details.model_validate(edge["details"]) for edge in edges])
    return read


if __name__ == "__main__":
    reader = {"datahub": read_datahub, "openmetadata": read_openmetadata}[sys.argv[1]]
    print(json.dumps(reader(Path(sys.argv[2]))))
