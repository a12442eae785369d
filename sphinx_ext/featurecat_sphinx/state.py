"""What a build knows of the catalog: read once before documents are, never pickled."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from featurecat.errors import FeaturecatError
from featurecat_sphinx.config import catalog_path, moment, options_from
from featurecat_sphinx.model import Snapshot
from featurecat_sphinx.options import SiteOptions
from featurecat_sphinx.pages import Composer
from featurecat_sphinx.reading import read_snapshot
from featurecat_sphinx.version import VERSION

__all__ = ["Site", "composer_of", "open_site", "options_of", "site_of", "snapshot_of"]

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Site:
    """One build's view of the catalog.

    Attributes:
        catalog: Its file.
        directory: Where this extension keeps what it remembers between builds.
        progress: Told the phase, how much is done, and of how much.
    """

    catalog: Path
    snapshot: Snapshot
    options: SiteOptions
    composer: Composer
    directory: Path
    progress: list[Callable[[str, int, int], None]] = field(default_factory=list)

    def tell(self, phase: str, done: int, total: int) -> None:
        """Report progress to whoever asked for it."""
        for listener in self.progress:
            listener(phase, done, total)


_SITES: WeakKeyDictionary[BuildEnvironment, Site] = WeakKeyDictionary()


def open_site(app: Sphinx) -> None:
    """Read the catalog; connected to ``builder-inited``.

    Raises:
        ExtensionError: When there is no catalog or it cannot be read; the message says what to do.
    """
    path = catalog_path(app.config, Path(app.srcdir))
    options = options_from(app.config)
    directory = Path(app.doctreedir) / "featurecat"
    directory.mkdir(parents=True, exist_ok=True)
    try:
        snapshot = _snapshot(app, path, options, directory)
    except FeaturecatError as error:
        hints = [problem.hint for problem in error.problems if problem.hint]
        hint = f"; {hints[0]}" if hints else ""
        raise ExtensionError(f"{error}{hint}", modname="featurecat_sphinx") from error
    _SITES[app.env] = Site(path, snapshot, options, Composer(snapshot, options), directory)


def _snapshot(app: Sphinx, path: Path, options: SiteOptions, directory: Path) -> Snapshot:
    """The catalog's snapshot, from the copy of an earlier build where the file is the same."""
    as_of = moment(app.config)
    if not path.is_file():
        return read_snapshot(path)
    digest = hashlib.sha256(path.read_bytes())
    digest.update(repr((VERSION, options.project, as_of)).encode())
    kept = directory / "snapshot.pickle"
    known = kept.with_suffix(".digest")
    if kept.is_file() and known.is_file() and known.read_text(encoding="utf-8") == digest.hexdigest():
        try:
            found = pickle.loads(kept.read_bytes())
            if isinstance(found, Snapshot):
                return found
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError):
            _logger.info("what was kept of the catalog cannot be read; reading the catalog again")
    snapshot = read_snapshot(path, project=options.project, as_of=as_of)
    known.unlink(missing_ok=True)
    kept.write_bytes(pickle.dumps(snapshot, protocol=pickle.HIGHEST_PROTOCOL))
    known.write_text(digest.hexdigest(), encoding="utf-8")
    return snapshot


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
