"""The version that digests and caches carry."""

from __future__ import annotations

from featurecat import __version__

__all__ = ["VERSION"]

#: Changes with everything that changes pages; a cache of another version is not read.
VERSION = f"{__version__}.1"
