from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from featurecat import faults
from featurecat.records import Manifest
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import content_hash, read_footer


@pytest.fixture(scope="session")
def runs() -> ModuleType:
    """The program of runs, as a module."""
    spec = importlib.util.spec_from_file_location("featurecat_test_one_run", Path(__file__).with_name("one_run.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def arm(monkeypatch: pytest.MonkeyPatch):
    """Arms a failpoint of this process, counting passages from one."""

    def armed(rule: str) -> None:
        monkeypatch.setattr(faults, "_passages", {})
        monkeypatch.setenv("FEATURECAT_FAULT", rule)

    yield armed
    monkeypatch.delenv("FEATURECAT_FAULT", raising=False)


@pytest.fixture
def disarm(monkeypatch: pytest.MonkeyPatch):
    return lambda: monkeypatch.delenv("FEATURECAT_FAULT", raising=False)


@pytest.fixture
def sound_manifests():
    """Checks a store's invariants and returns its manifests by run id.

    Every manifest parses and what it names exists, whole (I1); whatever no manifest names lies in staging,
    locks, or a directory of a run without a manifest (I5).
    """

    def check(store: Store) -> dict[str, Manifest]:
        manifests = {}
        named = set()
        for listed in list_manifests(store):
            manifest = read_manifest(store.root / listed.file)
            manifests[manifest.run_id] = manifest
            named.add(listed.file)
            for artifact in manifest.artifacts:
                path = store.root / artifact.path
                footer = read_footer(path)
                assert (footer.rows, footer.bytes) == (artifact.rows, artifact.bytes)
                assert footer.metadata["featurecat.run_id"] == manifest.run_id
                assert content_hash(path) == artifact.content_hash
                named.add(artifact.path)
        for path in store.root.rglob("*"):
            if path.is_dir() or path.name in (".gitignore", "report.json") or store.relative(path) in named:
                continue
            assert store.relative(path).split("/")[0] in ("staging", "locks", "artifacts", "quarantine"), path
            runs = [part[4:].removesuffix(".lock") for part in path.parts if part.startswith("run=")]
            leftover = store.relative(path).startswith(("staging/", "locks/"))
            assert len(runs) == 1 and (leftover or runs[0] not in manifests), path
        return manifests

    return check
