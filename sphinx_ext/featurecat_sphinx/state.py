"""What a build knows of the catalog: read before documents are, and not at all where nothing has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from featurecat.errors import FeaturecatError
from featurecat_sphinx.config import catalog_path, moment, options_from
from featurecat_sphinx.model import Snapshot
from featurecat_sphinx.options import SiteOptions
from featurecat_sphinx.pages import Composer
from featurecat_sphinx.reading import read_snapshot
from featurecat_sphinx.version import VERSION

__all__ = ["Site", "close_site", "composer_of", "open_site", "options_of", "site_of", "snapshot_of"]

_SEEN = "seen.json"


class Site:
    """One build's view of the catalog.

    Args:
        catalog: Its file.
        options: How it is shown.
        directory: Where this extension keeps what it remembers between builds.
        read: Reads the catalog.
        digest: Of the file and of everything that decides how it is read.

    Attributes:
        unchanged: Whether the last build that came to its end saw the same; the catalog need not be read then.
        documents_changed: Whether documents of the user are new, changed or gone since.
        progress: Told the phase, how much is done, and of how much.
    """

    def __init__(
        self, catalog: Path, options: SiteOptions, directory: Path, *, read: Callable[[], Snapshot], digest: str
    ) -> None:
        self.catalog = catalog
        self.options = options
        self.directory = directory
        self.progress: list[Callable[[str, int, int], None]] = []
        self.documents_changed = False
        self._read = read
        self._digest = digest
        self._seen = _seen(directory / _SEEN)
        self.unchanged = self._seen.get("digest") == digest
        if not self.unchanged:
            # a build that breaks off leaves documents made of this catalog, of which the note knows nothing
            (directory / _SEEN).unlink(missing_ok=True)
            self.snapshot  # noqa: B018 - read at once, so that what is wrong with it is told at once

    @cached_property
    def snapshot(self) -> Snapshot:
        """The catalog."""
        return self._read()

    @cached_property
    def composer(self) -> Composer:
        """What makes HTML of the catalog."""
        return Composer(self.snapshot, self.options)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many features, sources and modules there are."""
        if self.unchanged:
            return dict(self._seen["counts"])
        snapshot = self.snapshot
        return {
            "features": len(snapshot.features),
            "sources": len(snapshot.sources),
            "modules": len(snapshot.by_module),
        }

    def objects(self, found: Callable[[Snapshot], list[tuple[str, str, str]]]) -> list[tuple[str, str, str]]:
        """What other projects may refer to: name, kind and address.

        Args:
            found: Finds them in the catalog; asked only where they are not known yet.
        """
        if not self.unchanged:
            self._seen["objects"] = found(self.snapshot)
        return [(name, kind, address) for name, kind, address in self._seen["objects"]]

    def tell(self, phase: str, done: int, total: int) -> None:
        """Report progress to whoever asked for it."""
        for listener in self.progress:
            listener(phase, done, total)

    def close(self) -> None:
        """Note that a build has come to its end."""
        if self.unchanged or "objects" not in self._seen:
            return
        told = {"digest": self._digest, "counts": self.counts, "objects": self._seen["objects"]}
        path = self.directory / _SEEN
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(path)


_SITES: WeakKeyDictionary[BuildEnvironment, Site] = WeakKeyDictionary()


def open_site(app: Sphinx) -> None:
    """Read the catalog; connected to ``builder-inited``.

    Raises:
        ExtensionError: When there is no catalog or it cannot be read; the message says what to do.
    """
    path = catalog_path(app.config, Path(app.srcdir))
    options = options_from(app.config)
    as_of = moment(app.config)
    directory = Path(app.doctreedir) / "featurecat"
    directory.mkdir(parents=True, exist_ok=True)
    told = hashlib.sha256(path.read_bytes() if path.is_file() else b"")
    told.update(repr((VERSION, options, as_of)).encode())
    try:
        _SITES[app.env] = Site(
            path,
            options,
            directory,
            read=lambda: read_snapshot(path, project=options.project, as_of=as_of),
            digest=told.hexdigest(),
        )
    except FeaturecatError as error:
        hints = [problem.hint for problem in error.problems if problem.hint]
        hint = f"; {hints[0]}" if hints else ""
        raise ExtensionError(f"{error}{hint}", modname="featurecat_sphinx") from error


def close_site(app: Sphinx, exception: Exception | None) -> None:
    """Note that the build has come to its end; connected to ``build-finished``."""
    if exception is None and app.env in _SITES:
        _SITES[app.env].close()


def _seen(path: Path) -> dict[str, Any]:
    """What the last build noted; empty where that cannot be told."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    sound = isinstance(found, dict) and isinstance(found.get("counts"), dict) and isinstance(found.get("objects"), list)
    return found if sound else {}


def site_of(environment: BuildEnvironment) -> Site:
    """The site of a build."""
    return _SITES[environment]


def snapshot_of(environment: BuildEnvironment) -> Snapshot:
    """The catalog of a build."""
    return _SITES[environment].snapshot


def options_of(environment: BuildEnvironment) -> SiteOptions:
    """The options of a build."""
    return _SITES[environment].options


def composer_of(environment: BuildEnvironment) -> Composer:
    """What makes HTML of the catalog of a build."""
    return _SITES[environment].composer
