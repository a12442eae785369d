"""SVG to PNG, by an optional library that needs no browser."""

from __future__ import annotations

import re
from typing import Final

from featurecat.errors import UnsupportedError

__all__ = ["to_png"]

_ZOOM: Final = 2.0
#: Pixels on the longer side, and altogether, that viewers can be expected to open.
_MOST_SIDE: Final = 16_000
_MOST_PIXELS: Final = 60_000_000


def to_png(svg: str) -> bytes:
    """A picture in dots, twice as many each way as the SVG has pixels, fewer where it is very large.

    Args:
        svg: Written by :func:`~featurecat.graph.render.svg.to_svg` for one theme.

    Raises:
        UnsupportedError: When the library is not installed.
    """
    try:
        import resvg_py
    except ImportError as error:
        hint = "pip install 'featurecat[viz]', or write .svg, which needs nothing"
        raise UnsupportedError("PNG needs resvg_py, which is not installed", hint=hint) from error
    size = re.search(r' width="([\d.]+)" height="([\d.]+)"', svg)
    width, height = (float(size[1]), float(size[2])) if size else (1.0, 1.0)
    zoom = min(_ZOOM, _MOST_SIDE / max(width, height), (_MOST_PIXELS / (width * height)) ** 0.5)
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, width=max(1, int(width * zoom)), height=max(1, int(height * zoom)))
    )
