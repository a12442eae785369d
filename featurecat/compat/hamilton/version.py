"""Hamilton's ``version``: the release whose names and behaviour these modules have."""

from __future__ import annotations

from featurecat.compat import hamilton as _root

__all__ = ["VERSION"]

VERSION = _root.__version__
