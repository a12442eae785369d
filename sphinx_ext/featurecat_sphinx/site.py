"""Where the ready-made site project lies: in a wheel, and in a checkout."""

from __future__ import annotations

from pathlib import Path

__all__ = ["site_directory"]


def site_directory() -> Path:
    """The Sphinx project of the discovery site.

    Raises:
        FileNotFoundError: When the installation lacks it.

    Example:
        >>> (site_directory() / "conf.py").is_file()
        True
    """
    package = Path(__file__).resolve().parent
    for directory in (package / "site", package.parents[1] / "catalog_site"):
        if (directory / "conf.py").is_file():
            return directory
    raise FileNotFoundError("this installation of featurecat has no catalog_site; install it anew")
